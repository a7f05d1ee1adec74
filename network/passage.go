package network

import (
	"net/netip"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/packetfilter"
	"github.com/senet-selinux/senet/policy"
)

// A Passage is one packet at a check of its labels, as far as the record of a denial describes it. The record has
// neither the protocol nor whether the packet belongs to a connection.
type Passage struct {
	Departs      bool // it leaves this host, or arrives
	Source, Dest netip.Addr
	SPort, DPort uint16
	Netif        string
	Machine
}

// A PacketLabel is a label that a packet has according to the facts of a machine.
type PacketLabel struct {
	Context policy.Context
	// By is the fact that sets it.
	By string
	// Unknown says that the facts do not determine the label; By is the fact that would, and
	// Context is empty.
	Unknown bool
}

// Secmarks returns the SECMARK labels that such a packet may have today. The list is empty if the facts do not
// tell. asked is false if the kernel of the machine does not check them.
func (p *Passage) Secmarks(d *access.Decider) (list []PacketLabel, asked bool) {
	a := p.asking(d)
	_, missing := p.Host.Missing(host.FactSecmark)
	switch {
	case p.Host.Assumed, missing, !p.family():
		return nil, true
	case !p.Host.Secmark:
		return []PacketLabel{{Context: a.unlabeled, By: "no rule of this host labels packets"}}, a.alwaysCheck
	case p.Host.Filter == nil:
		return nil, true
	}
	p.Prepare()
	rules := p.prepared.rules
	for _, f := range p.flows() {
		for i, o := range p.prepared.walk(f) {
			// An answer goes in the other direction than the packets before and after it.
			if o.departs != p.Departs || (i == packetAnswer) != (f.serves == p.Departs) {
				continue
			}
			for _, s := range o.states {
				if !s.Dropped {
					list = addLabel(a, list, a.secmarkOf(rules, &s))
				}
			}
		}
	}
	return list, true
}

// secmarkOf returns the label that the packet filter set.
func (a *asking) secmarkOf(rules *packetfilter.Ruleset, s *packetfilter.State) PacketLabel {
	by := "no SECMARK rule labels the packet"
	if s.Label != "" {
		by = "labelled by the SECMARK rule " + s.Label
	}
	if s.Hangs != "" {
		by += ", which depends on " + s.Hangs
	}
	switch s.Packet {
	case packetfilter.AnyLabel:
		return PacketLabel{By: by, Unknown: true}
	case packetfilter.NoLabel:
		return PacketLabel{Context: a.unlabeled, By: by}
	}
	l := a.factLabel(rules.Label(s.Packet), by)
	return PacketLabel{Context: l.context, By: l.why}
}

// Senders returns the labels of the sender that such a packet may carry today, by NetLabel or labelled IPsec. The
// list is empty if the facts do not tell. asked is false if the kernel of the machine does not check them.
func (p *Passage) Senders(d *access.Decider) (list []PacketLabel, asked bool) {
	a := p.asking(d)
	for _, fact := range [...]host.Fact{host.FactNetLabel, host.FactIPsec} {
		if _, missing := p.Host.Missing(fact); missing {
			return nil, true
		}
	}
	switch {
	case p.Host.Assumed, !p.family():
		return nil, true
	case !p.Host.PeerLabelling:
		return []PacketLabel{{Context: a.unlabeled, By: "packets carry no label on this host"}}, a.alwaysCheck
	}
	if why := ipsecMayLabel(&p.Host, p.Netif == loopbackName, 0, p.Source, p.Dest); why != "" {
		list = append(list, PacketLabel{By: why, Unknown: true})
	}
	if n := p.Host.NetLabel; n != nil && (!p.ipv6() && len(n.CIPSO) > 0 || p.ipv6() && len(n.CALIPSO) > 0) {
		list = append(list, PacketLabel{By: "packets may carry a label by CIPSO or CALIPSO", Unknown: true})
	}
	switch l := a.fallbackLabel(p.Netif, p.Source); {
	case l.none:
		list = addLabel(a, list, PacketLabel{Context: a.unlabeled,
			By: "NetLabel has no static label for the sender's address"})
	case l.unknown:
		list = append(list, PacketLabel{By: l.why, Unknown: true})
	default:
		list = addLabel(a, list, PacketLabel{Context: l.context, By: l.why})
	}
	return list, true
}

// ChecksSenders reports whether the kernel of a machine, under a policy, checks the labels that packets carry. It
// then also checks interfaces and addresses. It is true if the facts do not tell.
func (m *Machine) ChecksSenders(p *policy.Policy) bool {
	for _, fact := range [...]host.Fact{host.FactNetLabel, host.FactIPsec} {
		if _, missing := m.Host.Missing(fact); missing {
			return true
		}
	}
	return m.Host.Assumed || m.Host.PeerLabelling || p.HasPolicyCap(policy.CapAlwaysCheckNetwork)
}

// asking returns the question for which the labels are looked up.
func (p *Passage) asking(d *access.Decider) *asking {
	a := &asking{d: d, p: d.Policy(), q: Question{Machine: p.Machine},
		alwaysCheck: d.Policy().HasPolicyCap(policy.CapAlwaysCheckNetwork)}
	a.unlabeled, _ = a.p.InitialSID(policy.SIDUnlabeled)
	return a
}

// family reports whether the record tells IPv4 from IPv6.
func (p *Passage) family() bool { return p.Source.IsValid() || p.Dest.IsValid() }

func (p *Passage) ipv6() bool {
	if p.Source.IsValid() {
		return p.Source.Is6()
	}
	return p.Dest.Is6()
}

// flows are the connections that the packet may belong to: of every possible protocol, with each
// end as the server unless the ports tell which it is.
func (p *Passage) flows() []flow {
	f := flow{ipv6: p.ipv6(), local: p.Netif == loopbackName, stream: true, iface: p.Netif, index: indexOf(&p.Host,
		p.Netif)}
	protocols := []uint8{policy.ProtoTCP, policy.ProtoUDP, policy.ProtoSCTP}
	if p.SPort == 0 && p.DPort == 0 {
		if protocols = []uint8{1}; f.ipv6 {
			protocols = []uint8{58}
		}
	}
	one := func(port uint16) packetfilter.Ports { return packetfilter.Ports{Low: port, High: port} }
	local := p.Host.LocalPorts
	var list []flow
	for _, protocol := range protocols {
		f.protocol = protocol
		if !local.Contains(p.DPort) || local.Contains(p.SPort) { // the packet goes to the server
			f.client, f.server, f.clientPorts, f.port, f.serves = p.Source, p.Dest, one(p.SPort), p.DPort, !p.Departs
			list = append(list, f)
		}
		if !local.Contains(p.SPort) || local.Contains(p.DPort) { // the packet comes from the server
			f.client, f.server, f.clientPorts, f.port, f.serves = p.Dest, p.Source, one(p.DPort), p.SPort, p.Departs
			list = append(list, f)
		}
	}
	return list
}

// addLabel appends a label that is not in the list yet.
func addLabel(a *asking, list []PacketLabel, l PacketLabel) []PacketLabel {
	if slices.ContainsFunc(list, func(o PacketLabel) bool {
		return o.Unknown == l.Unknown && (l.Unknown || sameContext(a.p, o.Context, l.Context))
	}) {
		return list
	}
	return append(list, l)
}
