package policy_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policy"
)

// TestRecentSources: RulesFor yields what a scan finds, whatever sources it was
// prepared for before: none, too many, some twice, type 0 and types that do not
// exist.
func TestRecentSources(t *testing.T) {
	pol := debianPolicy(t, "default").policy(t)
	all := policy.NewSet(pol.MaxType())
	for id := range pol.MaxType() + 1 {
		all.Add(id)
	}
	r := rand.New(rand.NewSource(5601))
	some := make([]policy.TypeID, 40)
	for i := range some {
		some[i] = policy.TypeID(r.Intn(int(pol.MaxType()) + 2))
	}
	some[0], some[1] = 0, pol.MaxType()+100
	scanned := make(map[policy.TypeID]map[policy.ClassID][]policy.Rule)
	for _, source := range some {
		byClass := make(map[policy.ClassID][]policy.Rule)
		sources := pol.Attributes(source)
		for rule := range pol.Rules(policy.RuleFilter{Kinds: policy.AccessRules | policy.TypeRules | policy.XPermRules, Sources: &sources}) {
			byClass[rule.Class] = append(byClass[rule.Class], rule)
		}
		scanned[source] = byClass
	}
	for range 60 {
		expected := make([]policy.TypeID, r.Intn(policy.RecentSources+3))
		for i := range expected {
			expected[i] = some[r.Intn(len(some))]
		}
		pol.ScanSources(expected...)
		source := some[r.Intn(len(some))]
		if len(expected) > 0 && r.Intn(3) > 0 {
			source = expected[r.Intn(len(expected))]
		}
		for class := range pol.MaxClass() + 3 {
			if got, want := slices.Collect(pol.RulesFor(source, class, all)), scanned[source][class]; !slices.Equal(got, want) {
				t.Fatalf("after %v: %d rules of %d for class %d, want %d", expected, len(got), source, class, len(want))
			}
		}
	}
}
