package provenance_test

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/cilgen"
)

const web = `(macro m ((type t)) (optional o (allow t e (file (getattr)))))
(call m (a))
(allow a e (file (read)))
(allow at e (file (read write)))
(booleanif b1 (true (allow a e (file (ioctl)))) (false (allow a e (file (ioctl)))))
(booleanif b1 (true (typetransition a b file e)))
(booleanif b1 (true (typetransition a b file e)))
(typetransition a b file "x" e)
(typetransition at b file "x" e)
(typetransition a b dir e)
(typetransition a b dir e)
(allowx a e (ioctl file (0x1)))
(allowx a e (ioctl file (0x2)))
(allow a self (file (write)))
`

// write writes modules into a directory.
func write(t *testing.T, modules map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range modules {
		if err := os.WriteFile(filepath.Join(dir, name+".cil"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestFind: of each kind of rule the statements, by the lines that they stand in.
func TestFind(t *testing.T) {
	f, err := provenance.Dir(write(t, map[string]string{"base": cilgen.Base, "web": web}), true)
	if err != nil {
		t.Fatal(err)
	}
	file := func(perms ...string) provenance.Query {
		return provenance.Query{Kind: policy.Allow, Source: "a", Target: "e", Class: "file", Perms: perms}
	}
	with := func(q provenance.Query, change func(q *provenance.Query)) provenance.Query {
		change(&q)
		return q
	}
	for _, c := range []struct {
		what  string
		query provenance.Query
		want  []string
	}{
		{"a permission", file("read"), []string{"web.cil:3"}},
		{"through a macro and an optional", file("getattr"), []string{"web.cil:1 (optional o, call m)"}},
		{"all permissions", file(), []string{"web.cil:1 (optional o, call m)", "web.cil:3"}},
		{"what it has not", file("write"), nil},
		{"a type that is not there", with(file(), func(q *provenance.Query) { q.Source = "nosuch" }), nil},
		{"rules of attributes too", with(file("read"), func(q *provenance.Query) { q.Types = true }),
			[]string{"web.cil:3", "web.cil:4"}},
		{"the true branch", with(file("ioctl"), func(q *provenance.Query) { q.Cond, q.Branch = "b1", true }),
			[]string{"web.cil:5"}},
		{"another conditional", with(file("ioctl"), func(q *provenance.Query) { q.Cond, q.Branch = "b2", true }), nil},
		{"outside of it", file("ioctl"), nil},
		{"a type given twice in a conditional",
			provenance.Query{
				Kind: policy.TypeTransition, Source: "a", Target: "b", Class: "file", Cond: "b1", Branch: true,
			},
			[]string{"web.cil:6", "web.cil:7"}},
		{"a type given twice",
			provenance.Query{Kind: policy.TypeTransition, Source: "a", Target: "b", Class: "dir"},
			[]string{"web.cil:10", "web.cil:11"}},
		{"a name, by an attribute too",
			provenance.Query{Kind: policy.TypeTransition, Source: "a", Target: "b", Class: "file", FileName: "x"},
			[]string{"web.cil:8", "web.cil:9"}},
		{"extended permissions that are united",
			provenance.Query{Kind: policy.AllowXPerm, Source: "a", Target: "e", Class: "file"},
			[]string{"web.cil:12", "web.cil:13"}},
		{"of an attribute", with(file("write"), func(q *provenance.Query) { q.Source = "at" }), []string{"web.cil:4"}},
		{"self", provenance.Query{Kind: policy.Allow, Source: "a", Target: "a", Class: "file"}, []string{"web.cil:14"}},
	} {
		var got []string
		for _, s := range f.Find(c.query) {
			got = append(got, s.String())
		}
		if c.query.Perms == nil && c.what == "all permissions" {
			got = slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, "base") })
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.what, d)
		}
	}
}

// TestFindDebian deletes the statements that rules of Debian's policy are said to come
// from, as they are found for the policy's rules: then those rules are gone. And a rule
// is found as it was asked for.
func TestFindDebian(t *testing.T) {
	cache := compile.NewCache(provenance.Options(true))
	texts := make(map[string]string)
	var files []string
	for _, name := range testenv.Modules(t, "default") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.Base(name))
		texts[filepath.Base(name)] = string(text)
	}
	find := func(texts map[string]string) *provenance.Finder {
		modules := make([]*compile.Module, len(files))
		for i, name := range files {
			var err error
			if modules[i], err = cache.Module(name, []byte(texts[name]), func() (string, error) {
				return texts[name], nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		r, err := cache.Build(modules)
		if err != nil {
			t.Fatal(err)
		}
		return provenance.OfResult(r)
	}
	finder := find(texts)
	image, err := os.ReadFile(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := policydb.Decode(image)
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	var rules []policy.Rule
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow | policy.DontAudit | policy.TypeTransition}) {
		rules = append(rules, r)
	}
	rnd := rand.New(rand.NewPCG(testenv.Seed(t), 13))
	for range testenv.Rounds(4, 500) {
		r := rules[rnd.IntN(len(rules))]
		asked := policy.AccessVector(0)
		for asked&r.Perms == 0 && r.Perms != 0 {
			asked = 1 << rnd.IntN(32)
		}
		q := provenance.Of(p, r, asked)
		found := finder.Find(q)
		if len(found) == 0 {
			t.Fatalf("no statement for %+v", q)
		}
		without := maps.Clone(texts)
		for _, s := range found {
			instead := ""
			if q.Cond != "" { // a branch without a rule is a mistake
				instead = "(auditallow kernel_t kernel_t (process (fork)))"
			}
			without[s.File] = replace(without[s.File], s.Pos.Line, s.Pos.Column, instead)
		}
		if left := find(without).Find(q); len(left) > 0 {
			t.Fatalf("%+v: %v is there without %v", q, left, found)
		}
	}
}

// replace puts something in the place of the statement at a place of a text, which is
// alone in its lines.
func replace(text string, line, column int, instead string) string {
	start := 0
	for ; line > 1; line-- {
		start += strings.IndexByte(text[start:], '\n') + 1
	}
	b := []byte(text)
	depth := 0
	for i := start + column - 1; ; i++ {
		switch b[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if b[i] != '\n' {
			b[i] = ' '
		}
		if depth == 0 {
			start += column - 1
			return string(b[:start]) + instead + string(b[start:])
		}
	}
}
