package cli

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// fixText is the first fix in a line, "" where nothing is refused, or nothing is
// known of it. Without the fixes of package remedy it has no cost.
func (a *whyAnswer) fixText(it *whyItem) string {
	switch {
	case it.fixes != nil:
		return it.fixes.best()
	case it.symptom != nil:
		if c := a.can(it); c != nil {
			return a.portFix(c)
		}
		return ""
	case it.denial.Verdict != diagnose.StillDenied && it.denial.Verdict != diagnose.OnlyLogged && !it.denial.Blocked():
		return ""
	}
	if it.denial.Verdict == diagnose.OnlyLogged {
		return a.permissiveExit(it)
	}
	refused := it.denial.Refused()
	if refused == nil {
		if c := a.can(it); c != nil {
			return a.portFix(c)
		}
		return ""
	}
	switch refused.Reason.Code {
	case access.Constrained:
		return a.waysOut(it.denial, refused)
	case access.Bounded:
		return "the bounding type " + a.p.TypeName(refused.Reason.Bound) + " needs the same rule first"
	case access.RoleRefused:
		return "a role allow rule; no rule between types helps"
	case access.UnknownDenied:
		return "a policy that defines " + it.denial.Class + " " + refused.Name + ": no rule can name it in this one"
	}
	if c := a.can(it); c != nil {
		return a.portFix(c)
	}
	if len(a.switches(it)) > 0 {
		return "the boolean; a rule instead: --allow"
	}
	return "an allow rule, if the access is wanted: --allow writes it and says what it opens"
}

// best is the fix with its cost.
func (a *fixAnswer) best() string {
	shown := a.shown(false)
	if len(shown) == 0 {
		return "none works alone without opening far more than this"
	}
	best := &a.fixes[shown[0]]
	return fmt.Sprintf("%s: %s, %s, %s (%s)", a.title(best), gains(best), others(best.Gain.Domains(), "gain"), others(best.Lose.Domains(), "lose"), best.Applicability)
}

// portFix names what helps an operation on a port that is refused, without
// computing its cost.
func (a *whyAnswer) portFix(c *canAnswer) string {
	denied := 0
	for i := range c.answer.Layers {
		l := &c.answer.Layers[i]
		if !l.Consulted || l.Check.Allowed {
			continue
		}
		denied++
		code := l.Check.Reason.Code
		if l.Layer != network.LayerPort || code != access.NoRule && code != access.BoolOff {
			denied = -1
			break
		}
	}
	if denied > 0 {
		return fmt.Sprintf("own port type for %s, which opens that port alone; the others and the cost of each: see next", c.target)
	}
	return "more than one rule is missing: see next"
}

// permissiveExit says how a permissive domain becomes an enforcing one again.
func (a *whyAnswer) permissiveExit(it *whyItem) string {
	domain := a.p.TypeName(policy.TypeID(it.denial.Source.Type))
	first := "an allow rule"
	if q := it.denial.Question; q != nil {
		first = a.portFix(a.asked(q))
		first, _, _ = strings.Cut(first, "; ")
		first, _, _ = strings.Cut(first, ": see")
	}
	return first + "; then the domain need not be permissive: semanage permissive -d " + domain
}

// waysOut says what satisfies a constraint: other levels, or an attribute.
func (a *whyAnswer) waysOut(d *diagnose.Diagnosis, refused *access.PermCheck) string {
	reason := a.d.ExplainConstraint(refused.Reason.Constraints[0], d.Source, d.Target)
	var levels, source, target []string
	var walk func(n *access.Need)
	walk = func(n *access.Need) {
		for _, arg := range n.Args {
			walk(arg)
		}
		if n.Compare == nil || !n.Want {
			return
		}
		text := n.Compare.Text
		switch left, right, _ := strings.Cut(text, " == "); {
		case strings.HasPrefix(text, "l") || strings.HasPrefix(text, "h"):
			levels = append(levels, text)
		case left == "t1" && right != "t2":
			source = append(source, right)
		case left == "t2":
			target = append(target, right)
		}
	}
	if reason.Needs != nil {
		walk(reason.Needs)
	}
	var ways []string
	if len(levels) > 0 {
		ways = append(ways, fmt.Sprintf("change a level, so that %s (now %s and %s)", strings.Join(levels, " or "), levelOf(a.p, d.Source), levelOf(a.p, d.Target)))
	}
	for _, side := range []struct {
		names []string
		c     policy.Context
	}{{source, d.Source}, {target, d.Target}} {
		if len(side.names) > 0 {
			ways = append(ways, fmt.Sprintf("give %s the attribute %s", a.p.TypeName(policy.TypeID(side.c.Type)), strings.Join(side.names, " or ")))
		}
	}
	text := "no allow rule and no boolean helps against a constraint"
	if len(ways) > 0 {
		text += ": " + strings.Join(ways, ", or ")
	}
	return text
}

// levelOf is the part of a context behind its type.
func levelOf(p *policy.Policy, c policy.Context) string {
	parts := strings.SplitN(p.FormatContext(c), ":", 4)
	return parts[len(parts)-1]
}
