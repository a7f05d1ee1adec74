package semanage

import (
	"errors"
	"io/fs"
	"os"
	"sync"
)

// attrs are what a new file takes over from the one it stands for.
type attrs struct {
	mode     fs.FileMode
	uid, gid int
	owned    bool   // uid and gid are known
	label    string // the attribute security.selinux, "" if there is none
}

// A filesystem is what transactions do to the disk, so that tests can stop or
// fail each step. Paths are absolute.
type filesystem interface {
	// create makes or truncates a file and gives it the attributes.
	create(path string, a attrs) (file, error)
	mkdir(path string, a attrs) error
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

// osFS is the real file system.
type osFS struct{}

func (osFS) create(path string, a attrs) (file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := setAttrs(path, f, a); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (osFS) mkdir(path string, a attrs) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return setAttrs(path, d, a)
}

func (osFS) link(old, new string) error   { return os.Link(old, new) }
func (osFS) rename(old, new string) error { return os.Rename(old, new) }
func (osFS) remove(path string) error     { return os.Remove(path) }

// sync works on all paths at once: the file system can then bring them to the
// disk together.
func (osFS) sync(paths ...string) error {
	errs := make([]error, len(paths))
	var wg sync.WaitGroup
	for i, path := range paths {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = syncPath(path)
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// writeFile writes a whole new file.
func writeFile(fsys filesystem, path string, data []byte, a attrs) error {
	f, err := fsys.create(path, a)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// removeAll removes a directory tree; one that does not exist is no error.
func removeAll(fsys filesystem, path string) error {
	entries, err := os.ReadDir(path)
	switch {
	case os.IsNotExist(err):
		return nil
	case err != nil:
		return err
	}
	for _, e := range entries {
		child := path + "/" + e.Name()
		if e.IsDir() {
			err = removeAll(fsys, child)
		} else {
			err = fsys.remove(child)
		}
		if err != nil {
			return err
		}
	}
	return fsys.remove(path)
}
