package change_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/test/stores"
)

// program writes a script in place of semodule.
func program(t *testing.T, dir, text string) string {
	t.Helper()
	path := filepath.Join(dir, "semodule")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// bySemodule opens a scratch store whose modules a script builds.
func bySemodule(root, path string) (*change.Store, error) {
	return change.Open(change.Options{Root: root, Semodule: path})
}

// TestSemodule: the program gets the store's arguments and the lock, and as root no
// more of the environment than it needs. What it complains about is kept.
func TestSemodule(t *testing.T) {
	t.Setenv("LD_PRELOAD", "")
	t.Setenv("SENET_TEST", "there")
	dir, root := t.TempDir(), t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	s, err := bySemodule(root, program(t, dir, `
echo "$@" >`+dir+`/args
readlink /proc/self/fd/3 >`+dir+`/lock
echo "$SENET_TEST" >`+dir+`/env
cat "$7" >`+dir+`/cil
echo no luck today
exit 7
`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Apply(context.Background(), -1, withModule(change.Change{}, "web"), change.About{})
	var complaint *change.ModuleError
	if !errors.As(err, &complaint) || complaint.Output != "no luck today" || complaint.Name != "web" ||
		change.StateOf(err) != change.Unchanged {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(text))
	}
	if args := read("args"); !strings.HasPrefix(args, "-N -p "+root+" -s targeted -i ") ||
		!strings.HasSuffix(args, "/web.cil") {
		t.Errorf("arguments %q", args)
	}
	if lock := read("lock"); lock != filepath.Join(root, "var/lib/selinux/targeted/senet.LOCK") {
		t.Errorf("its file 3 is %q", lock)
	}
	if cil := read("cil"); !strings.Contains(cil, "(type web_t)") {
		t.Errorf("the module is %q", cil)
	}
	if env := read("env"); (env == "") != (os.Geteuid() == 0) {
		t.Errorf("of the environment it sees %q", env)
	}
}

// TestDieWithParent: when the process is killed, so is the semodule that it runs, and
// until then nobody else changes the store.
func TestDieWithParent(t *testing.T) {
	const store, dir = "SENET_TEST_STORE", "SENET_TEST_DIR"
	if root := os.Getenv(store); root != "" {
		s, err := bySemodule(root, filepath.Join(os.Getenv(dir), "semodule"))
		if err == nil {
			_, err = s.Apply(context.Background(), -1, webChange(), change.About{Title: "web"})
		}
		t.Fatal("not killed: ", err)
	}
	root, scripts := t.TempDir(), t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	program(t, scripts, "echo $$ >"+scripts+"/pid.new; mv "+scripts+"/pid.new "+scripts+"/pid; exec sleep 1000\n")
	cmd := exec.Command(os.Args[0], "-test.run", "^TestDieWithParent$")
	cmd.Env = append(os.Environ(), store+"="+root, dir+"="+scripts)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := 0
	wait(t, "the program to run", func() bool {
		text, err := os.ReadFile(filepath.Join(scripts, "pid"))
		if err == nil {
			pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
		}
		return err == nil
	})
	// The change is being made: an undo does not wait for it, and a change would.
	other, err := change.Open(change.Options{Root: root, LockTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Last(); !errors.Is(err, change.ErrBusy) {
		t.Error(err)
	}
	_, err = other.Begin(context.Background())
	wantError(t, err, change.ErrBusy, change.Unchanged)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	wait(t, "the program to end", func() bool { return ended(pid) })
	wait(t, "the lock", func() bool {
		d, err := other.Begin(context.Background())
		if err != nil {
			return false
		}
		defer d.Close()
		return d.Settled() != nil && !d.Settled().Made
	})
}

// ended reports whether a process is gone, or waits for nobody to ask for its status.
func ended(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, after, _ := strings.Cut(string(text), ") ")
	return err != nil || strings.HasPrefix(after, "Z")
}

// wait asks again until it is so, for at most half a minute.
func wait(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain for ", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
