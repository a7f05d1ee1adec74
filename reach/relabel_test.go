package reach_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

// TestRelabelled: new labels of ports give the same change, whether every domain is asked or only those that the
// labels may affect. This holds for any labels, and for ranges across the local port range and the privileged
// ports.
func TestRelabelled(t *testing.T) {
	rounds := 8
	if testenv.Long() {
		rounds = 60
	}
	for _, kind := range []string{"default", "mls"} {
		t.Run(kind, func(t *testing.T) {
			base := testpolicy.Open(t, testenv.Policy(t, kind))
			random := rand.New(rand.NewPCG(7, uint64(len(kind))))
			changed := 0
			for range rounds {
				before, after := base.WithPorts(randomRecords(base, random)...), base.WithPorts(randomRecords(base,
					random)...)
				low := random.IntN(61000)
				within := portset.Set{{Low: uint16(low), High: uint16(low + random.IntN(4000))}}
				if random.IntN(3) > 0 {
					within = nil
				}
				protocol := []network.Protocol{network.TCP, network.TCP, network.UDP, network.SCTP,
					network.DCCP}[random.IntN(5)]
				changed += compareRelabelled(t, before, after, protocol, within)
			}
			if changed == 0 {
				t.Error("nothing ever changed")
			}
		})
	}
}

// compareRelabelled compares the results with one Decider and with two.
func compareRelabelled(t *testing.T, before, after *policy.Policy, protocol network.Protocol,
	within portset.Set) (changed int) {
	t.Helper()
	for _, op := range []network.Operation{network.Connect, network.Bind} {
		q := reach.Query{Protocol: protocol, Operation: op, Machine: network.Machine{Host: host.Standard()}}
		want, err := reach.Compare(reach.New(access.NewDecider(before)), reach.New(access.NewDecider(after)), q, within)
		if err != nil {
			t.Fatal(err)
		}
		d := access.NewDecider(before)
		got, err := reach.Compare(reach.New(d), reach.NewRelabelled(d, after), q, within)
		if err != nil {
			t.Fatal(err)
		}
		changed += len(want.Gain) + len(want.Lose)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s %s within %v:\n%s", op, protocol, within, diff)
		}
	}
	return changed
}

// randomRecords makes a few records with labels of ports and, now and then, of other objects.
func randomRecords(p *policy.Policy, random *rand.Rand) []policydb.PortCon {
	var list []policydb.PortCon
	own := p.Ports()
	for range 1 + random.IntN(6) {
		c := own[random.IntN(len(own))].Context
		if random.IntN(8) == 0 {
			c.Type = uint32(1 + random.IntN(int(p.MaxType())))
		}
		low := uint32(1 + random.IntN(65535))
		high := min(65535, low+uint32(random.IntN(3)*random.IntN(20000)))
		list = append(list, policydb.PortCon{Protocol: uint32([]uint8{6, 6, 17, 33, 132}[random.IntN(5)]), Low: low,
			High: high, Context: c})
	}
	return list
}

// TestRelabelledSockets: a domain whose sockets have their own type gains what that type may do.
func TestRelabelledSockets(t *testing.T) {
	p := probe.Lab{Rules: `(type sock_t) (roletype r sock_t) (typetransition d_t d_t tcp_socket sock_t)
		(allow d_t self (process (fork))) (allow d_t sock_t (tcp_socket (create connect bind)))
		(type new_port_t) (roletype object_r new_port_t) (allow sock_t new_port_t (tcp_socket (name_connect)))`}.Policy(t)
	label := *probe.Object(t, p, "new_port_t")
	after := p.WithPorts(policydb.PortCon{Protocol: 6, Low: 5601, High: 5601, Context: label})
	if compareRelabelled(t, p, after, network.TCP, nil) != 1 {
		t.Error("nobody gains the port")
	}
}

// TestSwitched: a boolean gives the same change, whether all protocols are asked about or only those that the boolean
// has rules for.
func TestSwitched(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	same, changed := 0, 0
	for id := range p.Bools() {
		switch p.BoolName(id) {
		case "httpd_can_network_connect", "allow_ypbind", "allow_execheap", "git_session_bind_all_unreserved_ports":
		default:
			if !testenv.Long() {
				continue
			}
		}
		other := p.WithBools(policy.BoolSetting{Bool: id, On: !p.BoolState(id)})
		apart := policy.New(other.DB().Clone()).WithBools(policy.BoolSetting{Bool: id, On: !p.BoolState(id)})
		for _, protocol := range []network.Protocol{network.TCP, network.UDP, network.SCTP, network.DCCP} {
			q := reach.Query{Protocol: protocol, Operation: network.Bind,
				Machine: network.Machine{Host: host.Standard()}}
			before := reach.New(access.NewDecider(p))
			got, err := reach.Compare(before, reach.New(access.NewDecider(other)), q, nil)
			if err != nil {
				t.Fatal(err)
			}
			want, err := reach.Compare(before, reach.New(access.NewDecider(apart)), q, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s:\n%s", p.BoolName(id), protocol, diff)
			}
			if len(want.Gain)+len(want.Lose) > 0 {
				changed++
			} else {
				same++
			}
		}
	}
	if same == 0 || changed == 0 {
		t.Errorf("%d without a change, %d with", same, changed)
	}
}
