package say

import (
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// refusedCall describes a system call that failed, by its record, where no record of SELinux is beside it.
func (l *Log) refusedCall(b *words.Page, it *incident.Finding) shell.Command {
	d, s := it.Symptom, it.Event.Symptom
	who := d.Subject.Name
	if who == "" {
		who = s.Domain
	}
	b.Line("?", "%s (%s) was refused %s, by SELinux or by something else", who, s.Program, s.Call)
	b.Line("seen", "%s, in a record of a system call: %s", seen(it), shorten(s.Text))
	why := words.Sprintf("the call failed with %s, and the AVC record of the same event, which has what was refused, "+
		"is not in the text: it was left out, or a dontaudit rule hides it, or the owner and mode of a file "+
		"refused the call",
		s.Errno)
	if c := it.Event.Syscall; c != nil && c.Name == "ioctl" {
		why += words.Sprintf("; the command of the ioctl is 0x%x", c.Args[1])
	}
	b.Line("why", "%s", why)
	b.Line("fix", "get the record (next); if there is none: %s", unhide())
	return shell.New("ausearch", "-m", "avc", "-c").Arg(s.Program).Flag("-ts", "boot")
}

// unhide says how to see what dontaudit rules hide.
func unhide() string {
	return words.Sprintf("%s (logs what dontaudit rules hide); do it again; %s; %s", shell.New("semodule", "-DB"),
		Recent(), shell.New("semodule", "-B"))
}

// maybeHidden writes what to do where a text says that nothing is logged, or where the shell is one of a confined
// user.
func (l *Log) maybeHidden(b *words.Page, it *incident.Finding) {
	d, s := it.Symptom, it.Event.Symptom
	if d.Verdict != diagnose.UnknownHere || s.Call != "" {
		return
	}
	if confined(s.Domain) {
		b.Line("note", "%s is the domain of a confined user: what it may not do is meant so, as a rule, and much of "+
			"it is not logged (dontaudit)", s.Domain)
		b.Line("fix", "find the record first: %s; without a boolean or a rule for it the other way is the login: %s, "+
			"which takes all confinement off it", unhide(),
			shell.New("semanage", "login", "-m").Option("-s", "unconfined_u").Arg("LOGIN"))
		return
	}
	if l.Report.Log.Stats.Unlogged {
		key := "fix"
		if l.fixOf(it) != "" {
			key = "note"
		}
		b.Line(key, "nothing is logged, as the text says: a dontaudit rule may hide it: %s", unhide())
	}
}

// confined reports whether a domain is the one of a login that is confined.
func confined(domain string) bool {
	switch domain {
	case "user_t", "staff_t", "sysadm_t", "guest_t", "xguest_t", "secadm_t", "auditadm_t", "webadm_t", "dbadm_t",
		"logadm_t":
		return true
	}
	return strings.HasSuffix(domain, "adm_t")
}
