package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// keptPolicy has a service, based, that may read its data, and a systemd that may not and may not give it its domain
// with no_new_privs.
const keptPolicy = `(mls true) (class file (read open)) (class dir (search)) (class process (transition))
(class process2 (nnp_transition nosuid_transition)) (classorder (file dir process process2))
(sid kernel) (sidorder (kernel)) (policycap nnp_nosuid_transition)
(user system_u) (role system_r) (role object_r) (userrole system_u system_r) (userrole system_u object_r)
(sensitivity s0) (sensitivityorder (s0)) (userlevel system_u (s0)) (userrange system_u ((s0) (s0)))
(type init_t) (type based_t) (type based_exec_t) (type based_data_t) (type root_t) (type secret_t)
(roletype system_r init_t) (roletype system_r based_t)
(sidcontext kernel (system_u system_r init_t ((s0) (s0))))
(typetransition init_t based_exec_t process based_t)
(allow init_t root_t (dir (search))) (allow based_t root_t (dir (search)))
(allow based_t based_data_t (dir (search))) (allow based_t based_data_t (file (read open)))
(allow init_t based_data_t (dir (search)))
`

const keptContexts = `/	-d	system_u:object_r:root_t:s0
/data(/.*)?	system_u:object_r:based_data_t:s0
/secret	--	system_u:object_r:secret_t:s0
`

// TestKept has one case for each rule about a service that its unit keeps in the domain of systemd.
func TestKept(t *testing.T) {
	const complaint = "based: cannot open '/data/x' for reading: Permission denied"
	nnp := []audit.UnitSetting{{Unit: "based.service", Key: "NoNewPrivileges", Line: 3}}
	for _, c := range []struct {
		rule, more, line string
		units            []audit.UnitSetting
		want             string
	}{
		{"the option, and no rule", "", complaint, nnp, "NoNewPrivileges based.service line 3 of the log"},
		{"what implies it", "", complaint, []audit.UnitSetting{{Unit: "based@1.service", Key: "DynamicUser", Line: 1}},
			"DynamicUser based@1.service line 1 of the log"},
		{"a unit that is not named", "", complaint, []audit.UnitSetting{{Key: "NoNewPrivileges", Line: 1}},
			"NoNewPrivileges  line 1 of the log"},
		{"what may imply it, with a user", "", complaint, []audit.UnitSetting{{Unit: "based.service", Key: "User"},
			{Unit: "based.service", Key: "PrivateDevices", Line: 2}},
			"maybe PrivateDevices based.service line 2 of the log"},
		{"what does imply it comes first", "", complaint, []audit.UnitSetting{{Unit: "based.service", Key: "User"},
			{Unit: "based.service", Key: "PrivateDevices", Line: 2}, nnp[0]},
			"NoNewPrivileges based.service line 3 of the log"},
		{"not without a user", "", complaint, []audit.UnitSetting{{Unit: "based.service", Key: "PrivateDevices"}}, ""},
		{"nor with that of another unit", "", complaint, []audit.UnitSetting{{Unit: "x.service", Key: "User"},
			{Unit: "based.service", Key: "PrivateDevices"}}, ""},
		{"a user alone", "", complaint, []audit.UnitSetting{{Unit: "based.service", Key: "User"}}, ""},
		{"without the option", "", complaint, nil, ""},
		{"the option of another unit", "", complaint,
			[]audit.UnitSetting{{Unit: "x.service", Key: "NoNewPrivileges"}}, ""},
		{"a rule lets it have its domain", "(allow init_t based_t (process2 (nnp_transition)))", complaint, nnp, ""},
		{"the rule for nosuid is another", "(allow init_t based_t (process2 (nosuid_transition)))", complaint, nnp,
			"NoNewPrivileges based.service line 3 of the log"},
		{"with bounds systemd may do all that the service may, which has its domain",
			"(typebounds init_t based_t) (allow init_t based_data_t (file (read open)))",
			complaint, nnp, ""},
		{"a permissive systemd", "(typepermissive init_t)", complaint, nnp, ""},
		{"systemd may do it too", "(allow init_t based_data_t (file (read open)))", complaint, nnp, ""},
		{"the service may not do it either", "",
			"based: cannot open '/secret' for reading: Permission denied", nnp, ""},
		{"a program in a container", "", "web-1  | " + complaint, nnp, ""},
	} {
		got := keptText(t, keptPolicy+c.more, c.line, nil, c.units)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
	old := strings.Replace(keptPolicy, "(policycap nnp_nosuid_transition)", "", 1)
	if got := keptText(t, old+"(allow init_t based_t (process2 (nnp_transition)))", complaint, nil, nnp); got == "" {
		t.Error("without the capability of the policy the kernel does not ask for the permission")
	}
	unit := map[string]string{"usr/lib/systemd/system/based.service": "[Service]\nExecStart=/usr/bin/based\n",
		"etc/systemd/system/based.service.d/a.conf": "[Service]\nNoNewPrivileges=yes\n"}
	const file = "NoNewPrivileges based.service /etc/systemd/system/based.service.d/a.conf:2"
	if got := keptText(t, keptPolicy, complaint, unit, nil); got != file {
		t.Errorf("in the system at hand: %q", got)
	}
	unit["etc/systemd/system/based.service.d/b.conf"] = "[Service]\nNoNewPrivileges=no\n"
	if got := keptText(t, keptPolicy, complaint, unit, nil); got != "" {
		t.Errorf("the last assignment counts: %q", got)
	}
}

// keptText diagnoses a complaint under a policy, in a system with files, for a log with settings of units.
func keptText(t *testing.T, source, line string, files map[string]string, units []audit.UnitSetting) string {
	t.Helper()
	f, err := cil.ParseFile("policy.cil", source)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := compile.Compile([]*cil.File{f}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tree := map[string]string{"etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=x\n",
		"etc/selinux/x/contexts/files/file_contexts": keptContexts}
	for name, text := range files {
		tree[name] = text
	}
	root, err := host.OpenRoot(testenv.Tree(t, tree))
	if err != nil {
		t.Fatal(err)
	}
	g := diagnose.New(access.NewDecider(policy.New(compiled.Policy)), network.Question{})
	d := g.In(&subject.System{Root: root}).Units(units).Symptom(one(t, line))
	if d.Kept == nil {
		return ""
	}
	if d.Subject.Name != "init_t" || d.Refused() == nil || len(d.Notes) != 1 {
		t.Errorf("%s: %+v", line, d)
	}
	maybe := ""
	if d.Kept.Maybe {
		maybe = "maybe "
	}
	return maybe + d.Kept.Option + " " + d.Kept.Unit + " " + d.Kept.Origin
}
