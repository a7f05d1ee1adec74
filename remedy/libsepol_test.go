package remedy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/oracle"
)

// A world is a binary policy on disk as libsepol decides it. The hooks of
// bind() and connect() are written down here once more: network, reach and
// remedy have no part in it. Names and the labels of sockets are those of
// package policy and access.
type world struct {
	path             string
	p                *policy.Policy
	number           uint8            // of the protocol
	class            string           // of the socket
	labels           [65536]int       // of each port, by number
	contexts         []string         // of what was asked about, by number
	byText           map[string]int   // contexts
	answers          map[ask]decision // of libsepol
	pending          []ask            // asked and not answered
	domains          []int            // the contexts of all domains, by ascending type
	sockets          []int            // of each domain
	types            []string         // of each domain
	node             int
	missing          bool // an answer that was asked for since this was reset
	known            map[verdictKey][]bool
	sids             map[uint32]int // the contexts of initial SIDs
	controls, always bool           // network_peer_controls, always_check_network
}

type ask struct {
	source, target int32
	class          policy.ClassID
}

type decision struct {
	allowed    uint32
	permissive bool
	invalid    bool // one of the contexts is not valid
	waiting    bool // libsepol has not been asked yet
}

// write puts a policy into a file of its own.
func write(t testing.TB, db *policydb.Policy) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(path, db.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// newWorld reads the file anew, so that what is written is what counts.
func newWorld(t testing.TB, path string, protocol network.Protocol) *world {
	t.Helper()
	p := testpolicy.Open(t, path)
	w := &world{path: path, p: p, byText: map[string]int{}, answers: map[ask]decision{},
		known: map[verdictKey][]bool{}, sids: map[uint32]int{}}
	switch protocol {
	case network.TCP:
		w.number, w.class = 6, "tcp_socket"
	case network.UDP:
		w.number, w.class = 17, "udp_socket"
	case network.SCTP:
		w.number, w.class = 132, "rawip_socket"
		if p.HasPolicyCap(policy.CapExtendedSocketClass) {
			w.class = "sctp_socket"
		}
	}
	sid, _ := p.InitialSID(policy.SIDPort)
	plain := w.context(sid)
	for port := range w.labels {
		w.labels[port] = plain
	}
	cons := p.DB().OContexts.Ports
	for i := len(cons) - 1; i >= 0; i-- { // the first wins
		if cons[i].Protocol == uint32(w.number) {
			label := w.context(cons[i].Context)
			for port := cons[i].Low; port <= cons[i].High; port++ {
				w.labels[port] = label
			}
		}
	}
	for _, n := range []uint32{policy.SIDUnlabeled, policy.SIDNetif} {
		c, ok := p.InitialSID(n)
		if !ok {
			c, _ = p.InitialSID(policy.SIDUnlabeled)
		}
		w.sids[n] = w.context(c)
	}
	w.controls, w.always = p.HasPolicyCap(policy.CapNetworkPeerControls), p.HasPolicyCap(policy.CapAlwaysCheckNetwork)
	node, _ := p.InitialSID(policy.SIDNode)
	for _, n := range p.DB().OContexts.Nodes {
		if n.Addr == [4]byte{} {
			node = n.Context
			break
		}
	}
	w.node = w.context(node)
	d := access.NewDecider(p)
	for _, id := range reach.Domains(p) {
		if c, ok := subject.FromType(p, id); ok {
			w.domains = append(w.domains, w.context(c))
			w.sockets = append(w.sockets, w.context(d.SocketContext(c, w.class)))
			w.types = append(w.types, p.TypeName(id))
		}
	}
	return w
}

func (w *world) context(c policy.Context) int {
	text := w.p.FormatContext(c)
	i, ok := w.byText[text]
	if !ok {
		i = len(w.contexts)
		w.byText[text] = i
		w.contexts = append(w.contexts, text)
	}
	return i
}

// domain returns the number of a domain among w.domains.
func (w *world) domain(t testing.TB, typ string) int {
	t.Helper()
	i := slices.Index(w.types, typ)
	if i < 0 {
		t.Fatalf("%s is no domain", typ)
	}
	return i
}

// may asks for one permission. What libsepol has not answered is noted and
// taken as refused; see [world.settle].
func (w *world) may(source, target int, class, perm string) bool {
	id, ok := w.p.Class(class)
	bit, defined := w.p.Perm(id, perm)
	if !ok || !defined {
		return w.p.DB().HandleUnknown() == policydb.UnknownAllow
	}
	a := ask{int32(source), int32(target), id}
	d, ok := w.answers[a]
	if !ok {
		w.answers[a] = decision{waiting: true}
		w.pending = append(w.pending, a)
	}
	w.missing = w.missing || d.waiting || !ok
	return d.permissive || d.allowed&uint32(bit) != 0
}

// settle runs a computation until libsepol has answered all that it asks.
func (w *world) settle(t testing.TB, compute func()) {
	t.Helper()
	for compute(); len(w.pending) > 0; compute() {
		queries := make([]string, len(w.pending))
		for i, a := range w.pending {
			queries[i] = w.contexts[a.source] + " " + w.contexts[a.target] + " " + w.p.ClassName(a.class)
		}
		got, err := oracle.Access(w.path, queries)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range w.pending {
			w.answers[a] = decision{got[i].Allowed, got[i].Flags&oracle.FlagPermissive != 0, got[i].Err != "", false}
		}
		w.pending = w.pending[:0]
	}
}

// perms returns what a call asks of the process's own socket.
func perms(op network.Operation, stream bool) []string {
	switch {
	case op == network.Bind:
		return []string{"create", "bind"}
	case op == network.Listen && stream:
		return []string{"create", "bind", "listen", "accept"}
	case op == network.Listen:
		return []string{"create", "bind", "listen"}
	case op == network.Send && stream:
		return []string{"create", "connect", "write"}
	case op == network.Send:
		return []string{"create", "write"}
	case op == network.Recv && stream:
		return []string{"create", "bind", "listen", "accept", "read"}
	case op == network.Recv:
		return []string{"create", "bind", "read"}
	}
	return []string{"create", "connect"}
}

// allowed reports whether a process may do op with a port of that label, on
// 0.0.0.0 of a standard host: without labelled networking and SECMARK rules.
func (w *world) allowed(s, k int, op network.Operation, port, label int) bool {
	stream := w.class != "udp_socket"
	class, _ := w.p.Class(w.class)
	ok := true
	need := func(source, target int, class, perm string) {
		if !w.may(source, target, class, perm) {
			ok = false
		}
	}
	for _, perm := range perms(op, stream) {
		need(s, k, w.class, perm)
	}
	if w.answers[ask{int32(s), int32(k), class}].invalid {
		ok = false
	}
	client := op == network.Connect || op == network.Send
	if client {
		if w.class == "tcp_socket" || w.class == "sctp_socket" {
			need(k, label, w.class, "name_connect")
		}
	} else {
		if port != 0 && (port < 32768 || port > 60999) {
			need(k, label, w.class, "name_bind")
		}
		need(k, w.node, w.class, "node_bind")
		if port != 0 && port < 1024 {
			need(s, s, "capability", "net_bind_service")
		}
	}
	w.packets(need, k, op, stream)
	return ok
}

// packets adds what is asked of packets: on a standard host only where the
// policy lacks network_peer_controls, or has always_check_network.
func (w *world) packets(need func(source, target int, class, perm string), socket int, op network.Operation,
	stream bool) {
	out := stream && op != network.Bind || op == network.Send
	in := stream && op != network.Bind || op == network.Recv
	unlabeled, netif, node := w.sids[policy.SIDUnlabeled], w.sids[policy.SIDNetif], w.node
	controls, always := w.controls, w.always
	if out && !controls {
		need(socket, unlabeled, "association", "sendto")
	}
	if in && !controls {
		need(socket, unlabeled, "association", "recvfrom")
	}
	if out && always {
		need(socket, unlabeled, "packet", "send")
	}
	if in && always {
		need(socket, unlabeled, "packet", "recv")
	}
	if out && always && controls {
		need(socket, netif, "netif", "egress")
		need(socket, node, "node", "sendto")
	}
	if in && always && controls {
		need(unlabeled, netif, "netif", "ingress")
		need(unlabeled, node, "node", "recvfrom")
		need(socket, unlabeled, "peer", "recv")
	}
}

// A span is ports that nothing tells apart in two worlds: their labels in both,
// and which side of the limits of the host they are on.
type span struct {
	before, after int
	side          int
}

func side(port int) int {
	switch {
	case port == 0:
		return 0
	case port < 1024:
		return 1
	case port >= 32768 && port <= 60999:
		return 2
	}
	return 3
}

// spans returns the spans of two worlds with their ports in ascending order.
func spans(before, after *world) map[span][]int {
	all := make(map[span][]int)
	for port := range 65536 {
		s := span{before.labels[port], after.labels[port], side(port)}
		all[s] = append(all[s], port)
	}
	return all
}

// A change is who gains or loses which ports, in order: by "connect" or "bind"
// and the name of the domain.
type change map[string][]int

func (c change) add(op network.Operation, domain string, ports []int) {
	key := fmt.Sprintf("%s %s", op, domain)
	c[key] = append(c[key], ports...)
}

// sorted returns the ports in order.
func (c change) sorted() change {
	for _, list := range c {
		slices.Sort(list)
	}
	return c
}

// A verdictKey is a question that is asked of all domains again and again.
type verdictKey struct {
	label, side int
	op          network.Operation
}

// verdicts returns what all domains may, from memory where libsepol has answered
// all of it before.
func (w *world) verdicts(key verdictKey, port int) []bool {
	if v, ok := w.known[key]; ok {
		return v
	}
	w.missing = false
	v := make([]bool, len(w.domains))
	for i := range v {
		v[i] = w.allowed(w.domains[i], w.sockets[i], key.op, port, key.label)
	}
	if !w.missing {
		w.known[key] = v
	}
	return v
}

// difference returns what the domains gain and lose from before to after on the
// ports whose labels in both the filter takes; the subject under the name "".
func difference(t testing.TB, before, after *world, own string, filter func(before, after string) bool) (gain,
	lose change, covered *[65536]bool) {
	t.Helper()
	all := spans(before, after)
	covered = new([65536]bool)
	for at, ports := range all {
		if !filter(before.contexts[at.before], after.contexts[at.after]) {
			delete(all, at)
			continue
		}
		for _, port := range ports {
			covered[port] = true
		}
	}
	ops := []network.Operation{network.Connect, network.Bind}
	ask := func(w *world) func() {
		return func() {
			for at, ports := range all {
				label := at.before
				if w == after {
					label = at.after
				}
				for _, op := range ops {
					w.verdicts(verdictKey{label, at.side, op}, ports[0])
				}
			}
		}
	}
	before.settle(t, ask(before))
	after.settle(t, ask(after))
	gain, lose = change{}, change{}
	for at, ports := range all {
		for _, op := range ops {
			was := before.verdicts(verdictKey{at.before, at.side, op}, ports[0])
			is := after.verdicts(verdictKey{at.after, at.side, op}, ports[0])
			for i, name := range after.types {
				if name == own {
					name = ""
				}
				switch {
				case is[i] && !was[i]:
					gain.add(op, name, ports)
				case was[i] && !is[i]:
					lose.add(op, name, ports)
				}
			}
		}
	}
	return gain.sorted(), lose.sorted(), covered
}
