package network

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// An asking is a Question with the values for all its checks, looked up once.
type asking struct {
	d      *access.Decider
	p      *policy.Policy
	q      Question
	s      Socket
	class  string // the class of the socket
	node   policy.Label
	socket policy.Context // the socket's label
	port   policy.Context // the label of the port, if it is known
	netif  policy.Context // the label of the interface
	kernel policy.Context // the initial SID kernel
	// unlabeled is the context of the initial SID unlabeled.
	unlabeled policy.Context

	// serving says that the process is the server. It is set from all of the operation's calls.
	serving    bool
	way        *traffic            // nil until needed
	events     map[eventKey]*event // for the port eventsPort
	eventsPort uint16
	filtered   string // Answer.Filtered
	mayFilter  string // Answer.MayFilter

	option *Option // nil for none

	peerControls, alwaysCheck bool // the policy's capabilities
	noAddr                    bool // the question has no address
	// kernelSocket says that the socket has the kernel's own label, which sock_has_perm does not
	// check. (It also skips the initial SID init if the policy lacks userspace_initial_context, but
	// then the kernel gives that SID the kernel's context.)
	kernelSocket bool
	// badLabel says that the policy does not allow the socket's label.
	badLabel bool
	// serves says that a call made the socket a server's socket, whose packets are answers.
	serves bool
}

// take checks a question, fills a from it and returns its calls.
func (a *asking) take(d *access.Decider, q Question) ([]Call, error) {
	s, ok := SocketOf(q.Protocol)
	if !ok {
		return nil, fmt.Errorf("unknown protocol %q", q.Protocol)
	}
	calls := q.Calls
	if calls == nil {
		if calls = q.Operation.Calls(s); calls == nil {
			return nil, fmt.Errorf("unknown operation %q", q.Operation)
		}
	}
	option, err := optionOf(q.Option)
	if err != nil {
		return nil, err
	}
	if err := q.check(s, calls); err != nil {
		return nil, err
	}
	if err := q.Machine.check(); err != nil {
		return nil, err
	}
	noAddr := !q.Addr.IsValid()
	if noAddr {
		q.Addr = netip.IPv4Unspecified()
	}
	p := d.Policy()
	*a = asking{
		d: d, p: p, q: q, s: s, option: option, noAddr: noAddr,
		class: s.ClassUnder(p), node: p.NodeLabel(q.Addr),
		peerControls: p.HasPolicyCap(policy.CapNetworkPeerControls),
		alwaysCheck:  p.HasPolicyCap(policy.CapAlwaysCheckNetwork),
	}
	switch {
	case q.SocketLabel != nil:
		a.socket = *q.SocketLabel
	case q.Maker != nil:
		a.socket = q.Subject
	default:
		a.socket = d.SocketContext(q.Subject, a.class)
		a.badLabel = p.ValidateContext(a.socket) != nil
	}
	if kernel, ok := p.InitialSID(policy.SIDKernel); ok {
		a.kernel = kernel
		a.kernelSocket = sameContext(p, a.socket, kernel)
	}
	a.unlabeled, _ = p.InitialSID(policy.SIDUnlabeled)
	a.netif = p.NetifLabel(q.Netif).Context
	a.serving = servesWith(calls)
	return a.withLater(calls), nil
}

// check refuses questions that have no answer.
func (q *Question) check(s Socket, calls []Call) error {
	for _, call := range calls {
		if !slices.ContainsFunc(rows[:], func(r Row) bool { return r.Call == call }) {
			return fmt.Errorf("unknown call %q", call)
		}
		toPeer := s.Protocol == UnixStream && call == CallConnect || s.Protocol == UnixDgram &&
			(call == CallConnect || call == CallSend)
		if toPeer && q.PeerLabel == nil && !q.PeerUnknown {
			return fmt.Errorf("%s of %s: the label of the other socket is needed", call, s.Protocol)
		}
	}
	for _, c := range [...]*policy.Context{&q.Subject, q.SocketLabel, q.Maker, q.Giver,
		q.Peer, q.PeerLabel, q.PacketLabel} {
		if c != nil && (c.User == 0 || c.Role == 0 || c.Type == 0) {
			return ErrNoContext
		}
	}
	switch q.NetlinkPerm {
	case "", "nlmsg_read", "nlmsg_write":
		return nil
	case "nlmsg_relay", "nlmsg_readpriv", "nlmsg_tty_audit":
		if s.Protocol == NetAudit {
			return nil
		}
	}
	return fmt.Errorf("no message of %s requires %q", s.Protocol, q.NetlinkPerm)
}

// fill sets the parts of a check that depend on the question, for the nth packet of its kind.
func (a *asking) fill(row Row, nth int) Row {
	if row.Class == "" {
		row.Class = a.class
		if row.Call == CallIngress && a.s.Protocol == SMC {
			row.Class = "tcp_socket" // the class of the kernel's socket
		}
	}
	if row.Layer == LayerCapability && a.q.UserNamespace && !a.asksFirstNamespace(&row) {
		row.Class = "cap_userns"
	}
	if row.When == NetlinkPerms && a.q.NetlinkPerm != "" {
		row.Perm = a.q.NetlinkPerm
	}
	if row.Call == CallEgress && (a.serves || nth > 0 || !a.s.refusesLoudly()) {
		row.Errno = Silence
	}
	return row
}

// asksFirstNamespace reports whether the kernel checks a capability in the first user namespace, whatever the
// process's namespace is: __vsock_bind_connectible, audit_netlink_ok, and capable() of some options.
func (a *asking) asksFirstNamespace(row *Row) bool {
	switch row.Call {
	case CallSetsockopt:
		return a.option != nil && a.option.First
	case CallSend:
		return a.s.Protocol == NetAudit
	}
	return a.s.Protocol == VSock
}

// kernelPackets reports whether the socket's packets belong to a socket that the kernel made and
// that has its label: TCP below SMC (smc_create_clcsk), and below MPTCP before Linux 6.5, which
// added selinux_mptcp_add_subflow.
func (a *asking) kernelPackets() bool {
	k := a.q.Host.Kernel
	return a.s.Protocol == SMC || a.s.Protocol == MPTCP && k != nil && k.Version.Major > 0 && !k.Version.AtLeast(6, 5)
}

// netlinkXPerm reports whether each netlink message is checked by its type: kernels before 6.13
// ignore the policy capability.
func (a *asking) netlinkXPerm() bool {
	k := a.q.Host.Kernel
	older := k != nil && k.Version.Major > 0 && !k.Version.AtLeast(6, 13)
	return !older && a.p.HasPolicyCap(policy.CapNetlinkXPerm)
}

// ofConnection reports whether a call is on an accepted connection. SYN-ACK leaves before there is a connection. It
// has the listener's own label: selinux_ip_postroute uses the peer's label only if it is on the packet itself.
func (a *asking) ofConnection(call Call) bool {
	return a.serves && a.s.Inet && (call == CallReceive || call == CallSend)
}

// connections returns the possible labels of an accepted connection: the listener's label, with the level of the
// peer if packets carry one (selinux_conn_sid). For MPTCP the connection is a subflow. SCTP treats a peer without a
// label as unlabeled, with that level (selinux_sctp_process_new_assoc), but not if its class is rawip_socket
// (selinux_sctp_sk_clone).
func (a *asking) connections() []labelled {
	own := a.socket
	switch {
	case a.s.Protocol == SCTP && a.class != "sctp_socket":
		return []labelled{{context: own}}
	case a.s.Protocol == MPTCP && a.kernelPackets():
		own = a.kernel
	}
	var list []labelled
	iface := a.traffic().interfaces
	if len(iface) == 0 {
		iface = []string{""}
	}
	for _, name := range iface {
		for _, peer := range a.peers(name, true) {
			l := labelled{context: own, why: peer.why}
			if !peer.none || a.s.Protocol == SCTP {
				l.context.Range = peer.context.Range
			}
			l.unknown = peer.unknown && a.p.MLS()
			if !slices.ContainsFunc(list, func(o labelled) bool {
				return o.unknown == l.unknown &&
					sameContext(a.p, o.context, l.context)
			}) {
				list = append(list, l)
			}
		}
	}
	return list
}

// asksNothing reports whether the socket of a call has the kernel's own label, which sock_has_perm
// does not check.
func (a *asking) asksNothing(call Call) bool {
	if a.ofConnection(call) {
		list := a.connections()
		return len(list) == 1 && !list[0].unknown && sameContext(a.p, list[0].context, a.kernel)
	}
	return a.kernelSocket
}

// withLater adds the later packets of a connection after those that make it, if the packet filter may give them
// another label.
func (a *asking) withLater(calls []Call) []Call {
	f := a.q.Host.Filter
	if a.q.Calls != nil || !a.s.Inet || !a.s.Stream || f == nil || a.q.PacketLabel != nil {
		return calls
	}
	answer := CallIngress
	later := CallEgress
	if a.serving {
		answer, later = later, answer
	}
	i := slices.Index(calls, answer)
	if i < 0 {
		return calls
	}
	return slices.Insert(slices.Clone(calls), i+1, later)
}

// made records that a call was made.
func (a *asking) made(call Call) {
	if a.s.Stream && (call == CallListen || call == CallAccept) {
		a.serves = true
	}
}

// refusesLabel reports whether this row's check fails because the socket's label is invalid.
func (a *asking) refusesLabel(row *Row) bool {
	return a.badLabel && a.q.Host.Enforcing && row.Perm == "create"
}

func sameContext(p *policy.Policy, a, b policy.Context) bool {
	return a.User == b.User && a.Role == b.Role && a.Type == b.Type &&
		(!p.MLS() || policy.SameLevel(a.Range.Low, b.Range.Low) && policy.SameLevel(a.Range.High, b.Range.High))
}
