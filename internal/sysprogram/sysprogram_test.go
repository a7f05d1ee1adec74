package sysprogram

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Root runs the system's program, whatever stands first in PATH; others run theirs. What
// is no program, or stands in a relative directory, is passed over.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "sh")
	if err := os.WriteFile(own, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "text"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "ls"), 0o755); err != nil {
		t.Fatal(err)
	}
	system := find("sh", true, "", nil)
	if system == "" || system == own {
		t.Fatalf("no sh of the system: %q", system)
	}
	for _, c := range []struct {
		why, name, path, want string
		root                  bool
		fits                  func(string) bool
	}{
		{"root and PATH", "sh", dir, system, true, nil},
		{"PATH", "sh", dir, own, false, nil},
		{"no PATH", "sh", "", system, false, nil},
		{"a relative directory", "sh", ".:bin", system, false, nil},
		{"another is wanted", "sh", dir, system, false, func(path string) bool { return path != own }},
		{"no program", "text", dir, "", false, nil},
		{"a directory", "ls", dir, find("ls", true, "", nil), false, nil},
		{"nowhere", "no-such-program", dir, "", false, nil},
	} {
		if got := find(c.name, c.root, c.path, c.fits); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

// What makes a program load or run something else does not come through root's senet.
func TestEnviron(t *testing.T) {
	env := []string{"PATH=/tmp/evil", "LD_PRELOAD=/tmp/x.so", "PYTHONPATH=/tmp", "BASH_ENV=/tmp/x", "HOME=/home/a",
		"LC_ALL=C", "LANG=de_DE", "LC_TIME=C", "COLUMNS=80"}
	want := []string{"PATH=" + Path, "LC_ALL=C", "LANG=de_DE", "LC_TIME=C", "COLUMNS=80"}
	if got := environ(true, env); !slices.Equal(got, want) {
		t.Errorf("root's: %q", got)
	}
	if got := environ(false, env); !slices.Equal(got, env) {
		t.Errorf("another's: %q", got)
	}
}
