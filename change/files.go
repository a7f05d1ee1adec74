package change

import (
	"errors"
	"io/fs"
	"os"
	"path"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// files are this package's files in a store's directory. libsemanage ignores them.
type files struct {
	root sysroot.Root
	dir  string // of the root's system
}

func (f files) path(name string) string { return path.Join(f.dir, name) }

// read reads a regular file of at most limit bytes. It refuses links.
func (f files) read(name string, limit int64) ([]byte, error) {
	return f.root.ReadFileItself(f.path(name), limit)
}

// write creates or replaces a file, durably and atomically.
func (f files) write(name string, text []byte) error {
	return f.root.AtomicWrite(f.path(name), text, sysroot.Attrs{Mode: 0o600})
}

// remove removes a file; it is no error if the file does not exist.
func (f files) remove(name string) error {
	err := f.root.Remove(f.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.root.Sync(f.dir)
}

// tidy removes the temporary files of killed writes. Only the holder of the lock writes these
// files.
func (f files) tidy() {
	names, err := f.root.ReadDir(f.dir, 0)
	if err != nil {
		return
	}
	for _, name := range names {
		if sysroot.IsBeside(name) {
			_ = f.root.Remove(f.path(name))
		}
	}
}

// openLock opens the lock file, and creates it if it does not exist.
func (f files) openLock() (*os.File, error) { return f.root.OpenLock(f.path(lockName), true) }
