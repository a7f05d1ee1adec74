package cli

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes the lock of a file, which ends with the process at the latest;
// it does not wait.
func lockFile(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errFixLocked
	}
	return err
}
