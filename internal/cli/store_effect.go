package cli

import (
	"net/netip"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// A storeChange is what a transaction does to everybody.
type storeChange struct {
	before, after *policy.Policy
	facts         host.Facts
	// relabels says that the two differ in the labels of ports alone.
	relabels bool
}

// preview says what a commit of the transaction would change, without making the
// policy that it would write.
func (f *storeFlags) preview(tx *semanage.Tx, list []semanage.Difference) (*storeChange, error) {
	facts, err := f.facts()
	if err != nil {
		return nil, err
	}
	before, after, err := tx.Policies()
	if err != nil {
		return nil, storeProblem(err)
	}
	if s := facts.SELinux; s != nil && s.Config != nil && (f.store == "" || f.store == s.Config.Type) {
		addPolicy(&facts, before)
	}
	c := &storeChange{before: policy.New(before), after: policy.New(after), facts: facts, relabels: onlyOf(list, semanage.Ports)}
	if onlyOf(list, semanage.Booleans) {
		c.after = withBooleansOf(c.before, c.after)
	}
	return c, nil
}

// withBooleansOf returns a policy under the booleans of another that differs in
// nothing else. [reach.Compare] makes use of it that both are one policy.
func withBooleansOf(p, other *policy.Policy) *policy.Policy {
	var settings []policy.BoolSetting
	for id := range p.Bools() {
		if on := other.BoolState(id); on != p.BoolState(id) {
			settings = append(settings, policy.BoolSetting{Bool: id, On: on})
		}
	}
	return p.WithBools(settings...)
}

func onlyOf(list []semanage.Difference, kind semanage.Kind) bool {
	return !slices.ContainsFunc(list, func(d semanage.Difference) bool { return d.Kind != kind })
}

// reachers returns what the two policies are compared by, for one goroutine.
func (c *storeChange) reachers() (before, after *reach.Reacher) {
	d := access.NewDecider(c.before)
	if c.relabels {
		return reach.New(d), reach.NewRelabelled(d, c.after)
	}
	return reach.New(d), reach.New(access.NewDecider(c.after))
}

// An effect is what some records of a transaction change for domains, in one way
// of using one protocol, at one address if the records are nodes.
type effect struct {
	Addr *netip.Addr `json:"address,omitempty"`
	reach.Change
}

// effects returns what the given records of the plan change, without what changes
// nothing: by protocol, connect before bind.
func (c *storeChange) effects(list []semanage.Difference) ([]effect, error) {
	asked := c.queries(list)
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
				q.Host = c.facts
				changes[i], errs[i] = reach.Compare(was, is, q, asked[i].within)
			}
		}()
	}
	for i := range asked {
		next <- i
	}
	close(next)
	workers.Wait()
	var effects []effect
	for i, change := range changes {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if len(change.Gain)+len(change.Lose) == 0 {
			continue
		}
		e := effect{Change: withoutNull(change)}
		if q := &asked[i].query; q.Addr.IsValid() {
			if slices.ContainsFunc(effects, func(other effect) bool { return reflect.DeepEqual(other.Change, change) }) {
				continue // other records do it, at every address
			}
			e.Addr = &q.Addr
		}
		effects = append(effects, e)
	}
	return effects, nil
}

// withoutNull keeps null out of JSON.
func withoutNull(c reach.Change) reach.Change {
	if c.Gain == nil {
		c.Gain = []reach.DomainPorts{}
	}
	if c.Lose == nil {
		c.Lose = []reach.DomainPorts{}
	}
	return c
}

// portsOf returns the ports of a protocol that records are about.
func portsOf(list []semanage.Difference, protocol semanage.Protocol) reach.Ports {
	var ports reach.Ports
	for _, d := range list {
		if r, ok := record(d).(semanage.Port); ok && r.Protocol == protocol {
			ports = ports.Union(reach.Ports{{Low: r.Low, High: r.High}})
		}
	}
	return ports
}

// An effectQuery is a question whose answer some record may change.
type effectQuery struct {
	query  reach.Query
	within reach.Ports // nil for all
}

// queries returns what has to be asked because of records. An interface is asked
// for by packets only where networking is labelled, and InfiniBand by no socket.
func (c *storeChange) queries(list []semanage.Difference) []effectQuery {
	var out []effectQuery
	all := slices.ContainsFunc(list, func(d semanage.Difference) bool { return d.Kind == semanage.Booleans })
	for _, protocol := range portProtocols() {
		ports := portsOf(list, protocol)
		if all {
			ports = nil
		} else if len(ports) == 0 {
			continue
		}
		for _, op := range []network.Operation{network.Connect, network.Bind} {
			out = append(out, effectQuery{reach.Query{Protocol: network.Protocol(protocol.String()), Operation: op}, ports})
		}
	}
	for _, d := range list {
		n, ok := record(d).(semanage.Node)
		if !ok {
			continue
		}
		for _, addr := range witnesses(c.before, c.after, n) {
			for _, protocol := range []network.Protocol{network.TCP, network.UDP} {
				out = append(out, effectQuery{query: reach.Query{Protocol: protocol, Operation: network.Bind, Addr: addr}})
			}
		}
	}
	return out
}

// gainers and losers count the domains that effects are on.
func gainers(list []effect) int {
	return domainsOf(list, func(c reach.Change) []reach.DomainPorts { return c.Gain })
}

func losers(list []effect) int {
	return domainsOf(list, func(c reach.Change) []reach.DomainPorts { return c.Lose })
}

func domainsOf(list []effect, part func(reach.Change) []reach.DomainPorts) int {
	names := make(map[string]struct{})
	for _, e := range list {
		for _, d := range part(e.Change) {
			names[d.Domain] = struct{}{}
		}
	}
	return len(names)
}

// record returns the record after a change, or the one that was deleted.
func record(d semanage.Difference) semanage.Record {
	if d.After == nil {
		return d.Before
	}
	return d.After
}
