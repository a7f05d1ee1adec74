package cli

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// canJSON is what senet can --json prints: schema senet.can/1.
type canJSON struct {
	envelope
	Subject   string         `json:"subject"` // the context that was asked about
	Action    string         `json:"action"`
	Target    string         `json:"target"`
	Reason    string         `json:"reason"`      // the code of the refusing check, or SN-GRANTED
	Text      string         `json:"reason_text"` // the same for a person; may change
	PortLabel labelJSON      `json:"port_label"`
	Steps     []subject.Step `json:"steps,omitempty"` // how the subject was found
	Layers    []layerJSON    `json:"layers"`
	// OwnVerdict is the subject's alone, where the other end was asked too, which
	// Peer has: Verdict is of both then.
	OwnVerdict network.Verdict `json:"own_verdict"`
	// Filtered says by which rule the packet filter drops the packets, "" where it
	// does not.
	Filtered string    `json:"filtered,omitempty"`
	Peer     *peerJSON `json:"peer,omitempty"`
	// Booleans are the alternatives that would allow a denied operation.
	Booleans []map[string]bool `json:"booleans"`
}

// peerJSON is what the process at the other end may.
type peerJSON struct {
	Subject string          `json:"subject"`
	Action  string          `json:"action"`
	Target  string          `json:"target"`
	Verdict network.Verdict `json:"verdict"`
	Reason  string          `json:"reason"`
	Text    string          `json:"reason_text"`
	Layers  []layerJSON     `json:"layers"`
}

func (q *canAnswer) peerJSON() *peerJSON {
	if q.peer == nil {
		return nil
	}
	p := q.peer
	groups := groupLayers(p.answer.Layers)
	out := &peerJSON{Subject: p.p.FormatContext(p.subject.Context), Action: string(p.op), Target: p.target.String(),
		Verdict: p.answer.Verdict, Reason: string(access.Granted), Text: p.why(groups)}
	if g := p.refusing(groups); g != nil {
		out.Reason = string(g.refused().Reason.Code)
	}
	for i := range groups {
		out.Layers = append(out.Layers, p.layerJSON(&groups[i]))
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

type labelJSON struct {
	Context string `json:"context"`
	// Record is the portcon that wins, "" where the initial SID labels the port.
	Record string `json:"record"`
}

type layerJSON struct {
	Layer         network.Layer `json:"layer"`
	Consulted     bool          `json:"consulted"`
	When          string        `json:"when"` // the condition under which the kernel asks
	NotConsulted  string        `json:"not_consulted,omitempty"`
	Source        string        `json:"source,omitempty"`
	Target        string        `json:"target,omitempty"`
	Class         string        `json:"class"`
	Perms         []permJSON    `json:"perms,omitempty"`
	Verdict       string        `json:"verdict,omitempty"` // allowed or denied, by policy
	Permissive    bool          `json:"permissive,omitempty"`
	Call          network.Call  `json:"call"`                  // the system call, or egress and ingress for packets
	Errno         network.Errno `json:"errno,omitempty"`       // what a refusal looks like
	Logged        bool          `json:"logged,omitempty"`      // a refusal is in the audit log
	Unknown       bool          `json:"unknown,omitempty"`     // it is not known whether the check is made, or of which labels
	LabelledBy    string        `json:"labelled_by,omitempty"` // the fact that labels the packet or its sender
	DependsOn     []string      `json:"depends_on,omitempty"`  // what leaves its label open
	KernelMirrors string        `json:"mirrors"`               // the kernel function that asks
}

type permJSON struct {
	Name    string      `json:"name"`
	Allowed bool        `json:"allowed"`
	Reason  access.Code `json:"reason"`
	Logged  bool        `json:"logged,omitempty"` // a refusal is in the audit log
	// Rules grant the permission, or would if booleans were set otherwise.
	Rules []ruleJSON `json:"rules,omitempty"`
}

type ruleJSON struct {
	Rule        string `json:"rule"`
	Source      string `json:"source"` // as written: a type or an attribute
	Target      string `json:"target"`
	Conditional string `json:"conditional,omitempty"`
	Enabled     bool   `json:"enabled"`
}

func (q *canAnswer) json() canJSON {
	groups := groupLayers(q.answer.Layers)
	out := canJSON{
		envelope: envelope{
			Schema: "senet.can/1", Policy: q.policyName, Host: q.machine.facts.Summary(), Verdict: q.together(),
			Assumptions: q.assumptions(),
		},
		Subject: q.p.FormatContext(q.subject.Context),
		Steps:   q.subject.Steps,
		Action:  string(q.op), Target: q.target.String(),
		Reason: string(access.Granted), Text: q.why(groups),
		OwnVerdict: q.answer.Verdict, Filtered: q.answer.Filtered, Peer: q.peerJSON(),
		PortLabel: labelJSON{Context: q.p.FormatContext(q.answer.Port.Context)},
		Booleans:  []map[string]bool{},
	}
	if q.answer.Port.Record >= 0 {
		out.PortLabel.Record = say.Portcon(q.p.Port(q.answer.Port.Record))
	}
	if g := q.refusing(groups); g != nil {
		out.Reason = string(g.refused().Reason.Code)
	}
	for i := range groups {
		out.Layers = append(out.Layers, q.layerJSON(&groups[i]))
	}
	for _, settings := range q.switches() {
		out.Booleans = append(out.Booleans, settingsJSON(q.p, settings))
	}
	return out
}

func (q *canAnswer) layerJSON(g *layerGroup) layerJSON {
	out := layerJSON{Layer: g.Layer, Consulted: g.Consulted, When: string(g.When), NotConsulted: "", Class: g.Class, KernelMirrors: g.Mirrors, Call: g.Call}
	if !g.Consulted {
		out.NotConsulted = g.NotConsulted
		for _, name := range g.names {
			out.Perms = append(out.Perms, permJSON{Name: name})
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
		perm := permJSON{Name: pc.Name, Allowed: pc.Allowed, Reason: pc.Reason.Code, Logged: q.logged(g, pc)}
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

func newRuleJSON(p *policy.Policy, r policy.Rule) ruleJSON {
	out := ruleJSON{
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
