package interfaces

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// A Finder answers questions about the interfaces of an index under one policy. It caches results
// and is not safe for concurrent use.
type Finder struct {
	names map[string]policy.TypeID // see named
	x     *refpolicy.Index
	p     *policy.Policy
	d     *access.Decider

	types     map[refpolicy.SetID]expansion
	held      map[heldKey]*permSets                              // of the sources below
	elsewhere map[heldKey]*permSets                              // of others; nil for what was not asked yet
	sources   map[policy.TypeID]map[policy.ClassID][]policy.Rule // the active allow rules of a source
	members   map[policy.TypeID][]policy.Rule                    // allow rules whose source is an attribute
	targets   map[policy.TypeID]bitset                           // the types of the targets of the policy's rules
	// grave are the types on the list of dangers.
	grave, none bitset
	scratch     bitset // for the types of one rule
	segments    map[uint8][]policy.PortSegment
	slab        []uint64 // words for new sets
	free        []bitset // sets to use again
}

type heldKey struct {
	source policy.TypeID
	class  policy.ClassID
}

// An expansion holds the types of a set, and the names that the policy lacks.
type expansion struct {
	types   bitset
	missing []string
}

// New returns a finder for a policy with the values of its booleans.
func New(x *refpolicy.Index, p *policy.Policy) *Finder {
	f := &Finder{x: x, p: p, d: access.NewDecider(p), types: map[refpolicy.SetID]expansion{},
		held: map[heldKey]*permSets{}, elsewhere: map[heldKey]*permSets{}, targets: map[policy.TypeID]bitset{},
		names: map[string]policy.TypeID{}, members: map[policy.TypeID][]policy.Rule{},
		sources: map[policy.TypeID]map[policy.ClassID][]policy.Rule{}}
	f.grave, f.none, f.scratch = f.newSet(), f.newSet(), f.newSet()
	f.segments = map[uint8][]policy.PortSegment{}
	for id := range p.Types() {
		if allow.DangerousObject(p.TypeName(id)) != "" {
			f.grave.add(id)
		}
	}
	return f
}

// expand returns the types of a set, with args for $1 and so on, and source for self. The caller
// must not change the result.
func (f *Finder) expand(id refpolicy.SetID, source policy.TypeID, args []string) expansion {
	set := f.x.Set(id)
	fixed := !strings.Contains(set.Text, "$") && !slices.Contains(set.Names, "self")
	if e, ok := f.types[id]; ok && fixed {
		return e
	}
	e := expansion{types: f.newSet()}
	add := func(to bitset, name string) {
		for name := range strings.FieldsSeq(strings.Trim(refpolicy.Substitute(name, args), "{} ")) {
			switch id, ok := f.named(name); {
			case name == "self":
				to.add(source)
			case name == "*":
				for id := range f.p.Types() {
					to.add(id)
				}
			case ok:
				to.addWithout(f.target(id), f.none)
			default:
				e.missing = append(e.missing, name)
			}
		}
	}
	for _, name := range set.Names {
		add(e.types, name)
	}
	if set.Complement {
		all := f.newSet()
		for id := range f.p.Types() {
			if !e.types.has(id) {
				all.add(id)
			}
		}
		e.types = all
	}
	if len(set.Minus) > 0 {
		out := f.newSet()
		for _, name := range set.Minus {
			add(out, name)
		}
		for i := range out {
			e.types[i] &^= out[i]
		}
	}
	if fixed {
		f.types[id] = e
	}
	return e
}

// perms returns those permissions of a set that a class has.
func (f *Finder) perms(id refpolicy.SetID, class policy.ClassID, args []string) policy.AccessVector {
	set := f.x.Set(id)
	mask := func(names []string) (all policy.AccessVector) {
		for _, name := range names {
			for name := range strings.FieldsSeq(strings.Trim(refpolicy.Substitute(name, args), "{} ")) {
				if bit, ok := f.p.Perm(class, name); ok {
					all |= bit
				} else if name == "*" {
					all |= f.p.AllPerms(class)
				}
			}
		}
		return all
	}
	all := mask(set.Names)
	if set.Complement {
		all = f.p.AllPerms(class) &^ all
	}
	return all &^ mask(set.Minus)
}

// classes returns the classes of a set that the policy has, and the names that it lacks.
func (f *Finder) classes(id refpolicy.SetID, args []string) (list []policy.ClassID, missing []string) {
	for _, name := range f.x.Set(id).Names {
		for name := range strings.FieldsSeq(strings.Trim(refpolicy.Substitute(name, args), "{} ")) {
			if class, ok := f.p.Class(name); ok {
				list = append(list, class)
			} else {
				missing = append(missing, name)
			}
		}
	}
	return list, missing
}

// has returns the targets on which a source has a permission today.
func (f *Finder) has(source policy.TypeID, class policy.ClassID, perm policy.AccessVector) bitset {
	if _, read := f.sources[source]; read {
		return f.hasAll(source, class)[bits.TrailingZeros32(uint32(perm))]
	}
	// Another domain, of which little is asked.
	key := heldKey{source, class}
	sets := f.elsewhere[key]
	if sets == nil {
		sets = new(permSets)
		f.elsewhere[key] = sets
	}
	s := &sets[bits.TrailingZeros32(uint32(perm))]
	if *s == nil {
		*s = f.setOf(f.d.TargetTypes(source, class, perm))
	}
	return *s
}

// hasAll returns the targets of a source for all permissions of a class.
func (f *Finder) hasAll(source policy.TypeID, class policy.ClassID) *permSets {
	key := heldKey{source, class}
	if sets := f.held[key]; sets != nil {
		return sets
	}
	sets := new(permSets)
	for bit := range sets {
		sets[bit] = f.none
	}
	for _, r := range f.bySource(source)[class] {
		targets := f.target(r.Target)
		for perm := range each(r.Perms) {
			s := &sets[bits.TrailingZeros32(uint32(perm))]
			if &(*s)[0] == &f.none[0] {
				*s = f.newSet()
			}
			s.addWithout(targets, f.none)
		}
	}
	f.held[key] = sets
	return sets
}

// bySource returns the active allow rules that apply to a source, by class.
func (f *Finder) bySource(source policy.TypeID) map[policy.ClassID][]policy.Rule {
	if _, ok := f.sources[source]; !ok {
		f.readRules(source, nil)
	}
	return f.sources[source]
}

// target returns the types of a rule's target, which may be an attribute.
func (f *Finder) target(id policy.TypeID) bitset {
	s, ok := f.targets[id]
	if !ok {
		all := policy.NewSet(f.p.MaxType())
		f.p.AddMembers(all, id)
		s = f.setOf(all)
		f.targets[id] = s
	}
	return s
}

func (f *Finder) portSegments(protocol uint8) []policy.PortSegment {
	s, ok := f.segments[protocol]
	if !ok {
		s = f.p.PortSegments(protocol)
		f.segments[protocol] = s
	}
	return s
}

// byAttribute returns the active allow rules whose source is an attribute.
func (f *Finder) byAttribute(id policy.TypeID) []policy.Rule {
	if _, ok := f.members[id]; !ok {
		f.readRules(0, []policy.TypeID{id})
	}
	return f.members[id]
}

// readRules reads the active allow rules of a source, 0 for none, and of attributes, as far as they were not read yet:
// all in one walk over the policy's rules.
func (f *Finder) readRules(source policy.TypeID, attributes []policy.TypeID) {
	wanted, own, fresh := policy.NewSet(f.p.MaxType()), policy.NewSet(f.p.MaxType()), policy.NewSet(f.p.MaxType())
	if _, read := f.sources[source]; source != 0 && !read {
		f.sources[source] = map[policy.ClassID][]policy.Rule{}
		own.AddAll(f.p.Attributes(source))
		own.Add(source)
		wanted.AddAll(own)
	}
	for _, id := range attributes {
		if _, read := f.members[id]; !read {
			f.members[id] = nil
			wanted.Add(id)
			fresh.Add(id)
		}
	}
	if wanted.Len() == 0 {
		return
	}
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &wanted}) {
		if !f.p.Enabled(r) {
			continue
		}
		if own.Has(r.Source) {
			rules := f.sources[source]
			rules[r.Class] = append(rules[r.Class], r)
		}
		if fresh.Has(r.Source) {
			f.members[r.Source] = append(f.members[r.Source], r)
		}
	}
}

// named returns the type or attribute of a name. The policy itself looks a name up by walking over all.
func (f *Finder) named(name string) (policy.TypeID, bool) {
	id, ok := f.names[name]
	if !ok {
		id, _ = f.p.TypeOrAttribute(name)
		f.names[name] = id // 0 for none
	}
	return id, id != 0
}
