package say

import (
	"slices"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// sudoText says what to do for a service that runs sudo, su or runuser, "" for others.
func sudoText(d *diagnose.Diagnosis, source string) string {
	s := d.Sudo
	if s == nil || d.Instead != diagnose.InsteadSudo {
		return ""
	}
	const otherwise = "have a unit or timer of systemd do what needs root and leave the result in a file, or give " +
		"the command a domain of its own"
	switch {
	case s.Drops:
		text := "none is offered: it only becomes another user, which is done without su or runuser: su " +
			"USER GROUP in the stanza of logrotate, User= in a unit (or a timer in place of a job of cron), the " +
			"crontab of that user"
		if slices.Contains(d.Permissions, "setuid") || slices.Contains(d.Permissions, "setgid") {
			text += words.Sprintf("; a rule would let %s become every user", source)
		}
		return text
	case s.Boolean != "" && s.Here:
		return words.Sprintf("the boolean that the policy has for it: %s, which lets %s run sudo; without it %s",
			shell.New("setsebool", "-P").Arg(s.Boolean+"=on"), source, otherwise)
	case s.Boolean != "":
		return words.Sprintf("the boolean %s, where the policy there has it, which lets %s run sudo: %s; else %s",
			s.Boolean, source, shell.New("setsebool", "-P").Arg(s.Boolean+"=on"), otherwise)
	}
	return ""
}
