package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/network"
)

// TestSteps: what comes first where the policy lacks a name, a case for each rule, and one beside it to which the rule
// does not apply.
func TestSteps(t *testing.T) {
	const user, container = "user_u:user_r:batch_user_t:s0", "system_u:system_r:container_t:s0:c1,c2"
	started := func(perm, target string) string {
		return strings.Replace(line(perm, `name="batchd"`, "init_t", target, "file"), `comm="x"`, `comm="(batchd)"`, 1)
	}
	of := func(domain string) string { return "system_u:system_r:" + domain + ":s0" }
	for _, c := range []struct {
		rule, log string
		want      diagnose.Step
	}{
		{"the policy has both names", line("read", "", "httpd_t", "etc_t", "file"), ""},
		{"a change instead of a rule", line("search", `name="overlay"`, "httpd_t", "container_var_lib_t", "dir"), ""},
		{"nothing is known", line("setopt", "", "batchd_t", "sshd_t", "tcp_socket"), diagnose.StepAsk},
		{"Android", line("read", "", "u:r:batchd:s0", "u:object_r:batchd_file:s0", "file"), diagnose.StepImage},
		{"root's rights over files", line("dac_override", "", "batchd_t", of("batchd_t"), "capability"),
			diagnose.StepMode},
		{"another capability", line("chown", "", "batchd_t", of("batchd_t"), "capability"), diagnose.StepCapability},
		{"a capability that programs try", line("net_admin", "", "batchd_t", of("batchd_t"), "capability"),
			diagnose.StepLeave},
		{"the file's label by its path", line("read", `path="/opt/batch/x"`, "batchd_t", "unlabeled_t", "file"),
			diagnose.StepPath},
		{"a path with that label", line("read", `path="/opt/batch/x"`, "batchd_t", "jobs_file_t", "file"),
			diagnose.StepAsk},
		{"a label that the policy lacks may be right", line("read", `path="/opt/batch/x"`, "batchd_t", "nosuch_t",
			"file"), diagnose.StepAsk},
		{"the label of a place tells nothing", line("read", `path="/srv/x"`, "batchd_t", "unlabeled_t", "file"),
			diagnose.StepLabel},
		{"a path in a container", line("read", `path="/opt/batch/x"`, container, "var_t", "file"),
			diagnose.StepVolume},
		{"a volume without a label", line("read", `path="/opt/batch/x"`, container, "unlabeled_t", "file"), ""},
		{"no label", line("read", `name="x"`, "batchd_t", "unlabeled_t", "file"), diagnose.StepLabel},
		{"a pipe that is inherited", line("write", `path="pipe:[7]" dev="pipefs"`, "batchd_t", of("sshd_t"),
			"fifo_file"), diagnose.StepLeave},
		{"a pipe that is opened", line("open", `path="pipe:[7]" dev="pipefs"`, "batchd_t", of("sshd_t"),
			"fifo_file"), diagnose.StepRule},
		{"the label of homes", line("read", `name="x"`, "batchd_t", "admin_home_t", "file"), diagnose.StepHome},
		{"the home of root", line("write", `name="root"`, "batchd_t", "admin_home_t", "dir"), diagnose.StepLeave},
		{"a person in a home", line("read", `name="x"`, user, "user_home_t", "file"), diagnose.StepAsk},
		{"a person makes something in the home", line("create", `name=".cache"`, user, "user_home_dir_t", "dir"),
			diagnose.StepHomeDir},
		{"the label of a place", line("read", `name="x"`, "batchd_t", "var_lib_t", "file"), diagnose.StepPlace},
		{"a change of settings of all", line("write", `name="x"`, "batchd_t", "etc_t", "file"), diagnose.StepPlace},
		{"a look at settings of all", line("read", `name="x"`, "batchd_t", "etc_t", "file"), diagnose.StepAsk},
		{"a file among mounts", line("read", `name="x"`, "batchd_t", "mnt_t", "file"), diagnose.StepPlace},
		{"the place itself", line("add_name", `name="lib"`, "batchd_t", "var_lib_t", "dir"), diagnose.StepDirectory},
		{"the root of /run", line("add_name", `name="/" dev="tmpfs"`, "batchd_t", "var_run_t", "dir"),
			diagnose.StepDirectory},
		{"a directory in the place", line("add_name", `name="batch"`, "batchd_t", "var_lib_t", "dir"),
			diagnose.StepPlace},
		{"a service in the homes", line("add_name", `name="a"`, "batchd_t", "user_home_dir_t", "dir"),
			diagnose.StepDirectory},
		{"the socket of a .socket unit", strings.Replace(line("create", `name="x.sock"`, "init_t", "nosuch_run_t",
			"sock_file"), `comm="x"`, `comm="systemd"`, 1), diagnose.StepSetup},
		{"systemd uses the socket of another", strings.Replace(line("write", `name="x.sock"`, "init_t",
			"nosuch_run_t", "sock_file"), `comm="x"`, `comm="systemd"`, 1), diagnose.StepSocket},
		{"a service changes programs", line("write", `name="x"`, "batchd_t", "bin_t", "file"), diagnose.StepInstalled},
		{"a service changes its own program", line("unlink", `name="x"`, "batchd_t", "batchd_exec_t", "file"),
			diagnose.StepInstalled},
		{"a file of others in /tmp", line("read", `name="x"`, "batchd_t", "user_tmp_t", "file"),
			diagnose.StepTemporary},
		{"a program in /tmp", line("execute", `name="x"`, "batchd_t", "user_tmp_t", "file"), diagnose.StepRuns},
		{"a share", line("read", `name="x"`, "batchd_t", "nfs_t", "file"), diagnose.StepMount},
		{"a look at a share", line("search", `name="x"`, "batchd_t", "nfs_t", "dir"), diagnose.StepLeave},
		{"a device without a label", line("open", `path="/dev/x"`, "batchd_t", "device_t", "chr_file"),
			diagnose.StepLabel},
		{"a look at a place", line("search", `name="x"`, "batchd_t", "var_lib_t", "dir"), diagnose.StepLeave},
		{"own files", line("write", `name="x"`, "batchd_t", "batchd_log_t", "file"), diagnose.StepOwn},
		{"own files without the daemon's d", line("write", `name="x"`, "batchd_t", "batch_log_t", "file"),
			diagnose.StepOwn},
		{"files of another whose name begins alike", line("write", `name="x"`, "batchd_t", "batcher_log_t", "file"),
			diagnose.StepOthers},
		{"files of another service", line("write", `name="x"`, "batchd_t", "cupsd_log_t", "file"),
			diagnose.StepOthers},
		{"a directory of another service", line("read", `name="x"`, "batchd_t", "cupsd_log_t", "dir"),
			diagnose.StepLeave},
		{"its own memory", line("write", `path="/memfd:x"`, "batchd_t", "tmpfs_t", "file"), diagnose.StepOwn},
		{"a file of the kernel", line("read", `name="stat" dev="proc"`, "batchd_t", "proc_t", "file"),
			diagnose.StepLeave},
		{"a setting of the kernel", line("write", `name="x" dev="proc"`, "batchd_t", "sysctl_t", "file"),
			diagnose.StepRule},
		{"a pipe from the caller", line("write", `path="pipe:[3]"`, "httpd_t", of("batchd_t"), "fifo_file"),
			diagnose.StepLeave},
		{"standard output", line("write", `path="socket:[3]"`, "batchd_t", "init_t", "unix_stream_socket"),
			diagnose.StepLeave},
		{"the program itself among data", strings.Replace(line("map", `path="/var/lib/x/batcher"`, "batchd_t",
			"nosuch_t", "file"), `comm="x"`, `comm="batcher"`, 1), diagnose.StepProgram},
		{"a program of another domain", line("execute", `name="x"`, "batchd_t", "hostname_exec_t", "file"),
			diagnose.StepDomain},
		{"a program of its own", line("execute", `name="x"`, "batchd_t", "batchd_exec_t", "file"), diagnose.StepOwn},
		{"a shell", line("execute", `name="sh"`, "batchd_t", "shell_exec_t", "file"), diagnose.StepRuns},
		{"a program that systemd starts", started("execute", "nosuch_t"), diagnose.StepStart},
		{"a file that systemd opens for a unit", started("write", "nosuch_t"), diagnose.StepSetup},
		{"a daemon in systemd's domain", line("read", `name="x"`, "init_t", "nosuch_log_t", "file"),
			diagnose.StepDaemon},
		{"a file of another service that systemd uses", strings.Replace(line("read", `name="x"`, "init_t",
			"nosuch_log_t", "file"), `comm="x"`, `comm="systemd"`, 1), diagnose.StepAsk},
		{"a watch on a directory of another service", line("watch", `name="x"`, "batchd_t", "cupsd_log_t", "dir"),
			diagnose.StepAsk},
		{"standard error of a session", line("append", `path="/home/a/.xsession-errors"`, user, "xsession_log_t",
			"file"), diagnose.StepLeave},
		{"an object of Android without a label", line("read", "", "u:r:batchd:s0", "u:object_r:device:s0",
			"chr_file"), diagnose.StepImageLabel},
		{"a file of a socket", line("write", `name="x"`, "batchd_t", "cupsd_runtime_t", "sock_file"),
			diagnose.StepSocket},
		{"the end of a socket", line("connectto", "", "batchd_t", "sshd_t", "unix_stream_socket"),
			diagnose.StepSocket},
		{"the end of a service without a domain", line("connectto", "", "batchd_t", of("unconfined_service_t"),
			"unix_stream_socket"), diagnose.StepDaemon},
		{"a process of a service without a domain", line("setsched", "", "batchd_t", of("unconfined_service_t"),
			"process"), diagnose.StepDaemon},
		{"a question whether a process is there", line("signull", "", "batchd_t", of("unconfined_service_t"),
			"process"), diagnose.StepLeave},
		{"a service without a domain asks of itself", line("map_create", "", "unconfined_java_t",
			of("unconfined_java_t"), "bpf"), diagnose.StepOwn},
		{"a program asks of itself", line("create", "", "batchd_t", of("batchd_t"), "netlink_socket"),
			diagnose.StepOwn},
		{"code in memory", line("execmem", "", "batchd_t", of("batchd_t"), "process"), diagnose.StepCode},
		{"what is asked at each change of domain", line("noatsecure", "", "batchd_t", "sshd_t", "process"),
			diagnose.StepLeave},
		{"a message", line("send_msg", "", "batchd_t", "sshd_t", "dbus"), diagnose.StepBus},
		{"a name on the bus", line("acquire_svc", "", "batchd_t", "sshd_t", "dbus"), diagnose.StepAsk},
		{"a port", line("name_bind", "src=5999", "batchd_t", "unreserved_port_t", "tcp_socket"), diagnose.StepPort},
		{"no new privileges", line("nnp_transition", "", "init_t", of("batchd_t"), "process2"), diagnose.StepUnit},
		{"the engine of containers", line("transition", "", "unconfined_service_t", container, "process"),
			diagnose.StepEngine},
		{"a file of the host in a container", line("read", `name="x"`, container, "var_lib_t", "file"),
			diagnose.StepVolume},
		{"a volume of another container", line("read", `name="x"`, container,
			"system_u:object_r:container_file_t:s0:c3,c4", "file"), diagnose.StepCategories},
		{"a label for containers", line("entrypoint", `name="x"`, "spc_t", "svirt_sandbox_file_t", "file"),
			diagnose.StepContainers},
		{"the socket of an engine", line("write", `name="x"`, container, "container_var_run_t", "sock_file"),
			diagnose.StepHostSocket},
	} {
		table, err := fcontext.Parse([]byte("/opt/batch(/.*)?\tsystem_u:object_r:jobs_file_t:s0\n"+
			"/srv(/.*)?\tsystem_u:object_r:srv_t:s0\n"), "file_contexts")
		if err != nil {
			t.Fatal(err)
		}
		d := avc(t, newDiagnoser(t).Labels(table), c.log)
		if d.Step != c.want {
			t.Errorf("%s: %q, want %q (%s %v)", c.rule, d.Step, c.want, d.Verdict, d.Missing)
		}
		assumed := len(d.Assumptions) > 0 && d.Assumptions[0].Code == network.AssumedFileLabel &&
			strings.Contains(d.Assumptions[0].Text, "/opt/batch/x")
		if assumed != (c.want == diagnose.StepPath) {
			t.Errorf("%s: assumptions %v", c.rule, d.Assumptions)
		}
	}
}

// TestStepsOfErrors: SELINUX_ERR records with names that the policy lacks, and one whose names it has.
func TestStepsOfErrors(t *testing.T) {
	for _, c := range []struct {
		record string
		want   diagnose.Step
	}{
		{"op=security_bounded_transition seresult=denied oldcontext=system_u:system_r:init_t:s0 " +
			"newcontext=system_u:system_r:batchd_t:s0", diagnose.StepBounds},
		{"op=security_compute_sid invalid_context=root:sysadm_r:batchd_t:s0 scontext=root:sysadm_r:batchd_t:s0 " +
			"tcontext=root:sysadm_r:batchd_t:s0 tclass=udp_socket", diagnose.StepContext},
		{"op=security_validate_transition seresult=denied oldcontext=system_u:object_r:nosuch_t:s0 " +
			"newcontext=system_u:object_r:etc_t:s0 taskcontext=system_u:system_r:httpd_t:s0 tclass=file",
			diagnose.StepAsk},
		{"op=security_bounded_transition seresult=denied oldcontext=system_u:system_r:init_t:s0 " +
			"newcontext=system_u:system_r:httpd_t:s0", ""},
	} {
		e := one(t, "type=SELINUX_ERR msg=audit(1.1:1): "+c.record)
		if d := newDiagnoser(t).Error(e, &e.Errors[0]); d.Step != c.want {
			t.Errorf("%q, want %q (%s %v): %s", d.Step, c.want, d.Verdict, d.Missing, c.record)
		}
	}
}
