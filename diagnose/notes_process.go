package diagnose

import (
	"fmt"
	"path"
	"slices"

	"github.com/senet-selinux/senet/audit"
)

// entryOfProcess notes that the object is in /proc/PID of another process: its label is the domain of that process.
// Programs that look who else runs do without. Nobody makes anything in a directory there.
func (g *Diagnoser) entryOfProcess(d *Diagnosis, a *audit.AVC, source, target string) {
	switch a.TClass {
	case "file", "dir", "lnk_file":
	default:
		return
	}
	if !ofProcess(a.TContext) || target == source || isContainer(source) || !inProc(a) || a.Has("relabelto") {
		return
	}
	text := fmt.Sprintf("it is a part of /proc/PID of a process that runs as %s, where programs look "+
		"who else runs; a rule would be for all processes in %s", target, target)
	switch {
	case a.TClass == "dir" && changesFile(a) && !a.Has("setattr"):
		d.Harmless, d.Leftover = true, "" // a domain for the service changes nothing here
		d.Notes = slices.DeleteFunc(d.Notes, func(n Note) bool { return n.Code == NoteDaemon })
		text = fmt.Sprintf("it is a directory in /proc/PID of a process that runs as %s, with the label of that "+
			"process: nothing can be made there, with SELinux or without, and no label can be given; report it to "+
			"the makers of the program that asks", target)
	case changesFile(a):
		return
	default:
		d.Optional = true
	}
	if name := path.Base(a.Name); a.Name != "" && isNumber(name) {
		text += fmt.Sprintf("; the name is its PID (ps -Z -p %s, while it runs)", name)
	}
	d.note(NoteMeaning, text)
}

// inProc reports whether an object with the label of a process is in /proc, by its record. Reports of setroubleshoot
// have no device, and only the last name.
func inProc(a *audit.AVC) bool {
	return a.Dev == "proc" || a.Dev == "" && !a.User && !path.IsAbs(a.Path)
}

func isNumber(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
