package testenv

import (
	"compress/bzip2"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Modules writes the modules of an installed policy to a directory and returns
// them in the order in which libsemanage compiles them.
func Modules(t testing.TB, kind string) []string {
	t.Helper()
	root := filepath.Join("/var/lib/selinux", kind, "active/modules")
	list, err := filepath.Glob(filepath.Join(root, "100/*/cil"))
	if err != nil || len(list) == 0 {
		Missing(t, "package selinux-policy-"+kind+" has not installed its modules")
	}
	dir := t.TempDir()
	var files []string
	for _, path := range list {
		name := filepath.Base(filepath.Dir(path))
		if _, err := os.Stat(filepath.Join(root, "disabled", name)); err == nil {
			continue
		}
		files = append(files, filepath.Join(dir, name+".cil"))
		packed, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(bzip2.NewReader(packed))
		packed.Close()
		if err != nil {
			t.Fatal(path, err)
		}
		if err := os.WriteFile(files[len(files)-1], text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(files)
	return files
}
