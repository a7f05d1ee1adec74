package modsource

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/oracle"
)

// A base has the modules of Debian's policy, to be built with more.
type base struct {
	t       *testing.T
	modules []*compile.Module
	options compile.Options
}

func newBase(t *testing.T) *base {
	mls := true
	b := &base{t: t, options: compile.Options{MLS: &mls, DisableNeverallow: true, MultipleDecls: true}}
	var err error
	if b.modules, err = compile.ReadModules(testenv.Modules(t, "default"), b.options); err != nil {
		t.Fatal(err)
	}
	return b
}

// with builds the policy with modules in CIL, by their names.
func (b *base) with(more map[string]string) *policy.Policy {
	b.t.Helper()
	modules := slices.Clone(b.modules)
	for name, text := range more {
		file, err := cil.ParseFile(name+".cil", text)
		if err != nil {
			b.t.Fatal(err)
		}
		modules = append(modules, compile.NewModule(file))
	}
	r, err := compile.Build(modules, b.options)
	if err != nil {
		b.t.Fatal(err)
	}
	return policy.New(r.Policy)
}

// A wisher makes random wishes about a policy.
type wisher struct {
	r       *rand.Rand
	p       *policy.Policy
	domains []string
	grants  []remedy.Need // what interfaces grant, with $1 as the source
}

func newWisher(t *testing.T, p *policy.Policy, h *refpolicy.Headers) *wisher {
	x, err := h.Index()
	if err != nil {
		t.Fatal(err)
	}
	w := &wisher{r: rand.New(rand.NewPCG(18, 50)), p: p}
	for _, id := range reach.Domains(p) {
		w.domains = append(w.domains, p.TypeName(id))
	}
	for def := range h.Defs {
		for r := range x.Rules(def).All() {
			target, classes, perms := x.Set(r.Targets).Names, x.Set(r.Classes).Names, x.Set(r.Perms).Names
			if r.Kind != refpolicy.Allow || len(target) != 1 || len(classes) != 1 || len(perms) == 0 {
				continue
			}
			_, known := p.Type(target[0])
			class, ok := p.Class(classes[0])
			if !known || !ok {
				continue
			}
			if _, ok := p.Perm(class, perms[0]); ok && !strings.HasPrefix(perms[0], "name_") {
				w.grants = append(w.grants, remedy.Need{Target: target[0], Class: classes[0], Perms: perms[:1]})
			}
		}
	}
	return w
}

func (w *wisher) wish(name string) Wish {
	v := Wish{Name: name, Domain: w.domains[w.r.IntN(len(w.domains))]}
	port := func() senet.Target {
		low := uint16([]int{1, 600, 1024, 5000, 20000}[w.r.IntN(5)] + w.r.IntN(500))
		t := senet.TCP(low)
		if w.r.IntN(4) == 0 {
			t.Protocol = network.UDP
		}
		return t
	}
	for range w.r.IntN(3) {
		v.Binds = append(v.Binds, port())
	}
	for range 1 + w.r.IntN(2) {
		t := port()
		t.Protocol = network.TCP
		v.Connects = append(v.Connects, t)
	}
	for range w.r.IntN(5) {
		n := w.grants[w.r.IntN(len(w.grants))]
		n.Source = v.Domain
		v.Denials = append(v.Denials, n)
	}
	return v
}

// selint returns a command of Debian's SELint, which is not installed.
func selint(t *testing.T, args ...string) *exec.Cmd {
	root := oracle.Unpacked(t, "selint")
	libraries, err := filepath.Glob(filepath.Join(oracle.Unpacked(t, "libconfuse2"), "usr/lib/*/libconfuse.so.2"))
	if err != nil || len(libraries) == 0 {
		t.Fatal("no libconfuse ", err)
	}
	cmd := exec.Command(filepath.Join(root, "usr/bin/selint"),
		append([]string{"-c", filepath.Join(root, "etc/selint.conf"), "-F"}, args...)...)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+filepath.Dir(libraries[0]))
	return cmd
}

// TestNew: modules for random wishes compile with refpolicy's makefile, SELint finds nothing in them, nor does Lint,
// and the policy with them differs from the one without by exactly what was wished for.
func TestNew(t *testing.T) {
	testenv.Need(t, "make", "m4", "checkmodule", "semodule_package")
	devel := oracle.Headers(t)
	h, err := refpolicy.OpenNamed("", devel)
	if err != nil {
		t.Fatal(err)
	}
	b := newBase(t)
	before := b.with(nil)
	w := newWisher(t, before, h)
	s, err := senet.OpenPolicy(before, senet.Source{Name: "built"}, senet.Options{Headers: devel})
	if err != nil {
		t.Fatal(err)
	}
	own, wanted := 0, testenv.Rounds(2, 50)
	for n := 0; n < wanted; n++ {
		wish := w.wish(fmt.Sprintf("wished%d", n))
		f, err := New(context.Background(), s, wish)
		for try := 0; err != nil && try < 20; try++ { // such as a port that has a record of its own
			var nobody *senet.SubjectError // no process can run in the domain
			if !errors.Is(err, ErrNothing) && !errors.Is(err, ErrNotExact) && !errors.As(err, &nobody) {
				t.Fatal(err)
			}
			wish = w.wish(wish.Name)
			f, err = New(context.Background(), s, wish)
		}
		if err != nil {
			t.Fatal(err)
		}
		if f.CIL != "" {
			own++
		}
		checkModule(t, b, before, h, devel, wish, f)
		if t.Failed() {
			t.Fatalf("%+v\n%s\n%s\n%s", wish, f.TE, f.IF, f.CIL)
		}
	}
	t.Logf("%d modules, %d with port types of their own", wanted, own)
}

func checkModule(
	t *testing.T, b *base, before *policy.Policy, h *refpolicy.Headers, devel string, wish Wish, f *Files,
) {
	dir := t.TempDir()
	for name, text := range map[string]string{".te": f.TE, ".if": f.IF, ".fc": f.FC} {
		if err := os.WriteFile(filepath.Join(dir, f.Name+name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lint := selint(t, f.Name+".te", f.Name+".if", f.Name+".fc")
	lint.Dir = dir
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("selint: %v\n%s", err, out)
	}
	found, err := Lint(h, before, Sources{Name: f.Name + ".te", TE: f.TE, IF: f.IF, FC: f.FC})
	if err != nil || len(found) > 0 {
		t.Errorf("lint: %v %+v", err, found)
	}
	build := exec.Command("make", "-f", filepath.Join(devel, "Makefile"), "HEADERDIR="+filepath.Join(devel, "include"),
		"NAME=default", f.Name+".pp")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("make: %v\n%s", err, out)
		return
	}
	data, err := os.ReadFile(filepath.Join(dir, f.Name+".pp"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := pp.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.CIL(pp.Release34)
	if err != nil {
		t.Fatal(err)
	}
	more := map[string]string{f.Name: string(text.Text)}
	if f.CIL != "" {
		more[f.PortsModule()] = f.CIL
	}
	after := b.with(more)
	comparePorts(t, before, after, wish)
	compareRules(t, before, after, wish)
}

// comparePorts holds the ports that domains gain and lose against those of the wish.
func comparePorts(t *testing.T, before, after *policy.Policy, wish Wish) {
	facts := host.Standard()
	for _, op := range []network.Operation{network.Bind, network.Connect} {
		for _, protocol := range []network.Protocol{network.TCP, network.UDP} {
			q := reach.Query{Operation: op, Protocol: protocol, Machine: network.Machine{Host: facts}}
			was, is := reach.New(access.NewDecider(before)), reach.New(access.NewDecider(after))
			change, err := reach.Compare(was, is, q, nil)
			if err != nil {
				t.Fatal(err)
			}
			who, ok := subject.FromType(before, mustType(t, before, wish.Domain))
			if !ok {
				t.Fatal(wish.Domain)
			}
			today, err := was.Ports(who, q)
			if err != nil {
				t.Fatal(err)
			}
			list := wish.Connects
			if op == network.Bind {
				list = wish.Binds
			}
			want := portset.Set{}
			for _, target := range list {
				if target.Protocol == protocol && !today.Allowed.Contains(target.Ports.Low) {
					want = want.Union(portset.Of(target.Ports))
				}
			}
			var got portset.Set
			for _, g := range change.Gain {
				if g.Domain != wish.Domain {
					t.Errorf("%s gains %v", g.Domain, g.Ports)
					continue
				}
				got = g.Ports
			}
			if len(change.Lose) > 0 {
				t.Errorf("lost: %+v", change.Lose)
			}
			// Where the domain gets the right to bind to addresses, it may bind these too.
			free := portset.Of(portset.Range{}, portset.Range{Low: facts.LocalPorts.Low, High: facts.LocalPorts.High})
			if op == network.Bind && today.Allowed.Len() == 0 {
				got, want = got.Minus(free), want.Minus(free)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s %s: gains %v, wished %v", op, protocol, got, want)
			}
		}
	}
}

func mustType(t *testing.T, p *policy.Policy, name string) policy.TypeID {
	id, ok := p.Type(name)
	if !ok {
		t.Fatal(name)
	}
	return id
}

// compareRules holds the rules that differ against the denials of the wish.
func compareRules(t *testing.T, before, after *policy.Policy, wish Wish) {
	want := map[string]bool{}
	d := access.NewDecider(before)
	for _, n := range wish.Denials {
		class, _ := before.Class(n.Class)
		bit, _ := before.Perm(class, n.Perms[0])
		types := d.TargetTypes(mustType(t, before, n.Source), class, bit)
		if !types.Has(mustType(t, before, n.Target)) {
			want[n.Source+" "+n.Target+" "+n.Class+" "+n.Perms[0]] = true
		}
	}
	for _, kind := range []policy.RuleKind{policy.Allow, policy.DontAudit, policy.AuditAllow} {
		for c := range policydiff.New(before, after).Rules(kind) {
			_, source := before.Type(c.Source)
			_, target := before.Type(c.Target)
			if !source || !target {
				continue // a type of the module: see comparePorts
			}
			if c.Cond != "" && c.Source == wish.Domain {
				continue // what it has without a condition now
			}
			if len(c.Lost()) > 0 || kind != policy.Allow {
				t.Errorf("%+v", c)
				continue
			}
			for _, perm := range c.Gained() {
				key := c.Source + " " + c.Target + " " + c.Class + " " + perm
				_, wished := want[key]
				low := slices.ContainsFunc(wish.Binds, func(t senet.Target) bool { return t.Ports.Low < 1024 })
				if low && c.Source == wish.Domain && c.Target == c.Source && perm == "net_bind_service" {
					continue // the kernel asks for it
				}
				port := c.Source == wish.Domain && strings.HasSuffix(c.Class, "_socket") && (c.Target == c.Source ||
					slices.Contains([]string{"name_bind", "name_connect", "node_bind"}, perm))
				if !wished && !port {
					t.Errorf("%s was not wished for", key)
				}
				delete(want, key)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not granted: %v", want)
	}
}
