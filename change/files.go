package change

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

// files are this package's files in a store's directory. libsemanage ignores them.
type files struct {
	dir string
}

func (f files) path(name string) string { return filepath.Join(f.dir, name) }

// read reads a regular file of at most limit bytes. It follows no link, and does not
// wait for the writer of a pipe.
func (f files) read(name string, limit int64) ([]byte, error) {
	file, err := os.OpenFile(f.path(name), os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	st, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !st.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", f.path(name))
	case st.Size() > limit:
		return nil, fmt.Errorf("%s: larger than %d bytes", f.path(name), limit)
	}
	text := make([]byte, st.Size())
	n, err := file.ReadAt(text, 0)
	if n == len(text) {
		err = nil
	}
	return text[:n], err
}

// write puts a file in the place of another, or of none, durably and in one step.
func (f files) write(name string, text []byte) error {
	beside := f.path(fmt.Sprintf("%s.%016x", name, rand.Uint64()))
	file, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL|openFlags, 0o600)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			p.Path = f.path(name) // which was meant
		}
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if e := file.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(beside, f.path(name))
	}
	if err != nil {
		_ = os.Remove(beside)
		return err
	}
	return f.sync()
}

// remove removes a file; one that is not there is no error.
func (f files) remove(name string) error {
	err := os.Remove(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.sync()
}

// sync brings the names of files to the disk, where the file system can.
func (f files) sync() error {
	d, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}
