package kernel

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/senet-selinux/senet/test/kernel/probe"
)

// factsLab is the policy of a set-up: most accesses of the domains are granted; for packets and
// peers only a part.
func factsLab(rng *rand.Rand) probe.Lab {
	// files may be created
	lab := probe.Lab{Caps: []string{"network_peer_controls"}, Unknown: "allow", Helped: true, Netif: pick(rng,
		[]string{"lo", "lo0"})}
	if rng.IntN(4) > 0 {
		lab.Caps = append(lab.Caps, "extended_socket_class")
	}
	if rng.IntN(3) == 0 {
		lab.Caps = append(lab.Caps, "always_check_network")
	}
	var b strings.Builder
	b.WriteString(`(type g_t) (roletype r g_t) (roletype object_r g_t)
(type q_t) (roletype r q_t) (roletype object_r q_t)
(type p1_t) (type p2_t) (type p3_t) (roletype object_r p1_t) (roletype object_r p2_t) (roletype object_r p3_t)
(typeattribute ends) (typeattributeset ends (all))
(allow kernel_t ends (netif (ingress egress))) (allow kernel_t ends (node (recvfrom sendto)))
(allow kernel_t ends (peer (recv)))
(allow kernel_t ends (packet (send recv relabelto)))
`)
	// Whose packets a labelled policy of IPsec counts for.
	b.WriteString(`(allow ends p1_t (association (polmatch))) (allow unlabeled_t p2_t (association (polmatch)))
(allow d_t packet_t (association (polmatch)))
`)
	allow := func(chance int, source, target, class string, perms ...string) {
		for _, perm := range perms {
			if rng.IntN(chance) > 0 {
				fmt.Fprintf(&b, "(allow %s %s (%s (%s)))\n", source, target, class, perm)
			}
		}
	}
	sockets := []string{"d_t", "g_t"}
	classes := []string{"tcp_socket", "udp_socket", "sctp_socket", "rawip_socket"}
	for _, class := range classes {
		if rng.IntN(5) == 0 {
			fmt.Fprintf(&b, "(typetransition d_t d_t %s s_t)\n", class)
			sockets = []string{"d_t", "g_t", "s_t"}
		}
	}
	packets := append([]string{"unlabeled_t"}, packetTypes...)
	for _, s := range sockets {
		for _, class := range classes {
			for _, owner := range []string{"d_t", "g_t", "h_t"} {
				fmt.Fprintf(&b, "(allow d_t %s (%s (create bind listen accept connect read write getattr)))\n",
					owner, class)
			}
			fmt.Fprintf(&b, "(allow d_t %s (%s (create bind listen accept connect read write getattr)))\n", s, class)
			allow(30, s, "node_t", class, "node_bind")
			allow(30, s, "lo_node_t", class, "node_bind")
			for _, port := range []string{"port_t", "a_port_t", "b_port_t"} {
				allow(20, s, port, class, "name_bind")
				if class == "tcp_socket" || class == "sctp_socket" {
					allow(20, s, port, class, "name_connect")
				}
			}
		}
		for _, netif := range []string{"netif_t", "lo_netif_t"} {
			allow(12, s, netif, "netif", "egress")
		}
		for _, node := range []string{"node_t", "lo_node_t"} {
			allow(12, s, node, "node", "sendto")
		}
		for _, packet := range packets {
			allow(5, s, packet, "packet", "send", "recv")
		}
		for _, peer := range []string{"unlabeled_t", "peer_t", "q_t", "netmsg_t", "d_t", "g_t", "s_t", "h_t"} {
			allow(7, s, peer, "peer", "recv")
		}
	}
	for _, peer := range []string{"unlabeled_t", "peer_t", "q_t", "netmsg_t", "d_t", "g_t", "s_t", "h_t"} {
		for _, netif := range []string{"netif_t", "lo_netif_t"} {
			allow(15, peer, netif, "netif", "ingress")
		}
		for _, node := range []string{"node_t", "lo_node_t", "any6_node_t"} {
			allow(15, peer, node, "node", "recvfrom")
		}
	}
	b.WriteString("(allow d_t self (capability (net_bind_service net_raw)))\n")
	if rng.IntN(5) == 0 {
		fmt.Fprintf(&b, "(typepermissive %s)\n", pick(rng, []string{"d_t", "unlabeled_t", "peer_t", "s_t"}))
	}
	if rng.IntN(3) == 0 {
		b.WriteString("(mlsconstrain (tcp_socket (read)) (eq l1 l2))\n")
	}
	if rng.IntN(3) == 0 {
		b.WriteString("(mlsconstrain (packet (send recv)) (dom h1 h2))\n")
	}
	if rng.IntN(3) == 0 {
		b.WriteString("(dontaudit d_t packet_t (packet (send)))\n")
	}
	lab.Rules = b.String()
	return lab
}
