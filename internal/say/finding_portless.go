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
	if d.Port != 0 || d.Question != nil || len(d.Permissions) == 0 {
		return ""
	}
	return portFix(l.policy().TypeName(policy.TypeID(d.Source.Type)), d.Class, d.Permissions[0], l.Again)
}

// portless adds to the fixes of an access to a label of ports what else there is for a single port; "" for others.
func (x *AccessFixes) portless() string {
	if len(x.Query.Perms) != 1 {
		return ""
	}
	fix := portFix(x.subject(), x.Query.Class, x.Query.Perms[0], x.Again)
	if fix == "" {
		return ""
	}
	return words.Sprintf("these fixes are for all ports labelled %s; for one port %s, with its number for PORT, lists "+
		"labels as well", x.target(), fix)
}

// portFix is the command for the port of a permission, with PORT in place of its number; "" if the permission is not
// asked for a port.
func portFix(source, class, permission string, again shell.Command) string {
	var deed network.Operation
	switch permission {
	case "name_bind":
		deed = network.Bind
	case "name_connect":
		deed = network.Connect
	default:
		return ""
	}
	for _, p := range network.Protocols() {
		if kind, _ := network.SocketOf(p); kind.Class == class && kind.PortProtocol != 0 {
			return shell.New("senet", "fix").Arg(source, string(deed), string(p)+"/PORT").With(again).String()
		}
	}
	return ""
}
