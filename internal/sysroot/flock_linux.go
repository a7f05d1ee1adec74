package sysroot

import (
	"errors"
	"os"
	"syscall"
)

// flock locks a file for this open file, and for those who inherit it. Without wait
// the error wraps ErrLocked where another has it.
func flock(f *os.File, wait bool) error {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		err := syscall.Flock(int(f.Fd()), how)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrLocked
		}
		return err
	}
}
