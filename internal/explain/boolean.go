package explain

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// booleanFacts returns the effects of a boolean, with the present values of the others.
func (v *View) booleanFacts(id policy.BoolID) *BooleanFacts {
	f := &BooleanFacts{State: v.p.BoolState(id), Default: v.p.DefaultBool(id)}
	on := v.p.WithBools(policy.BoolSetting{Bool: id, On: true})
	off := v.p.WithBools(policy.BoolSetting{Bool: id, On: false})
	others := policy.NewSet(policy.BoolID(v.p.DB().Bools.NPrim))
	var whenOn, whenOff []policy.Rule
	for r := range v.p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if r.Cond == 0 || !v.p.CondBools(r.Cond).Has(id) {
			continue
		}
		others.AddAll(v.p.CondBools(r.Cond))
		switch holdsOn, holdsOff := on.Enabled(r), off.Enabled(r); {
		case holdsOn && !holdsOff:
			whenOn = append(whenOn, r)
		case holdsOff && !holdsOn:
			whenOff = append(whenOff, r)
		}
	}
	f.On, f.Off = v.switched(whenOn), v.switched(whenOff)
	for b := range others.All() {
		if b != id {
			f.With = append(f.With, v.p.BoolName(b))
		}
	}
	return f
}

func (v *View) switched(rules []policy.Rule) Switched {
	s := Switched{Rules: len(rules), Perms: []ClassPerm{}, Connect: []string{}, Bind: []string{}}
	for _, r := range rules {
		class := v.p.ClassName(r.Class)
		if !isNetworkClass(class) {
			continue
		}
		for bit, name := range v.p.Perms(r.Class) {
			if r.Perms&(1<<bit) == 0 {
				continue
			}
			s.count(class, name)
			switch name {
			case "name_connect":
				s.Connect = addName(s.Connect, v.p.TypeName(r.Target))
			case "name_bind":
				s.Bind = addName(s.Bind, v.p.TypeName(r.Target))
			}
		}
	}
	slices.SortStableFunc(s.Perms, func(a, b ClassPerm) int { return cmp.Compare(b.Rules, a.Rules) })
	slices.Sort(s.Connect)
	slices.Sort(s.Bind)
	return s
}

func (s *Switched) count(class, perm string) {
	for i := range s.Perms {
		if s.Perms[i].Class == class && s.Perms[i].Perm == perm {
			s.Perms[i].Rules++
			return
		}
	}
	s.Perms = append(s.Perms, ClassPerm{class, perm, 1})
}

func addName(list []string, name string) []string {
	if slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

// isNetworkClass reports whether objects of a class belong to the network.
func isNetworkClass(class string) bool {
	switch class {
	case "netif", "node", "peer", "packet", "association", "capability", "infiniband_pkey", "infiniband_endport":
		return true
	}
	return isSocketClass(class)
}
