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
		d.Starting = program
	}
	switch {
	case a.TClass == "process2":
	case starting && a.TClass == "file" && (a.Has("execute") || a.Has("execute_no_trans")):
		d.note(NoteDaemon, fmt.Sprintf("systemd is about to start %s: what is refused is the label of its file, "+
			"%s; programs in /usr/bin, /usr/sbin or /usr/local/bin have labels that it may start, those in a home "+
			"or in /tmp have not", program, target))
	case starting:
		d.note(NoteDaemon, fmt.Sprintf("systemd does this for the unit before %s is started, as init_t: a setting of "+
			"the unit asks for it (as OpenFile=, StandardOutput=, EnvironmentFile=, WorkingDirectory=, "+
			"StateDirectory=)",
			program))
	case isSystemd(a, e):
	case subject.IsLeftover(source):
		d.Leftover = source
		d.note(NoteDaemon, fmt.Sprintf("%s is what a daemon runs as whose program has no label of its own: label the "+
			"program (ls -Z, restorecon) and restart it; a rule for %s is for all of them", source, source))
	case target != "init_t" && subject.IsLeftover(target) && overSocket(a.TClass): // that is systemd
		d.Leftover = target
		d.note(NoteDaemon, fmt.Sprintf("the other end runs as %s, as a daemon does whose program has no label of its "+
			"own: label that program (ls -Z, restorecon) and restart it; a rule for %s is for all of them", target,
			target))
	}
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
func behind(d *Diagnosis, a *audit.AVC) {
	if a.TClass == "sock_file" && slices.Contains(places(), audit.ContextType(a.TContext)) {
		d.note(NoteBehind, fmt.Sprintf("%s is the label of a place, not of a service's socket: a socket gets its "+
			"own label where the service is meant to have it (as a rule in /run/NAME), or by "+
			"restorecon", audit.ContextType(a.TContext)))
	}
	if target := audit.ContextType(a.TContext); a.TClass == "dir" && (target == "var_run_t" || target == "runtime_t") &&
		(a.Has("write") || a.Has("add_name")) {
		d.note(NoteBehind, fmt.Sprintf("%s is the label of /run itself: a service has a directory of its own there, "+
			"with its own label (RuntimeDirectory= of its unit, or tmpfiles.d, and restorecon)", target))
	}
	if a.TClass == "sock_file" && slices.Contains(d.Permissions, "write") {
		d.note(NoteBehind, "after the sock_file the kernel checks connectto on the domain that listens: if that "+
			"is denied too, it is logged next")
	}
}

// noNewPrivileges notes the purpose of the permissions of process2.
func noNewPrivileges(d *Diagnosis, a *audit.AVC) {
	if a.TClass != "process2" {
		return
	}
	target := audit.ContextType(a.TContext)
	switch {
	case slices.Contains(d.Permissions, "nnp_transition"):
		d.note(NoteNoNewPrivileges, fmt.Sprintf("the unit sets NoNewPrivileges=, or an option that implies it: "+
			"without this permission the program does not get its domain %s, and stays in that of what starts it; "+
			"the rule opens nothing else, and the other way is the unit without that option", target))
	case slices.Contains(d.Permissions, "nosuid_transition"):
		d.note(NoteNoNewPrivileges, fmt.Sprintf("the program is on a file system that is mounted nosuid: without this "+
			"permission it does not enter its domain %s", target))
	}
}

// volume notes that a container accessed a file of the host: usually one of a volume.
func volume(d *Diagnosis, a *audit.AVC) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	container := isContainer(source)
	switch {
	case a.TClass != "file" && a.TClass != "dir" && a.TClass != "lnk_file" && a.TClass != "sock_file":
	case !container && (target == "container_file_t" || target == "svirt_sandbox_file_t"):
		d.note(NoteVolume, fmt.Sprintf("%s is what :z or :Z gives a volume: a container was started with this "+
			"file or its directory; restorecon -R gives it back, and the container may not use it then", target))
	case !container || d.Verdict == NowAllowed:
	case otherContainer(a):
		d.note(NoteVolume, fmt.Sprintf("the file has the categories of another container, as :Z gives them: mount a "+
			"volume that containers share with :z, or start this container with the level of the other "+
			"(--security-opt label=level:%s)", low(a.TContext)))
	case oneLabel(target):
		d.note(NoteVolume, fmt.Sprintf("all files of such a file system have one label (%s), which :z and :Z cannot "+
			"change: a boolean, if the policy has one, or the mount option context=", target))
	case strings.HasPrefix(target, "container_") || strings.HasPrefix(target, "svirt_"):
	default:
		d.note(NoteVolume, fmt.Sprintf("a container may not use files of the host, such as %s: mount a volume with :Z "+
			"(for this container alone) or :z (for all containers), which labels it; never do so with a home or a "+
			"directory of the system, for which udica can make a policy", target))
	}
}

// device notes what a container asks for that is more than a file: a device, or the socket of the
// runtime.
func device(d *Diagnosis, a *audit.AVC) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	if !isContainer(source) || d.Verdict == NowAllowed {
		return
	}
	switch {
	case (a.TClass == "chr_file" || a.TClass == "blk_file") && target != "container_file_t":
		d.note(NoteVolume, "a container uses a device: --device gives it the node, and SELinux asks beside it; the "+
			"boolean container_use_devices opens all devices to all containers, a policy by udica this one to one")
	case a.TClass == "sock_file" && ofRuntime(target):
		d.HostSocket = true
		d.note(NoteVolume, fmt.Sprintf("the socket has the label of a container runtime's, %s: who may talk to a "+
			"runtime has the host; start only a container that is to have it with "+
			"--security-opt label=type:spc_t or label=disable, and give containers no rule for it", target))
	case a.Has("connectto") && (strings.HasPrefix(target, "container_runtime") || strings.HasPrefix(target, "docker") ||
		target == "unconfined_t" || target == "init_t" || target == "unconfined_service_t"):
		d.HostSocket = true
		d.note(NoteVolume, fmt.Sprintf("the socket is that of %s: who may talk to a container runtime, or to a "+
			"service "+
			"that is not confined, has the host; start only a container that is to have it with "+
			"--security-opt label=type:spc_t or label=disable, and give containers no rule for it", target))
	}
}

// ofRuntime reports whether a label is that of the sockets and files in /run of a container runtime, by the
// names that policies give them.
func ofRuntime(typ string) bool {
	switch typ {
	case "container_var_run_t", "container_runtime_var_run_t", "docker_var_run_t", "container_runtime_tmp_t":
		return true
	}
	return false
}

// otherContainer reports whether the object of a container's denial has the categories of another
// container.
func otherContainer(a *audit.AVC) bool {
	target := audit.ContextType(a.TContext)
	own, other := low(a.SContext), low(a.TContext)
	return (target == "container_file_t" || target == "svirt_sandbox_file_t") && strings.Contains(other, ":") &&
		own != other
}

// low returns the low level of a context, "" if it has none.
func low(context string) string {
	parts := strings.SplitN(context, ":", 4)
	if len(parts) < 4 {
		return ""
	}
	level, _, _ := strings.Cut(parts[3], "-")
	return level
}

// isContainer reports whether a domain is one that runtimes start containers in.
func isContainer(domain string) bool {
	switch domain {
	case "container_t", "container_init_t", "svirt_lxc_net_t", "spc_t", "container_kvm_t", "container_userns_t":
		return true
	}
	return false
}

// oneLabel reports whether a type is the label of all files of a file system that keeps
// no labels, by the names that policies give them.
func oneLabel(typ string) bool {
	return slices.Contains([]string{
		"nfs_t", "cifs_t", "fusefs_t", "dosfs_t", "iso9660_t", "vmblock_t", "hugetlbfs_t", "removable_t", "noxattrfs_t",
		"ceph_t", "glusterfs_t", "virtiofs_t", "9p_t",
	}, typ)
}

// places are labels of places that everybody uses, by the names that policies give them.
func places() []string {
	return []string{"var_t", "var_run_t", "runtime_t", "var_lib_t", "var_log_t", "tmp_t", "user_tmp_t", "user_home_t",
		"default_t", "unlabeled_t", "root_t", "srv_t", "usr_t", "etc_t", "mnt_t", "var_spool_t"}
}
