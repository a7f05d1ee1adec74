package sysroot

import (
	"context"
	"errors"
	"os"
	"time"
)

// ErrLocked says that another holds a lock.
var ErrLocked = errors.New("locked by another")

// A Wait is the time to wait for a lock.
type Wait struct {
	Timeout time.Duration // negative for ever
	// Said, if it is not nil, is called once, when it takes longer than After.
	Said  func()
	After time.Duration
}

// TryLock takes an exclusive flock(2) of an open file, and of those who inherit it; it
// goes with the file. The error is ErrLocked where another has it.
func TryLock(f *os.File) error { return flock(f, false) }

// Lock waits for an exclusive flock(2) in the kernel's queue: who came first gets it
// first. The error is ErrLocked after the timeout, or that of the context. A call of
// flock cannot be called off: the file of a lock that is given up is closed, if need be
// when the call comes back.
func Lock(ctx context.Context, f *os.File, w Wait) error {
	got := make(chan error)
	over := make(chan struct{})
	go func() {
		err := flock(f, true)
		select {
		case got <- err:
		case <-over:
			f.Close()
		}
	}()
	late, stop := after(w.Timeout, w.Timeout >= 0)
	defer stop()
	moment, stop := after(w.After, w.Said != nil)
	defer stop()
	for {
		select {
		case err := <-got:
			if err != nil {
				f.Close()
			}
			return err
		case <-moment:
			moment = nil
			w.Said()
		case <-late:
			close(over)
			return ErrLocked
		case <-ctx.Done():
			close(over)
			return ctx.Err()
		}
	}
}

// after returns a channel that a time comes from after a while, and what ends that;
// nil unless it is wanted.
func after(d time.Duration, wanted bool) (at <-chan time.Time, stop func()) {
	if !wanted {
		return nil, func() {}
	}
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}
