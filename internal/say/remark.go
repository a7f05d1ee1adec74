package say

import (
	"regexp"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// A RemarkText is what a line about SELinux itself means. Why and Fix may be empty.
type RemarkText struct {
	Head, Why, Fix string
	Next           shell.Command
}

// Remark returns what a line about SELinux itself means, and what to do.
func (l *Log) Remark(m *audit.Remark) RemarkText {
	name := func(i int) string {
		if i < len(m.Names) {
			return m.Names[i]
		}
		return ""
	}
	if text, ok := l.toolRemark(m, name); ok {
		return text
	}
	if text, ok := l.contextRemark(m, name); ok {
		return text
	}
	switch m.Code {
	case audit.RemarkAppArmor:
		return l.appArmor(name(0), name(1), name(2))
	case audit.RemarkPolkit:
		return RemarkText{Head: "polkit refused it, not SELinux: it wants a password, and may not ask for it there",
			Why:  "systemd asks SELinux first, and polkit only if SELinux lets it pass",
			Fix:  "do it as root (sudo), or give the user a rule of polkit for that action (/etc/polkit-1/rules.d)",
			Next: shell.New("journalctl", "-u", "polkit")}
	case audit.RemarkNotStarted:
		return l.notStarted(name(0), name(1))
	case audit.RemarkWorksOff:
		text := RemarkText{Next: Recent(), Fix: "setenforce 1 again, repeat what fails, and read the record " +
			"(next): it names what a label, a boolean or a rule has to allow; if there is none, a dontaudit rule " +
			"hides it: semodule -DB, repeat, read, semodule -B"}
		if l.Report.Log.Stats.Unlogged {
			text.Fix = words.Sprintf("setenforce 1 again; nothing is logged, as the text says, so a dontaudit rule "+
				"may hide it: %s; the record names what a label, a boolean or a rule has to allow", unhide())
			text.Next = shell.Command{}
		}
		text.Head = "SELinux refuses it, as the text says that it works while SELinux is permissive or disabled"
		if len(l.Report.Findings) > 0 {
			text.Head = "the text says that it works while SELinux is permissive or disabled: then SELinux refuses it"
		}
		return text
	case audit.RemarkFailsOff:
		text := RemarkText{Head: "the text says that it fails while SELinux is permissive or disabled too: then " +
			"SELinux is not the cause", Why: "the one exception is a program that asks SELinux itself and heeds " +
			"the answer in permissive mode too, which is rare", Fix: notSELinux}
		if l.Report.Denials > 0 {
			text.Why = "what is denied above is another matter, or one of several causes"
		}
		return text
	case audit.RemarkLockedOut:
		return l.lockedOut()
	case audit.RemarkSaidOff:
		return RemarkText{Head: "the text says that SELinux does not enforce there: then it refuses nothing " +
			"(sestatus tells)", Fix: notSELinux}
	}
	return RemarkText{Head: "a line about SELinux"}
}

// notSELinux says where to look for the cause of a failure that is not SELinux's.
const notSELinux = "look at owner and mode of each directory (namei -l PATH), at the options of the unit (User=, " +
	"ProtectHome=, ProtectSystem=, ReadWritePaths=), at mounts (ro, noexec), and where AppArmor is in force at " +
	"aa-status"

// appArmor describes a record of AppArmor.
func (l *Log) appArmor(profile, operation, file string) RemarkText {
	text := RemarkText{Next: shell.New("aa-status"),
		Why: "AppArmor writes its records with the number of SELinux's (type 1400, AVC); a change of the SELinux " +
			"policy or of labels does nothing about them",
		Fix: "add what is missing to the profile (a file of that name in /etc/apparmor.d/local, then apparmor_parser " +
			"-r on the profile), or let aa-logprof ask"}
	what := "refused something"
	if operation != "" {
		what = "refused " + operation
	}
	if file != "" {
		what += " of " + file
	}
	if profile != "" {
		what += words.Sprintf(" by the profile %s", profile)
	}
	text.Head = words.Sprintf("AppArmor, not SELinux, %s", what)
	return text
}

// notStarted describes systemd's status 203/EXEC.
func (l *Log) notStarted(program, unit string) RemarkText {
	who, look := "the program of a unit", shell.New("namei", "-l", "FILE")
	if unit != "" {
		who = "the program of " + unit
	}
	var text RemarkText
	if program != "" {
		who, look = program, shell.New("namei", "-l").Arg(program)
		text.Next = look
	}
	text.Head = words.Sprintf("systemd could not execute %s (status 203/EXEC)", who)
	log := l.Report.Log
	off := log.Says(audit.RemarkSaidOff)+log.Says(audit.RemarkFailsOff)+log.Says(audit.RemarkOtherSystem) > 0 ||
		log.Stats.Disabled
	text.Why = "the file is not there, has no x for the user of the unit, lies on a mount with noexec, is a " +
		"script whose first line names no interpreter that exists, or is for another machine"
	text.Fix = words.Sprintf("look at owner and mode of the file and each directory (%s), at its kind and first line "+
		"(file, head -1), and at User= and ProtectHome= of the unit", look)
	if !off {
		text.Why += "; with SELinux: its label is of no program (a file in a home, or moved from one)"
		text.Fix += "; where SELinux enforces, ausearch -m avc -ts recent has a record with execute if it " +
			"refused: then " + programPlace(program)
	} else {
		text.Why += "; SELinux is not the cause where it does not enforce"
	}
	return text
}

// programPlace says what to do about a program that SELinux does not let systemd execute: restorecon helps only where
// file_contexts has a label of programs.
func programPlace(program string) string {
	if program == "" {
		return "restorecon -v on a file in a directory of programs (/usr); one in a home, /tmp, /mnt or /srv gets no " +
			"label of programs by it: move it to /usr/local/bin"
	}
	for _, dir := range [...]string{"/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/opt/"} {
		if strings.HasPrefix(program, dir) {
			return words.Sprintf("%s, or keep it in /usr/local/bin", shell.New("restorecon", "-v").Arg(program))
		}
	}
	return words.Sprintf("move it to /usr/local/bin, with restorecon there; where it is, its own label by restorecon "+
		"is none of programs: %s; %s",
		shell.New("semanage", "fcontext", "-a", "-t", "bin_t").Arg(regexp.QuoteMeta(program)),
		shell.New("restorecon", "-v").Arg(program))
}

// remarks writes the remarks of a log, behind the findings. It reports whether there were any.
func (l *Log) remarks(b *words.Page) bool {
	for i := range l.Report.Remarks {
		m := &l.Report.Remarks[i]
		if i > 0 || len(l.Report.Findings) > 0 {
			b.Printf("\n")
		}
		text := l.Remark(m)
		key := "?"
		if m.Code == audit.RemarkSaidOff {
			key = "NONE"
		}
		b.Line(key, "%s", text.Head)
		b.Line("seen", "%s, line %s: %s", times(m.Count), Number(int(m.Line)), shorten(m.Text))
		if text.Why != "" {
			b.Line("why", "%s", text.Why)
		}
		if text.Fix != "" {
			b.Line("fix", "%s", text.Fix)
		}
		b.Command("next", text.Next)
	}
	return len(l.Report.Remarks) > 0
}

// times says how often something was seen.
func times(n int64) string {
	if n <= 1 {
		return "once"
	}
	return Number(int(n)) + " times"
}

// byWhom says who may have refused what a program complains of.
func byWhom(log *incident.Log) string {
	switch {
	case log.Says(audit.RemarkFailsOff) > 0:
		return ", hardly by SELinux: the text says that it fails without it too"
	case log.Says(audit.RemarkWorksOff) > 0:
		return ", by SELinux: the text says that it works without it"
	}
	return ", by SELinux or by something else"
}
