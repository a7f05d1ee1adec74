package incident_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/policy"
)

// TestAllowOfContainers: no rule is for the output of a program in a container; for what else has a label on a file
// system there is one.
func TestAllowOfContainers(t *testing.T) {
	f, err := cil.ParseFile("policy.cil", `(mls true) (class filesystem (associate)) (classorder (filesystem))
(sid kernel) (sidorder (kernel)) (user system_u) (role system_r) (role object_r)
(userrole system_u system_r) (userrole system_u object_r)
(sensitivity s0) (sensitivityorder (s0)) (userlevel system_u (s0)) (userrange system_u ((s0) (s0)))
(type container_t) (type jobs_file_t) (type proc_t) (type kernel_t)
(roletype system_r kernel_t) (roletype system_r container_t)
(sidcontext kernel (system_u system_r kernel_t ((s0) (s0))))
(allow kernel_t proc_t (filesystem (associate)))
`)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := compile.Compile([]*cil.File{f}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(compiled.Policy)
	for _, c := range []struct {
		label string
		rules int
	}{{"container_t", 0}, {"jobs_file_t", 1}} {
		log, err := incident.Read(strings.NewReader(`avc: denied { associate } for pid=1 comm="x" name="1" `+
			"scontext=system_u:object_r:"+c.label+":s0 tcontext=system_u:object_r:proc_t:s0 tclass=filesystem\n"),
			audit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		rules, left := incident.Explain(access.NewDecider(p), log, incident.Options{}).AllowRules(p)
		if len(rules) != c.rules || c.rules == 0 && (len(left) != 1 || left[0].Why != incident.NotNeeded) {
			t.Errorf("%s: rules %v, left out %+v", c.label, rules, left)
		}
	}
}
