package complete

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// PortTypes returns the types that label ports, with the ports of each.
func PortTypes(p *policy.Policy, prefix string) []Word {
	ports := make(map[policy.TypeID][]string)
	for _, r := range p.Ports() {
		id := policy.TypeID(r.Context.Type)
		ports[id] = append(ports[id], policy.ProtocolName(r.Protocol)+"/"+span(r.Low, r.High))
	}
	if a, ok := p.Attribute("port_type"); ok {
		for id := range p.Members(a).All() {
			if _, ok := ports[id]; !ok {
				ports[id] = nil
			}
		}
	}
	var list []Word
	for id, at := range ports {
		if name := p.TypeName(id); strings.HasPrefix(name, prefix) {
			list = append(list, Word{name, shortened(at)})
		}
	}
	return sorted(list)
}

// shortened names the first few ports.
func shortened(ports []string) string {
	const few = 4
	if len(ports) > few {
		return strings.Join(ports[:few], " ") + " ..."
	}
	return strings.Join(ports, " ")
}

// Targets returns the targets of an operation: a protocol and a slash, and after the slash the
// ports that have a label of their own.
func Targets(p *policy.Policy, prefix string) []Word {
	name, port, slash := strings.Cut(prefix, "/")
	if !slash {
		var list []Word
		for _, proto := range []network.Protocol{
			network.TCP, network.UDP, network.SCTP, network.DCCP, network.MPTCP,
		} {
			list = append(list, Fixed(prefix, string(proto)+"/")...)
		}
		return list
	}
	number, ok := labelledBy(network.Protocol(name))
	if !ok {
		return nil
	}
	var records []policydb.PortCon
	for _, r := range p.Ports() {
		// A range of hundreds of ports has a type such as unreserved_port_t.
		if r.Protocol == uint32(number) && r.High-r.Low < 256 && strings.HasPrefix(span(r.Low, r.High), port) {
			records = append(records, r)
		}
	}
	slices.SortStableFunc(records, func(a, b policydb.PortCon) int {
		return cmp.Or(cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High))
	})
	var list []Word
	for _, r := range records {
		w := Word{name + "/" + span(r.Low, r.High), p.TypeName(policy.TypeID(r.Context.Type))}
		if len(list) == 0 || list[len(list)-1].Value != w.Value { // the first of two records counts
			list = append(list, w)
		}
	}
	return list
}

// labelledBy returns the number of the protocol whose portcon records label the ports of p.
func labelledBy(p network.Protocol) (uint8, bool) {
	switch p {
	case network.TCP, network.MPTCP:
		return policy.ProtoTCP, true
	case network.UDP:
		return policy.ProtoUDP, true
	case network.SCTP:
		return policy.ProtoSCTP, true
	case network.DCCP:
		return policy.ProtoDCCP, true
	}
	return 0, false
}

func span(low, high uint32) string {
	if low == high {
		return strconv.Itoa(int(low))
	}
	return strconv.Itoa(int(low)) + "-" + strconv.Itoa(int(high))
}
