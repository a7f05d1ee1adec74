package kernel

import (
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

// testUnknown compares operations of every kind of socket under policies that leave out classes and
// permissions, for each value of handle_unknown.
func testUnknown(t *testing.T, vm *VM, c *counts) {
	drops := [][]string{
		{"tcp_socket name_connect", "udp_socket node_bind"},
		{"sctp_socket", "icmp_socket", "vsock_socket"},
		{"tcp_socket", "udp_socket", "netlink_route_socket nlmsg_read"},
		{"rawip_socket", "dccp_socket", "unix_stream_socket connectto"},
	}
	protocols := []network.Protocol{network.TCP, network.MPTCP, network.UDP, network.UDPLite, network.SCTP,
		network.DCCP, network.Ping, network.Raw,
		network.Packet, network.VSock, network.UnixStream, network.UnixDgram, network.NetRoute, network.NetDiag,
		network.NetXfrm, network.NetOther}
	j := &judge{vm: vm, c: c, model: network.Ask}
	for i, drop := range drops {
		for _, unknown := range []string{"allow", "deny", "reject"} {
			for _, caps := range [][]string{{"network_peer_controls", "extended_socket_class"},
				{"network_peer_controls"}} {
				lab := probe.Lab{Caps: caps, Unknown: unknown, Drop: drop, Rules: `(typeattribute any) (typeattributeset any (all))
(allow d_t any (packet_socket (create bind))) (allow d_t any (unix_dgram_socket (create write)))`}
				if !slices.Contains(drop, "tcp_socket") {
					lab.Rules += "(allow d_t self (tcp_socket (create connect bind))) (allow d_t port_t (tcp_socket " +
						"(name_bind)))"
				}
				db, err := Permissive(lab.Policy(t).DB())
				if err != nil {
					t.Fatal(err)
				}
				p := policy.New(db)
				if unknown == "reject" {
					// A kernel wants every class that it knows, and no policy of the lab has them.
					if err := vm.Load(p); err == nil || !strings.Contains(err.Error(), "invalid argument") {
						t.Errorf("a policy without classes that rejects unknown ones: %v", err)
					}
					continue
				}
				j.load(t, p)
				for n, proto := range protocols {
					for k, op := range []network.Operation{network.Connect, network.Bind, network.Recv, network.Send} {
						peer := probe.Context(t, p, "peer_t")
						q := network.Question{Subject: probe.Context(t, p, "d_t"), Operation: op, Protocol: proto,
							Port: 9000, Addr: loopback, Netif: "lo", Machine: network.Machine{Host: host.Standard()}}
						if proto == network.UnixStream || proto == network.UnixDgram {
							q.PeerLabel = &peer
						}
						// Half of all are run, and half of those enforcing.
						if (i+n+k)%2 == 0 {
							q.Host.Enforcing = (n+k/2)%2 == 0
							j.compare(t, q)
						}
					}
				}
			}
		}
	}
	t.Logf("%v in the machine; outcomes by errno: %v; other denials: %v", j.took, j.seen, j.others)
}
