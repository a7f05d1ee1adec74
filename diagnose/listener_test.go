package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
)

// TestListener: what the kernel asks after the file of a socket, a case for each rule.
func TestListener(t *testing.T) {
	g := diagnose.New(access.NewDecider(openPolicy(t, testenv.Policy(t, "default"))), network.Question{})
	for _, c := range []struct{ rule, log, want string }{
		{"the owner refuses", line("write", `name="x"`, "named_t", "cupsd_runtime_t", "sock_file"),
			"as a rule cupsd_t: the policy refuses named_t"},
		{"an old name of the label", line("write", `name="x"`, "named_t", "cupsd_var_run_t", "sock_file"),
			"as a rule cupsd_t: the policy refuses named_t"},
		{"read is asked alone", line("read", `name="x"`, "named_t", "cupsd_runtime_t", "sock_file"),
			"as a rule cupsd_t"},
		{"a look", line("getattr", `name="x"`, "named_t", "cupsd_runtime_t", "sock_file"), ""},
		{"the owner allows", line("write", `name="x"`, "httpd_t", "postgresql_runtime_t", "sock_file"),
			"postgresql_t, which the policy allows"},
		{"a boolean", line("write", `name="x"`, "dovecot_auth_t", "mysqld_runtime_t", "sock_file"),
			"mysqld_t, which the policy refuses dovecot_auth_t as well, unless a boolean is on"},
		{"no owner is known", line("write", `name="x"`, "named_t", "device_t", "sock_file"), "if that is denied too"},
		{"a socket of its own", line("write", `name="x"`, "cupsd_t", "cupsd_runtime_t", "sock_file"),
			"if that is denied too"},
	} {
		found := ""
		for _, n := range avc(t, g, c.log).Notes {
			if strings.HasPrefix(n.Text, "after the sock_file") {
				found = n.Text
			}
		}
		if !strings.Contains(found, c.want) || (found == "") != (c.want == "") {
			t.Errorf("%s: %q, want %q", c.rule, found, c.want)
		}
	}
}
