package policydiff

import (
	"cmp"
	"slices"
	"sort"

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
	if kinds&^policy.XPermRules == 0 {
		return nil
	}
	c.number()
	f.sides[0], f.sides[1] = newWritten(c.before), newWritten(c.after)
	for i, w := range f.sides {
		w.there = c.u.same(i)
	}
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
	for _, r := range o.rules(c.Rule.Kind, class, source) {
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
		c.Sources, c.Targets = w.more(o.p, c.Rule.Source, source), w.more(o.p, c.Rule.Target, target)
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
	ids    map[string]policy.TypeID // of types and attributes
	p      *policy.Policy
	lists  map[policy.RuleKind][]policy.Rule // by class, then by source as written
	conds  map[policy.CondID]string
	there  []policy.TypeID               // by type: the type of the other policy with the same name, or 0
	beyond map[[2]policy.TypeID][]string // the results of more, by attribute here and there
	// The rules of the last source, kind and class, and the attributes of the last target.
	last       RuleChange
	rulesFor   []policy.Rule
	target     string
	attributes policy.Set[policy.TypeID]
}

func newWritten(p *policy.Policy) *written {
	w := &written{
		p: p, ids: make(map[string]policy.TypeID, p.MaxType()), lists: make(map[policy.RuleKind][]policy.Rule),
		conds: make(map[policy.CondID]string), beyond: make(map[[2]policy.TypeID][]string),
	}
	for id := range p.Types() {
		w.ids[p.TypeName(id)] = id
	}
	for id := range p.AllAttributes() {
		w.ids[p.TypeName(id)] = id
	}
	return w
}

// rules are those of one kind, class and source.
func (w *written) rules(kind policy.RuleKind, class policy.ClassID, source policy.TypeID) []policy.Rule {
	list, ok := w.lists[kind]
	if !ok {
		n := 0
		for range w.p.Rules(policy.RuleFilter{Kinds: kind}) {
			n++
		}
		list = slices.AppendSeq(make([]policy.Rule, 0, n), w.p.Rules(policy.RuleFilter{Kinds: kind}))
		spare := make([]policy.Rule, len(list))
		distribute(spare, list, uint32(w.p.MaxType()), func(r *policy.Rule) uint32 { return uint32(r.Source) })
		distribute(list, spare, uint32(w.p.MaxClass()), func(r *policy.Rule) uint32 { return uint32(r.Class) })
		w.lists[kind] = list
	}
	low := sort.Search(len(list), func(i int) bool {
		r := &list[i]
		return r.Class > class || r.Class == class && r.Source >= source
	})
	n := low
	for n < len(list) && list[n].Class == class && list[n].Source == source {
		n++
	}
	return list[low:n]
}

// of returns the rules that apply to a cell.
func (w *written) of(x *RuleChange) (list []policy.Rule) {
	if x.Source != w.last.Source || x.Kind != w.last.Kind || x.Class != w.last.Class {
		w.last, w.rulesFor = *x, w.rulesFor[:0]
		source, ok := w.ids[x.Source]
		class, defined := w.p.Class(x.Class)
		if ok && defined {
			for id := range w.p.Attributes(source).All() {
				w.rulesFor = append(w.rulesFor, w.rules(x.Kind, class, id)...)
			}
		}
	}
	if target, ok := w.ids[x.Target]; ok && x.Target != w.target {
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

// same returns the type or attribute with the same name as one of another policy. An alias does not
// count.
func (w *written) same(o *written, id policy.TypeID) (policy.TypeID, bool) {
	found, ok := w.ids[o.p.TypeName(id)]
	return found, ok && w.p.IsAttribute(found) == o.p.IsAttribute(id)
}

// more returns the members of an attribute that the other policy's attribute lacks, sorted.
func (w *written) more(o *policy.Policy, id, other policy.TypeID) []string {
	if !w.p.IsAttribute(id) {
		return nil
	}
	key := [2]policy.TypeID{id, other}
	list, ok := w.beyond[key]
	if !ok {
		there := o.Members(other)
		for m := range w.p.Members(id).All() {
			if found := w.there[m]; found == 0 || !there.Has(found) {
				list = append(list, w.p.TypeName(m))
			}
		}
		slices.Sort(list)
		w.beyond[key] = list
	}
	return list
}
