package cli

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

// portsJSON is what senet ports --json prints: schema senet.ports/1.
type portsJSON struct {
	Schema   string           `json:"schema"`
	Policy   string           `json:"policy"`
	Host     host.Facts       `json:"host"`
	Protocol network.Protocol `json:"protocol"`
	// Assumptions is what the answer takes for granted.
	Assumptions []network.Assumption `json:"assumptions"`
	Subjects    []subjectPorts       `json:"subjects"`
}

type subjectPorts struct {
	Subject string        `json:"subject"` // the context
	Actions []actionPorts `json:"actions"`
}

type actionPorts struct {
	Action  network.Operation `json:"action"`
	Allowed reach.Ports       `json:"allowed"`
	Depends reach.Ports       `json:"depends"`
	Count   int               `json:"count"` // of the ports in allowed
	Runs    []runJSON         `json:"runs,omitempty"`
}

// runJSON is a run of ports with one label and one verdict.
type runJSON struct {
	Low       uint16          `json:"low"`
	High      uint16          `json:"high"`
	Type      string          `json:"type"`
	Verdict   network.Verdict `json:"verdict"`
	Unchecked bool            `json:"unchecked"` // the kernel does not ask for the label
}

func (a *portsAnswer) json() portsJSON {
	out := portsJSON{Schema: "senet.ports/1", Policy: a.policyName, Host: a.machine.facts.Summary(), Protocol: a.protocol, Assumptions: a.machine.assumptions(), Subjects: []subjectPorts{}}
	for _, row := range a.rows {
		s := subjectPorts{Subject: a.p.FormatContext(row.subject.Context)}
		for i, op := range a.ops {
			acc := row.access[i]
			ap := actionPorts{Action: op, Allowed: orEmpty(acc.Allowed), Depends: orEmpty(acc.Depends), Count: acc.Allowed.Len()}
			for _, piece := range acc.Pieces {
				if a.all {
					break // the sets are enough for a line of the matrix
				}
				ap.Runs = append(ap.Runs, runJSON{piece.Low, piece.High, a.p.TypeName(policy.TypeID(piece.Label.Context.Type)), piece.Verdict, piece.Unchecked})
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
