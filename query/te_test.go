package query_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

func named(text string) query.TypeMatch { return query.TypeMatch{Match: query.Match{Text: text}} }

func direct(text string) query.TypeMatch {
	return query.TypeMatch{Match: query.Match{Text: text}, Direct: true}
}

func matching(pattern string, direct bool) query.TypeMatch {
	return query.TypeMatch{Match: query.Match{Regexp: regexp.MustCompile(pattern)}, Direct: direct}
}

func perms(names ...string) query.SetMatch { return query.SetMatch{Names: names} }

func TestTERules(t *testing.T) {
	p := rulesPolicy(t)
	for _, test := range []struct {
		name string // the rule of sesearch it is for
		q    query.TERuleQuery
		want []string
	}{
		{"kinds: one",
			query.TERuleQuery{Kinds: policy.AuditAllow},
			[]string{"auditallow ty1 ty4:file read"}},
		{"dontaudit is stored inverted",
			query.TERuleQuery{Kinds: policy.DontAudit},
			[]string{"dontaudit ty1 ty5:file write"}},
		{"a type finds the rules on its attributes, unexpanded",
			query.TERuleQuery{Kinds: policy.Allow, Source: named("ty2")},
			[]string{"allow both ty4:file execute", "allow pair ty5:file read write execute"}},
		{"an attribute finds every rule that shares a member",
			query.TERuleQuery{Kinds: policy.Allow, Source: named("pair")},
			[]string{"allow both ty4:file execute", "allow pair ty5:file read write execute",
				"allow ty3 ty1:process transition"}},
		{"an attribute, direct, finds the rules written on it",
			query.TERuleQuery{Kinds: policy.Allow, Source: direct("pair")},
			[]string{"allow pair ty5:file read write execute"}},
		{"a type, direct, finds no rule on its attributes",
			query.TERuleQuery{Kinds: policy.Allow, Source: direct("ty2")}, nil},
		{"an attribute without members finds nothing",
			query.TERuleQuery{Source: named("none")}, nil},
		{"and is found by nothing but itself, direct",
			query.TERuleQuery{Source: direct("none")},
			[]string{"allow none ty4:dir search"}},
		{"an alias stands for its type",
			query.TERuleQuery{Kinds: policy.Allow, Target: named("ty5_alias")},
			[]string{"allow pair ty5:file read write execute"}},
		{"a pattern is tried on members, not on the attribute",
			query.TERuleQuery{Kinds: policy.Allow, Source: matching("^pair$", false)}, nil},
		{"a pattern is not anchored and finds members of attributes",
			query.TERuleQuery{Kinds: policy.Allow, Source: matching("3", false)},
			[]string{"allow pair ty5:file read write execute", "allow ty3 ty1:process transition"}},
		{"a pattern, direct, is tried on the name that is written",
			query.TERuleQuery{Kinds: policy.Allow, Source: matching("^(pair|none)$", true)},
			[]string{"allow none ty4:dir search", "allow pair ty5:file read write execute"}},
		{"a pattern is not tried on aliases",
			query.TERuleQuery{Kinds: policy.Allow, Target: matching("alias", false)}, nil},
		{"classes: any of them",
			query.TERuleQuery{Kinds: policy.Allow, Classes: query.ClassMatch{Names: []string{"process", "dir"}}},
			[]string{"allow none ty4:dir search", "allow ty1 ty4:dir read search", "allow ty3 ty1:process transition"}},
		{"classes: a pattern",
			query.TERuleQuery{Kinds: policy.Allow, Classes: query.ClassMatch{Regexp: regexp.MustCompile("roc")}},
			[]string{"allow ty3 ty1:process transition"}},
		{"permissions: any of them",
			query.TERuleQuery{Kinds: policy.Allow, Perms: perms("search", "transition")},
			[]string{"allow none ty4:dir search", "allow ty1 ty4:dir read search", "allow ty3 ty1:process transition"}},
		{"permissions: equal",
			query.TERuleQuery{Kinds: policy.Allow, Perms: query.SetMatch{Names: []string{"write", "read", "read"},
				Equal: true}},
			[]string{"allow ty1 ty4:file read write"}},
		{"permissions: equal, of which a class lacks one, is met by none of that class",
			query.TERuleQuery{Kinds: policy.Allow, Perms: query.SetMatch{Names: []string{"search", "transition"},
				Equal: true}}, nil},
		{"permissions: all, wins over equal",
			query.TERuleQuery{Kinds: policy.Allow, Perms: query.SetMatch{Names: []string{"read", "write"}, All: true,
				Equal: true}},
			[]string{"allow pair ty5:file read write execute", "allow ty1 ty4:file read write"}},
		{"permissions: a pattern",
			query.TERuleQuery{Kinds: policy.Allow, Perms: query.SetMatch{Regexp: regexp.MustCompile("^(ex|se)")}},
			[]string{"allow both ty4:file execute", "allow none ty4:dir search",
				"allow pair ty5:file read write execute",
				"allow ty1 ty4:dir read search"}},
		{"permissions exclude rules that have none",
			query.TERuleQuery{Kinds: policy.TypeRules, Perms: perms("read")}, nil},
		{"extended permissions count as their kind, whatever else is asked",
			query.TERuleQuery{Kinds: policy.AllowXPerm, Target: named("ty4"),
				Perms: query.SetMatch{Names: []string{"ioctl", "read"}, All: true}},
			[]string{"allowx ty1 ty4:file"}},
		{"equal, as their kind alone",
			query.TERuleQuery{Kinds: policy.AllowXPerm,
				Perms: query.SetMatch{Names: []string{"ioctl", "read"}, Equal: true}}, nil},
		{"extended permissions: any of a range",
			query.TERuleQuery{XPerms: query.XPermMatch{Ranges: []query.XPermRange{{0x5404, 0x5500}}}},
			[]string{"allowx ty1 ty4:file"}},
		{"extended permissions: in a whole driver",
			query.TERuleQuery{XPerms: query.XPermMatch{Ranges: []query.XPermRange{{0x88ff, 0x8900}}}},
			[]string{"allowx ty1 ty5:file"}},
		{"extended permissions: none",
			query.TERuleQuery{XPerms: query.XPermMatch{Ranges: []query.XPermRange{{0x5402, 0x5402}}}}, nil},
		{"extended permissions: equal",
			query.TERuleQuery{XPerms: query.XPermMatch{Ranges: []query.XPermRange{{0x5403, 0x5405}, {0x5401, 0x5401}},
				Equal: true}},
			[]string{"allowx ty1 ty4:file"}},
		{"extended permissions: equal to a part",
			query.TERuleQuery{XPerms: query.XPermMatch{Ranges: []query.XPermRange{{0x5403, 0x5405}}, Equal: true}},
			nil},
		{"extended permissions: equal, a driver",
			query.TERuleQuery{XPerms: query.XPermMatch{Ranges: []query.XPermRange{{0x8800, 0x88ff}}, Equal: true}},
			[]string{"allowx ty1 ty5:file"}},
		{"default: a type, named rules too",
			query.TERuleQuery{Default: named("ty3")},
			[]string{"change ty1 ty5:dir ty3", `trans ty1 ty5:file ty3 "file name"`, `trans ty2 ty5:dir ty3 "other"`}},
		{"default: an attribute is always expanded",
			query.TERuleQuery{Default: named("both")},
			[]string{"trans ty1 ty5:file ty2", "trans ty3 ty5:file ty1 (z true)"}},
		{"default: a pattern",
			query.TERuleQuery{Default: matching("[12]", false)},
			[]string{"trans ty1 ty5:file ty2", "trans ty3 ty5:file ty1 (z true)"}},
		{"booleans: any of them, both branches",
			query.TERuleQuery{Bools: perms("x", "z")},
			[]string{"allow ty1 ty2:file read (x true)", "allow ty1 ty2:file write (x false)",
				"allow ty1 ty3:file read (x y true)",
				"trans ty3 ty5:file ty1 (z true)"}},
		{"booleans: equal",
			query.TERuleQuery{Bools: query.SetMatch{Names: []string{"y", "x"}, Equal: true}},
			[]string{"allow ty1 ty3:file read (x y true)"}},
		{"booleans: all",
			query.TERuleQuery{Bools: query.SetMatch{Names: []string{"y"}, All: true}},
			[]string{"allow ty1 ty3:file read (x y true)"}},
		{"booleans: a pattern",
			query.TERuleQuery{Bools: query.SetMatch{Regexp: regexp.MustCompile("[yz]")}},
			[]string{"allow ty1 ty3:file read (x y true)", "trans ty3 ty5:file ty1 (z true)"}},
		{"enabled: the false branch of a true boolean is not",
			query.TERuleQuery{Conditional: query.True, Enabled: query.True},
			[]string{"allow ty1 ty2:file read (x true)"}},
		{"enabled: not",
			query.TERuleQuery{Enabled: query.False},
			[]string{"allow ty1 ty2:file write (x false)", "allow ty1 ty3:file read (x y true)",
				"trans ty3 ty5:file ty1 (z true)"}},
		{"named: by file name",
			query.TERuleQuery{FileName: query.Match{Regexp: regexp.MustCompile(" ")}},
			[]string{`trans ty1 ty5:file ty3 "file name"`}},
		{"named: by source and class",
			query.TERuleQuery{Named: query.True, Source: named("pair"),
				Classes: query.ClassMatch{Names: []string{"dir"}}},
			[]string{`trans ty2 ty5:dir ty3 "other"`}},
		{"named: left out",
			query.TERuleQuery{Kinds: policy.TypeTransition, Named: query.False},
			[]string{"trans ty1 ty3:process ty4", "trans ty1 ty5:file ty2", "trans ty3 ty5:file ty1 (z true)"}},
		{"all criteria together",
			query.TERuleQuery{Kinds: policy.AccessRules, Source: named("ty1"), Target: named("ty4"),
				Perms:   perms("read"),
				Classes: query.ClassMatch{Names: []string{"file"}}},
			[]string{"allow ty1 ty4:file read write", "auditallow ty1 ty4:file read"}},
	} {
		rules, err := query.TERules(p, test.q)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var got []string
		for r := range rules {
			got = append(got, teText(p, r))
		}
		slices.Sort(got)
		slices.Sort(test.want)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s:\n got %s\nwant %s", test.name, strings.Join(got, "; "), strings.Join(test.want, "; "))
		}
	}
}

// TestTERulesOrder: unconditional rules first, then named ones, then those of conditionals.
func TestTERulesOrder(t *testing.T) {
	p := rulesPolicy(t)
	rules, err := query.TERules(p, query.TERuleQuery{})
	if err != nil {
		t.Fatal(err)
	}
	n, stage := 0, 0
	for r := range rules {
		at := 0
		switch {
		case r.Named:
			at = 1
		case r.Cond != 0:
			at = 2
		}
		if at < stage {
			t.Errorf("%s comes late", teText(p, r))
		}
		stage = at
		n++
	}
	if want := p.NumRules() + p.DB().FilenameTrans.Rules(); n != want {
		t.Errorf("%d rules of %d", n, want)
	}
	// Breaking off is respected in each stage.
	for stop := 1; stop <= n; stop++ {
		seen := 0
		for range rules {
			if seen++; seen == stop {
				break
			}
		}
		if seen != stop {
			t.Errorf("stopped at %d of %d", seen, stop)
		}
	}
}

// TestTERulesWhatIf: Enabled asks the policy's present booleans, not those in the file.
func TestTERulesWhatIf(t *testing.T) {
	p := rulesPolicy(t)
	y, _ := p.Bool("y")
	p = p.WithBools(policy.BoolSetting{Bool: y, On: true})
	rules, err := query.TERules(p, query.TERuleQuery{Bools: perms("y"), Enabled: query.True})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := range rules {
		got = append(got, teText(p, r))
	}
	if want := []string{"allow ty1 ty3:file read (x y true)"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkTERules(b *testing.B) {
	p := openPolicy(b, testenv.Policy(b, "default"))
	for _, bench := range []struct {
		name string
		q    query.TERuleQuery
	}{
		{"All", query.TERuleQuery{}},
		{"SourcePerms", query.TERuleQuery{Kinds: policy.Allow, Source: named("httpd_t"),
			Perms: perms("name_bind", "name_connect")}},
		{"Attribute", query.TERuleQuery{Kinds: policy.Allow, Source: named("domain"), Perms: perms("name_bind")}},
		{"Regexp", query.TERuleQuery{Kinds: policy.Allow, Source: matching("^httpd", false)}},
		{"Bool", query.TERuleQuery{Bools: perms("httpd_can_network_connect")}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rules, err := query.TERules(p, bench.q)
				if err != nil {
					b.Fatal(err)
				}
				for range rules {
				}
			}
		})
	}
}
