package semanage

import (
	"errors"
	"io/fs"
	"path"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// A filesystem has the operations of transactions on the disk, so that tests can stop or fail each
// step. Paths are those of the store's system; see [sysroot.Root].
type filesystem interface {
	// create makes a file, which must not exist, and gives it the attributes.
	create(path string, a sysroot.Attrs) (file, error)
	mkdir(path string, a sysroot.Attrs) error
	link(old, new string) error
	rename(old, new string) error
	// exchange swaps two directories in one step, or wraps
	// errors.ErrUnsupported.
	exchange(a, b string) error
	remove(path string) error // a file or an empty directory
	// sync brings files and directories to the disk.
	sync(paths ...string) error
	// syncTree brings a whole new directory tree to the disk.
	syncTree(root string) error
}

// file is a file being written.
type file interface {
	Write(b []byte) (int, error)
	Close() error
}

// rootFS is the file system of a system.
type rootFS struct{ root sysroot.Root }

func (f rootFS) create(path string, a sysroot.Attrs) (file, error) {
	w, err := f.root.Create(path, a)
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (f rootFS) mkdir(path string, a sysroot.Attrs) error { return f.root.Mkdir(path, a) }
func (f rootFS) link(old, new string) error               { return f.root.Link(old, new) }
func (f rootFS) rename(old, new string) error             { return f.root.Rename(old, new) }
func (f rootFS) exchange(a, b string) error               { return f.root.Exchange(a, b) }
func (f rootFS) remove(path string) error                 { return f.root.Remove(path) }
func (f rootFS) sync(paths ...string) error               { return f.root.Sync(paths...) }
func (f rootFS) syncTree(path string) error               { return f.root.SyncTree(path) }

// writeFile writes a whole new file. What a killed transaction left of that name is
// removed.
func writeFile(fsys filesystem, path string, data []byte, a sysroot.Attrs) error {
	f, err := fsys.create(path, a)
	if errors.Is(err, fs.ErrExist) {
		if err := fsys.remove(path); err != nil {
			return err
		}
		f, err = fsys.create(path, a)
	}
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// removeAll removes a directory tree; one that does not exist is no error. A link
// in its place is refused: what it names is not ours. Links within are removed as
// such.
func (s *Store) removeAll(dir string) error {
	info, err := s.root.Lstat(dir)
	switch {
	case isGone(err):
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return &sysroot.KindError{Path: s.root.Path(dir), Mode: info.Mode(), Want: fs.ModeDir}
	}
	names, err := s.root.ReadDir(dir, 0)
	if err != nil {
		return err
	}
	for _, name := range names {
		child := path.Join(dir, name)
		if info, err := s.root.Lstat(child); err == nil && info.IsDir() {
			err = s.removeAll(child)
			if err != nil {
				return err
			}
		} else if err := s.fsys.remove(child); err != nil {
			return err
		}
	}
	return s.fsys.remove(dir)
}
