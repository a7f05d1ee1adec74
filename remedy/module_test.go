package remedy_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
	"github.com/senet-selinux/senet/subject"
)

// A asked is a refused operation with its own-type fix.
type asked struct {
	problem remedy.Problem
	fix     *remedy.Fix
	now     policy.Context // the label of the port
	perm    string
	forms   map[string]string
}

func problem(t testing.TB, p *policy.Policy, typ string, op network.Operation, protocol network.Protocol,
	port uint16) remedy.Problem {
	t.Helper()
	s, err := subject.Resolve(p, typ)
	if err != nil {
		t.Fatal(err)
	}
	return remedy.Problem{Name: typ, Question: network.Question{Subject: s.Context, Operation: op, Protocol: protocol,
		Port: port, Machine: network.Machine{Host: host.Standard()}}}
}

// find returns the fixes of a kind.
func find(t testing.TB, p *policy.Policy, pr remedy.Problem, kind remedy.Kind) ([]*remedy.Fix, remedy.Result) {
	t.Helper()
	r, err := remedy.Find(access.NewDecider(p), pr)
	if err != nil {
		t.Fatal(err)
	}
	var list []*remedy.Fix
	for i := range r.Fixes {
		if r.Fixes[i].Kind == kind {
			list = append(list, &r.Fixes[i])
		}
	}
	return list, r
}

func ask1(t testing.TB, p *policy.Policy, pr remedy.Problem) *asked {
	t.Helper()
	fixes, r := find(t, p, pr, remedy.OwnType)
	if len(fixes) != 1 || !fixes[0].Works {
		t.Fatalf("%s: %d own types", describe(p, &pr), len(fixes))
	}
	a := &asked{problem: pr, fix: fixes[0], now: r.Answer.Port.Context, forms: map[string]string{}}
	for _, l := range r.Answer.Layers {
		if l.Denied() && l.Layer == network.LayerPort {
			a.perm = l.Perm
		}
	}
	for _, f := range form.Forms(fixes[0], form.Target{Protocol: string(pr.Protocol), Port: pr.Port}) {
		a.forms[f.Name] = f.Text
	}
	return a
}

// ownTypes are operations with every kind of answer: a range, a record of this
// very port, a port without a record, attributes with rules of their own; bind
// and connect; conditionals of one and two booleans; other protocols.
func ownTypes(t testing.TB, p *policy.Policy) []*asked {
	return []*asked{
		ask1(t, p, problem(t, p, "httpd_t", network.Connect, network.TCP, 5601)),
		ask1(t, p, problem(t, p, "httpd_t", network.Bind, network.TCP, 8081)),
		ask1(t, p, problem(t, p, "ntpd_t", network.Recv, network.UDP, 5601)),
		ask1(t, p, problem(t, p, "sshd_t", network.Listen, network.TCP, 5432)),
		ask1(t, p, problem(t, p, "postgresql_t", network.Send, network.TCP, 600)),
		ask1(t, p, problem(t, p, "mysqld_t", network.Listen, network.SCTP, 9999)),
	}
}

// TestOwnTypeCompiled: what secilc makes of the modules together with all of
// Debian's differs from Debian's policy in what was asked, and in nothing else.
// The modules are of different ports, so one compilation does for all; with
// SENET_TEST_LONG=1 twenty random ones are compiled one by one.
func TestOwnTypeCompiled(t *testing.T) {
	dist := debian(t)
	base := testpolicy.Open(t, dist.policy)
	list := ownTypes(t, base)
	check(t, base, dist.with(t, texts(list, "")...), list)
	if !testenv.Long() {
		return
	}
	rng := rand.New(rand.NewPCG(7, 7))
	pr := newProver(t, dist.policy)
	for range 20 {
		var a *asked
		for a == nil {
			p := refused(t, pr.d, rng, pr.domains)
			if fixes, _ := find(t, base, *p, remedy.OwnType); len(fixes) == 1 && len(otherRules(fixes[0])) == 0 {
				a = ask1(t, base, *p)
			}
		}
		t.Log(describe(base, &a.problem))
		check(t, base, dist.with(t, texts([]*asked{a}, "")...), []*asked{a})
	}
}

// otherRules returns the rules of a module that are not about its own type.
func otherRules(f *remedy.Fix) []cil.Node {
	return slices.DeleteFunc(slices.Clone(f.Module), func(n cil.Node) bool {
		return n.List[0].Atom != "allow" ||
			n.List[2].Atom == f.Type
	})
}

// other reports whether a module has a rule between these that is not about its
// own type.
func (a *asked) other(source, target, class string) bool {
	return slices.ContainsFunc(otherRules(a.fix), func(n cil.Node) bool {
		object := n.List[2].Atom
		if object == "self" {
			object = n.List[1].Atom
		}
		return n.List[1].Atom == source && object == target && n.List[3].List[0].Atom == class
	})
}

// texts returns the modules in a form; "" for the module itself, also where the
// label is not part of it.
func texts(list []*asked, name string) []string {
	var out []string
	for _, a := range list {
		if name == "" {
			out = append(out, cil.Format(a.fix.Module))
			continue
		}
		out = append(out, a.forms[name])
	}
	return out
}

// labelled does what the semanage command that belongs to a module does, where
// there is one.
func labelled(t testing.TB, p *policy.Policy, list []*asked) *policy.Policy {
	t.Helper()
	db := p.DB().Clone()
	for _, a := range list {
		if command := "semanage port"; strings.Contains(a.forms["semanage"], command) != a.fix.Local {
			t.Errorf("%s: semanage %v, local %v", a.fix.Type, !a.fix.Local, a.fix.Local)
		}
		if a.fix.Local {
			relabel(t, db, &a.problem, a.fix.Type)
		}
	}
	return policy.New(db)
}

// check compares the compiled policy with the one before.
func check(t *testing.T, base, after *policy.Policy, list []*asked) {
	t.Helper()
	after = labelled(t, after, list)
	was, is := everything(base), everything(after)
	types := map[string]*asked{}
	for _, a := range list {
		types[a.fix.Type] = a
	}
	for _, line := range was.minus(is) {
		// Records move apart where one is put between them.
		if !strings.HasPrefix(line, "port ") || !strings.Contains(line, " after ") {
			t.Errorf("gone: %s", line)
		}
	}
	for _, line := range is.minus(was) {
		words := strings.Fields(line)
		ok := false
		switch words[0] {
		case "type":
			ok = types[words[1]] != nil && strings.HasSuffix(line, "permissive false bounds none")
		case "rule":
			a := types[words[3]]
			ok = a != nil && words[4] == after.ClassName(mustClass(t, after, a)) && onlyPerms(after, a, words[5]) ||
				a == nil && slices.ContainsFunc(list, func(a *asked) bool {
					return a.other(words[2], words[3],
						words[4])
				})
		case "attribute":
			ok = types[words[3]] != nil
		case "role":
			ok = words[1] == "object_r" && types[words[3]] != nil
		case "port":
			ok = strings.Contains(line, " after ") || slices.ContainsFunc(list, func(a *asked) bool {
				label := "system_u:object_r:" + a.fix.Type
				if a.fix.Range != "" {
					label += ":" + a.fix.Range
				}
				return line == fmt.Sprintf("port %d %d-%d %s", number(a.problem.Protocol), a.problem.Port,
					a.problem.Port, label)
			})
		}
		if !ok {
			t.Errorf("new: %s", line)
		}
	}
	for _, a := range list {
		checkAccess(t, base, after, a)
	}
}

func number(p network.Protocol) uint8 {
	s, _ := network.SocketOf(p)
	return s.PortProtocol
}

func mustClass(t testing.TB, p *policy.Policy, a *asked) policy.ClassID {
	t.Helper()
	s, _ := network.SocketOf(a.problem.Protocol)
	c, ok := p.Class(s.ClassUnder(p))
	if !ok {
		t.Fatalf("no class for %s", a.problem.Protocol)
	}
	return c
}

// onlyPerms reports whether an access vector has name_bind and name_connect at
// most.
func onlyPerms(p *policy.Policy, a *asked, hex string) bool {
	var vector policy.AccessVector
	fmt.Sscanf(hex, "0x%x", &vector)
	s, _ := network.SocketOf(a.problem.Protocol)
	class, _ := p.Class(s.ClassUnder(p))
	bind, _ := p.Perm(class, "name_bind")
	connect, _ := p.Perm(class, "name_connect")
	return vector&^(bind|connect) == 0
}

// checkAccess: whatever the booleans are, every domain may bind and connect to
// the port as before, but the subject gains the one permission. The port is
// labelled by the policy alone, so the record must win.
func checkAccess(t *testing.T, base, after *policy.Policy, a *asked) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, uint64(a.problem.Port)))
	what := describe(base, &a.problem)
	label := after.PortLabel(number(a.problem.Protocol), a.problem.Port).Context
	if got := after.TypeName(policy.TypeID(label.Type)); got != a.fix.Type {
		t.Errorf("%s: the port is labelled %s", what, got)
		return
	}
	class := mustClass(t, base, a)
	for round := range 6 {
		before, now := states(rng, base, round), policy.New(after.DB())
		var settings []policy.BoolSetting
		for b := range base.Bools() {
			id, _ := after.Bool(base.BoolName(b))
			settings = append(settings, policy.BoolSetting{Bool: id, On: before.BoolState(b)})
		}
		d1, d2 := access.NewDecider(before), access.NewDecider(now.WithBools(settings...))
		class2, _ := after.Class(base.ClassName(class))
		for _, id := range reach.Domains(base) {
			name := base.TypeName(id)
			other, ok := after.Type(name)
			if !ok {
				t.Fatalf("no type %s", name)
			}
			s1, ok1 := subject.FromType(base, id)
			s2, ok2 := subject.FromType(after, other)
			if !ok1 || !ok2 {
				continue
			}
			old, is := d1.Decide(s1, a.now, class), d2.Decide(s2, label, class2)
			for _, perm := range []string{"name_bind", "name_connect"} {
				bit1, defined := base.Perm(class, perm)
				bit2, _ := after.Perm(class2, perm)
				if !defined {
					continue
				}
				may, asksFor := is.Allowed&bit2 != 0, name == a.problem.Name && perm == a.perm
				if want := old.Allowed&bit1 != 0 || asksFor; may != want {
					t.Errorf("%s, booleans %d: %s %s is %v, want %v", what, round, name, perm, may, want)
				}
				if !asksFor && old.AuditDeny&bit1 != is.AuditDeny&bit1 {
					t.Errorf("%s, booleans %d: %s %s is logged otherwise", what, round, name, perm)
				}
			}
		}
	}
}

// states sets the booleans: as the file does, all on, all off, at random.
func states(rng *rand.Rand, p *policy.Policy, round int) *policy.Policy {
	var settings []policy.BoolSetting
	for b := range p.Bools() {
		on := [...]bool{p.DefaultBool(b), true, false}[min(round, 2)]
		if round > 2 {
			on = rng.IntN(2) == 0
		}
		settings = append(settings, policy.BoolSetting{Bool: b, On: on})
	}
	return p.WithBools(settings...)
}

// TestModuleLanguage: the modules in the language of checkmodule, made into
// packages and those into CIL as semodule does it, mean the same.
func TestModuleLanguage(t *testing.T) {
	const pp = "/usr/libexec/selinux/hll/pp"
	testenv.Need(t, "checkmodule", "semodule_package", pp)
	dist := debian(t)
	base := testpolicy.Open(t, dist.policy)
	list := ownTypes(t, base)
	dir := t.TempDir()
	var modules []string
	for _, a := range list {
		text := a.forms["te"]
		name := strings.TrimSuffix(strings.Fields(text)[1], ";")
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file+".te", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, "checkmodule", "-M", "-m", "-o", file+".mod", file+".te")
		run(t, "semodule_package", "-o", file+".pp", "-m", file+".mod")
		run(t, pp, file+".pp", file+".cil")
		out, err := os.ReadFile(file + ".cil")
		if err != nil {
			t.Fatal(err)
		}
		modules = append(modules, string(out))
	}
	after := dist.with(t, modules...)
	db := after.DB().Clone()
	for _, a := range list { // a module of this language holds no port
		if !strings.Contains(a.forms["te"], "\n# semanage port --") {
			t.Errorf("%s: no word of the port", a.fix.Type)
		}
		if !a.fix.Local {
			relabel(t, db, &a.problem, a.fix.Type)
		}
	}
	check(t, base, policy.New(db), list)
}

// TestRuleAndLabelCompiled: the modules of rules, the portcons of labels, and the
// modules of permissive domains.
func TestRuleAndLabelCompiled(t *testing.T) {
	dist := debian(t)
	base := testpolicy.Open(t, dist.policy)
	rules, _ := find(t, base, problem(t, base, "httpd_t", network.Connect, network.TCP, 5601), remedy.Rule)
	labels, _ := find(t, base, problem(t, base, "sshd_t", network.Listen, network.TCP, 2222), remedy.Label)
	if len(rules) != 1 || len(labels) == 0 || len(labels[0].Module) != 1 {
		t.Fatalf("%d rules, %d labels", len(rules), len(labels))
	}
	permissive, _ := find(t, base, problem(t, base, "sshd_t", network.Listen, network.TCP, 2222), remedy.Permissive)
	if len(permissive) != 1 {
		t.Fatalf("%d permissive", len(permissive))
	}
	after := dist.with(t, cil.Format(rules[0].Module), cil.Format(labels[0].Module), cil.Format(permissive[0].Module))
	was, is := everything(base), everything(after)
	want := []string{
		fmt.Sprintf("port 6 2222-2222 system_u:object_r:%s:s0", labels[0].Type),
		fmt.Sprintf("rule %d httpd_t unreserved_port_t tcp_socket %#x none", policy.Allow,
			mustPerm(t, base, "tcp_socket", "name_connect")),
		"type sshd_t permissive true bounds none",
	}
	var got []string
	for _, line := range is.minus(was) {
		if !strings.Contains(line, " after ") {
			got = append(got, line)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("new: %q, want %q", got, want)
	}
	for _, line := range was.minus(is) {
		if !strings.Contains(line, " after ") && line != "type sshd_t permissive false bounds none" {
			t.Errorf("gone: %s", line)
		}
	}
}

func mustPerm(t testing.TB, p *policy.Policy, class, perm string) policy.AccessVector {
	t.Helper()
	c, _ := p.Class(class)
	bit, ok := p.Perm(c, perm)
	if !ok {
		t.Fatalf("no %s %s", class, perm)
	}
	return bit
}

// TestSemodule: the real semodule builds the same policy of the modules, in a
// store of its own. One by one with SENET_TEST_LONG=1, else not at all.
func TestSemodule(t *testing.T) {
	if !testenv.Long() {
		t.Skip("SENET_TEST_LONG is not 1")
	}
	testenv.Need(t, "semodule")
	dist := debian(t)
	base := testpolicy.Open(t, dist.policy)
	for _, a := range ownTypes(t, base)[:5] {
		root := scratch(t)
		file := filepath.Join(root, "senet_module.cil")
		if err := os.WriteFile(file, []byte(cil.Format(a.fix.Module)), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, "semodule", "-n", "-s", "default", "-p", root, "-i", file)
		check(t, base, built(t, root), []*asked{a})
	}
}
