package meaning

// capabilityUses says for each capability what it lets a process do: capability(7).
func capabilityUses() map[string]string {
	return map[string]string{
		"chown":              "give files other owners",
		"dac_override":       "pass by the owner and the mode of files",
		"dac_read_search":    "read files and directories whatever their owner and mode",
		"fowner":             "act as the owner of any file (chmod, utime, sticky directories)",
		"fsetid":             "keep set-group-id bits when a file changes",
		"kill":               "signal processes of other users",
		"setgid":             "change its groups, as daemons do that leave root",
		"setuid":             "change its user, as daemons do that leave root",
		"setpcap":            "change its own capabilities, as daemons do that drop them",
		"linux_immutable":    "set the immutable and append-only flags of files",
		"net_bind_service":   "bind ports below ip_unprivileged_port_start (1024)",
		"net_broadcast":      "broadcast",
		"net_admin":          "change interfaces, routes and firewalls; also SO_RCVBUFFORCE and SO_MARK",
		"net_raw":            "open raw and packet sockets, as ping and dhcp do; also SO_BINDTODEVICE",
		"ipc_lock":           "lock memory, so that it is not swapped",
		"ipc_owner":          "pass by the owner of shared memory, semaphores and queues",
		"sys_module":         "load and unload kernel modules",
		"sys_rawio":          "reach ports and registers of devices, and send raw commands to disks",
		"sys_chroot":         "change its root directory",
		"sys_ptrace":         "look into processes of other users (/proc/PID/exe, fd, maps, environ)",
		"sys_pacct":          "switch process accounting",
		"sys_admin":          "do what no other capability is for: mounts, namespaces, quotas, BPF, devices",
		"sys_boot":           "restart the machine and load another kernel",
		"sys_nice":           "raise priorities and pin processes to processors",
		"sys_resource":       "pass by limits and quotas (setrlimit, reserved blocks of a disk)",
		"sys_time":           "set the clock",
		"sys_tty_config":     "configure terminals (vhangup)",
		"mknod":              "make device files",
		"lease":              "take leases on files",
		"audit_write":        "write records to the audit log",
		"audit_control":      "change the rules of the audit",
		"setfcap":            "give programs capabilities (setcap)",
		"mac_override":       "pass by another security module; SELinux does not ask it",
		"mac_admin":          "read and set labels that the loaded policy does not know",
		"syslog":             "read the kernel's log and its addresses",
		"wake_alarm":         "wake the machine at a time",
		"block_suspend":      "keep the machine from sleeping (epoll with EPOLLWAKEUP)",
		"audit_read":         "read the audit log from the kernel",
		"perfmon":            "measure and trace the whole system",
		"bpf":                "load BPF programs and make maps",
		"checkpoint_restore": "checkpoint and restore processes",
	}
}

// capabilities says what the capabilities are for. Those that pass by the owner and the
// mode of files are told by the file.
func (a *Access) capabilities() (list []string) {
	uses := capabilityUses()
	for _, perm := range a.Perms {
		if text := uses[perm]; text != "" && perm != "dac_override" && perm != "dac_read_search" {
			list = append(list, perm+": to "+text)
		}
	}
	if a.Class == "cap_userns" || a.Class == "cap2_userns" {
		list = append(list, "it is asked for in a user namespace, as those of containers and sandboxes: the "+
			"capability does not reach the host itself")
	}
	return append(list, a.first([]hint{
		{perms: []string{"sys_ptrace"}, text: "programs that list processes (ps, pgrep, lsof, fuser, netstat -p) " +
			"ask for it and do without: where they work all the same, leave it refused, or hide it with a " +
			"dontaudit rule"},
		{perms: []string{"sys_admin", "sys_resource", "net_admin", "block_suspend", "wake_alarm"},
			unless: !a.Succeeded,
			text: "the kernel asks for it in passing, and the call went on without: leave it refused, or hide it " +
				"with a dontaudit rule"},
		{perms: []string{"sys_admin"}, text: "it is nearly root: find the system call (SYSCALL record), for a " +
			"narrower permission or a setting of the program may do"},
		{perms: []string{"net_bind_service"}, text: "without a capability: systemd binds the port for it (a .socket " +
			"unit), or net.ipv4.ip_unprivileged_port_start is lowered"},
		{perms: []string{"setuid", "setgid", "setpcap", "chown", "kill", "fowner"}, unless: a.Class != "capability",
			text: "a unit with User= needs it less: systemd changes the user before the program starts"},
	})...)
}
