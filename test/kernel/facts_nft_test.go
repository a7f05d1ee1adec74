package kernel

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// An nftMaker writes rulesets for nft.
type nftMaker struct {
	rng    *rand.Rand
	family string
	b      strings.Builder
}

// randomNFT returns a ruleset for nft: one table or two.
func randomNFT(rng *rand.Rand) string {
	m := &nftMaker{rng: rng}
	m.table("t1", pick(rng, []string{"inet", "inet", "inet", "ip", "ip6"}))
	if rng.IntN(3) == 0 {
		m.table("t2", pick(rng, []string{"inet", "ip", "ip6"}))
	}
	return m.b.String()
}

func (m *nftMaker) pick(list ...string) string { return pick(m.rng, list) }

func (m *nftMaker) printf(format string, args ...any) { fmt.Fprintf(&m.b, format, args...) }

// table writes a table: labels, sets and maps, chains to jump to, base chains.
func (m *nftMaker) table(name, family string) {
	m.family = family
	m.printf("table %s %s {\n", family, name)
	for i := range 3 {
		m.printf(" secmark m%d { \"%s\" }\n", i, packetContext(m.rng))
	}
	m.printf(` map ports { type inet_service : secmark; elements = { 80 : "m0", 8080 : "m1", 9000 : "m2" }; }
 map ranges { type inet_service : secmark; flags interval;
  elements = { 1-1023 : "m1", 8000-8100 : "m2", 40000 : "m0" }; }
 set few { type inet_service; elements = { 80, 9000, 40001 }; }
 set spans { type inet_service; flags interval; elements = { 1-79, 8080-9000, 50000-65535 }; }
 set none { type inet_service; }
 set pairs { type inet_proto . inet_service; elements = { tcp . 80, udp . 8080, tcp . 40000, sctp . 9000 }; }
`)
	if family != "ip6" {
		m.printf(` set hosts { type ipv4_addr; flags interval; elements = { 127.0.0.0/8, 198.51.100.1-198.51.100.9 }; }
 set ends { type ipv4_addr . inet_service; elements = { 127.0.0.1 . 80, 192.0.2.1 . 8080, 127.0.0.1 . 40000 }; }
 map owners { type ipv4_addr : secmark; elements = { 127.0.0.1 : "m2", 192.0.2.1 : "m0" }; }
`)
	}
	if family != "ip" {
		m.printf(" set hosts6 { type ipv6_addr; flags interval; elements = { 2001:db8::/32, ::2-::9 }; }\n")
	}
	m.printf(" chain sub2 {\n")
	m.rules(1+m.rng.IntN(2), "")
	m.printf(" }\n chain sub {\n")
	m.rules(1+m.rng.IntN(3), "sub2")
	m.printf(" }\n map verdicts { type inet_service : verdict; elements = { 80 : %s, 8080 : %s, 40000 : %s }; }\n",
		m.pick("jump sub", "goto sub2"), m.pick("accept", "return", "continue"), m.pick("goto sub", "jump sub2",
			"continue"))
	hooks := []string{"output", "postrouting", "input", "prerouting", "output"}
	for i := range 1 + m.rng.IntN(3) {
		hook := pick(m.rng, hooks)
		priority := m.pick("0", "50", "-150", "-190", "100", "220", "225", "226", "filter", "security", "mangle - 1",
			"-225", "-301")
		kind := "filter"
		if m.rng.IntN(8) == 0 {
			kind, priority = "nat", m.pick("-100", "100", "0")
		}
		if strings.Contains(priority, "mangle") && family == "inet" && hook == "output" {
			priority = "mangle"
		}
		m.printf(" chain c%d { type %s hook %s priority %s; ", i, kind, hook, priority)
		if m.rng.IntN(25) == 0 && kind == "filter" {
			m.printf("policy drop; ")
		}
		m.printf("\n")
		m.rules(1+m.rng.IntN(5), "sub")
		m.printf(" }\n")
	}
	m.printf("}\n")
}

// rules writes rules of a chain, which may go on in another.
func (m *nftMaker) rules(n int, to string) {
	for range n {
		action := m.action(to)
		match := m.match()
		if strings.Contains(action, "map") && (strings.Contains(match, "port") || strings.Contains(match, "ip") ||
			strings.Contains(match, "l4proto") ||
			strings.Contains(match, "flags")) { // which may contradict what the map takes
			match = m.pick("", "ct state new", "oifname \"lo\"", "counter")
		}
		m.printf("  %s %s\n", match, action)
	}
}

// ports writes a match of ports, with the protocol that it takes.
func (m *nftMaker) ports() string {
	rng := m.rng
	proto := m.pick("tcp", "tcp", "tcp", "udp", "sctp")
	not := m.pick("", "", "!= ")
	switch rng.IntN(14) {
	case 0:
		return "meta l4proto " + proto
	case 1:
		return "meta l4proto " + not + "{ tcp, sctp }"
	case 2:
		return proto + " dport { " + randomPorts(rng, "-") + ", 7, 9000-9001 }"
	case 3:
		return proto + " dport " + not + "{ 80, 8080, " + m.pick("40000", "9000") + " }"
	case 4:
		return proto + " sport " + not + randomPorts(rng, "-")
	case 5:
		return proto + " dport " + not + "@" + m.pick("few", "spans", "none")
	case 6:
		return "meta l4proto { tcp, udp, sctp } th dport " + not + randomPorts(rng, "-")
	case 7:
		return "meta l4proto . th dport @pairs"
	case 8:
		return proto + " dport " + m.pick("< 1024", ">= 32768", "> 80", "<= 8080")
	case 9:
		return "tcp flags " + m.pick("syn / syn,ack", "& (syn|ack) == syn", "syn", "! syn",
			"& (fin|syn|rst|ack) != syn", "ack / syn,ack")
	}
	return proto + " dport " + not + randomPorts(rng, "-")
}

// addresses writes a match of an address.
func (m *nftMaker) addresses() string {
	v4 := []string{"ip daddr 127.0.0.0/8", "ip saddr != 127.0.0.1", "ip daddr { 192.0.2.0/24, 10.0.0.1 }",
		"ip daddr @hosts", "ip saddr != @hosts",
		"ip daddr 127.0.0.1-127.0.0.9", "ip protocol tcp", "ip daddr . tcp dport @ends", "ip saddr . tcp sport @ends"}
	v6 := []string{"ip6 daddr ::1", "ip6 saddr != 2001:db8::/32", "ip6 daddr @hosts6", "ip6 nexthdr tcp",
		"ip6 saddr { ::1, 2001:db8::1 }"}
	switch {
	case m.family == "ip", m.family == "inet" && m.rng.IntN(3) > 0:
		return pick(m.rng, v4)
	}
	return pick(m.rng, v6)
}

func (m *nftMaker) match() string {
	rng := m.rng
	var list []string
	if rng.IntN(2) == 0 {
		list = append(list, m.ports())
	}
	switch rng.IntN(10) {
	case 0, 1:
		if a := m.addresses(); !strings.Contains(a, " . ") && !strings.Contains(a, "protocol") &&
			!strings.Contains(a, "nexthdr") || len(list) == 0 {
			list = append(list, a)
		}
	case 2:
		list = append(list, m.pick("oifname \"lo\"", "oifname != \"lo\"", "oifname \"l*\"", "oif lo"))
	case 3:
		list = append(list, m.pick("iifname { \"lo\", \"eth0\" }", "iif lo", "iif != lo"))
	case 4:
		list = append(list, m.pick("meta nfproto ipv4", "meta nfproto ipv6", "meta nfproto != ipv4"))
	}
	switch rng.IntN(8) {
	case 0:
		list = append(list, m.pick("ct state new", "ct state != established", "ct state invalid",
			"ct state { new, established }", "ct state untracked"))
	case 1:
		list = append(list, m.pick("ct state established,related", "ct state new,related",
			"ct state != { new, related }"))
	case 2:
		list = append(list, "ct direction "+m.pick("original", "reply", "!= original"))
	}
	if rng.IntN(10) == 0 {
		list = append(list, "counter")
	}
	if m.family == "ip" || m.family == "ip6" { // nft refuses what can never match
		for i, s := range list {
			if strings.HasPrefix(s, "meta nfproto") {
				list[i] = "counter"
			}
		}
	}
	return strings.Join(list, " ")
}

// action writes the statement of a rule; to is a chain that it may go on in.
func (m *nftMaker) action(to string) string {
	rng := m.rng
	switch n := rng.IntN(30); {
	case n < 12:
	case n < 14:
		return "meta secmark set tcp dport map " + m.pick("@ports", "@ranges", `{ 80 : "m2", 9000-9100 : "m1" }`)
	case n < 15 && m.family != "ip6":
		return "meta secmark set ip " + m.pick("daddr", "saddr") + " map @owners"
	case n < 17:
		return "ct secmark set meta secmark"
	case n < 20:
		return "meta secmark set ct secmark"
	case n < 21:
		return "accept"
	case n < 22:
		return m.pick("return", "continue")
	case n < 25 && to != "":
		return m.pick("jump ", "goto ") + to
	case n < 26 && to == "sub":
		return m.pick("tcp dport vmap @verdicts", "tcp dport vmap { 80 : jump sub, 8080-8100 : goto sub2, 9000 : "+
			"accept }",
			"ct state vmap { new : jump sub, established : return }",
			"meta l4proto vmap { tcp : jump sub2, udp : accept }")
	case n < 27 && rng.IntN(4) == 0:
		return m.pick("drop", "drop", "meta mark set 7 accept", "notrack")
	}
	return fmt.Sprintf("meta secmark set \"m%d\"", rng.IntN(3))
}
