package network

import (
	"net/netip"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// A Question is one operation of a process on one host.
type Question struct {
	Subject   policy.Context // of the process
	Operation Operation
	// Calls, if not nil, are used instead of those of Operation.
	Calls    []Call
	Protocol Protocol
	Port     uint16
	// Addr is the address to bind or connect to. The zero Addr is the IPv4 address 0.0.0.0.
	Addr netip.Addr
	// Disconnect says that connect() is called with AF_UNSPEC.
	Disconnect bool
	// SocketLabel, if not nil, is the label of the socket: it was inherited, or set with setsockcreatecon. If it is
	// nil, the policy determines the label.
	SocketLabel *policy.Context
	// Maker, if not nil, is the process that makes the socket, binds it and listens for Subject: systemd does this
	// for the socket unit of a service, and gives the socket the label of Subject (setsockcreatecon).
	Maker *policy.Context
	// Remote is the address of a server's other end. The zero Addr means that it is unknown; over the loopback
	// interface it is then the server's own address.
	Remote netip.Addr
	// Netif is the interface of the packets. "" means the interface of the host's routes.
	Netif string
	// Peer is the label of the socket at the other end. With NetLabel its packets may carry it.
	Peer *policy.Context
	// PeerLabel is the label that arriving packets carry, and PacketLabel the label that SECMARK sets. They replace
	// the labels from the facts of the host; nil keeps those. For unix sockets PeerLabel is the label of the other
	// socket; connect() and sending datagrams require it.
	PeerLabel, PacketLabel *policy.Context
	// NetlinkPerm is the permission for a netlink message if the policy lacks netlink_xperm:
	// nlmsg_read (the same as ""), nlmsg_write, and for netlink_audit nlmsg_relay, nlmsg_readpriv
	// and nlmsg_tty_audit.
	NetlinkPerm string
	// Option is the socket option that CallSetsockopt sets, one of [Options]; "" for any that takes no
	// capability.
	Option string
	// Giver is the process that opened the descriptor of CallUse.
	Giver *policy.Context
	// Lookups are the file checks for the path of a unix socket. They come between the checks of the process's own
	// socket and those of the other socket.
	Lookups []Lookup
	// PeerUnknown says that the label of the other unix socket is not known.
	PeerUnknown bool
	// FastOpenUnchecked says that the kernel does not check TCP Fast Open like connect(), because it is older than
	// the fix. Linux 7.2, 6.12.97 and 6.1.192 have the fix.
	FastOpenUnchecked bool
	// Machine is the machine of the process. A machine without facts is an error.
	Machine
}

// A Verdict says whether an operation succeeds.
type Verdict string

// The verdicts.
const (
	Allowed Verdict = "allowed"
	Denied  Verdict = "denied"
	Depends Verdict = "depends" // an unknown fact of the host decides
)

// An Answer is a verdict with all its reasons.
type Answer struct {
	Verdict Verdict
	// Errno is the error that the program gets from a denial, "" if it gets none.
	Errno Errno
	// Logged says that the audit log has a record of the denial, or of the access that only a permissive domain
	// makes possible.
	Logged bool
	Layers []LayerAnswer  // in the kernel's order
	Socket policy.Context // the label of the socket
	Class  string         // the class of the socket
	Port   policy.Label
	Node   policy.Label
	// Permissive says that the policy denies, but the kernel only logs it, because the source's
	// type or the system is permissive.
	Permissive bool
	// Filtered names the rule by which the packet filter drops the packets, "" if it does not:
	// packets that SELinux allows do not arrive.
	Filtered string
	// MayFilter names the packet filter rule, or the IPsec policy, that may drop the packets; ""
	// for none.
	MayFilter string
	// Assumptions are the facts that the answer assumes, in a fixed order.
	Assumptions []Assumption
}

// A LayerAnswer is the result of one row of the table. Its Row has the class and permission of the
// check, and the errno for this operation.
type LayerAnswer struct {
	Row
	SourceContext, TargetContext policy.Context
	// Consulted is false if the row's condition is false; NotConsulted says why.
	Consulted    bool
	NotConsulted string
	// Unknown says that it is not known whether the condition is true; the check is made as if it
	// were.
	Unknown bool
	Check   access.PermCheck
	// LabelledBy is the fact that sets a label of the check, "" for none.
	LabelledBy string
	// DependsOn are the facts that the labels depend on, if Unknown is true because of them.
	DependsOn []string
	// Excused says that a denial does not matter, because the kernel then asks for another capability. That
	// capability is the next layer.
	Excused bool
	// Nth counts the packets of one kind, from 0.
	Nth int
	// Permissive says that a denial is only logged.
	Permissive bool
	// Logged says that the audit log has a denial, as an AVC record.
	Logged bool
}

// SocketLabelInvalid is the reason of a denial that does not come from a rule. Transitions give the socket a label
// that the policy does not allow, for example because the process's role may not have the socket's type. Then
// socket() fails, also for a permissive domain, with a SELINUX_ERR record and no AVC
// (compute_sid_handle_invalid_context).
const SocketLabelInvalid access.Code = "SN-SOCKET-LABEL"

// Denied reports whether the layer denies the operation.
func (l *LayerAnswer) Denied() bool {
	return l.Consulted && !l.Unknown && !l.Check.Allowed && !l.Permissive && !l.Excused
}

// FirstDenied returns the first layer that denies the operation, nil if none does. The log has its denial.
func (a *Answer) FirstDenied() *LayerAnswer {
	for i := range a.Layers {
		if a.Layers[i].Denied() {
			return &a.Layers[i]
		}
	}
	return nil
}

// Ask answers a question under the Decider's policy.
func Ask(d *access.Decider, q Question) (Answer, error) {
	asked := &asking{}
	calls, err := asked.take(d, q)
	if err != nil {
		return Answer{}, err
	}
	p := d.Policy()
	a := Answer{Class: asked.class, Socket: asked.socket,
		Port: p.PortLabel(asked.s.PortProtocol, q.Port), Node: asked.node}
	asked.port = a.Port.Context
	var passed passing
	for _, call := range calls {
		nth := passed.of(call)
		if nth > 0 && asked.repeats(call, nth) {
			continue
		}
		for i := range rows {
			if rows[i].Call != call || asked.enough(&rows[i], a.Layers) {
				continue
			}
			if rows[i].Target == PartyPeer && asked.looksUp(call) && rows[i].When.holds(asked) != no {
				a.Layers = append(a.Layers, asked.lookups(call)...)
			}
			if l := asked.ask(rows[i], nth); l.Consulted || !rows[i].When.silent() {
				a.Layers = append(a.Layers, l)
			}
		}
		if call == CallBind {
			a.Layers = append(a.Layers, asked.lookups(call)...)
		}
		if l, fails := asked.labelsFail(call); fails {
			a.Layers = append(a.Layers, l)
		}
		asked.made(call)
	}
	a.Filtered, a.MayFilter = asked.filtered, asked.mayFilter
	a.conclude()
	a.Assumptions = asked.assumptions(a.Layers)
	return a, nil
}

// passing counts packets.
type passing struct{ in, out int }

// of returns how many packets of a call's kind have passed before, and counts one more.
func (p *passing) of(call Call) int {
	switch call {
	case CallIngress:
		p.in++
		return p.in - 1
	case CallEgress:
		p.out++
		return p.out - 1
	}
	return 0
}

// repeats reports whether a later packet has the same labels as the first one.
func (a *asking) repeats(call Call, nth int) bool {
	first, later := a.event(call, 0), a.event(call, nth)
	return later.skipped == first.skipped && later.loses == first.loses && later.behind == first.behind &&
		slices.EqualFunc(first.packets, later.packets, func(x, y labelled) bool {
			return x.unknown == y.unknown && sameContext(a.p, x.context, y.context)
		})
}

func (a *asking) ask(row Row, nth int) LayerAnswer {
	l := LayerAnswer{Row: a.fill(row, nth), Nth: nth}
	holds := row.holds(a)
	if holds == no {
		l.NotConsulted = row.whyNot(a)
		l.SourceContext, l.TargetContext = a.label(row.Call, row.Source), a.label(row.Call, row.Target)
		return l
	}
	if a.s.Inet && (row.Call == CallEgress || row.Call == CallIngress) {
		e := a.event(row.Call, nth)
		if e.skipped != "" {
			l.NotConsulted, a.filtered = e.skipped, e.skipped
			return l
		}
		switch {
		case e.behind == "":
		case e.behindMay && a.mayFilter == "":
			a.mayFilter = "the packet filter may drop " + e.behind
		case !e.behindMay:
			a.filtered = "the packet filter drops " + e.behind
		}
		if e.loses != "" {
			l.DependsOn = append(l.DependsOn, e.loses)
			holds = unknown
			if a.mayFilter == "" {
				a.mayFilter = e.loses
			}
		}
	}
	l.Consulted, l.Unknown = true, holds == unknown
	if a.refusesLabel(&row) {
		p := a.firstPair(&row, nth)
		l.SourceContext, l.TargetContext = p.source, p.target
		l.Check = access.PermCheck{Name: l.Perm, Reason: access.Reason{Code: SocketLabelInvalid}}
		return l
	}
	a.decide(&l, a.pairs(&row, nth))
	l.Excused = !l.Check.Allowed && !l.Permissive && row.When == OptionNetRaw && a.optionTakes("net_admin")
	return l
}

// conclude derives the verdict from the layers.
func (a *Answer) conclude() {
	a.Verdict = Allowed
	if first := a.FirstDenied(); first != nil {
		a.Verdict, a.Errno, a.Logged = Denied, first.Errno, first.Logged
		return
	}
	for i := range a.Layers {
		l := &a.Layers[i]
		switch {
		case !l.Consulted || l.Check.Allowed || l.Excused:
		case l.Permissive:
			a.Permissive = true
			a.Logged = a.Logged || l.Logged
		case l.Unknown:
			a.Verdict = Depends
		}
	}
}
