package impact

import (
	"context"
	"net/netip"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// A Comparison is a policy before and after a change, on one machine. Several goroutines may use
// it.
type Comparison struct {
	Before, After *policy.Policy
	// Facts are those of the machine. It should count as enforcing: on a permissive one nothing is
	// denied, so that nobody gains or loses.
	Facts host.Facts
	// FactsAfter are those of another machine that has the policy After, nil for the same machine.
	// Only All uses them.
	FactsAfter *host.Facts
	// relabels says that the two policies differ only in the labels of ports.
	relabels bool
	// only are the domains that the change may affect, nil for all.
	only map[string]bool
}

// New compares any two policies. If the same types are permissive in both, none counts as
// permissive: their logged denials count as gains and losses.
func New(before, after *policy.Policy, facts host.Facts) *Comparison {
	if slices.Equal(permissive(before), permissive(after)) {
		before, after = before.Enforcing(), after.Enforcing()
	}
	return &Comparison{Before: before, After: after, Facts: facts}
}

// permissive names the permissive types of a policy.
func permissive(p *policy.Policy) []string {
	var names []string
	for bit := range p.DB().Permissive.All() {
		if id := policy.TypeID(bit); p.IsPermissive(id) {
			names = append(names, p.TypeName(id))
		}
	}
	slices.Sort(names)
	return names
}

// OfTx compares the policy without a transaction and with it. list are the differences between the
// two. Errors are those of [semanage.Tx.Policies].
func OfTx(tx *semanage.Tx, list []semanage.Difference, facts host.Facts) (*Comparison, error) {
	before, after, err := tx.Policies()
	if err != nil {
		return nil, err
	}
	c := New(policy.New(before), policy.New(after), facts)
	c.relabels = onlyOf(list, semanage.Ports)
	if onlyOf(list, semanage.Booleans) {
		// [reach.Compare] is faster for two states of one policy.
		c.After = c.Before.WithBoolsOf(c.After)
	}
	return c, nil
}

func onlyOf(list []semanage.Difference, kind semanage.Kind) bool {
	return !slices.ContainsFunc(list, func(d semanage.Difference) bool { return d.Kind != kind })
}

// An Effect lists the ports that domains gain and lose, for one operation of one protocol; for the
// label of a node, at one address.
type Effect struct {
	Addr *netip.Addr
	reach.Change
}

// Swapped returns the effect of the opposite change.
func (e Effect) Swapped() Effect {
	e.Gain, e.Lose = e.Lose, e.Gain
	return e
}

// Records returns the effects of changed records, without empty ones: by protocol, connect before
// bind. Gain and Lose are never nil. If a boolean is among the records, it compares all ports, else
// only the ports of the records.
func (c *Comparison) Records(ctx context.Context, list []semanage.Difference) ([]Effect, error) {
	return c.ask(ctx, c.questions(list))
}

// All returns the effects on all ports of all protocols, for a change that may affect any: a
// module.
func (c *Comparison) All(ctx context.Context) ([]Effect, error) {
	if c.FactsAfter != nil {
		return c.ask(ctx, onPorts(nil))
	}
	only, ok := reach.Concerned(c.Before, c.After)
	if ok && len(only) == 0 {
		return nil, ctx.Err()
	}
	if ok {
		c.only = only
	}
	return c.ask(ctx, onPorts(nil))
}

// ask compares the answers to questions, on all processors.
func (c *Comparison) ask(ctx context.Context, asked []question) ([]Effect, error) {
	changes := make([]reach.Change, len(asked))
	errs := make([]error, len(asked))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(len(asked), runtime.GOMAXPROCS(0)) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			was, is := c.reachers()
			for i := range next {
				q := asked[i].query
				q.Host = c.Facts
				switch errs[i] = ctx.Err(); {
				case errs[i] != nil:
				case c.FactsAfter != nil:
					other := q
					other.Host = *c.FactsAfter
					changes[i], errs[i] = reach.CompareOn(was, is, q, other)
				default:
					changes[i], errs[i] = reach.CompareOf(c.only, was, is, q, asked[i].within)
				}
			}
		}()
	}
	for i := range asked {
		next <- i
	}
	close(next)
	workers.Wait()
	var effects []Effect
	for i, change := range changes {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if len(change.Gain)+len(change.Lose) == 0 {
			continue
		}
		e := Effect{Change: withoutNil(change)}
		if q := &asked[i].query; q.Addr.IsValid() {
			if slices.ContainsFunc(effects, func(other Effect) bool {
				return reflect.DeepEqual(other.Change,
					e.Change)
			}) {
				continue // another record has the same effect at every address
			}
			e.Addr = &q.Addr
		}
		effects = append(effects, e)
	}
	return effects, nil
}

// reachers returns the Reachers of the two policies, for one goroutine.
func (c *Comparison) reachers() (before, after *reach.Reacher) {
	d := access.NewDecider(c.Before)
	if c.relabels {
		return reach.New(d), reach.NewRelabelled(d, c.After)
	}
	return reach.New(d), reach.New(access.NewDecider(c.After))
}

// withoutNil replaces nil lists by empty ones.
func withoutNil(c reach.Change) reach.Change {
	if c.Gain == nil {
		c.Gain = []reach.DomainPorts{}
	}
	if c.Lose == nil {
		c.Lose = []reach.DomainPorts{}
	}
	return c
}

// Gainers returns how many domains gain something by the effects.
func Gainers(list []Effect) int {
	return domains(list, func(e *Effect) []reach.DomainPorts { return e.Gain })
}

// Losers returns how many domains lose something by the effects.
func Losers(list []Effect) int {
	return domains(list, func(e *Effect) []reach.DomainPorts { return e.Lose })
}

func domains(list []Effect, part func(*Effect) []reach.DomainPorts) int {
	names := make(map[string]struct{})
	for i := range list {
		for _, d := range part(&list[i]) {
			names[d.Domain] = struct{}{}
		}
	}
	return len(names)
}
