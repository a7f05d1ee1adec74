package audit

// capabilityNames are the names of the capabilities in the order of their
// numbers: include/uapi/linux/capability.h.
const capabilityNames = "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable " +
	"net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace " +
	"sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write " +
	"audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf " +
	"checkpoint_restore"

// capability parses capability=12, or capability=net_admin as ausearch -i
// writes it.
func capability(s string) (*int, bool) {
	v := indexOfWord(capabilityNames, s)
	if n, ok := number(s); ok && n <= 63 {
		v = int(n)
	}
	if v < 0 {
		return nil, false
	}
	return &v, true
}
