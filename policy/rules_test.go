package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/policy"
)

// ruleLine writes a rule as sesearch does, without its conditional.
func ruleLine(pol *policy.Policy, r policy.Rule) string {
	keyword := map[policy.RuleKind]string{
		policy.Allow: "allow", policy.AuditAllow: "auditallow", policy.DontAudit: "dontaudit",
		policy.TypeTransition: "type_transition", policy.TypeChange: "type_change", policy.TypeMember: "type_member",
	}[r.Kind]
	head := fmt.Sprintf("%s %s %s:%s ", keyword, pol.TypeName(r.Source), pol.TypeName(r.Target), pol.ClassName(r.Class))
	if r.Kind&policy.TypeRules != 0 {
		return head + pol.TypeName(r.Default) + ";"
	}
	var perms []string
	for i, name := range pol.Perms(r.Class) {
		if r.Perms>>i&1 != 0 {
			perms = append(perms, name)
		}
	}
	slices.Sort(perms)
	return head + braced(perms) + ";"
}

// condMark writes the branch of a rule as sesearch does, without the expression.
func condMark(r policy.Rule) string {
	switch {
	case r.Cond == 0:
		return ""
	case r.Branch:
		return " True"
	default:
		return " False"
	}
}

// TestRulesAgainstSesearch: every rule of every kind, with its permissions (those
// of a dontaudit are stored inverted) and its branch.
func TestRulesAgainstSesearch(t *testing.T) {
	kinds := policy.AccessRules | policy.TypeRules
	for _, p := range []testPolicy{small(t, 33, "selinux", true), small(t, 24, "selinux", false),
		debianPolicy(t, "default")} {
		pol := p.policy(t)
		var got, want []string
		for r := range pol.Rules(policy.RuleFilter{Kinds: kinds}) {
			got = append(got, ruleLine(pol, r)+condMark(r))
		}
		for _, line := range tool(t, "sesearch", p, "-A", "--auditallow", "--dontaudit", "-T", "--type_change",
			"--type_member") {
			rule, cond, has := strings.Cut(line, "; [ ")
			switch {
			case strings.Contains(line, "xperm") || strings.HasPrefix(rule, "type_transition") &&
				len(strings.Fields(rule)) > 4:
				continue // extended permissions, or a filename transition
			case !has:
			case strings.HasSuffix(cond, ":True"):
				rule += "; True"
			default:
				rule += "; False"
			}
			want = append(want, rule)
		}
		sameLines(t, p.name, got, want)
	}
}

// TestFilenameTransitionsAgainstSesearch: each rule of each source.
func TestFilenameTransitionsAgainstSesearch(t *testing.T) {
	for _, p := range []testPolicy{small(t, 33, "selinux", true), small(t, 32, "selinux", true),
		debianPolicy(t, "default")} {
		pol := p.policy(t)
		var got, want []string
		for f := range pol.FilenameTransitions() {
			for source := range f.AllSources() {
				got = append(got, fmt.Sprintf("type_transition %s %s:%s %s %s;", pol.TypeName(policy.TypeID(source)),
					pol.TypeName(policy.TypeID(f.Target)), pol.ClassName(policy.ClassID(f.Class)),
					pol.TypeName(policy.TypeID(f.Result)), f.Name))
			}
		}
		for _, line := range tool(t, "sesearch", p, "-T") {
			if strings.HasSuffix(line, ";") && len(strings.Fields(line)) > 4 {
				want = append(want, line)
			}
		}
		sameLines(t, p.name, got, want)
	}
}

// TestRulesFromAgreesWithRules: for every source and class, RulesFrom yields the same rules as a
// scan, in the same order; and together all rules once.
func TestRulesFromAgreesWithRules(t *testing.T) {
	const everyKind = policy.AccessRules | policy.TypeRules | policy.XPermRules
	for _, p := range realPolicies(t) {
		pol := p.policy(t)
		type key struct {
			source policy.TypeID
			class  policy.ClassID
		}
		bySource := make(map[key][]policy.Rule)
		n := 0
		last := policy.RuleAddr(0)
		for r := range pol.Rules(policy.RuleFilter{Kinds: everyKind}) {
			k := key{r.Source, r.Class}
			bySource[k] = append(bySource[k], r)
			if again := pol.RuleAt(r.Addr()); again != r {
				t.Fatalf("%s: rule at %d: %+v, in the scan %+v", p.name, r.Addr(), again, r)
			}
			if n > 0 && r.Addr() <= last {
				t.Fatalf("%s: addresses do not ascend: %d after %d", p.name, r.Addr(), last)
			}
			last = r.Addr()
			n++
		}
		if n != pol.NumRules() {
			t.Errorf("%s: %d rules, NumRules %d", p.name, n, pol.NumRules())
		}
		all := policy.NewSet(pol.MaxType())
		odd := policy.NewSet(pol.MaxType())
		for id := policy.TypeID(0); id <= pol.MaxType(); id++ {
			all.Add(id)
			if id%2 == 1 {
				odd.Add(id)
			}
		}
		total := 0
		for source := policy.TypeID(0); source <= pol.MaxType()+1; source++ {
			for class := policy.ClassID(0); class <= pol.MaxClass()+1; class++ {
				got := slices.Collect(pol.RulesFrom(source, class, all))
				total += len(got)
				want := bySource[key{source, class}]
				if !slices.Equal(got, want) {
					t.Fatalf("%s: RulesFrom(%d, %d): %d rules, want %d", p.name, source, class, len(got), len(want))
				}
				if len(got) == 0 {
					continue
				}
				some := slices.Collect(pol.RulesFrom(source, class, odd))
				want = slices.DeleteFunc(slices.Clone(want), func(r policy.Rule) bool { return r.Target%2 == 0 })
				if !slices.Equal(some, want) {
					t.Fatalf("%s: RulesFrom(%d, %d, odd targets): %d rules, want %d", p.name, source, class,
						len(some), len(want))
				}
			}
		}
		if total != n {
			t.Errorf("%s: RulesFrom yields %d rules of %d", p.name, total, n)
		}
	}
}

// TestRuleFilter: each part of a filter alone and all together.
func TestRuleFilter(t *testing.T) {
	pol := debianPolicy(t, "default").policy(t)
	httpd, _ := pol.Type("httpd_t")
	port, _ := pol.Type("http_port_t")
	tcp, _ := pol.Class("tcp_socket")
	sources, targets, classes := pol.Attributes(httpd), pol.Attributes(port), policy.NewSet(pol.MaxClass())
	classes.Add(tcp)
	for _, f := range []policy.RuleFilter{
		{}, {Kinds: policy.Allow}, {Kinds: policy.DontAudit | policy.TypeTransition},
		{Kinds: policy.Allow, Sources: &sources},
		{Kinds: policy.Allow, Targets: &targets}, {Kinds: policy.Allow, Classes: &classes},
		{Kinds: policy.Allow, Sources: &sources, Targets: &targets, Classes: &classes},
		{Kinds: policy.Allow, Sources: new(policy.Set[policy.TypeID])},
	} {
		want := 0
		for r := range pol.Rules(policy.RuleFilter{Kinds: policy.AccessRules | policy.TypeRules | policy.XPermRules}) {
			if r.Kind&f.Kinds != 0 && (f.Sources == nil || f.Sources.Has(r.Source)) &&
				(f.Targets == nil || f.Targets.Has(r.Target)) && (f.Classes == nil || f.Classes.Has(r.Class)) {
				want++
			}
		}
		got := 0
		for range pol.Rules(f) {
			got++
		}
		if got != want {
			t.Errorf("%+v: %d rules, want %d", f, got, want)
		}
	}
	for range pol.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		break // must not panic
	}
	for range pol.RulesFrom(httpd, tcp, targets) {
		break
	}
}
