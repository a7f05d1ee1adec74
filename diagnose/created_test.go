package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
)

// TestCreated: a new object with the label of its directory, which a type_transition of today's policy would not have:
// the rules are those of Debian's policy (sesearch -T).
func TestCreated(t *testing.T) {
	g := diagnose.New(access.NewDecider(testpolicy.Open(t, testenv.Policy(t, "default"))),
		network.Question{Machine: network.Machine{Host: host.Standard()}})
	for _, c := range []struct {
		what, log string
		want      diagnose.Instead
		note      string // in one of the notes
	}{
		{"a file in /tmp", line("create", `name="x"`, "httpd_t", "tmp_t", "file"), diagnose.InsteadTransition,
			"httpd_tmp_t"},
		{"a socket there", line("create", `name="x.sock"`, "httpd_t", "tmp_t", "sock_file"), diagnose.InsteadTransition,
			"httpd_tmp_t"},
		{"a file in /run", line("create", `name="x.pid"`, "postgresql_t", "var_run_t", "file"),
			diagnose.InsteadTransition, "postgresql_runtime_t"},
		{"a file by its name", line("create", `name="nologin"`, "apcupsd_t", "etc_t", "file"),
			diagnose.InsteadTransition, "etc_runtime_t"},
		{"a file of another name", line("create", `name="login"`, "apcupsd_t", "etc_t", "file"), "", ""},
		{"a file that is there may be older", line("write", `name="x"`, "httpd_t", "tmp_t", "file"), "", ""},
		{"a class without the rule", line("create", `name="x"`, "mysqld_t", "tmp_t", "lnk_file"), "", ""},
	} {
		d := avc(t, g, c.log)
		text := ""
		for _, n := range d.Notes {
			text += n.Text + "\n"
		}
		if d.Instead != c.want || !strings.Contains(text, c.note) {
			t.Errorf("%s: got %q, want %q; notes: %s", c.what, d.Instead, c.want, text)
		}
	}
}
