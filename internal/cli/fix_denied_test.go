package cli_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// nobody is the user who may do nothing.
const nobody = 65534

// asNobody runs senet as a user who is not root, with a search path.
func asNobody(t *testing.T, path string, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := openDir(t)
	// TestMain is senet where the binary is called so.
	binary := filepath.Join(dir, "senet")
	copyFile(t, self, binary)
	cmd := exec.Command(binary, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + path, "HOME=/"}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Fatalf("senet %s: exit status %d, want %d\n%s%s", strings.Join(args, " "), got, want, out.String(),
			errs.String())
	}
	return out.String(), errs.String()
}

// openDir is a directory that everybody may read.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "senet-test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		chmodTree(t, dir, 0o700)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// chmodTree gives directories a mode, and files the same without the right to
// execute them.
func chmodTree(t *testing.T, root string, mode fs.FileMode) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, mode)
		}
		return os.Chmod(path, mode&^0o111)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFixUnwritable: P32, an image-based system. Its store may be read and not be
// written: --apply prints the commands, and says why.
func TestFixUnwritable(t *testing.T) {
	testenv.Need(t, "semodule")
	root := openDir(t)
	if err := makeStore(root); err != nil {
		t.Fatal(err)
	}
	chmodTree(t, root, 0o555)
	question := []string{"fix", "haproxy_t", "connect", "tcp/5601", "--root", root}
	stdout, _ := asNobody(t, os.Getenv("PATH"), 0, question...)
	if !strings.HasSuffix(stdout, " --show own-type\n") {
		t.Errorf("a list that ends with what cannot be done:\n%s", stdout)
	}
	stdout, stderr := asNobody(t, os.Getenv("PATH"), 65, append(question, "--apply", "1", "--yes")...)
	for _, want := range []string{"# own port type: nothing was changed; the commands for it are\n",
		"semodule -N -p " + root + " -s targeted -i senet_haproxy_tcp_5601_port.cil\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "no permission for the policy store") {
		t.Error(stderr)
	}
	stdout, _ = asNobody(t, os.Getenv("PATH"), 65, append(question, "--apply", "2", "--yes")...)
	if !strings.Contains(stdout, "senet bool haproxy_connect_any=on --root "+root+"\n") {
		t.Error(stdout)
	}
	if _, stderr = asNobody(t, os.Getenv("PATH"), 1, "fix", "--undo", "--root", root); !strings.Contains(stderr,
		"nothing to undo") {
		t.Error(stderr)
	}
}

// TestFixUnreadable: a user who is not root may not read the store. The installed
// policy is asked, and the next command is one for root.
func TestFixUnreadable(t *testing.T) {
	testenv.Need(t, "semodule")
	root := openDir(t)
	if err := makeStore(root); err != nil {
		t.Fatal(err)
	}
	chmodTree(t, filepath.Join(root, "etc"), 0o755)
	for _, dir := range []string{"var", "var/lib", "var/lib/selinux"} {
		if err := os.Chmod(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(root, "var/lib/selinux/targeted"), 0); err != nil {
		t.Fatal(err)
	}
	question := []string{"fix", "haproxy_t", "connect", "tcp/5601", "--root", root}
	stdout, _ := asNobody(t, os.Getenv("PATH"), 0, question...)
	if want := "next  sudo senet " + strings.Join(question, " ") + " --apply own-type\n"; !strings.HasSuffix(stdout,
		want) {
		t.Errorf("want %s, got\n%s", want, stdout)
	}
	stdout, stderr := asNobody(t, os.Getenv("PATH"), 65, append(question, "--apply", "1", "--yes")...)
	if !strings.Contains(stdout, "semodule -N -p "+root+" -s targeted -i senet_haproxy_tcp_5601_port.cil\n") ||
		!strings.Contains(stderr, "use sudo") {
		t.Errorf("%s%s", stdout, stderr)
	}
	_, stderr = asNobody(t, os.Getenv("PATH"), 65, append(question, "--plan", "1", "--out",
		filepath.Join(root, "plan"))...)
	if !strings.Contains(stderr, "a plan file is for a policy store") {
		t.Error(stderr)
	}
}

// TestFixNoSemodule: P33, a system without the tools. A fix with a module is made
// there all the same, and taken back.
func TestFixNoSemodule(t *testing.T) {
	testenv.Need(t, "semodule") // which made the store
	root := openDir(t)
	if err := makeStore(root); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(t.TempDir(), "sbin"))
	stdout, _ := senet(t, 0, "fix", "haproxy_t", "connect", "tcp/5601", "--root", root, "--apply", "1", "--yes")
	if !strings.Contains(stdout, "done  module senet_haproxy_tcp_5601_port installed\n") {
		t.Error(stdout)
	}
	senet(t, 0, "fix", "--undo", "--yes", "--root", root)
	senet(t, 0, "fix", "haproxy_t", "connect", "tcp/5601", "--root", root, "--apply", "2", "--yes")
	senet(t, 0, "fix", "--undo", "--yes", "--root", root)
}
