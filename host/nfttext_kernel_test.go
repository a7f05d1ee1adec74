package host

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// inNetns runs f in a separate network namespace, which ends with f.
func inNetns(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		testenv.Missing(t, "a network namespace needs root")
	}
	if _, err := exec.LookPath("nft"); err != nil {
		testenv.Missing(t, "package nftables is not installed: "+err.Error())
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // the thread ends with the goroutine
		if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
			done <- err
			return
		}
		f()
		done <- nil
	}()
	if err := <-done; err != nil {
		testenv.Missing(t, "no network namespace: "+err.Error())
	}
}

// loadNFT loads a text and returns the kernel's chains after that.
func loadNFT(t *testing.T, text string) ([]Chain, error) {
	t.Helper()
	c := exec.Command("nft", "-f", "-")
	c.Stdin = strings.NewReader("flush ruleset\n" + text)
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
	}
	r := &reader{netlink: askNetlink}
	return r.askNFTFilter()
}

// textOf reads a text as the configuration of a system.
func textOf(t *testing.T, text string, more ...string) ([]Chain, error) {
	t.Helper()
	dir := t.TempDir()
	more = append(more, "nftables.conf", text, "services", "ssh 22/tcp\n")
	for i := 0; i < len(more); i += 2 {
		name := filepath.Join(dir, "etc", more[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(more[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	config, _, err := root.nftConfig("/etc/nftables.conf")
	if err != nil {
		return nil, err
	}
	return config.filter(), nil
}

// canonical writes chains so that a kernel's chains and a text's chains can be compared. It sorts rules, because
// maps become several rules, sorts and joins values, and drops the words of unknown steps.
func canonical(chains []Chain) []string {
	var out []string
	for _, c := range chains {
		head := fmt.Sprintf("%s %s %s", c.Family, c.Table, c.Name)
		if c.Hook != "" {
			head += fmt.Sprintf(" %s %d %s nat=%v", c.Hook, c.Priority, c.Policy, c.NAT)
		}
		var rules []string
		for _, r := range c.Rules {
			var steps []string
			unknown, from := false, 0
			for _, s := range joined(r.Steps) {
				if s.Do != "" {
					slices.Sort(steps[from:]) // comparisons in any order, without repetition
					steps = append(steps[:from], slices.Compact(steps[from:])...)
					from = len(steps) + 1
				}
				if s.Do != "" || !unknown { // after an unknown step only the actions of a text are compared
					steps = append(steps, canonicalStep(s))
				}
				unknown = unknown || s.Field == FieldUnknown
			}
			rules = append(rules, "  "+strings.Join(steps, "; "))
		}
		slices.Sort(rules)
		out = append(out, head+"\n"+strings.Join(slices.Compact(rules), "\n"))
	}
	slices.Sort(out)
	return out
}

// joined makes one step of two steps that bound an address, because the kernel has a range.
func joined(steps []Step) (out []Step) {
	bounds := func(s Step) (a, b netip.Addr, ok bool) {
		if s.Field != FieldSource && s.Field != FieldDest || s.Not || len(s.Values) != 1 {
			return a, b, false
		}
		low, high, isRange := strings.Cut(s.Values[0], "-")
		if !isRange {
			return a, b, false
		}
		return netip.MustParseAddr(low), netip.MustParseAddr(high), true
	}
	for _, s := range steps {
		if n := len(out); n > 0 && out[n-1].Field == s.Field {
			a, b, ok := bounds(out[n-1])
			c, d, ok2 := bounds(s)
			if ok && ok2 && a.BitLen() == c.BitLen() {
				if a.Less(c) {
					a = c
				}
				if d.Less(b) {
					b = d
				}
				out[n-1].Values = []string{a.String() + "-" + b.String()}
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

func canonicalStep(s Step) string {
	if s.Do != "" {
		return strings.TrimSpace(s.Do + " " + s.Arg)
	}
	values := slices.Clone(s.Values)
	field := s.Field
	switch field {
	case FieldUnknown:
		return "unknown"
	case FieldInIndex, FieldOutIndex:
		field = map[string]string{FieldInIndex: FieldIn, FieldOutIndex: FieldOut}[field]
		for i, v := range values {
			if v == "1" {
				values[i] = "lo"
			}
		}
	case FieldSPort, FieldDPort, FieldProtocol:
		var in [1 << 16]bool
		for _, v := range values {
			low, high, ok := strings.Cut(v, "-")
			if !ok {
				high = low
			}
			a, _ := strconv.Atoi(low)
			b, _ := strconv.Atoi(high)
			for ; a <= b; a++ {
				in[a] = true
			}
		}
		values = nil
		for a := 0; a < len(in); a++ {
			if begin := a; in[a] {
				for a+1 < len(in) && in[a+1] {
					a++
				}
				values = append(values, rangeText(uint64(begin), uint64(a)))
			}
		}
	case FieldSource, FieldDest:
		for i, v := range values {
			if p, err := netip.ParsePrefix(v); err == nil {
				last := p.Addr().AsSlice()
				for bit := p.Bits(); bit < 8*len(last); bit++ {
					last[bit/8] |= 0x80 >> (bit % 8)
				}
				to, _ := netip.AddrFromSlice(last)
				values[i] = p.Masked().Addr().String() + "-" + to.String()
			}
			if low, high, ok := strings.Cut(values[i], "-"); ok && low == high {
				values[i] = low
			}
		}
	}
	slices.Sort(values)
	return fmt.Sprintf("%s %v %s", field, s.Not, strings.Join(slices.Compact(values), ","))
}

// TestNFTTextAgainstKernel reads random texts, loads the same texts with nft, and compares with the kernel's rules.
// Jumps to chains take the place of labels, because a kernel without SELinux has no labels.
func TestNFTTextAgainstKernel(t *testing.T) {
	n := testenv.Rounds(200, 4000)
	inNetns(t, func() {
		refused := 0
		for seed := range n {
			m := &nftTextMaker{rng: rand.New(rand.NewPCG(uint64(seed), 7))}
			text := m.ruleset()
			want, err := loadNFT(t, text)
			if err != nil {
				refused++
				continue
			}
			got, err := textOf(t, text)
			if err != nil {
				t.Errorf("seed %d: %v\n%s", seed, err, text)
				return
			}
			a, b := strings.Join(canonical(got), "\n"), strings.Join(canonical(want), "\n")
			if a != b {
				x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
				for i, l := range x {
					if !slices.Contains(y, l) {
						x[i] = "* " + l
					}
				}
				for i, l := range y {
					if !slices.Contains(x, l) {
						y[i] = "* " + l
					}
				}
				t.Errorf("seed %d: text\n%s\nkernel\n%s", seed, strings.Join(x, "\n"), strings.Join(y, "\n"))
				t.Errorf("%s", text)
				return
			}
		}
		t.Logf("%d rulesets, %d of them refused by nft", n, refused)
		if refused > n-n/5 {
			t.Errorf("nft refused %d of %d", refused, n)
		}
	})
}

// An nftTextMaker writes rulesets.
type nftTextMaker struct {
	rng    *rand.Rand
	family string
	b      strings.Builder
}

func (m *nftTextMaker) pick(list ...string) string { return list[m.rng.IntN(len(list))] }

func (m *nftTextMaker) ruleset() string {
	m.b.WriteString("#!/usr/sbin/nft -f\n\ndefine web = { 80, 443 }\ndefine one=8080\ndefine net = 10.0.0.0/8 # " +
		"a net\n")
	if m.rng.IntN(2) == 0 {
		m.b.WriteString("flush ruleset\n")
	}
	for i := range 1 + m.rng.IntN(2) {
		m.family = m.pick("inet", "inet", "ip", "ip6")
		m.table(fmt.Sprintf("t%d", i))
	}
	if m.rng.IntN(3) == 0 {
		fmt.Fprintf(&m.b, "add table %s t9\nadd chain %[1]s t9 x { type filter hook input priority %d ; policy "+
			"drop; }\n"+
			"add rule %[1]s t9 x tcp dport $web accept\ninsert rule %[1]s t9 x udp dport $one drop\n", m.family,
			m.rng.IntN(100))
	}
	return m.b.String()
}

func (m *nftTextMaker) table(name string) {
	p := func(format string, args ...any) { fmt.Fprintf(&m.b, format, args...) }
	p("table %s %s {\n", m.family, name)
	p("\tset few { type inet_service; elements = { 22, $one,\n\t\t443 } }\n")
	p("\tset spans { type inet_service; flags interval; auto-merge; elements = { 1-1023, 8000-8010 }; }\n")
	p("\tset none { type inet_service; }\n\tset dyn { type inet_service; flags dynamic,timeout; timeout 1h; }\n")
	p("\tset pairs { type inet_proto . inet_service; elements = { tcp . 80, udp . 53 }; }\n")
	if m.family != "ip6" {
		p("\tset hosts { type ipv4_addr; flags interval; elements = { $net, 192.0.2.1-192.0.2.9 } }\n")
	}
	if m.family != "ip" {
		p("\tset hosts6 { type ipv6_addr; flags interval; elements = { 2001:db8::/32, ::2-::9 } }\n")
	}
	p("\tchain lab0 { }\n\tchain lab1 {\n\t}\n")
	p("\tmap go { type inet_service : verdict; elements = { 80 : jump lab0, 443:goto lab1, 22 : accept } }\n")
	for i := range 1 + m.rng.IntN(3) {
		p("\tchain c%d {\n\t\ttype filter hook %s priority %s; policy %s;\n", i,
			m.pick("input", "output", "prerouting", "postrouting", "forward"),
			m.pick("0", "filter", "mangle", "security", "-150", "filter + 10", "mangle - 1", "50", "raw"),
			m.pick("accept", "drop"))
		for range 1 + m.rng.IntN(6) {
			p("\t\t%s%s\n", m.rule(), m.pick("", "", " # why", ";"))
		}
		p("\t}\n")
	}
	p("}\n")
}

func (m *nftTextMaker) rule() string {
	var list []string
	if m.rng.IntN(3) == 0 {
		list = append(list, m.pick("iifname \"lo\"", "oifname != \"eth0\"", "iif lo", "oifname { \"lo\", \"eth1\" }",
			"iifname \"eth*\"", "meta nfproto ipv4", "meta nfproto ipv6"))
	}
	if m.rng.IntN(2) == 0 {
		v4 := []string{"ip saddr 10.1.2.3", "ip daddr != 10.0.0.0/8", "ip saddr $net", "ip daddr { 192.0.2.1, " +
			"10.0.0.0/24 }",
			"ip saddr @hosts", "ip daddr 10.0.0.1-10.0.0.9", "ip protocol tcp", "ip saddr != @hosts", "ip daddr " +
				"> 10.0.0.1"}
		v6 := []string{"ip6 saddr ::1", "ip6 daddr != 2001:db8::/32", "ip6 saddr @hosts6", "ip6 nexthdr udp",
			"ip6 daddr { ::1, fe80::/10 }", "ip6 saddr fe80::1-fe80::9"}
		if m.family == "ip6" || m.family == "inet" && m.rng.IntN(3) == 0 {
			list = append(list, m.pick(v6...))
		} else {
			list = append(list, m.pick(v4...))
		}
	}
	if m.rng.IntN(4) > 0 {
		proto := m.pick("tcp", "tcp", "udp", "sctp", "dccp")
		list = append(list, m.pick(proto+" dport 80", proto+" sport != 1024-65535", proto+" dport { 22, 80, "+
			"8000-9000 }",
			proto+" dport $web", proto+" sport @few", proto+" dport != @spans", proto+" dport @none",
			proto+" dport @dyn", proto+" dport > 1024", proto+" sport <= 1023", proto+" dport ssh",
			proto+" dport != { 1, 2 }", "meta l4proto "+proto, "meta l4proto { tcp, udp } th dport 53",
			"meta l4proto . th dport @pairs", "tcp flags syn", "tcp flags syn / syn,ack", "tcp flags & "+
				"(syn|ack) == syn",
			"tcp flags ! syn", "tcp flags == ack", "tcp flags & (fin|syn) != 0", "icmp type echo-request",
			"meta mark 5", "fib daddr type local", "meta skuid 0", proto+" dport vmap @go", proto+
				" dport vmap { 80 : jump lab0, 8000-8010 : drop }"))
	}
	if m.rng.IntN(3) == 0 {
		list = append(list, m.pick("ct state new", "ct state established,related", "ct state != established",
			"ct state { new, related }", "ct state invalid", "ct direction reply", "ct state != { new, invalid }",
			"ct state untracked", "ct state vmap { established : accept, related : accept, invalid : drop }"))
	}
	if m.rng.IntN(4) == 0 {
		list = append(list, m.pick("counter", "log prefix \"x: \" level info", "counter packets 0 bytes 0",
			"limit rate 5/minute burst 3 packets", "meta mark set 7", "log", "ct mark set 3"))
	}
	if strings.Contains(strings.Join(list, " "), "vmap") {
		return strings.Join(list[:1+slices.IndexFunc(list, func(s string) bool {
			return strings.Contains(s,
				"vmap")
		})], " ")
	}
	if len(list) == 0 && m.rng.IntN(2) == 0 {
		return "reject with tcp reset"
	}
	return strings.Join(append(list, m.pick("accept", "drop", "jump lab0", "jump lab1", "goto lab0", "return",
		"continue",
		"reject", "counter", "notrack", "accept comment \"as said\"",
		"meta secmark set ct secmark", "ct secmark set meta secmark", "queue")), " ")
}
