package sysroot

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Save writes a file that was named on the command line: it has its old content or the new one at
// any time, never a part. A file that is there keeps its mode and, where that may be given, its
// owner; a new one has the mode less the umask. A symbolic link stays, and the file that it names
// is replaced. A file that is not regular is written to instead.
func Save(name string, text []byte, mode fs.FileMode) error {
	there, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		// A link to nowhere makes the file that it names.
		if target, err := os.Readlink(name); err == nil {
			if !filepath.IsAbs(target) {
				target = filepath.Join(filepath.Dir(name), target)
			}
			name = target
		}
		return writeAtomically(name, text, mode, nil)
	case err != nil:
		return err
	case there.IsDir():
		return &fs.PathError{Op: "write", Path: name, Err: errors.New("is a directory")}
	case !there.Mode().IsRegular():
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(text)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		return nil
	}
	// A file that may not be written to is not replaced either.
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	f.Close()
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	return writeAtomically(target, text, mode, there)
}

// Replace is Save for a file that is read by anybody, and refuses a named pipe: to open it
// would wait for somebody who reads.
func Replace(name string, data []byte) error {
	if info, err := os.Lstat(name); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		return &KindError{Path: name, Mode: info.Mode()}
	}
	return Save(name, data, 0o644)
}

// writeAtomically puts a file in the place of another, or of none, durably; with
// the mode less the umask, or with the mode and the owner of a file like it.
func writeAtomically(path string, text []byte, mode fs.FileMode, like fs.FileInfo) error {
	beside := filepath.Join(filepath.Dir(path), fmt.Sprintf(".senet-%016x", rand.Uint64()))
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			p.Path = path // which was meant
		}
		return err
	}
	_, err = f.Write(text)
	if err == nil && like != nil {
		chownLike(f, like)
		err = f.Chmod(like.Mode().Perm())
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(beside, path)
	}
	if err != nil {
		_ = os.Remove(beside)
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}

// syncDir brings the names in a directory to the disk, where the file system can.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
