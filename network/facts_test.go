package network_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

// factsRules let d_t use its own sockets, every port and node, and packets and peers without a label.
const factsRules = `(allow d_t self (tcp_socket (create bind listen accept connect read write))) (allow d_t self (capability (net_bind_service)))
(typeattribute ports) (typeattributeset ports (port_t a_port_t b_port_t)) (allow d_t ports (tcp_socket (name_bind name_connect)))
(typeattribute all_nodes) (typeattributeset all_nodes (node_t lo_node_t)) (allow d_t all_nodes (tcp_socket (node_bind)))
(allow d_t all_nodes (node (sendto))) (allow d_t netif_t (netif (egress))) (allow d_t lo_netif_t (netif (egress)))
(typeattribute peers) (typeattributeset peers (unlabeled_t peer_t netmsg_t h_t d_t)) (allow peers all_nodes (node (recvfrom)))
(allow peers netif_t (netif (ingress))) (allow peers lo_netif_t (netif (ingress)))
(allow d_t unlabeled_t (packet (send recv))) (allow d_t unlabeled_t (peer (recv)))
`

// A machine has a loopback interface, eth0 with 10.0.0.7/24, and the default route.
func machineFacts() host.Facts {
	h := host.Standard()
	h.Source, h.Assumed = "this machine", false
	h.Interfaces = []host.Interface{{Index: 1, Name: "lo", Loopback: true, Up: true,
		Addresses: []string{"127.0.0.1/8"}},
		{Index: 2, Name: "eth0", Up: true, Addresses: []string{"10.0.0.7/24"}}}
	h.Routes = []host.Route{{To: "0.0.0.0/0", Interface: "eth0", Table: 254, Type: "unicast"},
		{To: "10.0.0.0/24", Interface: "eth0", Table: 254, Type: "unicast"},
		{To: "10.0.0.7/32", Interface: "lo", Table: 255, Type: "local", Source: "10.0.0.7"}}
	return h
}

func static(list ...host.StaticLabel) *host.NetLabel {
	return &host.NetLabel{Supported: true, AcceptUnlabelled: true, Static: list,
		Domains: []host.DomainMap{{Protocol: "unlabelled"}}}
}

// Each case is a rule by which the kernel labels packets, and the expected label.
func TestFactsLabelPackets(t *testing.T) {
	p := probe.Lab{Netif: "lo", Rules: factsRules}.Policy(t)
	always := probe.Lab{Netif: "lo", Caps: []string{"network_peer_controls", "extended_socket_class",
		"always_check_network"}, Rules: strings.ReplaceAll(factsRules, "(allow d_t lo_netif_t (netif (egress)))",
		"")}.Policy(t)
	peer := "u:r:peer_t:s0"
	secmark := func(rules string) func(*host.Facts) {
		return func(h *host.Facts) {
			h.Secmark = true
			h.Filter = &host.Filter{Chains: host.ParseIPTablesFilter([]byte("*security\n:INPUT ACCEPT "+
				"[0:0]\n:OUTPUT ACCEPT [0:0]\n"+rules), "ip")}
		}
	}
	labels := func(n *host.NetLabel) func(*host.Facts) {
		return func(h *host.Facts) { h.NetLabel, h.PeerLabelling = n, true }
	}
	cipso := func(kind string, tag int) func(*host.Facts) {
		return labels(&host.NetLabel{Supported: true, AcceptUnlabelled: true, CIPSO: []uint32{1},
			Definitions: []host.CIPSODefinition{{DOI: 1, Map: kind, Tags: []int{tag}}},
			Domains: []host.DomainMap{{Domain: "h_t", Protocol: "cipso", DOI: 1, Family: "ip"},
				{Protocol: "unlabelled"}}})
	}
	packet := "u:object_r:packet_t:s0"
	for _, tt := range []struct {
		name  string
		p     *policy.Policy
		facts func(*host.Facts)
		op    network.Operation
		addr  string
		from  string
		peer  string
		want  string
	}{
		{name: "no labels", op: network.Connect, addr: "10.0.0.9", want: "ok"},
		{name: "a rule for the port", facts: secmark("-A OUTPUT -p tcp --dport 80 -j SECMARK --selctx " + packet +
			"\n"), op: network.Connect, addr: "10.0.0.9",
			want: "ECONNREFUSED d_t packet_t:packet send"},
		{name: "a rule for another interface", facts: secmark("-A OUTPUT -o lo -j SECMARK --selctx " + packet + "\n"),
			op: network.Connect, addr: "10.0.0.9", want: "ok"},
		{name: "an own address is on lo", facts: secmark("-A OUTPUT -o lo -j SECMARK --selctx " + packet + "\n"),
			op: network.Connect, addr: "10.0.0.7",
			want: "ECONNREFUSED d_t packet_t:packet send"},
		{name: "the answer alone", facts: secmark("-A INPUT -m state --state ESTABLISHED -j SECMARK --selctx " +
			packet + "\n"), op: network.Connect, addr: "10.0.0.9",
			want: "silence d_t packet_t:packet recv"},
		{name: "later packets alone",
			facts: secmark("-A OUTPUT -m conntrack --ctstate ESTABLISHED -j SECMARK --selctx " + packet + "\n"),
			op:    network.Connect, addr: "10.0.0.9",
			want: "silence d_t packet_t:packet send"},
		{name: "a rule that hangs on the user",
			facts: secmark("-A OUTPUT -m owner --uid-owner 0 -j SECMARK --selctx " + packet + "\n"),
			op:    network.Connect, addr: "10.0.0.9",
			want: "depends"},
		{name: "a label that the policy lacks is unlabeled",
			facts: secmark("-A OUTPUT -j SECMARK --selctx a:b:c:s0\n"), op: network.Connect, addr: "10.0.0.9",
			want: "ok"},
		{name: "a static label", facts: labels(static(host.StaticLabel{Interface: "lo", Addresses: "127.0.0.0/8",
			Context: peer})), op: network.Connect, addr: "127.0.0.1",
			want: "silence d_t peer_t:peer recv"},
		{name: "a static label elsewhere", facts: labels(static(host.StaticLabel{Interface: "lo",
			Addresses: "127.0.0.0/8", Context: peer})), op: network.Connect, addr: "10.0.0.9", want: "ok"},
		// An interface with its own labels does not fall back to the default labels.
		{name: "no default beside an interface", facts: labels(static(host.StaticLabel{Interface: "eth0",
			Addresses: "192.0.2.0/24", Context: peer},
			host.StaticLabel{Addresses: "0.0.0.0/0", Context: peer})), op: network.Connect, addr: "10.0.0.9",
			want: "ok"},
		{name: "the longest prefix", facts: labels(static(host.StaticLabel{Interface: "eth0", Addresses: "0.0.0.0/0",
			Context: peer},
			host.StaticLabel{Interface: "eth0", Addresses: "10.0.0.9/32", Context: "u:object_r:unlabeled_t:s0"})),
			op: network.Connect, addr: "10.0.0.9", want: "ok"},
		{name: "a server without a client", facts: labels(static(host.StaticLabel{Interface: "eth0",
			Addresses: "10.0.0.9/32", Context: peer})), op: network.Listen, addr: "10.0.0.7",
			want: "depends"},
		{name: "a server with its client", facts: labels(static(host.StaticLabel{Interface: "eth0",
			Addresses: "10.0.0.9/32", Context: peer})), op: network.Listen, addr: "10.0.0.7",
			from: "10.0.0.9", want: "silence d_t peer_t:peer recv"},
		{name: "packets without a label are not accepted",
			facts: labels(&host.NetLabel{Supported: true,
				Static: []host.StaticLabel{{Addresses: "203.0.113.1/32", Context: peer}}}),
			op: network.Connect, addr: "10.0.0.9", want: "silence unlabeled_t netif_t:netif ingress silent"},
		{name: "CIPSO keeps the whole label", facts: cipso("local", 128), op: network.Connect, addr: "127.0.0.1",
			peer: "u:r:h_t:s0", want: "silence d_t h_t:peer recv"},
		{name: "CIPSO keeps the level", facts: cipso("pass", 1), op: network.Connect, addr: "127.0.0.1",
			peer: "u:r:h_t:s0", want: "silence d_t netmsg_t:peer recv"},
		{name: "CIPSO of another domain", facts: cipso("local", 128), op: network.Connect, addr: "127.0.0.1",
			peer: "u:r:s_t:s0", want: "ok"},
		{name: "CIPSO of a process that is not named", facts: cipso("local", 128), op: network.Connect,
			addr: "127.0.0.1", want: "depends"},
		{name: "the netifcon of lo", p: always, op: network.Connect, addr: "127.0.0.1",
			want: "ECONNREFUSED d_t lo_netif_t:netif egress"},
		{name: "the netifcon of lo, to eth0", p: always, op: network.Connect, addr: "10.0.0.9", want: "ok"},
		{name: "a filter that drops",
			facts: secmark("-A OUTPUT -p tcp --dport 80 -j DROP\n-A OUTPUT -j SECMARK --selctx " + packet + "\n"),
			op:    network.Connect, addr: "10.0.0.9", want: "ok filtered"},
	} {
		q := network.Question{Operation: tt.op, Protocol: network.TCP, Port: 80, Addr: netip.MustParseAddr(tt.addr),
			Machine: network.Machine{Host: machineFacts()}}
		if tt.facts != nil {
			tt.facts(&q.Host)
		}
		if tt.from != "" {
			q.Remote = netip.MustParseAddr(tt.from)
		}
		lab := p
		if tt.p != nil {
			lab = tt.p
		}
		if tt.peer != "" {
			c := probe.Context(t, lab, tt.peer)
			q.Peer = &c
		}
		q.Subject = probe.Context(t, lab, "d_t")
		a, err := network.Ask(access.NewDecider(lab), q)
		if err != nil {
			t.Fatal(err)
		}
		got := probe.Outcome(lab, a)
		if a.Verdict == network.Depends {
			got = string(a.Verdict)
		}
		if a.Filtered != "" {
			got += " filtered"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The sender gets an error for a packet that the filter drops as it leaves. It gets none for a packet that is
// dropped as it arrives at the other end of the same host (seen with datagrams on both kernels: send returns their
// length). 10.0.0.7 is the host's own address. 10.0.0.9 is another host's, which has its own filter.
func TestFilteredWhere(t *testing.T) {
	p := probe.Lab{Netif: "lo", Rules: factsRules}.Policy(t)
	const lost = " -p udp --dport 9000 -j DROP\n"
	for _, tt := range []struct{ rules, addr, want string }{
		{"-A OUTPUT" + lost, "127.0.0.1", "the packet filter drops the packet: "},
		{"-A INPUT" + lost, "127.0.0.1", "the packet filter drops the packet as it arrives: "},
		{"-A INPUT" + lost, "10.0.0.7", "the packet filter drops the packet as it arrives: "},
		{"-A INPUT" + lost, "10.0.0.9", ""},
		{"-A OUTPUT" + lost + "-A INPUT" + lost, "127.0.0.1", "the packet filter drops the packet: "},
	} {
		q := network.Question{Operation: network.Send, Protocol: network.UDP, Port: 9000,
			Addr: netip.MustParseAddr(tt.addr), Machine: network.Machine{Host: machineFacts()},
			Subject: probe.Context(t, p, "d_t")}
		q.Host.Secmark = true
		q.Host.Filter = &host.Filter{Chains: host.ParseIPTablesFilter([]byte("*security\n:INPUT ACCEPT "+
			"[0:0]\n:OUTPUT ACCEPT [0:0]\n"+tt.rules+"COMMIT\n"), "ip")}
		a, err := network.Ask(access.NewDecider(p), q)
		if err != nil {
			t.Fatal(err)
		}
		got, _, _ := strings.Cut(a.Filtered, ": ")
		if want := strings.TrimSuffix(tt.want, ": "); got != want {
			t.Errorf("%q to %s: filtered %q, want %q", tt.rules, tt.addr, a.Filtered, want)
		}
	}
}
