package change

import (
	"context"
	"errors"
	"os"
	"time"
)

const lockName = "senet.LOCK"

// A Lock is the file senet.LOCK of a store, held. It ends with the last process
// that has the file open: [Modules] that run a program hand it on.
type Lock struct {
	f *os.File
}

// File returns the locked file, for a child process to inherit.
func (l *Lock) File() *os.File { return l.f }

// release gives the lock back; closing the file is what unlocks it.
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
	if err := flock(file, false); err != nil {
		file.Close()
		return nil, err
	}
	return &Lock{file}, nil
}

// lock waits for the lock, in the kernel's queue, so that whoever came first gets it
// first. wait is how long, negative for ever; said is called if it takes a while.
func (f files) lock(ctx context.Context, wait time.Duration, said func()) (*Lock, error) {
	l, err := f.tryLock()
	if !errors.Is(err, ErrBusy) {
		return l, err
	}
	file, err := f.openLock()
	if err != nil {
		return nil, err
	}
	got := make(chan error, 1)
	go func() { got <- flock(file, true) }()
	say := time.NewTimer(sayWaiting)
	defer say.Stop()
	var over <-chan time.Time
	if wait >= 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		over = t.C
	}
	for {
		select {
		case err := <-got:
			if err != nil {
				file.Close()
				return nil, err
			}
			return &Lock{file}, nil
		case <-say.C:
			if said != nil {
				said()
			}
			continue
		case <-over:
			err = ErrBusy
		case <-ctx.Done():
			err = ctx.Err()
		}
		// The system call cannot be called off: what it gets is given back.
		go func() {
			if <-got == nil {
				file.Close()
			}
		}()
		return nil, err
	}
}

// sayWaiting is when a person is told what is waited for.
const sayWaiting = 2 * time.Second
