package cli

import (
	"net/netip"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// maxWitnesses is of how many addresses of one node the effect is asked.
const maxWitnesses = 8

// witnesses returns addresses of a node that stand for all of its: one for each
// pair of labels that they have before and after, where those differ. If none
// does, the first address of the node stands for all. Of records that overlap
// the kernel takes the first, and libsepol sorts them by their masks, so that the
// first address of a network may be another record's.
func witnesses(was, is *policy.Policy, n semanage.Node) []netip.Addr {
	type pair struct{ was, is string }
	seen := make(map[pair]bool)
	var list []netip.Addr
	try := func(a netip.Addr) {
		if len(list) == maxWitnesses || !a.IsValid() || a.Is4() != n.Addr.Is4() || !nodeMatches(n, netip.PrefixFrom(a, a.BitLen())) {
			return
		}
		p := pair{labelName(was, was.NodeLabel(a).Context), labelName(is, is.NodeLabel(a).Context)}
		if p.was != p.is && !seen[p] {
			seen[p] = true
			list = append(list, a)
		}
	}
	try(n.Addr)
	// Where labels change, a record begins or one has ended before.
	for _, p := range []*policy.Policy{was, is} {
		for _, r := range listedNodes(p) {
			other := r.(semanage.Node)
			try(other.Addr)
			try(lastOf(other).Next())
		}
	}
	if len(list) == 0 {
		return []netip.Addr{n.Addr}
	}
	return list
}

// lastOf returns the last address of a node.
func lastOf(n semanage.Node) netip.Addr {
	addr, mask := n.Addr.AsSlice(), n.Mask.AsSlice()
	for i := range addr {
		addr[i] |= ^mask[i]
	}
	last, _ := netip.AddrFromSlice(addr)
	return last
}
