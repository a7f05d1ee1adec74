package network

import (
	"cmp"
	"net/netip"
	"strings"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/packetfilter"
	"github.com/senet-selinux/senet/policy"
)

// traffic describes the route of a question's packets: their addresses and interfaces.
type traffic struct {
	serves bool // the process is the server
	local  bool // the other end is on this host
	ipv6   bool
	// own and remote are the addresses of this end and the other, the zero Addr if unknown.
	own, remote netip.Addr
	// interfaces are the possible interfaces of packets. An empty list means that none is known; then senet assumes
	// an interface without a netifcon.
	interfaces []string
}

// traffic determines the route of packets from the question and the host, once.
func (a *asking) traffic() *traffic {
	if a.way == nil {
		t := a.newTraffic()
		a.way = &t
	}
	return a.way
}

func (a *asking) newTraffic() traffic {
	q := &a.q
	addr := q.Addr.Unmap()
	t := traffic{serves: a.serving, ipv6: addr.Is6()}
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	if t.ipv6 {
		loopback = netip.IPv6Loopback()
	}
	var way routed
	if t.serves {
		if t.own = addr; addr.IsUnspecified() {
			t.own = netip.Addr{}
		}
		t.remote = q.Remote.Unmap()
		if !t.remote.IsValid() && (addr.IsLoopback() || q.Netif == loopbackName) {
			if t.remote = loopback; t.own.IsValid() {
				t.remote = localSource(&q.Host, t.own)
			}
		}
		way = route(&q.Host, t.remote)
		if addr.IsLoopback() {
			way.local = true
		}
	} else {
		switch t.remote = addr; {
		case a.noAddr:
			t.remote = netip.Addr{}
		case addr.IsUnspecified():
			t.remote = loopback
		}
		way = route(&q.Host, t.remote)
		t.own = way.source
	}
	t.local, t.interfaces = way.local, way.interfaces
	if q.Netif != "" {
		t.interfaces = []string{q.Netif}
		if t.local = q.Netif == loopbackName; t.local && !t.serves && t.remote.IsValid() {
			t.own = localSource(&q.Host, t.remote)
		}
	}
	return t
}

// servesWith reports whether calls are those of a server: it waits, or receives first.
func servesWith(calls []Call) bool {
	for _, c := range calls {
		switch c {
		case CallBind, CallListen, CallAccept, CallIngress:
			return true
		case CallConnect, CallSend, CallFastOpen, CallEgress:
			return false
		}
	}
	return false
}

// one returns the interface if there is exactly one, else "".
func (t *traffic) one() string {
	if len(t.interfaces) == 1 {
		return t.interfaces[0]
	}
	return ""
}

// An event is a packet at this end's checks.
type event struct {
	departs bool
	// packets are the SECMARK labels that the packet may have.
	packets []labelled
	// ways are the interfaces that it may use, with the labels for each.
	ways []way
	// skipped says why there is no check: the packet filter dropped the packet, or an earlier one. loses names the
	// rule that may drop the packet.
	skipped, loses string
	// behind names the rule that drops, or may drop, the packet after the checks, and says where.
	behind    string
	behindMay bool
	// late says that the packet belongs to an established connection, so that no program gets an
	// error.
	late bool
}

// A way is one interface, and the labels of the other end there.
type way struct {
	netif policy.Context
	node  labelled // the label of the other end's address
	peer  labelled // the label of an arriving packet's sender
	own   labelled // the label of a leaving packet's socket
}

// event returns the nth packet that arrives at or leaves this end, from 0.
func (a *asking) event(call Call, nth int) *event {
	if a.events == nil || a.eventsPort != a.q.Port {
		a.events, a.eventsPort = make(map[eventKey]*event), a.q.Port
	}
	key := eventKey{call, nth}
	e := a.events[key]
	if e == nil {
		e = a.newEvent(call == CallEgress, nth)
		a.events[key] = e
	}
	return e
}

type eventKey struct {
	call Call
	nth  int
}

func (a *asking) newEvent(departs bool, nth int) *event {
	e := &event{departs: departs, late: nth > 0}
	index := packetFirst
	switch {
	case nth > 0:
		index = packetLater
	case departs == a.traffic().serves:
		index = packetAnswer
	}
	a.secmark(e, index)
	a.ways(e, index)
	if e.loses == "" && e.skipped == "" {
		if policy := a.ipsecMayDrop(e); policy != "" {
			e.loses = "IPsec may drop the packet: " + policy
		}
	}
	return e
}

// secmark fills in the SECMARK labels that a packet may have.
func (a *asking) secmark(e *event, index int) {
	q := &a.q
	unlabeled := labelled{none: true, context: a.unlabeled}
	switch {
	case q.PacketLabel != nil:
		e.packets = []labelled{{context: *q.PacketLabel, why: "the label in the question"}}
		return
	case a.strictlyUnknown(host.FactSecmark):
		e.packets = []labelled{{unknown: true, context: a.unlabeled, why: "SECMARK rules that could not be read"}}
		return
	case !q.Host.Secmark || !a.s.Inet:
		e.packets = []labelled{unlabeled}
		return
	case q.Host.Filter == nil:
		e.packets = []labelled{unlabeled}
		for _, r := range q.Host.SecmarkRules {
			if !strings.Contains(r.From, "in network namespace") {
				e.packets = []labelled{{unknown: true, context: a.unlabeled, why: unreadRules(&q.Host)}}
				break
			}
		}
		return
	}
	list := a.walks()
	if index >= len(list) {
		e.skipped = "the packet filter drops the packets before"
		return
	}
	e.departs = list[index].departs
	dropped := ""
	for _, s := range list[index].states {
		if s.Dropped {
			dropped = s.Label
			continue
		}
		l := unlabeled
		switch {
		case s.Packet == packetfilter.AnyLabel:
			l.unknown = true
		case s.Packet != packetfilter.NoLabel:
			l = a.factLabel(a.q.prepared.rules.Label(s.Packet), "")
		}
		l.why = "labelled by the SECMARK rule " + s.Label
		if s.Label == "" {
			l.why = "no SECMARK rule labels the packet"
		}
		if s.Hangs != "" {
			l.why += ", which depends on " + s.Hangs
		}
		e.packets = append(e.packets, l)
	}
	switch {
	case len(e.packets) == 0:
		e.skipped = "the packet filter drops the packet: " + dropped
	case dropped != "":
		e.loses = "the packet filter may drop the packet: " + dropped
	default:
		e.lostBehind(&list[index])
	}
}

// unreadRules names the rules for packet labels that were not read, with the reason.
func unreadRules(f *host.Facts) string {
	u, missing := f.Missing(host.FactFilter)
	if !missing || u.Reason == "" {
		return "SECMARK rules that could not be read"
	}
	return "SECMARK rules: " + u.Reason
}

// lostBehind records whether a packet is lost after the checks. If it is lost as it leaves, its sender gets an
// error; if it is lost as it arrives at the other end, nobody gets one.
func (e *event) lostBehind(o *outcome) {
	if e.lostIn(o.behind, "the packet: "); e.behind == "" {
		e.lostIn(o.arrived, "the packet as it arrives: ")
	}
}

func (e *event) lostIn(states []packetfilter.State, what string) {
	passes := false
	for _, s := range states {
		if s.Dropped {
			e.behind = what + s.Label
		} else {
			passes = true
		}
	}
	e.behindMay = passes && e.behind != ""
}

// strictlyUnknown reports whether a fact could not be read, and the question is strict.
func (a *asking) strictlyUnknown(facts ...host.Fact) bool {
	if !a.q.Strict {
		return false
	}
	for _, fact := range facts {
		if _, missing := a.q.Host.Missing(fact); missing {
			return true
		}
	}
	return false
}

// walks returns the packets of the question's flow after the packet filter.
func (a *asking) walks() []outcome {
	q, t := &a.q, a.traffic()
	q.Prepare()
	f := flow{ipv6: t.ipv6, protocol: a.s.packetProtocol(t.ipv6), port: q.Port, serves: t.serves, local: t.local,
		stream: a.s.Stream, iface: t.one()}
	f.client, f.server = t.own, t.remote
	if t.serves {
		f.client, f.server = t.remote, t.own
	}
	// For another machine's client this is an assumption (AssumedClientPort).
	f.clientPorts = packetfilter.Ports{Low: q.Host.LocalPorts.Low, High: q.Host.LocalPorts.High}
	if f.iface != "" {
		f.index = indexOf(&q.Host, f.iface)
	}
	return q.prepared.walk(f)
}

// packetProtocol returns the protocol of a socket's packets: TCP below MPTCP and SMC.
func (s *Socket) packetProtocol(ipv6 bool) uint8 {
	switch s.Protocol {
	case MPTCP, SMC:
		return policy.ProtoTCP
	case Ping:
		if ipv6 {
			return 58
		}
	case Raw:
		return 0
	}
	return s.PortProtocol
}

// ways sets the possible interfaces of a packet and the labels for each.
func (a *asking) ways(e *event, index int) {
	t := a.traffic()
	interfaces := t.interfaces
	if len(interfaces) == 0 {
		interfaces = []string{""}
	}
	nodes := a.nodes()
	for _, name := range interfaces {
		netif := a.p.NetifLabel(name).Context
		for _, node := range nodes {
			if e.departs {
				for _, own := range a.senders(name, index) {
					e.ways = append(e.ways, way{netif: netif, node: node, own: own})
				}
				continue
			}
			for _, peer := range a.peers(name, t.serves) {
				e.ways = append(e.ways, way{netif: netif, node: node, peer: peer})
			}
		}
		if len(e.ways) > maxWays {
			break
		}
	}
}

// maxWays bounds the combinations for one packet.
const maxWays = 4096

// nodes returns the possible labels of the other end's address.
func (a *asking) nodes() []labelled {
	t := a.traffic()
	if t.remote.IsValid() {
		return []labelled{{context: a.p.NodeLabel(t.remote).Context}}
	}
	if !a.checksPeers() {
		return []labelled{{context: a.node.Context}}
	}
	var list []labelled
	add := func(c policy.Context) {
		for i := range list {
			if sameContext(a.p, list[i].context, c) {
				return
			}
		}
		list = append(list, labelled{context: c, why: "the address of the other end"})
	}
	if t.ipv6 {
		for _, n := range a.p.Nodes6() {
			add(n.Context)
		}
	} else {
		for _, n := range a.p.Nodes() {
			add(n.Context)
		}
	}
	initial, _ := a.p.InitialSID(policy.SIDNode)
	add(initial)
	return list
}

// checksPeers reports whether the kernel checks the other end's labels.
func (a *asking) checksPeers() bool { return a.alwaysCheck || a.q.Host.PeerLabelling }

// peers returns the possible labels of packets from the other end that arrive at an interface. first says that the
// other end is a client; otherwise it is a server that answers.
func (a *asking) peers(iface string, first bool) []labelled {
	q, t := &a.q, a.traffic()
	if q.PeerLabel != nil {
		return []labelled{{context: *q.PeerLabel, why: "the label in the question"}}
	}
	if a.strictlyUnknown(host.FactNetLabel, host.FactIPsec) {
		return []labelled{{unknown: true, context: a.unlabeled,
			why: "labels of NetLabel or IPsec that could not be read"}}
	}
	if !q.Host.PeerLabelling {
		return []labelled{{none: true, context: a.unlabeled}}
	}
	var list []labelled
	if why := ipsecMayLabel(&q.Host, t.local, a.s.packetProtocol(t.ipv6), t.remote, t.own); why != "" {
		list = append(list, labelled{unknown: true, context: a.unlabeled, why: why})
	}
	if q.Peer != nil {
		sender := *q.Peer
		answers := !first && a.s.Stream
		if answers && (a.s.Protocol != SCTP || a.class == "sctp_socket") {
			// The server's connection has the level of the client, from the client's packets. If the client has no
			// label, an SCTP association has the level of unlabeled (selinux_sctp_process_new_assoc), and a TCP
			// connection has the listener's level.
			switch seen := a.seen(a.socket, iface, t.own, t.remote, false); {
			case seen.unknown || seen.lost:
			case !seen.none:
				sender.Range = seen.context.Range
			case a.class == "sctp_socket":
				sender.Range = a.unlabeled.Range
			}
		}
		seen := a.seen(sender, iface, t.remote, t.own, answers)
		if later := a.seen(sender, iface, t.remote, t.own, false); answers && !sameLabelled(a.p, &seen, &later) {
			// Later packets of the connection carry a label that the answer does not have.
			later.why = "packets after the answer: " + later.why
			list = append(list, later)
		}
		return append(list, seen)
	}
	fallback := a.fallbackLabel(iface, t.remote)
	carried, always := a.mayCarry()
	if carried != "" {
		list = append(list, labelled{unknown: true, context: a.unlabeled, why: carried})
	}
	if !always {
		list = append(list, fallback)
	}
	return list
}

// seen returns the label of a sender's packets where they arrive. answers says that the sender is a server that
// answers.
func (a *asking) seen(sender policy.Context, iface string, from, to netip.Addr, answers bool) labelled {
	w := a.wireOf(sender, to)
	if answers {
		w = a.answerOf(sender, to)
	}
	switch w.kind {
	case wireWhole:
		if !a.traffic().local {
			return labelled{lost: true, context: a.unlabeled,
				why: w.why + ", which no packet of another machine may have"}
		}
		return labelled{context: sender, why: w.why}
	case wireFails:
		return labelled{lost: true, context: a.unlabeled, why: w.why}
	case wireNothing, wireLevel, wireUnknown:
	}
	return a.received(w, iface, from)
}

// mayCarry names the labels that packets may carry if the question does not name the other end, "" for none. always
// says that all packets carry them.
func (a *asking) mayCarry() (what string, always bool) {
	n, t := a.q.Host.NetLabel, a.traffic()
	if n == nil || !t.ipv6 && len(n.CIPSO) == 0 || t.ipv6 && len(n.CALIPSO) == 0 {
		return "", false
	}
	if !t.local {
		return "packets of other machines may carry labels of CIPSO or CALIPSO; name the other end with --peer", false
	}
	to := t.own
	if !to.IsValid() {
		to = t.remote
	}
	family := "ip"
	if t.ipv6 {
		family = "ip6"
	}
	plain := false
	for _, d := range n.Domains {
		if d.Family != "" && d.Family != family {
			continue
		}
		e, ok := domainEntry(n, d.Domain, to)
		switch {
		case ok && e.Protocol != "unlabelled":
			what = "CIPSO or CALIPSO carries the label of the process at the other end; name it with --peer"
		case ok:
			plain = true
		}
	}
	return what, what != "" && !plain
}

// senders returns the possible labels of the socket for a leaving packet.
func (a *asking) senders(iface string, index int) []labelled {
	own := a.socket
	if index != packetAnswer || !a.traffic().serves || !a.s.Stream || !a.q.Host.PeerLabelling {
		return []labelled{{context: own}}
	}
	// A SYN-ACK leaves a listening socket. Its level is that of the label on the packet itself, or of a static
	// label without an interface.
	var list []labelled
	for _, peer := range a.peers(iface, true) {
		l := labelled{context: own}
		connection := own
		if !peer.none && a.s.Protocol != SCTP || a.s.Protocol == SCTP && a.class == "sctp_socket" {
			connection.Range = peer.context.Range
		}
		switch w := a.answerOf(connection, a.traffic().remote); w.kind {
		case wireWhole:
			l.context = connection
		case wireLevel:
			l.context.Range = policy.Range{Low: w.level, High: w.level, Single: true}
			if w.passedOver {
				a.fallBack(&l)
			}
		case wireNothing:
			a.fallBack(&l)
		case wireFails:
			l.lost, l.why = true, w.why
		case wireUnknown:
			l.unknown, l.why = true, w.why
		}
		if peer.unknown && a.p.MLS() {
			l.unknown, l.why = true, peer.why
		}
		list = append(list, l)
	}
	return list
}

// fallBack gives a listening socket the level of the static label for its own answer, without an interface.
func (a *asking) fallBack(l *labelled) {
	static := a.fallbackLabel("", a.traffic().own)
	if static.none {
		l.lost, l.why = l.lost || static.lost, cmp.Or(l.why, static.why)
		return
	}
	if l.context.Range = static.context.Range; static.unknown || static.lost {
		l.unknown, l.lost, l.why = static.unknown, static.lost, static.why
	}
}

// sameLabelled reports whether two labels are the same for every check.
func sameLabelled(p *policy.Policy, a, b *labelled) bool {
	return a.unknown == b.unknown && a.lost == b.lost && sameContext(p, a.context, b.context)
}
