package cli

import (
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

func (a *portsAnswer) json() doc.Ports {
	out := doc.Ports{
		Head: doc.Head{Schema: "senet.ports/1", Policy: a.policyName, Host: a.machine.facts.Summary(),
			Assumptions: a.machine.assumptions()},
		Protocol: a.protocol, Subjects: []doc.SubjectPorts{}}
	for _, row := range a.rows {
		s := doc.SubjectPorts{Subject: a.p.FormatContext(row.subject.Context)}
		for i, op := range a.ops {
			acc := row.access[i]
			ap := doc.ActionPorts{Action: op, Allowed: orEmpty(acc.Allowed), Depends: orEmpty(acc.Depends),
				Count: acc.Allowed.Len()}
			for _, piece := range acc.Pieces {
				if a.all {
					break // the sets are enough for a line of the matrix
				}
				ap.Runs = append(ap.Runs, doc.Run{
					Low: piece.Low, High: piece.High, Type: a.p.TypeName(policy.TypeID(piece.Label.Context.Type)),
					Verdict: piece.Verdict, Unchecked: piece.Unchecked,
				})
			}
			s.Actions = append(s.Actions, ap)
		}
		out.Subjects = append(out.Subjects, s)
	}
	return out
}

// orEmpty keeps null out of JSON.
func orEmpty(p reach.Ports) reach.Ports {
	if p == nil {
		return reach.Ports{}
	}
	return p
}
