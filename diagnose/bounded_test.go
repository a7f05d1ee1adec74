package diagnose_test

import (
	"testing"

	"github.com/senet-selinux/senet/diagnose"
)

// TestStarters: what started a program that did not get its domain, a case for each rule. The policies here do not
// have the types.
func TestStarters(t *testing.T) {
	for _, c := range []struct {
		rule, old, become, more string
		want                    diagnose.Starter
	}{
		{"init_t is systemd", "system_u:system_r:init_t:s0", "system_u:system_r:batchd_t:s0", "", diagnose.StarterUnit},
		{"a process that systemd prepares", "system_u:system_r:jobs_t:s0", "system_u:system_r:batchd_t:s0", "(batchd)",
			diagnose.StarterUnit},
		{"the type of containers", "system_u:system_r:jobs_t:s0", "system_u:system_r:container_t:s0:c1,c2", "",
			diagnose.StarterEngine},
		{"an engine", "system_u:system_r:container_runtime_t:s0", "system_u:system_r:web.process:s0:c1,c2", "",
			diagnose.StarterEngine},
		{"a context of Android", "u:r:su:s0", "u:r:batchd:s0", "", diagnose.StarterAndroid},
		{"a person", "staff_u:staff_r:staff_t:s0", "staff_u:staff_r:batchd_t:s0", "", diagnose.StarterPerson},
		{"sudo", "staff_u:sysadm_r:staff_sudo_t:s0", "staff_u:sysadm_r:batchd_t:s0", "", diagnose.StarterPerson},
		{"runcon", "system_u:system_r:jobs_t:s0", "system_u:system_r:batchd_t:s0", "runcon", diagnose.StarterPerson},
		{"nothing tells", "system_u:system_r:jobs_t:s0", "system_u:system_r:batchd_t:s0", "", diagnose.StarterOther},
	} {
		log := "type=SELINUX_ERR msg=audit(1.1:1): op=security_bounded_transition seresult=denied oldcontext=" + c.old +
			" newcontext=" + c.become + "\n"
		if c.more != "" {
			log += `type=SYSCALL msg=audit(1.1:1): arch=c000003e syscall=59 success=no exit=-1 comm="` + c.more + "\"\n"
		}
		e := one(t, log)
		if d := newDiagnoser(t).Error(e, &e.Errors[0]); d.Starter != c.want {
			t.Errorf("%s: %q, want %q", c.rule, d.Starter, c.want)
		}
	}
}

// TestFaults: the part of a computed context that is not valid, a case for each rule.
func TestFaults(t *testing.T) {
	g, _ := ask(debian(t))
	for _, c := range []struct {
		rule, context string
		want          diagnose.Fault
		service       bool
	}{
		{"the role may not have the type", "root:sysadm_r:httpd_t:s0", diagnose.FaultRole, true},
		{"nor may system_r", "root:sysadm_r:user_home_t:s0", diagnose.FaultRole, false},
		{"the user may not have the role", "staff_u:system_r:httpd_t:s0", diagnose.FaultUser, false},
		{"no such user", "nobody_u:object_r:etc_t:s0", diagnose.FaultUser, false},
		{"beyond the range of the user", "user_u:user_r:user_t:s0-s0:c0.c10", diagnose.FaultRange, false},
		{"levels that the policy lacks", "user_u:object_r:etc_t:s0:c9000", diagnose.FaultRange, false},
	} {
		e := one(t, "type=SELINUX_ERR msg=audit(1.1:1): op=security_compute_sid invalid_context="+c.context+
			" scontext=root:sysadm_r:sysadm_t:s0 tcontext=root:sysadm_r:sysadm_t:s0 tclass=udp_socket")
		d := g.Error(e, &e.Errors[0])
		if d.Invalid == nil || d.Invalid.Fault != c.want || d.Invalid.Service != c.service ||
			d.Verdict != diagnose.StillDenied {
			t.Errorf("%s: %+v, %s", c.rule, d.Invalid, d.Verdict)
		}
	}
}
