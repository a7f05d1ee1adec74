package kernel

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// testSockets compares operations on sockets without ports: netlink, vsock, raw, packet, ICMP and
// unix sockets with and without paths, socket options that take capabilities, descriptors that other
// processes pass on, and requests for modules.
func testSockets(t *testing.T, vm *VM, c *counts, kind string) {
	rounds, each := 6, 60
	switch {
	case long():
		rounds, each = 24, 500
	case short():
		rounds = 2
	}
	rng := rand.New(rand.NewPCG(15, uint64(len(kind))))
	base, err := Permissive(open(t, kind))
	if err != nil {
		t.Fatal(err)
	}
	g := &socketGuesser{kinds: make(map[string]int)}
	j := &judge{vm: vm, c: c, model: network.Ask}
	for round := range rounds {
		db := base.Clone()
		if round%2 == 1 {
			somePermissive(t, db, rng)
		}
		if round%3 == 2 {
			db.PolicyCaps = db.PolicyCaps.Without(uint32(policy.CapExtendedSocketClass))
		}
		p := flipped(policy.New(db), rng)
		j.load(t, p)
		g.guesser = newGuesser(p, rng)
		for range each {
			j.compare(t, g.question())
		}
	}
	t.Logf("%v in the machine; kinds: %v; outcomes by errno: %v; other denials: %v", j.took, g.kinds, j.seen, j.others)
	if j.bad > 0 {
		t.Errorf("%d of %d operations differ", j.bad, rounds*each)
	}
	for _, kind := range []string{"message", "option", "descriptor", "module", "path", "socket"} {
		if g.kinds[kind+" allowed"] == 0 && !short() || g.kinds[kind+" denied"] == 0 {
			t.Errorf("%s: no operation was allowed, or none denied", kind)
		}
	}
}

// A socketGuesser makes questions about sockets without ports.
type socketGuesser struct {
	*guesser
	kinds map[string]int // of questions, with their verdicts
}

// question returns a question, and counts it.
func (g *socketGuesser) question() network.Question {
	kinds := []struct {
		name string
		make func(*network.Question)
	}{
		{"message", g.message}, {"option", g.option}, {"descriptor", g.descriptor}, {"module", g.module},
		{"path", g.path}, {"socket", g.socket},
	}
	kind := pick(g.rng, kinds)
	q := network.Question{Netif: "lo", Addr: netip.MustParseAddr("127.0.0.1"),
		Machine: network.Machine{Host: host.Standard()}}
	q.Host.Enforcing = g.rng.IntN(4) > 0
	kind.make(&q)
	verdict := " denied"
	d := access.NewDecider(g.p)
	if a, err := network.Ask(d, q); err == nil && a.Verdict == network.Allowed && !a.Permissive {
		verdict = " allowed"
	}
	g.kinds[kind.name+verdict]++
	return q
}

// of makes a question one about a kind of socket, with a process that has rules about its class.
func (g *socketGuesser) of(q *network.Question, protocols ...network.Protocol) network.Socket {
	q.Protocol = pick(g.rng, protocols)
	s, _ := network.SocketOf(q.Protocol)
	class, _ := g.p.Class(s.ClassUnder(g.p))
	q.Subject = g.subject(class)
	return s
}

// related returns a context whose type has a rule of a class with the type of a process, or any.
func (g *socketGuesser) related(who policy.Context, class string) policy.Context {
	id, _ := g.p.Class(class)
	for range 200 {
		rules := g.byClass[id]
		if len(rules) == 0 || g.rng.IntN(4) == 0 {
			break
		}
		r := pick(g.rng, rules)
		if !g.p.Members(r.Source).Has(policy.TypeID(who.Type)) {
			continue
		}
		for id := range g.p.Members(r.Target).All() {
			if c, ok := g.context(id); ok && g.rng.IntN(3) == 0 {
				return c
			}
		}
	}
	for {
		if c, ok := g.context(pick(g.rng, g.types)); ok {
			return c
		}
	}
}

// granted returns a context of a type on which a rule grants the process a permission, else any.
func (g *socketGuesser) granted(who policy.Context, class, perm string) policy.Context {
	id, _ := g.p.Class(class)
	bit, _ := g.p.Perm(id, perm)
	rules := g.byClass[id]
	start := g.rng.IntN(max(1, len(rules)))
	for i := range rules {
		r := rules[(start+i)%len(rules)]
		if r.Perms&bit == 0 || !g.p.Members(r.Source).Has(policy.TypeID(who.Type)) {
			continue
		}
		for id := range g.p.Members(r.Target).All() {
			if c, ok := g.context(id); ok {
				return c
			}
		}
	}
	return g.related(who, class)
}

func (g *socketGuesser) message(q *network.Question) {
	q.Operation = network.Send
	switch g.of(q, network.NetRoute, network.NetRoute, network.NetXfrm, network.NetDiag, network.NetAudit,
		network.NetFilter); q.Protocol {
	case network.NetAudit:
		q.NetlinkPerm = pick(g.rng, []string{"nlmsg_read", "nlmsg_write", "nlmsg_relay", "nlmsg_readpriv",
			"nlmsg_tty_audit"})
	case network.NetRoute, network.NetXfrm:
		q.NetlinkPerm = pick(g.rng, []string{"nlmsg_read", "nlmsg_write"})
	}
	q.UserNamespace = q.Protocol != network.NetAudit && g.rng.IntN(5) == 0 // the audit system answers no other
}

func (g *socketGuesser) option(q *network.Question) {
	q.Operation, q.Option = network.Set, pick(g.rng, network.Options())
	g.of(q, network.TCP, network.UDP)
	switch q.Option {
	case "TCP_REPAIR", "TCP_NODELAY":
		g.of(q, network.TCP)
	case "IPV6_TRANSPARENT", "IPV6_HOPOPTS", "IPV6_DSTOPTS", "IPV6_V6ONLY":
		q.Addr = netip.IPv6Loopback()
	}
	if class, ok := g.p.Class("capability"); ok && g.rng.IntN(2) == 0 {
		q.Subject = g.subject(class)
	}
	// A process of another user namespace never holds a capability of the first one.
	q.UserNamespace = !strings.HasSuffix(q.Option, "FORCE") && g.rng.IntN(5) == 0
}

func (g *socketGuesser) descriptor(q *network.Question) {
	q.Operation = network.Inherit
	s := g.of(q, network.TCP, network.UDP, network.UnixStream, network.UnixDgram, network.NetRoute, network.Packet)
	class := s.ClassUnder(g.p)
	giver, label := g.related(q.Subject, "fd"), g.related(q.Subject, class)
	if g.rng.IntN(3) == 0 {
		label = q.Subject
	}
	if g.rng.IntN(6) == 0 {
		giver = q.Subject
	}
	q.Giver, q.SocketLabel = &giver, &label
}

func (g *socketGuesser) module(q *network.Question) {
	q.Calls = []network.Call{network.CallSocket, network.CallModule}
	g.of(q, network.NetOther)
	if class, ok := g.p.Class("system"); ok && g.rng.IntN(2) == 0 {
		q.Subject = g.subject(class)
	}
}

// path makes a question about a unix socket with a path: a file in a directory.
func (g *socketGuesser) path(q *network.Question) {
	g.of(q, network.UnixStream, network.UnixDgram)
	q.Operation = pick(g.rng, []network.Operation{network.Connect, network.Bind})
	dir, file := g.related(q.Subject, "dir"), g.related(q.Subject, "sock_file")
	peer := g.related(q.Subject, "unix_stream_socket")
	if g.rng.IntN(2) == 0 {
		dir, file = g.granted(q.Subject, "dir", "search"), g.granted(q.Subject, "sock_file", "write")
		peer = g.granted(q.Subject, "unix_stream_socket", "connectto")
		if q.Operation == network.Bind {
			dir = g.granted(q.Subject, "dir", "add_name")
		}
	}
	if q.Operation == network.Connect {
		q.PeerLabel = &peer
		q.Lookups = []network.Lookup{
			{Path: "/dir", Label: dir, Class: "dir", Perm: "search"},
			{Path: "/dir/file", Label: file, Class: "sock_file", Perm: "write"},
		}
		return
	}
	made, err := access.NewDecider(g.p).NewObject(q.Subject, dir, "sock_file", socketName)
	uses := g.p.DB().OContexts.FSUses
	at := slices.IndexFunc(uses, func(u policydb.FSUse) bool { return u.Name == "tmpfs" })
	if err != nil || at < 0 || g.p.ValidateContext(made) != nil {
		g.path(q)
		return
	}
	for _, perm := range []string{"search", "write", "add_name"} {
		q.Lookups = append(q.Lookups, network.Lookup{Path: "/dir", Label: dir, Class: "dir", Perm: perm})
	}
	q.Lookups = append(q.Lookups, network.Lookup{Path: "/dir/file", Label: made, Class: "sock_file", Perm: "create"},
		network.Lookup{Path: "/dir", Label: uses[at].Context, Source: &made, Class: "filesystem", Perm: "associate"})
}

func (g *socketGuesser) socket(q *network.Question) {
	s := g.of(q, network.VSock, network.Raw, network.Packet, network.Ping, network.UnixStream, network.UnixDgram,
		network.NetFilter, network.NetGeneric, network.NetUevent, network.NetSELinux, network.NetNflog, network.NetFIB,
		network.NetConn, network.NetCrypto, network.NetRDMA, network.NetISCSI, network.NetSCSI, network.NetOther)
	operations := []network.Operation{network.Open, network.Connect, network.Bind, network.Listen, network.Send,
		network.Recv}
	switch q.Protocol {
	case network.NetNflog, network.NetCrypto, network.NetRDMA, network.NetISCSI, network.NetSCSI, network.NetConn:
		operations = operations[:1] // not every kernel has them, but each asks before it says so
	}
	q.Operation = pick(g.rng, operations)
	switch q.Port = uint16(g.rng.IntN(2048)); {
	case s.Unix():
		peer := g.related(q.Subject, "unix_stream_socket")
		q.PeerLabel = &peer
	case s.Protocol == network.Raw && q.Operation == network.Recv:
		q.Operation, q.Calls = "", []network.Call{network.CallSocket, network.CallBind, network.CallReceive}
	}
}
