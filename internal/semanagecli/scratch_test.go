package semanagecli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/test/stores"
)

// An answer is the result of a command line.
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
type peer struct{ *stores.Semanage }

func startPeer(t testing.TB, root, store string) peer {
	t.Helper()
	return peer{stores.Start(t, root, store)}
}

// run runs one command line. It leaves out messages about users that /etc/passwd lacks; semanage prints them when
// it builds file contexts for home directories.
func (p peer) run(stdin string, args ...string) answer {
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

func (p peer) runAll(stdin string, args ...string) answer {
	reply := p.Run(stdin, args...)
	return answer{reply.RC, reply.Out, reply.Err}
}

// locals are the files that change with the local records.
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
