package change

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/senet-selinux/senet/internal/sysroot"
)

const lockName = "senet.LOCK"

// A Lock is the file senet.LOCK of a store, held. It ends with the last process
// that has the file open: [Modules] that run a program hand it on.
type Lock struct {
	f *os.File
}

// File returns the locked file, for a child process to inherit.
func (l *Lock) File() *os.File { return l.f }

// release gives the lock back; closing the file unlocks it.
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

// lock waits for the lock: as long as wait says, negative for ever. said is called if it
// takes a while.
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

// busy is ErrBusy for a lock that another has.
func busy(err error) error {
	if errors.Is(err, sysroot.ErrLocked) {
		return ErrBusy
	}
	return err
}

// sayWaiting is the time after which a person is told about the wait.
const sayWaiting = 2 * time.Second
