package policytest

import (
	"bytes"
	"compress/bzip2"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
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
	const modules = "/var/lib/selinux/default/active/modules/100/"
	files, err := filepath.Glob(modules + "*/cil")
	if err != nil || len(files) == 0 {
		testenv.Missing(t, "no modules in "+modules)
	}
	p := policy.New(db)
	var rules strings.Builder
	for _, file := range files {
		packed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(packed)))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			words := strings.Fields(strings.Trim(line, "()"))
			if strings.HasPrefix(line, "(neverallow ") && file == modules+"base/cil" {
				rules.WriteString(line + "\n")
			}
			if len(words) > 1 && (words[0] == "typeattribute" || words[0] == "typeattributeset") {
				if _, ok := p.TypeOrAttribute(words[1]); !ok { // in no binary policy, for no rule needs it
					rules.WriteString(line + "\n")
				}
			}
		}
	}
	return p, rules.String()
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
