package sysroot

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/senet-selinux/senet/internal/testenv"
)

// inRoot opens a path as the kernel's RESOLVE_IN_ROOT does.
func inRoot(root, name string) (uint64, error) {
	top, err := unix.Open(root, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(top)
	how := &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT}
	fd, err := unix.Openat2(top, name, how)
	for errors.Is(err, unix.EAGAIN) { // somebody renamed something somewhere, and there is a ".."
		fd, err = unix.Openat2(top, name, how)
	}
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, err
	}
	return st.Ino, nil
}

// TestResolveAsKernel resolves random paths in random trees of directories, files
// and links as the kernel does.
func TestResolveAsKernel(t *testing.T) {
	if _, err := inRoot("/", "/"); errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) {
		t.Skip("this kernel has no openat2")
	}
	random := rand.New(rand.NewPCG(testenv.Seed(t), 0))
	names := []string{"a", "b", "c", "d", "..", ".", "x"}
	pick := func(depth int) string {
		parts := make([]string, 1+random.IntN(depth))
		for i := range parts {
			parts[i] = names[random.IntN(len(names))]
		}
		return strings.Join(parts, "/")
	}
	found, missing := 0, map[string]int{}
	for range 60 {
		root := t.TempDir()
		randomTree(t, random, root, pick)
		r, err := Open(root)
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			name := "/" + pick(7)
			want, errWant := inRoot(root, name)
			info, err := r.Stat(name)
			switch {
			case errWant == nil && err == nil && info.Inode() == want:
				found++
			case errWant == nil || err == nil || !errors.Is(err, errWant):
				t.Fatalf("%s in\n%s\n%d, %v; the kernel says %d, %v", name, list(root), info.Inode(), err, want,
					errWant)
			default:
				missing[errWant.Error()]++
			}
		}
	}
	t.Logf("%d found, errors %v", found, missing)
	if found < 1000 || len(missing) < 3 {
		t.Error("the trees are too simple to tell anything")
	}
}

// randomTree makes files of random names and kinds.
func randomTree(t *testing.T, random *rand.Rand, root string, pick func(int) string) {
	t.Helper()
	for range 30 {
		name := filepath.Join(root, filepath.Clean("/"+pick(4)))
		// Names that exist, or lie below files and links to nowhere, are skipped.
		switch random.IntN(4) {
		case 0:
			_ = os.WriteFile(name, nil, 0o600)
		case 1:
			_ = os.Symlink(pick(4), name)
		case 2:
			_ = os.Symlink("/"+pick(4), name)
		default:
			_ = os.Mkdir(name, 0o700)
		}
	}
}

func list(root string) string {
	var b strings.Builder
	_ = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		to, _ := os.Readlink(path)
		fmt.Fprintf(&b, "%s %v %s\n", strings.TrimPrefix(path, root), d.Type(), to)
		return err
	})
	return b.String()
}
