package access_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
	"github.com/senet-selinux/senet/test/policies"
)

// TestNewObjectAgainstLibsepol compares labels of new objects, members and objects to be relabelled
// with libsepol's. The test leaves out cases in which libsepol's functions differ from the kernel:
// sockets, and names of files.
//
// The edited policies have random defaults on every class, glblub included.
func TestNewObjectAgainstLibsepol(t *testing.T) {
	testenv.Need(t, "cc")
	oracle.Need(t)
	ask := sepolSID(t)
	rng := rand.New(rand.NewPCG(5, 8))
	paths := []string{"../examples/example.policy", testenv.Policy(t, "default"), testenv.Policy(t, "mls")}
	for _, path := range slices.Clone(paths) {
		paths = append(paths, withDefaults(t, path, rng))
	}
	testenv.Need(t, "checkpolicy")
	for _, version := range []int{20, 26, 33} {
		for _, mls := range []bool{false, true} {
			path, err := policies.Small(version, policies.SELinux, mls)
			if err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
	}
	for _, path := range paths {
		p := open(t, path)
		d := access.NewDecider(p)
		g := newQueries(p, rng)
		var kinds, lines []string
		var list []query
		for len(list) < 3000 {
			q := g.next()
			if rng.IntN(2) == 0 {
				q = g.typeRule(q)
			}
			if strings.HasSuffix(p.ClassName(q.class), "socket") {
				continue
			}
			kinds = append(kinds, []string{"transition", "member", "change"}[rng.IntN(3)])
			list = append(list, q)
			lines = append(lines, kinds[len(kinds)-1]+" "+q.text(p))
		}
		want := ask(path, lines)
		bad, labels := 0, 0
		for i, q := range list {
			class := p.ClassName(q.class)
			var c policy.Context
			var err error
			switch kinds[i] {
			case "transition":
				c, err = d.NewObject(q.source, q.target, class, "")
			case "member":
				c, err = d.Member(q.source, q.target, class)
			default:
				c, err = d.Change(q.source, q.target, class)
			}
			got := "ERR"
			if err == nil {
				got = p.FormatContext(c)
				labels++
			} else if !errors.Is(err, policy.ErrBadContext) && !errors.Is(err, access.ErrNoLabel) {
				t.Fatal(lines[i], err)
			}
			if got != want[i] {
				if bad++; bad < 5 {
					t.Errorf("%s: got %s (%v), libsepol says %s", lines[i], got, err, want[i])
				}
			}
		}
		if bad > 0 {
			t.Errorf("%s: %d of %d labels differ", path, bad, len(list))
		}
		t.Logf("%s: %d questions, %d labels", filepath.Base(path), len(list), labels)
	}
}

// typeRule returns the question with types and class of a random type rule,
// where the policy has one.
func (g *queries) typeRule(q query) query {
	if g.typeRules == nil {
		g.typeRules = slices.Collect(g.p.Rules(policy.RuleFilter{Kinds: policy.TypeRules}))
	}
	for range 20 {
		if len(g.typeRules) == 0 {
			break
		}
		r := g.typeRules[g.rng.IntN(len(g.typeRules))]
		s, ok1 := g.context(r.Source)
		t, ok2 := g.context(r.Target)
		if ok1 && ok2 {
			return query{s, t, r.Class}
		}
	}
	return q
}

func withDefaults(t *testing.T, path string, rng *rand.Rand) string {
	t.Helper()
	db, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	db = db.Clone()
	db.Classes.Items = slices.Clone(db.Classes.Items)
	for i := range db.Classes.Items {
		c := &db.Classes.Items[i]
		c.DefaultUser, c.DefaultRole, c.DefaultType = rng.Uint32N(3), rng.Uint32N(3), rng.Uint32N(3)
		c.DefaultRange = rng.Uint32N(8)
	}
	out := filepath.Join(t.TempDir(), "defaults.policy")
	if err := os.WriteFile(out, db.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// sepolSID compiles testdata/sepol-sid.c and returns a function that asks it.
func sepolSID(t *testing.T) func(path string, lines []string) []string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "sepol-sid")
	if msg, err := exec.Command("cc", "-O2", "-o", bin, "testdata/sepol-sid.c",
		"-l:libsepol.a").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, msg)
	}
	return func(path string, lines []string) []string {
		var answers []string
		// libsepol walks over all contexts it has seen: afresh, often.
		for part := range slices.Chunk(lines, 2000) {
			cmd := exec.Command(bin, path)
			cmd.Stdin = strings.NewReader(strings.Join(part, "\n") + "\n")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, &stderr)
			}
			answers = append(answers, strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")...)
		}
		if len(answers) != len(lines) {
			t.Fatalf("%d answers to %d questions", len(answers), len(lines))
		}
		return answers
	}
}

// TestSocketLabel is the kernel's rule for sockets, which libsepol's library
// does not have: user, role, type and the whole range of the process.
func TestSocketLabel(t *testing.T) {
	p := open(t, "../examples/example.policy")
	d := access.NewDecider(p)
	process, err := p.ParseContext("system_u:system_r:httpd_t:s0-s0:c0.c1023")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := p.ParseContext("system_u:object_r:port_t:s0")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, class string
		target      policy.Context
		want        string
	}{
		{"socket of a process", "tcp_socket", process, "system_u:system_r:httpd_t:s0-s0:c0.c1023"},
		{"a class of sockets that the policy lacks", "smc_socket", process, "system_u:system_r:httpd_t:s0-s0:c0.c1023"},
		{"an object of another class takes the target's type and the low level", "file", dir,
			"system_u:object_r:port_t:s0"},
		{"a class that no kernel has is no socket", "my_socket", dir, "system_u:object_r:port_t:s0"},
	} {
		got, err := d.NewObject(process, tt.target, tt.class, "")
		if err != nil || p.FormatContext(got) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.name, p.FormatContext(got), err, tt.want)
		}
	}
	if got := d.SocketContext(process, "tcp_socket"); got != process {
		t.Errorf("SocketContext: %s", p.FormatContext(got))
	}
}

// TestSocketTransitions is the rules that change a socket's label.
func TestSocketTransitions(t *testing.T) {
	db, err := policyfile.Open("../examples/example.policy")
	if err != nil {
		t.Fatal(err)
	}
	base := policy.New(db)
	tcp, _ := base.Class("tcp_socket")
	httpd, _ := base.Type("httpd_t")
	process, err := base.ParseContext("system_u:system_r:httpd_t:s0-s0:c0.c1023")
	if err != nil {
		t.Fatal(err)
	}
	secret := policydb.SingleLevel(policy.Level{Sens: 1, Cats: policydb.BitmapOf(3)})
	for _, tt := range []struct {
		name string
		edit func(db *policydb.Policy)
		want string
	}{
		{"range_transition", func(db *policydb.Policy) {
			db.RangeTrans = append(slices.Clone(db.RangeTrans),
				policydb.RangeTransition{Source: uint32(httpd), Target: uint32(httpd), Class: uint32(tcp),
					Range: secret})
		}, "system_u:system_r:httpd_t:s0:c3"},
		{"range_transition of another class", func(db *policydb.Policy) {
			db.RangeTrans = append(slices.Clone(db.RangeTrans),
				policydb.RangeTransition{Source: uint32(httpd), Target: uint32(httpd), Class: uint32(tcp) + 1,
					Range: secret})
		}, "system_u:system_r:httpd_t:s0-s0:c0.c1023"},
		{"role_transition", func(db *policydb.Policy) {
			role, _ := base.Role("user_r")
			db.RoleTransitions = append(slices.Clone(db.RoleTransitions),
				policydb.RoleTransition{Role: process.Role, Type: uint32(httpd), NewRole: uint32(role),
					Class: uint32(tcp)})
		}, "system_u:user_r:httpd_t:s0-s0:c0.c1023"},
		{"default_range of the class", func(db *policydb.Policy) {
			db.Classes.Items = slices.Clone(db.Classes.Items)
			for i := range db.Classes.Items {
				if db.Classes.Items[i].Name == "tcp_socket" {
					db.Classes.Items[i].DefaultRange = 2 // source high
				}
			}
		}, "system_u:system_r:httpd_t:s0:c0.c1023"},
	} {
		next := db.Clone()
		tt.edit(next)
		p := policy.New(next)
		if got := p.FormatContext(access.NewDecider(p).SocketContext(process, "tcp_socket")); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestFilenameTransitions looks every filename transition of a policy up, by
// scanning and by the index.
func TestFilenameTransitions(t *testing.T) {
	for _, name := range []string{"default", "fedora"} {
		p := open(t, named(t, name))
		warm := access.NewDecider(p)
		n := 0
		for ft := range p.FilenameTransitions() {
			for source := range ft.AllSources() {
				if n++; n%97 != 0 {
					continue
				}
				s, o := policy.Context{User: 1, Role: 1, Type: source}, policy.Context{User: 1, Role: 1,
					Type: ft.Target}
				deciders := []*access.Decider{warm}
				if n%(97*50) == 0 {
					deciders = append(deciders, access.NewDecider(p))
				}
				for _, d := range deciders {
					if got, _ := d.NewObject(s, o, p.ClassName(policy.ClassID(ft.Class)),
						ft.Name); got.Type != ft.Result {
						t.Fatalf("%s: %s in %s named %q: got %s, want %s", name, p.TypeName(policy.TypeID(source)),
							p.TypeName(policy.TypeID(ft.Target)),
							ft.Name, p.TypeName(policy.TypeID(got.Type)), p.TypeName(policy.TypeID(ft.Result)))
					}
				}
			}
		}
		if n == 0 {
			t.Errorf("%s has no filename transitions", name)
		}
	}
	// Other names, and no name, take the directory's type.
	p := open(t, named(t, "default"))
	d := access.NewDecider(p)
	for ft := range p.FilenameTransitions() {
		for source := range ft.AllSources() {
			s, o := policy.Context{User: 1, Role: 1, Type: source}, policy.Context{User: 1, Role: 1, Type: ft.Target}
			class := p.ClassName(policy.ClassID(ft.Class))
			plain, _ := d.NewObject(s, o, class, "")
			other, _ := d.NewObject(s, o, class, ft.Name+"x/no such name")
			if plain != other {
				t.Fatalf("%s in %s: without a name %s, with another name %s", p.TypeName(policy.TypeID(source)),
					p.TypeName(policy.TypeID(ft.Target)),
					p.FormatContext(plain), p.FormatContext(other))
			}
		}
		break
	}
}
