package policytest

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/policies"
)

// debian returns Debian's policy, and of its base module the neverallow rules with the
// sets that they need.
func debian(t testing.TB) (*policy.Policy, string) {
	data, err := os.ReadFile(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := policydb.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	rules, err := policies.DebianNeverallows(func(name string) bool {
		_, ok := p.TypeOrAttribute(name)
		return ok
	})
	if errors.Is(err, fs.ErrNotExist) {
		testenv.Missing(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	return p, rules
}

// TestNeverallowDebian: the rules of Debian's base module hold in the policy that was
// built with them.
func TestNeverallowDebian(t *testing.T) {
	p, text := debian(t)
	rules, err := parseAssertions(text)
	if err != nil {
		t.Fatal(err)
	}
	list, err := (&runner{p: p}).neverallow(&Test{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules", len(rules))
	if len(rules) < 20 {
		t.Error("too few")
	}
	for _, f := range list {
		t.Errorf("%s: %+v", f.Violation.Assertion, f.Violation)
	}
}

func BenchmarkNeverallowDebian(b *testing.B) {
	p, text := debian(b)
	rules, err := parseAssertions(text)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := (&runner{p: p}).neverallow(&Test{Rules: rules}); err != nil {
			b.Fatal(err)
		}
	}
}
