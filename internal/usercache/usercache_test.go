package usercache_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/usercache"
)

// TestDir: a directory that the user alone may write to is made and taken; none without a home, none that others may
// write to.
func TestDir(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	dir := filepath.Join(home, "cache", "senet")
	for range 2 {
		if got := usercache.Dir(); got != dir {
			t.Fatalf("%q, want %q", got, dir)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Error(info, err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if got := usercache.Dir(); got != "" {
		t.Errorf("everybody may write to %q", got)
	}
	for _, none := range []string{filepath.Join(home, "missing", "cache"), "relative"} {
		t.Setenv("XDG_CACHE_HOME", none)
		if got := usercache.Dir(); got != "" {
			t.Errorf("%q for %s", got, none)
		}
	}
}

// TestProgram: the running program has an identity, which stays.
func TestProgram(t *testing.T) {
	if p := usercache.Program(); p == (usercache.Sum{}) || p != usercache.Program() {
		t.Error(p)
	}
}

// TestDirOfAnother: root makes no directory in the home of another user, whose own programs could not use it.
func TestDirOfAnother(t *testing.T) {
	if os.Geteuid() != 0 {
		testenv.Missing(t, "root")
	}
	home := t.TempDir()
	if err := os.Chown(home, 1000, 1000); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, ".cache"))
	if got := usercache.Dir(); got != "" {
		t.Errorf("%q", got)
	}
	if _, err := os.Lstat(filepath.Join(home, ".cache")); err == nil {
		t.Error("a directory was made")
	}
}

// TestProgramAtSameTime: another build of the same size and with the same time of modification is another program.
func TestProgramAtSameTime(t *testing.T) {
	if name := os.Getenv("SENET_TEST_PROGRAM"); name != "" {
		p := usercache.Program()
		if err := os.WriteFile(name, p[:], 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]bool{}
	dir := t.TempDir()
	for _, name := range []string{"one", "two"} {
		program := filepath.Join(dir, name)
		if err := os.WriteFile(program, b, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(program, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program, "-test.run=^TestProgramAtSameTime$")
		cmd.Env = append(os.Environ(), "SENET_TEST_PROGRAM="+program+".sum")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		sum, err := os.ReadFile(program + ".sum")
		if err != nil || len(sum) == 0 {
			t.Fatal(err)
		}
		sums[string(sum)] = true
	}
	if len(sums) != 2 {
		t.Errorf("%d programs", len(sums))
	}
}
