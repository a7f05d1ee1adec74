package remedy_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/operations"
	"github.com/senet-selinux/senet/test/oracle"
)

// files returns the policies that fixes are proven on.
func files(t testing.TB) []string {
	t.Helper()
	list := []string{testenv.Policy(t, "default"), testenv.Policy(t, "mls"), "../examples/example.policy"}
	if dir := os.Getenv("SENET_TEST_POLICIES"); dir != "" {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			if _, err := policyfile.Open(path); err == nil && !e.IsDir() && oracle.Loads(path) == nil {
				list = append(list, path)
			}
		}
	}
	return list
}

// refused returns a random operation that the policy refuses, nil if none is
// found.
func refused(t testing.TB, d *access.Decider, rng *rand.Rand, domains []policy.Context) *remedy.Problem {
	t.Helper()
	for range 1000 {
		c := domains[rng.IntN(len(domains))]
		q := operations.Some(rng).Question()
		if !slices.Contains([]network.Protocol{network.TCP, network.UDP, network.SCTP}, q.Protocol) {
			q.Protocol = network.TCP // libsepol is asked of these alone
		}
		q.Subject, q.Host, q.Addr = c, host.Standard(), netip.Addr{} // fixes are for any address
		a, err := network.Ask(d, q)
		if err != nil {
			t.Fatal(err)
		}
		if first := a.FirstDenied(); first != nil && (first.Layer == network.LayerPort || rng.IntN(8) == 0) {
			return &remedy.Problem{Question: q, Name: d.Policy().TypeName(policy.TypeID(c.Type))}
		}
	}
	return nil
}

// TestProven: of random refused operations on every policy, each fix is made as
// a file, and who gains and loses which ports is asked of libsepol for all
// domains and all ports, bind and connect. 4 operations a policy, 150 with
// SENET_TEST_LONG=1, and fewer on each of $SENET_TEST_POLICIES; half of them other
// ones each time. Splits and levels have tests of their own.
func TestProven(t *testing.T) {
	oracle.Need(t)
	seeds := []uint64{1, testenv.Seed(t)}
	n := testenv.Rounds(2, 150) // for each of the first three
	for i, path := range files(t) {
		n := n
		if i >= 3 {
			n = n/20 + testenv.Rounds(2, 3)
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			pr := newProver(t, path)
			for s, seed := range seeds {
				for i := s; i < n; i += len(seeds) {
					rng := rand.New(rand.NewPCG(seed, uint64(i)))
					problem := refused(t, pr.d, rng, pr.domains)
					if problem == nil {
						t.Log("nothing is refused") // a policy without rules about ports
						break
					}
					pr.prove(t, rng, problem)
				}
				if s == 0 {
					pr.enough(t, (n+1)/2)
				}
			}
			t.Logf("%d operations, %v fixes", n, pr.proven)
		})
	}
}

// A prover holds what is asked of one policy again and again.
type prover struct {
	path    string
	p       *policy.Policy
	d       *access.Decider
	domains []policy.Context
	base    map[network.Protocol]*world
	flipped map[string]*world
	proven  map[remedy.Kind]int
}

func newProver(t testing.TB, path string) *prover {
	p := testpolicy.Open(t, path)
	pr := &prover{path: path, p: p, d: access.NewDecider(p), base: map[network.Protocol]*world{},
		flipped: map[string]*world{}, proven: map[remedy.Kind]int{}}
	for _, id := range reach.Domains(p) {
		if c, ok := subject.FromType(p, id); ok {
			pr.domains = append(pr.domains, c)
		}
	}
	return pr
}

// enough fails where the operations were such that hardly anything was proven. It
// is asked of those that are the same each time: how many labels help differs so
// much from one operation to the next that it says nothing of a few others.
func (pr *prover) enough(t *testing.T, n int) {
	t.Helper()
	if strings.HasPrefix(filepath.Base(pr.path), "policy.33") &&
		(pr.proven[remedy.OwnType] < n/2 || pr.proven[remedy.Label] < n || pr.proven[remedy.Rule] < n/2) {
		t.Errorf("%d operations, too few fixes: %v", n, pr.proven)
	}
}

func (pr *prover) before(t testing.TB, protocol network.Protocol) *world {
	if pr.base[protocol] == nil {
		pr.base[protocol] = newWorld(t, pr.path, protocol)
	}
	return pr.base[protocol]
}

func describe(p *policy.Policy, problem *remedy.Problem) string {
	return fmt.Sprintf("%s %s %s/%d", p.FormatContext(problem.Subject), problem.Operation, problem.Protocol,
		problem.Port)
}

func (pr *prover) prove(t *testing.T, rng *rand.Rand, problem *remedy.Problem) {
	t.Helper()
	what := describe(pr.p, problem)
	r, err := remedy.Find(pr.d, *problem)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	before := pr.before(t, problem.Protocol)
	pr.labelsComplete(t, what, problem, &r)
	pr.boolsComplete(t, what, problem, &r)
	samples := 0
	for i := range r.Fixes {
		f := &r.Fixes[i]
		var after *world
		name := fmt.Sprintf("%s: %s %s", what, f.Kind, f.Type)
		db := pr.p.DB().Clone()
		switch f.Kind {
		case remedy.Label:
			// Those not sampled are asked of the policy as it is: a label changes
			// no rule.
			if samples++; samples > 2 && rng.IntN(20) > 0 {
				after = pr.relabelled(before, problem, f.Type)
				break
			}
			relabel(t, db, problem, f.Type)
			after = newWorld(t, write(t, db), problem.Protocol)
		case remedy.Boolean:
			key := string(problem.Protocol)
			for _, s := range f.Bools {
				key += fmt.Sprintf(" %s=%v", pr.p.BoolName(s.Bool), s.On)
				if err := db.SetBool(pr.p.BoolName(s.Bool), s.On); err != nil {
					t.Fatal(err)
				}
			}
			name += key
			if pr.flipped[key] == nil {
				pr.flipped[key] = newWorld(t, write(t, db), problem.Protocol)
			}
			after = pr.flipped[key]
		case remedy.OtherPort:
			pr.proven[f.Kind]++
			pr.nearest(t, name, before, problem, f)
			continue
		case remedy.Permissive:
			for _, domain := range f.Domains {
				id, _ := pr.p.Type(domain)
				if err := db.SetPermissive(uint32(id), true); err != nil {
					t.Fatal(err)
				}
			}
			after = newWorld(t, write(t, db), problem.Protocol)
		case remedy.OwnType, remedy.Rule:
			install(t, db, f.Module)
			if f.Kind == remedy.OwnType && !hasPortcon(f.Module) {
				relabel(t, db, problem, f.Type)
			}
			after = newWorld(t, write(t, db), problem.Protocol)
		}
		pr.proven[f.Kind]++
		pr.same(t, name, before, after, problem, f, pr.filter(rng, problem, f))
	}
}

// nearest: the other ports are those that libsepol grants the operation on, the
// nearest of types that are called after the subject, then the nearest.
func (pr *prover) nearest(t *testing.T, name string, w *world, problem *remedy.Problem, f *remedy.Fix) {
	t.Helper()
	own := w.domain(t, problem.Name)
	var want []remedy.Choice
	client := problem.Operation == network.Connect || problem.Operation == network.Send
	stem := strings.TrimSuffix(strings.TrimSuffix(problem.Name, "_t"), "d")
	w.settle(t, func() {
		want = nil
		for port := 1; port < 65536; port++ {
			if !client && side(port) == 2 || client && w.class == "udp_socket" {
				continue // nothing is asked of them
			}
			if w.allowed(w.domains[own], w.sockets[own], problem.Operation, port, w.labels[port]) {
				want = append(want, remedy.Choice{Port: uint16(port),
					Type: strings.Split(w.contexts[w.labels[port]], ":")[2]})
			}
		}
	})
	far := func(c remedy.Choice) int {
		d := int(c.Port) - int(problem.Port)
		if !strings.HasPrefix(c.Type, stem) {
			return max(d, -d) + 1<<16
		}
		return max(d, -d)
	}
	slices.SortStableFunc(want, func(a, b remedy.Choice) int { return far(a) - far(b) })
	if want = want[:min(len(want), len(f.Choices))]; !slices.Equal(want, f.Choices) {
		t.Errorf("%s: %v, by libsepol %v", name, f.Choices, want)
	}
	if !f.Works || f.Applicability != remedy.Safe ||
		f.Gain.Domains()+f.Lose.Domains()+f.SubjectBind.Len()+f.SubjectConnect.Len() > 0 {
		t.Errorf("%s: %+v", name, f)
	}
}

// filter says which ports a fix is checked on, by their labels before and after.
// A label changes no rule, so only ports whose label differs can change hands.
// Own types, rules and permissive domains are asked of the ports with the
// problem's label, and now and then of all ports.
func (pr *prover) filter(rng *rand.Rand, problem *remedy.Problem, f *remedy.Fix) func(before, after string) bool {
	all := func(string, string) bool { return true }
	number := map[network.Protocol]uint8{network.TCP: 6, network.UDP: 17, network.SCTP: 132}[problem.Protocol]
	now := pr.p.FormatContext(pr.p.PortLabel(number, problem.Port).Context)
	switch {
	case f.Kind == remedy.Label:
		return func(before, after string) bool { return before != after }
	case f.Kind == remedy.Boolean || rng.IntN(10) == 0:
		return all
	}
	return func(before, after string) bool { return before == now || before != after }
}

// relabel labels the port as semanage port would.
func relabel(t testing.TB, db *policydb.Policy, problem *remedy.Problem, typ string) {
	t.Helper()
	p := policy.New(db)
	id, ok := p.Type(typ)
	if !ok {
		t.Fatalf("no type %s", typ)
	}
	number := map[network.Protocol]uint8{network.TCP: 6, network.UDP: 17, network.SCTP: 132}[problem.Protocol]
	label := p.PortLabel(number, problem.Port).Context
	label.Type, label.Role = uint32(id), 1
	if err := db.AddPort(policydb.PortCon{Protocol: uint32(number), Low: uint32(problem.Port),
		High: uint32(problem.Port), Context: label}); err != nil {
		t.Fatalf("%s on %d: %v", typ, problem.Port, err)
	}
}

// relabelled is the world with the port's label changed: the same file, so the
// same answers.
func (pr *prover) relabelled(w *world, problem *remedy.Problem, typ string) *world {
	next := *w
	id, _ := pr.p.Type(typ)
	label := pr.p.PortLabel(w.number, problem.Port).Context
	label.Type, label.Role = uint32(id), 1
	next.labels[problem.Port] = next.context(label)
	next.byText = w.byText
	w.contexts = next.contexts
	return &next
}

func hasPortcon(module []cil.Node) bool {
	return slices.ContainsFunc(module, func(n cil.Node) bool { return n.List[0].Atom == "portcon" })
}

// install does to a policy what its compiler would do with a module.
func install(t testing.TB, db *policydb.Policy, module []cil.Node) {
	t.Helper()
	fail := func(err error) {
		if err != nil {
			t.Fatalf("%v in\n%s", err, cil.Format(module))
		}
	}
	var name string
	var attributes []uint32
	for _, n := range module {
		switch n.List[0].Atom {
		case "type":
			name = n.List[1].Atom
		case "typeattributeset":
			id, ok := policy.New(db).Attribute(n.List[1].Atom)
			if !ok || len(n.List[2].List) != 1 || n.List[2].List[0].Atom != name {
				t.Fatalf("strange %s", n)
			}
			attributes = append(attributes, uint32(id))
		}
	}
	if name != "" {
		_, err := db.AddType(name, attributes...)
		fail(err)
	}
	p := policy.New(db) // the same rules; the types with the new one
	for _, n := range module {
		switch n.List[0].Atom {
		case "type", "roletype", "typeattributeset", "dontaudit", "auditallow":
		case "allow":
			fail(allow(db, p, n, 0, false))
		case "booleanif":
			cond := policy.CondID(0)
			for c := range p.Conds() {
				if p.CondText(c) == condText(n.List[1]) {
					cond = c
				}
			}
			if cond == 0 {
				t.Fatalf("no conditional %s", n.List[1])
			}
			for _, branch := range n.List[2:] {
				for _, inner := range branch.List[1:] {
					if inner.List[0].Atom == "allow" {
						fail(allow(db, p, inner, cond, branch.List[0].Atom == "true"))
					}
				}
			}
		case "portcon":
			fail(portcon(db, p, n))
		default:
			t.Fatalf("unexpected %s", n)
		}
	}
}

// condText writes a CIL expression as sesearch does, with operators between
// their operands.
func condText(n cil.Node) string {
	if !n.IsList() {
		return n.Atom
	}
	if n.List[0].Atom == "not" {
		return "!" + bracketed(n.List[1])
	}
	op := map[string]string{"and": "&&", "or": "||", "xor": "^", "eq": "==", "neq": "!="}[n.List[0].Atom]
	return bracketed(n.List[1]) + " " + op + " " + bracketed(n.List[2])
}

func bracketed(n cil.Node) string {
	if n.IsList() && n.List[0].Atom != "not" {
		return "(" + condText(n) + ")"
	}
	return condText(n)
}

func allow(db *policydb.Policy, p *policy.Policy, n cil.Node, cond policy.CondID, branch bool) error {
	source, ok := p.TypeOrAttribute(n.List[1].Atom)
	if !ok {
		return fmt.Errorf("no source in %s", n)
	}
	target := source
	if text := n.List[2].Atom; text != "self" {
		if target, ok = p.TypeOrAttribute(text); !ok {
			return fmt.Errorf("no target in %s", n)
		}
	}
	class, ok := p.Class(n.List[3].List[0].Atom)
	if !ok {
		return fmt.Errorf("no class in %s", n)
	}
	var perms policy.AccessVector
	for _, perm := range n.List[3].List[1].List {
		bit, ok := p.Perm(class, perm.Atom)
		if !ok {
			return fmt.Errorf("no permission in %s", n)
		}
		perms |= bit
	}
	if cond == 0 {
		return db.AddAllow(uint32(source), uint32(target), uint32(class), uint32(perms))
	}
	return db.AddCondAllow(int(cond)-1, branch, uint32(source), uint32(target), uint32(class), uint32(perms))
}

func portcon(db *policydb.Policy, p *policy.Policy, n cil.Node) error {
	number := map[string]uint32{"tcp": 6, "udp": 17, "dccp": 33, "sctp": 132}[n.List[1].Atom]
	var port uint32
	fmt.Sscan(n.List[2].Atom, &port)
	c := n.List[3].List
	text := c[0].Atom + ":" + c[1].Atom + ":" + c[2].Atom
	if p.MLS() {
		text += ":" + levelText(c[3].List[0]) + "-" + levelText(c[3].List[1])
	}
	context, err := p.ParseContext(text)
	if err != nil {
		return fmt.Errorf("%s: %w", n, err)
	}
	return db.AddPort(policydb.PortCon{Protocol: number, Low: port, High: port, Context: context})
}

func levelText(n cil.Node) string {
	text := n.List[0].Atom
	for _, set := range n.List[1:] {
		for i, c := range set.List {
			text += []string{":", ","}[min(i, 1)] + c.Atom
		}
	}
	return text
}

// same compares a fix with what libsepol says.
func (pr *prover) same(t *testing.T, name string, before, after *world, problem *remedy.Problem, f *remedy.Fix,
	filter func(before, after string) bool) {
	t.Helper()
	works := false
	own := after.domain(t, problem.Name)
	after.settle(t, func() {
		works = after.allowed(after.domains[own], after.sockets[own], problem.Operation, int(problem.Port),
			after.labels[problem.Port])
	})
	if works != f.Works {
		t.Errorf("%s: works %v, by libsepol %v", name, f.Works, works)
	}
	gain, lose, covered := difference(t, before, after, problem.Name, filter)
	for _, part := range []struct {
		kind       string
		want       change
		others     remedy.Effect
		own, ownTo portset.Set
	}{
		{"gain", gain, f.Gain, f.SubjectConnect, f.SubjectBind},
		{"lose", lose, f.Lose, f.SubjectLosesConnect, f.SubjectLosesBind},
	} {
		got := change{}
		put := func(op network.Operation, domain string, set portset.Set) {
			var list []int
			for _, in := range set {
				for port := int(in.Low); port <= int(in.High); port++ {
					if covered[port] {
						list = append(list, port)
					}
				}
			}
			if len(list) > 0 {
				got.add(op, domain, list)
			}
		}
		for _, d := range part.others.Connect {
			put(network.Connect, d.Domain, d.Ports)
		}
		for _, d := range part.others.Bind {
			put(network.Bind, d.Domain, d.Ports)
		}
		put(network.Connect, "", part.own)
		put(network.Bind, "", part.ownTo)
		if maps.EqualFunc(got, part.want, slices.Equal) {
			continue
		}
		for key := range part.want {
			if !slices.Equal(got[key], part.want[key]) {
				t.Errorf("%s: %s: libsepol has %d of %q, remedy %d", name, part.kind, len(part.want[key]), key,
					len(got[key]))
				break
			}
		}
		for key := range got {
			if _, ok := part.want[key]; !ok {
				t.Errorf("%s: %s: remedy has %d of %q, libsepol none", name, part.kind, len(got[key]), key)
				break
			}
		}
	}
}

// labelsComplete: the types that help are those of port_type that libsepol
// grants the operation on, no more and no fewer.
func (pr *prover) labelsComplete(t *testing.T, what string, problem *remedy.Problem, r *remedy.Result) {
	t.Helper()
	got := map[string]bool{}
	for i := range r.Fixes {
		if f := &r.Fixes[i]; f.Kind == remedy.Label && f.Works {
			got[f.Type] = true
		}
	}
	attr, ok := pr.p.Attribute("port_type")
	if !ok {
		return
	}
	want := map[string]bool{}
	w := pr.before(t, problem.Protocol)
	now := pr.p.PortLabel(w.number, problem.Port).Context
	own := w.domain(t, problem.Name)
	w.settle(t, func() {
		clear(want)
		for id := range pr.p.Members(attr).All() {
			label := now
			label.Type, label.Role = uint32(id), 1
			if uint32(id) != now.Type && problem.Port != 0 &&
				w.allowed(w.domains[own], w.sockets[own], problem.Operation, int(problem.Port), w.context(label)) {
				want[pr.p.TypeName(id)] = true
			}
		}
	})
	if !maps.Equal(got, want) {
		t.Errorf("%s: labels that help: %d, by libsepol %d", what, len(got), len(want))
	}
}

// boolsComplete: the single booleans that help are those that make the
// operation succeed when flipped; and pairs are told only where no single one
// does.
func (pr *prover) boolsComplete(t *testing.T, what string, problem *remedy.Problem, r *remedy.Result) {
	t.Helper()
	got, want := map[string]bool{}, map[string]bool{}
	pairs := 0
	for i := range r.Fixes {
		f := &r.Fixes[i]
		switch {
		case f.Kind != remedy.Boolean || !f.Works:
		case len(f.Bools) == 1:
			got[fmt.Sprintf("%s=%v", pr.p.BoolName(f.Bools[0].Bool), f.Bools[0].On)] = true
		default:
			pairs++
		}
	}
	for b := range pr.p.Bools() {
		on := !pr.p.BoolState(b)
		a, err := network.Ask(access.NewDecider(pr.p.WithBools(policy.BoolSetting{Bool: b, On: on})), problem.Question)
		if err != nil {
			t.Fatal(err)
		}
		if a.Verdict == network.Allowed {
			want[fmt.Sprintf("%s=%v", pr.p.BoolName(b), on)] = true
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("%s: booleans that help: %v, trying all of them: %v", what, slices.Sorted(maps.Keys(got)),
			slices.Sorted(maps.Keys(want)))
	}
	if pairs > 0 && len(want) > 0 {
		t.Errorf("%s: pairs of booleans though one does", what)
	}
}
