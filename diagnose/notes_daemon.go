package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/subject"
)

// startedBy returns the program that systemd is about to start, from the comm of a process between
// fork and exec: the name of the program in brackets.
func startedBy(comm string) (program string, ok bool) {
	if strings.HasPrefix(comm, "(") {
		return strings.Trim(comm, "()"), true
	}
	return "", false
}

// daemon notes a daemon that stayed in the domain of its starter: a rule for that domain would
// apply to every daemon without its own domain.
func daemon(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	program, starting := startedBy(a.Comm)
	starting = starting && source == "init_t"
	if starting {
		program = wholeName(program, a)
		d.Starting = program
	}
	switch {
	case a.TClass == "process2":
	case starting && a.TClass == "file" && a.Has("execute") && OneLabel(target):
		d.Instead = InsteadLocal
		d.note(NoteDaemon, fmt.Sprintf("systemd is about to start %s, whose file system gives all files the label %s: "+
			"install the program on a disk of the system (/usr/local/bin), or have an interpreter start a script "+
			"(ExecStart=/bin/sh FILE)", program, target))
	case starting && a.TClass == "file" && (a.Has("execute") || a.Has("execute_no_trans")):
		text := fmt.Sprintf("systemd is about to start %s: what is refused is the label of its file, "+
			"%s; programs in /usr/bin, /usr/sbin or /usr/local/bin have labels that it may start, those in a home "+
			"or in /tmp have not", program, target)
		if d.Program == nil && (ofPlace(target) || target == "default_t" || target == "usr_t") {
			text += "; where it is to stay: semanage fcontext -a -t bin_t for the file, then restorecon -v"
		}
		d.note(NoteDaemon, text)
	case starting && strings.HasPrefix(program, "sd-"):
		d.note(NoteDaemon, fmt.Sprintf("%s is a process that systemd makes for a task of its own, as init_t", a.Comm))
	case starting && a.TClass == "key": // PAM, for the session of a user
	case starting && ofProgram(a, program): // it reads what it is to start
		startedByLink(d, a, program)
	case starting && a.Has("setattr") && fileKind(a.TClass) != 0:
		d.note(NoteDaemon, fmt.Sprintf("systemd gives what is in the directories of a unit (StateDirectory=, "+
			"CacheDirectory=, LogsDirectory= and such) to its User= before %s is started, as init_t; where the "+
			"directory itself has that owner already, it leaves all in it as it is (chown_recursive)", program))
	case starting:
		settings := "OpenFile=, StandardOutput=, EnvironmentFile=, WorkingDirectory=, StateDirectory="
		if a.Path != belowUnitRoot(a.Path) {
			settings = "ProtectSystem=, ReadWritePaths=, InaccessiblePaths=, BindPaths="
		}
		d.note(NoteDaemon, fmt.Sprintf("systemd does this for the unit before %s is started, as init_t: a setting of "+
			"the unit asks for it (as %s)", program, settings))
	case busOfSystemd(d, a):
	case isSystemd(a, e):
	case source == "init_t" && a.TClass == "process" && (a.Has("rlimitinh") || a.Has("siginh") || a.Has("noatsecure")):
		// It is systemd, which starts a program.
	case source == "init_t" && strings.HasPrefix(a.Comm, "systemd-"):
		d.note(NoteDaemon, fmt.Sprintf("%s is a program of systemd (comm is cut to 15 bytes) that runs in its domain, "+
			"init_t: an update of the policy may give it one of its own, and the rules that it needs", a.Comm))
	case source == "init_t":
		d.Leftover = source
		d.note(NoteDaemon, fmt.Sprintf("init_t is the domain of systemd: %s did not change its domain when it was "+
			"started, as a rule because its program's label has no transition", daemonName(a)))
	case subject.IsLeftover(source):
		d.Leftover = source
		d.note(NoteDaemon, fmt.Sprintf("%s is what a daemon runs as %s; a rule for %s is for all of them", source,
			undecided(source), source))
	case target != "init_t" && subject.IsLeftover(target) && overSocket(a.TClass): // that is systemd
		d.Leftover = target
		d.note(NoteDaemon, fmt.Sprintf("the other end runs as %s, as a daemon does %s", target,
			unlabelledDaemon(target)))
	case subject.IsLeftover(target) && signals(a):
		d.Leftover = target
		text := fmt.Sprintf("as a daemon does %s", undecided(target))
		if target == "init_t" {
			text = fmt.Sprintf("as systemd does itself (ps -eZ tells), and each daemon %s", undecided(target))
		}
		d.note(NoteDaemon, fmt.Sprintf("what gets the signal runs as %s, %s; a rule for %s is for all of them; "+
			"systemctl reload or kill, asked by systemd, is another way to signal a service", target, text, target))
	}
}

// daemonName names the daemon that runs as init_t.
func daemonName(a *audit.AVC) string {
	if a.Comm == "" || ofBus(a) || strings.ContainsAny(a.Comm, " .:/") { // the bus asked, or it is the name of a thread
		return "the daemon"
	}
	return a.Comm
}

// undecided says which daemons run in a domain of starters, and what gives them one of their own: a clause that
// follows "a daemon".
func undecided(typ string) string {
	if typ == "unconfined_service_t" {
		return unlabelledDaemon(typ) + ": the right label (restorecon), SELinuxContext= of its unit, or a module of " +
			"its own, gives it one"
	}
	return unlabelledDaemon(typ) + ": label that program (ls -Z, restorecon) and restart it"
}

// unlabelledDaemon is the first half of undecided: which daemons these are.
func unlabelledDaemon(typ string) string {
	if typ == "unconfined_service_t" {
		return "for which the policy has no domain, or whose program has the wrong label (ls -Z)"
	}
	return "whose program has no label of its own"
}

// signals reports whether a process wanted to signal another one. The signal 0 does nothing, and asks for
// signull.
func signals(a *audit.AVC) bool {
	return a.TClass == "process" && (a.Has("signal") || a.Has("sigkill") || a.Has("sigstop"))
}

// unstarted notes a program that runs in the kernel's own domain: nothing on such a system got a
// domain, because the kernel found no label on init.
func unstarted(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	login := e.Syscall != nil && loggedIn(e.Syscall.AUID)
	// The kernel's own threads and helpers do not ask for these.
	program := a.TClass == "user_namespace" || a.TClass == "process" && (a.Has("execmem") || a.Has("execheap") ||
		a.Has("execstack"))
	init := (a.PID == 1 || a.Comm == "systemd" || strings.HasPrefix(a.Comm, "(")) && a.Dev != "rootfs"
	if audit.ContextType(a.SContext) != "kernel_t" || !login && !program && !init {
		return
	}
	d.Instead = InsteadBoot
	d.note(NoteDaemon, "a program runs as kernel_t, the domain of the kernel itself: init did not leave it "+
		"when the system was started, and so nothing has a domain; label the whole system (fixfiles onboot, "+
		"restorecon -R /; init needs init_exec_t) and restart it before anything is allowed")
}

// loggedIn reports whether an audit user id, a number or a name, is that of a login.
func loggedIn(id string) bool {
	switch id {
	case "", "-1", "4294967295", "unset", "(unset)":
		return false
	}
	return true
}

// overSocket reports whether objects of a class have the label of the process at the other end.
func overSocket(class string) bool {
	switch class {
	case "unix_stream_socket", "unix_dgram_socket", "dbus", "fd", "fifo_file":
		return true
	}
	return false
}

// succeeded notes that the system call succeeded anyway.
func succeeded(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if e.Syscall == nil || e.Syscall.Success == nil || !*e.Syscall.Success || a.Permissive != nil && *a.Permissive {
		return
	}
	if a.Permissive != nil {
		d.Needless = true
		d.note(NoteSucceeded, "the system call succeeded (success=yes) although this was refused: the kernel asked in "+
			"passing, or the program did without; what fails is something else, and a dontaudit rule hides the record")
		return
	}
	d.note(NoteSucceeded, "the system call succeeded (success=yes): the refusal did not stop it, because it was only "+
		"logged or because the program did not need it; something else fails")
}

// behind notes the denial that comes after the logged one.
func (g *Diagnoser) behind(d *Diagnosis, a *audit.AVC) {
	if d.Instead == InsteadRuntime {
		return // nobody connects, and the labels are those of the container
	}
	if target := audit.ContextType(a.TContext); a.TClass == "sock_file" && (slices.Contains(places(), target) ||
		ofData(target)) {
		misplaced(d, a)
	}
	if target := audit.ContextType(a.TContext); a.TClass == "dir" && (target == "var_run_t" || target == "runtime_t") &&
		(a.Has("write") || a.Has("add_name")) {
		d.note(NoteBehind, fmt.Sprintf("%s is the label of /run itself: a service has a directory of its own there, "+
			"with its own label (RuntimeDirectory= of its unit, or tmpfiles.d, and restorecon)", target))
	}
	if a.TClass == "lnk_file" && d.File != nil && d.File.Wanted != "" {
		d.note(NoteBehind, fmt.Sprintf("only the link is asked for here: what it leads to is asked next, by its own "+
			"path, and needs labels as well (semanage fcontext -a -e %s DIR, restorecon -R DIR)", d.File.Path))
	}
	if a.TClass == "sock_file" {
		g.listener(d, a)
	}
}

// misplaced notes a socket with the label of a place: it has the label of the directory that it was made in.
func misplaced(d *Diagnosis, a *audit.AVC) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	if isContainer(source) || d.Verdict == NowAllowed || d.Instead == InsteadTransition {
		return
	}
	temporary := target == "tmp_t" || target == "user_tmp_t"
	if strings.HasPrefix(a.Path, "/run/user/") || temporary && a.Name == "bus" {
		d.note(NoteBehind, fmt.Sprintf("it is a socket of a person's session, in /run/user, where %s is the right "+
			"label: a service that needs the session runs as a unit of the user (systemctl --user)", target))
		return
	}
	switch {
	case temporary && a.Has("create"):
		d.Instead = InsteadRun
		d.note(NoteBehind, fmt.Sprintf("a socket labelled %s is none that %s may make: have the program make it in a "+
			"directory of its own in /run, as most have a setting for", target, source))
	case temporary:
		if !subject.IsLeftover(source) { // whose domain comes first: the socket may be its own
			d.Instead = InsteadStale
		}
		d.note(NoteBehind, fmt.Sprintf("a socket labelled %s was made in /tmp by a program without a domain of its "+
			"own, as a daemon that was started from a shell: remove the socket and start the service with "+
			"systemctl, so that the new one has the service's label; a socket in /run/NAME is better", target))
	default:
		d.Instead = InsteadRun
		what := "a place"
		if !slices.Contains(places(), target) {
			what = "data"
		}
		d.note(NoteBehind, fmt.Sprintf("%s is the label of %s, not of a service's socket: a socket gets its "+
			"own label where the service is meant to have it (as a rule in /run/NAME), or by restorecon", target, what))
	}
}

// ofData reports whether a type is named after stored data, which a socket is not.
func ofData(typ string) bool {
	return slices.ContainsFunc([]string{"_content_t", "_data_t", "_db_t", "_home_t", "_log_t", "_share_t"},
		func(end string) bool { return strings.HasSuffix(typ, end) })
}

// noNewPrivileges notes the purpose of the permissions of process2.
func noNewPrivileges(d *Diagnosis, a *audit.AVC) {
	if a.TClass != "process2" {
		return
	}
	target := audit.ContextType(a.TContext)
	d.Starter = starterOf(a.SContext, a.TContext, a.Comm)
	switch {
	case slices.Contains(d.Permissions, "nnp_transition") && d.Starter != StarterUnit:
		d.note(NoteNoNewPrivileges, fmt.Sprintf("no_new_privs is set for what starts the program: without this "+
			"permission it does not get its domain %s; the rule opens nothing else, and the other way is to start it "+
			"without no_new_privs", target))
	case slices.Contains(d.Permissions, "nnp_transition"):
		d.note(NoteNoNewPrivileges, fmt.Sprintf("the unit sets NoNewPrivileges=, or an option that implies it: "+
			"without this permission the program does not get its domain %s, and stays in that of what starts it; "+
			"the rule opens nothing else, and the other way is the unit without that option", target))
	case slices.Contains(d.Permissions, "nosuid_transition"):
		d.note(NoteNoNewPrivileges, fmt.Sprintf("the program is on a file system that is mounted nosuid: without this "+
			"permission it does not enter its domain %s", target))
	}
}

// places are labels of places that everybody uses, by the names that policies give them.
func places() []string {
	return []string{"var_t", "var_run_t", "runtime_t", "var_lib_t", "var_log_t", "tmp_t", "user_tmp_t", "user_home_t",
		"default_t", "unlabeled_t", "root_t", "srv_t", "usr_t", "etc_t", "mnt_t", "var_spool_t"}
}
