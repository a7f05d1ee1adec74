package compile_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/cilgen"
)

func parse(t testing.TB, name, text string) *cil.File {
	t.Helper()
	f, err := cil.ParseFile(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestOrigin: the statements behind a rule, through a macro, an optional and a
// block, and those of a conditional rule.
func TestOrigin(t *testing.T) {
	const text = `(macro m ((type t)) (optional o (allow t e (file (getattr)))))
(block blk (type x) (call m (x)))
(allow blk.x e (file (open_no)))
(optional gone (allow blk.x e (file (nosuch))))
;;* lms 40 /src/a.te
(allow blk.x e (file (write)))
;;* lme
(booleanif b1 (false (dontaudit d e (dir (search)))))`
	files := []*cil.File{parse(t, "base.cil", cilgen.Base), parse(t, "a.cil",
		strings.Replace(text, "open_no", "read", 1))}
	r, err := compile.Compile(files, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	var got []compile.Origin
	for _, rule := range r.Policy.AVTab.All() {
		if name(r.Policy, rule.Source) == "blk.x" && name(r.Policy, rule.Target) == "e" {
			got = append(got, r.Origins.Rule(at)...)
		}
		at++
	}
	want := []compile.Origin{
		{File: "a.cil", Pos: cil.Pos{Line: 3, Column: 1}, Text: "(allow blk.x e (file (read)))"},
		{File: "a.cil", Pos: cil.Pos{Line: 6, Column: 1}, Text: "(allow blk.x e (file (write)))",
			Source: "/src/a.te:40"},
		{File: "a.cil", Pos: cil.Pos{Line: 1, Column: 33}, Text: "(allow t e (file (getattr)))",
			Path: []string{"optional o", "call m", "block blk"}},
	}
	byLine := func(a, b compile.Origin) int { return a.Pos.Line - b.Pos.Line }
	slices.SortFunc(got, byLine)
	slices.SortFunc(want, byLine)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	cond := r.Origins.Cond(0, false, 0)
	if cond.Pos.Line != 8 || !strings.HasPrefix(cond.Text, "(dontaudit d e") {
		t.Errorf("%+v", cond)
	}
	gone := r.Gone()
	if len(gone) != 1 || gone[0].Optional != "gone" || gone[0].Missing != "nosuch" || gone[0].Kind != "permission" {
		t.Errorf("%+v", gone)
	}
}

func name(p *policydb.Policy, v uint16) string {
	for i := range p.Types.Items {
		if t := &p.Types.Items[i]; t.Value == uint32(v) && !t.IsAlias() {
			return t.Name
		}
	}
	return ""
}

// A namedRule is a rule by its names.
type namedRule struct {
	source, target, class string
	kind                  policydb.AVKind
}

// namedRules returns the unconditional rules of a policy with their access
// vectors, by their names.
func namedRules(p *policydb.Policy) (list []namedRule, set map[namedRule]uint32) {
	types := make([]string, p.Types.NPrim+1)
	for i := range p.Types.Items {
		if t := &p.Types.Items[i]; !t.IsAlias() {
			types[t.Value] = t.Name
		}
	}
	classes := make([]string, p.Classes.NPrim+1)
	for i := range p.Classes.Items {
		classes[p.Classes.Items[i].Value] = p.Classes.Items[i].Name
	}
	set = make(map[namedRule]uint32)
	for _, r := range p.AVTab.All() {
		n := namedRule{types[r.Source], types[r.Target], classes[r.Class], r.Kind}
		list = append(list, n)
		set[n] = r.Data
	}
	return list, set
}

// TestOriginDebian: a rule of Debian's policy is gone when the statements that
// it is said to come from are deleted.
func TestOriginDebian(t *testing.T) {
	paths := testenv.Modules(t, "default")
	texts := make(map[string]string)
	var files []*cil.File
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = string(text)
		files = append(files, parse(t, filepath.Base(path), string(text)))
	}
	opts := compile.Options{Libsepol: compile.OldestRelease, MLS: ptr(true), DisableNeverallow: true}
	r, err := compile.Compile(files, opts)
	if err != nil {
		t.Fatal(err)
	}
	rules, _ := namedRules(r.Policy)
	first, n := seeds(t, 4, 500)
	rnd := rand.New(rand.NewPCG(first, 3))
	for tried := 0; tried < n; {
		at := rnd.IntN(len(rules))
		if rules[at].kind != policydb.AVAllowed {
			continue
		}
		tried++
		origins := r.Origins.Rule(at)
		edited := slices.Clone(files)
		for i, f := range files {
			var spans [][2]int
			for _, o := range origins {
				if o.File == f.Name {
					spans = append(spans, statementSpan(texts[f.Name], o.Pos))
				}
			}
			if len(spans) > 0 {
				edited[i] = parse(t, f.Name, blank(texts[f.Name], spans))
			}
		}
		without, err := compile.Compile(edited, opts)
		if err != nil {
			t.Fatalf("without %+v: %v", origins, err)
		}
		if _, set := namedRules(without.Policy); set[rules[at]] != 0 {
			t.Errorf("%+v is there without %+v", rules[at], origins)
		}
	}
}

// statementSpan returns where the statement at a place begins and ends.
func statementSpan(text string, pos cil.Pos) [2]int {
	start := 0
	for line := 1; line < pos.Line; line++ {
		start += strings.IndexByte(text[start:], '\n') + 1
	}
	start += pos.Column - 1
	end, depth := start, 0
	for ; ; end++ {
		switch text[end] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return [2]int{start, end + 1}
		}
	}
}

// blank replaces spans of a text by blanks.
func blank(text string, spans [][2]int) string {
	b := []byte(text)
	for _, s := range spans {
		for i := s[0]; i < s[1]; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
	}
	return string(b)
}
