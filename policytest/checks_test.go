package policytest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/oracle"
	"github.com/senet-selinux/senet/test/policies"
)

// sechecker returns how many failures it counts for each check of a file.
func sechecker(t *testing.T, config, file string) (map[string]int, error) {
	t.Helper()
	a := oracle.SETools(t, "sechecker", config, file)
	out := a.Stdout + a.Stderr
	// It fails where a rule grants no permission of its class.
	if a.Status > 1 || a.Status < 0 || strings.Contains(out, "Unexpected error") {
		return nil, fmt.Errorf("sechecker: exit status %d: %s", a.Status, out)
	}
	found := make(map[string]int)
	summary := regexp.MustCompile(`(?m)^(check\d+) +(PASSED|FAILED \((\d+) failures\))$`)
	for _, m := range summary.FindAllStringSubmatch(out, -1) {
		found[m[1]], _ = strconv.Atoi(m[3])
	}
	return found, nil
}

// randomChecks writes a file of sechecker with checks about a policy.
func randomChecks(rng *rand.Rand, p *policy.Policy) string {
	var types, attributes, full, roles, classes []string
	for id := range p.Types() {
		types = append(types, p.TypeName(id))
	}
	for id := range p.AllAttributes() {
		attributes = append(attributes, p.TypeName(id))
		if !p.Members(id).IsEmpty() { // of an empty one SETools takes all rules: it is no criterion
			full = append(full, p.TypeName(id))
		}
	}
	for id := range p.Roles() {
		roles = append(roles, p.RoleName(id))
	}
	for id := range p.Classes() {
		classes = append(classes, p.ClassName(id))
	}
	some := func(lists ...[]string) string {
		all := slices.Concat(lists...)
		var out []string
		for range rng.IntN(5) {
			out = append(out, all[rng.IntN(len(all))])
		}
		return strings.Join(out, []string{" ", "\n    "}[rng.IntN(2)])
	}
	var b strings.Builder
	b.WriteString("# a comment\n[DEFAULT]\ndesc = for all\n")
	option := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s%s%s\n", key, []string{" = ", ": ", "="}[rng.IntN(3)], value)
		}
	}
	one := func(lists ...[]string) string {
		all := slices.Concat(lists...)
		return all[rng.IntN(len(all))]
	}
	for i := range 8 {
		fmt.Fprintf(&b, "\n[check%d]\n; another\n", i)
		switch i % 4 {
		case 0:
			class := one(classes)
			id, _ := p.Class(class)
			option("check_type", "assert_te")
			option("source", []string{"", one(types, full)}[rng.IntN(2)])
			option("target", []string{"", one(types, full)}[rng.IntN(2)])
			option("tclass", class)
			perms := slices.DeleteFunc(slices.Clone(p.Perms(id)), func(s string) bool { return s == "" })
			if len(perms) > 0 {
				option("perms", []string{"", one(perms), one(perms) + " " + one(perms)}[rng.IntN(3)])
			}
			option("exempt_source", some(types, attributes, []string{"nosuch_t"}))
			option("exempt_target", some(types, attributes, []string{"nosuch_t"}))
			if rng.IntN(2) == 0 {
				option("EXPECT_source", some(types))
				option("expect_target", some(attributes))
			}
		case 1:
			option("check_type", "assert_rbac")
			option("source", one(roles))
			option("target", []string{"", one(roles)}[rng.IntN(2)])
			option("exempt_source", some(roles, []string{"nosuch_r"}))
			option("expect_target", some(roles))
		case 2:
			option("check_type", "empty_typeattr")
			option("attr", one(attributes, attributes, []string{"nosuch"}))
			option("missing_ok", "Yes")
		case 3:
			option("check_type", "ro_execs")
			option("exempt_write_domain", some(types, attributes, attributes))
			option("exempt_exec_domain", some(types, attributes, attributes))
			option("exempt_file", some(types, attributes))
		}
	}
	return b.String()
}

// TestSechecker: random checks of random policies fail as often as sechecker says.
func TestSechecker(t *testing.T) {
	testenv.Need(t, "sechecker", "checkpolicy")
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 21))
	dir := t.TempDir()
	failed, passed := make(map[Kind]int), make(map[Kind]int)
	want := testenv.Rounds(4, 60)
	for tries := 0; want > 0; tries++ {
		if tries > 1000 {
			t.Fatalf("sechecker reads too few policies: %d more are wanted", want)
		}
		file, err := policies.NewRandom(rng).Write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		s := open(t, file)
		config := filepath.Join(dir, "checks.ini")
		text := randomChecks(rng, s.Policy())
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		theirs, err := sechecker(t, config, file)
		if err != nil {
			continue // SETools does not read some policies
		}
		want--
		f, err := Read("checks.ini", strings.NewReader(text))
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		list, err := Run(context.Background(), f, s, senet.Options{Policy: file})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			r := &list[i]
			n := len(r.Failures)
			if r.Test.Kind == Empty && n > 0 {
				n = len(r.Failures[0].Members)
			}
			if n > 0 {
				failed[r.Test.Kind]++
			} else {
				passed[r.Test.Kind]++
			}
			if r.Err != nil || n != theirs[r.Test.Name] {
				t.Fatalf("%s (%s): %d failures and %v, sechecker counts %d in\n%s", r.Test.Name, r.Test.Kind, n, r.Err,
					theirs[r.Test.Name], text)
			}
		}
	}
	t.Logf("failed %v, passed %v", failed, passed)
	for _, kind := range []Kind{OnlyRules, OnlyRoleRules, Empty, ReadOnlyPrograms} {
		if failed[kind] == 0 || passed[kind] == 0 {
			t.Errorf("%s: %d failed, %d passed", kind, failed[kind], passed[kind])
		}
	}
}

// TestINI: the error of a file that is not sechecker's names the line.
func TestINI(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[a]\ncheck_type = nosuch\n", "line 1: [a]: check_type \"nosuch\" is not"},
		{"[a]\ncheck_type = ro_execs\nsource = x\n", "line 3: [a]: ro_execs has no option source"},
		{"[a]\ncheck_type = ro_execs\n[a]\n", "line 3: \"[a]\" is not a new section"},
		{"[a]\nb\n", "line 2: \"b\" is not NAME = VALUE"},
		{"[a]\ncheck_type=ro_execs\ncheck_type=ro_execs\n", "line 3: check_type is twice"},
		{"[a]\ncheck_type = ro_execs\nexempt_file = %(x)s\n", "line 3: exempt_file: values with %"},
		{"[a]\ncheck_type = assert_te\n", "line 1: [a]: it needs source"},
		{"[a]\ncheck_type = empty_typeattr\n", "line 1: [a]: attr has no name"},
		{"[DEFAULT]\n", "no tests"},
		{"[a\n", "line 1: \"[a\" is not a new section"},
	} {
		if _, err := Read("x", strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
	f, err := Read("x", strings.NewReader("\n[a]\ncheck_type = ro_execs\ndisable = yes\n"))
	if err != nil || len(f.Tests) != 0 {
		t.Errorf("disabled: %v, %v", f, err)
	}
}
