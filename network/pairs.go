package network

import (
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// A pair is a source and a target label of a check. A check has several pairs if the facts do not determine the
// labels of packets.
type pair struct {
	source, target policy.Context
	unknown        bool // one of the two labels is not known
	lost           bool // the packet is dropped before the check
	why            string
}

// pairs returns the possible labels of a row's check for the nth packet of its kind.
func (a *asking) pairs(row *Row, nth int) []pair {
	if !a.s.Inet || row.Call != CallEgress && row.Call != CallIngress {
		return a.callPairs(row)
	}
	e := a.event(row.Call, nth)
	// The packet that ends a handshake arrives at the listening socket, because the connection's own socket does
	// not exist yet (tcp_v4_rcv, sctp_rcv).
	socket := labelled{context: a.socket}
	if a.kernelPackets() {
		socket.context = a.kernel
	}
	var list []pair
	add := func(source, target labelled) {
		p := pair{source.context, target.context, source.unknown || target.unknown, source.lost || target.lost,
			source.why}
		if target.why != "" {
			p.why = target.why
		}
		if !slices.ContainsFunc(list, func(o pair) bool {
			return o.unknown == p.unknown && o.lost == p.lost && sameContext(a.p, o.source, p.source) &&
				sameContext(a.p, o.target, p.target)
		}) {
			list = append(list, p)
		}
	}
	if row.Target == PartyPacket {
		for _, packet := range e.packets {
			if row.Call == CallEgress && !a.kernelPackets() && !e.late {
				for i := range e.ways {
					add(e.ways[i].own, packet)
				}
				continue
			}
			add(socket, packet)
		}
		return list
	}
	of := func(w *way, party Party) labelled {
		switch party {
		case PartyPeer:
			return w.peer
		case PartyNode:
			return w.node
		case PartyNetif:
			return labelled{context: w.netif}
		case PartySocket:
			if row.Call == CallEgress && !a.kernelPackets() && !e.late {
				return w.own
			}
			return socket
		}
		return labelled{context: a.labelOf(party)}
	}
	for i := range e.ways {
		add(of(&e.ways[i], row.Source), of(&e.ways[i], row.Target))
	}
	return list
}

// callPairs returns the labels of checks that are not about packets.
func (a *asking) callPairs(row *Row) []pair {
	if !a.ofConnection(row.Call) {
		one := pair{source: a.label(row.Call, row.Source), target: a.label(row.Call, row.Target)}
		if row.Target == PartyPeer && a.q.PeerUnknown {
			one.unknown, one.why = true, "who waits at the other socket is not known: name its type, as in unix:TYPE"
		}
		return []pair{one}
	}
	var list []pair
	for _, c := range a.connections() {
		p := pair{source: a.label(row.Call, row.Source), target: a.label(row.Call, row.Target), unknown: c.unknown,
			why: c.why}
		if row.Source == PartySocket {
			p.source = c.context
		}
		if row.Target == PartySocket {
			p.target = c.context
		}
		list = append(list, p)
	}
	return list
}

// label returns the label of a party of a call, without regard to packets.
func (a *asking) label(call Call, party Party) policy.Context {
	if party == PartyTask && a.q.Maker != nil && (call == CallSocket || call == CallBind || call == CallListen) {
		return *a.q.Maker
	}
	return a.labelOf(party)
}

// labelOf returns the label of a party for checks where neither a call nor a packet sets another label.
func (a *asking) labelOf(party Party) policy.Context {
	switch party {
	case PartyTask:
		return a.q.Subject
	case PartySocket:
		return a.socket
	case PartyPort:
		return a.port
	case PartyNode:
		return a.node.Context
	case PartyNetif:
		return a.netif
	case PartyPeer:
		if a.q.PeerLabel != nil {
			return *a.q.PeerLabel
		}
		return a.unlabeled
	case PartyPacket, PartyUnlabeled:
		return a.unlabeled
	case PartyGiver:
		if a.q.Giver != nil {
			return *a.q.Giver
		}
		return a.q.Subject
	case PartyKernel:
		return a.kernel
	}
	return policy.Context{}
}

// LabelUnknown is the reason of a check whose labels the facts do not determine: it may be granted
// or denied.
const LabelUnknown access.Code = "SN-LABEL-UNKNOWN"

// NetLabelDrops is the reason of packets that the kernel drops without a check: NetLabel does not
// accept them, or cannot write their label. There is no AVC record, and a permissive domain does
// not help.
const NetLabelDrops access.Code = "SN-NETLABEL-DROPS"

// decide makes a row's check for each of its pairs and stores the result in a layer. The layer has the labels of
// the first pair that stops the operation, else of the first denied pair, else of the first pair.
func (a *asking) decide(l *LayerAnswer, list []pair) {
	var best LayerAnswer
	rank, differ := -1, false
	for i := range list {
		one := *l
		a.askPair(&one, &list[i])
		r := 0
		switch {
		case !one.Check.Allowed && !one.Permissive:
			r = 2
		case !one.Check.Allowed:
			r = 1
		}
		differ = differ || rank >= 0 && r != rank || one.Check.Reason.Code == LabelUnknown
		if r > rank {
			best, rank = one, r
		}
	}
	if rank < 0 {
		return
	}
	*l = best
	if !differ {
		return
	}
	l.Unknown = true
	for i := range list {
		if why := list[i].why; why != "" && !slices.Contains(l.DependsOn, why) && len(l.DependsOn) < maxDependsOn {
			l.DependsOn = append(l.DependsOn, why)
		}
	}
}

// askPair makes a layer's check of one pair.
func (a *asking) askPair(l *LayerAnswer, p *pair) {
	l.SourceContext, l.TargetContext, l.LabelledBy = p.source, p.target, p.why
	source := policy.TypeID(p.source.Type)
	l.Permissive = !a.q.Host.Enforcing || a.p.IsPermissive(source)
	switch {
	case p.lost:
		l.Check, l.Permissive = access.PermCheck{Name: l.Perm, Reason: access.Reason{Code: NetLabelDrops}}, false
		return
	case p.unknown:
		l.Check = access.PermCheck{Name: l.Perm, Reason: access.Reason{Code: LabelUnknown}}
		l.Permissive = !a.q.Host.Enforcing || l.Source != PartyPeer && a.p.IsPermissive(source)
		return
	}
	l.Check = a.d.Check(p.source, p.target, l.Class, l.Perm).Perms[0]
	l.Logged = !l.Check.Allowed && len(l.Check.Reason.DontAudit) == 0 && !a.p.IsNeverAudit(source)
}

// firstPair returns the first of the pairs, or the pair without packets if there is none.
func (a *asking) firstPair(row *Row, nth int) pair {
	if list := a.pairs(row, nth); len(list) > 0 {
		return list[0]
	}
	return pair{source: a.label(row.Call, row.Source), target: a.label(row.Call, row.Target)}
}

// maxDependsOn bounds the reasons in one layer.
const maxDependsOn = 8
