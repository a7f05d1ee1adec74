package say

import (
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/subject"
)

// keptFix says what to do about a service that its unit keeps in the domain of systemd.
func (l *Log) keptFix(d *diagnose.SymptomDiagnosis) string {
	unit := d.Kept.Unit
	if unit == "" {
		unit = "the unit"
	}
	init, own := d.Subject.Name, subject.NameOf(l.policy(), d.Kept.Domain)
	option := "NoNewPrivileges=no"
	if d.Kept.Option != "NoNewPrivileges" { // which does not switch it off
		option = words.Sprintf("no %s=", d.Kept.Option)
	}
	return words.Sprintf("%s in %s, and none of the options that imply it (DynamicUser=; and with User= those that "+
		"systemd.exec(5) names at NoNewPrivileges=), then systemctl daemon-reload and start it again; or this one "+
		"rule: allow %s %s:process2 nnp_transition; no rule for the files, and no other label", option, unit, init, own)
}

// keptNext is the command that asks for the transition.
func (l *Log) keptNext(d *diagnose.SymptomDiagnosis) shell.Command {
	return shell.New("senet", "access").Arg(l.policy().FormatContext(d.Subject.Context),
		l.policy().FormatContext(d.Kept.Domain), "process2", "nnp_transition").With(l.PolicyAgain)
}
