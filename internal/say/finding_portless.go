package say

import (
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// portlessText says what to do about a port without its number, as in a rule of audit2allow: the number tells which
// labels the port can get. It returns "" for other denials.
func (l *Log) portlessText(d *diagnose.Diagnosis) string {
	fix := l.portlessFix(d)
	if fix == "" {
		return ""
	}
	return words.Sprintf("%s, with the number for PORT, lists labels, booleans and rules and what each opens; "+
		"a rule for %s is for all ports with that label (--allow writes it)", fix,
		l.policy().TypeName(policy.TypeID(d.Target.Type)))
}

// portlessMore adds to the boolean for such a port what else there is; "" for other denials.
func (l *Log) portlessMore(d *diagnose.Diagnosis) string {
	fix := l.portlessFix(d)
	if fix == "" {
		return ""
	}
	return words.Sprintf("; %s, with the number for PORT, lists labels and rules as well", fix)
}

// portlessFix is the command that lists the fixes for a port once its number is known; "" for other denials.
func (l *Log) portlessFix(d *diagnose.Diagnosis) string {
	if d.Port != 0 || d.Protocol == "" || d.Question != nil {
		return ""
	}
	var deed network.Operation
	switch d.Hook {
	case diagnose.HookNameBind:
		deed = network.Bind
	case diagnose.HookNameConnect:
		deed = network.Connect
	default:
		return ""
	}
	return shell.New("senet", "fix").Arg(l.policy().TypeName(policy.TypeID(d.Source.Type)), string(deed),
		string(d.Protocol)+"/PORT").With(l.Again).String()
}
