package network

import "github.com/senet-selinux/senet/access"

// A Group is a sequence of checks of one layer on one pair of labels. Reports show it as one line.
type Group struct {
	LayerAnswer
	// Checks are the permissions with their reasons, empty if the layer is not consulted.
	Checks []access.PermCheck
	Names  []string // of the permissions
}

// Groups returns the layers of an answer in groups, in the kernel's order.
func Groups(layers []LayerAnswer) []Group {
	groups := make([]Group, 0, len(layers))
	for _, l := range layers {
		if n := len(groups); n > 0 && groups[n-1].takes(&l) {
			groups[n-1].Checks = append(groups[n-1].Checks, l.Check)
			groups[n-1].Names = append(groups[n-1].Names, l.Perm)
			continue
		}
		g := Group{LayerAnswer: l, Names: []string{l.Perm}}
		if l.Consulted {
			g.Checks = []access.PermCheck{l.Check}
		}
		groups = append(groups, g)
	}
	return groups
}

// takes reports whether the next check belongs to the group.
func (g *Group) takes(l *LayerAnswer) bool {
	return g.Layer == l.Layer && g.Consulted && l.Consulted && g.Class == l.Class &&
		g.Source == l.Source && g.Target == l.Target &&
		g.SourceContext == l.SourceContext && g.TargetContext == l.TargetContext &&
		g.Excused == l.Excused && g.Unknown == l.Unknown && g.Permissive == l.Permissive && g.LabelledBy == l.LabelledBy
}

// Refused returns the first permission that the policy denies, nil if it grants all.
func (g *Group) Refused() *access.PermCheck {
	for i := range g.Checks {
		if !g.Checks[i].Allowed {
			return &g.Checks[i]
		}
	}
	return nil
}

// Refusing returns the group that decides an operation: the first that denies it, else the first that may deny it,
// else the first whose denial is only logged because it is permissive; nil if there is none.
func Refusing(groups []Group) *Group {
	for _, unknown := range []bool{false, true} {
		for i := range groups {
			g := &groups[i]
			if g.Consulted && g.Refused() != nil && !g.Permissive && !g.Excused && g.Unknown == unknown {
				return g
			}
		}
	}
	for i := range groups {
		if groups[i].Consulted && groups[i].Refused() != nil && !groups[i].Excused {
			return &groups[i]
		}
	}
	return nil
}
