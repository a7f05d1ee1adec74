package records

import (
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// ParseNode reads a node in the usual forms: 10.0.0.0/8, 2001:db8::/32, an address alone, or an
// address with a mask. The protocol, ipv4 or ipv6, is optional if the address tells it.
func ParseNode(addr, mask, proto string) (semanage.Node, error) {
	if proto == "" {
		if a, err := netip.ParseAddr(addr); err == nil {
			proto = "ipv4"
			if a.Is6() {
				proto = "ipv6"
			}
			if mask == "" {
				mask = fmt.Sprintf("/%d", a.BitLen())
			}
		}
	}
	if before, bits, ok := strings.Cut(addr, "/"); ok && mask == "" {
		addr, mask = before, "/"+bits
	}
	k, err := semanage.ParseNode(addr, mask, proto)
	if err == nil && (proto == "ipv4") != k.Addr.Is4() && proto != "" {
		err = fmt.Errorf("%s is not an %s address", k.Addr, proto)
	}
	return semanage.Node{Addr: k.Addr, Mask: k.Mask}, err
}

// MatchesNothing reports whether the address of a node has bits outside of its mask: the kernel
// compares only the bits of the mask, so that no address matches it.
func MatchesNothing(n semanage.Node) bool {
	mask := n.Mask.AsSlice()
	for i, b := range n.Addr.AsSlice() {
		if b&^mask[i] != 0 {
			return true
		}
	}
	return false
}

// NodeName returns the address of a node with the length of its mask, or with the mask itself if it
// has holes.
func NodeName(n semanage.Node) string {
	length := 0
	for _, b := range n.Mask.AsSlice() {
		length += bits.OnesCount8(b)
	}
	if p, err := n.Mask.Prefix(length); err == nil && p.Addr() == n.Mask {
		return fmt.Sprintf("%s/%d", n.Addr, length)
	}
	return n.Addr.String() + "/" + n.Mask.String()
}

// Concerns reports whether a node labels the first address of a network, or is inside it.
func Concerns(n semanage.Node, network netip.Prefix) bool {
	if n.Addr.BitLen() != network.Addr().BitLen() {
		return false
	}
	a, mask, addr := network.Addr().AsSlice(), n.Mask.AsSlice(), n.Addr.AsSlice()
	for i := range a {
		if a[i]&mask[i] != addr[i] {
			return network.Contains(n.Addr)
		}
	}
	return true
}
