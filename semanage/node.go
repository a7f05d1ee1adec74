package semanage

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// A Node labels the hosts whose address, masked, equals Addr. Both addresses are
// of one family and carry no zone.
type Node struct {
	Addr, Mask netip.Addr
	Context    Context
}

// A NodeKey identifies a [Node].
type NodeKey struct {
	Addr, Mask netip.Addr
}

// ParseNode reads a node as semanage does: with an empty mask, or one that
// begins with a slash, addr and mask together are a network in CIDR notation
// whose host bits must be zero, and protocol does not matter; else protocol is
// "ipv4" or "ipv6" and both are addresses.
func ParseNode(addr, mask, protocol string) (NodeKey, error) {
	if addr == "" {
		return NodeKey{}, fmt.Errorf("%w: a node address is required", ErrSyntax)
	}
	if mask == "" || mask[0] == '/' {
		return parseCIDR(addr, mask)
	}
	if protocol != "ipv4" && protocol != "ipv6" {
		return NodeKey{}, fmt.Errorf("%w: unknown or missing protocol %q: it has to be ipv4 or ipv6", ErrSyntax,
			protocol)
	}
	a, err := parseAddr(addr, protocol)
	if err != nil {
		return NodeKey{}, err
	}
	m, err := parseAddr(mask, protocol)
	return NodeKey{a, m}, err
}

func parseCIDR(addr, mask string) (NodeKey, error) {
	a, err := netip.ParseAddr(addr)
	if err != nil || a.Zone() != "" {
		return NodeKey{}, fmt.Errorf("%w: not an IP address: %q", ErrSyntax, addr)
	}
	length := a.BitLen()
	if mask != "" {
		// ip_network also takes a netmask there, or a hostmask: its complement.
		if m, err := netip.ParseAddr(mask[1:]); err == nil && m.BitLen() == length && m.Is4() {
			if length = prefixLength(m); length < 0 {
				b := m.As4()
				for i := range b {
					b[i] = ^b[i]
				}
				length = prefixLength(netip.AddrFrom4(b))
			}
		} else if n, err := parseNumber(mask[1:], 10); err == nil && int(n) <= length {
			length = int(n)
		} else {
			length = -1
		}
		if length < 0 {
			return NodeKey{}, fmt.Errorf("%w: not a mask: %q", ErrSyntax, mask)
		}
	}
	prefix := netip.PrefixFrom(a, length)
	if prefix.Masked().Addr() != a {
		return NodeKey{}, fmt.Errorf("%w: %s has host bits set", ErrSyntax, prefix)
	}
	ones := bytes.Repeat([]byte{0xff}, a.BitLen()/8)
	all, _ := netip.AddrFromSlice(ones)
	return NodeKey{a, netip.PrefixFrom(all, length).Masked().Addr()}, nil
}

// prefixLength returns the number of leading ones, -1 if others follow a zero.
func prefixLength(mask netip.Addr) int {
	n := 0
	for mask != netip.PrefixFrom(mask, n).Masked().Addr() {
		n++
	}
	all, _ := netip.AddrFromSlice(bytes.Repeat([]byte{0xff}, mask.BitLen()/8))
	if netip.PrefixFrom(all, n).Masked().Addr() != mask {
		return -1
	}
	return n
}

// parseAddr reads an address as inet_pton does.
func parseAddr(s, protocol string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" || a.Is4() != (protocol == "ipv4") {
		return netip.Addr{}, fmt.Errorf("%w: not an %s address: %q", ErrSyntax, protocol, s)
	}
	return a, nil
}

// addrText prints an address as inet_ntop of glibc does, which differs from
// netip for IPv4-compatible ones.
func addrText(a netip.Addr) string {
	if a.Is6() && !a.Is4In6() {
		b := a.As16()
		if bytes.Equal(b[:12], make([]byte, 12)) && (b[12] != 0 || b[13] != 0) {
			return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
		}
	}
	return a.String()
}

func family(a netip.Addr) string {
	if a.Is4() {
		return "ipv4"
	}
	return "ipv6"
}

// Kind returns [Nodes].
func (NodeKey) Kind() Kind { return Nodes }

func (k NodeKey) String() string {
	return family(k.Addr) + " " + addrText(k.Addr) + "/" + addrText(k.Mask)
}

// Kind returns [Nodes].
func (Node) Kind() Kind { return Nodes }

// Key returns the [NodeKey].
func (n Node) Key() Key { return NodeKey{n.Addr, n.Mask} }

// String returns the line of nodes.local.
func (n Node) String() string {
	return "nodecon " + family(n.Addr) + " " + addrText(n.Addr) + " " + addrText(n.Mask) + " " + n.Context.String()
}

func (n Node) context() Context             { return n.Context }
func (n Node) withContext(c Context) Record { n.Context = c; return n }

func (n Node) check() error {
	if !n.Addr.IsValid() || n.Addr.BitLen() != n.Mask.BitLen() || n.Addr.Zone() != "" || n.Mask.Zone() != "" {
		return fmt.Errorf("%w: node %s/%s", ErrSyntax, n.Addr, n.Mask)
	}
	return nil
}

func (n Node) exportLine() string {
	return "-a -M " + addrText(n.Mask) + " -p " + family(n.Addr) + " " + contextArgs(n.Context) + " " + addrText(n.Addr)
}

// parseNode mirrors node_parse.
func parseNode(s *scanner) (Record, error) {
	if err := s.keyword("nodecon"); err != nil {
		return nil, err
	}
	protocol, err := s.word(' ')
	if err != nil {
		return nil, err
	}
	protocol = strings.ToLower(protocol)
	if protocol != "ipv4" && protocol != "ipv6" {
		return nil, s.fail("invalid protocol %q", protocol)
	}
	var n Node
	for _, addr := range []*netip.Addr{&n.Addr, &n.Mask} {
		if err := s.space(); err != nil {
			return nil, err
		}
		word, err := s.word(' ')
		if err != nil {
			return nil, err
		}
		if *addr, err = parseAddr(word, protocol); err != nil {
			return nil, s.failWith(err)
		}
	}
	if err := s.space(); err != nil {
		return nil, err
	}
	n.Context, err = s.context()
	return n, err
}

func (k NodeKey) inPolicy(p *policyNames) (Record, bool) {
	if k.Addr.Is4() {
		for i := range p.db.OContexts.Nodes {
			c := &p.db.OContexts.Nodes[i]
			if c.Addr == k.Addr.As4() && c.Mask == k.Mask.As4() {
				return Node{k.Addr, k.Mask, p.contextText(c.Context)}, true
			}
		}
		return nil, false
	}
	for i := range p.db.OContexts.Nodes6 {
		c := &p.db.OContexts.Nodes6[i]
		if c.Addr == k.Addr.As16() && c.Mask == k.Mask.As16() {
			return Node{k.Addr, k.Mask, p.contextText(c.Context)}, true
		}
	}
	return nil, false
}

// compareNodes orders nodes for merging (sepol_node_compare2): IPv4 first, then
// by mask, then by address.
func compareNodes(a, b Node) int {
	if a.Addr.BitLen() != b.Addr.BitLen() {
		return a.Addr.BitLen() - b.Addr.BitLen()
	}
	if c := bytes.Compare(a.Mask.AsSlice(), b.Mask.AsSlice()); c != 0 {
		return c
	}
	return bytes.Compare(a.Addr.AsSlice(), b.Addr.AsSlice())
}

func (n Node) merge4(c policydb.Context) policydb.NodeCon {
	return policydb.NodeCon{Addr: n.Addr.As4(), Mask: n.Mask.As4(), Context: c}
}

func (n Node) merge6(c policydb.Context) policydb.NodeCon6 {
	return policydb.NodeCon6{Addr: n.Addr.As16(), Mask: n.Mask.As16(), Context: c}
}
