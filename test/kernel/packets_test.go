package kernel

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

// testPackets compares operations at random under policies at random, on hosts
// where packets are checked: by SECMARK rules, by NetLabel's static labels, by
// always_check_network, or for want of network_peer_controls.
func testPackets(t *testing.T, vm *VM, c *counts) {
	rounds, each := 20, 14
	if long() {
		rounds, each = 200, 40
	}
	var more []network.Protocol
	if !strings.HasPrefix(vm.Release, "6.1.") {
		more = []network.Protocol{network.SMC} // IPPROTO_SMC is of Linux 6.11
	}
	rng := rand.New(rand.NewPCG(7, 3))
	l := newLabels(t, vm)
	j := &judge{vm: vm, c: c, model: network.Ask, helper: "u:r:h_t:s0"}
	for range rounds {
		lab := randomLab(rng)
		strict := rng.IntN(2) == 0
		if strict {
			lab.Rules += kernelRules(rng)
		}
		l.clear(t)
		p := lab.Policy(t)
		if !strict {
			db, err := Permissive(p.DB())
			if err != nil {
				t.Fatal(err)
			}
			p = policy.New(db)
		}
		j.load(t, p)
		h := host.Standard()
		var peer, packet *policy.Context
		if h.Secmark = rng.IntN(2) == 0; h.Secmark && rng.IntN(2) == 0 {
			packet = probe.Object(t, p, "packet_t")
		}
		if h.PeerLabelling = rng.IntN(2) == 0; h.PeerLabelling && rng.IntN(3) > 0 {
			peer = randomPeer(t, p, rng)
		}
		l.stage(t, p, &network.Question{Machine: network.Machine{Host: h}, PeerLabel: peer})
		for range each {
			q := randomPacket(t, p, rng, more...)
			q.Host, q.PeerLabel, q.PacketLabel = h, peer, packet
			q.Host.Enforcing = rng.IntN(3) > 0
			j.compare(t, q)
		}
	}
	l.clear(t)
	t.Logf("%v in the machine; outcomes by errno: %v; other denials: %v", j.took, j.seen, j.others)
	if j.bad > 0 {
		t.Errorf("%d of %d operations differ", j.bad, rounds*each)
	}
	for _, errno := range []network.Errno{"", network.EACCES, network.ECONNREFUSED, network.Silence} {
		if j.seen[string(errno)] == 0 {
			t.Errorf("no operation came to %q", errno)
		}
	}
}

// randomPeer returns the label of packets: a peer's, with levels.
func randomPeer(t *testing.T, p *policy.Policy, rng *rand.Rand) *policy.Context {
	t.Helper()
	levels := []string{"s0", "s0", "s1", "s0:c0", "s0-s1:c0.c1"}
	c := probe.Context(t, p, "u:r:peer_t:"+pick(rng, levels))
	return &c
}

// randomLab returns a policy that grants most of what d_t asks for, and where its
// sockets may be of s_t.
func randomLab(rng *rand.Rand) probe.Lab {
	lab := probe.Lab{Caps: []string{}, Helped: true, Netif: pick(rng, []string{"lo", "lo0"})}
	for _, capability := range []struct {
		name string
		of   int // in so many cases one without
	}{{"network_peer_controls", 4}, {"extended_socket_class", 4}, {"always_check_network", 2}} {
		if rng.IntN(capability.of) > 0 {
			lab.Caps = append(lab.Caps, capability.name)
		}
	}
	var rules strings.Builder
	allow := func(source, target, class string, perms ...string) {
		for _, perm := range perms {
			if rng.IntN(14) > 0 {
				fmt.Fprintf(&rules, "(allow %s %s (%s (%s)))\n", source, target, class, perm)
			}
		}
	}
	classes := []string{"tcp_socket", "udp_socket", "rawip_socket", "icmp_socket", "sctp_socket", "dccp_socket"}
	sockets := "d_t"
	for _, class := range classes {
		if rng.IntN(4) == 0 {
			sockets = "s_t"
			fmt.Fprintf(&rules, "(typetransition d_t d_t %s s_t)\n", class)
		}
	}
	for _, s := range []string{"d_t", "s_t"} {
		if s == "s_t" && sockets != s {
			break
		}
		for _, class := range classes {
			allow("d_t", s, class, "create", "bind", "listen", "accept", "connect", "read", "write", "getattr")
			allow(s, "node_t", class, "node_bind")
			allow(s, "lo_node_t", class, "node_bind")
			for _, port := range []string{"port_t", "a_port_t", "b_port_t"} {
				allow(s, port, class, "name_bind")
				if class == "tcp_socket" || class == "sctp_socket" || class == "dccp_socket" {
					allow(s, port, class, "name_connect")
				}
			}
			for _, peer := range []string{"unlabeled_t", "peer_t"} {
				allow(s, peer, class, "recvfrom")
			}
		}
		for _, netif := range []string{"netif_t", "lo_netif_t"} {
			allow(s, netif, "netif", "egress")
		}
		for _, node := range []string{"node_t", "lo_node_t"} {
			allow(s, node, "node", "sendto")
		}
		for _, packet := range []string{"packet_t", "unlabeled_t"} {
			allow(s, packet, "packet", "send", "recv")
		}
		for _, peer := range []string{"unlabeled_t", "peer_t"} {
			allow(s, peer, "peer", "recv")
		}
		allow(s, "unlabeled_t", "association", "sendto", "recvfrom")
	}
	for _, peer := range []string{"unlabeled_t", "peer_t"} {
		for _, netif := range []string{"netif_t", "lo_netif_t"} {
			allow(peer, netif, "netif", "ingress")
		}
		for _, node := range []string{"node_t", "lo_node_t"} {
			allow(peer, node, "node", "recvfrom")
		}
	}
	allow("d_t", "self", "capability", "net_bind_service", "net_raw")
	for _, ty := range []string{"d_t", "s_t", "peer_t", "unlabeled_t"} {
		if rng.IntN(10) == 0 {
			fmt.Fprintf(&rules, "(typepermissive %s)\n", ty)
		}
	}
	if rng.IntN(3) == 0 {
		fmt.Fprintf(&rules, "(mlsconstrain (tcp_socket (read)) (eq l1 l2))\n")
	}
	if rng.IntN(3) == 0 {
		fmt.Fprintf(&rules, "(dontaudit d_t unlabeled_t (packet (send)))\n")
	}
	lab.Rules = rules.String()
	return lab
}

// kernelMayStop lets the kernel's own domain make the system permissive again
// without being permissive itself.
const kernelMayStop = `
(typeattribute every) (typeattributeset every (all)) (allow kernel_t every (security (setenforce))) (allow kernel_t every (file (read write)))
`

// kernelRules are kernelMayStop and most of what the kernel's packets need: those
// of the sockets that it makes for SMC, and for MPTCP before Linux 6.5.
func kernelRules(rng *rand.Rand) string {
	var rules strings.Builder
	rules.WriteString(kernelMayStop)
	for _, rule := range []string{"netif_t (netif (egress))", "lo_netif_t (netif (egress))", "node_t (node (sendto))",
		"lo_node_t (node (sendto))",
		"packet_t (packet (send))", "packet_t (packet (recv))", "unlabeled_t (packet (send))",
		"unlabeled_t (packet (recv))", "unlabeled_t (peer (recv))",
		"peer_t (peer (recv))", "unlabeled_t (association (sendto))", "unlabeled_t (association (recvfrom))"} {
		if rng.IntN(8) > 0 {
			rules.WriteString("(allow kernel_t " + rule + ")\n")
		}
	}
	return rules.String()
}

// randomPacket returns an operation whose packets are checked.
func randomPacket(t *testing.T, p *policy.Policy, rng *rand.Rand, more ...network.Protocol) network.Question {
	t.Helper()
	protocols := []network.Protocol{network.TCP, network.TCP, network.TCP, network.UDP, network.UDP, network.MPTCP,
		network.SCTP, network.DCCP, network.UDPLite}
	q := network.Question{Subject: probe.Context(t, p, "d_t"), Protocol: pick(rng, append(protocols, more...)),
		Netif:     "lo",
		Operation: pick(rng, []network.Operation{network.Connect, network.Listen, network.Send, network.Recv}),
		Addr:      netip.MustParseAddr(pick(rng, []string{"127.0.0.1", "127.0.0.1", "192.0.2.1", "::1"})),
		Port:      pick(rng, []uint16{80, 8080, 9000, 40000, 40001})}
	if rng.IntN(8) == 0 {
		q.SocketLabel = new(policy.Context)
		*q.SocketLabel = probe.Context(t, p, pick(rng, []string{"s_t", "d_t", "u:r:s_t:s0-s1:c0.c1"}))
	}
	return q
}

// testCIPSO compares operations whose other end sends its own label, whole or
// its level alone.
func testCIPSO(t *testing.T, vm *VM, c *counts) {
	rounds, each := 6, 10
	if long() {
		rounds, each = 40, 40
	}
	rng := rand.New(rand.NewPCG(2, 8))
	l := newLabels(t, vm)
	j := &judge{vm: vm, c: c, model: network.Ask}
	for round := range rounds {
		kind, level := uint32(cipsoLocal), pick(rng, []string{"s0", "s0:c0", "s1"})
		sender, seen := "u:r:g_t:"+level, "u:r:g_t:"+level
		if round%2 == 1 {
			kind, seen = cipsoPass, "u:object_r:netmsg_t:"+level
		}
		lab := randomLab(rng)
		lab.Caps = []string{"network_peer_controls", "extended_socket_class"}
		lab.Rules += `(type g_t) (roletype r g_t) (roletype object_r g_t) (typeattribute ends) (typeattributeset ends (all))
(allow g_t ends (netif (egress))) (allow g_t ends (node (sendto))) (allow g_t ends (peer (recv))) (allow ends ends (netif (ingress)))
(allow ends ends (node (recvfrom)))
` + // The kernel answers packets that carry CIPSO and are refused (cipso_v4_error).
			`(allow kernel_t ends (netif (egress))) (allow kernel_t ends (node (sendto)))
`
		for _, class := range []string{"tcp_socket", "udp_socket", "sctp_socket"} {
			lab.Rules += "(allow d_t g_t (" + class + " (connect write)))\n"
			if class != "udp_socket" {
				lab.Rules += "(allow g_t ends (" + class + " (name_connect)))\n"
			}
		}
		for _, s := range []string{"d_t", "s_t"} {
			if rng.IntN(3) > 0 {
				lab.Rules += "(allow " + s + " ends (peer (recv)))\n"
			}
		}
		l.clear(t)
		db, err := Permissive(lab.Policy(t).DB())
		if err != nil {
			t.Fatal(err)
		}
		p := policy.New(db)
		j.load(t, p)
		types := []string{"g_t"}
		if rng.IntN(2) == 0 {
			types = append(types, "d_t", "s_t")
		}
		if err := l.net.AddCIPSO(kind, types...); err != nil {
			t.Fatal(err)
		}
		j.helper = sender
		peer := probe.Context(t, p, seen)
		for range each {
			q := randomPacket(t, p, rng)
			if q.Protocol != network.UDP {
				q.Protocol = network.TCP
			}
			if q.Addr.Is6() {
				q.Addr = netip.MustParseAddr("127.0.0.1") // CIPSO is of IPv4
			}
			q.Host, q.PeerLabel = host.Standard(), &peer
			q.Host.PeerLabelling, q.Host.Enforcing = true, rng.IntN(3) > 0
			j.compare(t, q)
		}
	}
	l.clear(t)
	t.Logf("%v in the machine; outcomes by errno: %v; other denials: %v", j.took, j.seen, j.others)
	if j.bad > 0 {
		t.Errorf("%d of %d operations differ", j.bad, rounds*each)
	}
	if j.seen[string(network.Silence)] == 0 || j.seen[""] == 0 {
		t.Error("one of the verdicts never came up")
	}
}
