package kernel

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// tables are rules as a program of iptables restores them.
type tables struct{ program, rules string }

// randomIPTables returns a table with rules as iptables-save prints them.
func randomIPTables(rng *rand.Rand, ipv6 bool) string {
	table := pick(rng, []string{"security", "security", "mangle"})
	chains := []string{"OUTPUT", "INPUT", "POSTROUTING", "PREROUTING"}
	if table == "security" {
		chains = chains[:2]
	}
	var b strings.Builder
	if rng.IntN(8) == 0 {
		fmt.Fprintf(&b, "*raw\n:OUTPUT ACCEPT [0:0]\n:PREROUTING ACCEPT [0:0]\n-A %s %s -j CT --notrack\nCOMMIT\n",
			pick(rng, []string{"OUTPUT", "PREROUTING"}), pick(rng, []string{"-p tcp --dport 9000", "-p udp",
				"-p tcp --sport 8080"}))
	}
	fmt.Fprintf(&b, "*%s\n", table)
	for _, c := range chains {
		policy := "ACCEPT"
		if rng.IntN(60) == 0 {
			policy = "DROP"
		}
		fmt.Fprintf(&b, ":%s %s [0:0]\n", c, policy)
	}
	b.WriteString(":sub - [0:0]\n:sub2 - [0:0]\n")
	for range 3 + rng.IntN(7) {
		chain := pick(rng, append(chains[:len(chains):len(chains)], "OUTPUT", "INPUT", "sub", "sub2"))
		b.WriteString("-A " + chain + " " + strings.Join(randomTablesRule(rng, chain, ipv6), " ") + "\n")
	}
	// The refcount of labels makes the kernel check packets: one there must be.
	fmt.Fprintf(&b, "-A %s -p tcp --dport 80 -j SECMARK --selctx %s\nCOMMIT\n", pick(rng, []string{"OUTPUT",
		"INPUT"}), packetContext(rng))
	return b.String()
}

// randomTablesRule returns the words of a rule.
func randomTablesRule(rng *rand.Rand, chain string, ipv6 bool) []string {
	var rule []string
	some := func(list ...string) { rule = append(rule, pick(rng, list)) }
	if rng.IntN(2) == 0 {
		if ipv6 {
			some("-s ::1", "! -d ::1", "-d 2001:db8::/32", "-m iprange --src-range ::1-::9")
		} else {
			some("-s 127.0.0.0/8", "! -d 127.0.0.1", "-d 192.0.2.1", "-d 127.0.0.1/255.0.0.0",
				"-m iprange ! --dst-range 192.0.2.1-192.0.2.9")
		}
	}
	switch {
	case rng.IntN(6) == 0 && (chain == "OUTPUT" || chain == "POSTROUTING"):
		some("-o lo", "-o eth+", "! -o eth0")
	case rng.IntN(6) == 0 && (chain == "INPUT" || chain == "PREROUTING"):
		some("! -i eth0", "! -i l+", "-i lo")
	}
	if rng.IntN(2) == 0 {
		proto := pick(rng, []string{"tcp", "tcp", "udp", "sctp"})
		rule = append(rule, "-p", proto)
		side := pick(rng, []string{"--dport", "--dport", "--sport"})
		switch n := rng.IntN(5); {
		case n == 0:
		case n == 1 && proto != "sctp":
			rule = append(rule, "-m multiport", pick(rng, []string{"", "! "})+side+"s 80,8000:8100,9000")
		case n == 2 && proto != "sctp":
			rule = append(rule, "-m multiport --ports 80,8080,32768:40000")
		case n == 3:
			rule = append(rule, "!", side, randomPorts(rng, ":"))
		default:
			rule = append(rule, side, randomPorts(rng, ":"))
		}
		if proto == "tcp" && rng.IntN(5) == 0 {
			some("--syn", "! --syn", "--tcp-flags SYN,ACK ACK")
		}
	} else if rng.IntN(8) == 0 {
		some("! -p tcp", "! -p udp")
	}
	switch rng.IntN(8) {
	case 0:
		some("-m state --state NEW", "-m state --state RELATED,ESTABLISHED", "-m state ! --state NEW")
	case 1:
		some("-m conntrack --ctstate ESTABLISHED,RELATED", "-m conntrack ! --ctstate NEW",
			"-m conntrack --ctstate UNTRACKED", "-m conntrack --ctstate INVALID,NEW")
	case 2:
		some("-m conntrack --ctdir ORIGINAL", "-m conntrack --ctdir REPLY")
	}
	if rng.IntN(10) == 0 {
		rule = append(rule, `-m comment --comment "-j DROP"`)
	}
	switch n := rng.IntN(22); {
	case n < 11:
	case n < 13:
		return append(rule, "-j CONNSECMARK --save")
	case n < 15:
		return append(rule, "-j CONNSECMARK --restore")
	case n < 18 && chain == "sub":
		return append(rule, pick(rng, []string{"-j", "-g"}), "sub2")
	case n < 18 && chain != "sub2":
		return append(rule, pick(rng, []string{"-j", "-g"}), "sub")
	case n < 19:
		return append(rule, "-j RETURN")
	case n < 20:
		return append(rule, "-j ACCEPT")
	case n < 21 && rng.IntN(3) == 0:
		return append(rule, pick(rng, []string{"-j ACCEPT", "-j DROP"}))
	}
	return append(rule, "-j SECMARK --selctx", packetContext(rng))
}
