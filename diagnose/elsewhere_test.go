package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
)

// TestElsewhere: what another host is to do about an access that the policy grants, a case for each rule.
func TestElsewhere(t *testing.T) {
	debian := diagnose.New(access.NewDecider(openPolicy(t, testenv.Policy(t, "default"))), network.Question{})
	by := func(comm, log string) string { return strings.Replace(log, `comm="x"`, `comm="`+comm+`"`, 1) }
	for _, c := range []struct {
		rule, log string
		want      diagnose.Step
	}{
		{"the label of a place", by("systemd", line("read", `name="x.pid"`, "init_t", "var_t", "file")),
			diagnose.StepPlace},
		{"a program that systemd starts", by("(jobs)", line("execute", `name="jobs"`, "init_t", "user_home_t", "file")),
			diagnose.StepStart},
		{"a daemon without its domain", line("read", `name="x"`, "initrc_t", "dhcpc_runtime_t", "sock_file"),
			diagnose.StepDaemon},
		{"what programs do without", line("read", `name="online" dev="sysfs"`, "httpd_sys_script_t", "sysfs_t", "file"),
			diagnose.StepLeave},
		{"both names are of one domain", line("read", `name="x"`, "named_t", "named_zone_t", "file"),
			diagnose.StepOwn},
		{"nothing tells more", line("read", `name="x"`, "named_t", "cert_t", "file"), diagnose.StepAsk},
	} {
		d := avc(t, debian, c.log)
		there := d.Elsewhere
		if d.Verdict != diagnose.NowAllowed || d.Step != "" || there == nil || there.Step != c.want {
			t.Errorf("%s: %s, step %q, elsewhere %+v, want %q", c.rule, d.Verdict, d.Step, there, c.want)
			continue
		}
		for _, n := range there.Notes {
			if !slices.Contains(d.Notes, n) {
				t.Errorf("%s: a note of the other host alone: %s", c.rule, n.Text)
			}
		}
	}
	if d := avc(t, debian, line("write", `name="x"`, "httpd_t", "etc_t", "file")); d.Elsewhere != nil {
		t.Errorf("the policy refuses it: elsewhere %+v", d.Elsewhere)
	}
}
