package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// inHome notes that a program of a person's session changes files of a home that have the general label of homes,
// although programs have labels of their own there: a home that was copied or moved keeps the general one.
func inHome(d *Diagnosis, a *audit.AVC) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	if d.Verdict == NowAllowed || role(a.SContext) == "system_r" || role(a.SContext) == "" || !changesFile(a) ||
		target != "user_home_t" || isContainer(source) ||
		fileKind(a.TClass) == 0 || strings.HasPrefix(a.Path, "/home/") && a.TClass != "sock_file" {
		return
	}
	d.Instead = InsteadHome
	d.note(NoteDaemon, fmt.Sprintf("%s is a program of a person's session, and %s the general label of homes: a "+
		"directory of the program that was copied or moved lost its label (ls -Zd)", source, target))
}

// changesFile reports whether a denial is about a change of a file or of a directory.
func changesFile(a *audit.AVC) bool {
	return slices.ContainsFunc([]string{"write", "append", "create", "add_name", "remove_name", "unlink", "rename",
		"setattr"}, a.Has)
}

// moved notes a file in a directory of the system that has the label of homes or of temporary files, which it keeps
// where it is moved.
func moved(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	target, name := audit.ContextType(a.TContext), fullPath(a, e)
	if fileKind(a.TClass) == 0 || d.File == nil || d.Verdict == NowAllowed ||
		isContainer(audit.ContextType(a.SContext)) || a.Dev == "tmpfs" || a.Dev == "rootfs" ||
		!ofHome(target) && !ofTmp(target) || d.File.Right != "" ||
		!slices.ContainsFunc([]string{"/etc/", "/usr/", "/opt/", "/srv/", "/var/"},
			func(dir string) bool { return strings.HasPrefix(name, dir) }) || strings.Contains(name, "/tmp/") {
		return
	}
	if d.File.Wanted == "" && target != "tmp_t" && target != "user_tmp_t" && !ofHome(target) {
		return // what a service makes in a directory for temporary files of its own
	}
	d.File.Moved = true
	place, of := "/tmp", "files that are made in /tmp"
	if ofHome(target) {
		place, of = "a home", "homes"
	}
	text := fmt.Sprintf("%s is the label of %s: what is moved (mv) from %s keeps it; a script that does so is to use "+
		"mv -Z or cp, or restorecon after it", target, of, place)
	if d.File.Wanted == "" {
		text += fmt.Sprintf("; restorecon -v gives %s the label of its place", name)
	}
	if dir := path.Dir(name); strings.Count(dir, "/") > 2 {
		text += fmt.Sprintf("; restorecon -R -v %s for what else came with it", dir)
	}
	d.note(NoteMeaning, text)
}

// ofTmp reports whether a type is the label of files in /tmp, by the names that policies give it.
func ofTmp(typ string) bool { return typ == "tmp_t" || strings.HasSuffix(typ, "_tmp_t") }

// labelAllTheSame notes a label that tells nothing of its file although the policy allows the access today: the file
// did not get it from file_contexts, and others of its kind will be refused.
func labelAllTheSame(d *Diagnosis, a *audit.AVC) {
	target, f := audit.ContextType(a.TContext), d.File
	if d.Verdict != NowAllowed || f == nil || d.Program != nil || a.TClass == "dir" && !changesFile(a) && !f.Lost ||
		isContainer(audit.ContextType(a.SContext)) || a.Dev == "rootfs" || OneLabel(target) {
		return
	}
	name := cmp.Or(f.Path, "FILE")
	switch {
	case f.Wanted != "" && (f.Lost || slices.Contains(places(), target) || target == "admin_home_t"):
		d.note(NoteMeaning, fmt.Sprintf("the label is to be put right all the same: %s should be %s (%s), restorecon "+
			"-v %s", name, f.Wanted, f.From, name))
	case f.Lost:
		d.note(NoteMeaning, fmt.Sprintf("%s is the label of files without one: put it right all the same (restorecon "+
			"-v %s, or semanage fcontext first if no entry matches the path)", target, name))
	}
}
