package te_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/internal/testenv"
)

// hll is the program of libsemanage that makes CIL of a package.
const hll = "/usr/libexec/selinux/hll/pp"

// A peer runs checkmodule and what comes after it in a directory of its own.
type peer struct{ dir string }

func newPeer(t testing.TB) *peer {
	testenv.Need(t, "checkmodule", "semodule_package")
	if _, err := os.Stat(hll); err != nil {
		testenv.Missing(t, err.Error())
	}
	return &peer{t.TempDir()}
}

// run runs a program in the directory and returns what it says of a failure.
func (p *peer) run(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = p.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %q: %w: %s", name, args, err, out)
	}
	return nil
}

// compile returns checkmodule's file, nil where it refuses the source.
func (p *peer) compile(t testing.TB, name, text string, o te.Options) ([]byte, error) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name+".te"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-m", "-o", name + ".mod", name + ".te"}
	if o.MLS {
		args = append(args, "-M")
	}
	if o.Version != 0 {
		args = append(args, "-c", strconv.Itoa(int(o.Version)))
	}
	if err := p.run("checkmodule", args...); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(p.dir, name+".mod"))
	if err != nil {
		t.Fatal(err)
	}
	return data, nil
}

// compare holds a source against the peer: taken or refused by both, the same module,
// the same package with file contexts, the same CIL. It returns what differs, and
// whether the source is taken.
func (p *peer) compare(t testing.TB, name, text string, o te.Options) (diff string, taken bool) {
	t.Helper()
	o.File = name + ".te"
	want, refused := p.compile(t, name, text, o)
	r, err := te.Compile(text, o)
	var got []byte
	if err == nil {
		got, err = r.Module.Encode()
	}
	switch {
	case refused != nil && err == nil:
		return "checkmodule refuses it: " + refused.Error(), false
	case refused == nil && err != nil:
		return "checkmodule takes it, and not senet: " + err.Error(), false
	case refused != nil:
		return "", false
	case !bytes.Equal(got, want):
		return "the modules differ\n" + difference(t, got, want), true
	}
	if diff := p.direct(t, name, r.Module, o); diff != "" {
		return diff, true
	}
	return p.convert(t, name, r.Module), true
}

// direct holds the CIL of a module that is not written against that of checkmodule -C.
func (p *peer) direct(t testing.TB, name string, m *pp.Module, o te.Options) string {
	t.Helper()
	args := []string{"-C", "-m", "-o", name + ".cil", name + ".te"}
	if o.MLS {
		args = append(args, "-M")
	}
	failed := p.run("checkmodule", args...)
	text, err := m.CIL()
	if failed != nil || err != nil {
		if failed == nil || err == nil {
			return fmt.Sprintf("checkmodule -C: %v, senet: %v", failed, err)
		}
		return ""
	}
	want, err := os.ReadFile(filepath.Join(p.dir, name+".cil"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text.Text, want) {
		return "the CIL of checkmodule -C differs\n" + lines(string(text.Text), string(want))
	}
	return ""
}

// convert holds the package and its CIL against those of semodule_package and hll/pp.
func (p *peer) convert(t testing.TB, name string, m *pp.Module) string {
	t.Helper()
	contexts := []byte("/usr/bin/" + name + "\t--\tsystem_u:object_r:a_t:s0\n")
	if err := os.WriteFile(filepath.Join(p.dir, name+".fc"), contexts, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.run("semodule_package", "-o", name+".pp", "-m", name+".mod", "-f", name+".fc"); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(p.dir, name+".pp"))
	if err != nil {
		t.Fatal(err)
	}
	own := &pp.Package{Module: m.Repacked(), FileContexts: contexts}
	got, err := own.Encode()
	if err != nil {
		return err.Error()
	}
	if !bytes.Equal(got, want) {
		return "the packages differ"
	}
	again, err := pp.Decode(got)
	if err != nil {
		return "the package cannot be read: " + err.Error()
	}
	text, err := again.CIL(pp.Release34)
	cmd := exec.Command(hll, name+".pp")
	cmd.Dir = p.dir
	out, failed := cmd.Output()
	switch {
	case failed != nil && err != nil:
		return ""
	case failed != nil:
		return "hll/pp: " + failed.Error()
	case err != nil:
		return err.Error()
	case !bytes.Equal(text.Text, out):
		return "the CIL differs\n" + lines(string(text.Text), string(out))
	}
	return ""
}

// difference returns the first parts of two modules that differ.
func difference(t testing.TB, got, want []byte) string {
	t.Helper()
	g, err := pp.DecodeModule(got)
	if err != nil {
		return err.Error()
	}
	w, err := pp.DecodeModule(want)
	if err != nil {
		return err.Error()
	}
	dump := func(m *pp.Module) string { return strings.ReplaceAll(fmt.Sprintf("%+v", m), "{", "\n{") }
	return lines(dump(g), dump(w))
}

// lines returns the first lines that differ.
func lines(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is\n%.300s\nwant\n%.300s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}

// TestCases: the modules of testdata are taken, and become what they become by
// checkmodule, semodule_package and hll/pp, in every version that can hold them.
func TestCases(t *testing.T) {
	p := newPeer(t)
	files, err := filepath.Glob("testdata/*.te")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".te")
		versions := 0
		for v := uint32(0); v <= pp.SourceVersion; v++ {
			if v > 0 && v < pp.MinVersion {
				continue
			}
			diff, taken := p.compare(t, name, string(text), te.Options{MLS: true, Version: v})
			if diff != "" {
				t.Errorf("%s, version %d: %s", f, v, diff)
			}
			if taken {
				versions++
			}
		}
		if versions == 0 {
			t.Errorf("%s is taken in no version", f)
		}
	}
}
