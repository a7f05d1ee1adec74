package kernel

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/operations"
)

// A judge compares the answers of package network with a kernel.
type judge struct {
	vm     *VM
	c      *counts
	p      *policy.Policy
	d      *access.Decider
	kernel string
	helper string // the label of the sockets at the other end, "" for that of the kernel
	// model is network.Ask, or a wrong one that must be found out.
	model  func(*access.Decider, network.Question) (network.Answer, error)
	bad    int
	took   time.Duration
	seen   map[string]int // outcomes, so that a test can tell that it saw all kinds
	others map[string]int // denials that package network has nothing to say about
}

// load makes the kernel use a policy.
func (j *judge) load(t *testing.T, p *policy.Policy) {
	t.Helper()
	if err := j.vm.Load(p); err != nil {
		t.Fatal(err)
	}
	j.c.policies.Add(1)
	kernel, ok := p.InitialSID(policy.SIDKernel)
	if !ok {
		t.Fatal("no initial SID kernel")
	}
	j.p, j.d, j.kernel = p, access.NewDecider(p), p.FormatContext(kernel)
	if j.seen == nil {
		j.seen, j.others = make(map[string]int), make(map[string]int)
	}
}

// ask returns the answers of the model and the kernel.
func (j *judge) ask(q network.Question) (model, real outcome, ran *Ran, err error) {
	if version, ok := host.ParseRelease(j.vm.Release); ok {
		q.Host.Kernel = &host.Kernel{Release: j.vm.Release, Version: version}
	}
	a, err := j.model(j.d, q)
	if err != nil {
		return model, real, nil, err
	}
	sc, of, err := scenarioOf(j.p, &q)
	if err != nil {
		return model, real, nil, err
	}
	if sc.Helper == "" {
		sc.Helper = j.helper
	}
	start := time.Now()
	if ran, err = j.vm.Run(sc, j.kernel); err != nil {
		return model, real, nil, err
	}
	j.c.operations.Add(1)
	j.took += time.Since(start)
	for i := range ran.Denials {
		if d := &ran.Denials[i]; !networkCheck(d) {
			j.others[d.Class+" "+d.Perms]++
		}
	}
	model = expected(j.p, &a)
	helper := ""
	if s, _ := network.SocketOf(q.Protocol); sc.Helpers != nil && s.Inet && sc.Giver == "" {
		if helper = sc.Helper; helper == "" {
			// Where the helpers have the kernel's label, nothing tells their denials from
			// those of sockets that the kernel makes for the process.
			helper = j.kernel
			model.denials = slices.DeleteFunc(model.denials,
				func(key string) bool { return strings.HasPrefix(key, helper+" ") })
		}
	}
	return model, observed(&q, of, ran, helper, j.kernel, j.p.FormatContext(a.Socket)), ran, nil
}

// compare fails the test where model and kernel differ.
func (j *judge) compare(t *testing.T, q network.Question) {
	t.Helper()
	model, real, ran, err := j.ask(q)
	for range maxRepeats {
		if err != nil || model.equal(&real) || !packetsElsewhere(ran) {
			break
		}
		j.c.repeated.Add(1)
		model, real, ran, err = j.ask(q)
	}
	if err != nil {
		t.Fatalf("%s: %v", describe(j.p, &q), err)
	}
	j.c.lines.Add(int64(len(real.denials)))
	j.seen[string(model.errno)]++
	if model.equal(&real) {
		return
	}
	if j.bad++; j.bad <= 12 {
		t.Errorf("%s\n  model  %s\n  kernel %s", describe(j.p, &q), &model, &real)
		for i, r := range ran.Results {
			t.Logf("    call %d: %s", i, errnoText(r))
			for k := range ran.Denials {
				if d := &ran.Denials[k]; d.Call == i {
					t.Logf("      %s", d.Key())
				}
			}
		}
		for k := range ran.Denials {
			if d := &ran.Denials[k]; d.Call < 0 {
				t.Logf("      late: %s", d.Key())
			}
		}
	}
}

// maxRepeats is the most times that an operation is run again if the kernel did not handle its
// packets within its calls.
const maxRepeats = 5

// packetsElsewhere reports whether checks of packets belong to no call. A kernel
// that has much to do leaves packets to a thread of its own (ksoftirqd), and then
// nothing tells which call they are of.
func packetsElsewhere(ran *Ran) bool {
	return slices.ContainsFunc(ran.Denials, func(d Denial) bool { return d.Call < 0 && networkCheck(&d) })
}

func describe(p *policy.Policy, q *network.Question) string {
	mode := "permissive"
	if q.Host.Enforcing {
		mode = "enforcing"
	}
	text := fmt.Sprintf("%s %s %s %v", p.FormatContext(q.Subject), mode, q.Protocol, q.Operation)
	if q.Calls != nil {
		text += fmt.Sprint(q.Calls)
	}
	text += fmt.Sprintf(" %s port %d, local ports %d-%d, unprivileged from %d", q.Addr, q.Port,
		q.Host.LocalPorts.Low, q.Host.LocalPorts.High, q.Host.UnprivilegedPortStart)
	if q.Disconnect {
		text += ", AF_UNSPEC"
	}
	if q.Option != "" {
		text += ", " + q.Option
	}
	if q.UserNamespace {
		text += ", user namespace"
	}
	if q.Giver != nil {
		text += ", giver " + p.FormatContext(*q.Giver)
	}
	if q.SocketLabel != nil {
		text += ", socket " + p.FormatContext(*q.SocketLabel)
	}
	if q.PeerLabel != nil {
		text += ", peer " + p.FormatContext(*q.PeerLabel)
	}
	if q.PacketLabel != nil {
		text += ", packets " + p.FormatContext(*q.PacketLabel)
	}
	return text
}

// testVerdicts compares operations at random under one of Debian's policies.
func testVerdicts(t *testing.T, vm *VM, c *counts, kind string) {
	rounds, each := 3, 50
	if long() {
		rounds, each = 20, 500
	}
	without := func(list ...policy.PolicyCap) func(*policydb.Policy) {
		return func(db *policydb.Policy) {
			for _, c := range list {
				db.PolicyCaps = db.PolicyCaps.Without(uint32(c))
			}
		}
	}
	always := func(db *policydb.Policy) { db.PolicyCaps = db.PolicyCaps.With(uint32(policy.CapAlwaysCheckNetwork)) }
	variants := []struct {
		name string
		edit func(*policydb.Policy)
	}{
		{"as it is", func(*policydb.Policy) {}},
		{"without extended_socket_class", without(policy.CapExtendedSocketClass)},
		{"with always_check_network", always},
		{"without network_peer_controls", without(policy.CapNetworkPeerControls)},
		{"without both", without(policy.CapNetworkPeerControls, policy.CapExtendedSocketClass)},
		{"without network_peer_controls, with always_check_network", func(db *policydb.Policy) {
			without(policy.CapNetworkPeerControls)(db)
			always(db)
		}},
	}
	for i, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(5, uint64(9+i)))
			base, err := Permissive(open(t, kind))
			if err != nil {
				t.Fatal(err)
			}
			v.edit(base)
			j := &judge{vm: vm, c: c, model: network.Ask}
			for round := range rounds {
				db := base.Clone()
				if round%2 == 1 {
					somePermissive(t, db, rng)
				}
				p := flipped(policy.New(db), rng)
				j.load(t, p)
				g := newGuesser(p, rng)
				for range each {
					j.compare(t, g.next(t))
				}
			}
			t.Logf("%v in the machine; outcomes by errno: %v; other denials: %v", j.took, j.seen, j.others)
			if j.bad > 0 {
				t.Errorf("%d of %d operations differ", j.bad, rounds*each)
			}
			if j.seen["EACCES"] == 0 || j.seen[""] == 0 {
				t.Error("one of the verdicts never came up")
			}
		})
	}
}

func somePermissive(t *testing.T, db *policydb.Policy, rng *rand.Rand) {
	t.Helper()
	for i := range db.Types.Items {
		ty := &db.Types.Items[i]
		if ty.IsAttribute() || ty.IsAlias() || rng.IntN(4) > 0 {
			continue
		}
		if err := db.SetPermissive(ty.Value, true); err != nil {
			t.Fatal(err)
		}
	}
}

// A guesser makes questions about operations; many of them are granted.
type guesser struct {
	asker
	byClass map[policy.ClassID][]policy.Rule
	ports   []policydb.PortCon
}

func newGuesser(p *policy.Policy, rng *rand.Rand) *guesser {
	g := &guesser{asker: *newAsker(p, rng), byClass: make(map[policy.ClassID][]policy.Rule), ports: p.Ports()}
	for _, r := range g.rules {
		g.byClass[r.Class] = append(g.byClass[r.Class], r)
	}
	return g
}

// subject returns a context of a process that has a rule about the class, or of
// any type that a role may have.
func (g *guesser) subject(class policy.ClassID) policy.Context {
	for {
		ty := pick(g.rng, g.types)
		if rules := g.byClass[class]; len(rules) > 0 && g.rng.IntN(10) > 0 {
			members := slices.Collect(g.p.Members(pick(g.rng, rules).Source).All())
			if len(members) == 0 {
				continue
			}
			ty = pick(g.rng, members)
		}
		if c, ok := g.context(ty); ok && c.Role != 1 && !g.isKernel(c) {
			return c
		}
	}
}

// isKernel reports whether a context has the kernel's type. Its denials count as those of the
// helpers.
func (g *guesser) isKernel(c policy.Context) bool {
	kernel, _ := g.p.InitialSID(policy.SIDKernel)
	return c.Type == kernel.Type
}

func (g *guesser) next(t *testing.T) network.Question {
	t.Helper()
	protocols := []network.Protocol{network.TCP, network.TCP, network.TCP, network.UDP, network.UDP, network.MPTCP,
		network.SCTP,
		network.DCCP, network.UDPLite, network.Ping, network.Raw, network.Packet, network.VSock, network.UnixStream,
		network.UnixDgram,
		network.NetRoute, network.NetDiag, network.NetXfrm, network.NetAudit, network.NetOther}
	q := network.Question{Protocol: pick(g.rng, protocols), Operation: pick(g.rng, network.Operations()), Netif: "lo",
		Machine: network.Machine{Host: host.Standard()}}
	s, _ := network.SocketOf(q.Protocol)
	class, _ := g.p.Class(s.ClassUnder(g.p))
	q.Subject = g.subject(class)
	q.Host.Enforcing = g.rng.IntN(3) > 0
	q.Addr = operations.Addr(g.rng)
	switch g.rng.IntN(5) {
	case 0, 1:
		q.Port = max(1, operations.Port(g.rng))
	case 2:
		known := pick(g.rng, operations.Known())
		q.Protocol, q.Operation, q.Port = known.Protocol, known.Operation, known.Port
		if known.Addr.IsValid() {
			q.Addr = known.Addr
		}
		s, _ := network.SocketOf(q.Protocol)
		class, _ := g.p.Class(s.ClassUnder(g.p))
		q.Subject = g.subject(class)
	default:
		con := pick(g.rng, g.ports)
		q.Port = uint16(con.Low + g.rng.Uint32N(con.High-con.Low+1))
	}
	if q.Operation == network.Bind && g.rng.IntN(8) == 0 {
		q.Port = 0
	}
	switch g.rng.IntN(4) {
	case 0:
		low := 1024 + g.rng.IntN(50000)
		q.Host.LocalPorts = host.PortRange{Low: uint16(low), High: uint16(low + g.rng.IntN(65535-low))}
	case 1:
		q.Host.UnprivilegedPortStart = pick(g.rng, []uint16{0, 80, 443, 1024, 2000})
	}
	packets := g.p.HasPolicyCap(policy.CapAlwaysCheckNetwork) || !g.p.HasPolicyCap(policy.CapNetworkPeerControls)
	if q.Protocol == network.SCTP && packets && q.Addr.IsUnspecified() {
		q.Addr = netip.MustParseAddr("127.0.0.1") // it does not connect to 0.0.0.0
	}
	if q.Protocol == network.Raw && packets {
		// IPPROTO_RAW receives nothing, and sends packets as they are.
		q.Addr = netip.MustParseAddr("127.0.0.1")
		if q.Operation == network.Recv {
			q.Operation, q.Calls = "", []network.Call{network.CallSocket, network.CallBind, network.CallReceive}
		}
	}
	if q.Protocol == network.Ping && packets && q.Operation == network.Recv {
		q.Operation = network.Send // what the helper sends is answered by the kernel
	}
	if q.Protocol == network.Ping && packets && q.Addr == netip.IPv6Unspecified() {
		q.Addr = netip.IPv6Loopback() // no network to :: is reachable, so that no packet is made
	}
	if q.Addr.Is4In6() && (q.Protocol == network.Ping || q.Protocol == network.Raw) {
		q.Addr = netip.IPv6Loopback() // they have no mapped addresses
	}
	switch q.Protocol {
	case network.UnixStream, network.UnixDgram:
		for q.PeerLabel == nil {
			if c, ok := g.context(pick(g.rng, g.types)); ok {
				q.PeerLabel = &c
			}
		}
	case network.NetRoute, network.NetDiag, network.NetXfrm:
		q.NetlinkPerm = pick(g.rng, []string{"", "nlmsg_read", "nlmsg_write"})
	case network.NetAudit:
		q.NetlinkPerm = pick(g.rng, []string{"nlmsg_read", "nlmsg_write", "nlmsg_relay", "nlmsg_readpriv",
			"nlmsg_tty_audit"})
	}
	if q.Operation == network.Connect && g.rng.IntN(8) == 0 {
		q.Disconnect = true
	}
	if (q.Protocol == network.TCP || q.Protocol == network.MPTCP) && !packets && g.rng.IntN(10) == 0 {
		q.Operation, q.Calls, q.Disconnect = "", []network.Call{network.CallSocket, network.CallFastOpen}, false
	}
	if g.rng.IntN(6) == 0 {
		extra := []network.Call{network.CallGetsockname, network.CallGetsockopt, network.CallSetsockopt,
			network.CallShutdown,
			network.CallIoctl, network.CallReceive, network.CallListen, network.CallAccept}
		q.Operation, q.Calls = "", []network.Call{network.CallSocket, pick(g.rng, extra), pick(g.rng, extra)}
		q.Port, q.Disconnect = 0, false
	}
	return q
}
