package modstore_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// copyOf copies Debian's store of a name, with the files that say who has a home.
func copyOf(t testing.TB, store string) string {
	t.Helper()
	root := stores.Copy(t, store)
	stores.WithSystem(t, root)
	return root
}

// semodule runs the real program on a root.
func semodule(root, store string, args ...string) (string, error) {
	cmd := exec.Command("semodule", append([]string{"-p", root, "-s", store, "-n"}, args...)...)
	cmd.Dir = filepath.Join(root, "etc")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// change makes a change of modules of ours.
func change(root string, edit func(*modstore.Tx) error) error {
	s, err := semanage.Open(semanage.Options{Root: root, NoReload: true})
	if err != nil {
		return err
	}
	records, err := s.Begin()
	if err != nil {
		return err
	}
	defer records.Close()
	tx, err := modstore.Open(s, modstore.Options{Cache: modstore.CacheAlways}).Begin(records)
	if err != nil {
		return err
	}
	if err := edit(tx); err != nil {
		return err
	}
	if _, err := tx.Build(); err != nil {
		return err
	}
	_, err = records.Commit()
	return err
}

func same(t *testing.T, what, theirs, ours, store string) {
	t.Helper()
	compare(t, what, theirs, ours, store, stores.Parts{Modules: true, Number: true})
}

// compare compares parts of two stores.
func compare(t *testing.T, what, theirs, ours, store string, parts stores.Parts) {
	t.Helper()
	a, err := stores.Snap(theirs, store, parts)
	if err != nil {
		t.Fatal(err)
	}
	b, err := stores.Snap(ours, store, parts)
	if err != nil {
		t.Fatal(err)
	}
	if d := a.Diff(b); d != "" {
		t.Fatalf("%s:\n%s", what, d)
	}
}

// TestRebuildAgainstSemodule builds copies of Debian's stores with semodule -B and
// with this package: all files are the same, and their modes. The derived files are
// taken away from one first.
func TestRebuildAgainstSemodule(t *testing.T) {
	testenv.Need(t, "semodule", "sefcontext_compile", "setfiles")
	kinds := []string{"default"}
	if testenv.Long() {
		kinds = append(kinds, "mls")
	}
	for _, store := range kinds {
		t.Run(store, func(t *testing.T) {
			theirs, ours := copyOf(t, store), copyOf(t, store)
			if out, err := semodule(theirs, store, "-B"); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for _, pattern := range []string{
				"/var/lib/selinux/*/active/*[_.]*", "/var/lib/selinux/*/active/seusers", "/etc/selinux/*/seusers",
				"/etc/selinux/*/contexts/files/file_contexts", "/etc/selinux/*/contexts/files/*.bin",
				"/etc/selinux/*/contexts/files/*.homedirs",
			} {
				derived, err := filepath.Glob(ours + pattern)
				if err != nil || len(derived) == 0 {
					t.Fatal(pattern, err)
				}
				for _, name := range derived {
					if filepath.Base(name) == "commit_num" {
						continue
					}
					if err := os.Remove(name); err != nil {
						t.Fatal(err)
					}
				}
			}
			for round := range 3 { // then with the cache and nothing to do, then with a damaged one
				if round == 2 {
					damage(t, filepath.Join(ours, "var/lib/selinux", store, "senet.modules"))
				}
				if err := change(ours, func(*modstore.Tx) error { return nil }); err != nil {
					t.Fatal(err)
				}
				same(t, "rebuilt", theirs, ours, store)
				count(t, theirs, store)
			}
		})
	}
}

// count adds one to the number of a store's transactions, which is all that semodule -B
// changes in a store that it has built.
func count(t *testing.T, root, store string) {
	t.Helper()
	name := filepath.Join(root, "var/lib/selinux", store, "active/commit_num")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimRight(string(text), "\x00")) // the file keeps its length
	if err != nil {
		t.Fatal(err)
	}
	copy(text, strconv.Itoa(n+1))
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// damage changes bytes all over a file.
func damage(t *testing.T, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil || len(data) < 1<<20 {
		t.Fatalf("%d bytes of %s: %v", len(data), name, err)
	}
	for at := 1 << 16; at < len(data); at += 99_991 {
		data[at]++
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
