package compile_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/cilgen"
)

// storedForms parses texts and returns their stored forms, nil for those with mistakes.
func storedForms(t testing.TB, texts []string, opts compile.Options) [][]byte {
	t.Helper()
	modules, err := compile.Load(len(texts), opts, func(l *compile.Loader, i int) (*compile.Module, error) {
		return l.Parse("m", []byte(texts[i]), nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	forms := make([][]byte, len(texts))
	for i, m := range modules {
		if b, ok := m.AppendStored(nil, opts); ok {
			forms[i] = b
		}
	}
	return forms
}

// buildOutcome is all that a build says: the policy with what belongs to it, where some of
// its rules come from, or the messages.
func buildOutcome(t testing.TB, modules []*compile.Module, opts compile.Options) []string {
	t.Helper()
	r, err := compile.Build(modules, opts)
	if err != nil {
		return []string{err.Error()}
	}
	out := []string{string(r.Policy.Encode()), string(r.FileContexts), string(r.SEUsers), string(r.UserPrefixes)}
	rules := r.Policy.AVTab.Len()
	for n := 0; n < rules; n += 1 + rules/50 {
		for _, o := range r.Origins.Rule(n) {
			out = append(out, fmt.Sprint(o.Text, o.Pos))
		}
	}
	return out
}

// sameAsParsed builds texts from their stored forms, and from themselves.
func sameAsParsed(t testing.TB, texts []string, opts compile.Options) {
	t.Helper()
	forms := storedForms(t, texts, opts)
	build := func(restore bool) []string {
		modules, err := compile.Load(len(texts), opts, func(l *compile.Loader, i int) (*compile.Module, error) {
			again := func() (string, error) { return texts[i], nil }
			if restore && forms[i] != nil {
				return l.Restore("m", forms[i], again)
			}
			return l.Parse("m", []byte(texts[i]), again)
		})
		if err != nil {
			t.Fatal(err)
		}
		return buildOutcome(t, modules, opts)
	}
	if d := cmp.Diff(build(false), build(true)); d != "" {
		t.Fatalf("parsed and restored differ: %.2000s", d)
	}
}

// TestStoredDebian: Debian's modules come out the same from their stored forms.
func TestStoredDebian(t *testing.T) {
	var texts []string
	for _, name := range testenv.Modules(t, "default") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	opts := compile.Options{DisableNeverallow: true, Version: 33}
	sameAsParsed(t, texts, opts)
	size := 0
	for _, b := range storedForms(t, texts, opts) {
		size += len(b)
	}
	t.Logf("%d bytes for %d of text", size, len(strings.Join(texts, "")))
}

// TestStoredGenerated: so do generated sources, of all statements, with and without
// tunables kept.
func TestStoredGenerated(t *testing.T) {
	seed := testenv.Seed(t)
	n := 40
	if testenv.Long() {
		n = 2000
	}
	for i := range n {
		g := cilgen.NewNewer(seed + uint64(i))
		texts := []string{cilgen.Base, g.Text()}
		sameAsParsed(t, texts, compile.Options{PreserveTunables: i%3 == 0, MultipleDecls: i%2 == 0})
	}
	for _, text := range strings.Split(cases, "\n%\n") {
		if _, err := cil.ParseFile("", text); err == nil {
			sameAsParsed(t, []string{text}, compile.Options{})
		}
	}
}

// TestStoredDialect: a form is not restored for options that read other statements of
// the same text.
func TestStoredDialect(t *testing.T) {
	text := "(tunable t true) (tunableif t (true (allow a b (file (read)))))"
	form := storedForms(t, []string{text}, compile.Options{})[0]
	for _, opts := range []compile.Options{
		{PreserveTunables: true}, {QualifiedNames: true}, {Libsepol: compile.OldestRelease},
	} {
		_, err := compile.Load(1, opts, func(l *compile.Loader, _ int) (*compile.Module, error) {
			return l.Restore("m", form, nil)
		})
		if !errors.Is(err, cil.ErrStored) {
			t.Errorf("%+v: %v", opts, err)
		}
	}
}

// FuzzStored: damaged forms are refused, or restored,
// without a panic. What is restored by accident is not built: who stores a form keeps a
// checksum with it.
func FuzzStored(f *testing.F) {
	texts := []string{cilgen.Base, "(optional o (allow a b (file (read))) (block x (type t)))",
		"(type t)\n;;* lms 1 \"f\"\n(type u)\n;;* lme\n"}
	for i, form := range storedForms(f, texts, compile.Options{}) {
		f.Add(form, uint64(i))
	}
	standing := storedForms(f, texts[:1], compile.Options{})[0]
	f.Fuzz(func(t *testing.T, form []byte, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 1))
		if len(form) > 0 && seed%2 == 1 {
			form = append([]byte{}, form...)
			form[rng.IntN(len(form))] ^= byte(1 + rng.IntN(255))
		}
		list := [][]byte{standing, form}
		_, err := compile.Load(2, compile.Options{}, func(l *compile.Loader, i int) (*compile.Module, error) {
			return l.Restore("m", list[i], func() (string, error) { return cilgen.Base, nil })
		})
		if err != nil {
			if !errors.Is(err, cil.ErrStored) {
				t.Fatal(err)
			}
		}
	})
}
