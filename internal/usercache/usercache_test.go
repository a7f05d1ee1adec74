package usercache_test

import (
	"os"
	"path/filepath"
	"testing"

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
