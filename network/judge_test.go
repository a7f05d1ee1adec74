package network_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/kernel/probe"
	"github.com/senet-selinux/senet/test/operations"
	"github.com/senet-selinux/senet/test/policies"
)

// TestJudgeAgreesWithAsk asks random questions of random policies in both ways. Ask works by name, through the
// explanation of each permission; Judge works by number, through the decision.
func TestJudgeAgreesWithAsk(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	seeds, questions := 25, 60
	if testenv.Long() {
		seeds, questions = 400, 200
	}
	verdicts := make(map[network.Verdict]int)
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(uint64(seed), 42))
		random := policies.NewRandom(rng)
		path, err := random.Write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		p := flipBools(rng, testpolicy.Open(t, path))
		d := access.NewDecider(p)
		var turned network.Judge // one that judged other questions before
		if !turned.Refuses() || turned.Port(80, policy.Context{}) != network.Denied || turned.ChecksPort(80) {
			t.Fatal("a judge of no question refuses nothing")
		}
		for range questions {
			q := randomQuestion(rng, p, random.Contexts)
			j, err := network.NewJudge(d, q)
			if err != nil {
				t.Fatal(err)
			}
			if err := turned.Turn(d, q); err != nil {
				t.Fatal(err)
			}
			kind, _ := network.SocketOf(q.Protocol)
			for _, port := range edgePorts(rng, p, q.Host) {
				q.Port = port
				a, err := network.Ask(d, q)
				if err != nil {
					t.Fatal(err)
				}
				verdicts[a.Verdict]++
				got := j.Port(port, p.PortLabel(kind.PortProtocol, port).Context)
				again := turned.Port(port, p.PortLabel(kind.PortProtocol, port).Context)
				if again != got || turned.ChecksPort(port) != j.ChecksPort(port) {
					t.Fatalf("seed %d: port %d: a new judge says %s, one that judged before %s", seed, port, got, again)
				}
				asked := slices.ContainsFunc(a.Layers,
					func(l network.LayerAnswer) bool { return l.Consulted && l.Target == network.PartyPort })
				if got != a.Verdict || j.ChecksPort(port) != asked {
					t.Fatalf("seed %d: %s %s port %d of %s: Judge says %s, checks the port %v; Ask %s, %v", seed,
						q.Operation, q.Protocol, port,
						p.FormatContext(q.Subject), got, j.ChecksPort(port), a.Verdict, asked)
				}
			}
		}
	}
	if verdicts[network.Allowed] == 0 || verdicts[network.Denied] == 0 || verdicts[network.Depends] == 0 {
		t.Errorf("one-sided: %v", verdicts)
	}
	t.Log(verdicts)
}

// BenchmarkJudge judges every port of one domain of Debian's policy.
func BenchmarkJudge(b *testing.B) {
	p := testpolicy.Open(b, testenv.Policy(b, "default"))
	c, err := p.ParseContext("system_u:system_r:httpd_t:s0")
	if err != nil {
		b.Fatal(err)
	}
	d := access.NewDecider(p)
	segments := p.PortSegments(policy.ProtoTCP)
	b.ReportAllocs()
	for b.Loop() {
		j, err := network.NewJudge(d, network.Question{Subject: c, Operation: network.Bind, Protocol: network.TCP,
			Machine: network.Machine{Host: host.Standard()}})
		if err != nil {
			b.Fatal(err)
		}
		for _, seg := range segments {
			j.Port(seg.Low, seg.Label.Context)
		}
	}
}

// TestKnownOperations asks Ask and Judge, with Debian's policy, about operations that are easy to get wrong. Some
// are denied to each subject, others allowed.
func TestKnownOperations(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	d := access.NewDecider(p)
	verdicts := make(map[network.Verdict]int)
	for _, name := range []string{"httpd_t", "mysqld_t", "sshd_t", "named_t", "unconfined_t"} {
		who, err := subject.Resolve(p, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range operations.Known() {
			q := o.Question()
			q.Subject, q.Host = who.Context, host.Standard()
			a, err := network.Ask(d, q)
			if err != nil {
				t.Fatalf("%+v: %v", o, err)
			}
			j, err := network.NewJudge(d, q)
			if err != nil {
				t.Fatalf("%+v: %v", o, err)
			}
			if got := j.Port(o.Port, a.Port.Context); got != a.Verdict {
				t.Errorf("%s: %+v: Judge %s, Ask %s", name, o, got, a.Verdict)
			}
			verdicts[a.Verdict]++
		}
	}
	if verdicts[network.Allowed] < 10 || verdicts[network.Denied] < 10 {
		t.Errorf("verdicts %v", verdicts)
	}
}

func flipBools(rng *rand.Rand, p *policy.Policy) *policy.Policy {
	var settings []policy.BoolSetting
	for id := range p.Bools() {
		settings = append(settings, policy.BoolSetting{Bool: id, On: rng.IntN(2) == 0})
	}
	return p.WithBools(settings...)
}

func randomQuestion(rng *rand.Rand, p *policy.Policy, contexts []string) network.Question {
	some := func(list []string) policy.Context {
		c, err := p.ParseContext(list[rng.IntN(len(list))])
		if err != nil {
			panic(fmt.Sprintf("a context of the policy's own: %v", err))
		}
		return c
	}
	maybe := func(percent int) *policy.Context {
		if rng.IntN(100) >= percent {
			return nil
		}
		c := some(contexts)
		return &c
	}
	q := network.Question{
		Subject:   some(contexts),
		Operation: network.Operations()[rng.IntN(5)],
		Protocol:  network.Protocols()[rng.IntN(len(network.Protocols()))],
		Machine:   network.Machine{Host: randomHost(rng)},
		Netif:     []string{"", "lo", "eth0"}[rng.IntN(3)],
		PeerLabel: maybe(50), PacketLabel: maybe(50), SocketLabel: maybe(30),
		Disconnect: rng.IntN(10) == 0,
	}
	if rng.IntN(2) == 0 { // calls without create(), whose denial would end the question
		all := []network.Call{network.CallBind, network.CallConnect, network.CallFastOpen, network.CallAccept,
			network.CallSend, network.CallEgress, network.CallIngress}
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		q.Calls = all[:1+rng.IntN(3)]
	}
	if rng.IntN(2) == 0 { // the protocols that every random policy has a class for
		q.Protocol = []network.Protocol{network.TCP, network.UDP}[rng.IntN(2)]
	}
	if rng.IntN(4) == 0 {
		o := operations.Some(rng)
		q.Protocol, q.Operation, q.Addr, q.Calls = o.Protocol, o.Operation, o.Addr, nil
	}
	if rng.IntN(2) == 0 {
		q.Addr = []netip.Addr{netip.IPv6Unspecified(), netip.MustParseAddr("127.0.0.1"),
			netip.MustParseAddr("::ffff:10.0.0.1")}[rng.IntN(3)]
	}
	if q.PeerLabel == nil && (q.Protocol == network.UnixStream || q.Protocol == network.UnixDgram) {
		c := some(contexts)
		q.PeerLabel = &c
	}
	if rng.IntN(2) == 0 {
		labelledHost(rng, &q.Host, func() string { return p.FormatContext(some(contexts)) })
		if rng.IntN(3) > 0 {
			q.PeerLabel, q.PacketLabel, q.Netif = nil, nil, ""
		}
		if q.Protocol == network.UnixStream || q.Protocol == network.UnixDgram {
			c := some(contexts)
			q.PeerLabel = &c
		}
		if rng.IntN(2) == 0 {
			q.Peer = maybe(2)
		}
		if rng.IntN(2) == 0 {
			q.Remote = netip.MustParseAddr([]string{"127.0.0.1", "10.0.0.9", "::1"}[rng.IntN(3)])
		}
	}
	return q
}

// labelledHost adds to a host everything that labels packets: rules, some of which depend on facts that a question
// leaves open, static labels, CIPSO, interfaces and routes.
func labelledHost(rng *rand.Rand, h *host.Facts, label func() string) {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	h.Interfaces = []host.Interface{{Index: 1, Name: "lo", Loopback: true, Up: true,
		Addresses: []string{"127.0.0.1/8", "::1/128"}},
		{Index: 2, Name: "eth0", Up: true, Addresses: []string{"10.0.0.7/24"}}}
	h.Routes = []host.Route{{To: "0.0.0.0/0", Interface: "eth0", Table: 254, Type: "unicast"},
		{To: "10.0.0.7/32", Interface: "eth0", Table: 255, Type: "local", Source: "10.0.0.7"}}
	if rng.IntN(3) > 0 {
		text := "*security\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:sub - [0:0]\n"
		for range 1 + rng.IntN(6) {
			match := pick("", "-p tcp -m tcp --dport 1:1023", "-p tcp -m tcp --sport 40000:50000",
				"-p udp -m udp --dport 53", "-d 127.0.0.0/8", "-s 10.0.0.0/8",
				"-m state --state NEW", "-m owner --uid-owner 0", "-p tcp -m multiport --dports 80,8000:9000")
			do := pick("SECMARK --selctx "+label(), "SECMARK --selctx "+label(), "SECMARK --selctx "+label(),
				"CONNSECMARK --save", "CONNSECMARK --restore", "sub", "RETURN", "ACCEPT", "DROP")
			text += "-A " + pick("INPUT", "OUTPUT", "OUTPUT") + " " + match + " -j " + do + "\n"
		}
		text += "-A sub -p tcp -m tcp --dport 2000 -j SECMARK --selctx " + label() + "\n"
		h.Secmark, h.Filter = true, &host.Filter{Chains: host.ParseIPTablesFilter([]byte(text), "ip")}
	}
	if rng.IntN(2) == 0 {
		n := &host.NetLabel{Supported: true, AcceptUnlabelled: rng.IntN(4) > 0,
			Domains: []host.DomainMap{{Protocol: "unlabelled"}}}
		for range rng.IntN(3) {
			n.Static = append(n.Static, host.StaticLabel{Interface: pick("", "lo", "eth0"),
				Addresses: pick("0.0.0.0/0", "127.0.0.0/8", "10.0.0.0/8"), Context: label()})
		}
		if rng.IntN(2) == 0 {
			n.CIPSO = []uint32{3}
			n.Definitions = []host.CIPSODefinition{{DOI: 3, Map: pick("local", "pass", "trans"),
				Tags: []int{[]int{1, 2, 5, 128}[rng.IntN(4)]}}}
			n.Domains[0] = host.DomainMap{Protocol: "cipso", DOI: 3, Family: "ip", Addresses: pick("", "127.0.0.0/8")}
		}
		h.NetLabel, h.PeerLabelling = n, n.Enabled()
	}
	if rng.IntN(8) == 0 {
		h.IPsec, h.PeerLabelling = []host.IPsecLabel{{Kind: "policy", Context: label(),
			Source: pick("10.0.0.0/8", "0.0.0.0/0", ""), Direction: pick("in", "out", "fwd", ""),
			Action: pick("allow", "block", "transform", "")}}, true
	}
}

func randomHost(rng *rand.Rand) host.Facts {
	h := host.Standard()
	h.Enforcing = rng.IntN(10) > 0
	h.PeerLabelling, h.Secmark = rng.IntN(2) == 0, rng.IntN(2) == 0
	if rng.IntN(2) == 0 {
		low, high := uint16(rng.IntN(65536)), uint16(rng.IntN(65536))
		h.LocalPorts = host.PortRange{Low: min(low, high), High: max(low, high)}
	}
	if rng.IntN(2) == 0 {
		h.UnprivilegedPortStart = uint16(rng.IntN(65536))
	}
	return h
}

// edgePorts returns the ports at which something changes, their neighbours, and
// a few others.
func edgePorts(rng *rand.Rand, p *policy.Policy, h host.Facts) []uint16 {
	around := []int{0, 65535, int(h.LocalPorts.Low), int(h.LocalPorts.High), int(h.UnprivilegedPortStart)}
	machine := network.Machine{Host: h}
	around = append(around, machine.PortCuts()...)
	for _, c := range p.Ports() {
		around = append(around, int(c.Low), int(c.High))
	}
	ports := operations.Ports()
	for _, port := range around {
		for i := port - 1; i <= port+1; i++ {
			if i >= 0 && i <= 65535 {
				ports = append(ports, uint16(i))
			}
		}
	}
	for range 10 {
		ports = append(ports, uint16(rng.IntN(65536)))
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// TestPortSegments compares the runs of labels with the label of each port, on Debian's policy and on random
// portcons that overlap in any order.
func TestPortSegments(t *testing.T) {
	check := func(t *testing.T, p *policy.Policy) {
		t.Helper()
		for _, proto := range []uint8{policy.ProtoTCP, policy.ProtoUDP, policy.ProtoSCTP, policy.ProtoDCCP, 136, 0} {
			segments := p.PortSegments(proto)
			next := 0
			for i, seg := range segments {
				if int(seg.Low) != next || seg.High < seg.Low {
					t.Fatalf("protocol %d: run %d-%d behind %d", proto, seg.Low, seg.High, next-1)
				}
				if i > 0 && segments[i-1].Label.Record == seg.Label.Record {
					t.Errorf("protocol %d: two runs of record %d touch at %d", proto, seg.Label.Record, seg.Low)
				}
				for port := int(seg.Low); port <= int(seg.High); port++ {
					if label := p.PortLabel(proto, uint16(port)); label != seg.Label {
						t.Fatalf("protocol %d port %d: %v, in a run of %v", proto, port, label, seg.Label)
					}
				}
				next = int(seg.High) + 1
			}
			if next != 65536 {
				t.Errorf("protocol %d: runs end at %d", proto, next-1)
			}
		}
	}
	t.Run("debian", func(t *testing.T) { check(t, testpolicy.Open(t, testenv.Policy(t, "default"))) })
	t.Run("random", func(t *testing.T) {
		base := probe.Lab{}.Policy(t)
		labels := []policy.Context{*probe.Object(t, base, "a_port_t"), *probe.Object(t, base, "b_port_t"),
			*probe.Object(t, base, "c_port_t")}
		for seed := range 20 {
			rng := rand.New(rand.NewPCG(uint64(seed), 7))
			var cons []policydb.PortCon
			for range rng.IntN(40) {
				low := rng.IntN(65536)
				high := low
				if rng.IntN(2) == 0 {
					high += rng.IntN(65536 - low)
				}
				cons = append(cons, policydb.PortCon{Protocol: []uint32{6, 17}[rng.IntN(2)], Low: uint32(low),
					High: uint32(high), Context: labels[rng.IntN(3)]})
			}
			cons = append(cons, policydb.PortCon{Protocol: 6, Low: 65535, High: 65535, Context: labels[0]})
			check(t, base.WithPorts(cons...))
		}
	})
}
