package remedy

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// booleans tries the settings that put the missing rules in force.
func (f *finder) booleans() error {
	for _, settings := range f.settings() {
		if slices.ContainsFunc(settings, func(s policy.BoolSetting) bool { return !plain(f.p.BoolName(s.Bool)) }) {
			continue
		}
		if slices.ContainsFunc(f.fixes, func(fix Fix) bool { return fix.Kind == Boolean && contains(settings, fix.Bools) }) {
			continue // less than these does it
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
		if err := f.measure(&fix, d, nil, nil); err != nil {
			return err
		}
		f.fixes = append(f.fixes, fix)
	}
	return nil
}

// maxSettings bounds the combinations that are tried where several layers refuse
// and each has booleans of its own.
const maxSettings = 64

// settings returns for each way of granting all that is refused the booleans it
// takes, the fewest first; nil if something is refused that no boolean grants.
func (f *finder) settings() [][]policy.BoolSetting {
	sets := [][]policy.BoolSetting{nil}
	for _, l := range f.denied {
		if l.Check.Reason.Code != access.BoolOff {
			return nil
		}
		var next [][]policy.BoolSetting
		for _, set := range sets {
			for _, more := range l.Check.Reason.Switches {
				if both, ok := join(set, more); ok && len(next) < maxSettings {
					next = append(next, both)
				}
			}
		}
		sets = next
	}
	slices.SortStableFunc(sets, func(a, b []policy.BoolSetting) int { return cmp.Compare(len(a), len(b)) })
	return sets
}

// join returns the settings of both, and false where they contradict.
func join(a, b []policy.BoolSetting) ([]policy.BoolSetting, bool) {
	both := slices.Clone(a)
	for _, s := range b {
		if slices.Contains(a, policy.BoolSetting{Bool: s.Bool, On: !s.On}) {
			return nil, false
		}
		if !slices.Contains(a, s) {
			both = append(both, s)
		}
	}
	return both, true
}

func contains(all, some []policy.BoolSetting) bool {
	return !slices.ContainsFunc(some, func(s policy.BoolSetting) bool { return !slices.Contains(all, s) })
}
