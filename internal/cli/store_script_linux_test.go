package cli_test

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/senet-selinux/senet/test/stores"
)

// haveStore reports whether Debian's store can be copied, which takes root.
func haveStore() bool {
	_, err := os.ReadDir("/var/lib/selinux/default")
	return err == nil || os.Getenv("CI") == "true"
}

func cmdStore(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: store NAME ROOT")
	}
	ts.Check(stores.CopyTo(ts.MkAbs(args[1]), args[0]))
}

// smallStore returns the command that copies a small store: [stores.Usual] makes one of each name for
// all scripts of a test.
func smallStore(t *testing.T) func(*testscript.TestScript, bool, []string) {
	var mutex sync.Mutex
	roots := make(map[string]string)
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 2 {
			ts.Fatalf("usage: smallstore NAME ROOT")
		}
		mutex.Lock()
		if roots[args[0]] == "" {
			roots[args[0]] = stores.Usual(t, args[0])
		}
		root := roots[args[0]]
		mutex.Unlock()
		ts.Check(stores.Clone(root, ts.MkAbs(args[1]), args[0]))
	}
}

func cmdClone(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: clone ROOT ROOT")
	}
	ts.Check(stores.Clone(ts.MkAbs(args[0]), ts.MkAbs(args[1]), storeOf(ts, args[0])))
}

// storeOf returns the name of a root's one store.
func storeOf(ts *testscript.TestScript, root string) string {
	list, err := filepath.Glob(ts.MkAbs(filepath.Join(root, "var/lib/selinux/*/active")))
	ts.Check(err)
	if len(list) != 1 {
		ts.Fatalf("%s has %d stores", root, len(list))
	}
	return filepath.Base(filepath.Dir(list[0]))
}

func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] same ROOT ROOT")
	}
	a, err := stores.Snap(ts.MkAbs(args[0]), storeOf(ts, args[0]), stores.Parts{})
	ts.Check(err)
	b, err := stores.Snap(ts.MkAbs(args[1]), storeOf(ts, args[1]), stores.Parts{})
	ts.Check(err)
	a.DropEmpty()
	b.DropEmpty()
	if diff := a.Diff(b); (diff == "") == neg {
		ts.Fatalf("%s and %s: %s", args[0], args[1], diff)
	}
}

// cmdNobody runs senet from a place that everybody may read: a test's directories
// are its user's.
func cmdNobody(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || args[1] != "senet" {
		ts.Fatalf("usage: nobody STATUS senet [ARGUMENT...]")
	}
	dir, err := os.MkdirTemp("", "senet-test")
	ts.Check(err)
	ts.Defer(func() { os.RemoveAll(dir) })
	ts.Check(os.Chmod(dir, 0o755))
	self, err := os.Executable()
	ts.Check(err)
	binary, err := os.ReadFile(self)
	ts.Check(err)
	program := filepath.Join(dir, "senet")
	ts.Check(os.WriteFile(program, binary, 0o755))
	ts.Check(os.Chmod(program, 0o755))
	cmdExits(ts, false, append([]string{args[0], "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
		program}, args[2:]...))
}

func cmdReadonly(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: readonly DIRECTORY")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(syscall.Mount(dir, dir, "", syscall.MS_BIND, ""))
	ts.Defer(func() { ts.Check(syscall.Unmount(dir, 0)) })
	ts.Check(syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
}
