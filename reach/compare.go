package reach

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/subject"
)

// DomainPorts is a set of ports of one domain.
type DomainPorts struct {
	Domain string
	Ports  portset.Set
}

// A Change lists the ports that domains gain and lose under another policy, for one operation of
// one protocol. Both lists are sorted by name; a domain may be in both, with different ports.
type Change struct {
	Protocol  network.Protocol
	Operation network.Operation
	Gain      []DomainPorts
	Lose      []DomainPorts
}

// Compare returns what changes for every domain from one policy to another, among the ports in within, nil for all.
// Domains are matched by name. A domain that only one policy has gains or loses all its ports. A port for which an
// unknown fact of the host decides counts as usable.
//
// The comparison is faster for two Reachers with the same Decider (see [NewRelabelled]), or with Deciders of one
// policy with different booleans.
func Compare(before, after *Reacher, q Query, within portset.Set) (Change, error) {
	return CompareOf(nil, before, after, q, within)
}

// CompareOf is Compare for the domains in a set, nil for all.
func CompareOf(domains map[string]bool, before, after *Reacher, q Query, within portset.Set) (Change, error) {
	c := Change{Protocol: q.Protocol, Operation: q.Operation}
	pairs, err := pairsOf(before, after, q, within)
	if err != nil {
		return c, err
	}
	p := before.d.Policy()
	relabelled := slices.DeleteFunc(slices.Clone(pairs), func(pair pair) bool {
		return p.FormatContext(pair.before) == after.labels.FormatContext(pair.after)
	})
	s, _ := network.SocketOf(q.Protocol)
	switch {
	case before.d == after.d:
		return c, c.relabel(before, q, s, relabelled)
	case len(relabelled) == 0 && switchesOnly(p, after.d.Policy()) && !concerns(p, s, switched(p, after.d.Policy())):
		return c, nil
	}
	return c, c.ask(before, after, q, pairs, domains)
}

// CompareOn is Compare for two machines: was is the query on the machine before, is is the query on the machine
// after.
func CompareOn(before, after *Reacher, was, is Query) (Change, error) {
	c := Change{Protocol: was.Protocol, Operation: was.Operation}
	pairs, err := pairsOn(before, after, was, is, nil)
	if err != nil {
		return c, err
	}
	return c, c.askOn(before, after, was, is, pairs, nil)
}

// ask asks about every domain, or those with the given names, under both policies.
func (c *Change) ask(before, after *Reacher, q Query, pairs []pair, only map[string]bool) error {
	return c.askOn(before, after, q, q, pairs, only)
}

func (c *Change) askOn(before, after *Reacher, was, is Query, pairs []pair, only map[string]bool) error {
	old, changed := domainsByName(before.d.Policy(), only), domainsByName(after.d.Policy(), only)
	names := slices.Collect(maps.Keys(old))
	for name := range changed {
		if _, both := old[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		had, err := before.judgeOf(old, name, was)
		if err != nil {
			return err
		}
		has, err := after.judgeOf(changed, name, is)
		if err != nil {
			return err
		}
		c.add(name, had, has, pairs)
	}
	return nil
}

// relabel asks about the domains that the new labels may affect.
func (c *Change) relabel(r *Reacher, q Query, s network.Socket, pairs []pair) error {
	if len(pairs) == 0 {
		return nil
	}
	p := r.d.Policy()
	relabelling := newRelabelling(p, s, pairs)
	domains := relabelling.candidates(Domains(p))
	slices.SortFunc(domains, func(a, b policy.TypeID) int { return strings.Compare(p.TypeName(a), p.TypeName(b)) })
	for _, id := range domains {
		context, ok := subject.FromType(p, id)
		if !ok {
			continue
		}
		j, _, err := r.judge(context, q)
		if err != nil {
			return err
		}
		c.add(p.TypeName(id), j, j, pairs)
	}
	return nil
}

// add adds the changes for one domain. A judge is nil if its policy lacks the domain.
func (c *Change) add(name string, was, is *network.Judge, pairs []pair) {
	var gain, lose portset.Set
	for i := range pairs {
		pair := &pairs[i]
		port := pair.ports[0].Low
		had, has := may(was, port, pair.before), may(is, port, pair.after)
		switch {
		case has && !had:
			gain = append(gain, pair.ports...)
		case had && !has:
			lose = append(lose, pair.ports...)
		}
	}
	if len(gain) > 0 {
		c.Gain = append(c.Gain, DomainPorts{name, gain.Union(nil)})
	}
	if len(lose) > 0 {
		c.Lose = append(c.Lose, DomainPorts{name, lose.Union(nil)})
	}
}

func may(j *network.Judge, port uint16, label policy.Context) bool {
	return j != nil && j.Port(port, label) != network.Denied
}

// domainsByName returns the contexts of all domains, or of those with the given names. It leaves out domains that
// no role may have.
func domainsByName(p *policy.Policy, only map[string]bool) map[string]policy.Context {
	list := make(map[string]policy.Context)
	for _, id := range Domains(p) {
		if only != nil && !only[p.TypeName(id)] {
			continue
		}
		if c, ok := subject.FromType(p, id); ok {
			list[p.TypeName(id)] = c
		}
	}
	return list
}

// judgeOf returns the judge of a domain, nil if the policy lacks it.
func (r *Reacher) judgeOf(domains map[string]policy.Context, name string, q Query) (*network.Judge, error) {
	c, ok := domains[name]
	if !ok {
		return nil, nil
	}
	j, _, err := r.judge(c, q)
	return j, err
}

// A pair is a set of ports with equal labels before and equal labels after.
type pair struct {
	ports         portset.Set
	before, after policy.Context // labels
}

func pairsOf(before, after *Reacher, q Query, within portset.Set) ([]pair, error) {
	return pairsOn(before, after, q, q, within)
}

func pairsOn(before, after *Reacher, was, is Query, within portset.Set) ([]pair, error) {
	s, ok := network.SocketOf(was.Protocol)
	if !ok || s.PortProtocol == 0 {
		return nil, fmt.Errorf("protocol %q has no ports", was.Protocol)
	}
	if within == nil {
		within = portset.Set{{Low: 0, High: 65535}}
	}
	old, changed := before.segmentsOf(s, was), after.segmentsOf(s, is)
	type classes struct{ before, after int }
	index := make(map[classes]int)
	var list []pair
	for i, j := 0, 0; i < len(old) && j < len(changed); {
		in := portset.Range{Low: max(old[i].Low, changed[j].Low), High: min(old[i].High, changed[j].High)}
		if ports := (portset.Set{in}).Intersect(within); len(ports) > 0 {
			key := classes{old[i].class, changed[j].class}
			n, known := index[key]
			if !known {
				n = len(list)
				index[key] = n
				list = append(list, pair{before: old[i].Label.Context, after: changed[j].Label.Context})
			}
			list[n].ports = append(list[n].ports, ports...)
		}
		if old[i].High == in.High {
			i++
		}
		if changed[j].High == in.High {
			j++
		}
	}
	return list, nil
}
