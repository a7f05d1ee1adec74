package semodulecli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
	"github.com/senet-selinux/senet/test/stores"
)

// A bench has one small store for both programs, and the command that runs the peer. Each case starts from the
// first state of the store, in which a transaction of semodule takes some 30 ms.
type bench struct {
	first        string // the first state: a root, and beside it the working directory
	theirs, ours *side
	config       string // more lines of their semanage.conf
	parts        stores.Parts
	skip         string // the end of names of files that are not compared, "" for none
}

// smallFiles are the files of the working directory.
var smallFiles = map[string]string{
	"own.cil": "(type own_t)(roletype object_r own_t)(typeattributeset file_type (own_t))\n" +
		"(filecon \"/srv/own(/.*)?\" any (system_u object_r own_t ((s0) (s0))))\n" +
		"(tunable tun false)(tunableif tun (true (allow user_t own_t (file (read)))))\n" +
		"(dontaudit user_t own_t (file (open)))\n",
	"own2.cil": "(allow user_t user_home_t (file (read)))\n",
	"off.cil":  "(allow user_t user_home_t (dir (read)))\n",
	"bad.cil":  "(allow user_t nosuch_t (dir (read)))\n",
	"pkg.te": "module pkg 1.0;\nrequire { type user_t, etc_t; class file { read write }; }\n" +
		"allow user_t etc_t:file write;\n",
}

// newBench makes the store with semodule: that of this system, or of a suite of Debian.
func newBench(t *testing.T, suite string) *bench {
	t.Helper()
	testenv.Need(t, "semodule", "checkmodule", "semodule_package")
	b := &bench{first: stores.Dir(t), parts: stores.Parts{Modules: true, Number: true}}
	program := "semodule"
	if suite != "" {
		s := oracle.NeedSemodule(t, suite)
		program, b.config, b.skip = s.Program(t, "semodule"), s.Config(t), ".bin"
	}
	b.theirs, b.ours = &side{root: stores.Dir(t)}, &side{root: stores.Dir(t)}
	for _, s := range []*side{b.theirs, b.ours} {
		s.dir = s.root + "/here"
	}
	b.theirs.runPeer(t, program)
	b.ours.runOurs(t)
	b.make(t)
	return b
}

// make creates the first state.
func (b *bench) make(t *testing.T) {
	t.Helper()
	base, err := os.ReadFile("testdata/base.cil")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"policy", "contexts/files"} {
		if err := os.MkdirAll(filepath.Join(b.theirs.root, "etc/selinux/small", dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	stores.Write(t, b.theirs.root+"/etc/selinux/config", "SELINUX=permissive\nSELINUXTYPE=small\n")
	stores.WithSystem(t, b.theirs.root)
	stores.Write(t, b.theirs.dir+"/base.cil", string(base))
	for name, text := range smallFiles {
		stores.Write(t, filepath.Join(b.theirs.dir, name), text)
	}
	if err := os.MkdirAll(b.theirs.root+"/var/lib/selinux", 0o755); err != nil {
		t.Fatal(err)
	}
	b.theirs.shell(t, "checkmodule -M -m -o pkg.mod pkg.te; semodule_package -o pkg.pp -m pkg.mod; rm pkg.mod pkg.te")
	if b.config != "" {
		add(t, b.theirs.root+"/etc/selinux/semanage.conf", b.config)
	}
	for _, line := range []string{"-i base.cil own.cil off.cil pkg.pp", "-d off -X 300 -i own.cil"} {
		if code, _ := b.theirs.run(b.args(b.theirs, line)); code != 0 {
			t.Fatalf("semodule %s: exit %d", line, code)
		}
	}
	if err := stores.CopyTree(b.theirs.root, b.first); err != nil {
		t.Fatal(err)
	}
}

// shell runs a shell command in the side's directory.
func (s *side) shell(t *testing.T, line string) {
	t.Helper()
	cmd := exec.Command("sh", "-ec", line)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", line, err, out)
	}
}

// reset gives both sides the first state.
func (b *bench) reset(t *testing.T) {
	t.Helper()
	for _, s := range []*side{b.theirs, b.ours} {
		if err := os.RemoveAll(s.root); err != nil {
			t.Fatal(err)
		}
		if err := stores.CopyTree(b.first, s.root); err != nil {
			t.Fatal(err)
		}
	}
	if b.config != "" {
		text, err := os.ReadFile(b.ours.root + "/etc/selinux/semanage.conf")
		if err != nil {
			t.Fatal(err)
		}
		stores.Write(t, b.ours.root+"/etc/selinux/semanage.conf", strings.ReplaceAll(string(text), b.config, ""))
	}
}

// args completes a line.
func (b *bench) args(s *side, line string) []string {
	return append([]string{"-p", s.root, "-s", "small", "-n"},
		strings.Fields(strings.ReplaceAll(line, "ROOT", s.root))...)
}

// both runs a line with both programs. It returns the exit codes and what differs: the exit codes, the output of a
// success, the files of the store and of the working directory.
func (b *bench) both(t *testing.T, line string) (theirs, ours int, differs string) {
	t.Helper()
	theirs, theirOut := b.theirs.run(b.args(b.theirs, line))
	ours, ourOut := b.ours.run(b.args(b.ours, line))
	switch {
	case theirs != ours:
		return theirs, ours, "the exit code"
	case theirs == 0 && theirOut != ourOut && !strings.Contains(line, "-h"):
		return theirs, ours, "the output: " + ourOut + "---\n" + theirOut
	}
	return theirs, ours, b.files(t)
}

// files lists the files that differ between the two sides.
func (b *bench) files(t *testing.T) string {
	t.Helper()
	var snaps [2]stores.Snapshot
	for i, s := range []*side{b.theirs, b.ours} {
		snap, err := stores.Snap(s.root, "small", b.parts)
		if err != nil {
			t.Fatal(err)
		}
		list, err := os.ReadDir(s.dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			text, err := os.ReadFile(filepath.Join(s.dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			snap["here/"+e.Name()] = string(text)
		}
		for name := range snap {
			if b.skip != "" && strings.HasSuffix(name, b.skip) {
				delete(snap, name)
			}
		}
		snaps[i] = snap
	}
	return snaps[0].Diff(snaps[1])
}
