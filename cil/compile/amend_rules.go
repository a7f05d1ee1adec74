package compile

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policydb"
)

// rule notes a rule of access.
func (a *amender) rule(s cil.Node, cond int, branch bool) error {
	list, err := args(s, 3)
	if err != nil {
		return err
	}
	source, err := a.typeOf(list[0])
	if err != nil {
		return err
	}
	target := source
	if list[1].Atom != "self" {
		if target, err = a.typeOf(list[1]); err != nil {
			return err
		}
	}
	class, mask, err := a.classPerms(list[2])
	if err != nil {
		return err
	}
	r := policydb.AVRule{Source: uint16(source), Target: uint16(target), Class: uint16(class), Data: mask}
	switch s.List[0].Atom {
	case "allow":
		r.Kind = policydb.AVAllowed
	case "auditallow":
		r.Kind = policydb.AVAuditAllow
	case "dontaudit":
		r.Kind, r.Data = policydb.AVAuditDeny, ^mask
	default:
		return errShape
	}
	if list[1].Atom != "self" || !a.isAttribute(source) {
		a.rules = append(a.rules, amendedRule{r, cond, branch})
		return nil
	}
	for v := range a.p.TypeAttrMap { // of each type of the attribute with itself
		if !a.isAttribute(uint32(v+1)) && a.p.TypeAttrMap[v].Has(source-1) {
			r.Source, r.Target = uint16(v+1), uint16(v+1)
			a.rules = append(a.rules, amendedRule{r, cond, branch})
		}
	}
	return nil
}

func (a *amender) isAttribute(value uint32) bool {
	return slices.ContainsFunc(a.p.Types.Items, func(t policydb.Type) bool {
		return t.Value == value && t.IsAttribute()
	})
}

// classPerms looks up (CLASS (PERMISSION...)).
func (a *amender) classPerms(n cil.Node) (class, mask uint32, err error) {
	if len(n.List) != 2 || n.List[0].IsList() || !n.List[1].IsList() || len(n.List[1].List) == 0 {
		return 0, 0, errShape
	}
	i := slices.IndexFunc(a.p.Classes.Items, func(c policydb.Class) bool { return c.Name == n.List[0].Atom })
	if i < 0 {
		return 0, 0, fmt.Errorf("no class is called %s", n.List[0].Atom)
	}
	c := &a.p.Classes.Items[i]
	perms := slices.Clone(c.Perms)
	for _, common := range a.p.Commons.Items {
		if c.Common != "" && common.Name == c.Common {
			perms = append(perms, common.Perms...)
		}
	}
	for _, p := range n.List[1].List {
		value, err := find("permission of "+c.Name, p.Atom, perms, func(p *policydb.Perm) (string, uint32) {
			return p.Name, p.Value
		})
		if err != nil {
			return 0, 0, err
		}
		mask |= 1 << (value - 1)
	}
	return c.Value, mask, nil
}

// writeRules joins the unconditional rules with those of the policy and appends the
// others to their branches.
func (a *amender) writeRules() error {
	if len(a.rules) == 0 {
		return nil
	}
	joined := make(map[policydb.AVKey]uint32)
	var order []policydb.AVKey
	branches := make(map[[2]int][]policydb.AVRule)
	for _, r := range a.rules {
		if r.cond != 0 {
			which := [2]int{r.cond - 1, 0}
			if !r.branch {
				which[1] = 1
			}
			branches[which] = append(branches[which], r.AVRule)
			continue
		}
		key := policydb.NewAVKey(r.Source, r.Target, r.Class, r.Kind)
		data, ok := joined[key]
		switch {
		case !ok:
			order, data = append(order, key), r.Data
		case r.Kind == policydb.AVAuditDeny:
			data &= r.Data
		default:
			data |= r.Data
		}
		joined[key] = data
	}
	a.p.Conditionals = slices.Clone(a.p.Conditionals)
	a.writeBranches(branches)
	if few(order) {
		for _, key := range order {
			s, t, c := uint32(key.Source()), uint32(key.Target()), uint32(key.Class())
			if err := a.p.AddAllow(s, t, c, joined[key]); err != nil {
				return err
			}
		}
		return nil
	}
	a.p.AVTab = amendTable(a.p.AVTab, func(r *policydb.AVRule) {
		key := policydb.NewAVKey(r.Source, r.Target, r.Class, r.Kind)
		if data, ok := joined[key]; ok {
			delete(joined, key)
			if r.Kind == policydb.AVAuditDeny {
				r.Data &= data
			} else {
				r.Data |= data
			}
		}
	}, func(b *policydb.AVTabBuilder) {
		for _, key := range order {
			if data, ok := joined[key]; ok {
				b.Add(avRuleOf(key, data))
			}
		}
	})
	return nil
}

// few reports whether there are at most four rules, and all are allow rules. For them a search of the
// table is faster than making the table anew.
func few(rules []policydb.AVKey) bool {
	return len(rules) <= 4 &&
		!slices.ContainsFunc(rules, func(key policydb.AVKey) bool { return key.Kind() != policydb.AVAllowed })
}

// writeBranches appends rules to the branches of conditionals.
func (a *amender) writeBranches(branches map[[2]int][]policydb.AVRule) {
	for which, rules := range branches {
		c := &a.p.Conditionals[which[0]]
		table, on := &c.True, c.State == 1
		if which[1] == 1 {
			table, on = &c.False, c.State == 0
		}
		*table = amendTable(*table, func(*policydb.AVRule) {}, func(b *policydb.AVTabBuilder) {
			for _, r := range rules {
				if on {
					r.Kind |= policydb.AVEnabled
				}
				b.Add(r)
			}
		})
	}
}

// amendTable returns a table in which each rule of access is changed, and more are
// added.
func amendTable(t policydb.AVTab, change func(*policydb.AVRule), more func(*policydb.AVTabBuilder)) policydb.AVTab {
	var b policydb.AVTabBuilder
	b.Grow(t.Len())
	for off, r := range t.All() {
		if r.Kind.IsXPerms() {
			x := t.XPerms(off)
			b.AddXPerms(r, &x)
			continue
		}
		change(&r)
		b.Add(r)
	}
	more(&b)
	return b.Table()
}
