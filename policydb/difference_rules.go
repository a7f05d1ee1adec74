package policydb

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
)

// A ruleEntry is a rule with its content and its place: outside of conditionals or in one of them.
type ruleEntry struct {
	where string // the expression and branch of a conditional
	AVRule
	perms XPerms
}

func compareRules(a, b *Policy) *Difference {
	return differ(a.ruleEntries(), b.ruleEntries(), func(r ruleEntry) string {
		kind := "rule"
		if r.where != "" {
			kind = "conditional rule"
		}
		return "a " + kind + " for " + a.naming(b).rule(uint32(r.Source), uint32(r.Target), uint32(r.Class))
	})
}

// ruleEntries yields the rules; that a conditional one is in force is none of its own.
func (p *Policy) ruleEntries() iter.Seq[ruleEntry] {
	return func(yield func(ruleEntry) bool) {
		table := func(where string, t AVTab) bool {
			for off, r := range t.All() {
				e := ruleEntry{where: where, AVRule: r}
				if e.Kind &^= AVEnabled; r.Kind.IsXPerms() {
					e.perms, e.Data = t.XPerms(off), 0
				}
				if !yield(e) {
					return false
				}
			}
			return true
		}
		if !table("", p.AVTab) {
			return
		}
		for i := range p.Conditionals {
			c := &p.Conditionals[i]
			where := fmt.Sprint(c.Expr)
			if !table(where+" true", c.True) || !table(where+" false", c.False) {
				return
			}
		}
	}
}

func compareTransitions(a, b *Policy) *Difference {
	n := a.naming(b)
	d := cmp.Or(
		differ(slices.Values(a.RoleAllows), slices.Values(b.RoleAllows),
			func(RoleAllow) string { return "a role allow rule" }),
		differ(slices.Values(a.RoleTransitions), slices.Values(b.RoleTransitions), func(r RoleTransition) string {
			return "a role_transition for " + n.typeName(r.Type)
		}),
		differ(a.ranges(), b.ranges(), func(r RangeTransition) string {
			return "a range_transition for " + n.rule(r.Source, r.Target, r.Class)
		}))
	if d != nil {
		return d
	}
	return differ(a.named(), b.named(), func(f FilenameTrans) string {
		return fmt.Sprintf("a type_transition for %s %q", n.rule(f.Source, f.Target, f.Class), f.Name)
	})
}

func (p *Policy) ranges() iter.Seq[RangeTransition] {
	return func(yield func(RangeTransition) bool) {
		for _, r := range p.RangeTrans {
			if r.Range = single(r.Range); !yield(r) {
				return
			}
		}
	}
}

// named yields the filename transitions, one for each source.
func (p *Policy) named() iter.Seq[FilenameTrans] {
	return func(yield func(FilenameTrans) bool) {
		for f := range p.FilenameTrans.All() {
			one := f
			one.Sources = Bitmap{}
			for one.Source = range f.AllSources() {
				if !yield(one) {
					return
				}
			}
		}
	}
}

// names are those of the numbers of rules.
type names struct{ types, classes map[uint32]string }

// naming returns the names of a policy, and those that only the other policy has.
func (p *Policy) naming(other *Policy) names {
	n := names{types: make(map[uint32]string), classes: make(map[uint32]string)}
	for _, p := range [...]*Policy{other, p} {
		for i := range p.Types.Items {
			if t := &p.Types.Items[i]; !t.IsAlias() {
				n.types[t.Value] = t.Name
			}
		}
		for i := range p.Classes.Items {
			n.classes[p.Classes.Items[i].Value] = p.Classes.Items[i].Name
		}
	}
	return n
}

func (n names) typeName(value uint32) string { return cmp.Or(n.types[value], fmt.Sprint(value)) }

func (n names) rule(source, target, class uint32) string {
	return n.typeName(source) + " " + n.typeName(target) + ":" + cmp.Or(n.classes[class], fmt.Sprint(class))
}
