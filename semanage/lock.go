package semanage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"

	"github.com/senet-selinux/senet/internal/sysroot"
)

const (
	transLock = "semanage.trans.LOCK"
	readLock  = "semanage.read.LOCK"
)

// A lock is one of the two locks of a store, held: an exclusive flock(2) of its
// file, as semanage_get_lock of libsemanage takes it. nil is no lock.
type lock struct {
	f *os.File
}

// takeLock waits for a lock as long as the options say, in the kernel's queue: who
// came first gets it first. It makes the file where there is none, or with look
// goes on without: then nothing holds the lock, and nothing may be changed.
func (s *Store) takeLock(name string, look bool) (*lock, error) {
	f, err := s.root.OpenLock(path.Join(s.dir, name), !look)
	switch {
	case look && isGone(err):
		return nil, nil
	case err != nil:
		return nil, storeError(err)
	}
	err = sysroot.TryLock(f)
	if errors.Is(err, sysroot.ErrLocked) {
		return s.waitForLock(f)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	return &lock{f}, nil
}

// waitForLock waits for a lock that another has.
func (s *Store) waitForLock(f *os.File) (*lock, error) {
	err := sysroot.Lock(context.Background(), f, sysroot.Wait{
		Timeout: s.lockTimeout(), Said: s.options.Waiting, After: s.options.waitingAfter(),
	})
	switch {
	case errors.Is(err, sysroot.ErrLocked):
		return nil, fmt.Errorf("%w: %s", ErrLocked, f.Name())
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	return &lock{f}, nil
}

// tryLock takes a lock without waiting; held is false where another has it. It
// makes no file.
func (s *Store) tryLock(name string) (l *lock, held bool, err error) {
	f, err := s.root.OpenLock(path.Join(s.dir, name), false)
	if isGone(err) {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, storeError(err)
	}
	if err := sysroot.TryLock(f); err != nil {
		f.Close()
		if errors.Is(err, sysroot.ErrLocked) {
			err = nil
		}
		return nil, false, err
	}
	return &lock{f}, true, nil
}

// release gives the lock back; closing the file unlocks it.
func (l *lock) release() {
	if l != nil && l.f != nil {
		l.f.Close()
		l.f = nil
	}
}
