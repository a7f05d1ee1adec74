package stores

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fewModules are modules of Debian's default policy that are a policy together: real
// semodule builds them in a third of the time.
const fewModules = " base cron getty guest ssh staff su sudo unconfined unprivuser xdg xserver "

// Few copies Debian's default store with a few of its modules, and with the system's files.
// What follows from the modules is still that of all: build it first.
func Few(t testing.TB) string {
	t.Helper()
	root := Copy(t, "default")
	modules := filepath.Join(root, "var/lib/selinux/default/active/modules")
	dirs, err := filepath.Glob(modules + "/100/*")
	if err != nil || len(dirs) < 100 {
		t.Fatalf("%d modules: %v", len(dirs), err)
	}
	for _, dir := range dirs {
		if !strings.Contains(fewModules, " "+filepath.Base(dir)+" ") {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.RemoveAll(modules + "/disabled"); err != nil {
		t.Fatal(err)
	}
	WithSystem(t, root)
	return root
}

// WithSystem gives a root the files of this system that semodule reads whatever root
// it is told.
func WithSystem(t testing.TB, root string) {
	t.Helper()
	for _, name := range []string{
		"/etc/passwd", "/etc/group", "/etc/shells", "/etc/login.defs", "/etc/default/useradd",
		"/etc/selinux/semanage.conf",
	} {
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		Write(t, root+name, string(text))
	}
}
