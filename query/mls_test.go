package query_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

func TestMLSRules(t *testing.T) {
	p := rulesPolicy(t)
	parse := func(s string) policy.Range {
		r, err := p.ParseRange(s)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	const (
		process = "ty1 ty3:process s0-s1:c0.c2"
		// compilers expand the attribute
		file2 = "ty2 ty5:file s0:c1"
		file3 = "ty3 ty5:file s0:c1"
	)
	for _, test := range []struct {
		name string
		q    query.MLSRuleQuery
		want []string
	}{
		{"all", query.MLSRuleQuery{}, []string{file2, file3, process}},
		{"source: a type", query.MLSRuleQuery{Source: named("ty2")}, []string{file2}},
		{"source: an attribute, by what they share", query.MLSRuleQuery{Source: named("both")},
			[]string{file2, process}},
		{"source: an attribute, direct", query.MLSRuleQuery{Source: direct("pair")}, nil},
		{"source: an attribute without members", query.MLSRuleQuery{Source: named("none")}, nil},
		{"target: an alias", query.MLSRuleQuery{Target: named("ty5_alias")}, []string{file2, file3}},
		{"class", query.MLSRuleQuery{Classes: query.ClassMatch{Names: []string{"process"}}}, []string{process}},
		{"default: both levels equal", query.MLSRuleQuery{Default: &query.LevelRange{Range: parse("s0-s1:c0.c2")}},
			[]string{process}},
		{"default: not a part", query.MLSRuleQuery{Default: &query.LevelRange{Range: parse("s0")}}, nil},
		{"default: a part, if asked", query.MLSRuleQuery{Default: &query.LevelRange{Range: parse("s0:c1"),
			Relation: query.Within}},
			[]string{file2, file3, process}},
	} {
		rules, err := query.MLSRules(p, test.q)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var got []string
		for r := range rules {
			got = append(got, fmt.Sprintf("%s %s:%s %s", p.TypeName(r.Source), p.TypeName(r.Target),
				p.ClassName(r.Class), p.FormatRange(r.Range)))
		}
		slices.Sort(got)
		slices.Sort(test.want)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
