package say

import (
	"net/netip"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
)

// PortLabel describes the label of a port, and the statement that sets it.
func PortLabel(p *policy.Policy, protocol network.Protocol, port uint16, label policy.Label) string {
	by := "no portcon; initial SID port"
	if label.Record >= 0 {
		by = Portcon(p.Port(label.Record))
	}
	return words.Sprintf("%s/%d is labelled %s (%s)", protocol, port, p.TypeName(policy.TypeID(label.Context.Type)), by)
}

// Portcon writes the statement of a policy that labels ports, without its context.
func Portcon(c *policydb.PortCon) string {
	return words.Sprintf("portcon %s %s", policy.ProtocolName(c.Protocol),
		portset.Range{Low: uint16(c.Low), High: uint16(c.High)})
}

// PortStatement names the statement that labels a port: the portcon with that number, or the
// initial SID if there is none.
func PortStatement(p *policy.Policy, n int) string {
	if n < 0 {
		return "initial SID port"
	}
	return Portcon(p.Port(n))
}

// NodeLabel describes the label of an address, and the statement that sets it. The zero Addr means
// 0.0.0.0.
func NodeLabel(p *policy.Policy, addr netip.Addr, label policy.Label) string {
	if !addr.IsValid() {
		addr = netip.IPv4Unspecified()
	}
	by := "nodecon"
	if label.Record < 0 {
		by = "no nodecon; initial SID node"
	}
	return words.Sprintf("%s is labelled %s (%s)", addr, p.TypeName(policy.TypeID(label.Context.Type)), by)
}
