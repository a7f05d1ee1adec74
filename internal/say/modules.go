package say

import (
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/modstore"
)

// Modules writes a list of modules with priority, name and language.
func Modules(b *words.Page, list []modstore.Module) {
	width := 0
	for _, m := range list {
		width = max(width, len(m.Name))
	}
	for _, m := range list {
		state := ""
		if m.Disabled {
			state = "  disabled"
		}
		b.Printf("%03d  %-*s  %s%s\n", m.Priority, width, m.Name, m.Lang, state)
	}
}

// ModuleProposal writes what a change of modules will change, and for which domains; all domains,
// or the first ones.
func ModuleProposal(b *words.Page, p *change.ModuleProposal, all bool) {
	if p.Comparison == nil {
		b.Printf("the store has no policy yet; it gets one\n")
	} else {
		b.Printf("%s; %s\n", Verdict(p.Effects), rulesMore(p.Rules()))
		Effects(b, p.Effects, all)
	}
	if len(p.Obsolete) > 0 {
		names := make([]string, len(p.Obsolete))
		for i, name := range p.Obsolete {
			names[i] = string(name)
		}
		Notes(b, []string{"removed local booleans, which the policy will no longer have: " + strings.Join(names, ", ")})
	}
	Notes(b, p.Said)
}

func rulesMore(n int) string {
	switch {
	case n == 0:
		return "the policy has as many rules as before"
	case n < 0:
		return "the policy has " + Plural(-n, "rule") + " less"
	}
	return "the policy has " + Plural(n, "rule") + " more"
}

// ModuleDone writes the result of a change of modules.
func ModuleDone(b *words.Page, what string, done *change.Done) {
	live := ""
	if done.Loaded {
		live = "; the running kernel has the new policy"
	}
	b.Printf("done  %s, transaction %d%s\n", what, done.Entry.ID, live)
}
