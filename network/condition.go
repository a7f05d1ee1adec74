package network

import (
	"fmt"

	"github.com/senet-selinux/senet/host"
)

// A Condition says when the kernel makes a check.
type Condition string

// The conditions.
const (
	// but see sock_has_perm: it does not check a socket with the kernel's own label
	Always                Condition = "always"
	InetSocket            Condition = "sockets of IP"
	RawSocket             Condition = "raw and packet sockets"
	UnixStreamSocket      Condition = "stream sockets of AF_UNIX"
	UnixDgramSocket       Condition = "datagram sockets of AF_UNIX"
	HasNameConnect        Condition = "sockets of class tcp_socket, dccp_socket or sctp_socket"
	FastOpenChecked       Condition = "TCP, on kernels that check Fast Open"
	OutsideLocalPortRange Condition = "the port is not 0 and outside of ip_local_port_range"
	PrivilegedPort        Condition = "the port is not 0 and below ip_unprivileged_port_start; of vsock, below 1024"
	NetlinkPerms          Condition = "netlink classes whose messages are for reading or writing, without " +
		"netlink_xperm"
	NetlinkXPerm    Condition = "the same classes, with netlink_xperm"
	PeerLabelling   Condition = "NetLabel, labelled IPsec or always_check_network"
	SecmarkRules    Condition = "SECMARK rules or always_check_network"
	NoPeerControls  Condition = "the policy lacks network_peer_controls"
	NetLabelDomains Condition = "NetLabel; the kernel looks up every socket of IP in its domain map"
	// NetlinkAdmin is the condition of messages that take a capability, which the kernel's answer shows.
	NetlinkAdmin Condition = "messages of xfrm and netfilter, and those of route that change something"
	// NetlinkAuditControl and NetlinkAuditWrite are the same for the audit system.
	NetlinkAuditControl Condition = "messages to the audit system, except those of programs"
	NetlinkAuditWrite   Condition = "messages of programs to the audit log"
	OptionNetRaw        Condition = "socket options that take the capability net_raw"
	OptionNetAdmin      Condition = "socket options that take the capability net_admin"
	OtherGiver          Condition = "the descriptor is another process's"
	NetLabelCompat      Condition = "NetLabel, where the policy lacks network_peer_controls"
)

// vsockPrivileged is the first port that requires no capability on AF_VSOCK: LAST_RESERVED_PORT of
// net/vmw_vsock/af_vsock.c plus 1. It is not configurable.
const vsockPrivileged = 1024

// applies says whether a condition is true.
type applies uint8

const (
	no applies = iota
	yes
	unknown // it depends on an unknown fact of the host
)

func when(b bool) applies {
	if b {
		return yes
	}
	return no
}

// known returns state. For a strict question it returns "unknown" if the state depends on an unknown fact of the
// host.
func (a *asking) known(state, rests applies, facts ...host.Fact) applies {
	if !a.q.Strict || state != rests {
		return state
	}
	for _, fact := range facts {
		if _, missing := a.q.Host.Missing(fact); missing || a.q.Host.Assumed {
			return unknown
		}
	}
	return state
}

// holds reports whether the kernel makes the row's check.
func (r *Row) holds(a *asking) applies {
	if a.asksNothing(r.Call) && r.asksTaskOfSocket() {
		return no
	}
	if r.disconnects(a) {
		return no
	}
	return r.When.holds(a)
}

// disconnects reports whether the row checks the other unix socket although connect() has AF_UNSPEC: the kernel
// then does not look that socket up (unix_dgram_connect).
func (r *Row) disconnects(a *asking) bool {
	return a.q.Disconnect && r.Call == CallConnect && r.Target == PartyPeer
}

// whyNot says why the row's check is not made.
func (r *Row) whyNot(a *asking) string {
	if a.asksNothing(r.Call) && r.asksTaskOfSocket() {
		return "the kernel does not check sockets with its own label"
	}
	return r.When.whyNot(a)
}

// holds reports whether the kernel makes a check.
func (c Condition) holds(a *asking) applies {
	q, s := &a.q, &a.s
	switch c {
	case InetSocket:
		return when(s.Inet)
	case RawSocket:
		return when(s.NetRaw)
	case UnixStreamSocket:
		return when(s.Protocol == UnixStream)
	case UnixDgramSocket:
		return when(s.Protocol == UnixDgram)
	case HasNameConnect:
		return when(!q.Disconnect && (a.class == "tcp_socket" || a.class == "dccp_socket" || a.class == "sctp_socket"))
	case FastOpenChecked:
		return a.known(when(a.class == "tcp_socket" && !q.FastOpenUnchecked), yes, host.FactFastOpen)
	case OutsideLocalPortRange:
		// The kernel also checks privileged ports. Its sysctls keep them out of the local port range, but facts of
		// a host can have any range.
		if !s.Inet || q.Port == 0 {
			return no
		}
		outside := when(q.Port < q.Host.UnprivilegedPortStart || !q.Host.LocalPorts.Contains(q.Port))
		return a.known(a.known(outside, yes, host.FactLocalPorts), no, host.FactLocalPorts)
	case PrivilegedPort:
		if s.Protocol == VSock {
			return when(q.Port != 0 && q.Port < vsockPrivileged)
		}
		if !s.Inet || s.portless() || q.Port == 0 {
			return no
		}
		return a.known(when(q.Port < q.Host.UnprivilegedPortStart), yes, host.FactUnprivilegedPortStart)
	case NetlinkPerms:
		return when(s.Netlink && !a.netlinkXPerm())
	case NetlinkXPerm:
		return when(s.Netlink && a.netlinkXPerm())
	case NetlinkAdmin:
		return when(s.Protocol == NetXfrm || s.Protocol == NetFilter ||
			s.Protocol == NetRoute && q.NetlinkPerm == "nlmsg_write")
	case NetlinkAuditControl:
		return when(s.Protocol == NetAudit && q.NetlinkPerm != "nlmsg_relay")
	case NetlinkAuditWrite:
		return when(s.Protocol == NetAudit && q.NetlinkPerm == "nlmsg_relay")
	case OptionNetRaw:
		return when(a.optionTakes("net_raw"))
	case OptionNetAdmin:
		return when(a.optionTakes("net_admin"))
	case OtherGiver:
		return when(q.Giver != nil && !sameContext(a.p, *q.Giver, q.Subject))
	case PeerLabelling:
		if !s.Inet || q.Disconnect || !a.peerControls {
			return no
		}
		return a.known(when(a.alwaysCheck || q.Host.PeerLabelling), no, host.FactNetLabel, host.FactIPsec)
	case SecmarkRules:
		if !s.Inet || q.Disconnect {
			return no
		}
		return a.known(when(a.alwaysCheck || q.Host.Secmark), no, host.FactSecmark)
	case NoPeerControls:
		return when(s.Inet && !q.Disconnect && !a.peerControls)
	case NetLabelCompat:
		if !s.Inet || q.Disconnect || a.peerControls {
			return no
		}
		return a.known(when(q.Host.PeerLabelling), no, host.FactNetLabel)
	}
	return yes
}

// whyNot says why a condition is false.
func (c Condition) whyNot(a *asking) string {
	q := &a.q
	switch c {
	case InetSocket:
		return "the socket has no IP address"
	case RawSocket:
		return "only raw and packet sockets require the capability net_raw"
	case UnixStreamSocket, UnixDgramSocket:
		return "not a socket of that kind"
	case HasNameConnect:
		switch {
		case q.Disconnect:
			return "AF_UNSPEC: the socket is disconnected"
		case a.s.Protocol == UDP:
			return "UDP has no check of the port that a program sends to"
		}
		return a.class + " has no check of the port that a program connects to"
	case FastOpenChecked:
		if a.class != "tcp_socket" {
			return "only TCP has Fast Open"
		}
		return "this kernel does not check TCP Fast Open"
	case OutsideLocalPortRange:
		switch {
		case !a.s.Inet:
			return "the socket has no port"
		case q.Port == 0:
			return "port 0: the kernel chooses the port and does not check it"
		}
		return fmt.Sprintf("the port is in ip_local_port_range %d-%d, which any program may bind",
			q.Host.LocalPorts.Low, q.Host.LocalPorts.High)
	case PrivilegedPort:
		switch {
		case a.s.Protocol == VSock:
			return fmt.Sprintf("only ports of vsock below %d require a capability", vsockPrivileged)
		case a.s.portless():
			return "binding a raw or ping socket requires no capability"
		}
		return fmt.Sprintf("only ports below %d require a capability", q.Host.UnprivilegedPortStart)
	case OtherGiver:
		return "the process that opened the descriptor has the same context"
	case NetlinkPerms, NetlinkXPerm:
		return "no permission is checked for messages of this socket"
	case PeerLabelling, SecmarkRules:
		switch {
		case q.Disconnect:
			return "the socket is disconnected, and no packet is sent"
		case c == SecmarkRules:
			return "no SECMARK rules on this host"
		case !a.alwaysCheck && !q.Host.PeerLabelling:
			return "no labelled networking on this host"
		}
		return "the policy lacks network_peer_controls"
	case NoPeerControls, NetLabelCompat:
		return "the policy has network_peer_controls"
	}
	return ""
}

// silent reports whether answers leave out a check that is not made. They leave out checks for other kinds of
// sockets or other policies. They show checks that depend on the host.
func (c Condition) silent() bool {
	switch c {
	case InetSocket, RawSocket, UnixStreamSocket, UnixDgramSocket, NetlinkPerms, NetlinkXPerm, NoPeerControls,
		NetLabelCompat, NetlinkAdmin, NetlinkAuditControl, NetlinkAuditWrite, OptionNetRaw, OptionNetAdmin:
		return true
	}
	return false
}
