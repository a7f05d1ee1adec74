package impact_test

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// begin opens a transaction of a scratch store.
func begin(t *testing.T, root string) *semanage.Tx {
	t.Helper()
	s, err := semanage.Open(semanage.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := s.Look()
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// stage makes random changes of records. It reports whether the policy takes them.
func stage(t *testing.T, tx *semanage.Tx, rng *rand.Rand) bool {
	t.Helper()
	types := []string{"http_port_t", "ssh_port_t", "postgresql_port_t", "unreserved_port_t"}
	kinds := 1 + rng.IntN(7) // a bit for each of ports, booleans and nodes
	for range 1 + rng.IntN(4) {
		var err error
		if kinds&1 != 0 {
			low := 1 + rng.IntN(9000)
			p := semanage.Port{Protocol: []semanage.Protocol{semanage.TCP, semanage.UDP}[rng.IntN(2)],
				Low: uint16(low), High: uint16(low + rng.IntN(3)*rng.IntN(500))}
			p.Context.Type = types[rng.IntN(len(types))]
			err = tx.Set(p)
		}
		if kinds&2 != 0 && err == nil {
			names := []string{"httpd_can_network_connect", "haproxy_connect_any"}
			err = tx.Set(semanage.Boolean{Name: names[rng.IntN(2)], On: rng.IntN(2) == 0})
		}
		if kinds&4 != 0 && err == nil {
			addr := netip.AddrFrom4([4]byte{10, byte(rng.IntN(4)), 0, 0})
			err = tx.Set(semanage.Node{Addr: addr, Mask: netip.MustParseAddr("255.255.0.0"),
				Context: semanage.Context{Type: "node_t"}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := tx.Plan()
	return err == nil // records may overlap
}

// TestRecords: the fast answers for a transaction's records are those of a comparison of the whole
// policies.
func TestRecords(t *testing.T) {
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 1))
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	compared, gained := 0, 0
	for compared < 25 {
		tx := begin(t, root)
		if !stage(t, tx, rng) {
			continue
		}
		compared++
		list := tx.Differences()
		c, err := impact.OfTx(tx, list, host.Standard())
		if err != nil {
			t.Fatal(err)
		}
		fast, err := c.Records(ctx, list)
		if err != nil {
			t.Fatal(err)
		}
		before, after, err := tx.Policies()
		if err != nil {
			t.Fatal(err)
		}
		slow, err := impact.New(policy.New(before), policy.New(after), host.Standard()).All(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var ports []impact.Effect // those of nodes have an address
		for _, e := range fast {
			if e.Addr == nil {
				ports = append(ports, e)
			}
		}
		if diff := cmp.Diff(slow, ports, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%v:\n%s", list, diff)
		}
		gained += impact.Gainers(fast) + impact.Losers(fast)
		for _, e := range fast {
			if twice := e.Swapped().Swapped(); !cmp.Equal(twice, e,
				cmp.Comparer(func(a, b netip.Addr) bool { return a == b })) {
				t.Errorf("swapped twice: %v, not %v", twice, e)
			}
		}
	}
	if gained == 0 {
		t.Error("no change concerned anybody")
	}
}

// TestCanceled: a comparison that was called off ends.
func TestCanceled(t *testing.T) {
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	before, after, err := begin(t, root).Policies()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := impact.New(policy.New(before), policy.New(after), host.Standard()).All(ctx); err == nil {
		t.Error("no error")
	}
}
