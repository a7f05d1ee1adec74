package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/stores"
)

// senet runs a command in a process of its own, with nobody at a terminal.
func senet(t testing.TB, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "senet" // which TestMain then is
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Fatalf("senet %s: exit status %d, want %d\n%s%s", strings.Join(args, " "), got, want, out.String(),
			errs.String())
	}
	return out.String(), errs.String()
}

// canonical is the sum of a policy in the order in which libsepol writes a policy that it has read.
// Two policies with the same content have the same sum. It leaves little behind: the kernel counts
// this process's memory to those that other tests measure.
func canonical(t testing.TB, image []byte) [sha256.Size]byte {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	p, err := policydb.Decode(image)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(policydb.Canonical(p).Encode())
}

// rebuild has libsemanage build the policy from the modules and local records.
func rebuild(t testing.TB, root, store string) {
	t.Helper()
	if out, err := exec.Command("semodule", "-N", "-p", root, "-s", store, "-B").CombinedOutput(); err != nil {
		t.Fatalf("semodule -B: %v\n%s", err, out)
	}
}

// long reports whether tests may take minutes: each run of semodule takes seconds.

// TestFixDebian makes fixes of each kind in copies of Debian's stores. libsemanage builds the same
// policy of the store that senet leaves: the same policy comes of the modules and records that are
// there. A second time there is nothing to do, and taken back, everything is as it was.
func TestFixDebian(t *testing.T) {
	testenv.Need(t, "semodule")
	for _, store := range []string{"default", "mls"} {
		t.Run(store, func(t *testing.T) {
			if store == "mls" && !testenv.Long() {
				t.Skip("the second store in long runs only: SENET_TEST_LONG=1")
			}
			root := copyStore(t, store)
			original := kern(t, root, store)
			for _, fix := range debianFixes {
				if fix.module && fix.record && !testenv.Long() {
					continue // libsemanage takes seconds to build it again
				}
				t.Run(fix.name, func(t *testing.T) { fix.test(t, root, store, original) })
			}
		})
	}
}

// debianFixes are a fix of every kind of change of a store, by the question it is
// for.
var debianFixes = []debianFix{
	{"boolean", []string{"httpd_t", "connect", "tcp/5601"}, "boolean", false, true},
	{"label", []string{"sshd_t", "bind", "tcp/2222"}, "label", false, true},
	// 5432 has a record of its own: a module and a local record.
	{"own type and record", []string{"sshd_t", "bind", "tcp/5432"}, "own-type", true, true},
	{"own type", []string{"httpd_t", "connect", "tcp/5601"}, "own-type", true, false},
}

type debianFix struct {
	name           string
	question       []string
	kind           string
	module, record bool
}

func (f *debianFix) test(t *testing.T, root, store string, original []byte) {
	ask := append(append([]string{"fix"}, f.question...), "--root", root)
	number := f.number(t, ask)
	ask = append(ask, "--yes", "--json", "--apply", number)
	out, _ := senet(t, 0, ask...)
	var got struct {
		Verdict string
		Applied struct {
			Changed bool
			Steps   struct {
				Module  *struct{ Name string }
				Records []struct{ Line string }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Verdict != "allowed" || !got.Applied.Changed || (got.Applied.Steps.Module != nil) != f.module ||
		(len(got.Applied.Steps.Records) > 0) != f.record {
		t.Fatalf("%+v", got)
	}
	senet(t, 0, append([]string{"can"}, append(f.question, "--root", root)...)...)
	after := kern(t, root, store)
	if bytes.Equal(after, original) {
		t.Fatal("the policy is as it was")
	}
	if out, _ := senet(t, 0, ask...); !strings.Contains(out, `"changed": false`) {
		t.Errorf("a second time: %s", out)
	}
	senet(t, 0, "undo", "--yes", "--root", root)
	if canonical(t, kern(t, root, store)) != canonical(t, original) {
		t.Error("taken back, the policy is another than before")
	}
	senet(t, 1, "fix", "--undo", "--yes", "--root", root)
	senet(t, 1, append([]string{"can"}, append(f.question, "--root", root)...)...)
	if !f.module || !f.record {
		return
	}
	// Once more, and libsemanage builds the same policy of it.
	senet(t, 0, ask...)
	rebuild(t, root, store)
	if canonical(t, kern(t, root, store)) != canonical(t, after) {
		t.Error("libsemanage builds another policy of the store")
	}
	// That was somebody else's transaction: it is not taken back by number alone.
	if _, stderr := senet(t, 1, "fix", "--undo", "--yes", "--root", root); !strings.Contains(stderr,
		"another program has changed the store since") {
		t.Error(stderr)
	}
	for _, by := range [][]string{{"port", "deleteall", "--yes"}, nil} {
		if by != nil {
			senet(t, 0, append(by, "--root", root)...)
		} else if out, err := exec.Command("semodule", "-N", "-p", root, "-s", store, "-r",
			got.Applied.Steps.Module.Name).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if canonical(t, kern(t, root, store)) != canonical(t, original) {
		t.Error("after cleaning up by hand the policy is another than before")
	}
}

// number returns the number of the first fix of the kind that works and may be
// applied.
func (f *debianFix) number(t *testing.T, ask []string) string {
	t.Helper()
	out, _ := senet(t, 0, append(ask, "--json")...)
	var list struct {
		Fixes []struct {
			Kind, Applicability string
			Works               bool
		}
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	for i, fix := range list.Fixes {
		if fix.Kind == f.kind && fix.Works && fix.Applicability != "never" {
			return string(rune('1' + i))
		}
	}
	t.Fatalf("no fix of the kind %s for %v", f.kind, f.question)
	return ""
}

// copyStore copies Debian's store of that name and what belongs to it.
func copyStore(t *testing.T, store string) string {
	t.Helper()
	testenv.Policy(t, store)
	from := "/var/lib/selinux/" + store
	if _, err := os.ReadDir(from); err != nil {
		testenv.Missing(t, "the store cannot be read: "+err.Error())
	}
	root := stores.Dir(t)
	for _, dir := range []string{from, "/etc/selinux/" + store} {
		if err := os.CopyFS(root+dir, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
	}
	config := "SELINUX=enforcing\nSELINUXTYPE=" + store + "\n"
	if err := os.WriteFile(filepath.Join(root, "etc/selinux/config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return root
}
