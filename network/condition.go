package network

import (
	"fmt"

	"github.com/senet-selinux/senet/policy"
)

// A Condition says when the kernel makes a check.
type Condition string

// The conditions.
const (
	Always                Condition = "always"
	InetSocket            Condition = "sockets of IP"
	RawSocket             Condition = "raw and packet sockets"
	HasNameConnect        Condition = "sockets of class tcp_socket, dccp_socket or sctp_socket"
	FastOpenChecked       Condition = "TCP, on kernels that check Fast Open"
	OutsideLocalPortRange Condition = "the port is not 0 and outside of ip_local_port_range"
	PrivilegedPort        Condition = "the port is not 0 and below ip_unprivileged_port_start"
	NetlinkPerms          Condition = "netlink classes whose messages are sorted into reading and writing, without netlink_xperm"
	NetlinkXPerm          Condition = "the same classes, with netlink_xperm"
	PeerLabelling         Condition = "NetLabel, labelled IPsec or always_check_network"
	SecmarkRules          Condition = "SECMARK rules or always_check_network"
	NoPeerControls        Condition = "the policy lacks network_peer_controls"
)

// applies is whether a condition holds.
type applies uint8

const (
	no applies = iota
	yes
	unknown // it depends on a fact of the host that could not be read
)

func when(b bool) applies {
	if b {
		return yes
	}
	return no
}

// holds reports whether the kernel makes a check, and if it does not, or it is
// not known, why.
func (c Condition) holds(p *policy.Policy, q Question, s Socket) (applies, string) {
	always := p.HasPolicyCap(policy.CapAlwaysCheckNetwork)
	peerControls := p.HasPolicyCap(policy.CapNetworkPeerControls)
	switch c {
	case InetSocket:
		return when(s.Inet), "the socket has no address of IP"
	case RawSocket:
		return when(s.NetRaw), "only raw and packet sockets take the capability net_raw"
	case HasNameConnect:
		class := s.ClassUnder(p)
		switch {
		case q.Disconnect:
			return no, "AF_UNSPEC: the socket is disconnected"
		case class == "tcp_socket" || class == "dccp_socket" || class == "sctp_socket":
			return yes, ""
		case s.Protocol == UDP:
			return no, "UDP has no check of the port a program sends to"
		}
		return no, class + " has no check of the port a program connects to"
	case FastOpenChecked:
		if s.ClassUnder(p) != "tcp_socket" {
			return no, "only TCP has Fast Open"
		}
		return when(!q.FastOpenUnchecked), "this kernel does not check TCP Fast Open"
	case OutsideLocalPortRange:
		switch {
		case !s.Inet:
			return no, "the socket has no port"
		case q.Port == 0:
			return no, "port 0: the kernel chooses the port and asks nothing"
		}
		return when(!q.Host.LocalPorts.Contains(q.Port)), fmt.Sprintf("the port is in ip_local_port_range %d-%d, which any program may bind",
			q.Host.LocalPorts.Low, q.Host.LocalPorts.High)
	case PrivilegedPort:
		return when(s.Inet && q.Port != 0 && q.Port < q.Host.UnprivilegedPortStart),
			fmt.Sprintf("only ports below %d take a capability", q.Host.UnprivilegedPortStart)
	case NetlinkPerms:
		return when(s.Netlink && !p.HasPolicyCap(policy.CapNetlinkXPerm)), "messages of this socket have no permission of their own"
	case NetlinkXPerm:
		return when(s.Netlink && p.HasPolicyCap(policy.CapNetlinkXPerm)), "messages of this socket have no permission of their own"
	case PeerLabelling:
		return when(peerControls && (always || q.Host.PeerLabelling)), "no labelled networking on this host"
	case SecmarkRules:
		return when(always || q.Host.Secmark), "no SECMARK rules on this host"
	case NoPeerControls:
		return when(!peerControls), "the policy has network_peer_controls"
	}
	return yes, ""
}

// silent reports whether a check that is not made is left out of answers: one
// that is for other kinds of sockets or other policies, not for this one under
// other circumstances.
func (c Condition) silent() bool {
	switch c {
	case InetSocket, RawSocket, NetlinkPerms, NetlinkXPerm, NoPeerControls:
		return true
	}
	return false
}
