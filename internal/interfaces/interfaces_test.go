package interfaces

import (
	"errors"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/oracle"
)

func index(t testing.TB) *refpolicy.Index {
	t.Helper()
	root, err := sysroot.Open("")
	if err != nil {
		t.Fatal(err)
	}
	h, err := refpolicy.Open(root, oracle.Headers(t), refpolicy.Override{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := h.Index()
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestSearch: what Debian's headers have for known questions, the cheapest first.
func TestSearch(t *testing.T) {
	f := New(index(t), testpolicy.Debian(t, "default"))
	for _, c := range []struct {
		need    Need
		want    string // the first call, "" for none
		dangers int
		ports   int // beyond the need
	}{
		{Need{"httpd_t", "postgresql_port_t", "tcp_socket", []string{"name_connect"}},
			"corenet_tcp_connect_postgresql_port(httpd_t)", 0, 0},
		{Need{"httpd_t", "unreserved_port_t", "tcp_socket", []string{"name_connect"}},
			"corenet_tcp_connect_generic_port(httpd_t)", 0, 1},
		{Need{"httpd_t", "shadow_t", "file", []string{"read"}}, "auth_read_shadow(httpd_t)", 1, 0},
		{Need{"httpd_t", "user_home_t", "file", []string{"read", "open"}},
			"userdom_read_user_home_content_files(httpd_t)", 0, 0},
		{Need{"httpd_t", "self", "capability", []string{"sys_module"}}, "", 0, 0},
	} {
		list, err := f.Search(c.need)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			if c.want != "" {
				t.Errorf("%v: nothing, want %s", c.need, c.want)
			}
			continue
		}
		got := list[0]
		if got.Call != c.want || !got.Whole || got.Dangers != c.dangers || got.BeyondPorts != c.ports {
			t.Errorf("%v: %s, whole %v, %d dangers, %d ports; want %+v", c.need, got.Call, got.Whole, got.Dangers,
				got.BeyondPorts, c)
		}
		if !slices.IsSortedFunc(list, func(a, b Candidate) int {
			if a.Whole != b.Whole {
				return 0
			}
			return compare(a.Effect, b.Effect)
		}) {
			t.Errorf("%v: the cheapest is not first", c.need)
		}
	}
	var unknown *NameError
	if _, err := f.Search(Need{"nobody_t", "shadow_t", "file", []string{"read"}}); !errors.As(err, &unknown) {
		t.Error(err)
	}
	if _, err := f.Search(Need{"httpd_t", "nothing_t", "file", []string{"read"}}); !errors.As(err, &unknown) {
		t.Error(err)
	}
}

// base has the modules of Debian's policy, to be built with one more.
type base struct {
	t       testing.TB
	modules []*compile.Module
	options compile.Options
}

func newBase(t testing.TB) *base {
	mls := true
	b := &base{t: t, options: compile.Options{MLS: &mls, DisableNeverallow: true, MultipleDecls: true}}
	var err error
	if b.modules, err = compile.ReadModules(testenv.Modules(t, "default"), b.options); err != nil {
		t.Fatal(err)
	}
	return b
}

// with builds the policy with a module.
func (b *base) with(h *refpolicy.Headers, source string) *policy.Policy {
	b.t.Helper()
	modules := slices.Clone(b.modules)
	if source != "" {
		text, _, err := h.Expand("x.te", source)
		if err != nil {
			b.t.Fatal(err)
		}
		p, _, err := te.Package(string(text), nil, te.Options{MLS: true, File: "x.te"})
		if err != nil {
			b.t.Fatal(err)
		}
		c, err := p.CIL(pp.Release34)
		if err != nil {
			b.t.Fatal(err)
		}
		file, err := cil.ParseFile("x.cil", string(c.Text))
		if err != nil {
			b.t.Fatal(err)
		}
		modules = append(modules, compile.NewModule(file))
	}
	r, err := compile.Build(modules, b.options)
	if err != nil {
		b.t.Fatal(err)
	}
	return policy.New(r.Policy)
}

// headersOf returns the headers of an index.
func headersOf(t testing.TB, x *refpolicy.Index) *refpolicy.Headers {
	t.Helper()
	h, err := x.Headers()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestEffectBuilt: a call adds exactly the access that the policy with a module
// that makes the call gives it, and the policy without does not: for rules on types and
// attributes, on the domain itself, under conditions, in optional blocks, and by
// membership. What members of an attribute may do to themselves is not compared: see
// [Effect].
func TestEffectBuilt(t *testing.T) {
	if !testenv.Long() {
		t.Skip("each of ten builds of Debian's policy takes seconds: only in a long run")
	}
	x := index(t)
	b := newBase(t)
	h := headersOf(t, x)
	before := b.with(h, "")
	names := []string{"auth_use_nsswitch", "userdom_exec_user_home_content_files", "corenet_tcp_bind_http_port",
		"init_domtrans_script", "files_manage_non_security_files", "domain_read_all_domains_state",
		"corenet_tcp_connect_all_unreserved_ports", "sysnet_dns_name_resolve", "unconfined_domain"}
	const domain = "apcupsd_t"
	f := New(x, before)
	all := 0
	for _, name := range names {
		def, ok := h.Find(name)
		if !ok || len(h.Required(def)) != 1 {
			t.Logf("%s is no interface for a domain alone", name)
			continue
		}
		e, err := f.Effect(def, []string{domain}, nil)
		if err != nil || len(e.Missing) > 0 {
			t.Errorf("%s: %v %v", name, err, e)
			continue
		}
		after := b.with(h, "policy_module(senet_x, 1.0)\nrequire { type "+domain+"; }\n"+e.Call+"\n")
		gained, total := 0, 0
		was, is := access.NewDecider(before), access.NewDecider(after)
		source, _ := before.Type(domain)
		later, ok := after.Type(domain)
		if !ok {
			t.Fatal(name)
		}
		for class := range before.Classes() {
			for perm := range each(before.AllPerms(class)) {
				old, now := was.TargetTypes(source, class, perm), is.TargetTypes(later, class, perm)
				for id := range before.Types() {
					other, _ := after.Type(before.TypeName(id))
					real := now.Has(other) && !old.Has(id)
					ours := f.sumOn(f.last, class, id)&perm != 0
					if id == source && len(e.Through) > 0 {
						continue
					}
					if real {
						total++
					}
					if real == ours {
						continue
					}
					if gained++; gained < 4 {
						t.Errorf("%s: %s %s:%s %s: %v, but the policy says %v", name, domain, before.TypeName(id),
							before.ClassName(class), before.Perms(class)[bits.TrailingZeros32(uint32(perm))], ours,
							real)
					}
				}
			}
		}
		t.Logf("%s: %d permissions for types, %d differ", name, total, gained)
		all += total
	}
	if all == 0 {
		t.Error("no call gives anything")
	}
}

// TestCover: several refusals at once; an interface that grants two is chosen once, what
// nothing grants is left, what the policy grants is no need.
func TestCover(t *testing.T) {
	f := New(index(t), testpolicy.Debian(t, "default"))
	c, err := f.Cover([]Need{
		{"httpd_t", "user_home_t", "file", []string{"read", "open", "getattr"}},
		{"httpd_t", "user_home_t", "dir", []string{"search"}},
		{"httpd_t", "postgresql_port_t", "tcp_socket", []string{"name_connect"}},
		{"httpd_t", "self", "capability", []string{"sys_module"}},
		{"httpd_t", "http_port_t", "tcp_socket", []string{"name_bind"}},
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var calls []string
	for _, x := range c.Calls {
		calls = append(calls, x.Call)
	}
	if got := strings.Join(calls, " "); got !=
		"corenet_tcp_connect_postgresql_port(httpd_t) userdom_read_user_home_content_files(httpd_t)" {
		t.Error(got)
	}
	if len(c.Left) != 1 || c.Left[0].Target != "self" {
		t.Error(c.Left)
	}
}

// TestConditions: the operators of conditions, and names that the policy lacks.
func TestConditions(t *testing.T) {
	p := testpolicy.Debian(t, "default")
	on, ok := p.Bool("httpd_can_network_connect")
	off, known := p.Bool("httpd_enable_cgi")
	if !ok || !known {
		t.Fatal("Debian's policy lacks the booleans")
	}
	f := New(&refpolicy.Index{}, p.WithBools(policy.BoolSetting{Bool: on, On: true}, policy.BoolSetting{Bool: off}))
	const a, b = "httpd_can_network_connect", "httpd_enable_cgi"
	for cond, want := range map[string]bool{"": true, a: true, b: false, "!" + b: true, "nosuch": false,
		"(" + a + " && " + b + ")": false, "(" + a + " || " + b + ")": true, a + " && !(" + b + " || nosuch)": true,
		a + " == " + b: false, a + " != " + b: true, "(" + a + " ^ " + b + ")": true, "!!" + a: true,
		strings.Repeat("!", 1000) + a: false} {
		if got := f.isTrue(cond); got != want {
			t.Errorf("%.60q is %v", cond, got)
		}
	}
}
