package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/diagnose"
)

// syscall makes the SYSCALL record beside a denial of the same event.
func syscall(denial, fields string) string {
	return "type=AVC msg=audit(1.1:1): " + denial + "\ntype=SYSCALL msg=audit(1.1:1): arch=c000003e syscall=9 " +
		"success=no exit=-13 a0=0 a1=0 a2=0 a3=0 items=0 ppid=1 pid=812 " + fields + "\n"
}

// TestInstead: the causes for which something else is done than to allow it, a case for each rule, and one
// beside it to which the rule does not apply.
func TestInstead(t *testing.T) {
	const container = "system_u:system_r:container_t:s0:c1,c2"
	const daemon, runtime = "system_u:system_r:initrc_t:s0", "system_u:system_r:container_runtime_t:s0"
	for _, c := range []struct {
		name, log string
		want      diagnose.Instead
		note      string // in one of the notes
	}{
		{"a library of an image", line("read", `path="/usr/lib64/libc.so.6"`, container, "data_home_t", "file"),
			diagnose.InsteadImage, "lost its labels"},
		{"a program of an image", line("execute", `path="/bin/sh"`, container, "var_lib_t", "file"),
			diagnose.InsteadImage, "lost its labels"},
		{"a library that is written is a volume's", line("write", `path="/usr/lib/x"`, container, "var_lib_t", "file"),
			"", ":Z"},
		{"a path where people mount volumes", line("read", `path="/usr/share/x"`, container, "var_lib_t", "file"), "",
			":Z"},
		{"the label of images", line("execute", `path="/bin/sh"`, container, "container_ro_file_t", "file"), "", ""},
		{"a process of the host", line("search", `name="1" dev="proc"`, container, "init_t", "dir"),
			diagnose.InsteadProcesses, "type:spc_t"},
		{"a share in a container", line("open", `path="/x"`, container, "nfs_t", "fifo_file"),
			diagnose.InsteadMount, "cannot change"},
		{"a share on the host", line("read", `name="x"`, "httpd_t", "fusefs_t", "file"), "", "context="},
		{"a device in a container", line("map", `path="/dev/dri/card0"`, container, "dri_device_t", "chr_file"),
			diagnose.InsteadDevice, "udica"},
		{"an agent and the storage by its path", line("getattr",
			`path="/var/lib/containers/storage/overlay/ab/merged"`, "httpd_t", "container_file_t", "dir"),
			diagnose.InsteadStorage, "leave it out"},
		{"an agent and the storage by its label", line("search", `name="overlay"`, "httpd_t", "container_var_lib_t",
			"dir"), diagnose.InsteadStorage, "leave it out"},
		{"a named volume in the storage", line("read", `path="/var/lib/docker/volumes/db/x"`, "httpd_t",
			"container_file_t", "file"), diagnose.InsteadShared, "restorecon"},
		{"the engine itself", line("read", `name="overlay"`, runtime, "container_var_lib_t", "dir"), "", ""},
		{"a home that was a volume", line("write", `name="x"`, "sshd_t", "container_file_t", "dir"),
			diagnose.InsteadShared, "restorecon"},
		{"a socket in /tmp", line("write", `name="x"`, "httpd_t", "user_tmp_t", "sock_file"), diagnose.InsteadStale,
			"remove the socket"},
		{"a socket to be made in /tmp", line("create", `name="x"`, "squid_t", "tmp_t", "sock_file"),
			diagnose.InsteadRun, "in /run"},
		{"a module of the kernel", line("module_request", `kmod="dm-crypt"`, "httpd_t", "system_u:system_r:kernel_t:s0",
			"system"), diagnose.InsteadModule, "dm-crypt"},
		{"a network interface", line("module_request", `kmod="netdev-eth7"`, "httpd_t",
			"system_u:system_r:kernel_t:s0", "system"), "", "eth7"},
		{"a socket among logs", line("write", `name="x"`, "httpd_t", "var_log_t", "sock_file"), diagnose.InsteadRun,
			"of a place"},
		{"a socket among web pages", line("write", `name="x"`, "httpd_t", "httpd_sys_content_t", "sock_file"),
			diagnose.InsteadRun, "of data"},
		{"a program on a share", `avc:  denied  { execute } for  pid=812 comm="(app.sh)" name="app.sh" dev="0:52" ` +
			"ino=1 scontext=system_u:system_r:init_t:s0 tcontext=system_u:object_r:nfs_t:s0 tclass=file permissive=0",
			diagnose.InsteadLocal, "ExecStart="},
		{"a file of the initramfs", line("read", `path="/dev/console" dev="rootfs"`, "sshd_t", "root_t", "chr_file"),
			"", "initramfs"},
		{"a service's socket", line("write", `name="x"`, "httpd_t", "postgresql_tmp_t", "sock_file"), "", ""},
		{"a person starts a unit", line("start", `path="/x.service"`, "staff_u:staff_r:staff_t:s0", "systemd_unit_t",
			"service"), diagnose.InsteadRole, "sudo -r sysadm_r"},
		{"a person reads the kernel's log", line("syslog_read", "", "user_u:user_r:user_t:s0",
			"system_u:system_r:kernel_t:s0", "system"), "", ""},
		{"an agent looks at a unit", line("status", `path="/x.service"`, "httpd_t", "systemd_unit_t", "service"), "",
			"see the state of units"},
		{"a browser in the kernel's domain", line("execmem", "", "system_u:system_r:kernel_t:s0",
			"system_u:system_r:kernel_t:s0", "process"), diagnose.InsteadBoot, "init_exec_t"},
		{"a login in the kernel's domain", syscall(line("read", `name="x"`, "system_u:system_r:kernel_t:s0", "etc_t",
			"file"), "auid=1000 uid=1000"), diagnose.InsteadBoot, "init_exec_t"},
		{"a helper of the kernel", syscall(line("read", `name="x"`, "system_u:system_r:kernel_t:s0", "etc_t", "file"),
			"auid=4294967295 uid=0"), "", ""},
		{"a program of a login elsewhere", syscall(line("read", `name="x"`, "httpd_t", "etc_t", "file"), "auid=1000"),
			"", ""},
		{"a service without a domain", line("connectto", `path="/run/x"`, "httpd_t",
			"system_u:system_r:unconfined_service_t:s0", "unix_stream_socket"), "", "has no domain"},
		{"a service runs sudo", line("execute", `name="sudo"`, "httpd_t", "sudo_exec_t", "file"), diagnose.InsteadSudo,
			"as strong as root"},
		{"sudo in a service's domain", `avc:  denied  { audit_write } for  pid=9 comm="sudo" capability=29 ` +
			"scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:system_r:httpd_t:s0 tclass=capability " +
			"permissive=0", diagnose.InsteadSudo, "PAM"},
		{"a person runs sudo", line("execute", `name="sudo"`, "user_u:user_r:user_t:s0", "sudo_exec_t", "file"), "",
			""},
		{"another capability of a service", line("audit_write", "", "httpd_t", "system_u:system_r:httpd_t:s0",
			"capability"), "", "audit log"},
		{"a program's directory in a copied home", line("add_name", `name="S.gpg-agent"`, "user_u:user_r:user_t:s0",
			"user_home_t", "dir"), diagnose.InsteadHome, "lost its label"},
		{"a file that was moved from a home", line("read", `path="/etc/x.conf"`, "httpd_t", "user_home_t", "file"), "",
			"restorecon -v"},
		{"a file in a home", line("read", `path="/home/bob/x.conf"`, "httpd_t", "user_home_t", "file"), "", ""},
		{"a service in a home", line("add_name", `name="x"`, "httpd_t", "user_home_t", "dir"), "", ""},
		{"a person reads a home", line("read", `name="x"`, "user_u:user_r:user_t:s0", "user_home_t", "file"), "", ""},
		{"a container and cgroups", line("write", `name="x.scope"`, container, "cgroup_t", "dir"),
			diagnose.InsteadKernel, "not of files of a volume"},
		{"a container and a setting of the kernel", line("write", `name="swappiness"`, container, "sysctl_vm_t",
			"file"), diagnose.InsteadKernel, "for the kernel"},
		{"a container and another file in /proc", line("read", `name="mtrr" dev="proc"`, container, "mtrr_device_t",
			"file"), diagnose.InsteadKernel, "not of files of a volume"},
		{"the image on a FUSE file system", line("map", `path="/usr/bin/bash" dev="fuse"`, container, "fusefs_t",
			"file"), diagnose.InsteadFuse, "fuse-overlayfs"},
		{"files of the host without a label", line("read", `path="/etc/x/y.cfg"`, container, "unlabeled_t", "file"),
			diagnose.InsteadUnlabelled, "without one of their own"},
		{"the start of sudo reads it", line("read", `path="/usr/bin/sudo"`, "httpd_t", "sudo_exec_t", "file"),
			diagnose.InsteadSudo, "PAM"},
		{"sudo is looked at", line("getattr", `path="/usr/bin/sudo"`, "httpd_t", "sudo_exec_t", "file"), "", ""},
		{"a container and a socket of a service", line("write", `name="x"`, container, "postgresql_runtime_t",
			"sock_file"), diagnose.InsteadService, "clients on the host"},
		{"a container connects to a service", line("connectto", `path="/run/x"`, container,
			"system_u:system_r:postgresql_t:s0", "unix_stream_socket"), diagnose.InsteadService, "all of them"},
		{"a container connects to another", line("connectto", `path="/run/x"`, container,
			"system_u:system_r:container_t:s0:c3,c4", "unix_stream_socket"), diagnose.InsteadOne, ""},
		{"a container and a file of the engine", line("create", `name="x"`, container, "container_var_lib_t", "file"),
			diagnose.InsteadHostPath, "hostPath"},
		{"a program of a session in its home directory", line("write", `name="bob"`, "user_u:user_r:user_t:s0",
			"user_home_dir_t", "dir"), "", ""},
		{"a service and a setting of the kernel", line("read", `name="swappiness"`, "httpd_t", "sysctl_vm_t", "file"),
			"", "/proc/sys"},
		{"a plugin registers with the kubelet", line("write", `name="device-plugins"`, container, "var_lib_t", "dir"),
			diagnose.InsteadPlugin, "container_device_plugin_t"},
		{"a plugin connects to the kubelet", line("connectto", `path="/var/lib/kubelet/device-plugins/kubelet.sock"`,
			container, runtime, "unix_stream_socket"), diagnose.InsteadPlugin, "container_device_plugin_t"},
		{"another directory of the kubelet", line("write", `name="pods"`, container, "var_lib_t", "dir"), "", ":Z"},
		{"a container's own socket", line("create", "", container, container, "netlink_socket"), diagnose.InsteadOne,
			"type of all containers"},
		{"a service's own socket", line("create", "", "httpd_t", "system_u:system_r:httpd_t:s0", "netlink_socket"), "",
			""},
		{"a program with a domain of its own", line("execute", `name="squid"`, "httpd_t", "squid_exec_t", "file"), "",
			"domain of their own, squid_t"},
		{"a daemon without a domain", line("execmem", "", daemon, daemon, "process"), "", "label that program"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := avc(t, newDiagnoser(t), c.log)
			if d.Instead != c.want {
				t.Errorf("got %q, want %q", d.Instead, c.want)
			}
			text := ""
			for _, n := range d.Notes {
				text += n.Text + "\n"
			}
			if !strings.Contains(text, c.note) {
				t.Errorf("%q is not in the notes: %s", c.note, text)
			}
		})
	}
}

// TestSignals: a daemon in the domain of its starter is told by the signals that it should get; signal 0 does
// nothing, and a domain of its own needs no label.
func TestSignals(t *testing.T) {
	for _, c := range []struct{ perm, target, want string }{
		{"signal", "system_u:system_r:initrc_t:s0", "initrc_t"},
		{"sigkill", "system_u:system_r:unconfined_service_t:s0", "unconfined_service_t"},
		{"signal", "system_u:system_r:init_t:s0", "init_t"},
		{"signull", "system_u:system_r:initrc_t:s0", ""},
		{"getattr", "system_u:system_r:initrc_t:s0", ""},
		{"signal", "system_u:system_r:sshd_t:s0", ""},
	} {
		d := avc(t, newDiagnoser(t), line(c.perm, "", "httpd_t", c.target, "process"))
		if d.Leftover != c.want {
			t.Errorf("%s to %s: got %q, want %q", c.perm, c.target, d.Leftover, c.want)
		}
	}
}
