package query_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/query"
)

func TestRBACRules(t *testing.T) {
	p := rulesPolicy(t)
	const (
		a12   = "allow ro1 ro2"
		a23   = "allow ro2 ro3"
		trans = "trans ro1 ty3:process ro2"
	)
	text := func(r query.RBACRule) string {
		if r.Kind == query.RoleAllow {
			return fmt.Sprintf("allow %s %s", p.RoleName(r.Source), p.RoleName(r.TargetRole))
		}
		return fmt.Sprintf("trans %s %s:%s %s", p.RoleName(r.Source), p.TypeName(r.TargetType), p.ClassName(r.Class),
			p.RoleName(r.Default))
	}
	// Compilers expand the attribute.
	expanded := []string{"trans ro1 ty2:file ro3", "trans ro1 ty3:file ro3"}
	for _, test := range []struct {
		name string
		q    query.RBACRuleQuery
		want []string
	}{
		{"all", query.RBACRuleQuery{}, append([]string{a12, a23, trans}, expanded...)},
		{"kinds", query.RBACRuleQuery{Kinds: query.RoleAllow}, []string{a12, a23}},
		{"source", query.RBACRuleQuery{Source: query.Match{Text: "ro2"}}, []string{a23}},
		{"source pattern", query.RBACRuleQuery{Source: query.Match{Regexp: regexp.MustCompile("[23]")}}, []string{a23}},
		{"target: a role finds role allow only", query.RBACRuleQuery{Target: named("ro2")}, []string{a12}},
		{"target: a type finds role_transition only", query.RBACRuleQuery{Target: named("ty2")}, expanded[:1]},
		{"target: an attribute is expanded", query.RBACRuleQuery{Target: named("both")}, expanded[:1]},
		{"target: an attribute, direct", query.RBACRuleQuery{Target: direct("both")}, nil},
		{"target: a pattern is tried on both", query.RBACRuleQuery{Target: matching("3", false)},
			[]string{a23, trans, expanded[1]}},
		{"class: no role allow", query.RBACRuleQuery{Classes: query.ClassMatch{Names: []string{"process"}}},
			[]string{trans}},
		{"default: no role allow", query.RBACRuleQuery{Default: query.Match{Text: "ro3"}}, expanded},
		{"default pattern", query.RBACRuleQuery{Default: query.Match{Regexp: regexp.MustCompile("2")}},
			[]string{trans}},
	} {
		rules, err := query.RBACRules(p, test.q)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var got []string
		for r := range rules {
			got = append(got, text(r))
		}
		slices.Sort(got)
		if want := slices.Sorted(slices.Values(test.want)); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", test.name, got, want)
		}
	}
}
