package interfaces

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// A Need is what a domain is to be granted. Target is the domain itself or "self" for
// what it does to itself.
type Need struct {
	Source, Target, Class string
	Perms                 []string
}

// A Finder answers about the interfaces of an index under one policy. It keeps what it
// computed and is not safe for concurrent use.
type Finder struct {
	x *refpolicy.Index
	p *policy.Policy
	d *access.Decider

	types   map[refpolicy.SetID]expansion
	held    map[heldKey]bitset
	members map[policy.TypeID][]policy.Rule // allow rules by an attribute as the source
	targets map[policy.TypeID]bitset        // the types of a target of the policy's rules
	// grave are the types that are on the short list of dangers.
	grave, none bitset
	scratch     bitset // of one rule
	segments    map[uint8][]policy.PortSegment
}

type heldKey struct {
	source policy.TypeID
	class  policy.ClassID
	perm   policy.AccessVector
}

// An expansion is the types of a set, and the names that the policy lacks.
type expansion struct {
	types   bitset
	missing []string
}

// New returns a finder for a policy under the state of its booleans.
func New(x *refpolicy.Index, p *policy.Policy) *Finder {
	f := &Finder{x: x, p: p, d: access.NewDecider(p), types: map[refpolicy.SetID]expansion{},
		held: map[heldKey]bitset{}, targets: map[policy.TypeID]bitset{}}
	f.grave, f.none, f.scratch = f.newSet(), f.newSet(), f.newSet()
	f.segments = map[uint8][]policy.PortSegment{}
	for id := range p.Types() {
		if allow.DangerousObject(p.TypeName(id)) != "" {
			f.grave.add(id)
		}
	}
	return f
}

// expand returns the types of a set. args are what $1 and so on stand for, source is what
// self stands for. The result is not to be changed.
func (f *Finder) expand(id refpolicy.SetID, source policy.TypeID, args []string) expansion {
	set := f.x.Set(id)
	fixed := !strings.Contains(set.Text, "$") && !slices.Contains(set.Names, "self")
	if e, ok := f.types[id]; ok && fixed {
		return e
	}
	e := expansion{types: f.newSet()}
	add := func(to bitset, name string) {
		for name := range strings.FieldsSeq(strings.Trim(refpolicy.Substitute(name, args), "{} ")) {
			switch id, ok := f.p.TypeOrAttribute(name); {
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

// perms returns the permissions of a set that a class has.
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
	key := heldKey{source, class, perm}
	s, ok := f.held[key]
	if !ok {
		s = f.setOf(f.d.TargetTypes(source, class, perm))
		f.held[key] = s
	}
	return s
}

// target returns the type, or the types of the attribute, that a rule has.
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

// byAttribute returns the allow rules in force that an attribute as the source has.
func (f *Finder) byAttribute(id policy.TypeID) []policy.Rule {
	if f.members == nil {
		f.members = map[policy.TypeID][]policy.Rule{}
		for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
			if f.p.IsAttribute(r.Source) && f.p.Enabled(r) {
				f.members[r.Source] = append(f.members[r.Source], r)
			}
		}
	}
	return f.members[id]
}

// holds evaluates a condition under the policy's booleans; a boolean that the policy
// lacks is off.
func (f *Finder) holds(cond string) bool {
	c := condition{f: f, rest: cond}
	return cond == "" || c.or()
}

// A condition is read by recursive descent. Operators: ! == != ^ && ||, as conditions of
// policies have them.
type condition struct {
	f     *Finder
	rest  string
	depth int
}

func (c *condition) take(sign string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(c.rest, " "), sign)
	if ok {
		c.rest = rest
	}
	return ok
}

func (c *condition) or() bool {
	v := c.and()
	for c.take("||") {
		w := c.and()
		v = v || w
	}
	return v
}

func (c *condition) and() bool {
	v := c.equal()
	for c.take("&&") {
		w := c.equal()
		v = v && w
	}
	return v
}

func (c *condition) equal() bool {
	v := c.one()
	for {
		switch {
		case c.take("=="):
			v = v == c.one()
		case c.take("!="), c.take("^"):
			v = v != c.one()
		default:
			return v
		}
	}
}

func (c *condition) one() bool {
	if c.depth++; c.depth > 100 {
		return false
	}
	defer func() { c.depth-- }()
	switch {
	case c.take("!"):
		return !c.one()
	case c.take("("):
		v := c.or()
		c.take(")")
		return v
	}
	c.rest = strings.TrimLeft(c.rest, " ")
	n := 0
	for n < len(c.rest) && (c.rest[n] == '_' || c.rest[n]|0x20 >= 'a' && c.rest[n]|0x20 <= 'z' ||
		c.rest[n] >= '0' && c.rest[n] <= '9') {
		n++
	}
	name := c.rest[:n]
	c.rest = c.rest[n:]
	id, ok := c.f.p.Bool(name)
	return ok && c.f.p.BoolState(id)
}

// A NameError says that the policy does not have a name of a need.
type NameError struct {
	Kind, Name string // "type", "class" or "permission"
	Near       []string
}

func (e *NameError) Error() string { return "the policy has no " + e.Kind + " " + e.Name }

// Check returns a [*NameError] for the first name of a need that the policy lacks.
func (f *Finder) Check(n *Need) error {
	for _, name := range []string{n.Source, n.Target} {
		if _, ok := f.p.Type(name); !ok && name != "self" || !ok && name == n.Source {
			near := policy.Nearest(name, func(yield func(string) bool) {
				for id := range f.p.Types() {
					if !yield(f.p.TypeName(id)) {
						return
					}
				}
			}, 3)
			return &NameError{"type", name, near}
		}
	}
	class, ok := f.p.Class(n.Class)
	if !ok {
		return &NameError{"class", n.Class, policy.Nearest(n.Class, func(yield func(string) bool) {
			for id := range f.p.Classes() {
				if !yield(f.p.ClassName(id)) {
					return
				}
			}
		}, 3)}
	}
	for _, name := range n.Perms {
		if _, ok := f.p.Perm(class, name); !ok {
			return &NameError{"permission", n.Class + ":" + name,
				policy.Nearest(name, slices.Values(f.p.Perms(class)), 3)}
		}
	}
	return nil
}
