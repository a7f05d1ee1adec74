package interfaces

import (
	"errors"
	"fmt"
	"iter"
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

// Refused returns a need without the permissions that the policy grants today.
func (f *Finder) Refused(n Need) Need {
	class, ok := f.p.Class(n.Class)
	source, known := f.p.Type(n.Source)
	target, there := f.needTarget(&n)
	if !ok || !known || !there {
		return n
	}
	n.Perms = slices.DeleteFunc(slices.Clone(n.Perms), func(name string) bool {
		bit, ok := f.p.Perm(class, name)
		return ok && f.has(source, class, bit).has(target)
	})
	return n
}

// candidates returns the interfaces that grant a part of the needs of one domain.
func (f *Finder) candidates(needs []Need) ([]Candidate, error) {
	source, ok := f.p.Type(needs[0].Source)
	if !ok {
		return nil, &NameError{Kind: "type", Name: needs[0].Source}
	}
	var defs []int
	for i := range needs {
		target, ok := f.needTarget(&needs[i])
		if !ok {
			return nil, &NameError{Kind: "type", Name: needs[i].Target}
		}
		defs = append(defs, f.granting(source, target, &needs[i])...)
	}
	slices.Sort(defs)
	defs = slices.Compact(defs)
	f.readRules(source, f.joined(defs))
	var list []Candidate
	var large []int // of list
	for _, def := range defs {
		if i := slices.IndexFunc(large, func(i int) bool { return f.same(list[i].Def, def) }); i >= 0 {
			list = append(list, list[large[i]].as(def, f.call(def, []string{needs[0].Source})))
			continue
		}
		e, err := f.Effect(def, []string{needs[0].Source}, needs)
		if err != nil {
			return nil, err
		}
		c := Candidate{Effect: e, Whole: true}
		for i := range needs {
			granted := f.granted(e, &needs[i])
			c.Whole = c.Whole && len(granted) == len(needs[i].Perms)
			if len(granted) > 0 {
				n := needs[i]
				n.Perms = granted
				c.Grants = append(c.Grants, n)
			}
		}
		if len(c.Grants) > 0 {
			if len(e.Gains) > largeGains {
				large = append(large, len(list))
			}
			list = append(list, c)
		}
		f.release(e)
	}
	return list, nil
}

// largeGains is the number of gains from which on it pays to look for an interface that does the same.
const largeGains = 50

// same reports whether two interfaces have the same rules, other than those that only say what is logged.
func (f *Finder) same(a, b int) bool {
	rules := func(def int) iter.Seq[refpolicy.Rule] {
		return func(yield func(refpolicy.Rule) bool) {
			for _, r := range f.x.Rules(def) {
				if (r.Kind == refpolicy.Allow || r.Kind == refpolicy.Member) && !yield(r) {
					return
				}
			}
		}
	}
	next, stop := iter.Pull(rules(b))
	defer stop()
	for r := range rules(a) {
		if other, ok := next(); !ok || other != r {
			return false
		}
	}
	_, more := next()
	return !more
}

// as returns the candidate for another interface with the same rules.
func (c Candidate) as(def int, call string) Candidate {
	e := *c.Effect
	e.Def, e.Call = def, call
	c.Effect = &e
	return c
}

// release takes the sets of an effect back, for the next one.
func (f *Finder) release(e *Effect) {
	for _, sets := range e.gained {
		for _, s := range sets {
			if s != nil {
				f.free = append(f.free, s)
			}
		}
	}
	e.gained = nil
}

// joined returns the attributes that interfaces put a domain into.
func (f *Finder) joined(defs []int) (list []policy.TypeID) {
	for _, def := range defs {
		for _, r := range f.x.Rules(def) {
			if r.Kind != refpolicy.Member {
				continue
			}
			for _, name := range f.x.Set(r.Targets).Names {
				if id, ok := f.named(name); ok && f.p.IsAttribute(id) && !slices.Contains(list, id) {
					list = append(list, id)
				}
			}
		}
	}
	return list
}

// granted returns the permissions of a need that an effect gives.
func (f *Finder) granted(e *Effect, n *Need) (list []string) {
	class, ok := f.p.Class(n.Class)
	target, known := f.needTarget(n)
	if !ok || !known {
		return nil
	}
	for _, name := range n.Perms {
		bit, ok := f.p.Perm(class, name)
		if types := e.gained.of(class, bit); ok && types != nil && types.has(target) {
			list = append(list, name)
		}
	}
	return list
}

// granting returns the interfaces with a rule that may grant a part of a need: for the target
// itself, for one of its attributes, or for an attribute that they make the domain a member of.
func (f *Finder) granting(source, target policy.TypeID, n *Need) (defs []int) {
	class, ok := f.p.Class(n.Class)
	if !ok {
		return nil
	}
	var wanted policy.AccessVector
	for _, name := range n.Perms {
		if bit, ok := f.p.Perm(class, name); ok {
			wanted |= bit
		}
	}
	names := []string{f.p.TypeName(target)}
	for id := range f.p.Attributes(target).All() {
		names = append(names, f.p.TypeName(id))
	}
	for alias := range f.p.Aliases(target) {
		names = append(names, alias)
	}
	if source == target {
		names = append(names, "self", "$1")
	}
	for _, name := range names {
		for _, place := range f.x.OnTarget(name) {
			r := f.x.Rule(place)
			if r.Kind == refpolicy.Allow && f.callable(int(place.Def)) && f.gives(r, class, wanted) {
				defs = append(defs, int(place.Def))
			}
		}
	}
	return append(defs, f.byMembership(target, class, wanted)...)
}

// gives reports whether a rule for $1 names a class and one of some permissions.
func (f *Finder) gives(r refpolicy.Rule, class policy.ClassID, wanted policy.AccessVector) bool {
	if !slices.Contains(f.x.Set(r.Sources).Names, "$1") ||
		!slices.Contains(f.x.Set(r.Classes).Names, f.p.ClassName(class)) {
		return false
	}
	return f.perms(r.Perms, class, nil)&wanted != 0
}

// callable reports whether a definition is an interface whose only required argument is a domain.
func (f *Finder) callable(def int) bool {
	return !f.x.Headers.Defs[def].Template && f.x.Required(def) == 1
}

// byMembership returns the interfaces that add a domain to an attribute whose rules grant one of
// the wanted permissions.
func (f *Finder) byMembership(target policy.TypeID, class policy.ClassID, wanted policy.AccessVector) (defs []int) {
	classes, targets := policy.NewSet(f.p.MaxClass()), f.p.Attributes(target).Clone()
	classes.Add(class)
	targets.Add(target)
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Classes: &classes, Targets: &targets}) {
		if r.Perms&wanted == 0 || !f.p.IsAttribute(r.Source) || !f.p.Enabled(r) {
			continue
		}
		for _, place := range f.x.OnTarget(f.p.TypeName(r.Source)) {
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
}

// Find answers one need by Search and several by Cover.
// The error is a [*NameError].
func (f *Finder) Find(needs []Need) (*Found, error) {
	r := &Found{}
	for _, n := range needs {
		if err := f.Check(&n); err != nil {
			return nil, err
		}
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
