package subject

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

func decider(t testing.TB, kind string) *access.Decider {
	t.Helper()
	b, err := os.ReadFile(testenv.Policy(t, kind))
	if err != nil {
		t.Fatal(err)
	}
	db, err := policydb.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return access.NewDecider(policy.New(db))
}

const imageContexts = `/.*	system_u:object_r:default_t:s0
/usr/.*	system_u:object_r:usr_t:s0
/usr/bin/.*	system_u:object_r:bin_t:s0
/usr/sbin/nginx	--	system_u:object_r:httpd_exec_t:s0
/usr/sbin/crond	--	system_u:object_r:crond_exec_t:s0
/usr/sbin/sshd	--	system_u:object_r:sshd_exec_t:s0
/usr/bin/lookahead(?!x)	--	system_u:object_r:httpd_exec_t:s0
/run/none	<<none>>
/srv/odd	system_u:object_r:no_such_type_t:s0
`

func image(t testing.TB) host.Root {
	return tree(t, map[string]string{
		"etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
		"etc/selinux/targeted/contexts/files/file_contexts":           imageContexts,
		"etc/selinux/targeted/contexts/files/file_contexts.subs_dist": "/opt/web /usr/sbin\n",
		"usr/sbin/nginx": "", "sbin": "-> usr/sbin", "usr/bin/tool": "", "opt/web/nginx": "", "usr/bin/lookaheady": "",
		"run/none": "", "srv/odd": "", "usr/lib/plain": "", "usr/sbin/sshd": "", "usr/bin/link": "-> /sbin/nginx",
		"etc/systemd/system/web.service":    "[Service]\nExecStart=/sbin/nginx -g x\n",
		"etc/systemd/system/nopath.service": "[Service]\nExecStart=nginx\n",
		"etc/systemd/system/nnp.service":    "[Service]\nExecStart=/usr/sbin/sshd\nNoNewPrivileges=yes\n",
		"etc/systemd/system/set.service": "[Service]\nExecStart=/usr/bin/tool\n" +
			"SELinuxContext=system_u:system_r:ntpd_t:s0\n",
		"etc/systemd/system/badset.service": "[Service]\nExecStart=/usr/bin/tool\n" +
			"SELinuxContext=system_u:system_r:nope_t:s0\n",
		"etc/systemd/system/opt.service": "[Service]\nExecStart=/usr/sbin/nginx\n" +
			"SELinuxContext=-system_u:system_r:nope_t:s0\n",
		"etc/systemd/system/gone.service": "[Service]\nExecStart=/usr/sbin/gone\n",

		"usr/bin/ntp":                           "",
		"etc/systemd/system/postgresql.service": "[Service]\nExecStart=/bin/true\n",
	})
}

// The label, the transition, and each step that is told, on Debian's policy;
// sesearch -T -s init_t -c process says the same.
func TestFind(t *testing.T) {
	d := decider(t, "default")
	sys := System{Root: image(t)}
	for _, tt := range []struct{ name, context, codes string }{
		{"httpd_t", "system_u:system_r:httpd_t:s0", ""},
		{"system_u:system_r:httpd_t:s0", "system_u:system_r:httpd_t:s0", ""},
		{"exe:/usr/sbin/nginx", "system_u:system_r:httpd_t:s0", "file_contexts init transition"},
		{"exe:/usr/bin/link", "system_u:system_r:httpd_t:s0", "exec file_contexts init transition"},
		{"exe:/opt/web/nginx", "system_u:system_r:httpd_t:s0", "file_contexts init transition"},
		{"exe:/usr/bin/tool", "system_u:system_r:initrc_t:s0", "file_contexts init transition"},
		{"exe:/usr/bin/lookaheady", "system_u:system_r:initrc_t:s0", "file_contexts file_contexts init transition"},
		{"exe:/usr/lib/plain", "system_u:system_r:init_t:s0", "file_contexts init no-transition"},
		{"unit:web", "system_u:system_r:httpd_t:s0", "unit exec file_contexts init transition"},
		{"unit:nopath.service", "system_u:system_r:httpd_t:s0", "unit file_contexts init transition"},
		// What people call a service by: a unit, a program, one that is not installed, a type.
		{"web", "system_u:system_r:httpd_t:s0", "unit exec file_contexts init transition runs"},
		{"nginx", "system_u:system_r:httpd_t:s0", "file_contexts init transition runs"},
		{"tool", "system_u:system_r:initrc_t:s0", "file_contexts init transition runs"},
		{"crond", "system_u:system_r:crond_t:s0", "file_contexts transition runs"},
		{"dovecot", "system_u:system_r:dovecot_t:s0", "named"},
		{"postgresql", "system_u:system_r:postgresql_t:s0", "named"},
		{"unit:set", "system_u:system_r:ntpd_t:s0", "unit selinuxcontext"},
		{"unit:opt", "system_u:system_r:httpd_t:s0", "unit selinuxcontext file_contexts init transition"},
	} {
		s, err := sys.Find(d, tt.name)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var codes []string
		for _, step := range s.Steps {
			if step.Code != "check" {
				codes = append(codes, step.Code)
			}
		}
		if got := d.Policy().FormatContext(s.Context); got != tt.context || strings.Join(codes, " ") != tt.codes {
			t.Errorf("%s: %s by %q, want %s by %q", tt.name, got, codes, tt.context, tt.codes)
		}
	}
}

// TestChild: the master of Postfix starts a daemon; its file decides, and the type that is given without one.
func TestChild(t *testing.T) {
	d := decider(t, "default")
	sys := System{Root: image(t)}
	master, err := sys.Started(d, "postfix_master_exec_t")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ file, typ, context, code string }{
		{"/usr/lib/postfix/sbin/smtp", "postfix_smtp_exec_t", "system_u:system_r:postfix_smtp_t:s0", "assumed"},
		{"", "postfix_smtp_exec_t", "system_u:system_r:postfix_smtp_t:s0", "assumed"},
		{"/usr/bin/tool", "postfix_smtp_exec_t", "system_u:system_r:postfix_master_t:s0", "file_contexts"},
		{"/nosuch", "nosuch_exec_t", "", ""},
		{"/nosuch", "", "", ""},
	} {
		child, err := sys.Child(d, master, tt.file, tt.typ)
		if (err != nil) != (tt.context == "") {
			t.Errorf("%s %s: %v", tt.file, tt.typ, err)
		}
		if err != nil {
			continue
		}
		if got := d.Policy().FormatContext(child.Context); got != tt.context {
			t.Errorf("%s %s: %s, want %s", tt.file, tt.typ, got, tt.context)
		}
		if !slices.ContainsFunc(child.Steps[len(master.Steps):], func(s Step) bool { return s.Code == tt.code }) {
			t.Errorf("%s %s: no step %s in %v", tt.file, tt.typ, tt.code, child.Steps)
		}
	}
}

// What people are told of a service that the policy confines, does not, or cannot reach.
func TestRuns(t *testing.T) {
	d := decider(t, "default")
	sys := System{Root: image(t)}
	for name, want := range map[string]string{
		"nginx": "nginx runs as httpd_t here",
		"tool":  "this policy does not confine tool: it runs as initrc_t",
		"crond": "crond would run as crond_t here",
		"ntp":   "ntp runs as initrc_t here, which is not confined: the policy has ntpd_t, but no transition to it",
	} {
		s, err := sys.Find(d, name)
		if err != nil || len(s.Steps) == 0 || s.Steps[len(s.Steps)-1].Text != want {
			t.Errorf("%s: %+v, %v", name, s.Steps, err)
		}
	}
}

func TestFindErrors(t *testing.T) {
	d := decider(t, "default")
	sys := System{Root: image(t)}
	for _, tt := range []struct {
		name, want string
		is         error
	}{
		{"exe:/usr/sbin/haprxy", "does not exist", ErrNoProgram},
		{"exe:/usr/sbin", "not a regular file", ErrNoProgram},
		{"exe:nginx", "not an absolute path", nil},
		{"exe:/run/none", "<<none>>", fcontext.ErrNoLabel},
		{"exe:/srv/odd", "no_such_type_t", nil},
		{"unit:gone", "/usr/sbin/gone does not exist", ErrNoProgram},
		{"unit:badset", "nope_t", nil},
		{"unit:absent", "no such unit", ErrNoUnit},
		{"pid:1", "only the running system", nil},
		{"pid:0", "not a process id", nil},
		{"pid:x", "not a process id", nil},
		{"nope_t", "no such type", ErrUnknown},
		{"nope", "no such type", ErrUnknown},
		{"domain", "attribute", ErrUnknown},
	} {
		s, err := sys.Find(d, tt.name)
		if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: %+v, %v; want an error with %q", tt.name, s, err, tt.want)
		}
	}
	if _, err := (System{Root: tree(t, map[string]string{"bin/x": ""})}).Find(d, "exe:/bin/x"); !errors.Is(err,
		fcontext.ErrNone) {
		t.Errorf("a system without file_contexts: %v", err)
	}
}

// Under NoNewPrivileges the context changes only with nnp_transition or a bound: the rules of
// the policy decide, so the test looks for both results.
func TestNoNewPrivileges(t *testing.T) {
	d := decider(t, "default")
	p := d.Policy()
	sys := System{Root: image(t)}
	s, err := sys.Find(d, "unit:nnp")
	if err != nil {
		t.Fatal(err)
	}
	init, err := Resolve(p, "init_t")
	if err != nil {
		t.Fatal(err)
	}
	sshd, err := Resolve(p, "sshd_t")
	if err != nil {
		t.Fatal(err)
	}
	check := d.Check(init.Context, sshd.Context, "process2", "nnp_transition")
	may := check.Allowed()
	told := slices.ContainsFunc(s.Steps, func(st Step) bool { return st.Code == "nnp" })
	if got := p.TypeName(policy.TypeID(s.Context.Type)); may != (got == "sshd_t") || may == told {
		t.Errorf("nnp_transition allowed %v: runs in %s, steps %+v", may, got, s.Steps)
	}
}

// The attribute on the file wins over file_contexts.
func TestFindByAttribute(t *testing.T) {
	d := decider(t, "default")
	root := image(t)
	file := root.Dir() + "/usr/bin/tool"
	if err := syscall.Setxattr(file, "security.selinux", []byte("system_u:object_r:sshd_exec_t:s0\x00"),
		0); err != nil {
		testenv.Missing(t, "the attribute security.selinux cannot be set: "+err.Error())
	}
	s, err := System{Root: root}.Find(d, "exe:/usr/bin/tool")
	if err != nil || s.Steps[0].Code != "label" ||
		d.Policy().FormatContext(s.Context) != "system_u:system_r:sshd_t:s0" {
		t.Errorf("%+v, %v", s, err)
	}
}

// A process of this machine: its context where SELinux is on, a plain word where
// it is off.
func TestFindProcess(t *testing.T) {
	d := decider(t, "default")
	s, err := System{}.Find(d, fmt.Sprintf("pid:%d", os.Getpid()))
	p, readErr := host.Root{}.Process(os.Getpid())
	if readErr != nil {
		t.Fatal(readErr)
	}
	switch {
	case p.Context == "" && !errors.Is(err, ErrNoContext):
		t.Errorf("without a context: %+v, %v", s, err)
	case p.Context != "" && err == nil && d.Policy().FormatContext(s.Context) != p.Context:
		t.Errorf("%s, want %s", d.Policy().FormatContext(s.Context), p.Context)
	}
	if _, err := (System{}).Find(d, "pid:4194305"); !errors.Is(err, ErrNoProcess) {
		t.Errorf("a process that does not exist: %v", err)
	}
}

func BenchmarkFind(b *testing.B) {
	d := decider(b, "default")
	sys := System{Root: image(b)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sys.Find(d, "unit:web"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoadFileContexts(b *testing.B) {
	testenv.Policy(b, "default")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fcontext.Load(host.Root{}, "default"); err != nil {
			b.Fatal(err)
		}
	}
}
