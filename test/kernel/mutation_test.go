package kernel

import (
	"cmp"
	"net/netip"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// testMutations checks the comparison itself: it must find out models that are
// wrong in one thing, and agree with the right one on the same questions.
func testMutations(t *testing.T, vm *VM, c *counts) {
	db, err := Permissive(open(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	// A local record in front of the policy's own, as semanage port makes it.
	base := policy.New(db)
	con := policydb.PortCon{Protocol: uint32(policy.ProtoTCP), Low: 8000, High: 9000, Context: base.PortLabel(policy.ProtoTCP, 5432).Context}
	if err := db.AddPort(con); err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	subject, err := p.ParseContext("system_u:system_r:httpd_t:s0")
	if err != nil {
		t.Fatal(err)
	}
	socket, err := p.ParseContext("system_u:system_r:squid_t:s0")
	if err != nil {
		t.Fatal(err)
	}
	var questions []network.Question
	for _, enforcing := range []bool{true, false} {
		h := host.Standard()
		h.Enforcing = enforcing
		for _, port := range []uint16{80, 3128, 5432, 5601, 8080, 8500, 32768, 40000, 60999, 61000} {
			for _, op := range []network.Operation{network.Bind, network.Connect} {
				q := network.Question{Subject: subject, Operation: op, Protocol: network.TCP, Port: port, Addr: netip.MustParseAddr("127.0.0.1"), Host: h}
				questions = append(questions, q)
				q.SocketLabel = &socket
				questions = append(questions, q)
			}
		}
	}
	models := []struct {
		name  string
		model func(*access.Decider, network.Question) (network.Answer, error)
		wrong bool
	}{
		{"right", network.Ask, false},
		{"name_bind inside the local range", func(d *access.Decider, q network.Question) (network.Answer, error) {
			q.Host.LocalPorts = host.PortRange{Low: 1, High: 0}
			return network.Ask(d, q)
		}, true},
		{"narrowest portcon first", func(d *access.Decider, q network.Question) (network.Answer, error) {
			sorted := d.Policy().DB().Clone()
			sorted.OContexts.Ports = slices.Clone(sorted.OContexts.Ports)
			slices.SortStableFunc(sorted.OContexts.Ports, func(a, b policydb.PortCon) int { return cmp.Compare(a.High-a.Low, b.High-b.Low) })
			return network.Ask(access.NewDecider(policy.New(sorted)), q)
		}, true},
		{"name_connect from the task", func(d *access.Decider, q network.Question) (network.Answer, error) {
			a, err := network.Ask(d, q)
			if err != nil {
				return a, err
			}
			task := q
			task.SocketLabel = nil
			other, err := network.Ask(d, task)
			for i := range a.Layers {
				if a.Layers[i].Perm == "name_connect" {
					a.Layers[i] = other.Layers[i]
				}
			}
			return a, err
		}, true},
	}
	for _, m := range models {
		j := &judge{vm: vm, c: c, model: m.model}
		j.load(t, p)
		differ := 0
		for _, q := range questions {
			model, real, _, err := j.ask(q)
			if err != nil {
				t.Fatalf("%s: %v", describe(p, &q), err)
			}
			if !model.equal(&real) {
				if differ++; !m.wrong {
					t.Errorf("%s\n  model  %s\n  kernel %s", describe(p, &q), &model, &real)
				}
			}
		}
		if m.wrong && differ == 0 {
			t.Errorf("the model that is wrong in %q is not found out", m.name)
		}
		t.Logf("%s: %d of %d differ", m.name, differ, len(questions))
	}
}
