package policy

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/senet-selinux/senet/policydb"
)

// The IP protocols with portcons.
const (
	ProtoTCP  = 6
	ProtoUDP  = 17
	ProtoDCCP = 33
	ProtoSCTP = 132
)

// ProtocolName returns the keyword for an IP protocol in portcons, or its number if there is no
// keyword.
func ProtocolName(protocol uint32) string {
	switch protocol {
	case ProtoTCP:
		return "tcp"
	case ProtoUDP:
		return "udp"
	case ProtoDCCP:
		return "dccp"
	case ProtoSCTP:
		return "sctp"
	}
	return strconv.FormatUint(uint64(protocol), 10)
}

// The numbers of the initial SIDs for objects without a statement, as in the kernel's
// initial_sid_to_string.h.
const (
	SIDKernel    = 1
	SIDUnlabeled = 3
	SIDInit      = 7
	SIDPort      = 9
	SIDNetif     = 10
	SIDNetmsg    = 11
	SIDNode      = 12
)

// A Label is the context of a port, node or interface, and its source.
type Label struct {
	Context Context
	// Record is the position of the statement that labels it in Ports, Nodes, Nodes6 or Netifs,
	// which list the records in the order in which the kernel tries them; -1 if the initial SID
	// labels it.
	Record int
}

// InitialSID returns the context of an initial SID, and false if the policy has none for it.
func (t *tables) InitialSID(sid uint32) (Context, bool) {
	for i := range t.db.OContexts.InitialSIDs {
		if s := &t.db.OContexts.InitialSIDs[i]; s.SID == sid {
			return s.Context, true
		}
	}
	return Context{}, false
}

func (t *tables) fallback(sid uint32) Label {
	c, ok := t.InitialSID(sid)
	if !ok {
		c, _ = t.InitialSID(SIDUnlabeled)
	}
	return Label{Context: c, Record: -1}
}

// Ports returns the portcons in the order in which the kernel tries them: those of
// [Policy.WithPorts] first.
func (p *Policy) Ports() []policydb.PortCon { return inFront(p.ports, p.db.OContexts.Ports) }

// Port returns the portcon at a position in Ports, as in a [Label].
func (p *Policy) Port(record int) *policydb.PortCon {
	if record < len(p.ports) {
		return &p.ports[record]
	}
	return &p.db.OContexts.Ports[record-len(p.ports)]
}

// PortLabel returns the label of a port: that of the first portcon of its
// protocol that contains it, else that of the initial SID "port". It mirrors
// security_port_sid.
func (p *Policy) PortLabel(protocol uint8, port uint16) Label {
	match := func(c policydb.PortCon) bool {
		return c.Protocol == uint32(protocol) && c.Low <= uint32(port) && uint32(port) <= c.High
	}
	if i := slices.IndexFunc(p.ports, match); i >= 0 {
		return Label{Context: p.ports[i].Context, Record: i}
	}
	if i := slices.IndexFunc(p.db.OContexts.Ports, match); i >= 0 {
		return Label{Context: p.db.OContexts.Ports[i].Context, Record: len(p.ports) + i}
	}
	return p.fallback(SIDPort)
}

// inFront returns the local records followed by those of the file. Callers must not change the
// result.
func inFront[T any](local, file []T) []T {
	if len(local) == 0 {
		return slices.Clip(file)
	}
	return slices.Concat(local, file)
}

// Nodes returns the IPv4 nodecons in the order the kernel tries them.
func (p *Policy) Nodes() []policydb.NodeCon { return inFront(p.nodes, p.db.OContexts.Nodes) }

// Nodes6 returns the IPv6 nodecons in the order the kernel tries them.
func (p *Policy) Nodes6() []policydb.NodeCon6 { return inFront(p.nodes6, p.db.OContexts.Nodes6) }

// NodeLabel returns the label of an address: that of the first nodecon whose address equals it
// under its mask, else that of the initial SID "node". An IPv4-mapped IPv6 address is looked up as
// an IPv6 address. It mirrors security_node_sid.
func (p *Policy) NodeLabel(addr netip.Addr) Label {
	if addr.Is4() {
		a := addr.As4()
		for i, c := range p.Nodes() {
			if maskedEqual(a[:], c.Addr[:], c.Mask[:]) {
				return Label{Context: c.Context, Record: i}
			}
		}
		return p.fallback(SIDNode)
	}
	a := addr.As16()
	for i, c := range p.Nodes6() {
		if maskedEqual(a[:], c.Addr[:], c.Mask[:]) {
			return Label{Context: c.Context, Record: i}
		}
	}
	return p.fallback(SIDNode)
}

func maskedEqual(addr, want, mask []byte) bool {
	for i := range addr {
		if addr[i]&mask[i] != want[i] {
			return false
		}
	}
	return true
}

// Netifs returns the netifcons in the order the kernel tries them.
func (p *Policy) Netifs() []policydb.NetifCon { return inFront(p.netifs, p.db.OContexts.Netifs) }

// NetifLabel returns the label of a network interface: that of the first netifcon with its name,
// which is a pattern if the policy has the capability netif_wildcard, else that of the initial SID
// "netif". It mirrors security_netif_sid.
func (p *Policy) NetifLabel(name string) Label {
	wildcard := p.HasPolicyCap(CapNetifWildcard)
	for i, c := range p.Netifs() {
		if c.Name == name || wildcard && matchWildcard(c.Name, name) {
			return Label{Context: c.If, Record: i}
		}
	}
	return p.fallback(SIDNetif)
}

// matchWildcard reports whether s matches a pattern in which * matches any characters and ? matches
// one. It mirrors match_wildcard of lib/glob.c.
func matchWildcard(pattern, s string) bool {
	star, back := -1, 0
	i, j := 0, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, back = i, j
			i++
		case i < len(pattern) && (pattern[i] == '?' || pattern[i] == s[j]):
			i++
			j++
		case star >= 0:
			back++
			i, j = star+1, back
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i] == '*' {
		i++
	}
	return i == len(pattern)
}

// WithPorts returns the policy with the given portcons before all others, in their order, as if
// they were local records.
func (p *Policy) WithPorts(ports ...policydb.PortCon) *Policy {
	next := *p
	next.ports = slices.Concat(ports, p.ports)
	return &next
}

// WithNodes returns the policy with the given nodecons before all others.
func (p *Policy) WithNodes(nodes ...policydb.NodeCon) *Policy {
	next := *p
	next.nodes = slices.Concat(nodes, p.nodes)
	return &next
}

// WithNodes6 returns the policy with the given nodecons before all others.
func (p *Policy) WithNodes6(nodes ...policydb.NodeCon6) *Policy {
	next := *p
	next.nodes6 = slices.Concat(nodes, p.nodes6)
	return &next
}

// WithNetifs returns the policy with the given netifcons before all others.
func (p *Policy) WithNetifs(netifs ...policydb.NetifCon) *Policy {
	next := *p
	next.netifs = slices.Concat(netifs, p.netifs)
	return &next
}
