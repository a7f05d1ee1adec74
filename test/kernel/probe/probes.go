package probe

import (
	"net/netip"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// What the probes grant, in parts.
const (
	serverRules = `(allow d_t self (tcp_socket (create bind listen accept read write getattr)))
		(allow d_t node_t (tcp_socket (node_bind)))`
	clientRules = `(allow d_t self (tcp_socket (create connect read write)))`
	udpRules    = `(allow d_t self (udp_socket (create bind connect read write)))
		(allow d_t node_t (udp_socket (node_bind)))`
	everyPacket = `(allow d_t netif_t (netif (ingress egress))) (allow unlabeled_t netif_t (netif (ingress)))
		(allow d_t node_t (node (recvfrom sendto))) (allow unlabeled_t node_t (node (recvfrom)))
		(allow d_t unlabeled_t (peer (recv)))`
)

// A Probe is one operation under one policy.
type Probe struct {
	Name string
	Lab  Lab
	With func(*testing.T, *policy.Policy) *policy.Policy // adds local records; nil for none
	Ask  func(*testing.T, *policy.Policy) network.Question
	// Want is the outcome, in the form of Outcome.
	Want string
}

// op asks about an operation on a standard host.
func op(o network.Operation, proto network.Protocol, port uint16) func(*testing.T, *policy.Policy) network.Question {
	return func(*testing.T, *policy.Policy) network.Question {
		return network.Question{Operation: o, Protocol: proto, Port: port}
	}
}

// asks makes a question of a policy.
type asks = func(*testing.T, *policy.Policy) network.Question

// on asks the same on another host.
func on(h func(*host.Facts), o network.Operation, proto network.Protocol, port uint16) asks {
	return func(*testing.T, *policy.Policy) network.Question {
		q := network.Question{Operation: o, Protocol: proto, Port: port,
			Machine: network.Machine{Host: host.Standard()}}
		h(&q.Host)
		return q
	}
}

// at asks about an address.
func at(addr string, o network.Operation, proto network.Protocol, port uint16) asks {
	return func(*testing.T, *policy.Policy) network.Question {
		return network.Question{Operation: o, Protocol: proto, Port: port, Addr: netip.MustParseAddr(addr)}
	}
}

// calls asks about system calls one by one.
func calls(proto network.Protocol, port uint16, list ...network.Call) asks {
	return func(*testing.T, *policy.Policy) network.Question {
		return network.Question{Calls: list, Protocol: proto, Port: port}
	}
}

// Probes are the situations in which a naive model of the kernel is wrong.
// Each comment names the function of security/selinux/hooks.c of Linux 6.12, or
// of another file, that decides it.
func Probes() []Probe {
	narrow := func(h *host.Facts) { h.LocalPorts = host.PortRange{Low: 50000, High: 50010} }
	start0 := func(h *host.Facts) { h.UnprivilegedPortStart = 0 }
	secmark := func(h *host.Facts) { h.Secmark = true }
	web := `(allow d_t a_port_t (tcp_socket (name_bind)))`
	local := func(t *testing.T, p *policy.Policy) *policy.Policy {
		return p.WithPorts(policydb.PortCon{Protocol: policy.ProtoTCP, Low: 8000, High: 9000,
			Context: *Object(t, p, "c_port_t")})
	}
	netpeer := []string{"network_peer_controls"}
	always := []string{"network_peer_controls", "extended_socket_class", "always_check_network"}

	return []Probe{
		// 1. name_bind is asked only outside of ip_local_port_range (__selinux_socket_bind).
		{"1 bind in the range", Lab{Rules: serverRules}, nil, op(network.Listen, network.TCP, 40000), "ok"},
		{"1 bind port 0", Lab{Rules: serverRules}, nil, op(network.Listen, network.TCP, 0), "ok"},
		{"1 bind outside", Lab{Rules: serverRules}, nil, op(network.Bind, network.TCP, 7070),
			"EACCES d_t port_t:tcp_socket name_bind"},
		{"1 low end", Lab{Rules: serverRules}, nil, op(network.Bind, network.TCP, 32768), "ok"},
		{"1 below the low end", Lab{Rules: serverRules}, nil, op(network.Bind, network.TCP, 32767),
			"EACCES d_t port_t:tcp_socket name_bind"},
		{"1 high end", Lab{Rules: serverRules}, nil, op(network.Bind, network.TCP, 60999), "ok"},
		{"1 above the high end", Lab{Rules: serverRules}, nil, op(network.Bind, network.TCP, 61000),
			"EACCES d_t port_t:tcp_socket name_bind"},

		// 2. The range is the host's, and ip_unprivileged_port_start is about the
		// capability alone, which comes last (__inet_bind in net/ipv4/af_inet.c).
		{"2 moved range", Lab{Rules: serverRules}, nil, on(narrow, network.Bind, network.TCP, 40000),
			"EACCES d_t port_t:tcp_socket name_bind"},
		{"2 in the moved range", Lab{Rules: serverRules}, nil, on(narrow, network.Bind, network.TCP, 50010), "ok"},
		{"2 no capability", Lab{Rules: serverRules + web}, nil, op(network.Bind, network.TCP, 80),
			"EACCES d_t d_t:capability net_bind_service"},
		{"2 unprivileged", Lab{Rules: serverRules + web}, nil, on(start0, network.Bind, network.TCP, 80), "ok"},
		{"2 start 0 does not lift name_bind", Lab{Rules: serverRules}, nil, on(start0, network.Bind, network.TCP, 80),
			"EACCES d_t a_port_t:tcp_socket name_bind"},

		// 3. Listening on an unbound socket asks for no bind permission
		// (inet_autobind in net/ipv4/af_inet.c).
		{"3 listen unbound", Lab{Rules: `(allow d_t self (tcp_socket (create listen getattr)))`}, nil,
			calls(network.TCP, 0, network.CallSocket, network.CallListen, network.CallGetsockname), "ok"},

		// 4. node_bind is always asked, for port 0 and 0.0.0.0 too.
		{"4 no node_bind", Lab{Rules: `(allow d_t self (tcp_socket (create bind)))`}, nil,
			op(network.Bind, network.TCP, 0), "EACCES d_t node_t:tcp_socket node_bind"},

		// 5. connect asks for the port, connect(AF_UNSPEC) does not; a server's
		// answers need no permission on the client's port (selinux_socket_connect_helper).
		{"5 connect", Lab{Rules: clientRules}, nil, op(network.Connect, network.TCP, 80),
			"EACCES d_t a_port_t:tcp_socket name_connect"},
		{"5 connect to an ephemeral port", Lab{Rules: clientRules}, nil, op(network.Connect, network.TCP, 40000),
			"EACCES d_t port_t:tcp_socket name_connect"},
		{"5 connect to port 0", Lab{Rules: clientRules}, nil, op(network.Connect, network.TCP, 0),
			"EACCES d_t port_t:tcp_socket name_connect"},
		{"5 disconnect", Lab{Rules: clientRules}, nil, func(*testing.T, *policy.Policy) network.Question {
			return network.Question{Operation: network.Connect, Protocol: network.TCP, Port: 80, Disconnect: true}
		}, "ok"},
		{"5 serve", Lab{Rules: serverRules}, nil, op(network.Recv, network.TCP, 0), "ok"},

		// 6. Fast Open is checked from 6.12.97 on (selinux_socket_sendmsg).
		{"6 fixed kernel", Lab{Rules: clientRules}, nil, calls(network.TCP, 80, network.CallSocket,
			network.CallFastOpen), "EACCES d_t a_port_t:tcp_socket name_connect"},
		{"6 fixed kernel, mptcp", Lab{Rules: clientRules}, nil,
			calls(network.MPTCP, 80, network.CallSocket, network.CallFastOpen),
			"EACCES d_t a_port_t:tcp_socket name_connect"},
		{"6 older kernel", Lab{Rules: `(allow d_t self (tcp_socket (create write)))`}, nil,
			func(*testing.T, *policy.Policy) network.Question {
				return network.Question{Calls: []network.Call{network.CallSocket, network.CallFastOpen},
					Protocol: network.TCP, Port: 80, FastOpenUnchecked: true}
			}, "ok"},
		{"6 the flag means nothing to udp", Lab{Rules: udpRules}, nil,
			calls(network.UDP, 53, network.CallSocket, network.CallFastOpen), "ok"},

		// 7. No permission is about the port that UDP is sent to.
		{"7 udp send", Lab{Rules: udpRules}, nil, op(network.Send, network.UDP, 53), "ok"},
		{"7 udp connect", Lab{Rules: udpRules}, nil, op(network.Connect, network.UDP, 53), "ok"},

		// 8. netif, node, peer and packet are not asked on an ordinary host
		// (selinux_ip_postroute, selinux_socket_sock_rcv_skb).
		{"8 client", Lab{Rules: clientRules + `(allow d_t a_port_t (tcp_socket (name_connect)))`}, nil,
			op(network.Connect, network.TCP, 80), "ok"},
		{"8 server", Lab{Rules: serverRules}, nil, op(network.Listen, network.TCP, 0), "ok"},

		// 9. What arrives is checked with the sender's label as source, and the
		// sender's permissive flag counts (selinux_inet_sys_rcv_skb).
		{"9 labelled peer",
			Lab{Rules: serverRules +
				`(allow d_t netif_t (netif (egress ingress))) (allow d_t node_t (node (sendto recvfrom)))`}, nil,
			fromPeer,
			"silence peer_t netif_t:netif ingress"},
		{"9 permissive domain", Lab{Rules: serverRules + `(typepermissive d_t)`}, nil, fromPeer,
			"silence peer_t netif_t:netif ingress"},
		{"9 permissive peer", Lab{Rules: serverRules + `(typepermissive peer_t) (typepermissive d_t)`}, nil, fromPeer,
			"ok, logged peer_t netif_t:netif ingress, logged peer_t node_t:node recvfrom, logged d_t peer_t:peer " +
				"recv, logged d_t netif_t:netif egress, logged d_t node_t:node sendto"},
		{"9 peer recv",
			Lab{Rules: serverRules +
				`(allow peer_t netif_t (netif (ingress))) (allow peer_t node_t (node (recvfrom)))`}, nil, fromPeer,
			"silence d_t peer_t:peer recv"},

		// 10. Packets without SECMARK are unlabeled; a refused packet that leaves is
		// "connection refused", one that arrives is silence (selinux_ip_postroute).
		{"10 packet send", Lab{Caps: always, Rules: clientRules + web + everyPacket +
			`(allow d_t a_port_t (tcp_socket (name_connect))) (allow d_t unlabeled_t (packet (recv)))`}, nil,
			op(network.Connect, network.TCP, 80), "ECONNREFUSED d_t unlabeled_t:packet send"},
		{"10 packet recv", Lab{Caps: always, Rules: clientRules + everyPacket +
			`(allow d_t a_port_t (tcp_socket (name_connect))) (allow d_t unlabeled_t (packet (send)))`}, nil,
			op(network.Connect, network.TCP, 80), "silence d_t unlabeled_t:packet recv"},
		{"10 both", Lab{Caps: always, Rules: clientRules + everyPacket +
			`(allow d_t a_port_t (tcp_socket (name_connect))) (allow d_t unlabeled_t (packet (send recv)))`}, nil,
			op(network.Connect, network.TCP, 80), "ok"},
		{"10 SECMARK rules alone switch packet on", Lab{Rules: clientRules +
			`(allow d_t a_port_t (tcp_socket (name_connect)))`}, nil,
			on(secmark, network.Connect, network.TCP, 80), "ECONNREFUSED d_t unlabeled_t:packet send"},
		{"10 always_check_network switches netif on", Lab{Caps: always,
			Rules: clientRules +
				`(allow d_t a_port_t (tcp_socket (name_connect))) (allow d_t unlabeled_t (packet (send recv)))`}, nil,
			op(network.Connect, network.TCP, 80), "ECONNREFUSED d_t netif_t:netif egress"},
		{"10 and node", Lab{Caps: always, Rules: clientRules +
			`(allow d_t a_port_t (tcp_socket (name_connect))) (allow d_t unlabeled_t (packet (send recv))) (allow ` +
			`d_t netif_t (netif (egress)))`}, nil,
			op(network.Connect, network.TCP, 80), "ECONNREFUSED d_t node_t:node sendto"},
		{"10 and peer", Lab{Caps: always, Rules: serverRules +
			`(allow d_t unlabeled_t (packet (send recv))) (allow unlabeled_t netif_t (netif (ingress))) (allow ` +
			`unlabeled_t node_t (node (recvfrom)))`}, nil,
			op(network.Listen, network.TCP, 0), "silence d_t unlabeled_t:peer recv"},
		{"10 udp send", Lab{Rules: udpRules}, nil, on(secmark, network.Send, network.UDP, 53),
			"ECONNREFUSED d_t unlabeled_t:packet send"},
		// A server's packets are answers: nobody is told that they were dropped.
		{"10 SYN-ACK", Lab{Rules: serverRules + `(allow d_t unlabeled_t (packet (recv)))`}, nil,
			on(secmark, network.Listen, network.TCP, 0), "silence d_t unlabeled_t:packet send"},
		// sctp_packet_transmit drops the error (net/sctp/output.c).
		{"10 sctp INIT",
			Lab{Rules: `(allow d_t self (sctp_socket (create connect))) (allow d_t a_port_t (sctp_socket ` +
				`(name_connect)))`}, nil,
			on(secmark, network.Connect, network.SCTP, 80), "silence d_t unlabeled_t:packet send"},
		// dccp_connect drops it too (net/dccp/output.c).
		{"10 dccp request",
			Lab{Rules: `(allow d_t self (dccp_socket (create connect))) (allow d_t a_port_t (dccp_socket ` +
				`(name_connect)))`}, nil,
			on(secmark, network.Connect, network.DCCP, 80), "silence d_t unlabeled_t:packet send"},
		// connect(AF_UNSPEC) waits for no packet (tcp_disconnect in net/ipv4/tcp.c).
		{"10 disconnect", Lab{Rules: clientRules}, nil, func(*testing.T, *policy.Policy) network.Question {
			h := host.Standard()
			h.Secmark = true
			return network.Question{Operation: network.Connect, Protocol: network.TCP, Port: 80, Disconnect: true,
				Machine: network.Machine{Host: h}}
		}, "ok"},

		// 11. Without network_peer_controls every packet needs an association
		// (selinux_xfrm_postroute_last, selinux_xfrm_sock_rcv_skb in xfrm.c).
		{"11 sendto", Lab{Caps: []string{"extended_socket_class"},
			Rules: clientRules + `(allow d_t a_port_t (tcp_socket (name_connect)))`}, nil,
			op(network.Connect, network.TCP, 80), "ECONNREFUSED d_t unlabeled_t:association sendto"},
		{"11 recvfrom", Lab{Caps: []string{"extended_socket_class"},
			Rules: clientRules +
				`(allow d_t a_port_t (tcp_socket (name_connect))) (allow d_t unlabeled_t (association (sendto)))`}, nil,
			op(network.Connect, network.TCP, 80), "silence d_t unlabeled_t:association recvfrom"},
		{"11 both", Lab{Caps: []string{"extended_socket_class"},
			Rules: clientRules +
				`(allow d_t a_port_t (tcp_socket (name_connect))) (allow d_t unlabeled_t (association (sendto ` +
				`recvfrom)))`}, nil,
			op(network.Connect, network.TCP, 80), "ok"},

		// 12. Without extended_socket_class SCTP and ping sockets are rawip_socket,
		// and connecting them asks for no port (socket_type_to_security_class).
		{"12 sctp", Lab{Caps: netpeer, Rules: `(allow d_t self (rawip_socket (create connect)))`}, nil,
			op(network.Connect, network.SCTP, 80), "ok"},
		{"12 sctp with the capability", Lab{Rules: `(allow d_t self (sctp_socket (create connect)))`}, nil,
			op(network.Connect, network.SCTP, 80), "EACCES d_t a_port_t:sctp_socket name_connect"},
		// name_bind still looks the port up by the socket's own protocol.
		{"12 sctp bind", Lab{Caps: netpeer, Rules: `(allow d_t self (rawip_socket (create bind)))`}, nil,
			op(network.Bind, network.SCTP, 80), "EACCES d_t a_port_t:rawip_socket name_bind"},
		{"12 ping", Lab{Caps: netpeer, Rules: `(allow d_t self (rawip_socket (create write)))`}, nil,
			op(network.Send, network.Ping, 0), "ok"},
		{"12 ping with the capability", Lab{Rules: `(allow d_t self (rawip_socket (create write)))`}, nil,
			op(network.Send, network.Ping, 0), "EACCES d_t d_t:icmp_socket create"},

		// 13. Ports and nodes are checked with the socket's label as source, the
		// socket itself with the process's (socket_sockcreate_sid).
		{"13 socket may",
			Lab{Rules: transition +
				`(allow d_t s_t (tcp_socket (create connect))) (allow s_t a_port_t (tcp_socket (name_connect)))`}, nil,
			op(network.Connect, network.TCP, 80), "ok"},
		{"13 process may",
			Lab{Rules: transition +
				`(allow d_t s_t (tcp_socket (create connect))) (allow d_t a_port_t (tcp_socket (name_connect)))`}, nil,
			op(network.Connect, network.TCP, 80), "EACCES s_t a_port_t:tcp_socket name_connect"},
		{"13 permissive is the source's", Lab{Rules: transition +
			`(typepermissive s_t) (allow d_t s_t (tcp_socket (create connect)))`}, nil,
			op(network.Connect, network.TCP, 80), "ok, logged s_t a_port_t:tcp_socket name_connect"},
		{"13 another class", Lab{Rules: transition + `(allow d_t self (udp_socket (create connect)))`}, nil,
			op(network.Connect, network.UDP, 53), "ok"},
		{"13 setsockcreatecon",
			Lab{Rules: `(allow d_t s_t (tcp_socket (create connect))) (allow s_t a_port_t (tcp_socket ` +
				`(name_connect)))`}, nil,
			func(t *testing.T, p *policy.Policy) network.Question {
				c := Context(t, p, "s_t")
				return network.Question{Operation: network.Connect, Protocol: network.TCP, Port: 80, SocketLabel: &c}
			}, "ok"},
		// A label that the policy does not allow fails socket(), for a permissive
		// domain too and without an AVC (compute_sid_handle_invalid_context in
		// ss/services.c).
		{"13 no role for the socket's type", Lab{Rules: `(typetransition d_t d_t tcp_socket orphan_t) (allow d_t orphan_t (tcp_socket (create connect)))
			(allow orphan_t port_t (tcp_socket (name_connect)))`}, nil, op(network.Connect, network.TCP, 9), "EACCES d_t orphan_t:tcp_socket create silent"},
		{"13 the same, permissive domain",
			Lab{Rules: `(typetransition d_t d_t tcp_socket orphan_t) (typepermissive d_t)`}, nil,
			op(network.Connect, network.TCP, 9), "EACCES d_t orphan_t:tcp_socket create silent"},
		{"13 the same, permissive system",
			Lab{Rules: `(typetransition d_t d_t tcp_socket orphan_t) (allow d_t orphan_t (tcp_socket (create ` +
				`connect)))`}, nil,
			on(func(h *host.Facts) { h.Enforcing = false }, network.Connect, network.TCP, 9),
			"ok, logged orphan_t port_t:tcp_socket name_connect"},

		// 14. The first portcon of the list wins; CIL puts the narrow one in front,
		// a local record goes in front of all. MPTCP's protocol 262 is cut to 6
		// (security_port_sid in ss/services.c, sel_netport_sid in netport.c).
		{"14 narrow", Lab{Rules: clientRules + `(allow d_t b_port_t (tcp_socket (name_connect)))`}, nil,
			op(network.Connect, network.TCP, 8080), "ok"},
		{"14 wide", Lab{Rules: clientRules + `(allow d_t a_port_t (tcp_socket (name_connect)))`}, nil,
			op(network.Connect, network.TCP, 8081), "ok"},
		{"14 narrow, mptcp", Lab{Rules: clientRules + `(allow d_t b_port_t (tcp_socket (name_connect)))`}, nil,
			op(network.Connect, network.MPTCP, 8080), "ok"},
		{"14 the wide label does not do", Lab{Rules: clientRules + `(allow d_t a_port_t (tcp_socket (name_connect)))`},
			nil, op(network.Connect, network.TCP, 8080),
			"EACCES d_t b_port_t:tcp_socket name_connect"},
		{"14 local record takes 8080", Lab{Rules: clientRules + `(allow d_t b_port_t (tcp_socket (name_connect)))`},
			local, op(network.Connect, network.TCP, 8080),
			"EACCES d_t c_port_t:tcp_socket name_connect"},
		{"14 local record", Lab{Rules: clientRules + `(allow d_t c_port_t (tcp_socket (name_connect)))`}, local,
			op(network.Connect, network.MPTCP, 8080), "ok"},
		{"14 local record is of tcp alone", Lab{Rules: `(allow d_t self (sctp_socket (create connect)))`}, local,
			op(network.Connect, network.SCTP, 8080),
			"EACCES d_t port_t:sctp_socket name_connect"},

		// 15. What the policy does not define, handle_unknown decides (map_decision
		// in ss/services.c; selinux_set_mapping goes by name).
		{"15 allow", Lab{Unknown: "allow", Drop: []string{"tcp_socket name_connect"}, Rules: clientRules}, nil,
			op(network.Connect, network.TCP, 80), "ok"},
		{"15 deny", Lab{Unknown: "deny", Drop: []string{"tcp_socket name_connect"}, Rules: clientRules}, nil,
			op(network.Connect, network.TCP, 80),
			"EACCES d_t a_port_t:tcp_socket name_connect"},
		{"15 no class, allow", Lab{Unknown: "allow", Drop: []string{"sctp_socket"}}, nil,
			op(network.Recv, network.SCTP, 80), "EACCES d_t d_t:capability net_bind_service"},
		{"15 no class, allow, high port", Lab{Unknown: "allow", Drop: []string{"sctp_socket", "dccp_socket"}}, nil,
			op(network.Recv, network.DCCP, 8080), "ok"},
		{"15 no class, deny", Lab{Drop: []string{"sctp_socket"}}, nil, op(network.Connect, network.SCTP, 80),
			"EACCES d_t d_t:sctp_socket create"},
		{"15 no class, permissive", Lab{Drop: []string{"dccp_socket"}, Rules: `(typepermissive d_t)`}, nil,
			op(network.Connect, network.DCCP, 80),
			"ok, logged d_t d_t:dccp_socket create, logged d_t d_t:dccp_socket connect, logged d_t " +
				"a_port_t:dccp_socket name_connect"},
	}
}

const transition = `(typetransition d_t d_t tcp_socket s_t)`

// fromPeer asks about a server whose clients' packets are labelled peer_t.
func fromPeer(t *testing.T, p *policy.Policy) network.Question {
	c := Context(t, p, "peer_t")
	h := host.Standard()
	h.PeerLabelling = true
	return network.Question{Operation: network.Listen, Protocol: network.TCP, Port: 0, PeerLabel: &c,
		Machine: network.Machine{Host: h}}
}
