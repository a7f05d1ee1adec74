package interfaces

import (
	"math/bits"

	"github.com/senet-selinux/senet/policy"
)

// A domain is what the policy grants one source today.
type domain struct {
	source policy.TypeID
	// attributes has the domain and its attributes.
	attributes policy.Set[policy.TypeID]
	rules      map[policy.ClassID][]policy.Rule // the active allow rules that apply to it
	held       map[policy.ClassID]*permSets
}

// permSets has a set of types for each permission of a class, nil for none.
type permSets [32]bitset

// domain returns what the policy grants a source.
func (f *Finder) domain(source policy.TypeID) *domain {
	f.readSource(source, nil)
	return f.domains[source]
}

// readSource reads the active allow rules of a source, and those that attributes have for the classes and targets of
// needs, as far as they were not read yet.
func (f *Finder) readSource(source policy.TypeID, wants []want) {
	if f.domains[source] == nil {
		d := &domain{source: source, attributes: f.p.Attributes(source), rules: map[policy.ClassID][]policy.Rule{},
			held: map[policy.ClassID]*permSets{}}
		f.domains[source] = d
		for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &d.attributes}) {
			if f.p.Enabled(r) {
				d.rules[r.Class] = append(d.rules[r.Class], r)
			}
		}
	}
	classes, targets := policy.NewSet(f.p.MaxClass()), policy.NewSet(f.p.MaxType())
	var fresh []onTarget
	var of []policy.Set[policy.TypeID]
	for _, w := range wants {
		key := onTarget{w.class, w.target}
		if _, ok := f.granters[key]; ok {
			continue
		}
		f.granters[key] = nil
		fresh, of = append(fresh, key), append(of, f.p.Attributes(w.target))
		classes.Add(w.class)
		targets.AddAll(of[len(of)-1])
	}
	if len(fresh) == 0 {
		return
	}
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Classes: &classes, Targets: &targets}) {
		if !f.p.IsAttribute(r.Source) || !f.p.Enabled(r) {
			continue
		}
		for i, key := range fresh {
			if key.class == r.Class && of[i].Has(r.Target) {
				f.granters[key] = append(f.granters[key], r)
			}
		}
	}
}

// readMembers reads the active allow rules of attributes, as far as they were not read yet.
func (f *Finder) readMembers(attributes []policy.TypeID) {
	fresh := policy.NewSet(f.p.MaxType())
	for _, id := range attributes {
		if _, read := f.members[id]; !read {
			f.members[id] = nil
			fresh.Add(id)
		}
	}
	if fresh.IsEmpty() {
		return
	}
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &fresh}) {
		if f.p.Enabled(r) {
			f.members[r.Source] = append(f.members[r.Source], r)
		}
	}
}

// holds returns the targets of a domain for each permission of a class.
func (f *Finder) holds(d *domain, class policy.ClassID) *permSets {
	if sets := d.held[class]; sets != nil {
		return sets
	}
	sets := new(permSets)
	for _, r := range d.rules[class] {
		targets := f.target(r.Target)
		for perm := range each(r.Perms) {
			s := &sets[bits.TrailingZeros32(uint32(perm))]
			if *s == nil {
				*s = f.newSet()
			}
			targets.addTo(*s)
		}
	}
	d.held[class] = sets
	return sets
}

// on returns the permissions of a class that a domain has on a target.
func (s *permSets) on(target policy.TypeID) (v policy.AccessVector) {
	for bit, types := range s {
		if types != nil && types.has(target) {
			v |= 1 << bit
		}
	}
	return v
}
