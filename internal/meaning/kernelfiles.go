package meaning

import "strings"

// ofSystem says what is read in the kernel's own file systems and in its audit log.
func (a *Access) ofSystem() []string {
	if a.pressure() && a.has("write") {
		return []string{"the service asks the kernel to tell it when memory is short (" + a.Name + " of its cgroup, " +
			"which systemd gives it): it works without; MemoryPressureWatch=off in its unit (systemd 254 and later) " +
			"ends the question"}
	}
	reads := a.only("read", "open", "getattr", "search", "map", "ioctl", "lock")
	switch {
	case !reads && a.Class != "lnk_file":
		return nil
	case a.Target == "sysfs_t":
		return []string{"sysfs_t is the label of /sys, where the kernel tells of devices, drivers and their " +
			"settings: to read there changes nothing"}
	case a.Target == "proc_t" && a.Name == "filesystems":
		return []string{"the library of SELinux looks in /proc/filesystems whether the kernel has it, in each " +
			"program that is linked with it (ls, cp, mkdir): the program works all the same"}
	case a.Target == "proc_t" && a.Class == "file":
		return []string{"proc_t is the label of files in /proc that tell of the whole system (stat, meminfo, " +
			"cpuinfo, loadavg): to read them changes nothing"}
	case a.Target == "auditd_log_t" && (a.has("read", "open") || a.Class == "dir"):
		return []string{"auditd_log_t is the label of the audit log, which tells what everybody does: a program that " +
			"sends logs on gets the records from auditd itself, which has a plugin for syslog (active = yes in " +
			"/etc/audit/plugins.d/syslog.conf, once /etc/audisp/plugins.d), and then needs no rule"}
	case a.Target == "proc_net_t":
		return []string{"proc_net_t is the label of /proc/net: lists of connections, sockets and interfaces; to read " +
			"there changes nothing"}
	case strings.HasPrefix(a.Target, "sysctl_"):
		return []string{a.Target + " is the label of a part of /proc/sys, where the kernel has its settings: to read " +
			"there changes nothing"}
	}
	return nil
}

// byteCode reports whether Python wants to keep the byte code of its modules beside them, as it does where it finds
// none.
func (a *Access) byteCode() bool {
	return (a.Target == "lib_t" || a.Target == "usr_t") && a.has("write", "add_name", "create") &&
		(strings.HasPrefix(a.Name, "python") || a.Name == "__pycache__" || a.Name == "encodings")
}

// looksForSELinux reports whether the library of SELinux asks whether the kernel has it.
func (a *Access) looksForSELinux() bool {
	return a.Target == "proc_t" && a.Name == "filesystems" && a.only("read", "open", "getattr")
}

// processors reports whether the number of processors is asked for, as the C library does in passing.
func (a *Access) processors() bool {
	return a.Target == "sysfs_t" && (a.Name == "possible" || a.Name == "online" || a.Name == "present") &&
		a.only("read", "open", "getattr")
}

// pressure reports whether the file is one of a cgroup that tells when memory, CPU or input and output are short.
func (a *Access) pressure() bool {
	return a.Target == "cgroup_t" && a.Class == "file" && strings.HasSuffix(a.Name, ".pressure")
}
