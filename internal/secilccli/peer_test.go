package secilccli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/secilccli"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestPeer: the same exit code and the same files as secilc, for flags in all
// their forms, for mistakes and for files that do not compile.
func TestPeer(t *testing.T) {
	testenv.Need(t, "secilc")
	base, err := filepath.Abs("../../cil/compile/testdata/base.cil")
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string]string{
		"syntax.cil": "(type a", "unknown.cil": "(allow a nosuch (file (read)))", "again.cil": "(type a)",
		"conflict.cil": `(typetransition a b file "x" d) (typetransition a b file "x" e)`, "empty.cil": "",
		"more.cil": "(allow d e (file (read)))", "never.cil": "(neverallow a b (file (read)))",
		"twice.cil": "(filecon /a any ctx) (filecon /a any ctx)",
	}
	for _, line := range []string{
		"BASE", "-o p -f c BASE", "--output=p --filecontexts c BASE", "-op -fc BASE more.cil",
		"BASE more.cil empty.cil -c 30",
		"-c 28 BASE", "-c33 BASE", "--policyversion 24 BASE", "--policyver=31 BASE", "-M true BASE", "-M FALSE BASE",
		"-M 0 BASE", "-M maybe BASE",
		"-U allow BASE", "-U Reject BASE", "-U nonsense BASE", "--handle deny BASE", "-t selinux BASE",
		"-t xen -c 30 BASE", "-t linux BASE",
		"-D -P -m -N -G -O BASE", "-DPmNGO BASE", "-X 3 BASE", "-X -1 BASE", "-X x BASE", "-Q BASE", "-c 14 BASE",
		"-c 34 BASE", "-c x BASE",
		"", "-h", "-h BASE", "--help", "-z BASE", "--nosuch BASE", "-n BASE", "BASE -o", "--mls BASE", "-v BASE",
		"-- BASE", "-c 30 -- BASE",
		"nowhere.cil", "BASE nowhere.cil", "BASE syntax.cil", "BASE unknown.cil", "BASE again.cil",
		"BASE conflict.cil", "empty.cil",
		"BASE never.cil", "-N BASE never.cil", "BASE twice.cil", "-m BASE twice.cil", "-v BASE twice.cil",
		"-v -m BASE twice.cil", "-o nowhere/p BASE",
		"-o p -f nowhere/c BASE", "--d BASE", "--disable-d BASE",
	} {
		args := strings.Fields(strings.ReplaceAll(line, "BASE", base))
		var want, got result
		want.run(t, bad, func(dir string) int {
			cmd := exec.Command("secilc", args...)
			cmd.Dir = dir
			err := cmd.Run()
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				return exit.ExitCode()
			}
			if err != nil {
				t.Fatal(err)
			}
			return 0
		})
		var stderr bytes.Buffer
		got.run(t, bad, func(dir string) int {
			t.Chdir(dir)
			return secilccli.Main(args, &bytes.Buffer{}, &stderr)
		})
		if want.code != got.code || !slices.Equal(want.files, got.files) {
			t.Errorf("secilc %s\nexits %d and writes %q\nsenet's %d %q\n%s", line, want.code, want.names(), got.code,
				got.names(), &stderr)
		}
	}
}

// A result is the exit code of a run, and the names and contents of the files
// that it left, in turn.
type result struct {
	code  int
	files []string
}

func (r *result) names() (list []string) {
	for i := 0; i < len(r.files); i += 2 {
		list = append(list, r.files[i])
	}
	return list
}

func (r *result) run(t *testing.T, files map[string]string, f func(dir string) int) {
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.code = f(dir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, given := files[e.Name()]; given {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		r.files = append(r.files, e.Name(), string(data))
	}
}
