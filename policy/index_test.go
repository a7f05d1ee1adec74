package policy_test

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policy"
)

// TestRulesFor: RulesFor yields what a scan finds, by source as written, whichever
// classes were indexed before: one by one, or all that are left at once. Type 0
// and types that do not exist have no rules but those of their attributes.
func TestRulesFor(t *testing.T) {
	db := debianPolicy(t, "default").decode(t)
	pol := policy.New(db)
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
		for rule := range pol.Rules(policy.RuleFilter{Kinds: policy.AccessRules | policy.TypeRules | policy.XPermRules,
			Sources: &sources}) {
			byClass[rule.Class] = append(byClass[rule.Class], rule)
		}
		for _, rules := range byClass {
			slices.SortStableFunc(rules, func(a, b policy.Rule) int { return int(a.Source) - int(b.Source) })
		}
		scanned[source] = byClass
	}
	for range 20 {
		pol := policy.New(db)
		for range 200 {
			source, class := some[r.Intn(len(some))], policy.ClassID(r.Intn(int(pol.MaxClass())+3))
			want := scanned[source][class]
			if got := slices.Collect(pol.RulesFor(source, class, all)); !slices.Equal(got, want) {
				t.Fatalf("%d rules of %d for class %d, want %d", len(got), source, class, len(want))
			}
			if len(want) > 0 {
				rule := want[r.Intn(len(want))]
				exactly := func(o policy.Rule) bool { return o.Source == rule.Source && o.Target == rule.Target }
				if got, want := slices.Collect(pol.RulesExactly(rule.Source, rule.Target,
					class)), slices.DeleteFunc(slices.Clone(want),
					func(o policy.Rule) bool { return !exactly(o) }); !slices.Equal(got, want) {
					t.Fatalf("%d rules of %d on %d for class %d, want %d", len(got), rule.Source, rule.Target, class,
						len(want))
				}
			}
		}
	}
}

// TestAttributesInto: the set is what Attributes returns, whatever was in it.
func TestAttributesInto(t *testing.T) {
	pol := debianPolicy(t, "default").policy(t)
	var set policy.Set[policy.TypeID]
	for id := range pol.MaxType() + 3 {
		if pol.AttributesInto(&set, id); !set.Equal(pol.Attributes(id)) {
			t.Fatalf("type %d: %v, want %v", id, slices.Collect(set.All()), slices.Collect(pol.Attributes(id).All()))
		}
	}
}
