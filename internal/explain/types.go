package explain

import (
	"slices"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// typeFacts describes a type or an attribute.
func (v *View) typeFacts(id policy.TypeID) (*TypeFacts, error) {
	f := &TypeFacts{Name: v.p.TypeName(id), Attribute: v.p.IsAttribute(id)}
	if f.Attribute {
		f.Members = v.p.Members(id).Len()
	}
	names := v.p.Attributes(id)
	for range v.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &names}) {
		f.AsSource++
	}
	for range v.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Targets: &names}) {
		f.AsTarget++
	}
	if f.Attribute {
		return f, nil
	}
	for _, sid := range [...]struct {
		number uint32
		name   string
	}{{policy.SIDUnlabeled, "unlabeled"}, {policy.SIDPort, "port"}, {policy.SIDNetif, "netif"}, {policy.SIDNetmsg,
		"netmsg"}, {policy.SIDNode, "node"}} {
		if c, ok := v.p.InitialSID(sid.number); ok && policy.TypeID(c.Type) == id {
			f.InitialSIDs = append(f.InitialSIDs, sid.name)
		}
	}
	v.countStatements(f, id)
	return f, v.addPorts(f, id)
}

func (v *View) countStatements(f *TypeFacts, id policy.TypeID) {
	for _, c := range v.p.Ports() {
		if policy.TypeID(c.Context.Type) == id {
			f.Portcons++
		}
	}
	for _, c := range v.p.Nodes() {
		if policy.TypeID(c.Context.Type) == id {
			f.Nodecons++
		}
	}
	for _, c := range v.p.Nodes6() {
		if policy.TypeID(c.Context.Type) == id {
			f.Nodecons++
		}
	}
	for _, c := range v.p.Netifs() {
		if policy.TypeID(c.If.Type) == id {
			f.Netifcons++
		}
	}
}

// addPorts finds the ports with the label of a type and the domains that may use them.
func (v *View) addPorts(f *TypeFacts, id policy.TypeID) error {
	for _, protocol := range [...]network.Protocol{network.TCP, network.UDP, network.SCTP, network.DCCP} {
		s, _ := network.SocketOf(protocol)
		pp := ProtocolPorts{Protocol: protocol, Connect: -1}
		var runs []policy.PortSegment
		for _, seg := range v.p.PortSegments(s.PortProtocol) {
			if policy.TypeID(seg.Label.Context.Type) == id && seg.High > 0 {
				seg.Low = max(seg.Low, 1)
				runs = append(runs, seg)
				pp.Ports = pp.Ports.Union(portset.Set{{Low: seg.Low, High: seg.High}})
			}
		}
		if len(runs) == 0 {
			continue
		}
		var err error
		if s.Stream {
			if pp.Connect, err = v.whoMay(runs, protocol, network.Connect); err != nil {
				return err
			}
		}
		if pp.Bind, err = v.whoMay(runs, protocol, network.Bind); err != nil {
			return err
		}
		f.Ports = append(f.Ports, pp)
	}
	return nil
}

// whoMay counts the domains that may use at least one port of the runs: as many as
// [reach.Reacher.Who] returns, without the ports of other types.
func (v *View) whoMay(runs []policy.PortSegment, protocol network.Protocol, op network.Operation) (int, error) {
	n := 0
	for _, id := range reach.Domains(v.p) {
		c, ok := subject.FromType(v.p, id)
		if !ok {
			continue
		}
		j, err := network.NewJudge(v.d, network.Question{Subject: c, Protocol: protocol, Operation: op,
			Machine: network.Machine{Host: v.host}})
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(runs, func(run policy.PortSegment) bool { return v.mayOne(j, run) }) {
			n++
		}
	}
	return n, nil
}

// mayOne asks about one port of each kind in the run: privileged or not, in the local
// port range or not.
func (v *View) mayOne(j *network.Judge, run policy.PortSegment) bool {
	local := v.host.LocalPorts
	for _, port := range [...]int{int(run.Low), int(run.High), int(local.Low), int(local.High) + 1,
		int(v.host.UnprivilegedPortStart)} {
		if int(run.Low) <= port && port <= int(run.High) && j.Port(uint16(port), run.Label.Context) == network.Allowed {
			return true
		}
	}
	return false
}
