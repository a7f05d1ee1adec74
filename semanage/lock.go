package semanage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

const (
	transLock = "semanage.trans.LOCK"
	readLock  = "semanage.read.LOCK"
)

// A lock is one of the two locks of a store, held: an exclusive flock(2) of its
// file, as semanage_get_lock of libsemanage takes it.
type lock struct {
	f *os.File
}

// takeLock waits for a lock as long as timeout says: negative for ever, 0 not at
// all.
func takeLock(path string, timeout time.Duration) (*lock, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	}
	if err != nil {
		return nil, storeError(err)
	}
	const longest = 50 * time.Millisecond
	deadline := time.Now().Add(timeout)
	for pause := time.Millisecond; ; pause = min(2*pause, longest) {
		err := flock(f)
		switch {
		case err == nil:
			return &lock{f}, nil
		case !errors.Is(err, syscall.EAGAIN):
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		case timeout >= 0 && !time.Now().Before(deadline):
			f.Close()
			return nil, fmt.Errorf("%w: %s", ErrLocked, path)
		}
		time.Sleep(pause)
	}
}

// release gives the lock back; closing the file is what unlocks it.
func (l *lock) release() {
	if l != nil && l.f != nil {
		l.f.Close()
		l.f = nil
	}
}
