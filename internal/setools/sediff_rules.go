package setools

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// ruleDelta compares the rules of one kind.
func (d *differ) ruleDelta(kind policy.RuleKind) delta {
	var x delta
	modified := make(map[string]string)
	for r := range d.rules.Rules(kind) {
		switch r.Sign() {
		case policydiff.Added:
			x.added = append(x.added, d.ruleLine(&r))
		case policydiff.Removed:
			x.removed = append(x.removed, d.ruleLine(&r))
		case policydiff.Modified:
			was := r
			was.After, was.DefaultAfter, was.CommandsAfter = nil, "", nil
			modified[d.ruleLine(&was)] = d.ruleLine(&r)
		}
	}
	x.sort(modified)
	return x
}

// ruleLine writes a rule that differs. SETools prints no branch for a modified rule.
func (d *differ) ruleLine(r *policydiff.RuleChange) string {
	modified := r.Sign() == policydiff.Modified
	text := ruleKindName(r.Kind) + " " + r.Source + " " + r.Target + ":" + r.Class + " " + ruleEnd(r, modified)
	if r.FileName != "" {
		text = strings.TrimSuffix(text, ";") + " " + r.FileName + ";"
	}
	if r.Cond == "" {
		return text
	}
	text += " [ " + d.condText(r.Cond) + " ]"
	if !modified {
		text += ":" + python(r.Branch)
	}
	return text
}

func ruleKindName(k policy.RuleKind) string {
	names := map[policy.RuleKind]string{
		policy.Allow: "allow", policy.AuditAllow: "auditallow", policy.DontAudit: "dontaudit",
		policy.AllowXPerm: "allowxperm", policy.AuditAllowXPerm: "auditallowxperm",
		policy.DontAuditXPerm: "dontauditxperm",
		policy.TypeTransition: "type_transition", policy.TypeChange: "type_change", policy.TypeMember: "type_member",
	}
	return names[k]
}

// ruleEnd is the part of a rule after its class.
func ruleEnd(r *policydiff.RuleChange, modified bool) string {
	switch {
	case r.Kind&policy.TypeRules != 0 && modified:
		return "+" + r.DefaultAfter + " -" + r.DefaultBefore + ";"
	case r.Kind&policy.TypeRules != 0:
		return r.DefaultAfter + r.DefaultBefore + ";"
	case r.Kind&policy.XPermRules != 0:
		kind := "ioctl "
		if r.Netlink {
			kind = "nlmsg "
		}
		if !modified {
			return kind + string(appendSet(nil, commandTexts("", r.CommandsBefore.Union(r.CommandsAfter)))) + ";"
		}
		kept := r.CommandsBefore.Intersect(r.CommandsAfter)
		return kind + inBraces(slices.Concat(commandTexts("", kept), commandTexts("+", r.CommandsAfter.Minus(kept)),
			commandTexts("-", r.CommandsBefore.Minus(kept)))) + ";"
	case !modified:
		return string(appendSet(nil, slices.Concat(r.Before, r.After))) + ";"
	}
	perms := r.Kept()
	for _, p := range r.Gained() {
		perms = append(perms, "+"+p)
	}
	for _, p := range r.Lost() {
		perms = append(perms, "-"+p)
	}
	return inBraces(perms) + ";"
}

func inBraces(list []string) string { return "{ " + strings.Join(list, " ") + " }" }

// commandTexts writes extended permissions. Ranges with a sign stand in brackets.
func commandTexts(sign string, set policydiff.Commands) []string {
	var out []string
	for _, r := range set {
		text := string(appendXPerm(nil, r.Low))
		if r.High != r.Low {
			text += "-" + string(appendXPerm(nil, r.High))
			if sign != "" {
				text = "[" + text + "]"
			}
		}
		out = append(out, sign+text)
	}
	return out
}

// condText is SETools' text of a conditional.
func (d *differ) condText(text string) string {
	if d.conds == nil {
		d.conds = make(map[string]string)
		for _, p := range d.p {
			for id := range p.Conds() {
				d.conds[p.CondText(id)] = condText(p, id)
			}
		}
	}
	return d.conds[text]
}
