package diagnose

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// leakedFile reports whether a program only writes to a file that is open already, and the file is the log of another
// program: an agent or an installer opened it, and started this one without closing it. The kernel gives the name of a
// file that is being opened, and the path of one that is open.
func leakedFile(d *Diagnosis, a *audit.AVC, e *audit.Event) bool {
	return e.Syscall == nil && a.Name == "" && d.Verdict != NowAllowed && a.TClass == "file" &&
		ofOthersLog(audit.ContextType(a.SContext), audit.ContextType(a.TContext), a.Path, a.Permissions)
}

// ofOthersLog reports whether the helper that runs in a domain, or has its name, writes to a log that is not its own.
func ofOthersLog(helper, label, name string, perms []string) bool {
	helper = strings.TrimSuffix(helper, "_t")
	stem := strings.TrimSuffix(helper, "d")
	return len(perms) > 0 && isHelper(helper) && isLog(name) && !strings.HasPrefix(label, stem) &&
		!strings.Contains(path.Base(name), stem) && !slices.ContainsFunc(perms, func(perm string) bool {
		return perm != "write" && perm != "append"
	})
}

// isLog reports whether the path of a file is that of a log: x.log, x.log.1, and a file in a directory of logs.
func isLog(name string) bool {
	if !strings.HasPrefix(name, "/") {
		return false
	}
	base := path.Base(name)
	switch base {
	case "btmp", "wtmp", "lastlog", "faillog", "tallylog": // those of logins, which many programs write
		return false
	}
	dir := path.Dir(name) + "/"
	return strings.HasSuffix(base, ".log") || strings.Contains(base, ".log.") || strings.Contains(dir, "/log/") ||
		strings.Contains(dir, "/logs/")
}

// isHelper reports whether a program is one that agents, installers and scripts start for a moment; sshd is asked so
// for its settings (sshd -T). The names are those of the domains, without _t, and of the programs.
func isHelper(name string) bool {
	switch name {
	case "sshd", "ssh", "ssh_keygen", "hostname", "ifconfig", "iptables", "nft", "ip", "ping", "netutils", "traceroute",
		"mount", "umount", "fsadm", "lvm", "useradd", "usermod", "groupadd", "passwd", "chkpwd", "setfiles",
		"restorecon", "load_policy", "semanage", "setsebool", "dmidecode", "ldconfig", "depmod", "kmod", "insmod",
		"crontab", "udevadm", "consoletype", "chronyc", "dmesg", "systemd_hwdb", "gpg":
		return true
	}
	return false
}
