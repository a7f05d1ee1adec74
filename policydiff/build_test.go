package policydiff_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// built compiles CIL with secilc.
func built(t *testing.T, text []byte, flags ...string) *policy.Policy {
	t.Helper()
	testenv.Need(t, "secilc")
	dir := t.TempDir()
	source, out := filepath.Join(dir, "p.cil"), filepath.Join(dir, "policy")
	if err := os.WriteFile(source, text, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-M", "true", "-c", "33", "-o", out, "-f", os.DevNull, source}, flags...)
	if text, err := exec.Command("secilc", args...).CombinedOutput(); err != nil {
		t.Fatalf("secilc: %v: %s", err, text)
	}
	return open(t, out)
}

func exampleSource(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../examples/example.cil")
	if err != nil {
		t.Fatal(err)
	}
	var categories, order bytes.Buffer // examples/build.sh writes them too
	for i := range 1024 {
		fmt.Fprintf(&categories, "(category c%d)\n", i)
		fmt.Fprintf(&order, " c%d", i)
	}
	return fmt.Appendf(text, "\n%s(categoryorder (%s))\n", &categories, &order)
}

func report(t *testing.T, before, after *policy.Policy) *policydiff.Report {
	t.Helper()
	r, err := policydiff.Compare(t.Context(), before, after, host.Standard())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// redundant are rules that an optimising build drops: one that an attribute's rule
// grants, and a conditional one that an unconditional one grants.
const redundant = `
(allow haproxy_t port_type (tcp_socket (name_bind)))
(allow haproxy_t http_port_t (tcp_socket (name_bind)))
(booleanif haproxy_connect_any (true (allow haproxy_t http_port_t (tcp_socket (name_bind)))))
`

// TestOptimised: an optimised and a plain build of one policy do not differ.
func TestOptimised(t *testing.T) {
	text := append(exampleSource(t), redundant...)
	plain, optimised := built(t, text), built(t, text, "-O")
	if bytes.Equal(plain.DB().Encode(), optimised.DB().Encode()) {
		t.Fatal("secilc -O makes the same policy")
	}
	if r := report(t, plain, optimised); !r.Empty() || len(r.Ports) > 0 {
		t.Errorf("they differ: %+v", r)
	}
}

// TestRenamed: a type with another name, as one that is gone, and as an alias.
func TestRenamed(t *testing.T) {
	text := exampleSource(t)
	before := built(t, text)
	renamed := bytes.ReplaceAll(text, []byte("haproxy_t"), []byte("proxy_t"))
	r := report(t, before, built(t, renamed))
	if len(r.Moved) != 1 || r.Moved[0].From != "haproxy_t" || r.Moved[0].To != "proxy_t" || !r.Moved[0].Gone ||
		r.Moved[0].Alias || r.Moved[0].Taken != r.Moved[0].Lost || r.Moved[0].Lost == 0 || r.Moved[0].Ports != nil {
		t.Errorf("renamed: %+v", r.Moved)
	}
	alias := append(slices.Clone(renamed), "\n(typealias haproxy_t)\n(typealiasactual haproxy_t proxy_t)\n"...)
	r = report(t, before, built(t, alias))
	want := policydiff.Moved{From: "haproxy_t", To: "proxy_t", Alias: true, Gone: true}
	if len(r.Moved) != 1 || !reflect.DeepEqual(r.Moved[0], want) {
		t.Errorf("alias: %+v", r.Moved)
	}
}

// TestDangers: each kind of rule on the list is found, and one beside it is not.
func TestDangers(t *testing.T) {
	text := exampleSource(t)
	before := built(t, text)
	for _, c := range []struct{ rule, why string }{
		{"(allow haproxy_t squid_t (process (ptrace)))", "ptrace"},
		{"(allow haproxy_t squid_t (process (signal)))", ""},
		{"(allow haproxy_t self (process (ptrace)))", ""},
	} {
		r := report(t, before, built(t, append(slices.Clone(text), "\n"+c.rule+"\n"...)))
		var got []string
		for _, d := range r.Dangerous {
			got = append(got, d.Domain+" "+d.Why)
		}
		want := ""
		if c.why != "" {
			want = "haproxy_t " + c.why
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %q, want %q", c.rule, got, want)
		}
	}
}
