package say

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// startFix says what to do about a program that systemd could not execute, "" where SELinux allows it.
func (l *Log) startFix(d *diagnose.SymptomDiagnosis) string {
	if d.Verdict == diagnose.NowAllowed || d.Verdict == diagnose.OnlyLogged ||
		d.Program != "systemd" && d.Refused() == nil {
		return ""
	}
	if d.Caller != nil {
		return callerFix(l, d)
	}
	here := AccessFixes{AccessFixes: &senet.AccessFixes{}, Elsewhere: l.Image != "", Image: l.Image, Type: l.ImageType}
	restore := here.RelabelCommand(object.Place{Tree: d.Path})
	if d.Usual != "" {
		return words.Sprintf("restore the label %s: %s", d.Usual, restore)
	}
	label := words.Sprintf("%s; %s", labelEntry(l.Report, "bin_t", regexp.QuoteMeta(d.Path), "f"), restore)
	move := "install the program in /usr/local/bin, and restorecon it there; " +
		"or give it the label of programs where it is: " + label
	if domain := l.afterStart(d); domain != "" {
		move += words.Sprintf(" (%s, as which it then runs, may not read what else it needs in the home)", domain)
	}
	switch {
	case len(d.Checks) > 0 && d.Refused() == nil:
		typ := l.targetType(&d.Checks[0])
		if !typeOfPrograms(typ) {
			return words.Sprintf("if the policy of that host does not let systemd execute files labelled %s, as "+
				"Fedora's and RHEL's: %s; else look at the mode, and at a mount with noexec", typ, move)
		}
		return words.Sprintf("look at the label (next): if it is not %s, %s; else at the mode, at the interpreter in "+
			"its first line, and at a mount with noexec", typ, restore)
	case len(d.Checks) == 0 && ofPrograms(d.Path):
		return words.Sprintf("look at the label (next): %s gives the file the one of its place", restore)
	}
	return move
}

// typeOfPrograms reports whether a type is one that files have which systemd starts.
func typeOfPrograms(typ string) bool {
	return strings.HasSuffix(typ, "_exec_t") || typ == "bin_t" || typ == "usr_t" || typ == "lib_t"
}

// ofPrograms reports whether a path is in a directory that file_contexts has for programs.
func ofPrograms(name string) bool {
	return slices.Contains([]string{"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin",
		"/usr/libexec", "/usr/local/libexec"}, path.Dir(name))
}

// step describes what systemd was refused before it started the program of a unit.
func (l *Log) step(b *words.Page, it *incident.Finding) shell.Command {
	s := it.Event.Symptom
	deed, fix := stepWords(s.Step)
	b.Line("?", "systemd was refused to %s, by SELinux or by something else", deed)
	b.Line("seen", "%s, in the log of systemd: %s", seen(it), shorten(s.Text))
	b.Line("why", "the line does not say the labels of what was refused; its record in the audit log has them: "+
		"systemd itself does it (init_t as a rule), before the program of the unit runs")
	if fix != "" {
		b.Line("fix", "%s", fix)
	}
	_, rest, _ := strings.Cut(s.Text, " spawning ")
	program, _, _ := strings.Cut(rest, ": ")
	if base := path.Base(program); strings.HasPrefix(program, "/") && len(base) <= longestComm-len("()") {
		return shell.New("ausearch", "-m", "avc", "-c").Arg("("+base+")").Flag("-ts", "recent")
	}
	return Recent()
}

// longestComm is the number of bytes that the kernel keeps of the name of a process.
const longestComm = 15

// stepWords returns what systemd does in a step, as words that follow "to", and what to look at first.
func stepWords(step string) (deed, fix string) {
	directory := func(what, option, place string) (string, string) {
		return words.Sprintf("make or take over the %s directory of a unit (%s=, in %s)", what, option, place),
			words.Sprintf("give the directory the label of file_contexts: %s (and what is in %s/private, with "+
				"DynamicUser=); NAME is what %s= of the unit says",
				shell.New("restorecon", "-Rv").Arg(place+"/NAME"), place, option)
	}
	file := func(which, option string) (string, string) {
		return words.Sprintf("open the standard %s of a unit (%s=)", which, option),
			words.Sprintf("if %s= names a file (systemctl cat UNIT): keep it in /var/log with the label of "+
				"file_contexts (restorecon), or let the journal have it", option)
	}
	switch step {
	case "STATE_DIRECTORY":
		return directory("state", "StateDirectory", "/var/lib")
	case "CACHE_DIRECTORY":
		return directory("cache", "CacheDirectory", "/var/cache")
	case "LOGS_DIRECTORY":
		return directory("log", "LogsDirectory", "/var/log")
	case "RUNTIME_DIRECTORY":
		return directory("runtime", "RuntimeDirectory", "/run")
	case "CONFIGURATION_DIRECTORY":
		return directory("configuration", "ConfigurationDirectory", "/etc")
	case "CHDIR":
		return "change into the directory of a unit (WorkingDirectory=)",
			"look at the label of that directory (ls -Zd): with that of file_contexts (restorecon -v) systemd may " +
				"pass most places but homes; for a service /srv, /var/lib or /opt is the place"
	case "STDOUT":
		return file("output", "StandardOutput")
	case "STDERR":
		return file("error output", "StandardError")
	case "STDIN":
		return file("input", "StandardInput")
	case "NAMESPACE":
		return "set up the mounts of a unit (PrivateTmp=, ProtectSystem=, BindPaths= and their like)",
			"find the directory in the record; one without its label of file_contexts gets it: restorecon -v DIRECTORY"
	case "CREDENTIALS":
		return "set up the credentials of a unit (LoadCredential=, SetCredential=)",
			"the files that LoadCredential= names need the label of their place, as /etc has it (restorecon -v)"
	case "SELINUX_CONTEXT":
		return "give a unit the context of SELinuxContext=",
			"the policy must let systemd change to that domain, and the program be its entry: without that option " +
				"the label of the program decides"
	case "KEYRING":
		return "make the keyring of a unit (KeyringMode=)", ""
	case "USER", "GROUP":
		return "change to the user or the group of a unit (User=, Group=)", ""
	}
	return "do the step " + step + " before the program of a unit", ""
}
