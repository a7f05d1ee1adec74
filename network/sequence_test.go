package network_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

// TestSequences compares the checks of every operation and kind of socket, in order, with the kernel's source. The
// domain is permissive and no rule allows it anything, and every condition is true, so each check leaves its AVC. A
// check is written SOURCE TARGET CLASS PERMISSION; the socket's type is s_t, its class "-".
func TestSequences(t *testing.T) {
	const (
		create  = "d s - create"
		bind    = "d s - bind|s port - name_bind|s node - node_bind"
		service = "|d d capability net_bind_service"
		netRaw  = "|d d capability net_raw"
		// selinux_ip_postroute; selinux_socket_sock_rcv_skb with
		// selinux_inet_sys_rcv_skb inside.
		out = "|s packet packet send|s netif netif egress|s node node sendto"
		in  = "|peer netif netif ingress|peer node node recvfrom|s peer peer recv|s packet packet recv"
	)
	// Without network_peer_controls: selinux_ip_postroute_compat and
	// selinux_sock_rcv_skb_compat, the association always unlabeled.
	compat := strings.NewReplacer(
		out, "|s packet packet send|s unlabeled association sendto",
		in, "|s packet packet recv|s peer - recvfrom|s unlabeled association recvfrom")
	connect := "|d s - connect"
	nameConnect := connect + "|s port - name_connect"
	serve := "|d s - listen|d s - accept"

	tests := []struct {
		op    network.Operation
		proto []network.Protocol
		want  string
	}{
		{network.Connect, []network.Protocol{network.TCP, network.MPTCP, network.SCTP, network.DCCP},
			create + nameConnect + out + in},
		{network.Bind, []network.Protocol{network.TCP, network.MPTCP, network.SCTP, network.DCCP, network.UDP,
			network.UDPLite}, create + "|" + bind + service},
		{network.Listen, []network.Protocol{network.TCP, network.MPTCP, network.SCTP, network.DCCP},
			create + "|" + bind + service + serve + in + out},
		{network.Send, []network.Protocol{network.TCP, network.MPTCP, network.SCTP, network.DCCP},
			create + nameConnect + out + in + "|d s - write"},
		{network.Recv, []network.Protocol{network.TCP, network.MPTCP, network.SCTP, network.DCCP},
			create + "|" + bind + service + serve + in + out + "|d s - read"},
		// Datagrams: connect() sends no packet and checks no port.
		{network.Connect, []network.Protocol{network.UDP, network.UDPLite, network.Ping}, create + connect},
		{network.Send, []network.Protocol{network.UDP, network.UDPLite, network.Ping}, create + "|d s - write" + out},
		{network.Recv, []network.Protocol{network.UDP, network.UDPLite},
			create + "|" + bind + service + "|d s - read" + in},
		// listen() on a datagram socket is checked, then refused (sock_no_listen).
		{network.Listen, []network.Protocol{network.UDP, network.UDPLite},
			create + "|" + bind + service + "|d s - listen"},
		// raw_bind and ping_bind ask for no capability whatever the port
		// (net/ipv4/raw.c, ping.c); inet_create asks raw sockets for net_raw.
		{network.Bind, []network.Protocol{network.Ping}, create + "|" + bind},
		{network.Bind, []network.Protocol{network.Raw}, create + netRaw + "|" + bind},
		{network.Send, []network.Protocol{network.Raw}, create + netRaw + "|d s - write" + out},
		// The TCP socket below SMC and its packets have the kernel's label (smc_create_clcsk). connect() checks no
		// port.
		{network.Connect, []network.Protocol{network.SMC},
			create + connect + "|kernel packet packet send|kernel netif netif egress|kernel node node sendto" +
				"|peer netif netif ingress|peer node node recvfrom|kernel peer peer recv|kernel packet packet recv"},
		{network.Bind, []network.Protocol{network.SMC}, create + "|" + bind + service},
		// No check of ports, nodes or packets. __vsock_bind_connectible
		{network.Recv, []network.Protocol{network.VSock}, create + "|d s - bind" + service + serve + "|d s - read"},
		{network.Connect, []network.Protocol{network.VSock}, create + connect},
		{network.Recv, []network.Protocol{network.Packet}, create + netRaw + "|d s - bind|d s - read"},
		// unix: the socket at the other end is the target (unix_stream_connect,
		// unix_dgram_connect and unix_dgram_sendmsg in net/unix/af_unix.c).
		{network.Connect, []network.Protocol{network.UnixStream}, create + connect + "|s peer - connectto"},
		{network.Send, []network.Protocol{network.UnixStream}, create + connect + "|s peer - connectto|d s - write"},
		{network.Connect, []network.Protocol{network.UnixDgram}, create + connect + "|s peer - sendto"},
		{network.Send, []network.Protocol{network.UnixDgram}, create + "|d s - write|s peer - sendto"},
		{network.Recv, []network.Protocol{network.UnixStream}, create + "|d s - bind" + serve + "|d s - read"},
		// netlink: for four classes the kernel sorts messages into reading and writing (selinux_nlmsg_lookup).
		{network.Send, []network.Protocol{network.NetRoute, network.NetDiag}, create + "|d s - write|d s - nlmsg_read"},
		{network.Send, []network.Protocol{network.NetXfrm},
			create + "|d s - write|d s - nlmsg_read|d d capability net_admin"},
		{network.Send, []network.Protocol{network.NetAudit},
			create + "|d s - write|d s - nlmsg_read|d d capability audit_control"},
		{network.Send, []network.Protocol{network.NetFilter}, create + "|d s - write|d d capability net_admin"},
		{network.Send, []network.Protocol{network.NetOther}, create + "|d s - write"},
	}

	rules := "(typepermissive d_t) (typepermissive s_t) (typepermissive peer_t) (typepermissive kernel_t)\n"
	for _, c := range probe.Classes {
		rules += "(typetransition d_t d_t " + strings.Fields(c)[0] + " s_t)\n"
	}
	for _, netpeer := range []bool{true, false} {
		l := probe.Lab{Caps: []string{"extended_socket_class", "network_peer_controls"}, Rules: rules}
		if !netpeer {
			l.Caps = l.Caps[:1]
		}
		p := l.Policy(t)
		for _, tt := range tests {
			for _, proto := range tt.proto {
				t.Run(string(tt.op)+" "+string(proto)+map[bool]string{true: "", false: " compat"}[netpeer],
					func(t *testing.T) {
						want := tt.want
						if !netpeer {
							want = compat.Replace(want)
							if proto == network.SMC { // the packets of SMC have the kernel's label
								want = strings.NewReplacer("|kernel netif netif egress|kernel node node sendto",
									"|kernel unlabeled association sendto",
									"|peer netif netif ingress|peer node node recvfrom|kernel peer peer "+
										"recv|kernel packet packet recv",
									"|kernel packet packet recv|kernel peer tcp_socket recvfrom|kernel unlabeled "+
										"association recvfrom").Replace(want)
							}
						}
						if got := sequence(t, p, tt.op, proto); got != want {
							t.Errorf("got  %s\nwant %s", got, want)
						}
					})
			}
		}
	}
}

// sequence returns the denials that the kernel would log.
func sequence(t *testing.T, p *policy.Policy, op network.Operation, proto network.Protocol) string {
	t.Helper()
	h := host.Standard()
	h.PeerLabelling, h.Secmark = true, true
	peer, packet := probe.Context(t, p, "peer_t"), *probe.Object(t, p, "packet_t")
	a, err := network.Ask(access.NewDecider(p), network.Question{
		Subject: probe.Context(t, p,
			"d_t"), Operation: op, Protocol: proto, Port: 9, Addr: netip.MustParseAddr("192.0.2.1"),
		Remote: netip.MustParseAddr("192.0.2.1"), Machine: network.Machine{Host: h}, PeerLabel: &peer,
		PacketLabel: &packet})
	if err != nil {
		t.Fatal(err)
	}
	if a.Verdict != network.Allowed || !a.Permissive || !a.Logged {
		t.Errorf("verdict %s, permissive %v, logged %v", a.Verdict, a.Permissive, a.Logged)
	}
	name := func(c policy.Context) string {
		return strings.TrimSuffix(p.TypeName(policy.TypeID(c.Type)), "_t")
	}
	var list []string
	for _, l := range a.Layers {
		if !l.Consulted {
			continue
		}
		if l.Check.Allowed || !l.Permissive || !l.Logged {
			t.Errorf("%s %s: allowed %v, permissive %v, logged %v", l.Class, l.Perm, l.Check.Allowed, l.Permissive,
				l.Logged)
		}
		class := l.Class
		if class == a.Class {
			class = "-"
		}
		list = append(list, name(l.SourceContext)+" "+name(l.TargetContext)+" "+class+" "+l.Perm)
	}
	return strings.Join(list, "|")
}

// TestClasses compares the class and the protocol of port lookups, for every kind of socket, with
// socket_type_to_security_class and sel_netport_sid, whose parameter has 8 bits (hooks.c, netport.c; numbers in
// include/uapi/linux/in.h).
func TestClasses(t *testing.T) {
	tests := map[network.Protocol]struct {
		class, plain string
		protocol     int // IPPROTO_*
	}{
		network.TCP:        {"tcp_socket", "tcp_socket", 6},
		network.MPTCP:      {"tcp_socket", "tcp_socket", 262},
		network.UDP:        {"udp_socket", "udp_socket", 17},
		network.UDPLite:    {"rawip_socket", "rawip_socket", 136},
		network.SCTP:       {"sctp_socket", "rawip_socket", 132},
		network.DCCP:       {"dccp_socket", "dccp_socket", 33},
		network.Ping:       {"icmp_socket", "rawip_socket", 1},
		network.Raw:        {"rawip_socket", "rawip_socket", 255},
		network.SMC:        {"rawip_socket", "rawip_socket", 256},
		network.Packet:     {"packet_socket", "packet_socket", 0},
		network.VSock:      {"vsock_socket", "socket", 0},
		network.UnixStream: {"unix_stream_socket", "unix_stream_socket", 0},
		network.UnixDgram:  {"unix_dgram_socket", "unix_dgram_socket", 0},
		network.NetRoute:   {"netlink_route_socket", "netlink_route_socket", 0},
		network.NetDiag:    {"netlink_tcpdiag_socket", "netlink_tcpdiag_socket", 0},
		network.NetXfrm:    {"netlink_xfrm_socket", "netlink_xfrm_socket", 0},
		network.NetAudit:   {"netlink_audit_socket", "netlink_audit_socket", 0},
		network.NetFilter:  {"netlink_netfilter_socket", "netlink_netfilter_socket", 0},
		network.NetGeneric: {"netlink_generic_socket", "netlink_generic_socket", 0},
		network.NetUevent:  {"netlink_kobject_uevent_socket", "netlink_kobject_uevent_socket", 0},
		network.NetSELinux: {"netlink_selinux_socket", "netlink_selinux_socket", 0},
		network.NetNflog:   {"netlink_nflog_socket", "netlink_nflog_socket", 0},
		network.NetFIB:     {"netlink_fib_lookup_socket", "netlink_fib_lookup_socket", 0},
		network.NetConn:    {"netlink_connector_socket", "netlink_connector_socket", 0},
		network.NetCrypto:  {"netlink_crypto_socket", "netlink_crypto_socket", 0},
		network.NetRDMA:    {"netlink_rdma_socket", "netlink_rdma_socket", 0},
		network.NetISCSI:   {"netlink_iscsi_socket", "netlink_iscsi_socket", 0},
		network.NetSCSI:    {"netlink_scsitransport_socket", "netlink_scsitransport_socket", 0},
		network.NetOther:   {"netlink_socket", "netlink_socket", 0},
	}
	with, without := probe.Lab{}.Policy(t), probe.Lab{Caps: []string{"network_peer_controls"}}.Policy(t)
	for _, proto := range network.Protocols() {
		want, ok := tests[proto]
		s, known := network.SocketOf(proto)
		if !ok || !known {
			t.Errorf("%s: in the table %v, known %v", proto, ok, known)
			continue
		}
		if got := s.ClassUnder(with); got != want.class {
			t.Errorf("%s: class %s, want %s", proto, got, want.class)
		}
		if got := s.ClassUnder(without); got != want.plain {
			t.Errorf("%s without extended_socket_class: class %s, want %s", proto, got, want.plain)
		}
		if got := s.PortProtocol; got != uint8(want.protocol) {
			t.Errorf("%s: portcons of protocol %d, want %d", proto, got, uint8(want.protocol))
		}
	}
}

// TestCalls checks the permission of the calls that no operation makes.
func TestCalls(t *testing.T) {
	tests := []struct {
		call network.Call
		perm string // hooks.c: selinux_socket_*, selinux_file_ioctl
	}{
		{network.CallGetsockname, "getattr"}, {network.CallGetpeername, "getattr"}, {network.CallGetsockopt, "getopt"},
		{network.CallSetsockopt, "setopt"}, {network.CallShutdown, "shutdown"}, {network.CallIoctl, "ioctl"},
		{network.CallSocketpair, "create"},
	}
	p := probe.Lab{}.Policy(t)
	for _, tt := range tests {
		q := network.Question{Calls: []network.Call{tt.call}, Protocol: network.UnixStream}
		if got, want := ask(t, p, q), "EACCES d_t d_t:unix_stream_socket "+tt.perm; got != want {
			t.Errorf("%s: got %s, want %s", tt.call, got, want)
		}
		rows := network.Rows(tt.call)
		if len(rows) == 0 || len(rows) > 1 && tt.call != network.CallSetsockopt || rows[0].Mirrors == "" {
			t.Errorf("%s: rows %v", tt.call, rows)
		}
	}
}
