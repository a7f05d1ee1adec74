package records

import (
	"net/netip"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/semanage"
)

// A Run is a range of ports that one record of a policy labels.
type Run struct {
	portset.Range
	Context semanage.Context
	Record  int // as in [policy.Label]
}

// Runs returns the labels of a range of ports, in ascending order.
func Runs(p *policy.Policy, protocol semanage.Protocol, in portset.Range) []Run {
	var runs []Run
	for _, s := range p.PortSegments(uint8(protocol)) {
		if in.Overlaps(portset.Range{Low: s.Low, High: s.High}) {
			part := portset.Range{Low: max(s.Low, in.Low), High: min(s.High, in.High)}
			runs = append(runs, Run{part, ContextIn(p, s.Label.Context), s.Label.Record})
		}
	}
	return runs
}

// ContextIn returns a context of a policy in the form of records.
func ContextIn(p *policy.Policy, c policy.Context) semanage.Context {
	context, err := semanage.ParseContext(p.FormatContext(c))
	if err != nil {
		return semanage.Context{Type: p.TypeName(policy.TypeID(c.Type))}
	}
	return context
}

// PortOf returns the portcon of a policy as a record.
func PortOf(p *policy.Policy, c *policydb.PortCon) semanage.Port {
	return semanage.Port{
		Protocol: semanage.Protocol(c.Protocol), Low: uint16(c.Low), High: uint16(c.High),
		Context: ContextIn(p, c.Context),
	}
}

// NodesOf returns the nodecons of a policy as records, in the order in which the
// kernel tries them.
func NodesOf(p *policy.Policy) []semanage.Record {
	var list []semanage.Record
	for _, c := range p.Nodes() {
		list = append(list, semanage.Node{
			Addr: netip.AddrFrom4(c.Addr), Mask: netip.AddrFrom4(c.Mask), Context: ContextIn(p, c.Context),
		})
	}
	for _, c := range p.Nodes6() {
		list = append(list, semanage.Node{
			Addr: netip.AddrFrom16(c.Addr), Mask: netip.AddrFrom16(c.Mask), Context: ContextIn(p, c.Context),
		})
	}
	return list
}

// InterfacesOf returns the netifcons of a policy as records, in the order in which the
// kernel tries them.
func InterfacesOf(p *policy.Policy) []semanage.Record {
	var list []semanage.Record
	for _, c := range p.Netifs() {
		list = append(list, semanage.Interface{
			Name: c.Name, Context: ContextIn(p, c.If), Message: ContextIn(p, c.Packet),
		})
	}
	return list
}

// BooleanIn returns the value of a boolean in a policy; ok is false if the policy lacks it.
func BooleanIn(p *policy.Policy, name string) (on, ok bool) {
	id, ok := p.Bool(name)
	return ok && p.BoolState(id), ok
}
