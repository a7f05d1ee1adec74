package stores

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

// fewModules are modules of Debian's default policy that are a policy together: real
// semodule builds them in a third of the time.
const fewModules = " base cron getty guest ssh staff su sudo unconfined unprivuser xdg xserver "

// smallModules are those and two daemons: the names that the tests of semanage use.
const smallModules = fewModules + "apache ftp "

// Few copies Debian's default store with a few of its modules, and with the system's files.
// What follows from the modules is still that of all: build it first.
func Few(t testing.TB) string {
	t.Helper()
	root := Copy(t, "default")
	if err := keepModules(root, "default", fewModules); err != nil {
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
