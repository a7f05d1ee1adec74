// Package stores makes copies of Debian's policy stores for tests and benchmarks
// to change, and runs semanage on them.
package stores

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// Copy copies Debian's store of that name, and what belongs to it, to a new root:
// in memory where the system has a file system there. Only root may read a store;
// the test is skipped for others.
func Copy(t testing.TB, store string) string {
	t.Helper()
	root := Dir(t)
	CopyInto(t, root, store)
	return root
}

// CopyInto is Copy to a root that is there: a benchmark's, on a disk.
func CopyInto(t testing.TB, root, store string) {
	t.Helper()
	testenv.Policy(t, store)
	if _, err := os.ReadDir(dir("/", store)); err != nil {
		testenv.Missing(t, "the store cannot be read: "+err.Error())
	}
	if err := CopyTo(root, store); err != nil {
		t.Fatal(err)
	}
}

func dir(root, store string) string { return filepath.Join(root, "var/lib/selinux", store) }

// CopyTo copies Debian's store of that name to a root, which gets a configuration
// that names it.
func CopyTo(root, store string) error { return Clone("/", root, store) }

// Clone copies a store from one root to another.
func Clone(from, to, store string) error {
	for _, path := range []string{dir("", store), "etc/selinux/" + store} {
		if err := CopyTree(filepath.Join(from, path), filepath.Join(to, path)); err != nil {
			return err
		}
	}
	config := "SELINUX=permissive\nSELINUXTYPE=" + store + "\n"
	return os.WriteFile(filepath.Join(to, "etc/selinux/config"), []byte(config), 0o600)
}

// Left lists what a transaction that is over must not have left in a store: the
// sandbox, the journal, temporary files. Locks are files that stay.
func Left(root, store string) ([]string, error) {
	var left []string
	err := filepath.WalkDir(dir(root, store), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if name == "modules" && d.IsDir() {
			return fs.SkipDir
		}
		if name == "tmp" || name == "senet.journal" || strings.HasSuffix(name, ".tmp") ||
			strings.HasSuffix(name, ".new") || strings.HasPrefix(name, ".") {
			left = append(left, strings.TrimPrefix(path, root))
		}
		return nil
	})
	return left, err
}
