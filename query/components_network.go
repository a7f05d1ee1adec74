package query

import (
	"bytes"
	"iter"
	"math/bits"
	"net/netip"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A PortQuery selects portcons; the zero PortQuery selects all.
type PortQuery struct {
	Protocol uint8     // an IP protocol number; 0 for no restriction
	Ports    *Interval // nil for no restriction
	Context  ContextMatch
}

// Ports yields the portcons in the order in which the kernel tries them, with their
// positions in [policy.Policy.Ports].
func Ports(p *policy.Policy, q PortQuery) iter.Seq2[int, policydb.PortCon] {
	return func(yield func(int, policydb.PortCon) bool) {
		for i, r := range p.Ports() {
			if (q.Protocol == 0 || uint32(q.Protocol) == r.Protocol) &&
				q.Ports.accepts(uint64(r.Low), uint64(r.High)) &&
				q.Context.accepts(p, &r.Context) && !yield(i, r) {
				return
			}
		}
	}
}

// A NetifQuery selects netifcons; the zero NetifQuery selects all.
type NetifQuery struct {
	Name    Match // the name or pattern of the statement
	Context ContextMatch
}

// Netifs yields the netifcons in the order the kernel tries them, with their
// positions in [policy.Policy.Netifs].
func Netifs(p *policy.Policy, q NetifQuery) iter.Seq2[int, policydb.NetifCon] {
	return func(yield func(int, policydb.NetifCon) bool) {
		for i, r := range p.Netifs() {
			if q.Name.accepts(r.Name) && q.Context.accepts(p, &r.If) && !yield(i, r) {
				return
			}
		}
	}
}

// A NodeCon is a nodecon statement of either address family.
type NodeCon struct {
	Addr, Mask netip.Addr // of the same family, as in the policy: Addr may have bits outside of Mask
	// Position is that in [policy.Policy.Nodes] or, for IPv6, in
	// [policy.Policy.Nodes6].
	Position int
	Context  policy.Context
}

// Prefix returns the network as SETools reads it: with as many leading bits as the mask
// has bits, which is another network if the mask is not a prefix, and the address masked
// with it. exact is false if information is lost.
func (n *NodeCon) Prefix() (prefix netip.Prefix, exact bool) {
	ones, leading, ended := 0, 0, false
	for _, b := range n.Mask.AsSlice() {
		ones += bits.OnesCount8(b)
		if !ended {
			k := bits.LeadingZeros8(^b)
			leading += k
			ended = k < 8
		}
	}
	// No error: the number of bits fits the address.
	prefix, _ = n.Addr.Prefix(ones)
	return prefix, ones == leading && prefix.Addr() == n.Addr
}

// Matches reports whether the statement labels an address, as in the kernel: the address
// under the mask equals the statement's.
func (n *NodeCon) Matches(addr netip.Addr) bool {
	if addr.Is4() != n.Addr.Is4() {
		return false
	}
	a, mask := addr.AsSlice(), n.Mask.AsSlice()
	for i := range a {
		a[i] &= mask[i]
	}
	return bytes.Equal(a, n.Addr.AsSlice())
}

// A NodeQuery selects nodecons; the zero NodeQuery selects all.
type NodeQuery struct {
	// Network selects the statements for exactly this network or, with Overlap, those
	// with common addresses. The zero Prefix is no restriction. Networks are compared in
	// the form of NodeCon.Prefix.
	Network netip.Prefix
	Overlap bool
	Address netip.Addr // only statements that match this address; the first is the kernel's choice
	Version uint8      // 4 or 6; 0 for no restriction
	Context ContextMatch
}

// Nodes yields the nodecons in the order the kernel tries them, those for IPv4
// first.
func Nodes(p *policy.Policy, q NodeQuery) iter.Seq[NodeCon] {
	return func(yield func(NodeCon) bool) {
		for n := range allNodes(p) {
			if q.accepts(p, &n) && !yield(n) {
				return
			}
		}
	}
}

func (q *NodeQuery) accepts(p *policy.Policy, n *NodeCon) bool {
	if q.Version != 0 && (q.Version == 4) != n.Addr.Is4() || q.Address.IsValid() && !n.Matches(q.Address) {
		return false
	}
	if q.Network.IsValid() {
		prefix, _ := n.Prefix()
		if prefix != q.Network.Masked() && !(q.Overlap && prefix.Overlaps(q.Network)) {
			return false
		}
	}
	return q.Context.accepts(p, &n.Context)
}

func allNodes(p *policy.Policy) iter.Seq[NodeCon] {
	return func(yield func(NodeCon) bool) {
		for i, r := range p.Nodes() {
			n := NodeCon{Addr: netip.AddrFrom4(r.Addr), Mask: netip.AddrFrom4(r.Mask), Position: i, Context: r.Context}
			if !yield(n) {
				return
			}
		}
		for i, r := range p.Nodes6() {
			n := NodeCon{Addr: netip.AddrFrom16(r.Addr), Mask: netip.AddrFrom16(r.Mask), Position: i,
				Context: r.Context}
			if !yield(n) {
				return
			}
		}
	}
}

// An IBPKeyQuery selects ibpkeycons; the zero IBPKeyQuery selects all.
type IBPKeyQuery struct {
	SubnetPrefix netip.Addr // an IPv6 address whose lower half is zero; the zero Addr for no restriction
	PKeys        *Interval  // nil for no restriction
	Context      ContextMatch
}

// IBPKeys yields the ibpkeycons in the order in which the kernel tries them. The caller
// must not change them.
func IBPKeys(p *policy.Policy, q IBPKeyQuery) iter.Seq[*policydb.IBPKeyCon] {
	return func(yield func(*policydb.IBPKeyCon) bool) {
		records := p.DB().OContexts.IBPKeys
		for i := range records {
			r := &records[i]
			if (!q.SubnetPrefix.IsValid() || q.SubnetPrefix == SubnetAddr(r)) &&
				q.PKeys.accepts(uint64(r.Low), uint64(r.High)) && q.Context.accepts(p, &r.Context) && !yield(r) {
				return
			}
		}
	}
}

// SubnetAddr returns the subnet prefix of an ibpkeycon as an IPv6 address.
func SubnetAddr(r *policydb.IBPKeyCon) netip.Addr {
	var addr [16]byte
	copy(addr[:], r.SubnetPrefix[:])
	return netip.AddrFrom16(addr)
}

// An IBEndPortQuery selects ibendportcons; the zero IBEndPortQuery selects all.
type IBEndPortQuery struct {
	Device  Match
	Port    uint8 // 0 for no restriction
	Context ContextMatch
}

// IBEndPorts yields the ibendportcons in the order in which the kernel tries them. The
// caller must not change them.
func IBEndPorts(p *policy.Policy, q IBEndPortQuery) iter.Seq[*policydb.IBEndPortCon] {
	return func(yield func(*policydb.IBEndPortCon) bool) {
		records := p.DB().OContexts.IBEndPorts
		for i := range records {
			r := &records[i]
			if q.Device.accepts(r.Device) && (q.Port == 0 || uint32(q.Port) == r.Port) &&
				q.Context.accepts(p, &r.Context) && !yield(r) {
				return
			}
		}
	}
}
