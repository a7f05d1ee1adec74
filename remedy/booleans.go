package remedy

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// booleans tries the settings that enable the missing rules.
func (f *finder) booleans() error {
	for _, settings := range f.settings() {
		if slices.ContainsFunc(settings, func(s policy.BoolSetting) bool { return !plain(f.p.BoolName(s.Bool)) }) {
			continue
		}
		if slices.ContainsFunc(f.fixes, func(fix Fix) bool {
			return fix.Kind == Boolean &&
				contains(settings, fix.Bools)
		}) {
			continue // fewer booleans are enough
		}
		d := access.NewDecider(f.p.WithBools(settings...))
		answer, err := network.Ask(d, f.problem.Question)
		if err != nil {
			return err
		}
		if answer.Verdict == network.Denied {
			continue
		}
		fix := Fix{Kind: Boolean, Bools: settings, Works: answer.Verdict == network.Allowed}
		if err := f.measure(&fix, &change{d: d, who: f.affected(f.switched(d.Policy()))}); err != nil {
			return err
		}
		f.fixes = append(f.fixes, fix)
	}
	return nil
}

// maxSettings bounds the combinations that are tried if several layers refuse and each
// has its own booleans.
const maxSettings = 64

// settings returns, for each way to grant all refused access, the booleans that it needs,
// the fewest first; nil if booleans cannot grant a part of it.
func (f *finder) settings() [][]policy.BoolSetting {
	sets := [][]policy.BoolSetting{nil}
	for _, l := range f.denied {
		if l.Check.Reason.Code != access.BoolOff {
			return nil
		}
		var next [][]policy.BoolSetting
		for _, set := range sets {
			for _, more := range l.Check.Reason.Switches {
				if set, ok := both(set, more); ok && len(next) < maxSettings {
					next = append(next, set)
				}
			}
		}
		sets = next
	}
	slices.SortStableFunc(sets, func(a, b []policy.BoolSetting) int { return cmp.Compare(len(a), len(b)) })
	return sets
}

// both returns the union of two settings, and false if they contradict.
func both(a, b []policy.BoolSetting) ([]policy.BoolSetting, bool) {
	all := slices.Clone(a)
	for _, s := range b {
		if slices.Contains(a, policy.BoolSetting{Bool: s.Bool, On: !s.On}) {
			return nil, false
		}
		if !slices.Contains(a, s) {
			all = append(all, s)
		}
	}
	return all, true
}

func contains(all, some []policy.BoolSetting) bool {
	return !slices.ContainsFunc(some, func(s policy.BoolSetting) bool { return !slices.Contains(all, s) })
}

// switched returns the sources of the rules that are active under only one of two states
// of the booleans, with attributes expanded.
func (f *finder) switched(p *policy.Policy) policy.Set[policy.TypeID] {
	sources := policy.NewSet(p.MaxType())
	flipped := policy.NewSet(policy.CondID(len(p.DB().Conditionals)))
	for c := range p.Conds() {
		if p.BranchEnabled(c, true) != f.p.BranchEnabled(c, true) || p.BranchEnabled(c, false) != f.p.BranchEnabled(c,
			false) {
			flipped.Add(c)
		}
	}
	// A transition may give sockets another type.
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow | policy.TypeTransition, Conds: &flipped}) {
		p.AddMembers(sources, r.Source)
	}
	return sources
}
