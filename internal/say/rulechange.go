package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// RuleChange writes one difference of rules in the policy language. If both policies have the rule,
// + marks what only the policy after has, and - what only the policy before has.
func RuleChange(r *policydiff.RuleChange) string {
	text := words.Sprintf("%s %s %s:%s %s;", KindName(r.Kind), r.Source, r.Target, r.Class, ruleTail(r))
	if r.Cond != "" {
		branch := "false"
		if r.Branch {
			branch = "true"
		}
		text += words.Sprintf(" [ %s ]:%s", r.Cond, branch)
	}
	return text
}

// KindName returns the keyword of a kind of rules.
func KindName(k policy.RuleKind) string {
	switch k {
	case policy.Allow:
		return "allow"
	case policy.AuditAllow:
		return "auditallow"
	case policy.DontAudit:
		return "dontaudit"
	case policy.TypeTransition:
		return "type_transition"
	case policy.TypeMember:
		return "type_member"
	case policy.TypeChange:
		return "type_change"
	case policy.AllowXPerm:
		return "allowxperm"
	case policy.AuditAllowXPerm:
		return "auditallowxperm"
	case policy.DontAuditXPerm:
		return "dontauditxperm"
	}
	return "rule"
}

func ruleTail(r *policydiff.RuleChange) string {
	switch {
	case r.Kind&policy.TypeRules != 0:
		text := r.DefaultAfter + r.DefaultBefore
		if r.Sign() == policydiff.Modified {
			text = "+" + r.DefaultAfter + " -" + r.DefaultBefore
		}
		if r.FileName != "" {
			text += ` "` + words.Safe(r.FileName) + `"`
		}
		return text
	case r.Kind&policy.XPermRules != 0:
		operation := "ioctl"
		if r.Netlink {
			operation = "nlmsg"
		}
		return operation + " " + braces(commandsOf(r))
	}
	if r.Sign() != policydiff.Modified {
		return braces(slices.Concat(r.Before, r.After))
	}
	return braces(slices.Concat(r.Kept(), marked("+", r.Gained()), marked("-", r.Lost())))
}

func marked(sign string, list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = sign + s
	}
	return out
}

func commandsOf(r *policydiff.RuleChange) []string {
	if r.Sign() != policydiff.Modified {
		return commands("", r.CommandsBefore.Union(r.CommandsAfter))
	}
	kept := r.CommandsBefore.Intersect(r.CommandsAfter)
	return slices.Concat(commands("", kept), commands("+", r.CommandsAfter.Minus(kept)),
		commands("-", r.CommandsBefore.Minus(kept)))
}

func commands(sign string, set policydiff.Commands) []string {
	var out []string
	for _, r := range set {
		text := sign + words.Sprintf("0x%04x", r.Low)
		if r.High != r.Low {
			text += words.Sprintf("-0x%04x", r.High)
		}
		out = append(out, text)
	}
	return out
}

func braces(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return "{ " + strings.Join(list, " ") + " }"
}

// StatementChange writes one difference of statements other than rules. If both policies have the
// statement, + marks what only the policy after has, and - what only the policy before has.
func StatementChange(c *policydiff.StatementChange) string {
	switch {
	case c.Before == nil:
		return words.Sprintf("+ %s", c.After.Text)
	case c.After == nil:
		return words.Sprintf("- %s", c.Before.Text)
	}
	text := words.Sprintf("* %s", strings.TrimSpace(c.Key))
	lost, gained := c.Values()
	for _, s := range gained {
		text += words.Sprintf(" +%s", s)
	}
	for _, s := range lost {
		text += words.Sprintf(" -%s", s)
	}
	return text
}
