package cli

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A layerGroup is consecutive checks of one layer on one pair of labels, which
// are printed as one.
type layerGroup struct {
	network.LayerAnswer
	perms []access.PermCheck // empty where the layer is not consulted
	names []string           // of the permissions
}

func groupLayers(layers []network.LayerAnswer) []layerGroup {
	var groups []layerGroup
	for _, l := range layers {
		if n := len(groups); n > 0 && groups[n-1].joins(l) {
			groups[n-1].perms = append(groups[n-1].perms, l.Check)
			groups[n-1].names = append(groups[n-1].names, l.Perm)
			continue
		}
		g := layerGroup{LayerAnswer: l, names: []string{l.Perm}}
		if l.Consulted {
			g.perms = []access.PermCheck{l.Check}
		}
		groups = append(groups, g)
	}
	return groups
}

func (g *layerGroup) joins(l network.LayerAnswer) bool {
	return g.Layer == l.Layer && g.Consulted && l.Consulted && g.Class == l.Class &&
		g.Source == l.Source && g.Target == l.Target && g.SourceContext == l.SourceContext && g.TargetContext == l.TargetContext &&
		g.Unknown == l.Unknown && g.Permissive == l.Permissive && g.LabelledBy == l.LabelledBy
}

// refused returns the first permission that the policy refuses, nil if it
// grants all.
func (g *layerGroup) refused() *access.PermCheck {
	for i := range g.perms {
		if !g.perms[i].Allowed {
			return &g.perms[i]
		}
	}
	return nil
}

// state says in a word or a few what the layer came to.
func (g *layerGroup) state() string {
	refused := g.refused()
	switch {
	case !g.Consulted:
		return "not consulted"
	case refused != nil && refused.Reason.Code == network.LabelUnknown:
		return "depends on the label"
	case refused != nil && g.Unknown && len(g.DependsOn) > 0:
		return "depends"
	case refused != nil && g.Unknown:
		return "would be denied"
	case refused != nil && g.Permissive:
		return "denied, only logged (permissive)"
	case refused != nil:
		return "DENIED"
	}
	for i := range g.perms {
		if g.perms[i].Reason.Code == access.UnknownAllowed {
			return "undefined, allowed"
		}
	}
	return "allowed"
}

// ruleText writes a rule as the policy has it, with the permissions that were
// asked for; dots stand for the others. Braces and the conditional follow the
// source language.
func ruleText(p *policy.Policy, r policy.Rule, asked policy.AccessVector) string {
	perms, n, more := "", 0, false
	for i, name := range p.Perms(r.Class) {
		switch bit := policy.AccessVector(1) << i; {
		case r.Perms&bit == 0:
		case asked&bit == 0:
			more = true
		default:
			perms += " " + name
			n++
		}
	}
	switch {
	case more:
		perms = " {" + perms + " ... }"
	case n > 1:
		perms = " {" + perms + " }"
	}
	text := "allow " + p.TypeName(r.Source) + " " + p.TypeName(r.Target) + ":" + p.ClassName(r.Class) + perms + ";"
	if r.Cond != 0 {
		text += " [ " + condText(p, r) + " ]"
	}
	return text
}

// condText writes the condition under which a rule holds.
func condText(p *policy.Policy, r policy.Rule) string {
	text := p.CondText(r.Cond)
	if !r.Branch {
		if len(p.CondExpr(r.Cond)) > 1 {
			return "!(" + text + ")"
		}
		return "!" + text
	}
	return text
}

// settingsText writes settings of booleans as --bool takes them, with sep
// between them.
func settingsText(p *policy.Policy, settings []policy.BoolSetting, sep string) string {
	text := ""
	for i, s := range settings {
		if i > 0 {
			text += sep
		}
		text += p.BoolName(s.Bool) + "=" + onOff(s.On)
	}
	return text
}

// settingArgs are settings of booleans as setsebool takes them.
func settingArgs(p *policy.Policy, settings []policy.BoolSetting) shell.Command {
	var args shell.Command
	for _, s := range settings {
		args = args.Arg(p.BoolName(s.Bool) + "=" + onOff(s.On))
	}
	return args
}

// settingFlags are the flags that ask as if booleans were set.
func settingFlags(p *policy.Policy, settings []policy.BoolSetting) shell.Command {
	var flags shell.Command
	for _, s := range settings {
		flags = flags.Option("--bool", p.BoolName(s.Bool)+"="+onOff(s.On))
	}
	return flags
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
