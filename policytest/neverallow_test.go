package policytest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
)

// preamble is a policy of six types and three attributes without rules.
const preamble = `(class file (read write ioctl)) (class dir (read search)) (classorder (file dir))
(sid kernel) (sidorder (kernel)) (user u) (role r) (userrole u r)
(sensitivity s0) (sensitivityorder (s0)) (userlevel u (s0)) (userrange u ((s0) (s0)))
(type t0) (type t1) (type t2) (type t3) (type t4) (type t5)
(roletype r t0) (sidcontext kernel (u r t0 ((s0) (s0)))) (boolean b false)
(typeattribute a0) (typeattribute a1) (typeattribute a2)
(typeattributeset a0 (t0 t1 t2)) (typeattributeset a1 (and (all) (not (t0 t5)))) (typeattributeset a2 (t4))
(allow a0 a1 (dir (search))) (allow a1 a2 (dir (search))) ; so that the attributes stay
`

func compiled(t *testing.T, source string, checked bool) (*policy.Policy, error) {
	t.Helper()
	f, err := cil.ParseFile("policy.cil", source)
	if err != nil {
		t.Fatal(err)
	}
	r, err := compile.Compile([]*cil.File{f}, compile.Options{DisableNeverallow: !checked})
	if err != nil {
		return nil, err
	}
	return policy.New(r.Policy), nil
}

// violated reports whether the rules are violated in a binary policy.
func violated(t *testing.T, p *policy.Policy, text string) bool {
	t.Helper()
	rules, err := parseAssertions(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	list, err := (&runner{p: p}).neverallow(&Test{Rules: rules})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return len(list) > 0
}

// TestNeverallowAgainstCompiler: the violations in the binary are those that the compiler's check
// finds in the source.
func TestNeverallowAgainstCompiler(t *testing.T) {
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 7))
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	types := func() string { return pick("t0", "t1", "t2", "t3", "t4", "t5", "a0", "a1", "a2") }
	target := func() string { return pick(types(), types(), "self") }
	perms := func() string {
		return pick("(file (read))", "(file (read write))", "(file (ioctl))", "(dir (search))",
			"(file (not (read)))", "(dir (all))")
	}
	commands := func() string {
		return pick("(0x10)", "((range 0x10 0x20))", "((range 0x15 0x18) 0x8910)", "(not (0x10))",
			"((range 0x0000 0xffff))")
	}
	refused, rounds := 0, testenv.Rounds(500, 20_000)
	for range rounds {
		var policy strings.Builder
		policy.WriteString(preamble)
		for range 1 + rng.IntN(4) {
			switch rng.IntN(4) {
			case 0:
				fmt.Fprintf(&policy, "(booleanif b (true (allow %s %s %s)))\n", types(), target(), perms())
			case 1:
				source, to := types(), target()
				fmt.Fprintf(&policy, "(allow %s %s (file (ioctl)))\n", source, to)
				if rng.IntN(3) > 0 {
					fmt.Fprintf(&policy, "(allowx %s %s (ioctl file %s))\n", pick(source, types()), to, commands())
				}
			default:
				fmt.Fprintf(&policy, "(allow %s %s %s)\n", types(), target(), perms())
			}
		}
		rule := fmt.Sprintf("(neverallow %s %s %s)", types(), target(), perms())
		if rng.IntN(3) == 0 {
			rule = fmt.Sprintf("(neverallowx %s %s (ioctl file %s))", types(), target(), commands())
		}
		if rng.IntN(4) == 0 { // a set that only the rule needs
			rule = strings.Replace(rule, " a0 ", " n0 ", 1)
			rule += fmt.Sprintf("\n(typeattribute n0) (typeattributeset n0 (%s %s %s))",
				pick("and", "or", "xor"), types(), types())
		}
		_, err := compiled(t, policy.String()+rule, true)
		p, other := compiled(t, policy.String(), false)
		if other != nil {
			t.Fatalf("%s%s: %v", policy.String(), rule, other)
		}
		if got := violated(t, p, rule); got != (err != nil) {
			t.Fatalf("violated %v, the compiler says %v\n%s%s", got, err, policy.String()[len(preamble):], rule)
		}
		if err != nil {
			refused++
		}
	}
	t.Logf("%d of %d refused", refused, rounds)
	if refused < rounds/10 || refused > rounds*9/10 {
		t.Error("one answer is too rare")
	}
}

// TestNeverallowSource: each form in which policy sources write a rule.
func TestNeverallowSource(t *testing.T) {
	p, err := compiled(t, preamble+"(allow t1 t2 (file (read ioctl))) (allow t1 t1 (file (write)))"+
		"(allowx t1 t2 (ioctl file (0x8910)))", false)
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]bool{
		"neverallow t1 t2:file read;":                              true,
		"neverallow t1 t2:file write;":                             false,
		"neverallow t1 t2:{ file dir } { read write };":            true,
		"neverallow t1 t2:file ~{ read ioctl };":                   false,
		"neverallow t1 t2:file ~read;":                             true,
		"neverallow t1 t2:file *;":                                 true,
		"neverallow * t2:file read;":                               true,
		"neverallow a0 t2:file read;":                              true,
		"neverallow { a0 -t1 } t2:file read;":                      false,
		"neverallow ~{ t1 } t2:file read;":                         false,
		"neverallow ~t0 t2:file read;":                             true,
		"neverallow t1 { t2 t3 }:file read;":                       true,
		"neverallow t1 { a0 -t2 -t1 }:file read;":                  false,
		"neverallow t1 self:file write;":                           true,
		"neverallow t1 self:file read;":                            false,
		"neverallow t1 { t3 self }:file write;":                    true,
		"neverallow t1 { a0 -self }:file write;":                   false,
		"t1 t2:file read;":                                         true, // the field says neverallow
		"neverallowxperm t1 t2:file ioctl 0x8910;":                 true,
		"neverallowxperm t1 t2:file ioctl { 0x8911-0x8920 };":      false,
		"neverallowxperm t1 t2:file ioctl ~{ 0x8910 };":            false,
		"neverallow t0 t5:dir read; # no\nneverallow t1 *:file *;": true,
	} {
		if got := violated(t, p, rule); got != want {
			t.Errorf("%s: violated %v", rule, got)
		}
	}
	for _, bad := range []string{
		"", "neverallow", "neverallow t1", "neverallow t1 t2", "neverallow t1 t2:file",
		"neverallow t1 t2:file read",
		"neverallow self t2:file read;", "neverallow { t1 t2:file read;", "neverallow t1 t2:~file read;",
		"allow t1 t2:file read;",
		"neverallowxperm t1 t2:file ioctl;", "neverallowxperm t1 t2:file ioctl { 0x20-0x10 };",
		"(allow t1 t2 (file (read)))",
		"(neverallow t1 t2 file)", "(neverallow t1 (t2) (file (read)))", "(neverallow t1 t2 (file (read",
		"(neverallowx t1 t2 (ioctl file (0x99999)))",
	} {
		if _, err := parseAssertions(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	// Names that the policy lacks, and attributes that are made of one another.
	deep := "(neverallow n t1 (file (read)))(typeattributeset n (m))(typeattributeset m (n))"
	for _, bad := range []string{
		"x t2:file read;", "t1 x:file read;", "t1 t2:x read;", "t1 t2:file x;", deep,
	} {
		rules, err := parseAssertions(bad)
		if err == nil {
			_, err = (&runner{p: p}).neverallow(&Test{Rules: rules})
		}
		if err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestNeverallowMany: of many rules each that is violated is named, in their order.
func TestNeverallowMany(t *testing.T) {
	p, err := compiled(t, preamble+"(allow t1 t2 (file (read))) (allow t1 t2 (dir (search)))", false)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for i := range 3*atOnce + 1 {
		classes := []string{"file", "dir", "{ dir file }"}[i%7%3]
		fmt.Fprintf(&text, "neverallow t%d t2:%s *;\n", i%3, classes)
	}
	rules, err := parseAssertions(text.String())
	if err != nil {
		t.Fatal(err)
	}
	list, err := (&runner{p: p}).neverallow(&Test{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	var got, each []string
	for _, f := range list {
		got = append(got, f.Violation.Assertion.String())
	}
	for _, rule := range rules {
		list, err := (&runner{p: p}).neverallow(&Test{Rules: []Assertion{rule}})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			each = append(each, f.Violation.Assertion.String())
		}
	}
	if !slices.Equal(got, each) || len(got) < atOnce {
		t.Errorf("%d violations together, %d one by one:\n%q\n%q", len(got), len(each), got, each)
	}
}
