package stores

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// Python is the interpreter that has Debian's SELinux modules, which another
// python3 on PATH need not have.
const Python = "/usr/bin/python3"

// script runs semanage on the system under a root: its first argument.
const script = "import sys, runpy, " +
	"semanage\nsemanage.semanage_set_root(sys.argv.pop(1))\nrunpy.run_path('/usr/sbin/semanage', run_name='__main__')\n"

// SemanageCommand returns the program and the arguments that run semanage, as an
// administrator does, on the system under a root.
func SemanageCommand(root string, args ...string) (string, []string) {
	return Python, append([]string{"-c", script, root}, args...)
}

// NeedSemanage skips the test where semanage cannot run.
func NeedSemanage(t testing.TB) {
	t.Helper()
	testenv.Need(t, "semanage")
	if os.Getuid() != 0 {
		testenv.Missing(t, "libsemanage needs root")
	}
	if err := exec.Command(Python, "-c", "import semanage, seobject, sepolicy").Run(); err != nil {
		testenv.Missing(t, "the Python modules of semanage: "+err.Error())
	}
}

// A Semanage is a semanage that works on the system under a root, one command
// after the other, without a start of Python for each.
type Semanage struct {
	t     testing.TB
	stdin io.WriteCloser
	out   *json.Decoder
}

// A Reply is the result of a command of semanage.
type Reply struct {
	RC       int
	Err, Out string
}

// Start starts semanage for a store under a root. It ends with the test.
func Start(t testing.TB, root, store string) *Semanage {
	t.Helper()
	NeedSemanage(t)
	oracle, err := repositoryFile("semanage/testdata/oracle.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(Python, oracle, root, store)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "COLUMNS=80")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	s := &Semanage{t, stdin, json.NewDecoder(bufio.NewReader(stdout))}
	var ready Reply
	if err := s.out.Decode(&ready); err != nil {
		t.Fatal("semanage does not start: ", err)
	}
	return s
}

// Run runs one command: the arguments of semanage, or what
// semanage/testdata/oracle.py knows besides. Only the test's own goroutine may.
func (s *Semanage) Run(stdin string, args ...string) Reply {
	s.t.Helper()
	if args == nil {
		args = []string{}
	}
	line, err := json.Marshal(map[string]any{"argv": args, "stdin": stdin})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.stdin.Write(append(line, '\n')); err != nil {
		s.t.Fatal(err)
	}
	var reply Reply
	if err := s.out.Decode(&reply); err != nil {
		s.t.Fatal("semanage: ", err)
	}
	return reply
}

// Must runs a command that has to succeed.
func (s *Semanage) Must(args ...string) {
	s.t.Helper()
	if r := s.Run("", args...); r.RC != 0 {
		s.t.Fatalf("semanage %q: exit %d: %s", args, r.RC, r.Err)
	}
}

// repositoryFile finds a file of this repository from a directory in it.
func repositoryFile(name string) (string, error) {
	at, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return filepath.Join(at, name), nil
		}
		if at == filepath.Dir(at) {
			return "", errors.New("not within the repository")
		}
	}
}
