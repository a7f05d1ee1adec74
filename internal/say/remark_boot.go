package say

import (
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/shell"
)

// lockedOut describes a system that nobody can log in to since SELinux enforces.
func (l *Log) lockedOut() RemarkText {
	text := RemarkText{
		Head: "by the text the system lets nobody in, or does not start, since SELinux enforces",
		Why: "as a rule its files have no labels or wrong ones, where SELinux was off before: then no login and no " +
			"shell " +
			"may start; or the policy lacks rules, which permissive mode would have shown first",
		Fix: "start it once with enforcing=0 on the kernel's command line (in GRUB: e, at the line that begins with " +
			"linux); set SELINUX=permissive in /etc/selinux/config, have all files labelled (fixfiles -F onboot, or " +
			"touch " +
			"/.autorelabel) and restart; read what would be refused (next; without auditd in dmesg) and mend it; " +
			"only " +
			"then SELINUX=enforcing",
		Next: shell.New("ausearch", "-m", "avc,user_avc,selinux_err", "-ts", "boot"),
	}
	if l.Report.Log.Says(audit.RemarkOtherSystem) > 0 {
		text.Fix += "; on Debian and Ubuntu, which have AppArmor by default, the packages selinux-basics and " +
			"selinux-policy-default are needed: selinux-activate sets up the start and the labelling, and " +
			"check-selinux-installation tells what is missing"
	}
	return text
}
