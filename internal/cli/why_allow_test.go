package cli_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/policies"
)

// exampleWith compiles the example policy with more statements.
func exampleWith(t *testing.T, statements string) *policy.Policy {
	t.Helper()
	source, err := os.ReadFile("../../examples/example.cil")
	if err != nil {
		t.Fatal(err)
	}
	// The categories, which CIL has no loop for; and what modules made by
	// checkmodule refer to.
	var categories, order strings.Builder
	for i := range 1024 {
		fmt.Fprintf(&categories, "(category c%d)\n", i)
		fmt.Fprintf(&order, " c%d", i)
	}
	// What a neverallow forbids is for the person to decide; semodule does not look
	// at them unless it is told to.
	lines := slices.DeleteFunc(strings.Split(string(source), "\n"),
		func(line string) bool { return strings.HasPrefix(line, "(neverallow ") })
	text := strings.Join(lines, "\n") + categories.String() + "(categoryorder (" + order.String() +
		"))\n(typeattribute cil_gen_require)\n(roleattribute cil_gen_require)\n" + statements
	path, err := policies.CompileCIL([]byte(text), policies.Options{Version: 33})
	if err != nil {
		t.Fatal(err)
	}
	return openPolicy(t, path)
}

func openPolicy(t *testing.T, path string) *policy.Policy {
	t.Helper()
	db, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}

// allows lists every permission that an allow rule grants, as it is written.
func allows(p *policy.Policy) map[string]bool {
	all := map[string]bool{}
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		for i, perm := range p.Perms(r.Class) {
			if r.Perms>>i&1 != 0 {
				all[fmt.Sprintf("%s %s %s %s %d", p.TypeName(r.Source), p.TypeName(r.Target), p.ClassName(r.Class),
					perm, r.Cond)] = true
			}
		}
	}
	return all
}

// refusedRecords returns audit records of random accesses between domains and
// anything that type enforcement alone refuses, and the rules that they come to.
// Those that a bound stands in the way of are in the log, and no rule is.
func refusedRecords(t *testing.T, p *policy.Policy, rng *rand.Rand, n int) (log string, want map[string]bool) {
	t.Helper()
	d := access.NewDecider(p)
	domain, ok := p.Attribute("domain")
	if !ok {
		t.Fatal("no attribute domain")
	}
	domains := slices.Collect(p.Members(domain).All())
	types := slices.Collect(p.Types())
	classes := slices.Collect(p.Classes())
	object, _ := p.Role("object_r")
	var b strings.Builder
	want = map[string]bool{}
	for len(want) < n {
		source, ok := subject.FromType(p, domains[rng.IntN(len(domains))])
		if !ok {
			continue
		}
		target := source
		if rng.IntN(4) > 0 {
			target.Role, target.Type = uint32(object), uint32(types[rng.IntN(len(types))])
		}
		class := classes[rng.IntN(len(classes))]
		perms := p.Perms(class)
		if len(perms) == 0 || p.ValidateContext(target) != nil || p.IsPermissive(policy.TypeID(source.Type)) {
			continue
		}
		perm := perms[rng.IntN(len(perms))]
		bit, _ := p.Perm(class, perm)
		if code := d.Explain(source, target, class, bit).Code; perm == "" || code != access.NoRule &&
			code != access.BoolOff {
			continue
		}
		if perm == "name_connect" || perm == "name_bind" || perm == "node_bind" {
			continue // of a label that is not the port's today
		}
		fmt.Fprintf(&b, "avc:  denied  { %s } for  pid=%d comm=\"x\" scontext=%s tcontext=%s tclass=%s permissive=0\n",
			perm, 100+rng.IntN(900), p.FormatContext(source), p.FormatContext(target), p.ClassName(class))
		if _, exceeds := remedy.ExceedsBounds(p, policy.TypeID(source.Type), policy.TypeID(target.Type), class,
			bit); exceeds {
			continue // which are left out
		}
		want[fmt.Sprintf("%s %s %s %s 0", p.TypeName(policy.TypeID(source.Type)),
			p.TypeName(policy.TypeID(target.Type)), p.ClassName(class), perm)] = true
	}
	// And one of a port, with the label that it has.
	source := domains[0]
	for _, id := range domains {
		if !p.IsPermissive(id) && p.Bounds(id) == 0 {
			source = id
		}
	}
	c, ok := subject.FromType(p, source)
	label := p.PortLabel(policy.ProtoTCP, 5601).Context
	class, _ := p.Class("tcp_socket")
	bit, _ := p.Perm(class, "name_bind")
	if ok && d.Explain(c, label, class, bit).Code == access.NoRule {
		fmt.Fprintf(&b,
			"avc:  denied  { name_bind } for  pid=7 comm=\"x\" src=5601 scontext=%s tcontext=%s tclass=tcp_socket "+
				"permissive=0\n", p.FormatContext(c), p.FormatContext(label))
		want[fmt.Sprintf("%s %s tcp_socket name_bind 0", p.TypeName(source),
			p.TypeName(policy.TypeID(label.Type)))] = true
	}
	return b.String(), want
}

// allowForm returns the output of senet why --allow for a log.
func allowForm(t *testing.T, policyFile, form, log string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cli.Main([]string{"senet", "why", "--policy", policyFile, "--allow=" + form, "-"},
		strings.NewReader(log), &out, &errs); code != 0 {
		t.Fatalf("status %d: %s", code, errs.String())
	}
	return out.String()
}

// asCIL makes a module in the language of checkmodule into CIL, as semodule does.
func asCIL(t *testing.T, te string) string {
	t.Helper()
	const pp = "/usr/libexec/selinux/hll/pp"
	testenv.Need(t, "checkmodule", "semodule_package", pp)
	file := filepath.Join(t.TempDir(), "senet_local")
	if err := os.WriteFile(file+".te", []byte(te), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"checkmodule", "-M", "-m", "-o", file + ".mod", file + ".te"},
		{"semodule_package", "-o", file + ".pp", "-m", file + ".mod"},
		{pp, file + ".pp", file + ".cil"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	text, err := os.ReadFile(file + ".cil")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAllowCompiles: the rules that senet why --allow writes compile with the
// policy they are for, in both languages, and add the permissions that were
// denied and no others.
func TestAllowCompiles(t *testing.T) {
	testenv.Need(t, "secilc")
	base := exampleWith(t, "")
	file := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(file, base.DB().Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	before := allows(base)
	for seed := range uint64(5) {
		log, want := refusedRecords(t, base, rand.New(rand.NewPCG(5, seed)), 1+40*int(seed))
		for _, form := range []string{"cil", "te"} {
			text := allowForm(t, file, form, log)
			if form == "te" {
				text = asCIL(t, text)
			}
			after := allows(exampleWith(t, text))
			for rule := range want {
				if !after[rule] {
					t.Errorf("seed %d, %s: no %s", seed, form, rule)
				}
			}
			for rule := range after {
				if !before[rule] && !want[rule] {
					t.Errorf("seed %d, %s: also %s", seed, form, rule)
				}
			}
		}
	}
}

// TestAllowCompilesDistribution is the same with all modules of Debian's policy:
// with SENET_TEST_LONG=1, else not at all.
func TestAllowCompilesDistribution(t *testing.T) {
	if !testenv.Long() {
		t.Skip("SENET_TEST_LONG is not 1")
	}
	file := testenv.Policy(t, "default")
	testenv.Need(t, "semodule")
	base := openPolicy(t, file)
	log, want := refusedRecords(t, base, rand.New(rand.NewPCG(6, 6)), 200)
	root := t.TempDir()
	for _, dir := range []string{"/var/lib/selinux/default", "/etc/selinux/default"} {
		if err := os.CopyFS(filepath.Join(root, dir), os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
	}
	module := filepath.Join(root, "senet_local.cil")
	if err := os.WriteFile(module, []byte(allowForm(t, file, "cil", log)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "etc/selinux/config"),
		[]byte("SELINUX=permissive\nSELINUXTYPE=default\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("semodule", "-n", "-s", "default", "-p", root, "-i",
		module).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	before, after := allows(base), allows(openPolicy(t, filepath.Join(root, "etc/selinux/default/policy/policy.33")))
	for rule := range want {
		if !after[rule] {
			t.Errorf("no %s", rule)
		}
	}
	for rule := range after {
		if !before[rule] && !want[rule] {
			t.Errorf("also %s", rule)
		}
	}
}
