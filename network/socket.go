package network

import (
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// A Protocol names a kind of socket, by the arguments of socket(2).
type Protocol string

// The protocols.
const (
	TCP        Protocol = "tcp"
	MPTCP      Protocol = "mptcp" // IPPROTO_MPTCP: every check treats it as TCP
	UDP        Protocol = "udp"
	UDPLite    Protocol = "udplite"
	SCTP       Protocol = "sctp"
	DCCP       Protocol = "dccp" // removed in Linux 6.16
	Ping       Protocol = "icmp" // a datagram socket of IPPROTO_ICMP or ICMPV6
	Raw        Protocol = "raw"  // SOCK_RAW of an IP family
	SMC        Protocol = "smc"  // IPPROTO_SMC over an IP family; its packets belong to a kernel socket
	Packet     Protocol = "packet"
	VSock      Protocol = "vsock"
	UnixStream Protocol = "unix_stream"
	UnixDgram  Protocol = "unix_dgram"
	NetRoute   Protocol = "netlink_route"
	NetDiag    Protocol = "netlink_tcpdiag"
	NetXfrm    Protocol = "netlink_xfrm"
	NetAudit   Protocol = "netlink_audit"
	NetFilter  Protocol = "netlink_netfilter"
	NetGeneric Protocol = "netlink_generic"
	NetUevent  Protocol = "netlink_kobject_uevent"
	NetSELinux Protocol = "netlink_selinux"
	NetNflog   Protocol = "netlink_nflog"
	NetFIB     Protocol = "netlink_fib_lookup"
	NetConn    Protocol = "netlink_connector"
	NetCrypto  Protocol = "netlink_crypto"
	NetRDMA    Protocol = "netlink_rdma"
	NetISCSI   Protocol = "netlink_iscsi"
	NetSCSI    Protocol = "netlink_scsitransport"
	NetOther   Protocol = "netlink" // a family of netlink without a class
)

// A Socket has the properties of a kind of socket that the kernel's checks depend on.
type Socket struct {
	Protocol Protocol
	// Class is the security class with the policy capability
	// extended_socket_class, and ClassPlain without it
	// (socket_type_to_security_class).
	Class, ClassPlain string
	// PortProtocol is the protocol of the socket's portcons. It is the socket's protocol, cut to 8 bits, so that
	// MPTCP's 262 becomes TCP's 6. It is 0 for sockets without ports.
	PortProtocol uint8
	Inet         bool // of AF_INET or AF_INET6: ports, nodes and packets are checked
	Stream       bool // it has connections: listen() and accept() are possible
	NetRaw       bool // socket() requires the capability net_raw
	Netlink      bool // each message is checked
}

// sockets is the table of socket_type_to_security_class, with the other properties that hooks use.
var sockets = [...]Socket{
	{TCP, "tcp_socket", "tcp_socket", policy.ProtoTCP, true, true, false, false},
	{MPTCP, "tcp_socket", "tcp_socket", policy.ProtoTCP, true, true, false, false},
	{UDP, "udp_socket", "udp_socket", policy.ProtoUDP, true, false, false, false},
	{UDPLite, "rawip_socket", "rawip_socket", 136, true, false, false, false},
	{SCTP, "sctp_socket", "rawip_socket", policy.ProtoSCTP, true, true, false, false},
	{DCCP, "dccp_socket", "dccp_socket", policy.ProtoDCCP, true, true, false, false},
	{Ping, "icmp_socket", "rawip_socket", 1, true, false, false, false},
	{Raw, "rawip_socket", "rawip_socket", 255, true, false, true, false},
	{SMC, "rawip_socket", "rawip_socket", 0, true, true, false, false},
	{Packet, "packet_socket", "packet_socket", 0, false, false, true, false},
	{VSock, "vsock_socket", "socket", 0, false, true, false, false},
	{UnixStream, "unix_stream_socket", "unix_stream_socket", 0, false, true, false, false},
	{UnixDgram, "unix_dgram_socket", "unix_dgram_socket", 0, false, false, false, false},
	{NetRoute, "netlink_route_socket", "netlink_route_socket", 0, false, false, false, true},
	{NetDiag, "netlink_tcpdiag_socket", "netlink_tcpdiag_socket", 0, false, false, false, true},
	{NetXfrm, "netlink_xfrm_socket", "netlink_xfrm_socket", 0, false, false, false, true},
	{NetAudit, "netlink_audit_socket", "netlink_audit_socket", 0, false, false, false, true},
	{NetFilter, "netlink_netfilter_socket", "netlink_netfilter_socket", 0, false, false, false, false},
	{NetGeneric, "netlink_generic_socket", "netlink_generic_socket", 0, false, false, false, false},
	{NetUevent, "netlink_kobject_uevent_socket", "netlink_kobject_uevent_socket", 0, false, false, false, false},
	{NetSELinux, "netlink_selinux_socket", "netlink_selinux_socket", 0, false, false, false, false},
	{NetNflog, "netlink_nflog_socket", "netlink_nflog_socket", 0, false, false, false, false},
	{NetFIB, "netlink_fib_lookup_socket", "netlink_fib_lookup_socket", 0, false, false, false, false},
	{NetConn, "netlink_connector_socket", "netlink_connector_socket", 0, false, false, false, false},
	{NetCrypto, "netlink_crypto_socket", "netlink_crypto_socket", 0, false, false, false, false},
	{NetRDMA, "netlink_rdma_socket", "netlink_rdma_socket", 0, false, false, false, false},
	{NetISCSI, "netlink_iscsi_socket", "netlink_iscsi_socket", 0, false, false, false, false},
	{NetSCSI, "netlink_scsitransport_socket", "netlink_scsitransport_socket", 0, false, false, false, false},
	{NetOther, "netlink_socket", "netlink_socket", 0, false, false, false, false},
}

// Protocols returns the names of all kinds of sockets, those of IP first.
func Protocols() []Protocol {
	names := make([]Protocol, len(sockets))
	for i := range sockets {
		names[i] = sockets[i].Protocol
	}
	return names
}

// SocketOf returns the kind of socket with that name. The second result is false if there is none.
func SocketOf(p Protocol) (Socket, bool) {
	for i := range sockets {
		if sockets[i].Protocol == p {
			return sockets[i], true
		}
	}
	return Socket{}, false
}

// portless reports whether bind() of the socket reserves no port, so that a low port requires no
// capability (raw_bind, ping_bind). name_bind still checks the port in the address.
func (s *Socket) portless() bool { return s.Protocol == Raw || s.Protocol == Ping }

// refusesLoudly reports whether the program that sends the first packet gets an error after a denial. tcp_connect
// and the datagram protocols return the error of the output path; sctp_packet_transmit and dccp_connect do not.
func (s *Socket) refusesLoudly() bool { return s.Protocol != SCTP && s.Protocol != DCCP }

// TakesMessages reports whether the model has every check of a message that is sent. It lacks some for netlink
// families whose messages it does not know.
func (s *Socket) TakesMessages() bool {
	return !s.IsNetlink() || s.Netlink || s.Protocol == NetFilter || s.Protocol == NetOther
}

// IsNetlink reports whether the socket is of AF_NETLINK.
func (s *Socket) IsNetlink() bool { return strings.HasPrefix(string(s.Protocol), string(NetOther)) }

// ClassUnder returns the security class of the sockets under a policy.
func (s Socket) ClassUnder(p *policy.Policy) string {
	if p.HasPolicyCap(policy.CapExtendedSocketClass) {
		return s.Class
	}
	return s.ClassPlain
}
