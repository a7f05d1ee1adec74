package semanage_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/semanage"
)

// copySystem copies Debian's store of that name, and what belongs to it, to a
// new root, in memory. Only root may read a store.
func copySystem(t testing.TB, store string) string {
	t.Helper()
	return copySystemTo(t, semanage.MemDir(t), store)
}

func copySystemTo(t testing.TB, root, store string) string {
	t.Helper()
	testenv.Policy(t, store)
	from := "/var/lib/selinux/" + store
	if _, err := os.ReadDir(from); err != nil {
		testenv.Missing(t, "the store cannot be read: "+err.Error())
	}
	copyTree(t, from, root+from)
	copyTree(t, "/etc/selinux/"+store, root+"/etc/selinux/"+store)
	config := "SELINUX=permissive\nSELINUXTYPE=" + store + "\n"
	writeTestFile(t, root+"/etc/selinux/config", config)
	return root
}

func writeTestFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// copyTree copies files and directories with their modes.
func copyTree(t testing.TB, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		target := to + strings.TrimPrefix(path, from)
		if d.IsDir() {
			if err := os.MkdirAll(target, 0o755); err != nil {
				return err
			}
			return os.Chmod(target, info.Mode().Perm())
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(target, data, 0o600); err != nil {
			return err
		}
		return os.Chmod(target, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A snapshot is the files of a store and of its part of /etc/selinux: their
// modes and contents by path.
type snapshot map[string]string

// snap reads the state. The modules, which no transaction changes, are read if
// modules says so. Files of this package's own, locks and the
// sandbox are left out.
func snap(t testing.TB, root, store string, modules bool) snapshot {
	t.Helper()
	s := snapshot{}
	for _, dir := range []string{"/var/lib/selinux/" + store, "/etc/selinux/" + store} {
		err := filepath.WalkDir(root+dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				// A failed semanage leaves its sandbox until the next one.
				if d.Name() == "modules" && !modules || d.Name() == "tmp" {
					return fs.SkipDir
				}
				return nil
			}
			if strings.HasPrefix(d.Name(), "senet.") || strings.HasSuffix(d.Name(), ".LOCK") {
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
			t.Fatal(err)
		}
	}
	return s
}

// diff lists where two states differ, "" for nowhere.
func (s snapshot) diff(other snapshot) string {
	var out bytes.Buffer
	for path, data := range s {
		got, ok := other[path]
		switch {
		case !ok:
			fmt.Fprintf(&out, "%s is missing\n", path)
		case got != data && len(data)+len(got) < 4000:
			fmt.Fprintf(&out, "%s:\n%s\n--- is\n%s\n", path, data, got)
		case got != data:
			at := 0
			for at < min(len(got), len(data)) && got[at] == data[at] {
				at++
			}
			fmt.Fprintf(&out, "%s differs at %d (%d and %d bytes)\n", path, at, len(data), len(got))
		}
	}
	for path := range other {
		if _, ok := s[path]; !ok {
			fmt.Fprintf(&out, "%s is too much\n", path)
		}
	}
	return out.String()
}

func open(t testing.TB, root string) *semanage.Store {
	t.Helper()
	s, err := semanage.Open(semanage.Options{Root: root, NoReload: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// apply runs commands as one transaction.
func apply(s *semanage.Store, strict bool, text string) error {
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	defer tx.Close()
	tx.Strict = strict
	skipped, err := tx.Import(strings.NewReader(text))
	if err == nil && len(skipped) > 0 {
		err = errors.New("skipped lines")
	}
	if err == nil {
		_, err = tx.Commit()
	}
	return err
}

func mustApply(t testing.TB, s *semanage.Store, text string) {
	t.Helper()
	if err := apply(s, false, text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}
