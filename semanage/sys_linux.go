package semanage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"
)

const selinuxAttr = "security.selinux"

// fileAttrs reads the attributes of an open or closed file.
func fileAttrs(path string) (attrs, error) {
	info, err := os.Stat(path)
	if err != nil {
		return attrs{}, err
	}
	a := attrs{mode: info.Mode().Perm()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		a.uid, a.gid, a.owned = int(st.Uid), int(st.Gid), true
	}
	a.label = fileLabel(path)
	return a, nil
}

func fileLabel(path string) string {
	buf := make([]byte, 256)
	n, err := syscall.Getxattr(path, selinuxAttr, buf)
	if err != nil || n <= 0 {
		return ""
	}
	return string(buf[:n])
}

// setAttrs gives a new file its mode, owner and label, where they differ.
func setAttrs(path string, f *os.File, a attrs) error {
	now, err := fileAttrs(path)
	if err != nil {
		return err
	}
	if a.owned && (now.uid != a.uid || now.gid != a.gid) {
		if err := f.Chown(a.uid, a.gid); err != nil {
			return err
		}
	}
	if now.mode != a.mode {
		if err := f.Chmod(a.mode); err != nil {
			return err
		}
	}
	if a.label != "" && a.label != now.label {
		err := syscall.Setxattr(path, selinuxAttr, []byte(a.label), 0)
		if err != nil && !errors.Is(err, syscall.ENOTSUP) {
			return &fs.PathError{Op: "setxattr " + selinuxAttr, Path: path, Err: err}
		}
	}
	return nil
}

// The numbers of system calls that package syscall lacks.
func renameat2Number() uintptr {
	switch runtime.GOARCH {
	case "amd64":
		return 316
	case "386":
		return 353
	case "arm":
		return 382
	case "arm64", "riscv64", "loong64":
		return 276
	case "ppc64", "ppc64le":
		return 357
	case "s390x":
		return 347
	}
	return 0
}

func syncfsNumber() uintptr {
	switch runtime.GOARCH {
	case "amd64":
		return 306
	case "386":
		return 344
	case "arm":
		return 373
	case "arm64", "riscv64", "loong64":
		return 267
	case "ppc64", "ppc64le":
		return 348
	case "s390x":
		return 338
	}
	return 0
}

const (
	atFDCWD        = ^uintptr(99) // -100
	renameExchange = 2
)

func (osFS) exchange(a, b string) error {
	pa, err := syscall.BytePtrFromString(a)
	if err != nil {
		return err
	}
	pb, err := syscall.BytePtrFromString(b)
	if err != nil {
		return err
	}
	number := renameat2Number()
	if number == 0 {
		return errors.ErrUnsupported
	}
	_, _, errno := syscall.Syscall6(number, atFDCWD, uintptr(unsafe.Pointer(pa)), atFDCWD, uintptr(unsafe.Pointer(pb)), renameExchange, 0)
	switch errno {
	case 0:
		return nil
	case syscall.ENOSYS, syscall.EINVAL:
		return fmt.Errorf("exchange %s and %s: %w: %w", a, b, errors.ErrUnsupported, errno)
	}
	return &os.LinkError{Op: "exchange", Old: a, New: b, Err: errno}
}

// syncTree calls syncfs as libsemanage does, or else syncs each directory and
// file.
func (osFS) syncTree(root string) error {
	if number := syncfsNumber(); number != 0 {
		d, err := os.Open(root)
		if err != nil {
			return err
		}
		defer d.Close()
		if _, _, errno := syscall.Syscall(number, d.Fd(), 0, 0); errno != syscall.ENOSYS {
			if errno != 0 {
				return &fs.PathError{Op: "syncfs", Path: root, Err: errno}
			}
			return nil
		}
	}
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncPath(path)
	})
}

// flock tries to take an exclusive lock. The lock goes with the file.
func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// isSELinuxFS reports whether path is a mounted selinuxfs.
func isSELinuxFS(path string) bool {
	const magic = 0xf97cff8c
	var st syscall.Statfs_t
	return syscall.Statfs(path, &st) == nil && uint32(st.Type) == magic
}
