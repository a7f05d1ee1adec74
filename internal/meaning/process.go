package meaning

import "strings"

// process says what permissions on processes are for.
func (a *Access) process() []string {
	list := a.first([]hint{
		{perms: []string{"execheap"}, text: "execheap is to make the heap executable: no program needs that, it is a " +
			"fault of the program or of a library, or an attack; Linux 6.6 to 6.10 asked for it wrongly for memory " +
			"beside the heap, until the releases of August 2024"},
		{perms: []string{"execstack"}, text: "execstack is to make the stack executable: the program or a library " +
			"that it loads is marked as one that needs it (GNU_STACK RWE), as a rule by mistake, as where a part in " +
			"assembler lacks the mark that it does without"},
		{perms: []string{"execmem"}, text: "execmem is for memory that is writable and executable at once: compilers " +
			"at run time (Java, JavaScript, PCRE, LuaJIT, Mono) want it, and so does injected code; often the " +
			"program has a setting without it (pcre.jit=0, --jitless)"},
		{perms: []string{"transition", "dyntransition"}, text: "a process changes its domain: besides transition the " +
			"new domain needs entrypoint on the program's label, and the old one execute; role and user must fit " +
			"as well"},
		{perms: []string{"ptrace"}, text: "ptrace is to trace a process or read its memory (gdb, strace, " +
			"/proc/PID/mem)"},
		{perms: []string{"noatsecure", "rlimitinh", "siginh"}, text: "asked for at each change of domain: without " +
			"noatsecure the environment is cleaned (LD_PRELOAD), without rlimitinh and siginh limits and signals " +
			"are reset; nearly always harmless"},
		{perms: []string{"signull"}, unless: len(a.Perms) > 1, text: "signull is the signal 0 (kill -0): it only " +
			"asks whether the process is there, as checks by a pid file do"},
		{perms: []string{"sigchld"}, unless: len(a.Perms) > 1, text: "sigchld tells a process that its child ended; " +
			"nearly always harmless"},
		{perms: []string{"setrlimit"}, text: "setrlimit is to raise its own limits, as of open files; LimitNOFILE= " +
			"of the unit does without"},
		{perms: []string{"setsched"}, unless: a.Target != "" && a.Target != a.Source,
			text: "setsched is to change priorities; where they are its own, Nice= of the unit does without"},
		{perms: []string{"setsched"}, text: "setsched on another process is to change its priorities or its " +
			"processors, as a manager does for what it has started"},
		{perms: []string{"setexec", "setcurrent", "setfscreate"}, unless: !a.contained(), text: "a program that " +
			"knows SELinux (crond, login, sshd, useradd) chooses a label: in a container it finds that of the host, " +
			"and works as a rule without; newer images have programs that ask first"},
		{perms: []string{"setexec", "setcurrent", "setfscreate"}, text: "the program chooses a label itself, as " +
			"programs do that know SELinux"},
	})
	if a.has("execmem", "execstack", "execheap") && a.unconfined() {
		list = append(list, "a boolean for this is for everything that users run, not for this program alone")
	}
	return list
}

// contained reports whether the process is one of a container, by the types that policies have for them.
func (a *Access) contained() bool {
	switch a.Source {
	case "container_t", "container_init_t", "container_userns_t", "svirt_lxc_net_t":
		return true
	}
	return false
}

// choosesLabel reports whether a program in a container chooses a label, as one does that takes the SELinux of the host
// for its own.
func (a *Access) choosesLabel() bool {
	return a.Class == "process" && a.contained() && a.only("setexec", "setcurrent", "setfscreate")
}

func (a *Access) unconfined() bool { return strings.HasPrefix(a.Source, "unconfined") }

// ofImage reports whether a type is the label of files in the images of containers.
func ofImage(typ string) bool {
	switch typ {
	case "container_file_t", "container_ro_file_t", "container_share_t", "svirt_sandbox_file_t":
		return true
	}
	return false
}

// file says what permissions on files are for that are not plain reading and writing.
func (a *Access) file() []string {
	list := a.first([]hint{
		{perms: []string{"execmod"}, unless: a.Class != "file", text: "execmod is to run code of a file after " +
			"writing to it in memory: a library with text relocations, or a DLL that Wine moves, and not the stack; " +
			"textrel_shlib_t is the label of such files, where they cannot be built otherwise, and a boolean is for " +
			"every file"},
		{perms: []string{"entrypoint"}, unless: !ofImage(a.Target), text: "entrypoint is to start a domain by a " +
			"program, here one of a container's image, whose label is right: the policy for containers is older " +
			"than what starts them; update it (container-selinux)"},
		{perms: []string{"entrypoint"}, unless: !strings.HasSuffix(a.Target, "_exec_t"), text: "entrypoint is to " +
			"start a domain by a program, here by one whose label is for another domain"},
		{perms: []string{"entrypoint"}, text: "entrypoint is to start a domain by a program: the program has not the " +
			"label that the domain starts by (as a rule NAME_exec_t): look at ls -Z and restorecon"},
		{perms: []string{"execute_no_trans"}, text: "execute_no_trans is to run a program in the caller's own " +
			"domain: it is asked for where no transition to another domain was made"},
	})
	if list == nil && a.has("ioctl") {
		return a.ioctl()
	}
	return list
}
