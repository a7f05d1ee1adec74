package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/subject"
)

// byLabel notes what the labels of a record tell where the policy does not have their types.
func byLabel(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if d.Verdict != UnknownHere || isAndroid(a.SContext) || isContainer(audit.ContextType(a.SContext)) ||
		d.Instead != "" || fileKind(a.TClass) == 0 || role(a.SContext) != "system_r" || a.Dev == "proc" ||
		a.Dev == "sysfs" {
		return
	}
	target := audit.ContextType(a.TContext)
	switch {
	case withoutLabel(target) && rootOfMount(a):
		d.note(NoteMeaning, fmt.Sprintf("%s is the label of files without one, here of the root of a mounted file "+
			"system", target))
	case withoutLabel(target):
		d.note(NoteMeaning, target+" is the label of files without one")
	case ofHome(target) && a.TClass == "dir" && a.Name == "root":
		d.note(NoteMeaning, fmt.Sprintf("%s is the label of homes, here of root's own: programs look there that were "+
			"started with HOME=/root", target))
	case ofHome(target) && !d.Noted(NoteMeaning):
		d.note(NoteMeaning, target+" is the label of homes: what is moved (mv) from one keeps it")
	case itself(a) && !programLabel(target):
		d.note(NoteMeaning, fmt.Sprintf("%s is the program %s itself, with the label of data (%s)",
			cmp.Or(fullPath(a, e), "FILE"), a.Comm, target))
	case misplacedFile(a, target):
		text := target + " is the label of a place, not that of the files of a service"
		if byLogin(a) {
			text += "; unconfined_u says that a program of a login made the file"
		}
		d.note(NoteMeaning, text)
	}
}

// rootOfMount reports whether a denial is about the root directory of a file system.
func rootOfMount(a *audit.AVC) bool { return a.Name == "/" && a.TClass == "dir" }

// ofHome reports whether a type is the label of files in homes, by the names that policies give it.
func ofHome(typ string) bool { return typ == "user_home_t" || typ == "admin_home_t" }

// programLabel reports whether a type is the label of programs.
func programLabel(typ string) bool { return strings.HasSuffix(typ, "_exec_t") || typ == "bin_t" }

// misplacedFile reports whether a denial is about the use of a file with the label of a place, or the change of a
// directory that has it.
func misplacedFile(a *audit.AVC, target string) bool {
	return ofPlace(target) && (a.TClass != "dir" || changesFile(a))
}

// byLogin reports whether the object of a denial was made by a program of a login, not by a service.
func byLogin(a *audit.AVC) bool { return strings.HasPrefix(a.TContext, "unconfined_u:") }

// itself reports whether a process was refused to run or to map the program that it was started from: comm is its name,
// cut to 15 bytes.
func itself(a *audit.AVC) bool {
	const most = 15
	base := path.Base(a.Path)
	return a.TClass == "file" && (a.Has("map") || a.Has("execute")) && a.Comm != "" &&
		a.Comm == base[:min(len(base), most)]
}

// withoutLabel reports whether a type is the label of files that have none, by the names that policies give it.
func withoutLabel(typ string) bool {
	return slices.Contains([]string{"unlabeled_t", "default_t", "file_t"}, typ)
}

// ofPlace reports whether a type is the label of a directory of all services and of what has no entry of its own
// there, by the names that policies give them.
func ofPlace(typ string) bool {
	return slices.Contains([]string{"var_t", "var_run_t", "runtime_t", "var_lib_t", "var_spool_t", "var_log_t",
		"var_cache_t", "srv_t"}, typ)
}

// ofProcessOnDisk notes that a file is to get the label of a process, which no file on a disk has.
func ofProcessOnDisk(d *Diagnosis, a *audit.AVC) {
	if fileKind(a.TClass) == 0 || a.Dev == "proc" || !a.Has("relabelto") || !ofProcess(a.TContext) {
		return
	}
	d.Harmless = true
	d.note(NoteMeaning, fmt.Sprintf("%s is the label of a process, as the files in /proc/PID have it: a program "+
		"copies such a file with its label, which a file on a disk cannot have; copy without labels (cp without "+
		"--preserve=context or -a, rsync without -X); the content is copied all the same",
		audit.ContextType(a.TContext)))
}

// engine notes that the engine of containers runs without its own domain: a domain for containers is to be entered
// from that of daemons without one.
func engine(d *Diagnosis, a *audit.AVC) {
	source := audit.ContextType(a.SContext)
	if a.TClass != "process" || !a.Has("transition") || !isContainer(audit.ContextType(a.TContext)) ||
		!subject.IsLeftover(source) || d.Verdict == NowAllowed {
		return
	}
	d.note(NoteDaemon, fmt.Sprintf("a container is started from %s: the engine of containers does not run in its own "+
		"domain (container_runtime_t); install container-selinux, then restorecon -v on the programs of the engine "+
		"(dockerd, containerd, crio, podman, runc, crun) and restart it", source))
}
