package cil_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/cil"
)

// TestReadFilesBounded: a file without an end is an error, and the memory that it
// takes has one.
func TestReadFilesBounded(t *testing.T) {
	name := filepath.Join(t.TempDir(), "huge.cil")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 1<<40); err != nil { // a hole
		t.Skip(err)
	}
	var path *fs.PathError
	if _, err := cil.ReadFiles([]string{name}); !errors.As(err, &path) || path.Path != name {
		t.Errorf("a file of 1 TiB: %v", err)
	}
}
