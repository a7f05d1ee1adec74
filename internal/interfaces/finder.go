package interfaces

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// A Finder answers questions about the interfaces of an index under one policy. It caches results
// and is not safe for concurrent use.
type Finder struct {
	x *refpolicy.Index
	p *policy.Policy

	sets     map[refpolicy.SetID]expansion // those without arguments
	classSet map[refpolicy.SetID]classList // those without arguments
	permSet  map[permsKey]policy.AccessVector
	names    map[classPerms][]string
	targets  map[policy.TypeID]typeSet       // of the targets of the policy's rules
	members  map[policy.TypeID][]policy.Rule // the active allow rules whose source is an attribute
	granters map[onTarget][]policy.Rule      // the active allow rules for a target whose source is an attribute
	domains  map[policy.TypeID]*domain
	last     *caller
	segments map[uint8][]policy.PortSegment
	// portClasses are the classes of portClasses, 0 for one that the policy lacks.
	portClasses [len(portClasses)]policy.ClassID
	// grave are the types on the list of dangers.
	grave []policy.TypeID
	sum   sum
	slab  []uint64 // words for new sets
	free  []bitset // sets to use again
}

// An expansion holds the types of a set, and the names that the policy lacks.
type expansion struct {
	types   typeSet
	missing []string
}

// A classList holds the classes of a set, and the names that the policy lacks.
type classList struct {
	list    []policy.ClassID
	missing []string
}

type permsKey struct {
	set   refpolicy.SetID
	class policy.ClassID
}

type classPerms struct {
	class policy.ClassID
	perms policy.AccessVector
}

// New returns a finder for a policy with the values of its booleans.
func New(x *refpolicy.Index, p *policy.Policy) *Finder {
	f := &Finder{x: x, p: p, sets: map[refpolicy.SetID]expansion{},
		classSet: map[refpolicy.SetID]classList{}, permSet: map[permsKey]policy.AccessVector{},
		names:   map[classPerms][]string{},
		targets: map[policy.TypeID]typeSet{}, members: map[policy.TypeID][]policy.Rule{},
		granters: map[onTarget][]policy.Rule{}, domains: map[policy.TypeID]*domain{},
		segments: map[uint8][]policy.PortSegment{}}
	for name := range allow.DangerousObjects() {
		if id, ok := p.Type(name); ok {
			f.grave = append(f.grave, id)
		}
	}
	for i := range portClasses {
		f.portClasses[i], _ = p.Class(portClasses[i].class)
	}
	f.sum.perms = make([]policy.AccessVector, p.MaxClass()+1)
	return f
}

// fixed reports whether a set is the same for all domains and arguments.
func fixed(s *refpolicy.Set) bool { return !s.Open() && !slices.Contains(s.Names, "self") }

// expand returns the types of a set, with args for $1 and so on, and source for self. The caller
// must not change the result.
func (f *Finder) expand(id refpolicy.SetID, source policy.TypeID, args []string) expansion {
	if e, ok := f.sets[id]; ok {
		return e
	}
	set := f.x.Set(id)
	e := f.expanded(set, source, args)
	if fixed(set) {
		f.sets[id] = e
	}
	return e
}

func (f *Finder) expanded(set *refpolicy.Set, source policy.TypeID, args []string) (e expansion) {
	if len(set.Names) == 1 && len(set.Minus) == 0 && !set.Complement {
		name := refpolicy.Substitute(set.Names[0], args)
		if id, ok := f.p.TypeOrAttribute(name); ok {
			return expansion{types: f.target(id)}
		} else if name == "self" {
			return expansion{types: f.target(source)}
		}
	}
	all := f.newSet()
	for _, name := range set.Names {
		e.missing = append(e.missing, f.addNamed(all, name, source, args)...)
	}
	if set.Complement {
		named := all
		all = f.newSet()
		for id := range f.p.Types() {
			if !named.has(id) {
				all.add(id)
			}
		}
		f.free = append(f.free, named)
	}
	if len(set.Minus) > 0 {
		out := f.newSet()
		for _, name := range set.Minus {
			e.missing = append(e.missing, f.addNamed(out, name, source, args)...)
		}
		for i := range out {
			all[i] &^= out[i]
		}
		f.free = append(f.free, out)
	}
	e.types = f.setOf(all)
	return e
}

// addNamed adds what a name of a set stands for, which an argument may make several; it returns the names that the
// policy lacks.
func (f *Finder) addNamed(to bitset, name string, source policy.TypeID, args []string) (missing []string) {
	for name := range words(name, args) {
		switch id, ok := f.p.TypeOrAttribute(name); {
		case ok:
			f.target(id).addTo(to)
		case name == "self":
			to.add(source)
		case name == "*":
			for id := range f.p.Types() {
				to.add(id)
			}
		default:
			missing = append(missing, name)
		}
	}
	return missing
}

// words yields the words of a name with args for $1 and so on: an argument may be several words in braces.
func words(name string, args []string) func(func(string) bool) {
	return strings.FieldsSeq(strings.Trim(refpolicy.Substitute(name, args), "{} "))
}

// perms returns those permissions of a set that a class has.
func (f *Finder) perms(id refpolicy.SetID, class policy.ClassID, args []string) policy.AccessVector {
	if v, ok := f.permSet[permsKey{id, class}]; ok {
		return v
	}
	set := f.x.Set(id)
	if !set.Open() {
		args = nil
	}
	v := f.permsNamed(set.Names, class, args)
	if set.Complement {
		v = f.p.AllPerms(class) &^ v
	}
	v &^= f.permsNamed(set.Minus, class, args)
	if !set.Open() {
		f.permSet[permsKey{id, class}] = v
	}
	return v
}

// permsNamed returns those permissions of names that a class has, with args for $1 and so on if there are any.
func (f *Finder) permsNamed(names []string, class policy.ClassID, args []string) (all policy.AccessVector) {
	for _, name := range names {
		if len(args) == 0 {
			all |= f.permNamed(name, class)
			continue
		}
		for name := range words(name, args) {
			all |= f.permNamed(name, class)
		}
	}
	return all
}

func (f *Finder) permNamed(name string, class policy.ClassID) policy.AccessVector {
	if name == "*" {
		return f.p.AllPerms(class)
	}
	bit, _ := f.p.Perm(class, name)
	return bit
}

// classes returns the classes of a set that the policy has, and the names that it lacks.
func (f *Finder) classes(id refpolicy.SetID, args []string) classList {
	if c, ok := f.classSet[id]; ok {
		return c
	}
	set := f.x.Set(id)
	var c classList
	for _, name := range set.Names {
		if !set.Open() {
			c.add(f.p, name)
			continue
		}
		for name := range words(name, args) {
			c.add(f.p, name)
		}
	}
	if !set.Open() {
		f.classSet[id] = c
	}
	return c
}

func (c *classList) add(p *policy.Policy, name string) {
	if class, ok := p.Class(name); ok {
		c.list = append(c.list, class)
	} else {
		c.missing = append(c.missing, name)
	}
}

// target returns the types of a rule's target, which may be an attribute.
func (f *Finder) target(id policy.TypeID) typeSet {
	s, ok := f.targets[id]
	if ok {
		return s
	}
	if !f.p.IsAttribute(id) {
		s.few = []policy.TypeID{id}
	} else {
		b := f.newSet()
		for id := range f.p.Members(id).All() {
			b.add(id)
		}
		s = f.setOf(b)
	}
	f.targets[id] = s
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
