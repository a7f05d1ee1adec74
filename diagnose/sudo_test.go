package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// TestSudo: the boolean for a service that runs sudo, and who only becomes another user.
func TestSudo(t *testing.T) {
	f, err := cil.ParseFile("policy.cil", `(mls true) (class capability (setuid)) (classorder (capability))
(sid kernel) (sidorder (kernel)) (user system_u) (role system_r) (role object_r)
(userrole system_u system_r) (userrole system_u object_r)
(sensitivity s0) (sensitivityorder (s0)) (userlevel system_u (s0)) (userrange system_u ((s0) (s0)))
(type based_t) (type nagios_t) (type logrotate_t) (type other_t)
(roletype system_r based_t) (roletype system_r nagios_t) (roletype system_r logrotate_t) (roletype system_r other_t)
(sidcontext kernel (system_u system_r other_t ((s0) (s0))))
(boolean based_run_sudo false) (boolean based_other false)
(booleanif (based_run_sudo) (true (allow based_t self (capability (setuid)))))
(booleanif (based_other) (true (allow other_t self (capability (setuid)))))
(allow kernel_t self (capability (setuid))) (type kernel_t)
`)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := compile.Compile([]*cil.File{f}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	g := diagnose.New(access.NewDecider(policy.New(compiled.Policy)), network.Question{})
	for _, c := range []struct {
		domain, comm string
		want         diagnose.Sudo
	}{
		{"based_t", "sudo", diagnose.Sudo{Boolean: "based_run_sudo", Here: true}},
		{"other_t", "sudo", diagnose.Sudo{}},
		{"nagios_t", "sudo", diagnose.Sudo{Boolean: "nagios_run_sudo"}},
		{"logrotate_t", "su", diagnose.Sudo{Drops: true}},
		{"logrotate_t", "sudo", diagnose.Sudo{}},
		{"other_t", "su", diagnose.Sudo{}},
		{"other_t", "runuser", diagnose.Sudo{Drops: true}},
	} {
		own := "system_u:system_r:" + c.domain + ":s0"
		log := strings.Replace(line("setuid", "", own, own, "capability"), `comm="x"`, `comm="`+c.comm+`"`, 1)
		if d := avc(t, g, log); d.Instead != diagnose.InsteadSudo || d.Sudo == nil || *d.Sudo != c.want {
			t.Errorf("%s %s: %+v (%s)", c.domain, c.comm, d.Sudo, d.Instead)
		}
	}
}
