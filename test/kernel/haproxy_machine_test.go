package kernel

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// hostPrograms are programs of this machine that the other one has: what looks at logs.
// Of policycoreutils it has nothing.
var hostPrograms = [...]string{"/usr/bin/tail", "/bin/grep"}

// senetPrograms are the names that senet is called by there.
var senetPrograms = [...]string{"/usr/sbin/semodule", "/sbin/load_policy", "/usr/sbin/setsebool", "/usr/sbin/getsebool"}

// files returns the files that a machine needs to run haproxy under a policy and to change that
// policy.
func (b *balancer) files(t *testing.T) Files {
	t.Helper()
	tree, err := packageTree(context.Background(), "haproxy", []string{haproxyProgram}, []string{"haproxy"})
	if errors.Is(err, ErrUnavailable) {
		testenv.Missing(t, err.Error())
	} else if err != nil {
		t.Fatal(err)
	}
	files := Files{
		"/etc/passwd": {0o644,
			[]byte("root:x:0:0:root:/root:/bin/sh\nhaproxy:x:100:100::/var/lib/haproxy:/usr/sbin/nologin\n")},
		"/etc/group":         {0o644, []byte("root:x:0:\nhaproxy:x:100:\n")},
		"/etc/nsswitch.conf": {0o644, []byte("passwd: files\ngroup: files\n")},
	}
	for _, dir := range []string{"/root", "/run", "/var/log"} {
		files[dir+"/.keep"] = File{0o600, nil}
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(files.AddProgram(haproxyProgram, tree, "/"))
	for _, name := range hostPrograms {
		check(files.AddProgram(name, "/"))
	}
	check(files.AddProgram("/bin/dash", "/"))
	files["/bin/sh"] = files["/bin/dash"]
	check(files.Add("/etc/haproxy/haproxy.cfg", "testdata/haproxy/haproxy.cfg"))
	senet := filepath.Join(t.TempDir(), "senet")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", senet,
		"github.com/senet-selinux/senet/cmd/senet")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building senet: %v: %s", err, out)
	}
	check(files.Add("/usr/bin/senet", senet))
	for _, name := range senetPrograms {
		files[name] = File{0o777 | fs.ModeSymlink, []byte("/usr/bin/senet")}
	}
	root := t.TempDir()
	check(b.make(context.Background(), root))
	check(files.AddTree("/", root))
	return files
}
