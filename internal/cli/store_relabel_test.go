package cli

import (
	"math/rand/v2"
	"os"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
)

// TestRelabelling: what a change of port labels gives and takes is what reach.Compare
// finds, for any labels, with ranges across the local port range and the privileged
// ports.
func TestRelabelling(t *testing.T) {
	// A process that is started from this one counts its memory as its own.
	defer debug.SetGCPercent(debug.SetGCPercent(15))
	rounds := 8
	if os.Getenv("SENET_TEST_LONG") == "1" {
		rounds = 60
	}
	for _, kind := range []string{"default", "mls"} {
		t.Run(kind, func(t *testing.T) {
			image, err := os.ReadFile(testenv.Policy(t, kind))
			if err != nil {
				t.Fatal(err)
			}
			db, err := policydb.Decode(image)
			if err != nil {
				t.Fatal(err)
			}
			base := policy.New(db)
			random := rand.New(rand.NewPCG(7, uint64(len(kind))))
			changed := 0
			for range rounds {
				before, after := base.WithPorts(randomPorts(base, random)...), base.WithPorts(randomPorts(base, random)...)
				low := random.IntN(61000)
				within := reach.Ports{{Low: uint16(low), High: uint16(low + random.IntN(4000))}}
				if random.IntN(3) > 0 {
					within = reach.Ports{{Low: 0, High: 65535}}
				}
				protocol := []network.Protocol{network.TCP, network.TCP, network.UDP, network.SCTP, network.DCCP}[random.IntN(5)]
				ops := []network.Operation{network.Connect, network.Bind}
				got, err := newRelabelling(before, after, host.Standard(), protocol, within).changes(protocol, ops)
				if err != nil {
					t.Fatal(err)
				}
				for i, op := range ops {
					q := reach.Query{Protocol: protocol, Operation: op, Host: host.Standard()}
					want, err := reach.Compare(reach.New(access.NewDecider(before)), reach.New(access.NewDecider(after)), q, within)
					if err != nil {
						t.Fatal(err)
					}
					changed += len(want.Gain) + len(want.Lose)
					if diff := cmp.Diff(want, got[i], cmpopts.EquateEmpty()); diff != "" {
						t.Fatalf("%s %s within %v:\n%s", op, protocol, within, diff)
					}
				}
			}
			if changed == 0 {
				t.Error("nothing ever changed")
			}
		})
	}
}

// randomPorts makes a few records with labels of ports and, now and then, of
// something else.
func randomPorts(p *policy.Policy, random *rand.Rand) []policydb.PortCon {
	var list []policydb.PortCon
	own := p.Ports()
	for range 1 + random.IntN(6) {
		c := own[random.IntN(len(own))].Context
		if random.IntN(8) == 0 {
			c.Type = uint32(1 + random.IntN(int(p.MaxType())))
		}
		low := uint32(1 + random.IntN(65535))
		high := min(65535, low+uint32(random.IntN(3)*random.IntN(20000)))
		list = append(list, policydb.PortCon{Protocol: uint32([]uint8{6, 6, 17, 33, 132}[random.IntN(5)]), Low: low, High: high, Context: c})
	}
	return list
}
