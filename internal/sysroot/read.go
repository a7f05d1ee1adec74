package sysroot

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
)

// Open opens a regular file of at most limit bytes for reading. It does not wait
// for anybody, and the file does not become the terminal of the process.
func (r Root) Open(name string, limit int64) (*os.File, error) {
	p, err := r.place(name, true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	return p.openRegular(limit)
}

// openRegular opens a place that must be a regular file for reading.
func (p *place) openRegular(limit int64) (*os.File, error) { return p.openRegularBy(p.open, limit) }

// openRegularBy opens a place that must be a regular file, in the way of open.
func (p *place) openRegularBy(open func() (*os.File, error), limit int64) (*os.File, error) {
	// Opening a device can have effects: it is looked at first.
	info, err := p.stat()
	var missing *fs.PathError
	if errors.As(err, &missing) {
		missing.Op = "open" // which the caller wanted
	}
	if err == nil {
		err = p.regular(info, limit)
	}
	if err != nil {
		return nil, err
	}
	f, err := open()
	if err != nil {
		return nil, err
	}
	// It may have become another since.
	now, err := f.Stat()
	if err == nil {
		err = p.regular(now, limit)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// regular checks that a file is one to be read.
func (p *place) regular(info fs.FileInfo, limit int64) error {
	if !info.Mode().IsRegular() {
		return &KindError{Path: p.path, Mode: info.Mode()}
	}
	if info.Size() > limit {
		return tooLarge(p.path, limit)
	}
	return nil
}

func tooLarge(name string, limit int64) error {
	return fmt.Errorf("%s: %w: more than %d bytes", name, ErrTooLarge, limit)
}

// ReadFile returns the content of a regular file of at most limit bytes.
func (r Root) ReadFile(name string, limit int64) ([]byte, error) {
	return r.readFile(name, true, limit)
}

// ReadFileItself is ReadFile for files that this program makes itself: a link in
// their place is none.
func (r Root) ReadFileItself(name string, limit int64) ([]byte, error) {
	return r.readFile(name, false, limit)
}

func (r Root) readFile(name string, follow bool, limit int64) ([]byte, error) {
	p, err := r.place(name, follow)
	if err != nil {
		return nil, err
	}
	defer p.close()
	f, err := p.openRegular(limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := ReadAll(f, limit)
	if errors.Is(err, ErrTooLarge) {
		return nil, tooLarge(f.Name(), limit)
	}
	return b, err
}

// ReadAll reads at most limit bytes until the end. It is for streams, such as
// standard input; the error wraps [ErrTooLarge].
func ReadAll(f io.Reader, limit int64) ([]byte, error) {
	size := int64(512)
	if s, ok := f.(interface{ Stat() (fs.FileInfo, error) }); ok {
		// Files of /proc say 0.
		if info, err := s.Stat(); err == nil && info.Mode().IsRegular() {
			size = max(size, min(info.Size(), limit)+1)
		}
	}
	b := make([]byte, 0, size)
	for {
		n, err := f.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case int64(len(b)) > limit:
			return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
		case err == io.EOF:
			return b, nil
		case err != nil:
			return nil, err
		case len(b) == cap(b):
			b = slices.Grow(b, len(b))
		}
	}
}

// ReadDir returns the names in a directory, sorted. Of more than limit, which may
// be 0 for all, only that many are read, in no order that means anything.
func (r Root) ReadDir(name string, limit int) ([]string, error) {
	d, err := r.openDir(name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if limit <= 0 {
		limit = -1
	}
	names, err := d.Readdirnames(limit)
	if err != nil && err != io.EOF {
		return nil, err
	}
	slices.Sort(names)
	return names, nil
}

// openDir opens a directory for listing and syncing.
func (r Root) openDir(name string) (*os.File, error) {
	p, err := r.place(name, true)
	if err != nil {
		return nil, err
	}
	defer p.close()
	return p.openDir()
}

// ReadLink returns where a symbolic link points, as it says it.
func (r Root) ReadLink(name string) (string, error) {
	p, err := r.place(name, false)
	if err != nil {
		return "", err
	}
	defer p.close()
	return p.readLink()
}

// Exists reports whether there is a file of that name, after following links.
func (r Root) Exists(name string) bool {
	_, err := r.Stat(name)
	return err == nil
}

// Stat returns what file name is, after following links.
func (r Root) Stat(name string) (Info, error) { return r.info(name, true) }

// Lstat returns what name is itself: of a link that it is one.
func (r Root) Lstat(name string) (Info, error) { return r.info(name, false) }

func (r Root) info(name string, follow bool) (Info, error) {
	p, err := r.place(name, follow)
	if err != nil {
		return Info{}, err
	}
	defer p.close()
	info, err := p.stat()
	info.name = path.Base(name)
	return info, err
}

// labelAttribute is the extended attribute in which SELinux keeps a file's context.
const labelAttribute = "security.selinux"

// maxLabel bounds a security context; the kernel's own bound is a page.
const maxLabel = 4096

// Label returns the attribute security.selinux of a file, after following links.
// The NUL at its end, if there is one, is part of it.
func (r Root) Label(name string) (string, error) {
	p, err := r.place(name, true)
	if err != nil {
		return "", err
	}
	defer p.close()
	return p.label()
}
