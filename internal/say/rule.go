package say

import (
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/policy"
)

// Rule writes an allow or dontaudit rule of the policy with the permissions in asked; dots replace
// the others. Braces and the conditional follow the source language.
func Rule(p *policy.Policy, r policy.Rule, asked policy.AccessVector) string {
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
	keyword := "allow "
	if r.Kind == policy.DontAudit {
		keyword = "dontaudit "
	}
	text := keyword + p.TypeName(r.Source) + " " + p.TypeName(r.Target) + ":" + p.ClassName(r.Class) + perms + ";"
	if r.Cond != 0 {
		text += " [ " + Condition(p, r) + " ]"
	}
	return text
}

// Condition writes the expression under which a conditional rule is active.
func Condition(p *policy.Policy, r policy.Rule) string {
	text := p.CondText(r.Cond)
	if !r.Branch {
		if len(p.CondExpr(r.Cond)) > 1 {
			return "!(" + text + ")"
		}
		return "!" + text
	}
	return text
}

// Settings writes settings of booleans as --bool accepts them, separated by sep.
func Settings(p *policy.Policy, settings []policy.BoolSetting, sep string) string {
	text := ""
	for i, s := range settings {
		if i > 0 {
			text += sep
		}
		text += setting(p, s)
	}
	return text
}

func setting(p *policy.Policy, s policy.BoolSetting) string {
	return p.BoolName(s.Bool) + "=" + OnOff(s.On)
}

// SettingArgs returns settings of booleans as setsebool accepts them.
func SettingArgs(p *policy.Policy, settings []policy.BoolSetting) shell.Command {
	var args shell.Command
	for _, s := range settings {
		args = args.Arg(setting(p, s))
	}
	return args
}

// SettingFlags returns the flags that ask as if booleans had these values.
func SettingFlags(p *policy.Policy, settings []policy.BoolSetting) shell.Command {
	var flags shell.Command
	for _, s := range settings {
		flags = flags.Option("--bool", setting(p, s))
	}
	return flags
}
