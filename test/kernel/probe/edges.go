package probe

import (
	"net/netip"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// Edges are the conditions of single rows at their edges. References are to
// security/selinux/hooks.c of Linux 6.12 unless they say otherwise.
func Edges() []Probe {
	bindAnywhere := `(allow d_t self (tcp_socket (create bind listen accept read)))`
	kernelSocket := func(o network.Operation, label string) func(*testing.T, *policy.Policy) network.Question {
		return func(t *testing.T, p *policy.Policy) network.Question {
			c := Context(t, p, label)
			return network.Question{Operation: o, Protocol: network.TCP, Port: 80, SocketLabel: &c}
		}
	}
	unix := func(o network.Operation, proto network.Protocol, peer string) func(*testing.T,
		*policy.Policy) network.Question {
		return func(t *testing.T, p *policy.Policy) network.Question {
			c := Context(t, p, peer)
			return network.Question{Operation: o, Protocol: proto, PeerLabel: &c}
		}
	}
	message := func(proto network.Protocol, perm string) func(*testing.T, *policy.Policy) network.Question {
		return func(*testing.T, *policy.Policy) network.Question {
			return network.Question{Operation: network.Send, Protocol: proto, NetlinkPerm: perm}
		}
	}
	return []Probe{
		// The kernel asks for privileged ports even inside the range
		// (inet_port_requires_bind_service in __selinux_socket_bind).
		{"privileged port inside the range", Lab{Rules: bindAnywhere}, nil, on(func(h *host.Facts) {
			h.LocalPorts = host.PortRange{Low: 500, High: 60999}
		}, network.Bind, network.TCP, 600), "EACCES d_t port_t:tcp_socket name_bind"},
		{"the range is upside down", Lab{Rules: serverRules}, nil, on(func(h *host.Facts) {
			h.LocalPorts = host.PortRange{Low: 50000, High: 40000}
		}, network.Bind, network.TCP, 45000), "EACCES d_t port_t:tcp_socket name_bind"},
		{"the first unprivileged port", Lab{Rules: serverRules + `(allow d_t port_t (tcp_socket (name_bind)))`}, nil,
			op(network.Bind, network.TCP, 1024), "ok"},
		{"the last privileged port", Lab{Rules: serverRules + `(allow d_t port_t (tcp_socket (name_bind)))`}, nil,
			op(network.Bind, network.TCP, 1023),
			"EACCES d_t d_t:capability net_bind_service"},

		// The node is that of the address in the sockaddr's own family; a mapped
		// address is one of IPv6, 0.0.0.0 and :: are addresses (sel_netnode_sid).
		{"node 0.0.0.0", Lab{Rules: bindAnywhere}, nil, at("0.0.0.0", network.Bind, network.TCP, 0),
			"EACCES d_t node_t:tcp_socket node_bind"},
		{"node 127.0.0.1", Lab{Rules: bindAnywhere}, nil, at("127.0.0.1", network.Bind, network.TCP, 0),
			"EACCES d_t lo_node_t:tcp_socket node_bind"},
		{"node 127.255.255.255", Lab{Rules: bindAnywhere}, nil, at("127.255.255.255", network.Bind, network.TCP, 0),
			"EACCES d_t lo_node_t:tcp_socket node_bind"},
		{"node 128.0.0.0", Lab{Rules: bindAnywhere}, nil, at("128.0.0.0", network.Bind, network.TCP, 0),
			"EACCES d_t node_t:tcp_socket node_bind"},
		{"node ::ffff:127.0.0.1", Lab{Rules: bindAnywhere}, nil, at("::ffff:127.0.0.1", network.Bind, network.TCP, 0),
			"EACCES d_t mapped_node_t:tcp_socket node_bind"},
		{"node ::", Lab{Rules: bindAnywhere}, nil, at("::", network.Bind, network.TCP, 0),
			"EACCES d_t any6_node_t:tcp_socket node_bind"},
		{"node ::1", Lab{Rules: bindAnywhere}, nil, at("::1", network.Bind, network.TCP, 0),
			"EACCES d_t node_t:tcp_socket node_bind"},
		{"connect asks for no node", Lab{Rules: clientRules + `(allow d_t a_port_t (tcp_socket (name_connect)))`}, nil,
			at("127.0.0.1", network.Connect, network.TCP, 80), "ok"},

		// raw_bind and ping_bind take no capability (net/ipv4/raw.c, ping.c); the
		// port is looked up by the raw protocol, which has no portcons.
		{"raw bind 80", Lab{Rules: `(allow d_t self (rawip_socket (create bind))) (allow d_t self (capability (net_raw)))
			(allow d_t port_t (rawip_socket (name_bind))) (allow d_t node_t (rawip_socket (node_bind)))`}, nil, op(network.Bind, network.Raw, 80), "ok"},
		{"ping bind 80", Lab{Rules: `(allow d_t self (icmp_socket (create bind))) (allow d_t port_t (icmp_socket (name_bind)))
			(allow d_t node_t (icmp_socket (node_bind)))`}, nil, op(network.Bind, network.Ping, 80), "ok"},
		{"udplite bind 53", Lab{Rules: `(allow d_t self (rawip_socket (create bind)))`}, nil,
			op(network.Bind, network.UDPLite, 53), "EACCES d_t port_t:rawip_socket name_bind"},
		// inet_create (net/ipv4/af_inet.c), packet_create (net/packet/af_packet.c).
		{"raw socket", Lab{Rules: `(allow d_t self (rawip_socket (create)))`}, nil, op(network.Send, network.Raw, 0),
			"EPERM d_t d_t:capability net_raw"},
		{"packet socket", Lab{Rules: `(allow d_t self (packet_socket (create)))`}, nil,
			op(network.Recv, network.Packet, 0), "EPERM d_t d_t:capability net_raw"},

		// sock_has_perm asks nothing of a socket with the kernel's label; the checks
		// of ports and nodes are asked all the same.
		{"kernel socket, connect", Lab{Rules: `(allow d_t kernel_t (tcp_socket (create)))`}, nil,
			kernelSocket(network.Connect, "kernel_t"), "EACCES kernel_t a_port_t:tcp_socket name_connect"},
		{"kernel socket, create is asked", Lab{}, nil, kernelSocket(network.Connect, "kernel_t"),
			"EACCES d_t kernel_t:tcp_socket create"},
		{"kernel socket, all the rest", Lab{Rules: `(allow d_t kernel_t (tcp_socket (create))) (allow kernel_t a_port_t (tcp_socket (name_bind)))
			(allow kernel_t node_t (tcp_socket (node_bind))) (allow d_t self (capability (net_bind_service)))`}, nil, kernelSocket(network.Recv, "kernel_t"), "ok"},
		{"another level is another label", Lab{Rules: `(allow d_t kernel_t (tcp_socket (create)))`}, nil,
			kernelSocket(network.Connect, "u:r:kernel_t:s1"), "EACCES d_t kernel_t:tcp_socket connect"},

		// An accepted socket has the level of the peer (selinux_conn_sid), the
		// listener keeps its own.
		{"level of a connection", Lab{Rules: serverRules + `(mlsconstrain (tcp_socket (accept read)) (eq l1 l2))
			(typeattribute any) (typeattributeset any (all)) (allow any any (netif (ingress egress))) (allow any any (node (sendto recvfrom))) (allow any any (peer (recv)))`}, nil,
			func(t *testing.T, p *policy.Policy) network.Question {
				c := Context(t, p, "u:r:peer_t:s1")
				h := host.Standard()
				h.PeerLabelling = true
				return network.Question{Operation: network.Recv, Protocol: network.TCP, PeerLabel: &c,
					Machine: network.Machine{Host: h}}
			}, "EACCES d_t d_t:tcp_socket read"},

		// selinux_socket_unix_stream_connect, selinux_socket_unix_may_send.
		{"unix stream", Lab{Rules: `(allow d_t self (unix_stream_socket (create connect)))`}, nil,
			unix(network.Connect, network.UnixStream, "peer_t"),
			"EACCES d_t peer_t:unix_stream_socket connectto"},
		{"unix stream granted",
			Lab{Rules: `(allow d_t self (unix_stream_socket (create connect))) (allow d_t peer_t ` +
				`(unix_stream_socket (connectto)))`}, nil,
			unix(network.Connect, network.UnixStream, "peer_t"), "ok"},
		{"unix datagram", Lab{Rules: `(allow d_t self (unix_dgram_socket (create write)))`}, nil,
			unix(network.Send, network.UnixDgram, "peer_t"),
			"EACCES d_t peer_t:unix_dgram_socket sendto"},
		{"unix server needs no peer",
			Lab{Rules: `(allow d_t self (unix_stream_socket (create bind listen accept read)))`}, nil,
			op(network.Recv, network.UnixStream, 0), "ok"},
		{"listening to datagrams of unix", Lab{Rules: `(allow d_t self (unix_dgram_socket (create bind)))`}, nil,
			op(network.Listen, network.UnixDgram, 0),
			"EACCES d_t d_t:unix_dgram_socket listen"},

		// selinux_netlink_send, by the permission that nlmsgtab.c gives the message.
		{"netlink read", Lab{Rules: `(allow d_t self (netlink_route_socket (create write nlmsg_read)))`}, nil,
			message(network.NetRoute, ""), "ok"},
		{"netlink write", Lab{Rules: `(allow d_t self (netlink_route_socket (create write nlmsg_read)))`}, nil,
			message(network.NetRoute, "nlmsg_write"),
			"EACCES d_t d_t:netlink_route_socket nlmsg_write"},
		{"netlink audit", Lab{Rules: `(allow d_t self (netlink_audit_socket (create write nlmsg_read)))`}, nil,
			message(network.NetAudit, "nlmsg_relay"),
			"EACCES d_t d_t:netlink_audit_socket nlmsg_relay"},

		// dontaudit never changes the verdict, and hides in permissive domains too.
		{"dontaudit", Lab{Rules: clientRules + `(dontaudit d_t a_port_t (tcp_socket (name_connect)))`}, nil,
			op(network.Connect, network.TCP, 80),
			"EACCES d_t a_port_t:tcp_socket name_connect silent"},
		{"dontaudit, permissive",
			Lab{Rules: clientRules + `(typepermissive d_t) (dontaudit d_t a_port_t (tcp_socket (name_connect)))`}, nil,
			op(network.Connect, network.TCP, 80), "ok"},
		{"permissive system", Lab{}, nil, on(func(h *host.Facts) { h.Enforcing = false }, network.Connect, network.TCP,
			80),
			"ok, logged d_t d_t:tcp_socket create, logged d_t d_t:tcp_socket connect, logged d_t " +
				"a_port_t:tcp_socket name_connect"},
		// Constraints and bounds take away what rules grant.
		{"constraint", Lab{Rules: serverRules + `(mlsconstrain (tcp_socket (node_bind)) (neq l1 l2))`}, nil,
			op(network.Bind, network.TCP, 0), "EACCES d_t node_t:tcp_socket node_bind"},
		{"bounds", Lab{Rules: clientRules + `(typebounds peer_t d_t) (allow peer_t self (tcp_socket (create connect read write))) (allow peer_t d_t (tcp_socket (create connect read write)))
			(allow d_t a_port_t (tcp_socket (name_connect))) (allow peer_t a_port_t (tcp_socket (name_connect))) (constrain (tcp_socket (name_connect)) (neq t1 peer_t))`}, nil,
			op(network.Connect, network.TCP, 80), "EACCES d_t a_port_t:tcp_socket name_connect"},

		// The interface by name, else the initial SID (sel_netif_sid).
		{"netif", Lab{Netif: "lo", Rules: udpRules}, nil, func(*testing.T, *policy.Policy) network.Question {
			h := host.Standard()
			h.PeerLabelling = true
			return network.Question{Operation: network.Send, Protocol: network.UDP, Port: 53, Netif: "lo",
				Machine: network.Machine{Host: h}}
		}, "ECONNREFUSED d_t lo_netif_t:netif egress"},
		{"another netif", Lab{Rules: udpRules}, nil, func(*testing.T, *policy.Policy) network.Question {
			h := host.Standard()
			h.PeerLabelling = true
			return network.Question{Operation: network.Send, Protocol: network.UDP, Port: 53, Netif: "lo",
				Machine: network.Machine{Host: h}}
		}, "ECONNREFUSED d_t netif_t:netif egress"},
		// The node of the destination, not of the source (selinux_ip_postroute).
		{"node sendto", Lab{Rules: udpRules + `(allow d_t netif_t (netif (egress)))`}, nil,
			func(*testing.T, *policy.Policy) network.Question {
				h := host.Standard()
				h.PeerLabelling = true
				return network.Question{Operation: network.Send, Protocol: network.UDP, Port: 53,
					Addr: netip.MustParseAddr("127.0.0.9"), Machine: network.Machine{Host: h}}
			}, "ECONNREFUSED d_t lo_node_t:node sendto"},
		// The association of a peer that NetLabel labels is unlabeled nevertheless
		// (selinux_xfrm_sock_rcv_skb in xfrm.c); before it NetLabel's own check.
		{"recvfrom, NetLabel", Lab{Caps: []string{}, Rules: udpRules}, nil, fromPeerDatagram,
			"silence d_t peer_t:udp_socket recvfrom"},
		{"association, NetLabel", Lab{Caps: []string{}, Rules: udpRules +
			`(allow d_t peer_t (udp_socket (recvfrom)))`}, nil, fromPeerDatagram,
			"silence d_t unlabeled_t:association recvfrom"},
		// always_check_network means nothing to NetLabel's old check.
		{"no NetLabel", Lab{Caps: []string{"always_check_network"},
			Rules: udpRules + `(allow d_t unlabeled_t (packet (recv)))`}, nil, op(network.Recv, network.UDP, 0),
			"silence d_t unlabeled_t:association recvfrom"},
	}
}

// fromPeerDatagram asks about a UDP server whose clients' packets are labelled
// peer_t.
func fromPeerDatagram(t *testing.T, p *policy.Policy) network.Question {
	q := fromPeer(t, p)
	q.Operation, q.Protocol = network.Recv, network.UDP
	return q
}
