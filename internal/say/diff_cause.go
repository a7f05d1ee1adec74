package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// Cause adds a rule as written with the permissions that are gained or lost, its source if it is
// known, and why the other policy does not grant them.
func Cause(b *words.Page, c *policydiff.Cause, places []string) {
	text := words.Sprintf("%c %s", c.Sign, CauseRule(c))
	if c.Cells > 1 {
		text += words.Sprintf(" (%s)", Plural(c.Cells, "pair"))
	}
	for i, place := range places {
		text += []string{"  ", ", "}[min(i, 1)] + words.Safe(place)
	}
	b.Printf("%s\n", text)
	p := c.Policy
	for _, part := range []struct {
		id      policy.TypeID
		members []string
	}{{c.Rule.Source, c.Sources}, {c.Rule.Target, c.Targets}} {
		if len(part.members) > 0 {
			verb := "has more"
			if c.Sign == policydiff.Removed {
				verb = "has no more"
			}
			b.Printf("    %s %s: %s\n", p.TypeName(part.id), verb, someNames(part.members))
		}
	}
	if c.Known && len(c.Sources)+len(c.Targets) == 0 {
		b.Printf("    both policies have the rule; the other one also grants it unconditionally\n")
	}
}

// CauseRule writes the rule of a cause with the gained or lost permissions.
func CauseRule(c *policydiff.Cause) string {
	p, r := c.Policy, c.Rule
	end := braces(slices.Clone(c.Perms))
	if r.Kind&policy.TypeRules != 0 {
		end = p.TypeName(r.Default)
	}
	text := words.Sprintf("%s %s %s:%s %s;", KindName(r.Kind), p.TypeName(r.Source), p.TypeName(r.Target),
		p.ClassName(r.Class), end)
	if r.Cond != 0 {
		text += words.Sprintf(" [ %s ]", Condition(p, r))
	}
	return strings.TrimSpace(text)
}
