package doc

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// PortsOf returns the document of the ports that processes may use. Without runs it has
// only the sets.
func PortsOf(
	p *policy.Policy, policyName string, protocol network.Protocol, m *senet.Machine, list []senet.PortAccess,
	runs bool,
) Ports {
	out := Ports{Protocol: protocol, Subjects: make([]SubjectPorts, len(list))}
	assumptions := m.Notes
	for i := range list {
		a := &list[i]
		if len(list) == 1 {
			assumptions = a.Assumptions
		}
		out.Subjects[i] = SubjectPorts{Subject: p.FormatContext(a.Subject.Context), Actions: []ActionPorts{},
			Permissive: a.Permissive}
		for j, x := range a.Access {
			one := ActionPorts{
				Action: a.Query.Operations[j], Allowed: portSetOf(x.Allowed), Depends: portSetOf(x.Depends),
				Count: x.Allowed.Len(),
			}
			for _, piece := range x.Pieces {
				if runs {
					one.Runs = append(one.Runs, Run{
						Low: piece.Low, High: piece.High, Type: p.TypeName(policy.TypeID(piece.Label.Context.Type)),
						Verdict: piece.Verdict, Unchecked: piece.Unchecked,
					})
				}
			}
			out.Subjects[i].Actions = append(out.Subjects[i].Actions, one)
		}
	}
	out.Head = HeadOf("senet.ports/1", policyName, &m.Host, assumptions)
	return out
}
