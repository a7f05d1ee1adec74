package semanage

import (
	"errors"
	"fmt"
	"os"
	"path"
	"syscall"
	"time"
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
	err = flock(f, false)
	if errors.Is(err, syscall.EAGAIN) {
		return s.waitForLock(f)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	return &lock{f}, nil
}

// waitForLock waits for a lock that another has. A call of flock cannot be called
// off: one that is given up closes the file when it comes back.
func (s *Store) waitForLock(f *os.File) (*lock, error) {
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
	var late <-chan time.Time
	if timeout := s.lockTimeout(); timeout >= 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		late = timer.C
	}
	var moment <-chan time.Time
	if s.options.Waiting != nil {
		timer := time.NewTimer(s.options.waitingAfter())
		defer timer.Stop()
		moment = timer.C
	}
	for {
		select {
		case err := <-got:
			if err != nil {
				f.Close()
				return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
			}
			return &lock{f}, nil
		case <-moment:
			moment = nil
			s.options.Waiting()
		case <-late:
			close(over)
			return nil, fmt.Errorf("%w: %s", ErrLocked, f.Name())
		}
	}
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
	if err := flock(f, false); err != nil {
		f.Close()
		if errors.Is(err, syscall.EAGAIN) {
			err = nil
		}
		return nil, false, err
	}
	return &lock{f}, true, nil
}

// release gives the lock back; closing the file is what unlocks it.
func (l *lock) release() {
	if l != nil && l.f != nil {
		l.f.Close()
		l.f = nil
	}
}
