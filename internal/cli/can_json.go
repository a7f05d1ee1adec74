package cli

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

func (q *canAnswer) peerJSON() *doc.Peer {
	if q.peer == nil {
		return nil
	}
	p := q.peer
	groups := groupLayers(p.answer.Layers)
	out := &doc.Peer{Question: p.questionJSON(), Verdict: p.answer.Verdict, Reason: p.reasonJSON(groups)}
	for i := range groups {
		out.Layers = append(out.Layers, p.layerJSON(&groups[i]))
	}
	return out
}

func (q *canAnswer) questionJSON() doc.Question {
	return doc.Question{Subject: q.p.FormatContext(q.subject.Context), Action: string(q.op), Target: q.target.String()}
}

func (q *canAnswer) reasonJSON(groups []layerGroup) doc.Reason {
	out := doc.Reason{Code: access.Granted, Text: q.why(groups)}
	if g := q.refusing(groups); g != nil {
		out.Code = g.refused().Reason.Code
	}
	return out
}

// assumptions are all that the answer takes for granted.
func (q *canAnswer) assumptions() []network.Assumption {
	list := []network.Assumption{}
	if q.subject.Assumed {
		list = append(list, network.AssumeContext(q.p.FormatContext(q.subject.Context)))
	}
	list = append(append(list, q.machine.notes...), q.answer.Assumptions...)
	network.SortAssumptions(list)
	return list
}

func (q *canAnswer) json() doc.Can {
	groups := groupLayers(q.answer.Layers)
	out := doc.Can{
		Head: doc.Head{
			Schema: "senet.can/1", Policy: q.policyName, Host: q.machine.facts.Summary(), Assumptions: q.assumptions(),
		},
		Verdict: q.together(), Question: q.questionJSON(), Reason: q.reasonJSON(groups), Steps: q.subject.Steps,
		OwnVerdict: q.answer.Verdict, Filtered: q.answer.Filtered, MayFilter: q.answer.MayFilter, Peer: q.peerJSON(),
		PortLabel: doc.Label{Context: q.p.FormatContext(q.answer.Port.Context)},
		Booleans:  []map[string]bool{},
	}
	if q.answer.Port.Record >= 0 {
		out.PortLabel.Record = say.Portcon(q.p.Port(q.answer.Port.Record))
	}
	for i := range groups {
		out.Layers = append(out.Layers, q.layerJSON(&groups[i]))
	}
	for _, settings := range q.switches() {
		out.Booleans = append(out.Booleans, settingsJSON(q.p, settings))
	}
	return out
}

func (q *canAnswer) layerJSON(g *layerGroup) doc.Layer {
	out := doc.Layer{Layer: g.Layer, Consulted: g.Consulted, When: string(g.When), NotConsulted: "", Class: g.Class,
		KernelMirrors: g.Mirrors, Call: g.Call}
	if !g.Consulted {
		out.NotConsulted = g.NotConsulted
		for _, name := range g.names {
			out.Perms = append(out.Perms, doc.Perm{Name: name})
		}
		return out
	}
	out.Source, out.Target = q.p.FormatContext(g.SourceContext), q.p.FormatContext(g.TargetContext)
	out.Verdict, out.Permissive = "allowed", g.Permissive
	out.Unknown, out.LabelledBy, out.DependsOn = g.Unknown, g.LabelledBy, g.DependsOn
	if g.refused() != nil {
		out.Verdict = "denied"
		out.Errno, out.Logged = g.Errno, g.Logged
	}
	for i := range g.perms {
		pc := &g.perms[i]
		perm := doc.Perm{Name: pc.Name, Allowed: pc.Allowed, Reason: pc.Reason.Code, Logged: q.logged(g, pc)}
		for _, r := range pc.Reason.Rules {
			perm.Rules = append(perm.Rules, newRuleJSON(q.p, r))
		}
		out.Perms = append(out.Perms, perm)
	}
	return out
}

// logged reports whether a refusal is in the audit log, as an AVC record.
func (q *canAnswer) logged(g *layerGroup, pc *access.PermCheck) bool {
	switch pc.Reason.Code {
	case network.NetLabelDrops, network.LabelUnknown, network.SocketLabelInvalid:
		return false
	}
	return !pc.Allowed && len(pc.Reason.DontAudit) == 0 && !q.p.IsNeverAudit(policy.TypeID(g.SourceContext.Type))
}

func newRuleJSON(p *policy.Policy, r policy.Rule) doc.Rule {
	out := doc.Rule{
		Rule:   say.Rule(p, r, p.AllPerms(r.Class)),
		Source: p.TypeName(r.Source), Target: p.TypeName(r.Target),
		Enabled: p.Enabled(r),
	}
	if r.Cond != 0 {
		out.Conditional = say.Condition(p, r)
	}
	return out
}

func settingsJSON(p *policy.Policy, settings []policy.BoolSetting) map[string]bool {
	m := make(map[string]bool, len(settings))
	for _, s := range settings {
		m[p.BoolName(s.Bool)] = s.On
	}
	return m
}
