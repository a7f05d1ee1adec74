package cli

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
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
