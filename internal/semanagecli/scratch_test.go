package semanagecli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// memDir returns a directory in memory where the system has one.
func memDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "senet-test")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// scratch copies Debian's store of that name, and what belongs to it, to a new
// root.
func scratch(t testing.TB, store string) string {
	t.Helper()
	testenv.Policy(t, store)
	if _, err := os.ReadDir("/var/lib/selinux/" + store); err != nil {
		testenv.Missing(t, "the store cannot be read: "+err.Error())
	}
	root := memDir(t)
	for _, dir := range []string{"/var/lib/selinux/" + store, "/etc/selinux/" + store} {
		copyDir(t, dir, root+dir)
	}
	write(t, root+"/etc/selinux/config", "SELINUX=permissive\nSELINUXTYPE="+store+"\n")
	return root
}

func copyDir(t testing.TB, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// An answer is what a command line led to.
type answer struct {
	code     int
	out, err string
}

// ours runs a command line of this package on the system under root.
func ours(root, stdin string, args ...string) answer {
	var out, errs bytes.Buffer
	tool := Tool{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Root: root}
	code := tool.Run(args...)
	return answer{code, out.String(), errs.String()}
}

// A peer is semanage, working on the system under a root.
type peer struct {
	t     testing.TB
	stdin io.WriteCloser
	out   *json.Decoder
}

// debianPython has Debian's SELinux modules; another python3 on PATH need not.
const debianPython = "/usr/bin/python3"

func startPeer(t testing.TB, root, store string) *peer {
	t.Helper()
	testenv.Need(t, "semanage")
	if os.Getuid() != 0 {
		testenv.Missing(t, "libsemanage needs root")
	}
	if err := exec.Command(debianPython, "-c", "import semanage, seobject, sepolicy").Run(); err != nil {
		testenv.Missing(t, "the Python modules of semanage: "+err.Error())
	}
	cmd := exec.Command(debianPython, "../../semanage/testdata/oracle.py", root, store)
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
	p := &peer{t, stdin, json.NewDecoder(bufio.NewReader(stdout))}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	var ready struct{ RC int }
	if err := p.out.Decode(&ready); err != nil {
		t.Fatal("semanage does not start: ", err)
	}
	return p
}

// run runs one command line. Messages about users that /etc/passwd lacks, which
// come of building file contexts for home directories, are left out.
func (p *peer) run(stdin string, args ...string) answer {
	p.t.Helper()
	a := p.runAll(stdin, args...)
	var errs strings.Builder
	for line := range strings.Lines(a.err) {
		if !strings.HasPrefix(line, "libsemanage.add_user: user ") {
			errs.WriteString(line)
		}
	}
	a.err = errs.String()
	return a
}

func (p *peer) runAll(stdin string, args ...string) answer {
	p.t.Helper()
	if args == nil {
		args = []string{}
	}
	line, err := json.Marshal(map[string]any{"argv": args, "stdin": stdin})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.stdin.Write(append(line, '\n')); err != nil {
		p.t.Fatal(err)
	}
	var reply struct {
		RC       int
		Err, Out string
	}
	if err := p.out.Decode(&reply); err != nil {
		p.t.Fatal("semanage: ", err)
	}
	return answer{reply.RC, reply.Out, reply.Err}
}

// locals are the files that changes of local records lead to.
func locals(t testing.TB, root, store string) map[string]string {
	t.Helper()
	files := map[string]string{}
	dir := root + "/var/lib/selinux/" + store + "/active/"
	names, err := filepath.Glob(dir + "*.local")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(names, dir+"policy.kern", root+"/etc/selinux/"+store+"/policy/policy.33") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimPrefix(path, root)] = string(data)
	}
	return files
}

// sameLocals compares the local records and policies of two roots.
func sameLocals(t testing.TB, theirs, own, store string) {
	t.Helper()
	a, b := locals(t, theirs, store), locals(t, own, store)
	for path, want := range a {
		if got := b[path]; got != want {
			if len(want)+len(got) > 4000 {
				got, want = "other bytes", ""
			}
			t.Errorf("%s is\n%s\nsemanage has\n%s", path, got, want)
		}
	}
	if len(a) != len(b) {
		t.Errorf("%d files, semanage has %d", len(b), len(a))
	}
}
