package senet_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
	"github.com/senet-selinux/senet/test/oracle"
)

// refusedAccesses are accesses that Debian's policy refuses and that an interface of its headers grants: SOURCE
// CLASS:PERMS TARGET.
const refusedAccesses = `httpd_t file:read,open tmp_t
httpd_t file:write etc_t
ntpd_t file:read,open,getattr,map httpd_sys_content_t
apcupsd_t file:getattr,read,open proc_net_t
httpd_t file:append var_log_t
apcupsd_t dir:search user_home_dir_t
httpd_t dir:read,open,getattr,search var_spool_t
ntpd_t dir:write,add_name var_lib_t
ntpd_t chr_file:read,open random_device_t
httpd_t chr_file:write,read,open tun_tap_device_t
httpd_t fifo_file:read,write initctl_t
ntpd_t unix_stream_socket:connectto mysqld_t
httpd_t dbus:send_msg systemd_logind_t
httpd_t dbus:send_msg NetworkManager_t
httpd_t dbus:send_msg avahi_t
httpd_t process:signal sshd_t
httpd_t process:sigkill crond_t
sshd_t fd:use sshd_t
httpd_t capability:sys_admin self
httpd_t capability2:syslog self
httpd_t tcp_socket:name_connect ldap_port_t
httpd_t udp_socket:name_bind dns_port_t
httpd_t tcp_socket:name_bind smtp_port_t
httpd_t packet:recv http_client_packet_t
httpd_t system:module_request kernel_t
httpd_t system:syslog_read kernel_t
sshd_t filesystem:getattr tmpfs_t
httpd_t filesystem:mount fs_t
httpd_t key:search kernel_t
httpd_t service:status,start init_t
httpd_t service:status sshd_unit_t
httpd_t security:compute_av security_t
httpd_t association:recvfrom unlabeled_t
httpd_t process:transition unconfined_t
httpd_t file:read,open,getattr sysctl_net_t
ntpd_t file:read cert_t
apcupsd_t file:read krb5_conf_t
ntpd_t dir:search httpd_log_t
ntpd_t file:getattr httpd_log_t
httpd_t netlink_audit_socket:create,nlmsg_relay self
httpd_t chr_file:read,write,open,getattr,ioctl ptmx_t
httpd_t chr_file:read,write,open user_devpts_t
apcupsd_t unix_stream_socket:connectto init_t
`

// triples lists what a policy has and another one has not: SOURCE TARGET:CLASS PERMISSION, by its rules.
func triples(before, after *policy.Policy) map[string]bool {
	type key struct {
		source, target policy.TypeID
		class          policy.ClassID
	}
	had := map[key]policy.AccessVector{}
	for r := range before.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if before.Enabled(r) {
			had[key{r.Source, r.Target, r.Class}] |= r.Perms
		}
	}
	d, list := access.NewDecider(before), map[string]bool{}
	for r := range after.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		fresh := r.Perms &^ had[key{r.Source, r.Target, r.Class}]
		if fresh == 0 || !after.Enabled(r) {
			continue
		}
		for bit, name := range after.Perms(r.Class) {
			perm := policy.AccessVector(1) << bit
			if fresh&perm == 0 {
				continue
			}
			for source := range after.Members(r.Source).All() {
				targets := d.TargetTypes(source, r.Class, perm)
				for target := range after.Members(r.Target).All() {
					if !targets.Has(target) {
						list[fmt.Sprintf("%s %s:%s %s", after.TypeName(source), after.TypeName(target),
							after.ClassName(r.Class), name)] = true
					}
				}
			}
		}
	}
	return list
}

// ofSource lists what one source has, one question at a time.
func ofSource(p *policy.Policy, source string) map[string]bool {
	id, _ := p.Type(source)
	d, list := access.NewDecider(p), map[string]bool{}
	for class := range p.Classes() {
		for bit, name := range p.Perms(class) {
			for target := range d.TargetTypes(id, class, policy.AccessVector(1)<<bit).All() {
				list[fmt.Sprintf("%s %s:%s %s", source, p.TypeName(target), p.ClassName(class), name)] = true
			}
		}
	}
	return list
}

// TestAccessInterfaces: of accesses of many classes, the fix with interfaces gives exactly the access that was asked
// for and as much beyond as it says; the module that the makefile of refpolicy's headers makes of its source gives the
// same.
func TestAccessInterfaces(t *testing.T) {
	path := testenv.Policy(t, "default")
	s := open(t, senet.Options{Policy: path, Headers: oracle.Headers(t)})
	type made struct {
		subject string
		module  []cil.Node
		gained  map[string]bool
	}
	sources, all := map[string]string{}, map[string]made{}
	beyond, exact := 0, 0
	for line := range strings.Lines(refusedAccesses) {
		words := strings.Fields(line)
		class, perms, _ := strings.Cut(words[1], ":")
		q := senet.AccessQuery{Source: words[0], Target: words[2], Class: class, Perms: strings.Split(perms, ",")}
		x, err := s.AccessFixes(context.Background(), q)
		if err != nil {
			t.Fatal(line, err)
		}
		at := slices.IndexFunc(x.Fixes, func(f object.Fix) bool { return f.Kind == object.Interfaces })
		if at < 0 {
			t.Errorf("%s: no fix with interfaces", words)
			continue
		}
		f := &x.Fixes[at]
		db, err := compile.Amend(x.Policy.DB(), f.Module())
		if err != nil || !f.Works {
			t.Errorf("%s: %v, works %v", words, err, f.Works)
			continue
		}
		gained := triples(x.Policy, policy.New(db).WithBoolsOf(x.Policy))
		wanted := 0
		for i := range x.Fixes {
			if x.Fixes[i].Kind != object.Rule {
				continue
			}
			for _, r := range x.Fixes[i].Rules {
				target := strings.Replace(r.Target, "self", r.Source, 1)
				for _, perm := range r.Perms {
					if wanted++; !gained[fmt.Sprintf("%s %s:%s %s", r.Source, target, r.Class, perm)] {
						t.Errorf("%s: %v does not give %s", words, f.Calls, perm)
					}
				}
			}
		}
		if len(gained) != wanted+f.CallsBeyond {
			t.Errorf("%s: %v gives %d permissions beyond, and says %d: %v", words, f.Calls, len(gained)-wanted,
				f.CallsBeyond, slices.Sorted(maps.Keys(gained)))
		}
		if beyond += f.CallsBeyond; f.CallsBeyond == 0 {
			exact++
		}
		name := fmt.Sprintf("%s_%d", f.ModuleName, len(all))
		sources[name] = strings.Replace(f.Source, f.ModuleName+",", name+",", 1)
		all[name] = made{words[0], f.Module(), gained}
	}
	t.Logf("%d accesses, %d with nothing beyond, %d permissions beyond in all", len(all), exact, beyond)
	if len(all) < 30 {
		t.Errorf("only %d accesses", len(all))
	}
	mls := true
	options := compile.Options{MLS: &mls, DisableNeverallow: true, MultipleDecls: true}
	modules, err := compile.ReadModules(testenv.Modules(t, "default"), options)
	if err != nil {
		t.Fatal(err)
	}
	build := func(more ...*compile.Module) *policy.Policy {
		r, err := compile.Build(append(slices.Clone(modules), more...), options)
		if err != nil {
			t.Fatal(err)
		}
		return policy.New(r.Policy)
	}
	before := build()
	theirs := oracle.RefpolicyModules(t, sources)
	for i, name := range slices.Sorted(maps.Keys(theirs)) {
		if i%testenv.Rounds(15, 1) != 0 {
			continue // a build takes a second
		}
		file, err := cil.ParseFile(name+".cil", theirs[name])
		if err != nil {
			t.Fatal(err)
		}
		after := build(compile.NewModule(file))
		subject := all[name].subject
		was, is := ofSource(before, subject), ofSource(after, subject)
		for key := range is {
			if !was[key] && !all[name].gained[key] {
				t.Errorf("%s: the makefile's module also gives %s", name, key)
			}
		}
		for key := range all[name].gained {
			if strings.HasPrefix(key, subject+" ") && !is[key] {
				t.Errorf("%s: the makefile's module does not give %s", name, key)
			}
		}
	}
}

// TestCallsUnder: what a module opens beyond is counted once for each permission and type, of all sources, under the
// present values of booleans; a module that does not grant the need is refused.
func TestCallsUnder(t *testing.T) {
	p := open(t, senet.Options{Policy: senet.Example}).Policy()
	need := []remedy.Need{{Source: "haproxy_t", Target: "postgresql_port_t", Class: "tcp_socket",
		Perms: []string{"name_connect"}}}
	for _, c := range []struct {
		module string
		beyond int // -1 for an error
	}{
		{"(allow haproxy_t postgresql_port_t (tcp_socket (name_connect)))", 0},
		{"(allow haproxy_t postgresql_port_t (tcp_socket (name_connect name_bind)))", 1},
		{"(allow haproxy_t postgresql_port_t (tcp_socket (name_connect name_bind)))" +
			"(allow haproxy_t postgresql_port_t (tcp_socket (name_bind)))", 1},
		{"(allow haproxy_t postgresql_port_t (tcp_socket (name_bind)))", -1},
		{"(typeattributeset domain haproxy_t)", -1},
	} {
		nodes, err := cil.Parse(c.module)
		if err != nil {
			t.Fatal(err)
		}
		calls := remedy.Calls{Module: nodes}
		_, beyond, err := calls.Under(p, need)
		if (err != nil) != (c.beyond < 0) || err == nil && beyond != c.beyond {
			t.Errorf("%s: %d beyond, %v; want %d", c.module, beyond, err, c.beyond)
		}
	}
}

// TestAccessInterfacesAtRandom: of accesses that rules of interfaces would grant to any domain, on both policies of
// Debian, the fix with interfaces gives as much beyond as it says.
func TestAccessInterfacesAtRandom(t *testing.T) {
	h, err := refpolicy.OpenNamed("", oracle.Headers(t))
	if err != nil {
		t.Fatal(err)
	}
	x, err := h.Index()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(testenv.NewSeed(t), 0))
	for _, kind := range []string{"default", "mls"} {
		s := open(t, senet.Options{Policy: testenv.Policy(t, kind), Headers: oracle.Headers(t)})
		domains := reach.Domains(s.Policy())
		found := 0
		for asked := 0; asked < testenv.Rounds(15, 250); asked++ {
			q, ok := randomAccess(rng, x, s.Policy())
			if !ok {
				continue
			}
			q.Source = s.Policy().TypeName(domains[rng.IntN(len(domains))])
			fixes, err := s.AccessFixes(context.Background(), q)
			if err != nil {
				continue // the policy lacks a class or a permission
			}
			at := slices.IndexFunc(fixes.Fixes, func(f object.Fix) bool { return f.Kind == object.Interfaces })
			if at < 0 {
				continue
			}
			f := &fixes.Fixes[at]
			db, err := compile.Amend(fixes.Policy.DB(), f.Module())
			if err != nil {
				t.Fatal(err)
			}
			wanted := 0
			for i := range fixes.Fixes {
				for _, r := range fixes.Fixes[i].Rules {
					wanted += len(r.Perms)
				}
			}
			found++
			gained := triples(fixes.Policy, policy.New(db).WithBoolsOf(fixes.Policy))
			if len(gained) != wanted+f.CallsBeyond || !f.Works {
				t.Errorf("%+v: %v gives %d permissions, %d of them wanted, and says %d beyond", q, f.Calls, len(gained),
					wanted, f.CallsBeyond)
			}
		}
		t.Logf("%s: %d fixes with interfaces", kind, found)
		if found == 0 {
			t.Errorf("%s: no fix with interfaces", kind)
		}
	}
}

// randomAccess returns an access without a source that a rule of an interface grants; ok is false if the rule that was
// drawn is none for a domain.
func randomAccess(rng *rand.Rand, x *refpolicy.Index, p *policy.Policy) (q senet.AccessQuery, ok bool) {
	for range 1000 {
		def := rng.IntN(x.Defs())
		rules := x.Rules(def)
		if rules.Len() == 0 || x.Required(def) != 1 {
			continue
		}
		r := rules.At(rng.IntN(rules.Len()))
		if r.Kind != refpolicy.Allow || x.Set(r.Sources).Text != "$1" {
			continue
		}
		id, known := p.TypeOrAttribute(x.Set(r.Targets).Names[0])
		if !known || p.Members(id).IsEmpty() {
			continue
		}
		members := slices.Collect(p.Members(id).All())
		perms := x.Set(r.Perms).Names
		return senet.AccessQuery{Target: p.TypeName(members[rng.IntN(len(members))]), Class: x.Set(r.Classes).Names[0],
			Perms: perms[:1+rng.IntN(min(3, len(perms)))]}, true
	}
	return q, false
}
