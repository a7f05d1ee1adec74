package query

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// resolveConds returns the conditionals whose booleans the criterion accepts, nil if it
// accepts every rule. Unconditional rules have id 0, which is never in the set.
func resolveConds(p *policy.Policy, m *SetMatch) (*policy.Set[policy.CondID], error) {
	if m.isZero() {
		return nil, nil
	}
	want := policy.NewSet(policy.BoolID(p.DB().Bools.NPrim))
	if m.Regexp != nil {
		for id := range p.Bools() {
			if m.Regexp.MatchString(p.BoolName(id)) {
				want.Add(id)
			}
		}
	} else {
		for _, name := range m.Names {
			id, ok := p.Bool(name)
			if !ok {
				return nil, unknown(NameBool, name)
			}
			want.Add(id)
		}
	}
	conds := policy.NewSet(policy.CondID(len(p.DB().Conditionals)))
	for id := range p.Conds() {
		bools := p.CondBools(id)
		accepted := bools.Intersects(want)
		switch {
		case m.Regexp != nil:
		case m.All:
			accepted = bools.Contains(want)
		case m.Equal:
			accepted = bools.Equal(want)
		}
		if accepted {
			conds.Add(id)
		}
	}
	return &conds, nil
}

// CondBoolNames returns the names of the booleans in a conditional's
// expression, sorted.
func CondBoolNames(p *policy.Policy, id policy.CondID) []string {
	var names []string
	for b := range p.CondBools(id).All() {
		names = append(names, p.BoolName(b))
	}
	slices.Sort(names)
	return names
}
