package semanage

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/test/stores"
)

// A testStore is a small store with the example policy in a root of its own.
type testStore struct {
	t    testing.TB
	root string
}

// newTestStore makes a store like a fresh one of Debian, with a few modules.
func newTestStore(t testing.TB) testStore {
	t.Helper()
	return makeTestStore(t, stores.Dir(t))
}

func makeTestStore(t testing.TB, root string) testStore {
	t.Helper()
	ts := testStore{t, root}
	active := "/var/lib/selinux/targeted/active/"
	for path, text := range map[string]string{
		"/etc/selinux/config":                           "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
		"/etc/selinux/semanage.conf":                    "module-store = direct\n",
		"/etc/selinux/targeted/policy/policy.33":        examples.Policy(),
		"/var/lib/selinux/targeted/semanage.trans.LOCK": "",
		"/var/lib/selinux/targeted/semanage.read.LOCK":  "",
		active + "policy.linked":                        examples.Policy(),
		active + "policy.kern":                          examples.Policy(),
		active + "file_contexts":                        "/.*\tsystem_u:object_r:default_t:s0\n",
		active + "seusers":                              "root:unconfined_u:s0\n",
		active + "seusers.linked":                       "root:unconfined_u:s0\n",
		active + "users_extra":                          "user root prefix user;\n",
		active + "users_extra.linked":                   "user root prefix user;\n",
		active + "commit_num":                           string(formatCommitNumber(7)),
		active + "modules/100/base/cil":                 "(base)",
		active + "modules/100/base/lang_ext":            "pp",
		active + "modules/100/web/cil":                  "(web)",
		active + "modules/disabled/web":                 "",

		"/etc/selinux/targeted/contexts/files/file_contexts":           "/.*\tsystem_u:object_r:default_t:s0\n",
		"/etc/selinux/targeted/contexts/files/file_contexts.local.bin": "stale",
	} {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return ts
}

func (ts testStore) open() *Store {
	ts.t.Helper()
	s, err := Open(Options{Root: ts.root, NoReload: true})
	if err != nil {
		ts.t.Fatal(err)
	}
	return s
}

func (ts testStore) path(name string) string {
	return filepath.Join(ts.root, "var/lib/selinux/targeted", name)
}

func (ts testStore) write(name, text string) {
	ts.t.Helper()
	if err := os.WriteFile(ts.path(name), []byte(text), 0o600); err != nil {
		ts.t.Fatal(err)
	}
}

func (ts testStore) read(name string) string {
	ts.t.Helper()
	text, err := os.ReadFile(ts.path(name))
	if err != nil {
		ts.t.Fatal(err)
	}
	return string(text)
}

func (ts testStore) begin(s *Store) *Tx {
	ts.t.Helper()
	tx, err := s.Begin()
	if err != nil {
		ts.t.Fatal(err)
	}
	ts.t.Cleanup(tx.Close)
	return tx
}

// state reads all of the root except this package's own files: those of the
// store, the policy, what is left of sandboxes.
func (ts testStore) state() map[string]string {
	ts.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(ts.root, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			files[path] = "directory"
			return nil
		case d.Name() == undoName:
			return nil
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		ts.t.Fatal(err)
	}
	return files
}

// addPort is a change that every test can make.
func addPort(tx *Tx, port uint16) error {
	return tx.Add(Port{Protocol: TCP, Low: port, High: port, Context: Context{Type: "http_port_t"}})
}

func writeConfig(ts testStore, more string) {
	ts.t.Helper()
	path := filepath.Join(ts.root, "etc/selinux/semanage.conf")
	if err := os.WriteFile(path, []byte("module-store = direct\n"+more), 0o600); err != nil {
		ts.t.Fatal(err)
	}
}
