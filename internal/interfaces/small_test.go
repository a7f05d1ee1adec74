package interfaces

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/policy"
)

const smallPolicy = `
(class process (transition)) (class file (read write open)) (class tcp_socket (name_connect name_bind))
(class capability (sys_module net_bind_service)) (class system (module_load))
(classorder (process file tcp_socket capability system))
(sid kernel) (sidorder (kernel)) (user u) (role object_r) (role r)
(sensitivity s0) (sensitivityorder (s0)) (category c0)
(categoryorder (c0)) (sensitivitycategory s0 (c0)) (level l (s0)) (levelrange lr (l l)) (userlevel u l) (userrange u lr)
(userrole u object_r) (userrole u r) (sidcontext kernel (u r d_t lr))
(type d_t) (roletype r d_t) (roletype object_r web_port_t) (type other_t)
(type one_t) (type two_t) (type web_port_t) (type shadow_t)
(typeattribute files) (typeattributeset files (one_t two_t shadow_t))
(typeattribute readers) (typeattributeset readers (other_t))
(boolean on true) (boolean off false)
(allow readers one_t (file (read))) (allow d_t two_t (file (read))) (allow other_t files (file (write)))
(portcon tcp (8000 8009) (u object_r web_port_t lr)) (portcon tcp 443 (u object_r web_port_t lr))
`

// smallInterfaces has one for each rule of what an effect is.
const smallInterfaces = "" +
	"interface(`plain',`allow $1 one_t:file { read open };')\n" +
	"interface(`held',`allow $1 two_t:file read;')\n" +
	"interface(`set',`allow $1 { files -one_t }:file read;')\n" +
	"interface(`own',`allow $1 self:capability net_bind_service;')\n" +
	"interface(`when',`tunable_policy(`on && !off',`allow $1 one_t:file read;',`allow $1 one_t:file write;')')\n" +
	"interface(`member',`gen_require(`attribute readers;')typeattribute $1 readers;')\n" +
	"interface(`gone',`allow $1 gone_t:file read;')\n" +
	"interface(`maybe',`optional_policy(`allow $1 gone_t:file read;')allow $1 one_t:file read;')\n" +
	"interface(`port',`allow $1 web_port_t:tcp_socket name_bind;own($1)')\n" +
	"interface(`grave',`allow $1 files:file { read write };')\n" +
	"interface(`back',`allow other_t $1:process transition;')\n" +
	"interface(`silent',`dontaudit $1 one_t:file read;')\n" +
	"interface(`twice',`allow $1 one_t:file { read open };allow $1 one_t:file { read open };')\n" +
	"interface(`several',`allow $1 files:file { read open };allow $1 { one_t files }:file { read write };')\n" +
	"interface(`backs',`allow other_t $1:file read;allow other_t $1:file read;')\n" +
	"interface(`given',`allow $1 $2:file read;')\n" +
	"template(`made',`allow $1_t one_t:file read;')\n"

func smallFinder(t testing.TB) *Finder {
	t.Helper()
	return smallFinderWith(t, "")
}

// smallFinderWith is smallFinder with more interfaces.
func smallFinderWith(t testing.TB, more string) *Finder {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"support/a.spt": "define(`policy_module',`module $1 $2;')\n" +
		"define(`interface',`')define(`template',`')define(`gen_require',`require {\n$1\n}')\n" +
		"define(`optional_policy',`optional {\n$1\n}')\n" +
		"define(`tunable_policy',`if ($1) {\n$2\nifelse(`$3',`',`',`} else {\n$3\n')}')\n",
		"a/a.if": smallInterfaces + more} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := sysroot.Open("")
	if err != nil {
		t.Fatal(err)
	}
	h, err := refpolicy.Open(root, dir, refpolicy.Override{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := h.Index()
	if err != nil {
		t.Fatal(err)
	}
	file, err := cil.ParseFile("small.cil", smallPolicy)
	if err != nil {
		t.Fatal(err)
	}
	r, err := compile.Compile([]*cil.File{file}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return New(x, policy.New(r.Policy))
}

// gainText writes a gain.
func gainText(g Gain) string {
	s := g.Source + " " + g.Target + ":" + g.Class + " " + strings.Join(g.Perms, " ")
	if g.Through != "" {
		s += " by " + g.Through
	}
	if g.Danger != "" {
		s += " " + g.Danger
	}
	return s
}

// TestEffect: each kind of rule, what the policy grants already, names that it lacks,
// conditions, ports, dangers.
func TestEffect(t *testing.T) {
	f := smallFinder(t)
	for _, c := range []struct {
		name, gains string
		beyond      int
		more        func(*Effect) bool
	}{
		{"plain", "d_t one_t:file read open", 2, nil},
		{"held", "", 0, nil},
		{"set", "d_t { files -one_t }:file read passwords", 1, func(e *Effect) bool { return e.Dangers == 1 }},
		{"own", "d_t self:capability net_bind_service", 1, nil},
		{"when", "d_t one_t:file read", 1, func(e *Effect) bool { return e.Off[0] == "!(on && !off)" }},
		{"member", "d_t one_t:file read by readers", 1, func(e *Effect) bool { return e.Through[0] == "readers" }},
		{"gone", "", 0, func(e *Effect) bool { return len(e.Missing) == 1 && e.Missing[0] == "gone_t" }},
		{"maybe", "d_t one_t:file read", 1, func(e *Effect) bool { return len(e.Missing) == 0 }},
		{"port", "d_t web_port_t:tcp_socket name_bind; d_t self:capability net_bind_service", 2, func(e *Effect) bool {
			return e.BeyondPorts == 11 && len(e.Ports) == 1 && e.Ports[0].Bind && e.Ports[0].Ports.Contains(8005)
		}},
		{"grave", "d_t files:file read write passwords", 5, func(e *Effect) bool { return e.Dangers == 1 }},
		{"back", "other_t d_t:process transition", 1, nil},
		{"silent", "", 0, nil},
	} {
		def, ok := headersOf(t, f.x).Find(c.name)
		if !ok {
			t.Fatal(c.name)
		}
		e, err := f.Effect(def, []string{"d_t"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var gains []string
		for _, g := range e.Gains {
			gains = append(gains, gainText(g))
		}
		if got := strings.Join(gains, "; "); got != c.gains || e.Beyond != c.beyond || c.more != nil && !c.more(e) {
			t.Errorf("%s: %q, %d beyond, %+v; want %q, %d", c.name, got, e.Beyond, e, c.gains, c.beyond)
		}
	}
}

// TestSearchSmall: what is found, by what, in which order; what is not.
func TestSearchSmall(t *testing.T) {
	f := smallFinder(t)
	for _, c := range []struct {
		need Need
		want string
	}{
		{Need{"d_t", "one_t", "file", []string{"read"}},
			"maybe(d_t) member(d_t) when(d_t) plain(d_t) twice(d_t) grave(d_t) several(d_t)"},
		{Need{"d_t", "one_t", "file", []string{"read", "open"}},
			"plain(d_t) twice(d_t) several(d_t) maybe(d_t)? member(d_t)? when(d_t)? grave(d_t)?"},
		{Need{"d_t", "self", "capability", []string{"net_bind_service"}}, "own(d_t) port(d_t)"},
		{Need{"d_t", "d_t", "capability", []string{"net_bind_service"}}, "own(d_t) port(d_t)"},
		{Need{"d_t", "web_port_t", "tcp_socket", []string{"name_bind"}}, "port(d_t)"},
		{Need{"d_t", "web_port_t", "tcp_socket", []string{"name_connect"}}, ""},
		{Need{"d_t", "shadow_t", "file", []string{"read"}}, "set(d_t) grave(d_t) several(d_t)"},
	} {
		list, err := f.Search(c.need)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range list {
			text := x.Call
			if !x.Whole {
				text += "?"
			}
			got = append(got, text)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%v: %s, want %s", c.need, text, c.want)
		}
	}
}

// TestCoverSmall: the cheapest calls that together grant all; what is granted today is no
// need; a limit leaves what costs more.
func TestCoverSmall(t *testing.T) {
	f := smallFinder(t)
	needs := []Need{{"d_t", "one_t", "file", []string{"read", "open"}}, {"d_t", "two_t", "file", []string{"read"}},
		{"d_t", "shadow_t", "file", []string{"read"}}, {"d_t", "web_port_t", "tcp_socket", []string{"name_bind"}}}
	write := []Need{{"d_t", "shadow_t", "file", []string{"write"}}, {"d_t", "one_t", "file", []string{"read"}}}
	for _, c := range []struct {
		needs      []Need
		limit      int
		want, left string
	}{{needs, 0, "plain(d_t) set(d_t) port(d_t)", ""}, {write, 0, "grave(d_t)", ""},
		{write, 3, "maybe(d_t)", "shadow_t"}, {needs[1:2], 0, "", ""}} {
		needs := c.needs
		cover, err := f.Cover(needs, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		var calls, left []string
		for _, x := range cover.Calls {
			calls = append(calls, x.Call)
		}
		for _, n := range cover.Left {
			left = append(left, n.Target)
		}
		if strings.Join(calls, " ") != c.want || strings.Join(left, " ") != c.left {
			t.Errorf("limit %d: %v, left %v; want %s, %s", c.limit, calls, left, c.want, c.left)
		}
	}
}

// TestLeftOut: an interface that the index leaves out is named, and nothing is said of what it opens.
func TestLeftOut(t *testing.T) {
	f := smallFinderWith(t, "interface(`deep',`"+strings.Repeat("optional {", 99)+"allow $1 one_t:file read;"+
		strings.Repeat("}", 99)+"')\n")
	if e, err := f.Expand("plain(d_t)"); err != nil || e.Effect == nil || len(e.Warnings) > 0 {
		t.Error(e, err)
	}
	e, err := f.Expand("deep(d_t)")
	if err != nil || e.Effect != nil || len(e.Warnings) != 1 || !strings.Contains(e.Warnings[0], "deep: blocks") {
		t.Error(e, err)
	}
	found, err := f.Find([]Need{{"d_t", "one_t", "file", []string{"read"}}})
	if err != nil || len(found.LeftOut) != 1 || found.LeftOut[0].Name != "deep" {
		t.Error(found, err)
	}
}
