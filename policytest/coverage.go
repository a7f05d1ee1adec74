package policytest

import (
	"slices"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

// Coverage lists the domains and port labels that the tests of a file do not mention.
type Coverage struct {
	// Domains are the domains that no test names, PortTypes the port labels without a port in any
	// test; both sorted by name.
	Domains, PortTypes []string
	// AllDomains and AllPortTypes are the total numbers in the policy.
	AllDomains, AllPortTypes int
}

// uncovered returns the domains and port labels that the tests of a file do not mention.
func uncovered(f *File, s *senet.Session) (*Coverage, error) {
	p := s.Policy()
	r := &runner{s: s, p: p}
	domains, labels := make(map[string]bool), make(map[policy.TypeID]bool)
	for i := range f.Tests {
		t := &f.Tests[i]
		if t.Check != nil || t.Kind == Empty || t.Kind == Neverallow {
			continue
		}
		named, _, err := r.expand(t.Domains)
		if err != nil {
			return nil, err
		}
		for name := range named {
			domains[name] = true
		}
		for _, o := range t.Operations {
			domains[o.Subject] = true
			cover(p, labels, o.Deed)
		}
		switch t.Kind {
		case Only, Exactly, NobodyBut:
			cover(p, labels, t.Do)
		}
	}
	c := &Coverage{}
	for _, id := range reach.Domains(p) {
		c.AllDomains++
		if name := p.TypeName(id); !domains[name] {
			c.Domains = append(c.Domains, name)
		}
	}
	seen := make(map[policy.TypeID]bool)
	for _, record := range p.Ports() {
		id := policy.TypeID(record.Context.Type)
		if seen[id] {
			continue
		}
		seen[id] = true
		c.AllPortTypes++
		if !labels[id] {
			c.PortTypes = append(c.PortTypes, p.TypeName(id))
		}
	}
	slices.Sort(c.Domains)
	slices.Sort(c.PortTypes)
	return c, nil
}

// cover notes the labels of a test's ports.
func cover(p *policy.Policy, labels map[policy.TypeID]bool, d Deed) {
	for _, record := range p.Ports() {
		if policy.ProtocolName(record.Protocol) != string(d.Target.Protocol) {
			continue
		}
		if uint16(record.Low) <= d.Target.Ports.High && uint16(record.High) >= d.Target.Ports.Low {
			labels[policy.TypeID(record.Context.Type)] = true
		}
	}
}

// and returns what neither the tests of c nor those of other mention. A nil c stands for no file.
func (c *Coverage) and(other *Coverage) *Coverage {
	if c == nil {
		return other
	}
	both := *c
	both.Domains, both.PortTypes = common(c.Domains, other.Domains), common(c.PortTypes, other.PortTypes)
	return &both
}

// common returns the words that are in both sorted lists.
func common(a, b []string) (list []string) {
	for _, w := range a {
		if _, ok := slices.BinarySearch(b, w); ok {
			list = append(list, w)
		}
	}
	return list
}
