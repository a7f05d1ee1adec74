package network_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

// TestKernelVersions compares what depends on the kernel with the answers of Linux 6.1 and 6.12 (test/kernel), and
// with what is known of later kernels.
func TestKernelVersions(t *testing.T) {
	onKernel := func(release string, q network.Question) network.Question {
		q.Host = host.Standard()
		if v, ok := host.ParseRelease(release); ok {
			q.Host.Kernel = &host.Kernel{Release: release, Version: v}
		}
		return q
	}
	serve := func(release, peer string) func(*testing.T, *policy.Policy) network.Question {
		return func(t *testing.T, p *policy.Policy) network.Question {
			q := onKernel(release, network.Question{Operation: network.Recv, Protocol: network.MPTCP, Port: 0})
			c := probe.Context(t, p, peer)
			q.PeerLabel, q.Host.PeerLabelling = &c, true
			return q
		}
	}
	send := network.Question{Operation: network.Send, Protocol: network.NetRoute}
	sctp := func(t *testing.T, p *policy.Policy) network.Question {
		c := probe.Context(t, p, "u:r:d_t:s0-s1:c0.c1")
		return network.Question{Operation: network.Recv, Protocol: network.SCTP, SocketLabel: &c}
	}
	sctpServer := `(allow d_t self (sctp_socket (create bind listen accept read))) (allow d_t node_t (sctp_socket (node_bind)))
		(allow d_t self (rawip_socket (create bind listen accept read))) (allow d_t node_t (rawip_socket (node_bind)))
		(mlsconstrain (sctp_socket (read)) (eq h1 h2)) (mlsconstrain (rawip_socket (read)) (eq h1 h2))`
	packets := `(typeattribute any) (typeattributeset any (all)) (allow any any (netif (ingress egress))) (allow ` +
		`any any (node (sendto recvfrom))) (allow any any (peer (recv)))`
	server := `(allow d_t self (tcp_socket (create bind listen accept))) (allow d_t node_t (tcp_socket ` +
		`(node_bind)))` + packets
	route := probe.Lab{XPerm: true, Rules: `(allow d_t self (netlink_route_socket (create write)))`}
	privileged := probe.Lab{Rules: `(allow d_t self (tcp_socket (create bind))) (allow d_t a_port_t (tcp_socket ` +
		`(name_bind))) (allow d_t node_t (tcp_socket (node_bind)))`}
	tests := []struct {
		name string
		lab  probe.Lab
		q    func(*testing.T, *policy.Policy) network.Question
		want string
	}{
		// netlink_xperm needs Linux 6.13. Kernels ignore policy capabilities that they do not know.
		{"netlink_xperm, 6.12", route, func(*testing.T,
			*policy.Policy) network.Question {
			return onKernel("6.12.117", send)
		},
			"EACCES d_t d_t:netlink_route_socket nlmsg_read"},
		{"netlink_xperm, 6.13", route, func(*testing.T,
			*policy.Policy) network.Question {
			return onKernel("6.13.0", send)
		},
			"EACCES d_t d_t:netlink_route_socket nlmsg"},
		{"netlink_xperm, unknown kernel", route, func(*testing.T,
			*policy.Policy) network.Question {
			return onKernel("", send)
		},
			"EACCES d_t d_t:netlink_route_socket nlmsg"},
		// An accepted connection of MPTCP is a subflow. Before selinux_mptcp_add_subflow it has the kernel's own
		// label, which is not checked.
		{"accepted mptcp, 6.1", probe.Lab{Rules: server}, serve("6.1.192", "peer_t"), "ok"},
		{"accepted mptcp of another level, 6.1", probe.Lab{Rules: server}, serve("6.1.192", "u:r:peer_t:s1"),
			"EACCES d_t kernel_t:tcp_socket read"},
		{"accepted mptcp, 6.12", probe.Lab{Rules: server}, serve("6.12.117", "peer_t"),
			"EACCES d_t d_t:tcp_socket read"},
		// An accepted association of SCTP has the level of the initial SID unlabeled
		// where packets carry none, with the class sctp_socket.
		{"accepted sctp", probe.Lab{Rules: sctpServer}, sctp, "ok"},
		{"accepted sctp, rawip_socket", probe.Lab{Caps: []string{"network_peer_controls"}, Rules: sctpServer}, sctp,
			"EACCES d_t d_t:rawip_socket read"},
		// cred_has_capability: the class depends on the user namespace.
		{"user namespace", privileged, func(*testing.T, *policy.Policy) network.Question {
			return network.Question{Operation: network.Bind, Protocol: network.TCP, Port: 80,
				Machine: network.Machine{UserNamespace: true}}
		}, "EACCES d_t d_t:cap_userns net_bind_service"},
		{"vsock in a user namespace", probe.Lab{Rules: `(allow d_t self (vsock_socket (create bind)))`},
			func(*testing.T, *policy.Policy) network.Question {
				return network.Question{Operation: network.Bind, Protocol: network.VSock, Port: 1023,
					Machine: network.Machine{UserNamespace: true}}
			}, "EACCES d_t d_t:capability net_bind_service"},
		{"vsock, unprivileged", probe.Lab{Rules: `(allow d_t self (vsock_socket (create bind)))`},
			op(network.Bind, network.VSock, 1024), "ok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.lab.Policy(t)
			if got := ask(t, p, tt.q(t, p)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestSYNACK: the packet that answers the first one has the listener's level, and the connection has the peer's
// level.
func TestSYNACK(t *testing.T) {
	p := probe.Lab{}.Policy(t)
	peer := probe.Context(t, p, "u:r:peer_t:s1")
	h := host.Standard()
	h.PeerLabelling, h.Enforcing = true, false
	a, err := network.Ask(access.NewDecider(p), network.Question{Subject: probe.Context(t, p, "d_t"),
		Operation: network.Recv, Protocol: network.TCP, PeerLabel: &peer, Machine: network.Machine{Host: h}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range a.Layers {
		if l.Call == network.CallEgress && l.Consulted && l.Perm == "egress" {
			got = append(got, p.FormatContext(l.SourceContext))
		}
		if l.Call == network.CallReceive {
			got = append(got, p.FormatContext(l.TargetContext))
		}
	}
	if want := []string{"u:r:d_t:s0", "u:r:d_t:s1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func op(o network.Operation, proto network.Protocol, port uint16) func(*testing.T, *policy.Policy) network.Question {
	return func(*testing.T, *policy.Policy) network.Question {
		return network.Question{Operation: o, Protocol: proto, Port: port}
	}
}
