package change

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/senet-selinux/senet/internal/sysroot"
)

const lockName = "senet.LOCK"

// A Lock is the lock of a store's file senet.LOCK. It ends when the last process closes the file:
// [Modules] that run a program pass it on.
type Lock struct {
	f *os.File
}

// File returns the locked file, for a child process.
func (l *Lock) File() *os.File { return l.f }

// release releases the lock by closing the file.
func (l *Lock) release() {
	if l != nil && l.f != nil {
		l.f.Close()
		l.f = nil
	}
}

// tryLock takes the lock if it is free; else the error wraps ErrBusy.
func (f files) tryLock() (*Lock, error) {
	file, err := f.openLock()
	if err != nil {
		return nil, err
	}
	if err := sysroot.TryLock(file); err != nil {
		file.Close()
		return nil, busy(err)
	}
	return &Lock{file}, nil
}

// lock waits for the lock, at most for the time wait, without limit if it is negative. It calls
// said if the wait takes a while.
func (f files) lock(ctx context.Context, wait time.Duration, said func()) (*Lock, error) {
	l, err := f.tryLock()
	if !errors.Is(err, ErrBusy) {
		return l, err
	}
	file, err := f.openLock()
	if err != nil {
		return nil, err
	}
	if err := sysroot.Lock(ctx, file, sysroot.Wait{Timeout: wait, Said: said, After: sayWaiting}); err != nil {
		return nil, busy(err)
	}
	return &Lock{file}, nil
}

// busy returns ErrBusy if another process has the lock.
func busy(err error) error {
	if errors.Is(err, sysroot.ErrLocked) {
		return ErrBusy
	}
	return err
}

// sayWaiting is the time after which the user is told about the wait.
const sayWaiting = 2 * time.Second
