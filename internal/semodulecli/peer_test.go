package semodulecli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/semodulecli"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// A side is one of the two programs, with its copy of the store and its directory.
type side struct {
	root, dir string
	run       func(args []string) (code int, stdout string)
}

// runPeer runs a semodule program for the side.
func (s *side) runPeer(t *testing.T, program string) {
	s.run = func(args []string) (int, string) {
		cmd := exec.Command(program, args...)
		cmd.Dir = s.dir
		var out bytes.Buffer
		cmd.Stdout = &out
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), out.String()
	}
}

// runOurs runs this package for the side.
func (s *side) runOurs(t *testing.T) {
	s.run = func(args []string) (int, string) {
		t.Chdir(s.dir)
		var out, errs bytes.Buffer
		code := semodulecli.Main(args, &out, &errs)
		if code != 0 && errs.Len() == 0 {
			t.Errorf("%q fails without a word", args)
		}
		return code, out.String()
	}
}

// commands are the command lines that both programs run, one after the other. For a line that begins with =,
// standard output is compared too. R is the root.
const commands = `
-p R -s default -n -B
=-p R -s default -l
=-p R -s default -l -m
=-p R -s default -lfull
=-p R -s default --list=full --checksum
-p R -s default -lkernel
-p R -s default -n -i own.cil
=-p R -s default -n -X 300 -i own.cil -X 500 -i other.cil -l
-p R -s default -n -DB
=-p R -s default -n -E own
=-p R -s default -n -E own
=-p R -s default -c -E ssh
=-p R -s default -E ssh
=-p R -s default -X 400 -E ssh
=-p R -s default -X 100 -H -E su -c -E sudo
=-p R -s default -H -E own
-p R -s default -E nosuch
-p R -s default -n -d guest -e guest -d guest
=-p R -s default -lfull
-p R -s default -n -e guest -P
-p R -s default -n -B -P -D
-p R -s default -n --rebuild-if-modules-changed
=-p R -s default -n -r own nosuch
-p R -s default -n -r nosuch
-p R -s default -n -l -r nosuch -i own.cil
=-p R -s default -n -r own -X 500 -r other
-p R -s default -n -i bad.cil
-p R -s default -n -i broken.cil
-p R -s default -n -i missing.cil
-p R -s default -n -i noname
-p R -s default -n -d nosuch
-p R -s default -n -d base
-p R -s default -n -X 0 -i own.cil
-p R -s default -n -X 1000 -i own.cil
-p R -s default -n -v -i own.cil
=-p R -s default -n --upgrade own.cil other.cil
=-p R -s default -n -X 450 -i own.cil
=-p R -s default -n -X 450 -r own
=-p R -s default -n -X 300 -r own
-p R -s default -N --build
-p R -s default -c
-n -B extra
-n
-B -l
-R -l
-Z
--nosuch
--re
-l extra
-i
-D
-P
-C
-h
`

var files = map[string]string{
	"own.cil": "(type own_t)(roletype object_r own_t)(typeattributeset file_type (own_t))\n" +
		"(filecon \"/srv/own(/.*)?\" any (system_u object_r own_t ((s0) (s0))))\n" +
		"(optional own_opt (allow sshd_t own_t (file (read))) (dontaudit sshd_t own_t (dir (write))))\n",
	"other.cil":  "(tunable other_on true)(tunableif other_on (true (allow sshd_t self (process (ptrace)))))\n",
	"bad.cil":    "(allow sshd_t nosuch_t (file (read)))\n",
	"broken.cil": "(allow sshd_t\n",
	"noname":     "",
}

// TestAgainstSemodule runs the same command lines with semodule and with this package on copies of one store. Exit
// codes and extracted files are the same. After each command all files of the stores and their modes are the same.
// Half way the stores are swapped.
func TestAgainstSemodule(t *testing.T) {
	testenv.Need(t, "semodule", "sefcontext_compile", "setfiles")
	theirs := &side{root: stores.Few(t), dir: t.TempDir()}
	ours := &side{root: stores.Dir(t), dir: t.TempDir()}
	for name, text := range files {
		for _, s := range []*side{theirs, ours} {
			stores.Write(t, filepath.Join(s.dir, name), text)
		}
	}
	theirs.runPeer(t, "semodule")
	ours.runOurs(t)
	lines := strings.Split(strings.TrimSpace(commands), "\n")
	if !testenv.Long() { // what semodule builds takes seconds
		lines = append(lines[:12:12], lines[len(lines)-16:]...)
	}
	for i, line := range lines {
		if i == 1 { // from here on both stores have the files of the first build
			if err := stores.CopyTree(theirs.root, ours.root); err != nil {
				t.Fatal(err)
			}
		}
		if i == len(lines)/2 {
			theirs.root, ours.root = ours.root, theirs.root
		}
		line, output := strings.CutPrefix(line, "=")
		args := func(s *side) []string {
			list := strings.Fields(line)
			for i := range list {
				if list[i] == "R" {
					list[i] = s.root
				}
			}
			return list
		}
		want, wantOut := theirs.run(args(theirs))
		if i == 0 {
			continue
		}
		got, gotOut := ours.run(args(ours))
		if got != want {
			t.Fatalf("%s: exit %d, semodule %d", line, got, want)
		}
		if output && got == 0 && gotOut != wantOut {
			t.Fatalf("%s: %q, semodule %q", line, gotOut, wantOut)
		}
		compare(t, line, theirs, ours)
	}
}

// compare compares the stores and the directories of extracted modules.
func compare(t *testing.T, line string, theirs, ours *side) {
	t.Helper()
	parts := stores.Parts{Modules: true, Number: true}
	a, err := stores.Snap(theirs.root, "default", parts)
	if err != nil {
		t.Fatal(err)
	}
	b, err := stores.Snap(ours.root, "default", parts)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		dir string
		in  stores.Snapshot
	}{{theirs.dir, a}, {ours.dir, b}} {
		list, err := os.ReadDir(s.dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			text, err := os.ReadFile(filepath.Join(s.dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			s.in["extracted "+e.Name()] = string(text)
		}
	}
	if d := a.Diff(b); d != "" {
		t.Fatalf("%s:\n%s", line, d)
	}
}
