package say

import (
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/policy"
)

// Next returns the next command for a denial, the zero Command if there is none.
func (l *Log) Next(it *incident.Finding) shell.Command {
	d := it.Denial
	if o := l.refused(it); o != nil {
		return l.nextFix(it, o)
	}
	if d.Verdict == diagnose.UnknownHere || d.Hook == diagnose.HookError || len(d.Checks) == 0 {
		return shell.Command{}
	}
	if q := d.Question; q != nil {
		return l.operation(&incident.Whole{Question: *q}).Command("can", l.Again)
	}
	if c := d.Command; c != nil && c.Only {
		return l.nextCommand(d)
	}
	perm := d.Checks[0].Name
	if refused := d.Refused(); refused != nil {
		perm = refused.Name
	}
	if !l.defined(d.Class, perm) {
		return shell.Command{}
	}
	c := shell.New("senet", "access").Arg(l.policy().FormatContext(d.Source), l.policy().FormatContext(d.Target),
		d.Class, perm).With(l.PolicyAgain)
	if len(it.Switches) > 0 && it.Fix.Way != incident.InsteadOfRule && (d.File == nil || !d.File.Moved) {
		c = c.With(SettingFlags(l.policy(), it.Switches[0]))
	}
	return c
}

// defined reports whether the policy has a class and its permission. Other names may be
// any text from the log, and no command can use them.
func (l *Log) defined(class, perm string) bool {
	id, ok := l.policy().Class(class)
	if ok {
		_, ok = l.policy().Perm(id, perm)
	}
	return ok
}

// nextFix returns the command that lists the fixes of a refused operation. A question in
// words cannot describe a socket that systemd makes for a service: the command then names
// the record.
func (l *Log) nextFix(it *incident.Finding, o *Operation) shell.Command {
	switch {
	case o.Question.Maker == nil:
		return o.Command("fix", l.Again)
	case strings.ContainsAny(it.AVC.Text, "$`\\;&|'!*?~#\n"):
		return shell.Command{} // an attacker may have chosen its names
	}
	return shell.New("senet", "fix").Arg(it.AVC.Text).With(l.Again)
}

// nextCommand returns the command that lists the commands in rules: senet access asks
// about permissions only.
func (l *Log) nextCommand(d *diagnose.Diagnosis) shell.Command {
	flags := l.PolicyAgain.Words()
	if !l.defined(d.Class, d.Command.Kind.String()) || len(flags) > 0 && (len(flags) != 2 || flags[0] != "--policy") {
		return shell.Command{}
	}
	c := shell.New("senet", "search", "--allowxperm").Option("-s", l.policy().TypeName(policy.TypeID(d.Source.Type))).
		Option("-t", l.policy().TypeName(policy.TypeID(d.Target.Type))).Option("-c", d.Class)
	if len(flags) > 0 {
		c = c.Arg(flags[1])
	}
	return c
}
