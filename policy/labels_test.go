package policy_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/policies"
)

// labelled is a policy of portcons, nodecons and netifcons, whose contexts
// differ in the type alone: type 1 is that of no record.
func labelled(caps ...uint32) *policydb.Policy {
	db := &policydb.Policy{Version: 33, PolicyCaps: policydb.BitmapOf(caps...)}
	db.Types.NPrim = 100
	o := &db.OContexts
	for _, sid := range []uint32{policy.SIDUnlabeled, policy.SIDPort, policy.SIDNetif, policy.SIDNode} {
		o.InitialSIDs = append(o.InitialSIDs, policydb.InitialSID{SID: sid, Context: typed(50 + sid)})
	}
	return db
}

func typed(typ uint32) policy.Context { return policy.Context{User: 1, Role: 1, Type: typ} }

// TestPortLabel: the first record of the protocol that contains the port wins,
// however wide, and local records come before all.
func TestPortLabel(t *testing.T) {
	db := labelled()
	db.OContexts.Ports = []policydb.PortCon{
		{Protocol: 6, Low: 80, High: 80, Context: typed(1)},
		{Protocol: 6, Low: 1, High: 1023, Context: typed(2)},
		{Protocol: 6, Low: 443, High: 443, Context: typed(3)}, // never reached
		{Protocol: 17, Low: 1024, High: 65535, Context: typed(4)},
		{Protocol: 6, Low: 2000, High: 1000, Context: typed(5)}, // contains nothing
	}
	pol := policy.New(db)
	local := pol.WithPorts(policydb.PortCon{Protocol: 6, Low: 70, High: 90, Context: typed(6)},
		policydb.PortCon{Protocol: 6, Low: 80, High: 80, Context: typed(7)})
	more := local.WithPorts(policydb.PortCon{Protocol: 6, Low: 75, High: 75, Context: typed(8)})
	tests := []struct {
		name        string
		pol         *policy.Policy
		protocol    uint8
		port        uint16
		typ, record int
	}{
		{"its own", pol, 6, 80, 1, 0},
		{"the lowest of a range", pol, 6, 1, 2, 1}, {"the highest of a range", pol, 6, 1023, 2, 1},
		{"a wide record before a narrow one", pol, 6, 443, 2, 1},
		{"no record", pol, 6, 1024, 50 + policy.SIDPort, -1},
		{"a range upside down", pol, 6, 1500, 50 + policy.SIDPort, -1},
		{"port 0", pol, 6, 0, 50 + policy.SIDPort, -1},
		{"another protocol", pol, 17, 80, 50 + policy.SIDPort, -1}, {"the last port", pol, 17, 65535, 4, 3},
		{"a protocol without records", pol, policy.ProtoSCTP, 80, 50 + policy.SIDPort, -1},
		{"a local record", local, 6, 80, 6, 0}, {"behind the local ones", local, 6, 443, 2, 3},
		{"a later what-if comes first", more, 6, 75, 8, 0}, {"and the earlier next", more, 6, 80, 6, 1},
	}
	for _, tt := range tests {
		if got := tt.pol.PortLabel(tt.protocol, tt.port); got.Context != typed(uint32(tt.typ)) ||
			got.Record != tt.record {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	if len(pol.Ports()) != 5 || len(more.Ports()) != 8 || more.Ports()[0].Low != 75 ||
		more.Ports()[3].Context.Type != 1 {
		t.Errorf("%+v", more.Ports())
	}
}

// TestPortLabelRandom: overlapping records in any order, against the text they
// were compiled from.
func TestPortLabelRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 33))
	for range 8 {
		random := policies.NewRandom(rng)
		path, err := random.Write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		pol := load(t, "random", path).policy(t)
		for range 2000 {
			protocol, port := []uint8{6, 17, 33, 132}[rng.IntN(4)], uint16(rng.Uint32())
			if len(random.Portcons) > 0 && rng.IntN(2) == 0 {
				c := random.Portcons[rng.IntN(len(random.Portcons))]
				protocol, port = uint8(c.Protocol), uint16(c.Low+uint32(rng.IntN(3))-1)
			}
			i := slices.IndexFunc(random.Portcons, func(c policies.Portcon) bool {
				return c.Protocol == uint32(protocol) && c.Low <= uint32(port) && uint32(port) <= c.High
			})
			got := pol.PortLabel(protocol, port)
			if got.Record != i || i >= 0 && pol.FormatContext(got.Context) != random.Portcons[i].Context {
				t.Fatalf("%d/%d: %+v %s, want record %d of %+v", protocol, port, got, pol.FormatContext(got.Context),
					i, random.Portcons)
			}
		}
	}
}

// TestNodeLabel: the first record whose address equals the masked address wins.
func TestNodeLabel(t *testing.T) {
	db := labelled()
	db.OContexts.Nodes = []policydb.NodeCon{
		{Addr: [4]byte{10, 1, 0, 0}, Mask: [4]byte{255, 255, 0, 0}, Context: typed(1)},
		{Addr: [4]byte{10, 0, 0, 0}, Mask: [4]byte{255, 0, 0, 0}, Context: typed(2)},
		// has bits beyond its mask: matches nothing
		{Addr: [4]byte{192, 0, 2, 1}, Mask: [4]byte{255, 255, 255, 0}, Context: typed(3)},
		{Addr: [4]byte{0, 0, 0, 7}, Mask: [4]byte{0, 0, 0, 255}, Context: typed(4)}, // a mask with a hole
	}
	db.OContexts.Nodes6 = []policydb.NodeCon6{
		{Addr: netip.MustParseAddr("::ffff:10.0.0.0").As16(),
			Mask: netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ff00::").As16(), Context: typed(5)},
		{Addr: netip.MustParseAddr("2001:db8::").As16(), Mask: netip.MustParseAddr("ffff:ffff::").As16(),
			Context: typed(6)},
		{Context: typed(7)}, // ::/0
	}
	pol := policy.New(db)
	local := pol.WithNodes(policydb.NodeCon{Addr: [4]byte{10, 1, 2, 3}, Mask: [4]byte{255, 255, 255, 255},
		Context: typed(8)})
	local6 := local.WithNodes6(policydb.NodeCon6{Addr: [16]byte{15: 1},
		Mask: netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").As16(), Context: typed(9)})
	tests := []struct {
		pol         *policy.Policy
		addr        string
		typ, record int
	}{
		{pol, "10.1.2.3", 1, 0}, {pol, "10.2.2.3", 2, 1}, {pol, "192.0.2.1", 50 + policy.SIDNode, -1},
		{pol, "8.8.8.7", 4, 3},
		{pol, "2001:db8::1", 6, 1}, {pol, "::1", 7, 2}, {pol, "::ffff:192.0.2.1", 7, 2}, {pol, "fe80::1%eth0", 7, 2},
		{local, "10.1.2.3", 8, 0}, {local, "10.1.2.4", 1, 1}, {local6, "::1", 9, 0}, {local6, "::2", 7, 3},
	}
	for _, tt := range tests {
		if got := tt.pol.NodeLabel(netip.MustParseAddr(tt.addr)); got.Context != typed(uint32(tt.typ)) ||
			got.Record != tt.record {
			t.Errorf("%s: %+v", tt.addr, got)
		}
	}
	pol.NodeLabel(netip.Addr{}) // must not panic
}

// TestNetifLabel: names are patterns only with the capability netif_wildcard.
func TestNetifLabel(t *testing.T) {
	netifs := []policydb.NetifCon{
		{Name: "eth0", If: typed(1)}, {Name: "wg*", If: typed(2)}, {Name: "w?0", If: typed(3)},
		{Name: "*", If: typed(4)},
	}
	plain := labelled()
	wild := labelled(uint32(policy.CapNetifWildcard))
	plain.OContexts.Netifs, wild.OContexts.Netifs = netifs, netifs
	tests := []struct {
		pol         *policy.Policy
		name        string
		typ, record int
	}{
		{policy.New(plain), "eth0", 1, 0}, {policy.New(plain), "wg0", 50 + policy.SIDNetif, -1},
		{policy.New(plain), "wg*", 2, 1},
		{policy.New(wild), "eth0", 1, 0}, {policy.New(wild), "wg0", 2, 1}, {policy.New(wild), "wl0", 3, 2},
		{policy.New(wild), "lo", 4, 3},
		{policy.New(plain).WithNetifs(policydb.NetifCon{Name: "eth0", If: typed(5)}), "eth0", 5, 0},
	}
	for _, tt := range tests {
		if got := tt.pol.NetifLabel(tt.name); got.Context != typed(uint32(tt.typ)) || got.Record != tt.record {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

// TestFallback: without the initial SID of its kind the label is unlabeled, and
// without that the zero context; never a panic.
func TestFallback(t *testing.T) {
	db := labelled()
	db.OContexts.InitialSIDs = db.OContexts.InitialSIDs[:1]
	if got := policy.New(db).PortLabel(6, 1); got.Context != typed(50+policy.SIDUnlabeled) || got.Record != -1 {
		t.Errorf("%+v", got)
	}
	db = &policydb.Policy{Version: 33}
	pol := policy.New(db)
	if got := pol.PortLabel(6, 1); got.Context != (policy.Context{}) || got.Record != -1 {
		t.Errorf("%+v", got)
	}
	pol.FormatContext(pol.PortLabel(6, 1).Context)
	if _, ok := pol.InitialSID(policy.SIDPort); ok {
		t.Error("an initial SID of an empty policy")
	}
}

// TestWildcard: the patterns of netifcons, against a plain recursion.
func TestWildcard(t *testing.T) {
	db := labelled(uint32(policy.CapNetifWildcard))
	match := func(pattern, name string) bool {
		db.OContexts.Netifs = []policydb.NetifCon{{Name: pattern, If: typed(1)}}
		return policy.New(db).NetifLabel(name).Record == 0
	}
	rng := rand.New(rand.NewPCG(3, 33))
	text := func(alphabet string, n int) string {
		b := make([]byte, rng.IntN(n))
		for i := range b {
			b[i] = alphabet[rng.IntN(len(alphabet))]
		}
		return string(b)
	}
	hits := 0
	for range 20000 {
		pattern, name := text("ab*?", 8), text("ab", 10)
		want := wildcard(pattern, name)
		if got := match(pattern, name); got != want {
			t.Fatalf("%q matches %q: %t, want %t", pattern, name, got, want)
		}
		if want {
			hits++
		}
	}
	if hits == 0 {
		t.Error("no pattern matched")
	}
}

func wildcard(pattern, s string) bool {
	switch {
	case pattern == "":
		return s == ""
	case pattern[0] == '*':
		return wildcard(pattern[1:], s) || s != "" && wildcard(pattern, s[1:])
	default:
		return s != "" && (pattern[0] == '?' || pattern[0] == s[0]) && wildcard(pattern[1:], s[1:])
	}
}

// TestPortSegments: without gaps from 0 to 65535, and what PortLabel says of
// every single port.
func TestPortSegments(t *testing.T) {
	check := func(name string, pol *policy.Policy, protocol uint8) {
		next := 0
		last := -2
		for _, s := range pol.PortSegments(protocol) {
			if int(s.Low) != next || s.High < s.Low || s.Label.Record == last {
				t.Fatalf("%s, protocol %d: %d-%d of record %d where %d begins after record %d", name, protocol, s.Low,
					s.High, s.Label.Record, next, last)
			}
			for port := int(s.Low); port <= int(s.High); port++ {
				if label := pol.PortLabel(protocol, uint16(port)); label.Record != s.Label.Record ||
					label.Context != s.Label.Context {
					t.Fatalf("%s: %d/%d is in the segment of record %d, PortLabel says %d", name, protocol, port,
						s.Label.Record, label.Record)
				}
			}
			next, last = int(s.High)+1, s.Label.Record
		}
		if next != 65536 {
			t.Fatalf("%s, protocol %d: ends at %d", name, protocol, next)
		}
	}
	rng := rand.New(rand.NewPCG(7, 33))
	for range 4 {
		random := policies.NewRandom(rng)
		path, err := random.Write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		pol := load(t, "random", path).policy(t)
		for _, protocol := range []uint8{policy.ProtoTCP, policy.ProtoUDP, policy.ProtoDCCP, policy.ProtoSCTP, 1} {
			check("random", pol, protocol)
			check("random with a local record", pol.WithPorts(policydb.PortCon{Protocol: uint32(protocol), Low: 60000,
				High: 65535}), protocol)
		}
	}
	debian := debianPolicy(t, "default").policy(t)
	check("Debian", debian, policy.ProtoTCP)
	db := labelled()
	db.OContexts.Ports = []policydb.PortCon{
		{Protocol: 6, Low: 0, High: 65535, Context: typed(1)}, {Protocol: 6, Low: 3, High: 2, Context: typed(2)},
		{Protocol: 6, Low: 65535, High: 65535, Context: typed(3)},
	}
	check("all of one record", policy.New(db), 6)
}
