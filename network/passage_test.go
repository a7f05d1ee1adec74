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

// The facts give the labels of a packet in a record. Its SECMARK labels depend on whether it is a client's packet,
// a server's answer, or not known to be either. The labels of its sender depend on the address.
func TestPassage(t *testing.T) {
	p := probe.Lab{Netif: "lo", Rules: factsRules}.Policy(t)
	always := probe.Lab{Netif: "lo", Caps: []string{"network_peer_controls", "always_check_network"},
		Rules: factsRules}.Policy(t)
	secmark := func(rules string) host.Facts {
		h := machineFacts()
		h.Secmark = true
		h.Filter = &host.Filter{Chains: host.ParseIPTablesFilter([]byte("*security\n:INPUT ACCEPT [0:0]\n:OUTPUT "+
			"ACCEPT [0:0]\n"+rules), "ip")}
		return h
	}
	labelled := func(list ...host.StaticLabel) host.Facts {
		h := machineFacts()
		h.NetLabel, h.PeerLabelling = static(list...), true
		return h
	}
	cipso := labelled(host.StaticLabel{Interface: "eth0", Addresses: "10.0.0.9/32", Context: "u:r:peer_t:s0"})
	cipso.NetLabel.CIPSO = []uint32{1}
	unread := machineFacts()
	unread.Unknown = []host.Unknown{{Fact: host.FactSecmark}, {Fact: host.FactNetLabel}}
	const packet = " -j SECMARK --selctx u:object_r:packet_t:s0\n"
	const server = "-A OUTPUT -p tcp --sport 80" + packet
	own, other := netip.MustParseAddr("10.0.0.7"), netip.MustParseAddr("10.0.0.9")
	for _, tt := range []struct {
		name    string
		facts   host.Facts
		p       *policy.Policy
		passage network.Passage
		secmark string // types; "-" for a packet of which nothing is asked
		sender  string
	}{
		{"nothing is labelled", machineFacts(), p, network.Passage{Departs: true, Source: own, Dest: other,
			SPort: 40000, DPort: 80}, "-", "-"},
		{"always_check_network", machineFacts(), always, network.Passage{Departs: true, Source: own, Dest: other,
			SPort: 40000, DPort: 80}, "unlabeled_t", "unlabeled_t"},
		{"a standard machine", host.Standard(), p, network.Passage{Departs: true, Source: own, Dest: other,
			SPort: 40000, DPort: 80}, "", ""},
		{"facts that could not be read", unread, p, network.Passage{Departs: true, Source: own, Dest: other,
			SPort: 40000, DPort: 80}, "", ""},
		{"a server's answer", secmark(server), p, network.Passage{Departs: true, Source: own, Dest: other, SPort: 80,
			DPort: 40000}, "packet_t unlabeled_t", "-"},
		{"a client's packet", secmark(server), p, network.Passage{Departs: true, Source: own, Dest: other,
			SPort: 40000, DPort: 80}, "unlabeled_t", "-"},
		{"by its state", secmark("-A OUTPUT -m conntrack --ctstate NEW" + packet), p,
			network.Passage{Departs: true, Source: own, Dest: other, SPort: 40000, DPort: 80},
			"packet_t unlabeled_t", "-"},
		{"the direction of a connection", secmark("-A INPUT -m conntrack --ctdir REPLY" + packet), p,
			network.Passage{Source: other, Dest: own, SPort: 80, DPort: 40000}, "packet_t", "-"},
		{"to a server", secmark("-A INPUT -m conntrack --ctdir REPLY" + packet), p, network.Passage{Source: other,
			Dest: own, SPort: 40000, DPort: 80}, "unlabeled_t", "-"},
		{"either end may serve", secmark("-A INPUT -m conntrack --ctdir REPLY" + packet), p,
			network.Passage{Source: other, Dest: own, SPort: 80, DPort: 81}, "unlabeled_t packet_t", "-"},
		{"through the loopback interface", secmark("-A OUTPUT -o lo" + packet), p, network.Passage{Source: own,
			Dest: own, SPort: 40000, DPort: 80, Netif: "lo"}, "packet_t", "-"},
		{"ICMP", secmark("-A OUTPUT -p icmp" + packet), p, network.Passage{Departs: true, Source: own, Dest: other},
			"packet_t", "-"},
		{"a static label", labelled(host.StaticLabel{Interface: "eth0", Addresses: "10.0.0.9/32",
			Context: "u:r:peer_t:s0"}), p,
			network.Passage{Source: other, Dest: own, SPort: 80, DPort: 40000, Netif: "eth0"}, "-", "peer_t"},
		{"a static label of another address", labelled(host.StaticLabel{Interface: "eth0", Addresses: "10.0.0.8/32",
			Context: "u:r:peer_t:s0"}), p,
			network.Passage{Source: other, Dest: own, SPort: 80, DPort: 40000, Netif: "eth0"}, "-", "unlabeled_t"},
		{"CIPSO may carry another", cipso, p, network.Passage{Source: other, Dest: own, SPort: 80, DPort: 40000,
			Netif: "eth0"}, "-", "? peer_t"},
		{"CIPSO is of IPv4", cipso, p, network.Passage{Source: netip.MustParseAddr("2001:db8::1"), SPort: 80,
			DPort: 40000, Netif: "eth0"}, "-", "unlabeled_t"},
	} {
		tt.passage.Host = tt.facts
		d := access.NewDecider(tt.p)
		text := func(list []network.PacketLabel, asked bool) string {
			if !asked {
				return "-"
			}
			var names []string
			for _, l := range list {
				if l.Unknown {
					names = append(names, "?")
				} else {
					names = append(names, tt.p.TypeName(policy.TypeID(l.Context.Type)))
				}
				if l.By == "" {
					t.Errorf("%s: a label by nothing", tt.name)
				}
			}
			return strings.Join(names, " ")
		}
		if got := text(tt.passage.Secmarks(d)); got != tt.secmark {
			t.Errorf("%s: SECMARK %q, want %q", tt.name, got, tt.secmark)
		}
		if got := text(tt.passage.Senders(d)); got != tt.sender {
			t.Errorf("%s: sender %q, want %q", tt.name, got, tt.sender)
		}
	}
}

// CALIPSO's label without categories is replaced by a static label (calipso_opt_getattr); seen on both kernels.
func TestCALIPSOWithoutCategories(t *testing.T) {
	p := probe.Lab{Netif: "lo", Rules: factsRules + "(allow d_t peer_t (peer (recv)))\n(typeattributeset " +
		"all_nodes (any6_node_t))\n"}.Policy(t)
	for _, tt := range []struct {
		static string // the label of all packets from ::1
		want   string
	}{
		{"", "silence d_t netmsg_t:peer recv"},
		{"u:r:peer_t:s0", "ok"},
		// The server's connection has the level of the client's packets.
		{"u:r:peer_t:s0:c0", "silence d_t netmsg_t:peer recv"},
	} {
		h := machineFacts()
		h.PeerLabelling = true
		h.NetLabel = &host.NetLabel{Supported: true, AcceptUnlabelled: true, CALIPSO: []uint32{1},
			Domains: []host.DomainMap{{Domain: "h_t", Protocol: "calipso", DOI: 1, Family: "ip6"},
				{Protocol: "unlabelled"}}}
		if tt.static != "" {
			h.NetLabel.Static = []host.StaticLabel{{Interface: "lo", Addresses: "::1/128", Context: tt.static}}
		}
		peer := probe.Context(t, p, "u:r:h_t:s0")
		a, err := network.Ask(access.NewDecider(p), network.Question{Operation: network.Connect,
			Protocol: network.TCP, Port: 80, Addr: netip.IPv6Loopback(),
			Subject: probe.Context(t, p, "d_t"), Peer: &peer, Machine: network.Machine{Host: h}})
		if err != nil {
			t.Fatal(err)
		}
		if got := probe.Outcome(p, a); got != tt.want {
			t.Errorf("static label %q: %s, want %s", tt.static, got, tt.want)
		}
	}
}

// NetLabel makes calls fail. socket() fails if the domain map has no entry for the family, or if the label cannot
// be written. connect() and sending fail if the map has entries by address and none fits. Seen on both kernels.
func TestNetLabelFails(t *testing.T) {
	udp := strings.ReplaceAll("(allow d_t self (tcp_socket (create write read)))(allow d_t all_nodes (tcp_socket "+
		"(node_bind)))", "tcp", "udp")
	p := probe.Lab{Netif: "lo", Rules: factsRules + udp}.Policy(t)
	cipso := func(kind string, list ...host.DomainMap) *host.NetLabel {
		d := host.CIPSODefinition{DOI: 1, Map: kind, Tags: []int{1}, Levels: [][2]uint32{{0, 3}}}
		return &host.NetLabel{Supported: true, AcceptUnlabelled: true, CIPSO: []uint32{1},
			Definitions: []host.CIPSODefinition{d},
			Domains:     list}
	}
	own := func(addresses, protocol string) host.DomainMap {
		return host.DomainMap{Domain: "d_t", Protocol: protocol, DOI: 1, Family: "ip", Addresses: addresses}
	}
	all4, all6 := host.DomainMap{Protocol: "unlabelled", Family: "ip"}, host.DomainMap{Protocol: "unlabelled",
		Family: "ip6"}
	for _, tt := range []struct {
		name     string
		n        *host.NetLabel
		protocol network.Protocol
		op       network.Operation
		addr     string
		level    string
		want     string // call and errno, "" for allowed
	}{
		{"a default", cipso("trans", all4), network.TCP, network.Connect, "10.0.0.9", "s0", ""},
		{"no default of the family", cipso("trans", all4), network.TCP, network.Connect, "2001:db8::1", "s0",
			"socket ENOENT"},
		{"no default at all", cipso("trans", all6), network.TCP, network.Listen, "10.0.0.7", "s0", "socket ENOENT"},
		{"a level that the map has", cipso("trans", own("", "cipso"), all4), network.TCP, network.Connect,
			"10.0.0.9", "s0", ""},
		{"a level that it lacks", cipso("trans", own("", "cipso"), all4), network.TCP, network.Connect, "10.0.0.9",
			"s1", "socket EPERM"},
		{"a category that it lacks", cipso("trans", own("", "cipso"), all4), network.UDP, network.Recv, "10.0.0.7",
			"s0:c0", "socket EPERM"},
		{"by address", cipso("trans", own("10.0.0.0/8", "cipso"), all4), network.TCP, network.Connect, "10.0.0.9",
			"s0", ""},
		{"no entry for the address", cipso("trans", own("192.0.2.0/24", "cipso"), all4), network.TCP,
			network.Connect, "10.0.0.9", "s0", "connect ENOENT"},
		{"a level, by address", cipso("trans", own("10.0.0.0/8", "cipso"), all4), network.TCP, network.Connect,
			"10.0.0.9", "s1", "connect EPERM"},
		{"datagrams by address", cipso("trans", own("192.0.2.0/24", "cipso"), all4), network.UDP, network.Send,
			"10.0.0.9", "s0", "send EPERM"},
		{"unlabelled by address", cipso("trans", own("10.0.0.0/8", "unlabelled"), all4), network.UDP, network.Send,
			"10.0.0.9", "s1", ""},
		{"of another domain", cipso("trans", host.DomainMap{Domain: "h_t", Protocol: "cipso", DOI: 1}, all4),
			network.TCP, network.Connect, "10.0.0.9", "s1", ""},
	} {
		h := machineFacts()
		h.NetLabel, h.PeerLabelling = tt.n, true
		q := network.Question{Operation: tt.op, Protocol: tt.protocol, Port: 8080, Addr: netip.MustParseAddr(tt.addr),
			Subject: probe.Context(t, p, "u:r:d_t:"+tt.level), Machine: network.Machine{Host: h}}
		a, err := network.Ask(access.NewDecider(p), q)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, l := range a.Layers {
			if l.Check.Reason.Code == network.NetLabelFails && got == "" {
				got = string(l.Call) + " " + string(l.Errno)
			}
		}
		if got != tt.want || got != "" && a.Verdict != network.Denied {
			t.Errorf("%s: %q, verdict %s, want %q", tt.name, got, a.Verdict, tt.want)
		}
		j, err := network.NewJudge(access.NewDecider(p), q)
		if err != nil {
			t.Fatal(err)
		}
		if v := j.Port(q.Port, a.Port.Context); v != a.Verdict {
			t.Errorf("%s: the judge says %s, Ask %s", tt.name, v, a.Verdict)
		}
	}
}

// An answer that depends on files that may not be loaded names that assumption, and no other answer does.
func TestAssumeLoaded(t *testing.T) {
	p := probe.Lab{Netif: "lo", Rules: factsRules}.Policy(t)
	for how, want := range map[host.How]int{host.HowRead: 0, host.HowConfigured: 1} {
		h := machineFacts()
		h.Secmark, h.Filter = true, &host.Filter{}
		h.Origins = []host.Origin{{Fact: host.FactSecmark, How: how, From: "/etc/x"}, {Fact: host.FactNetLabel,
			How: host.HowConfigured, From: "/etc/y"}}
		a, err := network.Ask(access.NewDecider(p), network.Question{Operation: network.Connect,
			Protocol: network.TCP, Port: 80,
			Addr: netip.MustParseAddr("10.0.0.9"), Subject: probe.Context(t, p, "d_t"),
			Machine: network.Machine{Host: h}})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, x := range a.Assumptions {
			if x.Code == network.AssumedLoaded && strings.Contains(x.Text, "/etc/x") && !strings.Contains(x.Text,
				"/etc/y") {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %v", how, a.Assumptions)
		}
	}
}

// SCTP with the class rawip_socket: the answer of a server has the listener's own level. It has no level if
// NetLabel's map is by address, although later packets have one. Seen on both kernels.
func TestAnswersOfSCTP(t *testing.T) {
	rules := strings.ReplaceAll(factsRules, "tcp_socket", "rawip_socket") + "(allow d_t peers (peer (recv)))\n" +
		"(mlsconstrain (peer (recv)) (dom h1 h2))\n"
	rules = strings.ReplaceAll(rules, "name_bind name_connect", "name_bind")
	p := probe.Lab{Netif: "lo", Caps: []string{"network_peer_controls"}, Rules: rules}.Policy(t)
	for _, tt := range []struct {
		addresses string // of the entry of the server's domain
		want      network.Verdict
	}{
		{"", network.Denied}, // s1, which d_t at s0 does not dominate
		{"127.0.0.0/8", network.Depends},
		{"10.0.0.0/8", network.Depends},
	} {
		h := machineFacts()
		h.PeerLabelling = true
		h.NetLabel = &host.NetLabel{Supported: true, AcceptUnlabelled: true, CIPSO: []uint32{1},
			Definitions: []host.CIPSODefinition{{DOI: 1, Map: "local", Tags: []int{128}}},
			Domains: []host.DomainMap{{Domain: "h_t", Protocol: "cipso", DOI: 1, Family: "ip", Addresses: tt.addresses},
				{Protocol: "unlabelled"}}}
		peer := probe.Context(t, p, "u:r:h_t:s1")
		a, err := network.Ask(access.NewDecider(p), network.Question{Operation: network.Connect,
			Protocol: network.SCTP, Port: 8080,
			Addr: netip.MustParseAddr("127.0.0.1"), Subject: probe.Context(t, p, "d_t"), Peer: &peer,
			Machine: network.Machine{Host: h}})
		if err != nil {
			t.Fatal(err)
		}
		if a.Verdict != tt.want {
			t.Errorf("%q: %s, want %s: %s", tt.addresses, a.Verdict, tt.want, probe.Outcome(p, a))
		}
	}
}
