package semanage

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
)

func labelOf(t *testing.T, path string) string {
	t.Helper()
	label, err := sysroot.Root{}.Label(path)
	if err != nil {
		t.Error(err)
	}
	return label
}

// TestAttributes: new files have the mode, owner and label of those they
// replace; files that did not exist, those of the store's others.
func TestAttributes(t *testing.T) {
	for _, config := range []string{"", "save-previous = true\n"} {
		ts := newTestStore(t)
		writeConfig(ts, config)
		final := filepath.Join(ts.root, "etc/selinux/targeted/policy/policy.33")
		label := map[string]string{
			ts.path("active/policy.kern"): "system_u:object_r:semanage_store_t:s0\x00",
			ts.path("active/commit_num"):  "system_u:object_r:semanage_commit_t:s0\x00",
			ts.path("active"):             "system_u:object_r:semanage_dir_t:s0\x00",
			final:                         "system_u:object_r:policy_config_t:s0\x00",
		}
		for path, l := range label {
			if err := syscall.Setxattr(path, "security.selinux", []byte(l), 0); err != nil {
				t.Skip("labels cannot be set here: ", err)
			}
		}
		modes := map[string]os.FileMode{
			ts.path("active/policy.kern"): 0o640, ts.path("active/commit_num"): 0o600, ts.path("active"): 0o700,
			final: 0o644,
		}
		for path, mode := range modes {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		owner := 0
		if os.Getuid() == 0 {
			owner = 12345
			if err := os.Chown(ts.path("active/policy.kern"), owner, owner); err != nil {
				t.Fatal(err)
			}
		}
		tx := ts.begin(ts.open())
		if err := addPort(tx, 5601); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		label[ts.path("active/ports.local")] = label[ts.path("active/commit_num")]
		modes[ts.path("active/ports.local")] = 0o600
		for path, want := range label {
			if got := labelOf(t, path); got != want {
				t.Errorf("%q: %s has label %q, want %q", config, path, got, want)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != modes[path] {
				t.Errorf("%q: %s has mode %v, want %v", config, path, got, modes[path])
			}
		}
		if owner != 0 {
			a, err := sysroot.Root{}.Attrs(ts.path("active/policy.kern"))
			if err != nil || a.UID != owner || a.GID != owner {
				t.Errorf("owner %d:%d %v", a.UID, a.GID, err)
			}
		}
	}
}

// TestHardLinks: a transaction does not copy files that it leaves alone, and does not write into
// files that it changes.
func TestHardLinks(t *testing.T) {
	ts := newTestStore(t)
	writeConfig(ts, "save-previous = true\n")
	old, err := os.Open(ts.path("active/policy.kern"))
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	inode := func(name string) uint64 {
		var st syscall.Stat_t
		if err := syscall.Stat(ts.path(name), &st); err != nil {
			t.Fatal(err)
		}
		return st.Ino
	}
	module, kern := inode("active/modules/100/web/cil"), inode("active/policy.kern")
	tx := ts.begin(ts.open())
	if err := addPort(tx, 5601); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if inode("active/modules/100/web/cil") != module || inode("previous/modules/100/web/cil") != module {
		t.Error("the module was copied")
	}
	if inode("previous/policy.kern") != kern || inode("active/policy.kern") == kern {
		t.Error("policy.kern was written in place")
	}
}

// TestReadOnly: on a file system mounted read-only the error says so.
func TestReadOnly(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("mounting needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, ""); err != nil {
		t.Skip("cannot mount a tmpfs: ", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	ts := makeTestStore(t, dir)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skip("cannot remount: ", err)
	}
	tx := ts.begin(ts.open())
	if err := addPort(tx, 5601); err != nil {
		t.Fatal(err)
	}
	_, err := tx.Commit()
	tx.Close()
	if !errors.Is(err, ErrReadOnly) {
		t.Error(err)
	}
}

// TestDiskFull commits on a file system with less and less space: the old state
// stays until it fits.
func TestDiskFull(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("mounting needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("cannot mount a tmpfs: ", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	ts := makeTestStore(t, dir)
	filler := filepath.Join(dir, "filler")
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	free := int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // its type depends on the architecture
	if err := os.WriteFile(filler, make([]byte, free), 0o600); err != nil {
		t.Fatal(err)
	}
	before := ts.state()
	failures := 0
	for size := free; size >= 0; size -= 32 << 10 {
		tx := ts.begin(ts.open())
		if err := addPort(tx, 5601); err != nil {
			t.Fatal(err)
		}
		_, err := tx.Commit()
		tx.Close()
		if err == nil {
			if failures < 3 {
				t.Errorf("only %d transactions failed", failures)
			}
			consistent(t, ts)
			return
		}
		failures++
		if !isNoSpace(err) {
			t.Fatal(err)
		}
		delete(before, filler)
		now := ts.state()
		delete(now, filler)
		if d := differ(now, before, before); d != "" {
			t.Fatal(d)
		}
		if err := os.Truncate(filler, size); err != nil {
			t.Fatal(err)
		}
	}
	t.Error("it never fits")
}
