package semanage

import (
	"errors"
	"os"
	"strings"
	"syscall"

	"github.com/senet-selinux/senet/internal/sysroot"
)

var errStopped = errors.New("the process was killed")

// A faultFS stops or fails the n-th step. Stopped, it does nothing more at all, as a killed
// process does.
type faultFS struct {
	rootFS
	n         int   // the step to act at; 0 is never
	fail      error // fail with this and go on; nil is to stop
	powerLoss bool  // when stopped, files that were not synced are empty
	exclude   bool  // directories cannot be exchanged
	overlay   bool  // directories cannot be renamed
	step      int
	stopped   bool
	dirty     map[string]bool
}

// inject lets the steps of the store's transactions go through f.
func (s *Store) inject(f *faultFS) {
	f.rootFS = rootFS{s.root}
	s.fsys = f
}

// at counts a step and reports whether it happens.
func (f *faultFS) at() error {
	if f.stopped {
		return errStopped
	}
	f.step++
	if f.step != f.n {
		return nil
	}
	if f.fail != nil {
		return f.fail
	}
	f.stop()
	return errStopped
}

func (f *faultFS) stop() {
	f.stopped = true
	if !f.powerLoss {
		return
	}
	for path := range f.dirty {
		_ = os.Truncate(f.root.Path(path), 0)
	}
}

func (f *faultFS) moved(old, new string) {
	if f.dirty[old] {
		delete(f.dirty, old)
		f.dirty[new] = true
	}
}

func (f *faultFS) create(path string, a sysroot.Attrs) (file, error) {
	if err := f.at(); err != nil {
		return nil, err
	}
	w, err := f.rootFS.create(path, a)
	if err != nil {
		return nil, err
	}
	if f.dirty == nil {
		f.dirty = map[string]bool{}
	}
	f.dirty[path] = true
	return &faultFile{f, w}, nil
}

type faultFile struct {
	f *faultFS
	file
}

// Write stops or fails in the middle of the data.
func (w *faultFile) Write(b []byte) (int, error) {
	if err := w.f.at(); err != nil {
		if !w.f.stopped || !w.f.powerLoss {
			_, _ = w.file.Write(b[:len(b)/2])
		}
		return len(b) / 2, err
	}
	return w.file.Write(b)
}

func (f *faultFS) mkdir(path string, a sysroot.Attrs) error {
	if err := f.at(); err != nil {
		return err
	}
	return f.rootFS.mkdir(path, a)
}

func (f *faultFS) link(old, new string) error {
	if err := f.at(); err != nil {
		return err
	}
	return f.rootFS.link(old, new)
}

func (f *faultFS) rename(old, new string) error {
	if err := f.at(); err != nil {
		return err
	}
	// What the transaction made itself is in the upper layer.
	fresh := strings.Contains(old, "/tmp/")
	if info, err := f.root.Stat(old); f.overlay && !fresh && err == nil && info.IsDir() {
		return &os.LinkError{Op: "rename", Old: old, New: new, Err: syscall.EXDEV}
	}
	err := f.rootFS.rename(old, new)
	if err == nil {
		f.moved(old, new)
	}
	return err
}

func (f *faultFS) exchange(a, b string) error {
	if err := f.at(); err != nil {
		return err
	}
	switch {
	case f.overlay:
		return &os.LinkError{Op: "exchange", Old: a, New: b, Err: syscall.EXDEV}
	case f.exclude:
		return errors.ErrUnsupported
	}
	return f.rootFS.exchange(a, b)
}

func (f *faultFS) remove(path string) error {
	if err := f.at(); err != nil {
		return err
	}
	delete(f.dirty, path)
	return f.rootFS.remove(path)
}

// sync is one step for each path. The disk is not troubled: a test loses only what was not synced.
func (f *faultFS) sync(paths ...string) error {
	for _, path := range paths {
		if err := f.at(); err != nil {
			return err
		}
		delete(f.dirty, path)
	}
	return nil
}

func (f *faultFS) syncTree(string) error {
	if err := f.at(); err != nil {
		return err
	}
	clear(f.dirty)
	return nil
}
