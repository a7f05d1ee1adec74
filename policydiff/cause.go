package policydiff

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// A Cause is a rule of one of two policies, with the cells that differ because of it: it is in the
// policy after and they gain, or in the policy before and they lose.
type Cause struct {
	Sign Sign // Added or Removed
	Rule policy.Rule
	// Policy is the policy that has Rule.
	Policy *policy.Policy
	// Perms are the gained or lost permissions of an access rule, sorted.
	Perms []string
	// Cells counts the pairs of types that gain or lose because of it.
	Cells int
	// Known says that the other policy has the same rule. Sources and Targets are then the types
	// that the rule's attributes have only in Policy. If both are empty, the other policy does not
	// grant less: it also grants the access unconditionally.
	Known            bool
	Sources, Targets []string
}

// Causes returns the [Comparison.Rules] of some kinds as they are written: the rules that cause
// gains and losses, those with the most cells first. A cell counts for each rule that causes it.
// Rules of extended permissions and type transitions with a name are not included.
func (c *Comparison) Causes(kinds policy.RuleKind) []Cause {
	f := causeFinder{byKey: make(map[causeKey]int)}
	f.sides[0], f.sides[1] = newWritten(c.before), newWritten(c.after)
	for r := range c.Rules(kinds &^ policy.XPermRules) {
		if r.HasCause() {
			f.explain(&r, 0, r.Lost(), r.DefaultBefore)
			f.explain(&r, 1, r.Gained(), r.DefaultAfter)
		}
	}
	for i := range f.list {
		f.compare(&f.list[i])
	}
	slices.SortStableFunc(f.list, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Cells, a.Cells), cmp.Compare(a.Sign, b.Sign))
	})
	return f.list
}

// HasCause reports whether [Comparison.Causes] explains the cell.
func (r *RuleChange) HasCause() bool { return r.Kind&policy.XPermRules == 0 && r.FileName == "" }

// A causeFinder finds the rules of cells.
type causeFinder struct {
	sides [2]*written
	list  []Cause
	byKey map[causeKey]int
}

type causeKey struct {
	side int
	addr policy.RuleAddr
}

// explain counts a cell for the rules of one side that cause it: those that grant one of the
// permissions, or have the default type.
func (f *causeFinder) explain(x *RuleChange, side int, perms []string, result string) {
	if len(perms) == 0 && result == "" {
		return
	}
	w := f.sides[side]
	for _, r := range w.of(x) {
		var given []string
		if r.Kind&policy.AccessRules != 0 {
			if given = w.granted(&r, perms); given == nil {
				continue
			}
		} else if w.p.TypeName(r.Default) != result {
			continue
		}
		k := causeKey{side, r.Addr()}
		i, known := f.byKey[k]
		if !known {
			i = len(f.list)
			f.byKey[k] = i
			f.list = append(f.list, Cause{Sign: [2]Sign{Removed, Added}[side], Rule: r, Policy: w.p})
		}
		f.list[i].Cells++
		f.list[i].Perms = union(f.list[i].Perms, given)
	}
}

// union merges two sorted lists.
func union(a, b []string) []string {
	for _, s := range b {
		if i, found := slices.BinarySearch(a, s); !found {
			a = slices.Insert(a, i, s)
		}
	}
	return a
}

// compare finds the rule in the other policy.
func (f *causeFinder) compare(c *Cause) {
	w, o := f.sides[1], f.sides[0]
	if c.Sign == Removed {
		w, o = o, w
	}
	source, ok := o.same(w, c.Rule.Source)
	target, known := o.same(w, c.Rule.Target)
	class, defined := o.p.Class(w.p.ClassName(c.Rule.Class))
	if !ok || !known || !defined {
		return
	}
	for _, r := range o.rules(c.Rule.Kind, class)[source] {
		if r.Target != target || !sameCond(o.p, &r, w.p, &c.Rule) {
			continue
		}
		if c.Rule.Kind&policy.AccessRules != 0 {
			c.Known = c.Known || len(o.granted(&r, c.Perms)) == len(c.Perms)
		} else {
			c.Known = c.Known || o.p.TypeName(r.Default) == w.p.TypeName(c.Rule.Default)
		}
	}
	if c.Known {
		c.Sources, c.Targets = w.more(o, c.Rule.Source, source), w.more(o, c.Rule.Target, target)
	}
}

func sameCond(p *policy.Policy, a *policy.Rule, q *policy.Policy, b *policy.Rule) bool {
	if a.Cond == 0 || b.Cond == 0 {
		return a.Cond == b.Cond
	}
	return a.Branch == b.Branch && condKey(p, a.Cond) == condKey(q, b.Cond)
}

// written finds the rules of a policy by the types that they apply to.
type written struct {
	p     *policy.Policy
	lists map[ruleList]map[policy.TypeID][]policy.Rule // by the source as written
	conds map[policy.CondID]string
	// The rules of the last source, kind and class, and the attributes of the last target.
	last       RuleChange
	rulesFor   []policy.Rule
	target     string
	attributes policy.Set[policy.TypeID]
}

type ruleList struct {
	kind  policy.RuleKind
	class policy.ClassID
}

func newWritten(p *policy.Policy) *written {
	return &written{
		p: p, lists: make(map[ruleList]map[policy.TypeID][]policy.Rule), conds: make(map[policy.CondID]string),
	}
}

// rules returns the rules of one kind and class.
func (w *written) rules(kind policy.RuleKind, class policy.ClassID) map[policy.TypeID][]policy.Rule {
	k := ruleList{kind, class}
	list, ok := w.lists[k]
	if !ok {
		list = make(map[policy.TypeID][]policy.Rule)
		only := policy.NewSet(w.p.MaxClass())
		only.Add(class)
		for r := range w.p.Rules(policy.RuleFilter{Kinds: kind, Classes: &only}) {
			list[r.Source] = append(list[r.Source], r)
		}
		w.lists[k] = list
	}
	return list
}

// of returns the rules that apply to a cell.
func (w *written) of(x *RuleChange) (list []policy.Rule) {
	if x.Source != w.last.Source || x.Kind != w.last.Kind || x.Class != w.last.Class {
		w.last, w.rulesFor = *x, w.rulesFor[:0]
		source, ok := w.p.Type(x.Source)
		class, defined := w.p.Class(x.Class)
		if ok && defined {
			rules := w.rules(x.Kind, class)
			for id := range w.p.Attributes(source).All() {
				w.rulesFor = append(w.rulesFor, rules[id]...)
			}
		}
	}
	if target, ok := w.p.Type(x.Target); ok && x.Target != w.target {
		w.target, w.attributes = x.Target, w.p.Attributes(target)
	} else if !ok {
		return nil
	}
	for _, r := range w.rulesFor {
		if w.attributes.Has(r.Target) && w.cond(&r) == x.Cond && (r.Cond == 0 || r.Branch == x.Branch) {
			list = append(list, r)
		}
	}
	return list
}

func (w *written) cond(r *policy.Rule) string {
	if r.Cond == 0 {
		return ""
	}
	text, ok := w.conds[r.Cond]
	if !ok {
		text = condKey(w.p, r.Cond)
		w.conds[r.Cond] = text
	}
	return text
}

// granted returns the permissions of a list that a rule grants.
func (w *written) granted(r *policy.Rule, perms []string) (list []string) {
	for _, name := range perms {
		if bit, ok := w.p.Perm(r.Class, name); ok && r.Perms&bit != 0 {
			list = append(list, name)
		}
	}
	return list
}

// same returns the type or attribute with the same name in another policy.
func (w *written) same(o *written, id policy.TypeID) (policy.TypeID, bool) {
	found, ok := w.p.TypeOrAttribute(o.p.TypeName(id))
	return found, ok && w.p.IsAttribute(found) == o.p.IsAttribute(id)
}

// more returns the members of an attribute that another policy's attribute lacks.
func (w *written) more(o *written, id, other policy.TypeID) (list []string) {
	if !w.p.IsAttribute(id) {
		return nil
	}
	there := o.p.Members(other)
	for m := range w.p.Members(id).All() {
		if found, ok := o.p.Type(w.p.TypeName(m)); !ok || !there.Has(found) {
			list = append(list, w.p.TypeName(m))
		}
	}
	slices.Sort(list)
	return list
}
