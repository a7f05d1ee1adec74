package kernel

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"

	"github.com/senet-selinux/senet/test/kernel/probe"
)

// A setUp is what a machine is told to do with packets, in the words of its
// tools.
type setUp struct {
	kinds []string
	nft   string
	// tables are rules for iptables-legacy or iptables-nft: arguments.
	program string
	tables  [][]string
	static  []StaticLabel
	cipso   uint32 // a kind of map, 0 for none
	domains []string
}

// packetTypes are the types of packets that rules give.
var packetTypes = []string{"p1_t", "p2_t", "p3_t", "packet_t"}

// randomSetUp returns a set-up of one or two kinds.
func randomSetUp(rng *rand.Rand) *setUp {
	s := &setUp{}
	kinds := []string{"nft", "nft", "legacy", "iptables-nft", "static", "cipso local", "cipso pass", "nothing"}
	for range 1 + rng.IntN(2) {
		kind := pick(rng, kinds)
		s.kinds = append(s.kinds, kind)
		switch kind {
		case "nft":
			s.nft = randomNFT(rng)
		case "legacy", "iptables-nft":
			s.program, s.tables = strings.Replace("iptables-"+kind, "iptables-iptables", "iptables", 1), randomIPTables(rng)
		case "static":
			s.static = randomStatic(rng)
		case "cipso local", "cipso pass":
			s.cipso = cipsoLocal
			if kind == "cipso pass" {
				s.cipso = cipsoPass
			}
			s.domains = nil
			for _, t := range []string{"d_t", "s_t", "h_t", "g_t"} {
				if rng.IntN(3) > 0 {
					s.domains = append(s.domains, t)
				}
			}
		}
	}
	return s
}

func packetContext(rng *rand.Rand) string {
	return "u:object_r:" + pick(rng, packetTypes) + ":" + pick(rng, []string{"s0", "s0", "s0", "s1", "s0:c0"})
}

// the ports that operations are about, and ranges around them.
var factsPorts = []uint16{80, 8080, 9000, 40000, 40001}

func randomPorts(rng *rand.Rand, sep string) string {
	switch rng.IntN(5) {
	case 0:
		return fmt.Sprintf("1%s1023", sep)
	case 1:
		return fmt.Sprintf("8000%s8100", sep)
	case 2:
		return fmt.Sprintf("32768%s60999", sep)
	}
	return fmt.Sprint(pick(rng, factsPorts))
}

// randomNFT returns a ruleset for nft.
func randomNFT(rng *rand.Rand) string {
	var b strings.Builder
	family := pick(rng, []string{"inet", "inet", "ip"})
	fmt.Fprintf(&b, "table %s t1 {\n", family)
	for i := range 3 {
		fmt.Fprintf(&b, " secmark m%d { \"%s\" }\n", i, packetContext(rng))
	}
	fmt.Fprintf(&b, " map ports { type inet_service : secmark; elements = { 80 : \"m0\", 8080 : \"m1\", 9000 : \"m2\" }; }\n")
	fmt.Fprintf(&b, " map ranges { type inet_service : secmark; flags interval; elements = { 1-1023 : \"m1\", 8000-8100 : \"m2\", 40000 : \"m0\" }; }\n")
	match := func() string {
		var m []string
		if rng.IntN(2) == 0 {
			proto := pick(rng, []string{"tcp", "tcp", "udp"})
			not := pick(rng, []string{"", "", "!= "})
			switch rng.IntN(4) {
			case 0:
				m = append(m, "meta l4proto "+proto)
			case 1:
				m = append(m, proto+" dport { "+randomPorts(rng, "-")+" }")
			case 2:
				m = append(m, proto+" sport "+not+randomPorts(rng, "-"))
			default:
				m = append(m, proto+" dport "+not+randomPorts(rng, "-"))
			}
		}
		switch rng.IntN(10) {
		case 0:
			m = append(m, "ip daddr 127.0.0.0/8")
		case 1:
			m = append(m, "ip saddr != 127.0.0.1")
		case 2:
			m = append(m, "ip daddr { 192.0.2.0/24, 10.0.0.1 }")
		case 3:
			m = append(m, "oifname \"lo\"")
		case 4:
			m = append(m, "iifname { \"lo\", \"eth0\" }")
		case 5:
			m = append(m, "iif lo")
		}
		switch rng.IntN(8) {
		case 0, 1:
			m = append(m, "ct state new")
		case 2:
			m = append(m, "ct state established,related")
		case 3:
			m = append(m, "ct direction "+pick(rng, []string{"original", "reply"}))
		case 4:
			if !strings.Contains(strings.Join(m, " "), "udp") {
				m = append(m, "tcp flags syn / syn,ack")
			}
		}
		return strings.Join(m, " ")
	}
	action := func(jump bool) string {
		switch n := rng.IntN(24); {
		case n < 10:
			return fmt.Sprintf("meta secmark set \"m%d\"", rng.IntN(3))
		case n < 12:
			return "meta secmark set tcp dport map " + pick(rng, []string{"@ports", "@ranges"})
		case n < 14:
			return "ct secmark set meta secmark"
		case n < 16:
			return "meta secmark set ct secmark"
		case n < 17:
			return "accept"
		case n < 18 && jump:
			return "return"
		case n < 21 && jump:
			return pick(rng, []string{"jump sub", "goto sub"})
		case n < 22 && rng.IntN(3) == 0:
			return "drop"
		}
		return fmt.Sprintf("meta secmark set \"m%d\"", rng.IntN(3))
	}
	rules := func(n int, jump bool) {
		for range n {
			a := action(jump)
			m := match()
			if strings.Contains(a, "map") {
				m = strings.TrimSpace(pick(rng, []string{"", "ct state new", "oifname \"lo\""}))
			}
			fmt.Fprintf(&b, "  %s %s\n", m, a)
		}
	}
	fmt.Fprintf(&b, " chain sub {\n")
	rules(1+rng.IntN(2), false)
	fmt.Fprintf(&b, " }\n")
	hooks := []string{"output", "postrouting", "input", "prerouting", "output"}
	for i := range 1 + rng.IntN(3) {
		fmt.Fprintf(&b, " chain c%d { type filter hook %s priority %s;\n", i, pick(rng, hooks), pick(rng, []string{"0", "50", "-150", "-190", "100", "220"}))
		rules(1+rng.IntN(4), true)
		fmt.Fprintf(&b, " }\n")
	}
	fmt.Fprintf(&b, "}\n")
	return b.String()
}

// randomIPTables returns rules for iptables: the words of each.
func randomIPTables(rng *rand.Rand) [][]string {
	var list [][]string
	table := pick(rng, []string{"security", "security", "mangle"})
	list = append(list, []string{"-t", table, "-N", "sub"})
	chains := []string{"OUTPUT", "INPUT", "OUTPUT", "INPUT", "POSTROUTING", "PREROUTING", "sub"}
	if table == "security" {
		chains = []string{"OUTPUT", "INPUT", "sub"}
	}
	for range 2 + rng.IntN(6) {
		chain := pick(rng, chains)
		rule := []string{"-t", table, "-A", chain}
		switch rng.IntN(8) {
		case 0:
			rule = append(rule, "-s", "127.0.0.0/8")
		case 1:
			rule = append(rule, "!", "-d", "127.0.0.1")
		case 2:
			rule = append(rule, "-d", "192.0.2.1")
		}
		switch {
		case rng.IntN(6) == 0 && (chain == "OUTPUT" || chain == "POSTROUTING"):
			rule = append(rule, "-o", pick(rng, []string{"lo", "eth+"}))
		case rng.IntN(6) == 0 && (chain == "INPUT" || chain == "PREROUTING"):
			rule = append(rule, "!", "-i", pick(rng, []string{"eth0", "l+"}))
		}
		if rng.IntN(2) == 0 {
			proto := pick(rng, []string{"tcp", "tcp", "udp"})
			rule = append(rule, "-p", proto)
			side := pick(rng, []string{"--dport", "--dport", "--sport"})
			switch rng.IntN(4) {
			case 0:
			case 1:
				rule = append(rule, "-m", "multiport", side+"s", "80,8000:8100,9000")
			case 2:
				rule = append(rule, "!", side, randomPorts(rng, ":"))
			default:
				rule = append(rule, side, randomPorts(rng, ":"))
			}
			if proto == "tcp" && rng.IntN(5) == 0 {
				rule = append(rule, "--syn")
			}
		}
		switch rng.IntN(6) {
		case 0:
			rule = append(rule, "-m", "state", "--state", "NEW")
		case 1:
			rule = append(rule, "-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED")
		case 2:
			rule = append(rule, "-m", "conntrack", "--ctdir", pick(rng, []string{"ORIGINAL", "REPLY"}))
		}
		switch n := rng.IntN(20); {
		case n < 11:
			rule = append(rule, "-j", "SECMARK", "--selctx", packetContext(rng))
		case n < 13:
			rule = append(rule, "-j", "CONNSECMARK", "--save")
		case n < 15:
			rule = append(rule, "-j", "CONNSECMARK", "--restore")
		case n < 17 && chain != "sub":
			rule = append(rule, pick(rng, []string{"-j", "-g"}), "sub")
		case n < 18:
			rule = append(rule, "-j", "RETURN")
		case n < 19:
			rule = append(rule, "-j", "ACCEPT")
		default:
			rule = append(rule, "-j", pick(rng, []string{"ACCEPT", "DROP"}))
		}
		list = append(list, rule)
	}
	// The refcount of labels makes the kernel check packets: one there must be.
	return append(list, []string{"-t", table, "-A", pick(rng, []string{"OUTPUT", "INPUT"}), "-p", "tcp", "--dport", "80", "-j", "SECMARK", "--selctx", packetContext(rng)})
}

// randomStatic returns static labels of the loopback interface: longest prefix
// first or last.
func randomStatic(rng *rand.Rand) []StaticLabel {
	var list []StaticLabel
	for _, prefix := range []string{"127.0.0.0/8", "127.0.0.1/32", "192.0.2.0/24", "0.0.0.0/0", "::1/128", "2001:db8::/32"} {
		if rng.IntN(2) == 0 {
			list = append(list, StaticLabel{netip.MustParsePrefix(prefix), "u:r:" + pick(rng, []string{"peer_t", "q_t"}) + ":" + pick(rng, []string{"s0", "s0", "s1", "s0:c0", "s0-s1:c0.c1"})})
		}
	}
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if len(list) == 0 {
		list = append(list, StaticLabel{netip.MustParsePrefix("127.0.0.0/8"), "u:r:peer_t:s0"})
	}
	return list
}

// factsLab is the policy of a set-up: most of what the domains ask for is
// granted, of packets and peers a part.
func factsLab(rng *rand.Rand) probe.Lab {
	lab := probe.Lab{Caps: []string{"network_peer_controls"}, Unknown: "allow", Helped: true, Netif: pick(rng, []string{"lo", "lo0"})} // files may be created
	if rng.IntN(4) > 0 {
		lab.Caps = append(lab.Caps, "extended_socket_class")
	}
	if rng.IntN(3) == 0 {
		lab.Caps = append(lab.Caps, "always_check_network")
	}
	var b strings.Builder
	b.WriteString(`(type g_t) (roletype r g_t) (roletype object_r g_t) (type q_t) (roletype r q_t) (roletype object_r q_t)
(type p1_t) (type p2_t) (type p3_t) (roletype object_r p1_t) (roletype object_r p2_t) (roletype object_r p3_t)
(typeattribute ends) (typeattributeset ends (all))
(allow kernel_t ends (netif (ingress egress))) (allow kernel_t ends (node (recvfrom sendto))) (allow kernel_t ends (peer (recv))) (allow kernel_t ends (packet (send recv relabelto)))
`)
	allow := func(chance int, source, target, class string, perms ...string) {
		for _, perm := range perms {
			if rng.IntN(chance) > 0 {
				fmt.Fprintf(&b, "(allow %s %s (%s (%s)))\n", source, target, class, perm)
			}
		}
	}
	sockets := []string{"d_t", "g_t"}
	classes := []string{"tcp_socket", "udp_socket", "sctp_socket", "rawip_socket"}
	for _, class := range classes {
		if rng.IntN(5) == 0 {
			fmt.Fprintf(&b, "(typetransition d_t d_t %s s_t)\n", class)
			sockets = []string{"d_t", "g_t", "s_t"}
		}
	}
	packets := append([]string{"unlabeled_t"}, packetTypes...)
	for _, s := range sockets {
		for _, class := range classes {
			for _, owner := range []string{"d_t", "g_t", "h_t"} {
				fmt.Fprintf(&b, "(allow d_t %s (%s (create bind listen accept connect read write getattr)))\n", owner, class)
			}
			fmt.Fprintf(&b, "(allow d_t %s (%s (create bind listen accept connect read write getattr)))\n", s, class)
			allow(30, s, "node_t", class, "node_bind")
			allow(30, s, "lo_node_t", class, "node_bind")
			for _, port := range []string{"port_t", "a_port_t", "b_port_t"} {
				allow(20, s, port, class, "name_bind")
				if class == "tcp_socket" || class == "sctp_socket" {
					allow(20, s, port, class, "name_connect")
				}
			}
		}
		for _, netif := range []string{"netif_t", "lo_netif_t"} {
			allow(12, s, netif, "netif", "egress")
		}
		for _, node := range []string{"node_t", "lo_node_t"} {
			allow(12, s, node, "node", "sendto")
		}
		for _, packet := range packets {
			allow(5, s, packet, "packet", "send", "recv")
		}
		for _, peer := range []string{"unlabeled_t", "peer_t", "q_t", "netmsg_t", "d_t", "g_t", "s_t", "h_t"} {
			allow(7, s, peer, "peer", "recv")
		}
	}
	for _, peer := range []string{"unlabeled_t", "peer_t", "q_t", "netmsg_t", "d_t", "g_t", "s_t", "h_t"} {
		for _, netif := range []string{"netif_t", "lo_netif_t"} {
			allow(15, peer, netif, "netif", "ingress")
		}
		for _, node := range []string{"node_t", "lo_node_t", "any6_node_t"} {
			allow(15, peer, node, "node", "recvfrom")
		}
	}
	b.WriteString("(allow d_t self (capability (net_bind_service net_raw)))\n")
	if rng.IntN(5) == 0 {
		fmt.Fprintf(&b, "(typepermissive %s)\n", pick(rng, []string{"d_t", "unlabeled_t", "peer_t", "s_t"}))
	}
	if rng.IntN(3) == 0 {
		b.WriteString("(mlsconstrain (tcp_socket (read)) (eq l1 l2))\n")
	}
	if rng.IntN(3) == 0 {
		b.WriteString("(mlsconstrain (packet (send recv)) (dom h1 h2))\n")
	}
	if rng.IntN(3) == 0 {
		b.WriteString("(dontaudit d_t packet_t (packet (send)))\n")
	}
	lab.Rules = b.String()
	return lab
}
