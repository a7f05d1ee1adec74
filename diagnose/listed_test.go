package diagnose_test

import (
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// starterPolicy lets systemd execute programs (bin_t) and what is in homes, and nothing in /tmp.
const starterPolicy = `(mls true) (class file (execute)) (classorder (file))
(sid kernel) (sidorder (kernel))
(user system_u) (role system_r) (role object_r) (userrole system_u system_r) (userrole system_u object_r)
(sensitivity s0) (sensitivityorder (s0)) (userlevel system_u (s0)) (userrange system_u ((s0) (s0)))
(type init_t) (type bin_t) (type user_tmp_t) (type user_home_t) (type container_file_t)
(roletype system_r init_t) (roletype object_r bin_t)
(sidcontext kernel (system_u system_r init_t ((s0) (s0))))
(allow init_t bin_t (file (execute))) (allow init_t user_home_t (file (execute)))
`

// TestListedStarter: the domain of systemd is named where it may not execute a program with its label, and may with the
// one that the program should have.
func TestListedStarter(t *testing.T) {
	f, err := cil.ParseFile("policy.cil", starterPolicy)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := compile.Compile([]*cil.File{f}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := access.NewDecider(policy.New(compiled.Policy))
	g := diagnose.New(d, network.Question{})
	for _, c := range []struct {
		rule, typ, wanted string
		kind              byte
		starter           string
	}{
		{"refused now, allowed with the other", "user_tmp_t", "bin_t", '-', "init_t"},
		{"the kind is not known", "user_tmp_t", "bin_t", 0, "init_t"},
		{"a directory is not executed", "user_tmp_t", "bin_t", 'd', ""},
		{"allowed now", "user_home_t", "bin_t", '-', ""},
		{"refused with both", "user_tmp_t", "init_t", '-', ""},
		{"the label is right", "bin_t", "bin_t", '-', ""},
	} {
		l := audit.Listed{Path: "/usr/bin/x", Name: "x", Kind: c.kind, Context: "system_u:object_r:" + c.typ + ":s0",
			Wanted: "system_u:object_r:" + c.wanted + ":s0"}
		got, ok := g.Listed(&l)
		if !ok || got.Starter != c.starter || got.Right() != (c.typ == c.wanted) {
			t.Errorf("%s: %v %+v", c.rule, ok, got)
		}
	}
	volume := audit.Listed{Path: "/srv/x", Name: "x", Context: "system_u:object_r:container_file_t:s0",
		Wanted: "system_u:object_r:bin_t:s0"}
	if got, ok := g.Listed(&volume); ok {
		t.Errorf("a volume of containers is compared: %+v", got)
	}
}
