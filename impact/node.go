package impact

import (
	"net/netip"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// maxWitnesses bounds the addresses of one node for which the effect is computed.
const maxWitnesses = 8

// Witnesses returns addresses that represent all addresses of a node: one for each pair of labels
// before and after, if they differ, at most 8. If none differs, the first address of the node
// represents all. Of records that overlap the kernel uses the first one (sel_netnode_find,
// security_node_sid), and libsepol sorts them by their masks, so that the first address of a
// network may belong to another record.
func (c *Comparison) Witnesses(n semanage.Node) []netip.Addr {
	type pair struct{ was, is string }
	seen := make(map[pair]bool)
	var list []netip.Addr
	try := func(a netip.Addr) {
		if len(list) == maxWitnesses || !a.IsValid() || a.Is4() != n.Addr.Is4() || !contains(n, a) {
			return
		}
		p := pair{c.Before.FormatContext(c.Before.NodeLabel(a).Context),
			c.After.FormatContext(c.After.NodeLabel(a).Context)}
		if p.was != p.is && !seen[p] {
			seen[p] = true
			list = append(list, a)
		}
	}
	try(n.Addr)
	// Labels change where one record begins or after its end.
	for _, p := range []*policy.Policy{c.Before, c.After} {
		for _, other := range nodes(p) {
			try(other.Addr)
			try(last(other).Next())
		}
	}
	if len(list) == 0 {
		return []netip.Addr{n.Addr}
	}
	return list
}

// contains reports whether an address belongs to the node: it has the same family, and equals the
// node's address under the mask.
func contains(n semanage.Node, addr netip.Addr) bool {
	a, mask, want := addr.AsSlice(), n.Mask.AsSlice(), n.Addr.AsSlice()
	for i := range a {
		if a[i]&mask[i] != want[i] {
			return false
		}
	}
	return true
}

// last returns the last address of a node.
func last(n semanage.Node) netip.Addr {
	addr, mask := n.Addr.AsSlice(), n.Mask.AsSlice()
	for i := range addr {
		addr[i] |= ^mask[i]
	}
	a, _ := netip.AddrFromSlice(addr)
	return a
}

// nodes returns the policy's nodes without their contexts.
func nodes(p *policy.Policy) []semanage.Node {
	var list []semanage.Node
	for _, c := range p.Nodes() {
		list = append(list, semanage.Node{Addr: netip.AddrFrom4(c.Addr), Mask: netip.AddrFrom4(c.Mask)})
	}
	for _, c := range p.Nodes6() {
		list = append(list, semanage.Node{Addr: netip.AddrFrom16(c.Addr), Mask: netip.AddrFrom16(c.Mask)})
	}
	return list
}
