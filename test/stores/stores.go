// Package stores makes copies of Debian's policy stores for tests and benchmarks
// to change, and runs semanage on them.
package stores

import (
	"errors"
	"fmt"
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
	testenv.Policy(t, store)
	root, err := os.MkdirTemp("/dev/shm", "senet-test")
	if err != nil {
		root = t.TempDir()
	} else {
		t.Cleanup(func() {
			if err := os.RemoveAll(root); err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := os.ReadDir(dir("/", store)); err != nil {
		testenv.Missing(t, "the store cannot be read: "+err.Error())
	}
	if err := CopyTo(root, store); err != nil {
		t.Fatal(err)
	}
	return root
}

func dir(root, store string) string { return filepath.Join(root, "var/lib/selinux", store) }

// CopyTo copies Debian's store of that name to a root, which gets a configuration
// that names it.
func CopyTo(root, store string) error { return Clone("/", root, store) }

// Clone copies a store from one root to another.
func Clone(from, to, store string) error {
	for _, path := range []string{dir("", store), "etc/selinux/" + store} {
		if err := copyTree(filepath.Join(from, path), filepath.Join(to, path)); err != nil {
			return err
		}
	}
	config := "SELINUX=permissive\nSELINUXTYPE=" + store + "\n"
	return os.WriteFile(filepath.Join(to, "etc/selinux/config"), []byte(config), 0o600)
}

// copyTree copies files and directories with their modes.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		target := to + strings.TrimPrefix(path, from)
		if d.IsDir() {
			return errors.Join(os.MkdirAll(target, 0o755), os.Chmod(target, info.Mode().Perm()))
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return errors.Join(os.WriteFile(target, data, 0o600), os.Chmod(target, info.Mode().Perm()))
	})
}

// A Snapshot is the files of a store and of its part of /etc/selinux: their modes
// and contents by path.
type Snapshot map[string]string

// Snap reads the state that a transaction may change. Modules, locks, the sandbox,
// the number of the transaction and senet's own files are left out.
func Snap(root, store string) (Snapshot, error) {
	s := Snapshot{}
	for _, top := range []string{dir(root, store), filepath.Join(root, "etc/selinux", store)} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			switch name := d.Name(); {
			case err != nil:
				return err
			case d.IsDir() && (name == "modules" || name == "tmp"):
				return fs.SkipDir
			case d.IsDir(), strings.HasPrefix(name, "senet."), strings.HasSuffix(name, ".LOCK"), name == "commit_num":
				return nil
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			data, err := os.ReadFile(path)
			s[strings.TrimPrefix(path, root)] = fmt.Sprintf("%v ", info.Mode()) + string(data)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// DropEmpty forgets the files of local records without records.
func (s Snapshot) DropEmpty() {
	for path, data := range s {
		if !strings.HasSuffix(path, ".local") {
			continue
		}
		_, text, _ := strings.Cut(data, " ") // behind the modes
		empty := true
		for line := range strings.Lines(text) {
			empty = empty && (strings.TrimSpace(line) == "" || line[0] == '#')
		}
		if empty {
			delete(s, path)
		}
	}
}

// Diff lists where two states differ, "" for nowhere.
func (s Snapshot) Diff(other Snapshot) string {
	var out strings.Builder
	for path, data := range s {
		got, ok := other[path]
		switch {
		case !ok:
			fmt.Fprintf(&out, "%s is missing\n", path)
		case got != data && len(data)+len(got) < 4000:
			fmt.Fprintf(&out, "%s:\n%s\n--- is\n%s\n", path, data, got)
		case got != data:
			fmt.Fprintf(&out, "%s differs (%d and %d bytes)\n", path, len(data), len(got))
		}
	}
	for path := range other {
		if _, ok := s[path]; !ok {
			fmt.Fprintf(&out, "%s is too much\n", path)
		}
	}
	return out.String()
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
		if name == "tmp" || name == "senet.journal" || strings.HasSuffix(name, ".tmp") || strings.HasSuffix(name, ".new") || strings.HasPrefix(name, ".") {
			left = append(left, strings.TrimPrefix(path, root))
		}
		return nil
	})
	return left, err
}
