package semanage

import (
	"errors"
	"os"
	"syscall"
)

// flock takes an exclusive lock, which goes with the file; it waits for one if wait
// is true, else the error is EAGAIN where another has it.
func flock(f *os.File, wait bool) error {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err := syscall.Flock(int(f.Fd()), how)
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
