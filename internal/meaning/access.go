package meaning

import (
	"slices"
	"strings"
)

// An Access is what was refused, in names.
type Access struct {
	// Source and Target are types.
	Source, Target string
	Class          string
	Perms          []string
	// Name is the last part of a file's path, "" if it is not known.
	Name string
	// Path is the path of the object on the host, "" if it is not known.
	Path string
	// Module is the alias of the kernel module that a module_request is for, "" if it is
	// not known.
	Module string
	// Command is the ioctl command, nil if it is not known.
	Command *uint16
	// Inode is the kernel's name of an anonymous inode: io_uring, userfaultfd or secretmem. It is "" for
	// other objects.
	Inode string
	// Succeeded says that the system call did its work all the same.
	Succeeded bool
}

func (a *Access) has(perms ...string) bool {
	return slices.ContainsFunc(perms, func(perm string) bool { return slices.Contains(a.Perms, perm) })
}

// Sentences say what the permissions are for, and what comes before a rule; none where
// the names say it all.
func (a *Access) Sentences() []string {
	if c := a.control(); c != nil && (!a.has("connectto") || a.Target == "init_t") {
		return []string{c.text}
	}
	switch a.Class {
	case "capability", "cap_userns", "capability2", "cap2_userns":
		return a.capabilities()
	case "process":
		return a.process()
	case "file", "chr_file", "blk_file":
		if s := a.file(); s != nil {
			return s
		}
		return a.ofSystem()
	case "dir", "lnk_file":
		if a.byteCode() {
			return []string{"Python keeps the byte code of its modules beside them (__pycache__) where it finds " +
				"none: it works without; compile them when they are installed (python3 -m compileall), or set " +
				"PYTHONDONTWRITEBYTECODE=1"}
		}
		return a.ofSystem()
	case "unix_stream_socket":
		if a.has("connectto") {
			return a.connectTo()
		}
	case "dbus":
		return a.bus()
	case "system":
		if a.has("module_request") {
			return a.moduleRequest()
		}
		return a.systemd()
	case "service":
		return a.systemd()
	case "bpf":
		text := "bpf: " + a.list(bpfPerms())
		if a.has("prog_load") {
			text += "; it runs in the kernel and sees what the kernel sees, so that few domains may"
		}
		return []string{text}
	case "anon_inode":
		return a.anonInode()
	case "io_uring":
		return []string{"io_uring: " + a.list(ioURingPerms())}
	case "filesystem":
		if a.ofContainer() {
			return []string{"the object has " + a.Source + ", the label of a process, as the files in /proc/PID have " +
				"it, as where a program in a container opens its output (/dev/stdout, /dev/stderr); it works all the " +
				"same as a rule"}
		}
		if a.has("associate") {
			return []string{"associate is asked when a file gets a label: the first type is that label, the second " +
				"that of the file system, which may hold only files with some labels"}
		}
	case "user_namespace":
		return []string{"a user namespace is how sandboxes (browsers, bwrap), rootless containers and " +
			"PrivateUsers= of a unit begin; it opens parts of the kernel that only root reaches otherwise, so " +
			"allow it to programs that need it, not to all"}
	case "key":
		return a.key()
	case "sem", "shm", "msgq":
		return []string{"an object of System V IPC (ipcs) keeps the domain of the program that made it, and another " +
			"program finds it by its key: remove it (ipcrm), and have the program that is to own it make it first, " +
			"or run both in one domain, as a job of a service by a timer of its unit"}
	case "service_manager", "hwservice_manager", "binder", "property_service", "keystore2", "keystore2_key",
		"drmservice":
		return a.android()
	case "lockdown":
		return []string{"lockdown keeps even root from changing the running kernel; the class is gone since Linux 5.16"}
	case "perf_event":
		return []string{"perf_event is for measuring and tracing: perf, and tools of BPF"}
	}
	if a.has("ioctl") {
		return a.ioctl()
	}
	return nil
}

// A hint is a sentence for an access that has one of the permissions, unless a condition holds.
type hint struct {
	perms  []string
	unless bool
	text   string
}

// first returns the sentence of the first hint that is for the access.
func (a *Access) first(hints []hint) []string {
	for _, h := range hints {
		if a.has(h.perms...) && !h.unless {
			return []string{h.text}
		}
	}
	return nil
}

// list says what each of the permissions is for that a table knows.
func (a *Access) list(table map[string]string) string {
	var parts []string
	for _, perm := range a.Perms {
		if text := table[perm]; text != "" {
			parts = append(parts, perm+" is to "+text)
		}
	}
	if len(parts) == 0 {
		return strings.Join(a.Perms, ", ")
	}
	return strings.Join(parts, ", ")
}

func bpfPerms() map[string]string {
	return map[string]string{
		"map_create": "make a map", "map_read": "read a map", "map_write": "write a map",
		"prog_load": "load a program", "prog_run": "use a program that another domain loaded",
	}
}

func ioURingPerms() map[string]string {
	return map[string]string{
		"override_creds": "act with the credentials of another ring", "sqpoll": "have the kernel poll for requests",
		"cmd": "send a device or a socket commands, as ioctl() does", "allowed": "use a ring at all",
	}
}

// Harmless reports whether programs ask so in passing and do without what is refused.
func (a *Access) Harmless() bool {
	switch a.Class {
	case "process":
		return a.choosesLabel()
	case "dir":
		return a.byteCode()
	case "filesystem":
		return a.ofContainer()
	case "system":
		return a.has("module_request") && (a.Module == "net-pf-10" || strings.HasPrefix(a.Module, "netdev-"))
	case "capability", "capability2":
		return a.Succeeded && a.has("sys_admin", "sys_resource", "net_admin", "block_suspend", "wake_alarm")
	}
	return false
}

// ofContainer reports whether an object with the label of a process in a container is to be kept on a file system.
func (a *Access) ofContainer() bool {
	switch a.Source {
	case "container_t", "container_init_t", "svirt_lxc_net_t", "spc_t", "container_kvm_t", "container_userns_t",
		"pod_t":
		return a.Class == "filesystem" && a.has("associate")
	}
	return false
}

// Optional reports whether programs often do without what is refused, so that only what fails tells whether
// they need it: they list processes, look at directories and mounts, or try a faster way first.
func (a *Access) Optional() bool {
	switch a.Class {
	case "capability", "cap_userns":
		return a.only("sys_ptrace", "net_admin", "sys_resource")
	case "capability2", "cap2_userns":
		return a.only("block_suspend", "wake_alarm")
	case "dir", "filesystem":
		return a.only("getattr", "search", "quotaget")
	case "file", "lnk_file", "chr_file", "blk_file", "fifo_file", "sock_file":
		return a.only("getattr") && !a.Control() || a.processors() || a.looksForSELinux() || a.pressure()
	case "anon_inode", "io_uring":
		return strings.Contains(a.Class+a.Target+a.Inode, "uring")
	case "process":
		return a.only("signull", "sigchld", "getsched", "getsession", "getpgid", "getattr")
	}
	return false
}

// only reports whether the access has none but these permissions.
func (a *Access) only(perms ...string) bool {
	return !slices.ContainsFunc(a.Perms, func(perm string) bool { return !slices.Contains(perms, perm) })
}

func (a *Access) anonInode() []string {
	name := a.Target + " " + a.Inode
	switch {
	case strings.Contains(name, "uring"):
		return []string{"an io_uring is a ring for system calls that do not wait; programs that find none use the " +
			"usual calls as a rule, so look whether anything fails before it is allowed"}
	case strings.Contains(name, "userfault") || strings.Contains(name, "uffd"):
		return []string{"userfaultfd() lets a program handle its own page faults (live migration, CRIU, garbage " +
			"collectors)"}
	case strings.Contains(name, "secretmem"):
		return []string{"memfd_secret() makes memory that even the kernel does not map"}
	}
	return nil
}

func (a *Access) key() []string {
	const text = "a key or keyring of the kernel (keyctl): pam_keyinit, Kerberos, disk encryption, and file systems " +
		"keep secrets there; "
	if a.Target == "unlabeled_t" {
		return []string{text + "the one that is made here has no valid label: who makes it set none that the policy " +
			"has, as an engine for a container without one (label=disable)"}
	}
	return []string{text + "the target is the domain that made it, and a lookup (search) goes through the keyrings " +
		"of the session"}
}
