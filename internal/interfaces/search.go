package interfaces

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/policy"
)

// A Candidate is an interface that grants a part of the needs.
type Candidate struct {
	*Effect
	// Grants are the parts of the needs that it grants.
	Grants []Need
	// Whole says that it grants all needs.
	Whole bool
}

// Search returns the interfaces that grant a domain at least a part of a refused need. Those that
// grant all of it come first, and of equal ones the cheapest. Only interfaces whose single required
// argument is the domain count, not templates, nor interfaces for objects of any type. The error is
// a [*NameError].
func (f *Finder) Search(need Need) ([]Candidate, error) {
	list, err := f.candidates([]Need{need})
	if err != nil {
		return nil, err
	}
	for i := range list {
		f.describe(f.last, list[i].Effect)
	}
	slices.SortStableFunc(list, func(a, b Candidate) int {
		switch {
		case a.Whole != b.Whole && a.Whole:
			return -1
		case a.Whole != b.Whole:
			return 1
		}
		return compare(a.Effect, b.Effect)
	})
	return list, nil
}

// ready reads what the needs of one domain ask of the policy's rules.
func (f *Finder) ready(needs []Need) {
	if source, ok := f.p.Type(needs[0].Source); ok {
		f.readSource(source, f.wants(source, needs))
	}
}

// Refused returns a need without the permissions that the policy grants today.
func (f *Finder) Refused(n Need) Need {
	class, ok := f.p.Class(n.Class)
	source, known := f.p.Type(n.Source)
	target, there := f.needTarget(&n)
	if !ok || !known || !there {
		return n
	}
	held := f.holds(f.domain(source), class).on(target)
	n.Perms = slices.DeleteFunc(slices.Clone(n.Perms), func(name string) bool {
		bit, ok := f.p.Perm(class, name)
		return ok && held&bit != 0
	})
	return n
}

// candidates returns the interfaces that grant a part of the needs of one domain, without the words of their gains.
func (f *Finder) candidates(needs []Need) ([]Candidate, error) {
	source, ok := f.p.Type(needs[0].Source)
	if !ok {
		return nil, &NameError{Kind: "type", Name: needs[0].Source}
	}
	for i := range needs {
		if _, ok := f.needTarget(&needs[i]); !ok {
			return nil, &NameError{Kind: "type", Name: needs[i].Target}
		}
	}
	wants := f.wants(source, needs)
	defs := f.granting(source, wants)
	c, err := f.caller([]string{needs[0].Source})
	if err != nil {
		return nil, err
	}
	f.prepare(c, defs)
	var list []Candidate
	var large []int // of list
	for _, def := range defs {
		if i := slices.IndexFunc(large, func(i int) bool { return f.same(list[i].Def, def) }); i >= 0 {
			list = append(list, list[large[i]].as(def, f.call(def, c.args)))
			continue
		}
		found := Candidate{Effect: f.effect(c, def, wants), Whole: true}
		for i := range needs {
			granted := f.granted(c, &needs[i])
			found.Whole = found.Whole && len(granted) == len(needs[i].Perms)
			if len(granted) > 0 {
				n := needs[i]
				n.Perms = granted
				found.Grants = append(found.Grants, n)
			}
		}
		if len(found.Grants) > 0 {
			if len(found.grants) > largeGains {
				large = append(large, len(list))
			}
			list = append(list, found)
		}
	}
	return list, nil
}

// largeGains is the number of gains from which on it pays to look for an interface that does the same.
const largeGains = 50

// same reports whether two interfaces have the same rules, other than those that only say what is logged.
func (f *Finder) same(a, b int) bool {
	one, other := f.x.Rules(a), f.x.Rules(b)
	for i, j := 0, 0; ; i, j = i+1, j+1 {
		i, j = nextGrant(one, i), nextGrant(other, j)
		if i == one.Len() || j == other.Len() {
			return i == one.Len() && j == other.Len()
		}
		if one.At(i) != other.At(j) {
			return false
		}
	}
}

// nextGrant returns the first rule from i on that grants something.
func nextGrant(rules refpolicy.Rules, i int) int {
	for ; i < rules.Len(); i++ {
		if kind := rules.At(i).Kind; kind == refpolicy.Allow || kind == refpolicy.Member {
			break
		}
	}
	return i
}

// as returns the candidate for another interface with the same rules.
func (c Candidate) as(def int, call string) Candidate {
	e := *c.Effect
	e.Def, e.Call = def, call
	c.Effect = &e
	return c
}

// granted returns the permissions of a need that the sum has.
func (f *Finder) granted(c *caller, n *Need) (list []string) {
	class, ok := f.p.Class(n.Class)
	target, known := f.needTarget(n)
	if !ok || !known {
		return nil
	}
	v := f.sumOn(c, class, target)
	for _, name := range n.Perms {
		if bit, ok := f.p.Perm(class, name); ok && v&bit != 0 {
			list = append(list, name)
		}
	}
	return list
}

// granting returns the interfaces with a rule that may grant a part of the needs: for the target
// itself, for one of its attributes, or for an attribute that they make the domain a member of.
func (f *Finder) granting(source policy.TypeID, wants []want) (defs []int) {
	asked := map[string][]want{} // by the names of targets
	add := func(name string, w want) { asked[name] = append(asked[name], w) }
	for _, w := range wants {
		add(f.p.TypeName(w.target), w)
		for id := range f.p.Attributes(w.target).All() {
			if id != w.target {
				add(f.p.TypeName(id), w)
			}
		}
		for alias := range f.p.Aliases(w.target) {
			add(alias, w)
		}
		if source == w.target {
			add("self", w)
			add("$1", w)
		}
	}
	for name, of := range asked {
		for place := range f.x.OnTarget(name) {
			r := f.x.Rule(place)
			if r.Kind == refpolicy.Allow && f.gives(r, of) && f.callable(int(place.Def)) {
				defs = append(defs, int(place.Def))
			}
		}
	}
	defs = append(defs, f.byMembership(source, wants)...)
	slices.Sort(defs)
	return slices.Compact(defs)
}

// gives reports whether a rule for $1 names the class and one of the permissions of a want.
func (f *Finder) gives(r refpolicy.Rule, of []want) bool {
	classes := f.classes(r.Classes, nil).list
	for _, w := range of {
		if slices.Contains(classes, w.class) && f.perms(r.Perms, w.class, nil)&w.perms != 0 {
			return slices.Contains(f.x.Set(r.Sources).Names, "$1")
		}
	}
	return false
}

// callable reports whether a definition is an interface whose only required argument is a domain.
func (f *Finder) callable(def int) bool {
	return !f.x.Template(def) && f.x.Required(def) == 1
}

// byMembership returns the interfaces that add a domain to an attribute whose rules grant one of
// the wanted permissions.
func (f *Finder) byMembership(source policy.TypeID, wants []want) (defs []int) {
	f.readSource(source, wants)
	attributes := policy.NewSet(f.p.MaxType())
	for _, w := range wants {
		for _, r := range f.granters[onTarget{w.class, w.target}] {
			if w.perms&r.Perms != 0 {
				attributes.Add(r.Source)
			}
		}
	}
	for id := range attributes.All() {
		for place := range f.x.OnTarget(f.p.TypeName(id)) {
			rule := f.x.Rule(place)
			if rule.Kind == refpolicy.Member && slices.Contains(f.x.Set(rule.Sources).Names, "$1") &&
				f.callable(int(place.Def)) {
				defs = append(defs, int(place.Def))
			}
		}
	}
	return defs
}

// ParseNeeds reads questions about one domain, of four words each: SOURCE TARGET CLASS
// PERMISSION,...
func ParseNeeds(words []string) (needs []Need, err error) {
	if len(words) == 0 || len(words)%4 != 0 {
		return nil, errors.New("a question has four words: SOURCE TARGET CLASS PERMISSION[,PERMISSION...]")
	}
	for i := 0; i < len(words); i += 4 {
		if words[i] != words[0] {
			return nil, fmt.Errorf("all questions must be about one domain, not %s and %s", words[0], words[i])
		}
		needs = append(needs, Need{Source: words[i], Target: words[i+1], Class: words[i+2],
			Perms: strings.Split(words[i+3], ",")})
	}
	return needs, nil
}

// Found is the answer to one or several needs of one domain.
type Found struct {
	// Needs are the needs without the access that the policy grants today.
	Needs []Need
	// Calls are, for a single need, all interfaces that grant a part of it, the cheapest first; for
	// several needs, the calls that together grant them.
	Calls []Candidate
	Left  []Need
	// LeftOut are the definitions that are not searched, as they cannot be expanded, by their names.
	LeftOut []LeftOut
}

// A LeftOut is a definition that is not searched.
type LeftOut struct {
	Name string
	Why  error
}

// leftOut returns the definitions that are not searched.
func (f *Finder) leftOut() (list []LeftOut) {
	for def, err := range f.x.Failures() {
		list = append(list, LeftOut{f.x.Name(def), err})
	}
	slices.SortFunc(list, func(a, b LeftOut) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Find answers one need by Search and several by Cover.
// The error is a [*NameError].
func (f *Finder) Find(needs []Need) (*Found, error) {
	r := &Found{LeftOut: f.leftOut()}
	for i := range needs {
		if err := f.Check(&needs[i]); err != nil {
			return nil, err
		}
	}
	f.ready(needs)
	for _, n := range needs {
		if n = f.Refused(n); len(n.Perms) > 0 {
			r.Needs = append(r.Needs, n)
		}
	}
	switch len(r.Needs) {
	case 0:
		return r, nil
	case 1:
		var err error
		if r.Calls, err = f.Search(r.Needs[0]); err == nil && len(r.Calls) == 0 {
			r.Left = r.Needs
		}
		return r, err
	}
	c, err := f.Cover(r.Needs, 0)
	r.Calls, r.Left = c.Calls, c.Left
	return r, err
}
