package kernel

import (
	"cmp"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// testMutations checks the comparisons themselves: a few questions, each asked
// of the kernel once, must find out every model that is wrong in one thing, and
// agree with the right one.
func testMutations(t *testing.T, vm *VM, c *counts) {
	t.Run("network", func(t *testing.T) { wrongNetworks(t, vm, c) })
	t.Run("access", func(t *testing.T) { wrongDeciders(t, vm, c) })
}

type networkModel = func(*access.Decider, network.Question) (network.Answer, error)

// wrongNetworks are models of the network's hooks.
func wrongNetworks(t *testing.T, vm *VM, c *counts) {
	db, err := Permissive(open(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	// A local record in front of the policy's own, as semanage port makes it.
	con := policydb.PortCon{Protocol: uint32(policy.ProtoTCP), Low: 8000, High: 9000,
		Context: policy.New(db).PortLabel(policy.ProtoTCP, 5432).Context}
	if err := db.AddPort(con); err != nil {
		t.Fatal(err)
	}
	packets := db.Clone()
	packets.PolicyCaps = db.PolicyCaps.With(uint32(policy.CapAlwaysCheckNetwork))
	forbidIngress(t, packets, "httpd_t")
	models := []struct {
		name  string
		model networkModel
	}{
		{"name_bind inside the local range", func(d *access.Decider, q network.Question) (network.Answer, error) {
			q.Host.LocalPorts = host.PortRange{Low: 1, High: 0}
			return network.Ask(d, q)
		}},
		{"narrowest portcon first", func(d *access.Decider, q network.Question) (network.Answer, error) {
			sorted := d.Policy().DB().Clone()
			sorted.OContexts.Ports = slices.Clone(sorted.OContexts.Ports)
			slices.SortStableFunc(sorted.OContexts.Ports, func(a,
				b policydb.PortCon) int {
				return cmp.Compare(a.High-a.Low, b.High-b.Low)
			})
			return network.Ask(access.NewDecider(policy.New(sorted)), q)
		}},
		{"name_connect from the task", rechecked(func(l *network.LayerAnswer, q *network.Question) {
			if l.Perm == "name_connect" {
				l.SourceContext = q.Subject
			}
		})},
		{"no node_bind", func(d *access.Decider, q network.Question) (network.Answer, error) {
			a, err := network.Ask(d, q)
			a.Layers = slices.DeleteFunc(a.Layers, func(l network.LayerAnswer) bool { return l.Perm == "node_bind" })
			return a, err
		}},
		{"name_connect for UDP", func(d *access.Decider, q network.Question) (network.Answer, error) {
			a, err := network.Ask(d, q)
			if err != nil || q.Protocol != network.UDP || q.Operation != network.Connect {
				return a, err
			}
			q.Protocol = network.TCP
			tcp, err := network.Ask(d, q)
			for _, l := range tcp.Layers {
				if l.Perm == "name_connect" {
					a.Layers = append(a.Layers, l)
				}
			}
			return a, err
		}},
		{"ingress from the domain", rechecked(func(l *network.LayerAnswer, q *network.Question) {
			if l.Perm == "ingress" {
				l.SourceContext = q.Subject
			}
		})},
		{"listen needs what bind needs", func(d *access.Decider, q network.Question) (network.Answer, error) {
			if i := slices.Index(q.Calls, network.CallListen); i >= 0 && !slices.Contains(q.Calls, network.CallBind) {
				q.Calls = slices.Insert(slices.Clone(q.Calls), i, network.CallBind)
			}
			return network.Ask(d, q)
		}},
	}
	found := make([]int, len(models))
	asked := 0
	for _, db := range []*policydb.Policy{db, packets} {
		j := &judge{vm: vm, c: c, model: network.Ask}
		j.load(t, policy.New(db))
		for _, q := range mutationQuestions(t, j.p) {
			right, real, _, err := j.ask(q)
			if err != nil {
				t.Fatalf("%s: %v", describe(j.p, &q), err)
			}
			if asked++; !right.equal(&real) {
				t.Errorf("%s\n  model  %s\n  kernel %s", describe(j.p, &q), &right, &real)
			}
			for i, m := range models {
				a, err := m.model(j.d, q)
				if err != nil {
					t.Fatalf("%s: %v", m.name, err)
				}
				if wrong := expected(j.p, &a); !wrong.equal(&real) {
					found[i]++
				}
			}
		}
	}
	for i, m := range models {
		t.Logf("%s: found out by %d of %d questions", m.name, found[i], asked)
		if found[i] == 0 {
			t.Errorf("the model that is wrong in %q is not found out", m.name)
		}
	}
}

// forbidIngress takes from a type, by a constraint, what no packet asks of it: the
// source of ingress is the label of the other end.
func forbidIngress(t *testing.T, db *policydb.Policy, name string) {
	t.Helper()
	p := policy.New(db)
	id, ok1 := p.Type(name)
	class, ok2 := p.Class("netif")
	ingress, ok3 := p.Perm(class, "ingress")
	if !ok1 || !ok2 || !ok3 {
		t.Fatalf("no %s or netif ingress", name)
	}
	db.Classes.Items = slices.Clone(db.Classes.Items)
	for i := range db.Classes.Items {
		if c := &db.Classes.Items[i]; c.Name == "netif" {
			c.Constraints = append(slices.Clip(c.Constraints),
				policydb.Constraint{Perms: uint32(ingress), Expr: []policydb.ConstraintNode{
					{Kind: policydb.ConstraintNames, Attr: policydb.AttrType, Op: policydb.OpNeq,
						Names: policydb.BitmapOf(uint32(id) - 1)}}})
		}
	}
}

// rechecked returns a model that changes the parties of checks.
func rechecked(change func(*network.LayerAnswer, *network.Question)) networkModel {
	return func(d *access.Decider, q network.Question) (network.Answer, error) {
		a, err := network.Ask(d, q)
		for i := range a.Layers {
			l := &a.Layers[i]
			change(l, &q)
			if l.Consulted {
				l.Check = d.Check(l.SourceContext, l.TargetContext, l.Class, l.Perm).Perms[0]
				source := policy.TypeID(l.SourceContext.Type)
				l.Permissive = !q.Host.Enforcing || d.Policy().IsPermissive(source)
				l.Logged = !l.Check.Allowed && len(l.Check.Reason.DontAudit) == 0
			}
		}
		return a, err
	}
}

// mutationQuestions are operations of httpd_t, with its own sockets and with
// some of squid_t.
func mutationQuestions(t *testing.T, p *policy.Policy) []network.Question {
	t.Helper()
	context := func(text string) policy.Context {
		c, err := p.ParseContext(text)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	socket := context("system_u:system_r:squid_t:s0")
	q := network.Question{Subject: context("system_u:system_r:httpd_t:s0"), Protocol: network.TCP,
		Addr: netip.MustParseAddr("127.0.0.1"), Netif: "lo", Machine: network.Machine{Host: host.Standard()}}
	var list []network.Question
	for _, port := range []uint16{80, 3128, 5432, 5601, 8080, 8500, 32768, 40000, 61000} {
		for _, op := range []network.Operation{network.Bind, network.Connect} {
			q := q
			q.Operation, q.Port = op, port
			list = append(list, q)
			q.SocketLabel = &socket
			list = append(list, q)
		}
	}
	udp := q
	udp.Protocol, udp.Operation, udp.Port = network.UDP, network.Connect, 5601
	bind := udp
	bind.Operation, bind.Port = network.Bind, 40000
	listen := q
	listen.Calls, listen.Port = []network.Call{network.CallSocket, network.CallListen}, 5601
	list = append(list, udp, bind, listen)
	for i := range list {
		q := list[i]
		q.Host.Enforcing = false
		list = append(list, q)
	}
	return list
}

// wrongDeciders are access decisions without one of the things they rest on.
func wrongDeciders(t *testing.T, vm *VM, c *counts) {
	const questions = 1000
	rng := rand.New(rand.NewPCG(3, 4))
	db := edited(t, open(t, "default"), rng)
	p := flipped(policy.New(db), rng)
	if err := vm.Load(p); err != nil {
		t.Fatal(err)
	}
	c.policies.Add(1)
	queries := newAsker(p, rng).take(questions)
	want, err := vm.Decisions(p, queries)
	if err != nil {
		t.Fatal(err)
	}
	c.decisions.Add(questions)
	without := []struct {
		name string
		edit func(*policydb.Policy)
		ok   bool
	}{
		{"a fault", func(*policydb.Policy) {}, true},
		{"constraints", func(db *policydb.Policy) {
			db.Classes.Items = slices.Clone(db.Classes.Items)
			for i := range db.Classes.Items {
				db.Classes.Items[i].Constraints = nil
			}
		}, false},
		{"bounds", func(db *policydb.Policy) {
			db.Types.Items = slices.Clone(db.Types.Items)
			for i := range db.Types.Items {
				db.Types.Items[i].Bounds = 0
			}
		}, false},
		{"the permissive flag", func(db *policydb.Policy) { db.Permissive = policydb.Bitmap{} }, false},
		{"conditional rules", func(db *policydb.Policy) { db.Conditionals = nil }, false},
	}
	for _, w := range without {
		wrong := db.Clone()
		w.edit(wrong)
		var settings []policy.BoolSetting
		for id := range p.Bools() {
			settings = append(settings, policy.BoolSetting{Bool: id, On: p.BoolState(id)})
		}
		d := access.NewDecider(policy.New(wrong).WithBools(settings...))
		differ := 0
		for i, q := range queries {
			if d.Decide(q.Source, q.Target, q.Class) != want[i] {
				differ++
			}
		}
		t.Logf("decisions without %s: %d of %d differ", w.name, differ, questions)
		if (differ == 0) != w.ok {
			t.Errorf("decisions without %s: %d of %d differ", w.name, differ, questions)
		}
	}
}
