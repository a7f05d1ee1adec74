package remedy_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
)

// everyStatement has the statements that modules of fixes seldom have: rules that
// join with others, conditionals that the policy has, turned round too, and such that
// it has not.
const everyStatement = `
(type senet_every_t)
(roletype object_r senet_every_t)
(roletype system_r senet_every_t)
(typeattributeset port_type (senet_every_t))
(dontaudit httpd_t senet_every_t (file (read write)))
(dontaudit httpd_t senet_every_t (file (open)))
(auditallow httpd_t senet_every_t (file (write)))
(allow port_type self (tcp_socket (name_bind)))
(allow httpd_t self (capability (chown)))
(booleanif httpd_can_network_connect
    (true (allow httpd_t senet_every_t (file (append))))
    (false (dontaudit httpd_t senet_every_t (file (ioctl)))))
(booleanif (not (httpd_can_network_connect)) (true (allow httpd_t senet_every_t (file (lock)))))
(booleanif (and httpd_can_network_connect (not allow_ypbind)) (false (allow httpd_t senet_every_t (file (map)))))
(portcon udp (40000 40100) (system_u object_r senet_every_t ((s0) (s0 (c0 c5)))))
`

// TestAmended: each kind of module, added to the policy alone, says what secilc
// makes of it together with all modules: own types with their copies of rules,
// conditional and logged ones too, rules, labels and permissive domains.
func TestAmended(t *testing.T) {
	dist := debian(t)
	base := testpolicy.Open(t, dist.policy)
	sources := texts(ownTypes(t, base), "")
	for _, c := range []struct {
		problem remedy.Problem
		kind    remedy.Kind
	}{
		{problem(t, base, "httpd_t", network.Connect, network.TCP, 5601), remedy.Rule},
		{problem(t, base, "sshd_t", network.Listen, network.TCP, 2222), remedy.Label},
		{problem(t, base, "sshd_t", network.Listen, network.TCP, 2222), remedy.Permissive},
	} {
		fixes, _ := find(t, base, c.problem, c.kind)
		if len(fixes) == 0 {
			t.Fatalf("no fix of kind %v", c.kind)
		}
		sources = append(sources, cil.Format(fixes[0].Module))
	}
	sources = append(sources, everyStatement)
	before := base.DB().Encode()
	for _, keyword := range strings.Fields("booleanif dontaudit typeattributeset portcon typepermissive") {
		if !strings.Contains(strings.Join(sources, ""), "("+keyword+" ") {
			t.Errorf("no module has a %s", keyword)
		}
	}
	amended := base.DB()
	for _, text := range sources {
		statements, err := cil.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if amended, err = compile.Amend(amended, statements); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
	if string(base.DB().Encode()) != string(before) {
		t.Error("the policy that was amended has changed")
	}
	read, err := policydb.Decode(amended.Encode())
	if err != nil {
		t.Fatal(err)
	}
	want, got := everything(dist.with(t, sources...)), everything(policy.New(read))
	for _, line := range want.minus(got) {
		t.Errorf("missing: %s", line)
	}
	for _, line := range got.minus(want) {
		t.Errorf("too much: %s", line)
	}
}
