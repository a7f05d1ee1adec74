package semanage_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// debianPython is the interpreter that has Debian's SELinux modules, which
// another python3 on PATH need not have.
const debianPython = "/usr/bin/python3"

// needOracle skips the test where semanage cannot run.
func needOracle(t testing.TB) {
	t.Helper()
	testenv.Need(t, "semanage")
	if os.Getuid() != 0 {
		testenv.Missing(t, "libsemanage needs root")
	}
	if err := exec.Command(debianPython, "-c", "import semanage, seobject, sepolicy").Run(); err != nil {
		testenv.Missing(t, "the Python modules of semanage: "+err.Error())
	}
}

// An oracle is semanage, working on the system under a root.
type oracle struct {
	t     testing.TB
	stdin io.WriteCloser
	out   *json.Decoder
}

type oracleReply struct {
	RC       int
	Err, Out string
}

func startOracle(t testing.TB, root, store string) *oracle {
	t.Helper()
	cmd := exec.Command(debianPython, filepath.Join("testdata", "oracle.py"), root, store)
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
	o := &oracle{t, stdin, json.NewDecoder(bufio.NewReader(stdout))}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	var ready oracleReply
	if err := o.out.Decode(&ready); err != nil {
		t.Fatal("the oracle does not start: ", err)
	}
	return o
}

// run runs one command of semanage.
func (o *oracle) run(stdin string, argv ...string) oracleReply {
	o.t.Helper()
	line, err := json.Marshal(map[string]any{"argv": argv, "stdin": stdin})
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.stdin.Write(append(line, '\n')); err != nil {
		o.t.Fatal(err)
	}
	var reply oracleReply
	if err := o.out.Decode(&reply); err != nil {
		o.t.Fatal("oracle: ", err)
	}
	return reply
}

// must runs a command that has to succeed.
func (o *oracle) must(argv ...string) {
	o.t.Helper()
	if r := o.run("", argv...); r.RC != 0 {
		o.t.Fatalf("semanage %q: exit %d: %s", argv, r.RC, r.Err)
	}
}
