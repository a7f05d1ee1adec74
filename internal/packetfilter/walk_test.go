package packetfilter_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/packetfilter"
)

// syn is the first packet of a connection over the loopback interface.
func syn(port uint16) packetfilter.Packet {
	lo := netip.MustParseAddr("127.0.0.1")
	return packetfilter.Packet{Protocol: 6, Source: lo, Dest: lo, SPort: packetfilter.Ports{Low: 32768, High: 60999},
		DPort:     packetfilter.Ports{Low: port, High: port},
		Interface: "lo", Index: 1, Flags: packetfilter.SYN,
		Known: packetfilter.SYN | packetfilter.ACK | packetfilter.RST | packetfilter.FIN}
}

// labels writes outcomes: the labels, "drop", and "?" behind what hangs on a rule.
func labels(r *packetfilter.Ruleset, states []packetfilter.State) (list []string) {
	for _, s := range states {
		text := r.Label(s.Packet)
		switch {
		case s.Dropped:
			text = "drop"
		case s.Packet == packetfilter.AnyLabel:
			text = "any"
		case s.Packet == packetfilter.NoLabel:
			text = "none"
		}
		if s.Hangs != "" {
			text += "?"
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}

const head = "*security\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:sub - [0:0]\n"

// Each case is a rule of netfilter that a naive walk gets wrong.
func TestVerdicts(t *testing.T) {
	for name, tt := range map[string]struct {
		rules string
		want  []string
	}{
		// xt_SECMARK continues: the last rule that matches labels the packet.
		"the last label wins": {"-A OUTPUT -j SECMARK --selctx a\n-A OUTPUT -p tcp -j SECMARK --selctx b\n-A " +
			"OUTPUT -p udp -j SECMARK --selctx c\n", []string{"b"}},
		"accept ends the table": {"-A OUTPUT -j ACCEPT\n-A OUTPUT -j SECMARK --selctx a\n", []string{"none"}},
		"drop ends it all":      {"-A OUTPUT -j SECMARK --selctx a\n-A OUTPUT -p tcp -j DROP\n", []string{"drop"}},
		"return of a base chain": {"-A OUTPUT -p tcp -j RETURN\n-A OUTPUT -j SECMARK --selctx a\n",
			[]string{"none"}},
		"return to the caller": {"-A sub -j SECMARK --selctx a\n-A sub -j RETURN\n-A sub -j SECMARK --selctx " +
			"b\n-A OUTPUT -j sub\n-A OUTPUT -p tcp --dport 80 -j SECMARK --selctx c\n", []string{"c"}},
		"goto does not come back": {"-A sub -j SECMARK --selctx a\n-A OUTPUT -g sub\n-A OUTPUT -j SECMARK " +
			"--selctx c\n", []string{"a"}},
		"the chain of another hook": {"-A INPUT -j SECMARK --selctx a\n", []string{"none"}},
		"an inverted interface":     {"-A OUTPUT ! -o eth+ -j SECMARK --selctx a\n", []string{"a"}},
		"no incoming interface":     {"-A OUTPUT ! -i lo -j SECMARK --selctx a\n", []string{"a"}},
		"the syn flag alone": {"-A OUTPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j SECMARK --selctx " +
			"a\n", []string{"a"}},
		"a state": {"-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j SECMARK --selctx " +
			"a\n-A OUTPUT -m state --state NEW -j SECMARK --selctx b\n", []string{"b"}},
		"an open port": {"-A OUTPUT -p tcp -m tcp --sport 40000:50000 -j SECMARK --selctx a\n",
			[]string{"a?", "none?"}},
		"a port of all": {"-A OUTPUT -p tcp -m tcp --sport 1024:65535 -j SECMARK --selctx a\n",
			[]string{"a"}},
		"what is not known": {"-A OUTPUT -m owner --uid-owner 0 -j SECMARK --selctx a\n",
			[]string{"a?", "none?"}},
		"a target that is unknown": {"-A OUTPUT -j SECMARK --selctx a\n-A OUTPUT -j NEWTARGET\n",
			[]string{"a?", "drop?"}},
		"a comment like an option": {"-A OUTPUT -p tcp -m comment --comment ! -m tcp --dport 80 -j SECMARK " +
			"--selctx a\n", []string{"a"}},
		"several ports": {"-A OUTPUT -p tcp -m multiport ! --dports 1:79,81 -j SECMARK --selctx a\n",
			[]string{"a"}},
		"a label is saved once": {"-A OUTPUT -j SECMARK --selctx a\n-A OUTPUT -j CONNSECMARK --save\n-A OUTPUT " +
			"-j SECMARK --selctx b\n-A OUTPUT -j CONNSECMARK --save\n-A OUTPUT -j CONNSECMARK --restore\n",
			[]string{"b"}},
		"a match without options": {"-A OUTPUT -m socket -j SECMARK --selctx a\n", []string{"a?", "none?"}},
		"a protocol's match":      {"-A OUTPUT -p tcp -m tcp -j SECMARK --selctx a\n", []string{"a"}},
		"a jump to itself":        {"-A sub -j sub\n-A OUTPUT -j sub\n", []string{"any?"}},
	} {
		r := packetfilter.New(&host.Filter{Chains: host.ParseIPTablesFilter([]byte(head+tt.rules+"COMMIT\n"), "ip")})
		p := syn(80)
		if got := labels(r, r.Pass(&p, false, packetfilter.Begin(), packetfilter.Output,
			packetfilter.Postrouting)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// A connection keeps its label: the answer restores the label that the first packet saved.
func TestConnection(t *testing.T) {
	r := packetfilter.New(&host.Filter{Chains: host.ParseIPTablesFilter([]byte(head+
		"-A OUTPUT -m state --state NEW -j SECMARK --selctx a\n-A OUTPUT -j CONNSECMARK --save\n-A INPUT -m state "+
		"--state ESTABLISHED -j CONNSECMARK --restore\nCOMMIT\n"), "ip")})
	p := syn(80)
	out := r.Pass(&p, false, packetfilter.Begin(), packetfilter.Output)
	answer := syn(80)
	answer.Reply, answer.Established = true, true
	if got := labels(r, r.Pass(&answer, false, packetfilter.Next(out), packetfilter.Prerouting,
		packetfilter.Input)); !slices.Equal(got, []string{"a"}) || !r.Stateful {
		t.Errorf("the answer is %v, stateful %v", got, r.Stateful)
	}
}

// Base chains run by priority; of two with one priority the later one first, and
// those behind SELinux's own hook do not count.
func TestOrder(t *testing.T) {
	chain := func(name string, priority int, label string) host.Chain {
		return host.Chain{Family: "inet", Table: "t", Name: name, Hook: "postrouting", Priority: priority,
			Policy: "accept",
			Rules:  []host.Rule{{Name: name, Steps: []host.Step{{Do: host.DoLabel, Arg: label}}}}}
	}
	for _, tt := range []struct {
		chains []host.Chain
		want   string
	}{
		{[]host.Chain{chain("1", 10, "a"), chain("2", -10, "b")}, "a"},
		{[]host.Chain{chain("1", 0, "a"), chain("2", 0, "b")}, "a"},
		{[]host.Chain{chain("1", 0, "a"), chain("2", 226, "b")}, "a"},
		{[]host.Chain{chain("1", 0, "a"), chain("2", 225, "b")}, "b"},
	} {
		r := packetfilter.New(&host.Filter{Chains: tt.chains})
		p := syn(80)
		if got := labels(r, r.Pass(&p, false, packetfilter.Begin(), packetfilter.Postrouting)); !slices.Equal(got,
			[]string{tt.want}) {
			t.Errorf("%v, want %s", got, tt.want)
		}
	}
	// Over the loopback interface the packet arrives with what comes behind.
	late := packetfilter.New(&host.Filter{Chains: []host.Chain{chain("1", 0, "a"), chain("2", 226, "b")}})
	p := syn(80)
	if got := labels(late, late.Pass(&p, false, packetfilter.Begin(), packetfilter.Postrouting,
		packetfilter.Leaving)); !slices.Equal(got, []string{"b"}) {
		t.Errorf("behind: %v", got)
	}
}

// A chain that translates addresses sees the first packet of a connection alone,
// where the kernel translates, and none over the loopback interface again.
func TestNAT(t *testing.T) {
	chain := func(hook string, priority int, nat bool, label string) host.Chain {
		return host.Chain{Family: "inet", Table: "t", Name: label, Hook: hook, Priority: priority, NAT: nat,
			Policy: "accept",
			Rules:  []host.Rule{{Name: label, Steps: []host.Step{{Do: host.DoLabel, Arg: label}}}}}
	}
	untrack := host.Chain{Family: "inet", Table: "t", Name: "raw", Hook: "output", Priority: -300, Policy: "accept",
		Rules: []host.Rule{{Name: "raw", Steps: []host.Step{{Do: host.DoUntrack}}}}}
	established := syn(80)
	established.Established = true
	for _, tt := range []struct {
		name    string
		chains  []host.Chain
		packet  packetfilter.Packet
		arrived bool
		hook    string
		want    string
	}{
		{"the first packet", []host.Chain{chain("output", 0, true, "a")}, syn(80), false, packetfilter.Output, "a"},
		{"a later one", []host.Chain{chain("output", 0, true, "a")}, established, false, packetfilter.Output, "none"},
		{"one that went out before", []host.Chain{chain("prerouting", 0, true, "a")}, syn(80), true,
			packetfilter.Prerouting, "none"},
		{"one of another host", []host.Chain{chain("prerouting", 0, true, "a")}, syn(80), false,
			packetfilter.Prerouting, "a"},
		{"the place is the kernel's", []host.Chain{chain("output", 300, true, "a"), chain("output", 0, false, "b")},
			syn(80), false, packetfilter.Output, "b"},
		{"that of sources is another", []host.Chain{chain("postrouting", -300, true, "a"), chain("postrouting", 0,
			false, "b")}, syn(80), false, packetfilter.Postrouting, "a"},
		{"without a connection", []host.Chain{untrack, chain("output", 0, true, "a")}, syn(80), false,
			packetfilter.Output, "none"},
	} {
		r := packetfilter.New(&host.Filter{Chains: tt.chains})
		if got := labels(r, r.Pass(&tt.packet, tt.arrived, packetfilter.Begin(), tt.hook)); !slices.Equal(got,
			[]string{tt.want}) {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

// The older iptables and nftables at one priority: which comes first is not known.
func TestTies(t *testing.T) {
	chain := func(legacy bool, priority int, label string) host.Chain {
		return host.Chain{Family: "ip", Table: "t", Name: label, Hook: "output", Priority: priority, Legacy: legacy,
			Policy: "accept",
			Rules:  []host.Rule{{Name: label, Steps: []host.Step{{Do: host.DoLabel, Arg: label}}}}}
	}
	for _, tt := range []struct {
		chains []host.Chain
		want   []string
	}{
		{[]host.Chain{chain(false, 50, "a"), chain(true, 50, "b")}, []string{"a?", "b?"}},
		{[]host.Chain{chain(false, 50, "a"), chain(true, 50, "a")}, []string{"a"}},
		{[]host.Chain{chain(false, 50, "a"), chain(true, 51, "b")}, []string{"b"}},
		{[]host.Chain{chain(true, 50, "a"), chain(true, 50, "b")}, []string{"a"}},
	} {
		r := packetfilter.New(&host.Filter{Chains: tt.chains})
		p := syn(80)
		if got := labels(r, r.Pass(&p, false, packetfilter.Begin(), packetfilter.Output)); !slices.Equal(got, tt.want) {
			t.Errorf("%v, want %v", got, tt.want)
		}
	}
}
