package sysroot

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// newTree makes a directory with a system in it and a victim beside it.
func newTree(t *testing.T) (r Root, victim string) {
	t.Helper()
	dir := t.TempDir()
	victim = filepath.Join(dir, "victim")
	if err := errors.Join(os.MkdirAll(dir+"/root/etc", 0o755), os.Mkdir(victim, 0o755),
		os.WriteFile(victim+"/file", []byte("content"), 0o644)); err != nil {
		t.Fatal(err)
	}
	r, err := Open(dir + "/root")
	if err != nil {
		t.Fatal(err)
	}
	return r, victim
}

// Nothing special is read, on the running system or another, and nothing makes the
// reader wait.
func TestSpecialFiles(t *testing.T) {
	r, _ := newTree(t)
	if err := syscall.Mkfifo(r.Path("/fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", r.Path("/socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := errors.Join(os.Symlink("fifo", r.Path("/link")), os.WriteFile(r.Path("/big"), nil, 0o600),
		os.Truncate(r.Path("/big"), 1<<40)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, want string }{
		{"/fifo", "is a FIFO, not a regular file"},
		{"/link", "is a FIFO, not a regular file"},
		{"/socket", "is a socket, not a regular file"},
		{"/etc", "is a directory, not a regular file"},
		{"/big", "more than 100 bytes"},
	} {
		for _, live := range []bool{false, true} {
			in, name := r, tt.name
			if live {
				in, name = Root{}, r.Path(tt.name)
			}
			began := time.Now()
			_, err := in.ReadFile(name, 100)
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), r.Dir()) {
				t.Errorf("%s: %v; want %s", name, err, tt.want)
			}
			if time.Since(began) > 10*time.Second {
				t.Errorf("%s: the reader waited", name)
			}
		}
	}
	_, err = Root{}.ReadFile("/dev/zero", 1<<20)
	var kind *KindError
	if !errors.As(err, &kind) || err.Error() != "/dev/zero: is a device, not a regular file" {
		t.Errorf("/dev/zero: %v", err)
	}
	if _, err := (Root{}).ReadFile("/proc/self/status", 1<<20); err != nil {
		t.Errorf("a file of /proc: %v", err)
	}
}

// A file that grows, or is of a file system that does not say how long it is, is
// bounded too.
func TestReadAll(t *testing.T) {
	b, err := ReadAll(strings.NewReader("12345"), 5)
	if err != nil || string(b) != "12345" {
		t.Errorf("%q, %v", b, err)
	}
	zero, err := os.Open("/dev/zero")
	if err != nil {
		t.Fatal(err)
	}
	defer zero.Close()
	if _, err := ReadAll(zero, 1<<20); !errors.Is(err, ErrTooLarge) {
		t.Errorf("/dev/zero: %v", err)
	}
}

// Each function that writes stays inside and does not follow a link in the last
// element.
func TestWriteInside(t *testing.T) {
	outside := func(victim, name string) string { return victim + "/" + name }
	for _, tt := range []struct {
		name string
		do   func(r Root, victim string) error
	}{
		{"create through a link", func(r Root, _ string) error {
			_, err := r.Create("/out/new", Attrs{Mode: 0o600})
			return err
		}},
		{"create at a link to nowhere", func(r Root, victim string) error {
			_ = os.Symlink(outside(victim, "new"), r.Path("/etc/new"))
			_, err := r.Create("/etc/new", Attrs{Mode: 0o600})
			return err
		}},
		{"create by dots", func(r Root, _ string) error {
			_, err := r.Create("/../victim/new", Attrs{Mode: 0o600})
			return err
		}},
		{"a lock that is a link", func(r Root, victim string) error {
			_ = os.Symlink(outside(victim, "lock"), r.Path("/etc/lock"))
			_, err := r.OpenLock("/etc/lock", true)
			return err
		}},
		{"mkdir", func(r Root, _ string) error { return r.Mkdir("/out/dir", Attrs{Mode: 0o700}) }},
		{"remove", func(r Root, _ string) error { return r.Remove("/out/file") }},
		{"rename from", func(r Root, _ string) error { return r.Rename("/out/file", "/etc/file") }},
		{"rename to", func(r Root, _ string) error {
			_ = os.WriteFile(r.Path("/etc/x"), nil, 0o600)
			return r.Rename("/etc/x", "/out/file")
		}},
		{"link", func(r Root, _ string) error { return r.Link("/out/file", "/etc/file") }},
		{"exchange", func(r Root, _ string) error { return r.Exchange("/etc", "/out/file") }},
		{"attributes", func(r Root, _ string) error {
			_, err := r.Attrs("/out/file")
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, victim := newTree(t)
			for _, to := range []string{victim, "../../victim"} {
				_ = os.Remove(r.Path("/out"))
				if err := os.Symlink(to, r.Path("/out")); err != nil {
					t.Fatal(err)
				}
				if err := tt.do(r, victim); err == nil {
					t.Error("no error")
				}
			}
			entries, err := os.ReadDir(victim)
			if text, _ := os.ReadFile(victim + "/file"); err != nil || len(entries) != 1 || string(text) != "content" {
				t.Errorf("the victim has changed: %v, %q, %v", entries, text, err)
			}
		})
	}
	// A link itself is replaced and removed, not the file that it names.
	r, victim := newTree(t)
	if err := errors.Join(os.Symlink(victim+"/file", r.Path("/etc/a")),
		os.Symlink(victim, r.Path("/etc/b"))); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.AtomicWrite("/etc/a", []byte("new"), Attrs{Mode: 0o640}), r.Remove("/etc/b")); err != nil {
		t.Fatal(err)
	}
	info, err := r.Lstat("/etc/a")
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if text, err := os.ReadFile(victim + "/file"); err != nil || string(text) != "content" {
		t.Errorf("the victim: %q, %v", text, err)
	}
}

// Absolute links of an image lead into it.
func TestLinksInside(t *testing.T) {
	r, _ := newTree(t)
	if err := errors.Join(os.MkdirAll(r.Path("/usr/etc/selinux"), 0o755),
		os.Symlink("/usr/etc/selinux", r.Path("/etc/selinux")),
		os.WriteFile(r.Path("/usr/etc/selinux/config"), []byte("SELINUX=1"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if b, err := r.ReadFile("/etc/selinux/config", 100); err != nil || string(b) != "SELINUX=1" {
		t.Errorf("%q, %v", b, err)
	}
	f, err := r.Create("/etc/selinux/new", Attrs{Mode: 0o644})
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := os.Lstat(r.Path("/usr/etc/selinux/new")); err != nil {
		t.Error(err)
	}
	if names, err := r.ReadDir("/etc/selinux", 0); err != nil || strings.Join(names, " ") != "config new" {
		t.Errorf("%v, %v", names, err)
	}
	if err := errors.Join(r.Sync("/etc/selinux", "/etc/selinux/new"), r.SyncTree("/"),
		r.MkdirAll("/etc/selinux/a/b", 0o755)); err != nil {
		t.Error(err)
	}
	if real, err := r.Resolve("/etc/selinux/a/b"); err != nil || real != "/usr/etc/selinux/a/b" {
		t.Errorf("%s, %v", real, err)
	}
	if _, err := r.Stat("/etc/selinux/config/x"); !errors.Is(err, syscall.ENOTDIR) {
		t.Error(err)
	}
	if _, err := r.Stat("/nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestTypeOf names policies by their files.
func TestTypeOf(t *testing.T) {
	for _, test := range []struct {
		file, tree, typ string
		ok              bool
	}{
		{"/etc/selinux/mls/policy/policy.33", "/", "mls", true},
		{"/srv/image/etc/selinux/a/../mls/policy/policy.33", "/srv/image", "mls", true},
		{"/x/etc/selinux/y/etc/selinux/mls/policy/policy.33", "/x/etc/selinux/y", "mls", true},
		{"/etc/selinux/mls/contexts/policy.33", "", "", false},
		{"/etc/selinux/policy/policy.33", "", "", false},
		{"/etc/selinux/mls/policy/old/policy.33", "", "", false},
		{"policy.33", "", "", false},
		{"", "", "", false},
	} {
		tree, typ, ok := TypeOf(test.file)
		if tree != test.tree || typ != test.typ || ok != test.ok {
			t.Errorf("%s: %q, %q, %t", test.file, tree, typ, ok)
		}
	}
}
