//go:build !linux

package sysroot

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// Elsewhere than on Linux there is no running SELinux and nobody who changes an
// image meanwhile: links are resolved by name. Images can be read and changed.

// A place is the path of a file whose links are resolved.
type place struct {
	path   string
	follow bool
}

func (p *place) close() {}

func (r Root) place(name string, follow bool) (*place, error) {
	if r.Live() {
		return &place{name, follow}, nil
	}
	if !follow {
		dir, err := r.Resolve(path.Dir(path.Clean("/" + name)))
		return &place{path.Join(r.dir, dir, path.Base(path.Clean("/"+name))), false}, err
	}
	real, err := r.Resolve(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // shows when it is used
	}
	return &place{path.Join(r.dir, real), false}, err
}

// Resolve follows every symbolic link in name, an absolute path of the system, and
// returns the absolute path of the system it leads to. Where there is nothing, the
// error is [fs.ErrNotExist] and the path is the one that was not found.
func (r Root) Resolve(name string) (string, error) {
	rest := strings.Split(name, "/")
	at, links := "/", 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, part)
		info, err := os.Lstat(r.dir + next)
		if err != nil {
			return path.Join(append([]string{next}, rest...)...), err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return next, &fs.PathError{Op: "open", Path: name, Err: syscall.ELOOP}
		}
		to, err := os.Readlink(r.dir + next)
		if err != nil {
			return next, err
		}
		if strings.HasPrefix(to, "/") {
			at = "/"
		}
		rest = append(strings.Split(to, "/"), rest...)
	}
	return at, nil
}

func (p *place) stat() (Info, error) {
	look := os.Lstat
	if p.follow {
		look = os.Stat
	}
	info, err := look(p.path)
	if err != nil {
		return Info{}, err
	}
	return Info{name: info.Name(), size: info.Size(), mode: info.Mode(), modified: info.ModTime()}, nil
}

func (p *place) open() (*os.File, error)    { return os.Open(p.path) }
func (p *place) openDir() (*os.File, error) { return os.Open(p.path) }

func (p *place) openUpdate() (*os.File, error) { return os.OpenFile(p.path, os.O_RDWR, 0) }

func (p *place) create() (*os.File, error) {
	return os.OpenFile(p.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

func (p *place) writable() error {
	_, err := p.stat()
	return err
}

func (p *place) mkdir(mode fs.FileMode) error { return os.Mkdir(p.path, mode) }
func (p *place) remove() error                { return os.Remove(p.path) }
func (p *place) readLink() (string, error)    { return os.Readlink(p.path) }

func (p *place) label() (string, error) {
	return "", &fs.PathError{Op: "getxattr " + labelAttribute, Path: p.path, Err: errors.ErrUnsupported}
}

func link(old, new *place) error   { return os.Link(old.path, new.path) }
func rename(old, new *place) error { return os.Rename(old.path, new.path) }
func exchange(_, _ *place) error   { return errors.ErrUnsupported }

func setAttrs(f *os.File, a Attrs) error { return f.Chmod(a.Mode) }

func syncFS(*os.File) error { return errors.ErrUnsupported }
