package object_test

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy/object"
	"github.com/senet-selinux/senet/subject"
)

// TestRebuilt: the policy with the module of a fix, which is made of the policy alone, is what a
// build of all of Debian's modules and that one gives: the same rules, which may stand in another
// order, and the same in all else. 8 refused accesses, 100 with SENET_TEST_LONG=1.
func TestRebuilt(t *testing.T) {
	on := true
	opts := compile.Options{Libsepol: compile.OldestRelease, MLS: &on, DisableNeverallow: true}
	modules, err := compile.ReadModules(testenv.Modules(t, "default"), opts)
	if err != nil {
		t.Fatal(err)
	}
	base, err := compile.Build(modules, opts)
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(base.Policy)
	d := access.NewDecider(p)
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 1))
	domains, objects := contexts(p)
	var rules []policy.Rule // between types
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if r.Cond == 0 && !p.IsAttribute(r.Source) && !p.IsAttribute(r.Target) {
			rules = append(rules, r)
		}
	}
	joined, added := 0, 0
	for rebuilt := 0; rebuilt < testenv.Rounds(8, 100); {
		problem := randomProblem(rng, domains, objects)
		if rebuilt%2 == 0 { // more of what a rule gives some of
			rule := rules[rng.IntN(len(rules))]
			perms := p.Perms(rule.Class)
			source, ok1 := subject.FromType(p, rule.Source)
			target, err := p.ParseContext("system_u:object_r:" + p.TypeName(rule.Target) + ":s0")
			if !ok1 || err != nil {
				continue
			}
			problem = object.Problem{Source: source, Target: target, Class: p.ClassName(rule.Class),
				Perms: []string{perms[rng.IntN(len(perms))]}}
		}
		r := object.Find(d, problem)
		i := slices.IndexFunc(r.Fixes, func(f object.Fix) bool { return f.Kind == object.Rule })
		if i < 0 {
			continue
		}
		rebuilt++
		statements := r.Fixes[i].Module()
		text := cil.Format(statements)
		got, err := compile.Amend(p.DB(), statements)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		file, err := cil.ParseFile("fix.cil", text)
		if err != nil {
			t.Fatal(err)
		}
		want, err := compile.Build(append(slices.Clip(modules), compile.NewModule(file)), opts)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		switch got.AVTab.Len() - base.Policy.AVTab.Len() {
		case 0:
			joined++
		default:
			added++
		}
		if !slices.Equal(sortedRules(want.Policy), sortedRules(got)) {
			t.Errorf("%s: other rules than those of a build of all", text)
		}
		if !bytes.Equal(withoutRules(want.Policy), withoutRules(got)) {
			t.Errorf("%s: more than rules differs from a build of all", text)
		}
	}
	t.Logf("%d modules join with rules that are there, %d add some", joined, added)
	if joined == 0 || added == 0 {
		t.Errorf("%d modules join with rules that are there, %d add some", joined, added)
	}
}

// sortedRules returns the unconditional rules in order.
func sortedRules(p *policydb.Policy) []policydb.AVRule {
	var list []policydb.AVRule
	for _, r := range p.AVTab.All() {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b policydb.AVRule) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target), cmp.Compare(a.Class, b.Class),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Data, b.Data))
	})
	return list
}

// withoutRules returns the binary policy without its unconditional rules.
func withoutRules(p *policydb.Policy) []byte {
	p = p.Clone()
	p.AVTab = policydb.AVTab{}
	return p.Encode()
}
