package oracle

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// RefpolicyModules makes modules of sources in refpolicy's style, by their names, as people do without senet: with the
// makefile of Debian's headers, which runs m4, checkmodule and semodule_package. It returns them in CIL, as libsepol's
// pp writes it.
func RefpolicyModules(t testing.TB, sources map[string]string) map[string]string {
	t.Helper()
	const pp = "/usr/libexec/selinux/hll/pp"
	testenv.Need(t, "make", "m4", "checkmodule", "semodule_package", pp)
	headers, dir := Headers(t), t.TempDir()
	args := []string{"-s", "-f", filepath.Join(headers, "Makefile"), "SHAREDIR=" + filepath.Dir(headers)}
	for name, source := range sources {
		if err := os.WriteFile(filepath.Join(dir, name+".te"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, end := range []string{".if", ".fc"} { // the makefile wants them
			if err := os.WriteFile(filepath.Join(dir, name+end), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		args = append(args, name+".pp")
	}
	run := func(name string, args ...string) []byte {
		cmd := exec.CommandContext(context.Background(), name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return out
	}
	run("make", args...)
	texts := make(map[string]string, len(sources))
	for name := range sources {
		run(pp, name+".pp", name+".cil")
		text, err := os.ReadFile(filepath.Join(dir, name+".cil"))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	return texts
}
