package say

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/reach"
)

// present says which of the domains that gain are on the machine, "" if that is not known.
func (x *Fixes) present(domains []string) string { return presentOf(x.Presence, domains) }

func presentOf(presence func() *senet.Presence, domains []string) string {
	if presence == nil || len(domains) == 0 {
		return ""
	}
	of := presence().Of(domains)
	var parts []string
	add := func(list []string, one, many string) {
		switch len(list) {
		case 0:
		case 1, 2, 3:
			verb := many
			if len(list) == 1 {
				verb = one
			}
			parts = append(parts, strings.Join(list, ", ")+" "+verb)
		default:
			parts = append(parts, words.Sprintf("%s (%s) %s", Number(len(list)), few(list), many))
		}
	}
	add(of.Running, "runs here", "run here")
	add(of.Installed, "is installed", "are installed")
	if n := len(of.Unconfined); n > 0 {
		parts = append(parts, Count(n, "is unconfined", "are unconfined"))
	}
	here := "has a program here"
	if !of.Programs {
		here = "runs here"
	}
	switch known := of.Processes || of.Programs; {
	case !known || len(of.Absent) == 0:
	case len(parts) == 0:
		return "none of those that gain " + here
	case !of.Programs:
		parts = append(parts, Count(len(of.Absent), "does not run here", "do not run here"))
	default:
		parts = append(parts, Count(len(of.Absent), "has no program here", "have no program here"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "of those that gain, " + strings.Join(parts, ", ")
}

// byPresence returns the domains that are restricted, those that run here first, then those with a
// program here, and of equals those with the most ports first; and the number of unconfined ones.
func (x *Fixes) byPresence(list []reach.DomainPorts) (named []reach.DomainPorts, unconfined int) {
	presence := &senet.Presence{}
	if x.Presence != nil {
		presence = x.Presence()
	}
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Domain
	}
	of := presence.Of(names)
	rank := make(map[string]int, len(list))
	for i, part := range [][]string{of.Running, of.Installed, of.Absent} {
		for _, name := range part {
			rank[name] = i
		}
	}
	for _, d := range list {
		if _, ok := rank[d.Domain]; ok {
			named = append(named, d)
		}
	}
	slices.SortStableFunc(named, func(a, b reach.DomainPorts) int {
		return cmp.Or(cmp.Compare(rank[a.Domain], rank[b.Domain]), cmp.Compare(b.Ports.Len(), a.Ports.Len()))
	})
	return named, len(of.Unconfined)
}
