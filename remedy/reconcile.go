package remedy

import (
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// Reconcile finds out why a policy, such as the running kernel's, answers a question differently
// from another policy that it should equal: it returns booleans whose values in the other policy
// change the answer to want. That is one boolean if one is enough, else all that differ; none if
// they do not explain it.
func Reconcile(p, other *policy.Policy, q network.Question, want network.Verdict) ([]policy.BoolSetting, error) {
	var differ []policy.BoolSetting
	for id := range p.Bools() {
		there, ok := other.Bool(p.BoolName(id))
		if ok && other.DefaultBool(there) != p.DefaultBool(id) {
			differ = append(differ, policy.BoolSetting{Bool: id, On: other.DefaultBool(there)})
		}
	}
	if len(differ) == 0 {
		return nil, nil
	}
	for _, settings := range append(slices.Collect(slices.Chunk(differ, 1)), differ) {
		a, err := network.Ask(access.NewDecider(p.WithBools(settings...)), q)
		if err != nil {
			return nil, err
		}
		if a.Verdict == want {
			return settings, nil
		}
	}
	return nil, nil
}
