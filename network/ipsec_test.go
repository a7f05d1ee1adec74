package network_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

const packet = "u:object_r:packet_t:s0"

// IPv4 packets over the loopback interface do not use IPsec. Other packets, and IPv6 packets over the loopback
// interface, may carry its labels.
func TestIPsecLabels(t *testing.T) {
	labelled := func(prefix string) host.IPsecLabel {
		return host.IPsecLabel{Kind: "policy", Context: packet, Direction: "in", Source: prefix,
			Dest: prefix, Action: "transform"}
	}
	policies := []host.IPsecLabel{labelled("10.0.0.0/24"), labelled("127.0.0.0/8"), labelled("::1/128")}
	for addr, want := range map[string]network.Verdict{
		"127.0.0.1": network.Allowed, "10.0.0.7": network.Allowed, "10.0.0.9": network.Depends,
		"192.0.2.1": network.Allowed, "::1": network.Depends,
	} {
		if a := askIPsec(t, "", addr, policies...); a.Verdict != want {
			t.Errorf("%s: %s, want %s", addr, a.Verdict, want)
		}
	}
}

// A policy of IPsec counts for labels that have polmatch on the policy's label: the socket's label where packets
// leave, the packets' label where they arrive (selinux_xfrm_policy_lookup). A policy that lets packets pass as they
// are changes nothing.
func TestIPsecDrops(t *testing.T) {
	const (
		ofSocket = "(allow d_t packet_t (association (polmatch)))\n"
		ofPacket = "(allow unlabeled_t packet_t (association (polmatch)))\n"
	)
	const drops = "IPsec may drop the packet: the policy of IPsec "
	// Packets of SCTP that leave have no label at the policy lookup.
	sctp := ofPacket +
		"(allow d_t self (sctp_socket (create connect))) (allow d_t ports (sctp_socket (name_connect)))\n"
	if a := askIPsecOf(t, network.SCTP, sctp, "10.0.0.9", host.IPsecLabel{Kind: "policy", Context: packet,
		Direction: "out", Action: "block"}); a.MayFilter != drops+"out for "+packet {
		t.Errorf("SCTP: %q", a.MayFilter)
	}
	for _, tt := range []struct {
		rules, addr, direction, action string
		want                           string // of Answer.MayFilter
	}{
		{"", "10.0.0.9", "out", "block", ""},
		{ofSocket, "10.0.0.9", "out", "block", drops + "out for " + packet},
		{ofSocket, "10.0.0.9", "out", "transform", drops + "out for " + packet},
		{ofSocket, "10.0.0.9", "out", "allow", ""},
		{ofPacket, "10.0.0.9", "out", "block", ""},
		{ofPacket, "10.0.0.9", "in", "block", drops + "in for " + packet},
		{ofSocket, "10.0.0.9", "in", "block", ""},
		{ofSocket + ofPacket, "10.0.0.9", "fwd", "block", ""},
		// Over the loopback interface both ends check the same packet, for IPv6 only.
		{ofPacket, "::1", "in", "block", drops + "in for " + packet},
		{ofSocket + ofPacket, "127.0.0.1", "out", "block", ""},
		{ofSocket + ofPacket, "10.0.0.7", "out", "block", ""},
		{"(typepermissive d_t)\n", "10.0.0.9", "out", "block", drops + "out for " + packet},
		// A configuration does not tell what a policy does.
		{ofSocket, "10.0.0.9", "", "", drops + "for " + packet},
	} {
		a := askIPsec(t, tt.rules, tt.addr, host.IPsecLabel{Kind: "policy", Context: packet,
			Direction: tt.direction, Action: tt.action})
		if a.MayFilter != tt.want {
			t.Errorf("%+v: %q", tt, a.MayFilter)
		}
		if tt.want == "" && tt.action != "transform" && a.Verdict != network.Allowed {
			t.Errorf("%+v: %s", tt, a.Verdict)
		}
	}
}

// askIPsec asks whether d_t may connect to tcp/80 on an address, on a machine with
// labelled policies of IPsec.
func askIPsec(t *testing.T, rules, addr string, policies ...host.IPsecLabel) network.Answer {
	t.Helper()
	return askIPsecOf(t, network.TCP, rules, addr, policies...)
}

func askIPsecOf(t *testing.T, protocol network.Protocol, rules, addr string,
	policies ...host.IPsecLabel) network.Answer {
	t.Helper()
	p := probe.Lab{Netif: "lo", Rules: factsRules + "(typeattributeset all_nodes (any6_node_t))\n" + rules}.Policy(t)
	h := machineFacts()
	h.PeerLabelling, h.IPsec = true, policies
	a, err := network.Ask(access.NewDecider(p), network.Question{Operation: network.Connect,
		Protocol: protocol, Port: 80, Addr: netip.MustParseAddr(addr), Subject: probe.Context(t, p, "d_t"),
		Machine: network.Machine{Host: h}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(a.Filtered, "IPsec") {
		t.Errorf("%s: %s", addr, a.Filtered)
	}
	return a
}
