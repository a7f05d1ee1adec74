package diagnose

import "testing"

// TestOfOthersLog: what a helper only writes to, and is the log of another program, was left open by its caller; its
// own log, a file of logins, another file, and one that it reads too are not.
func TestOfOthersLog(t *testing.T) {
	for _, c := range []struct {
		helper, label, path string
		perms               []string
		want                bool
	}{
		{"hostname_t", "admin_home_t", "/root/install.log", []string{"append"}, true},
		{"sshd", "", "/var/lib/agent/logs/x", []string{"write", "append"}, true},
		{"iptables_t", "var_log_t", "/var/log/agent.log.1", []string{"append"}, true},
		{"sshd_t", "var_log_t", "/var/log/sshd.log", []string{"append"}, false},
		{"sshd_t", "sshd_log_t", "/var/log/x.log", []string{"append"}, false},
		{"useradd_t", "var_log_t", "/var/log/lastlog", []string{"write"}, false},
		{"mount_t", "var_lib_t", "/var/lib/x/state", []string{"write"}, false},
		{"mount_t", "var_lib_t", "/var/lib/x/x.log", []string{"write", "open"}, false},
		{"httpd_t", "usr_t", "/opt/x/a.log", []string{"append"}, false},
		{"mount_t", "var_log_t", "x.log", []string{"append"}, false},
	} {
		if got := ofOthersLog(c.helper, c.label, c.path, c.perms); got != c.want {
			t.Errorf("%s %s %v: %t", c.helper, c.path, c.perms, got)
		}
	}
}
