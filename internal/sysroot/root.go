// Package sysroot is the only way to files of a system: of the running one, or of
// one under a directory, such as a mounted disk or an unpacked image.
//
// # Confinement
//
// Under a directory nothing outside of it is read, made, changed or removed,
// whatever the image holds. Symbolic links lead where they would lead on that
// system: one to an absolute path starts at the directory, and ".." does not leave
// it, as with RESOLVE_IN_ROOT of openat2(2). On Linux each element of a path is
// opened on its own, relative to the one before and without following links, so
// that somebody who changes the tree meanwhile gains nothing. The running system's
// links are followed by its kernel, magic ones such as /proc/PID/root included.
//
// Functions that make, replace or remove a name never follow a link in the last
// element of a path.
//
// # Special files
//
// What is read is a regular file of a bounded size. A FIFO, a device, a socket or a directory is a
// [*KindError] before anything is read or waited for; a larger file is [ErrTooLarge].
package sysroot

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
)

// A Root is the file tree of one system. Names are its absolute paths; for the
// running system, the zero Root, relative ones are taken from the working
// directory. A Root holds no file open and is for any number of goroutines.
type Root struct{ dir string }

// Open returns the tree under dir; "" and "/" are the running system. A link in dir
// itself is followed: whoever names the directory decides where it is.
func Open(dir string) (Root, error) {
	if dir == "" {
		return Root{}, nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Root{}, err
	}
	if abs == "/" {
		return Root{}, nil
	}
	info, err := os.Stat(abs)
	if err != nil {
		return Root{}, err
	}
	if !info.IsDir() {
		return Root{}, &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	return Root{abs}, nil
}

// Live reports whether the tree is the running system's.
func (r Root) Live() bool { return r.dir == "" }

// Dir returns the directory of the tree, "/" for the running system.
func (r Root) Dir() string {
	if r.dir == "" {
		return "/"
	}
	return r.dir
}

// Path returns the path that the running system has for a name, for messages and
// for programs that are told where the tree is. Links in it are not resolved: what
// opens it is not confined.
func (r Root) Path(name string) string {
	if r.Live() {
		return name
	}
	return filepath.Join(r.dir, path.Clean("/"+name))
}

// maxLinks is the most symbolic links on one path, as in the kernel (MAXSYMLINKS).
const maxLinks = 40
