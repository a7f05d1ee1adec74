package doc

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/policy"
)

// WhoOf returns the document of the domains that may do an operation.
func WhoOf(p *policy.Policy, policyName string, w *senet.Domains) Who {
	out := Who{
		Head:   HeadOf("senet.who/1", policyName, &w.Machine.Host, w.Assumptions),
		Action: w.Query.Operation, Target: w.Query.Target.String(), Types: OrEmpty(w.Labels),
		Domains: newWhoDomains(p, w.May), Would: newWhoDomains(p, w.Would), Permissive: w.Permissive,
		Depends: make([]WhoDepends, len(w.Depends)),
	}
	for i, d := range w.Depends {
		out.Depends[i] = WhoDepends{Domain: d.Name, Ports: portSetOf(d.Ports), On: OrEmpty(d.On)}
	}
	return out
}

func newWhoDomains(p *policy.Policy, list []senet.Domain) []WhoDomain {
	out := make([]WhoDomain, len(list))
	for i, d := range list {
		out[i] = WhoDomain{Domain: d.Name, Ports: portSetOf(d.Ports), Rules: []Rule{}, Booleans: []Settings{}}
		if d.Check == nil {
			continue
		}
		for _, r := range d.Check.Check.Reason.Rules {
			out[i].Rules = append(out[i].Rules, RuleOf(p, r))
		}
		out[i].Booleans = AlternativesOf(p, d.Check.Check.Reason.Switches)
	}
	return out
}
