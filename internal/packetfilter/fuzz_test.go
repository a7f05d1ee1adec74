package packetfilter_test

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/packetfilter"
)

// Whatever the rules, a packet that is known in part may become of all that a
// packet becomes of which it is a part.
func FuzzPass(f *testing.F) {
	f.Add([]byte(head+"-A OUTPUT -p tcp -m tcp --sport 40000:50000 -j SECMARK --selctx a\n-A OUTPUT -j CONNSECMARK "+
		"--save\n-A OUTPUT -o lo -j sub\n-A sub -s 127.0.0.0/8 -g sub2\n"), uint64(1))
	f.Add([]byte(head+"-A OUTPUT -m state --state NEW ! -p udp -j DROP\n-A OUTPUT -m multiport --dports 1:9,80 -j "+
		"SECMARK --selctx b\n"), uint64(2))
	f.Add([]byte("*mangle\n:OUTPUT DROP [0:0]\n:a - [0:0]\n-A OUTPUT -j a\n-A OUTPUT -j DNAT\n-A a -j a\n"), uint64(3))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		r := packetfilter.New(&host.Filter{Chains: host.ParseIPTablesFilter(b, "ip")})
		rng := rand.New(rand.NewPCG(seed, 0))
		exact := syn([]uint16{1, 80, 443, 8080, 50000}[rng.IntN(5)])
		port := uint16(rng.IntN(65536))
		exact.SPort = packetfilter.Ports{Low: port, High: port}
		exact.Protocol = []uint8{6, 17, 132}[rng.IntN(3)]
		exact.Reply, exact.Established = rng.IntN(2) == 0, rng.IntN(2) == 0
		exact.Known = 0xff
		part := exact
		if rng.IntN(2) == 0 {
			part.SPort = packetfilter.Ports{Low: uint16(rng.IntN(int(port) + 1)), High: 65535}
		}
		if rng.IntN(2) == 0 {
			part.Interface, part.Index = "", 0
		}
		if rng.IntN(2) == 0 {
			part.Source = netip.Addr{}
		}
		part.Known = uint8(rng.IntN(256))
		hooks := []string{packetfilter.Output, packetfilter.Postrouting}
		states := r.Pass(&part, false, packetfilter.Begin(), hooks...)
		one := r.Pass(&exact, false, packetfilter.Begin(), hooks...)
	next:
		for _, s := range one {
			for _, p := range states {
				if p.Dropped == s.Dropped && p.Packet == s.Packet && p.Conn == s.Conn ||
					p.Packet == packetfilter.AnyLabel {
					continue next
				}
			}
			t.Fatalf("%+v is not among %+v", s, states)
		}
		if len(one) == 0 {
			t.Fatal("nothing becomes of the packet")
		}
	})
}
