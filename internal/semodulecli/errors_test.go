package semodulecli_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/semodulecli"
	"github.com/senet-selinux/senet/test/stores"
)

// TestErrors: a command that fails prints the cause first and changes nothing.
func TestErrors(t *testing.T) {
	b := newBench(t, "")
	stores.Write(t, b.first+"/here/needs.cil", "(allow user_t hidden_t (file (read)))\n")
	stores.Write(t, b.first+"/here/hides.cil", "(type hidden_t)\n")
	pkg, err := os.ReadFile(b.first + "/here/pkg.pp")
	if err != nil {
		t.Fatal(err)
	}
	name := []byte("SE Linux Module")
	at := bytes.Index(pkg, name) + len(name) + 4 // after the name and the kind of module
	binary.LittleEndian.PutUint32(pkg[at:], 99)
	stores.Write(t, b.first+"/here/newer.pp", string(pkg))
	for _, tt := range []struct {
		name, before, line string
		damage             func(store, conf string)
		says               string
	}{
		{"does not compile", "", "-i bad.cil", nil, "bad/cil:1:15: no type or attribute is called nosuch_t"},
		{"a dependency is disabled", "-i hides.cil -d hides", "-i needs.cil", nil,
			"module hides declares it, and is disabled"},
		{"a module of a newer format", "", "-i newer.pp", nil, "version 99 is not 4 to 24"},
		{"a newer policy-version", "", "-i own2.cil", func(_, conf string) { add(t, conf, "policy-version = 99\n") },
			"unsupported policy version: semanage.conf says policy-version = 99, and senet writes up to 35"},
		{"a platform that is none", "", "-i own2.cil", func(_, conf string) { add(t, conf, "target-platform = vax\n") },
			"neither selinux nor xen"},
		{"a policy of a newer libsepol", "", "-i own2.cil", func(store, _ string) {
			file := store + "/active/policy.linked"
			image, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			binary.LittleEndian.PutUint32(image[bytes.Index(image, []byte("SE Linux"))+8:], 44)
			stores.Write(t, file, string(image))
		}, "unsupported policy version"},
		{"a store of former times", "", "-lfull", func(store, conf string) {
			if err := os.RemoveAll(store); err != nil {
				t.Fatal(err)
			}
			stores.Write(t, filepath.Dir(conf)+"/small/modules/active/base.pp", "x")
		}, "is of libsemanage 2.3 or older; semanage_migrate_store moves it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.reset(t)
			if tt.before != "" {
				if code, _ := b.ours.run(b.args(b.ours, tt.before)); code != 0 {
					t.Fatal(tt.before)
				}
			}
			store := filepath.Join(b.ours.root, "var/lib/selinux/small")
			if tt.damage != nil {
				tt.damage(store, filepath.Join(b.ours.root, "etc/selinux/semanage.conf"))
			}
			before, err := stores.Snap(b.ours.root, "small", b.parts)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			t.Chdir(b.ours.dir)
			var out, errs bytes.Buffer
			code := semodulecli.Main(b.args(b.ours, tt.line), &out, &errs)
			if code == 0 || !strings.Contains(errs.String(), tt.says) {
				t.Errorf("exit %d: %s", code, &errs)
			}
			after, err := stores.Snap(b.ours.root, "small", b.parts)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			if d := before.Diff(after); d != "" {
				t.Errorf("it changed the store:\n%s", d)
			}
		})
	}
}

// TestReader: modules are listed while another program's transaction holds its lock.
func TestReader(t *testing.T) {
	b := newBench(t, "")
	b.reset(t)
	lock, err := os.OpenFile(b.ours.root+"/var/lib/selinux/small/semanage.trans.LOCK", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if code, out := b.ours.run(b.args(b.ours, "-lfull")); code != 0 || !strings.Contains(out, "pkg") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// add appends a line to a file.
func add(t *testing.T, file, line string) {
	t.Helper()
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stores.Write(t, file, string(old)+"\n"+line)
}
