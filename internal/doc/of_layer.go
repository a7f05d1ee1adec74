package doc

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// LayersOf returns the document of an answer's layers.
func LayersOf(p *policy.Policy, groups []network.Group, calls []senet.Call) []Layer {
	list := make([]Layer, len(groups))
	for i := range groups {
		list[i] = newLayer(p, &groups[i])
		if c := say.CallFor(calls, &groups[i]); c != nil {
			list[i].Interface = &LayerCall{Call: c.Text, Ports: c.Ports, Permissions: c.Permissions}
		}
	}
	return list
}

func newLayer(p *policy.Policy, g *network.Group) Layer {
	out := Layer{
		Layer: g.Layer, Consulted: g.Consulted, When: string(g.When), Class: g.Class, KernelMirrors: g.Mirrors,
		Call: g.Call,
	}
	if !g.Consulted {
		out.NotConsulted = g.NotConsulted
		for _, name := range g.Names {
			out.Perms = append(out.Perms, Perm{Name: name})
		}
		return out
	}
	out.Source, out.Target = p.FormatContext(g.SourceContext), p.FormatContext(g.TargetContext)
	out.Verdict, out.Permissive = network.Allowed, g.Permissive
	out.Unknown, out.LabelledBy, out.DependsOn = g.Unknown, g.LabelledBy, g.DependsOn
	if g.Refused() != nil {
		out.Verdict = network.Denied
		out.Errno, out.Logged = g.Errno, g.Logged
	}
	for i := range g.Checks {
		out.Perms = append(out.Perms, PermOf(p, g.SourceContext, &g.Checks[i]))
	}
	return out
}

// PermOf returns the document of a permission that was requested for a source.
func PermOf(p *policy.Policy, source policy.Context, pc *access.PermCheck) Perm {
	out := Perm{Name: pc.Name, Allowed: pc.Allowed, Reason: pc.Reason.Code}
	switch pc.Reason.Code {
	// no AVC record
	case network.NetLabelDrops, network.NetLabelFails, network.LabelUnknown, network.SocketLabelInvalid:
	default:
		out.Logged = !pc.Allowed && len(pc.Reason.DontAudit) == 0 && !p.IsNeverAudit(policy.TypeID(source.Type))
	}
	for _, r := range pc.Reason.Rules {
		rule := RuleOf(p, r)
		rule.asked, _ = p.Perm(r.Class, pc.Name)
		out.Rules = append(out.Rules, rule)
	}
	return out
}

// RuleOf returns the document of an allow rule.
func RuleOf(p *policy.Policy, r policy.Rule) Rule {
	out := Rule{
		Rule:   say.Rule(p, r, p.AllPerms(r.Class)),
		Source: p.TypeName(r.Source), Target: p.TypeName(r.Target),
		Enabled: p.Enabled(r), rule: r, asked: p.AllPerms(r.Class),
	}
	if r.Cond != 0 {
		out.Conditional = say.Condition(p, r)
	}
	return out
}

// SettingsOf returns the document of settings of booleans.
func SettingsOf(p *policy.Policy, settings []policy.BoolSetting) Settings {
	m := make(Settings, len(settings))
	for _, s := range settings {
		m[p.BoolName(s.Bool)] = s.On
	}
	return m
}

// AlternativesOf returns the document of settings, each of which is sufficient.
func AlternativesOf(p *policy.Policy, list [][]policy.BoolSetting) []Settings {
	out := make([]Settings, len(list))
	for i, settings := range list {
		out[i] = SettingsOf(p, settings)
	}
	return out
}

// LabelOf returns the document of a port's label.
func LabelOf(p *policy.Policy, l policy.Label) Label {
	out := Label{Context: p.FormatContext(l.Context)}
	if l.Record >= 0 {
		out.Record = say.Portcon(p.Port(l.Record))
	}
	return out
}

// ReasonOf returns the document of the reason for an operation's verdict.
func ReasonOf(o *say.Operation) Reason {
	out := Reason{Code: access.Granted, Text: o.Why()}
	if g := network.Refusing(network.Groups(o.Answer.Layers)); g != nil {
		out.Code = g.Refused().Reason.Code
	}
	return out
}
