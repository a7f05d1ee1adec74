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
		d.Instead != "" {
		return
	}
	if a.Has("dac_override") || a.Has("dac_read_search") {
		d.note(NoteMeaning, "the kernel asks for it where owner and mode of a file refuse root: first find the file "+
			"(a PATH record names it; auditctl -w /etc/shadow -p w makes the kernel log such records) and put its "+
			"owner or mode right")
		return
	}
	if fileKind(a.TClass) == 0 || role(a.SContext) != "system_r" || a.Dev == "proc" || a.Dev == "sysfs" {
		return
	}
	target, file := audit.ContextType(a.TContext), cmp.Or(fullPath(a, e), "FILE")
	switch {
	case withoutLabel(target) && a.Name == "/" && a.TClass == "dir":
		d.note(NoteMeaning, fmt.Sprintf("%s is the label of files without one, here of the root of a mounted file "+
			"system: restorecon -R -v on its mount point, or for one without labels of its own the mount option "+
			"context=; no rule for %s, which would be for all files without a label", target, target))
	case withoutLabel(target):
		d.note(NoteMeaning, fmt.Sprintf("%s is the label of files without one: restorecon -v %s, and semanage "+
			"fcontext first if no entry matches the path; no rule for %s, which would be for all of them", target, file,
			target))
	case target == "user_home_t" || target == "admin_home_t":
		d.note(NoteMeaning, fmt.Sprintf("%s is the label of homes: what is moved (mv) from one keeps it, and "+
			"restorecon -v %s gives it the label of its place; what is in a home is to be moved to where the service "+
			"has its files", target, file))
	case itself(a) && !strings.HasSuffix(target, "_exec_t") && target != "bin_t":
		d.note(NoteMeaning, fmt.Sprintf("%s is the program %s itself, with the label of data (%s): a service that may "+
			"write its data is not to run it; semanage fcontext -a -t bin_t for the file, then restorecon -v", file,
			a.Comm, target))
	case ofPlace(target) && a.TClass != "dir" || ofPlace(target) && changesFile(a):
		what := file
		if !strings.HasPrefix(file, "/") { // what is made in a directory has the label of the directory
			what = "the FILE and its directory"
		}
		text := fmt.Sprintf("%s is the label of a place, not that of the files of a service: restorecon -R -v on %s "+
			"gives the label that the policy has for the path; if it changes nothing, semanage fcontext with a type "+
			"of %s; a rule for %s would be for the files of all services there", target, what,
			audit.ContextType(a.SContext), target)
		if strings.HasPrefix(a.TContext, "unconfined_u:") {
			text += "; unconfined_u says that a program of a login made it: start the service with systemctl, so " +
				"that it makes its files itself"
		}
		d.note(NoteMeaning, text)
	}
}

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
