//go:build !linux

package semanage

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Stores can be read on other systems, and changed where nothing else does:
// there are no labels, and nobody to lock out.

func fileAttrs(path string) (attrs, error) {
	info, err := os.Stat(path)
	if err != nil {
		return attrs{}, err
	}
	return attrs{mode: info.Mode().Perm()}, nil
}

func setAttrs(_ string, f *os.File, a attrs) error { return f.Chmod(a.mode) }

func (osFS) exchange(_, _ string) error { return errors.ErrUnsupported }

func (osFS) syncTree(root string) error {
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncPath(path)
	})
}

func flock(*os.File) error { return nil }

func isSELinuxFS(string) bool { return false }
