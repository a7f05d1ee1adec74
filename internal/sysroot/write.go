package sysroot

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"strings"
	"sync"
)

// Attrs are the attributes of a new file or directory.
type Attrs struct {
	// Mode are the permissions, whatever the umask.
	Mode fs.FileMode
	// UID and GID are the owner if Owned is true.
	UID, GID int
	Owned    bool
	// Label is the attribute security.selinux, "" to leave it to the kernel.
	Label string
}

// Attrs reads the attributes of a file, after following links.
func (r Root) Attrs(name string) (Attrs, error) {
	p, err := r.place(name, true)
	if err != nil {
		return Attrs{}, err
	}
	defer p.close()
	info, err := p.stat()
	if err != nil {
		return Attrs{}, err
	}
	a := Attrs{Mode: info.mode.Perm(), UID: info.uid, GID: info.gid, Owned: info.owned}
	a.Label, _ = p.label() // of most file systems that have none
	return a, nil
}

// Create makes a file that must not exist, not even as a link, and opens it for
// writing.
func (r Root) Create(name string, a Attrs) (*os.File, error) {
	p, err := r.place(name, false)
	if err != nil {
		return nil, err
	}
	defer p.close()
	f, err := p.create()
	if err != nil {
		return nil, err
	}
	if err := setAttrs(f, a); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// OpenLock opens a file to lock it. If make is true it makes a missing file, empty and of mode
// 0600. Only a regular file is opened, and no link is followed to it.
func (r Root) OpenLock(name string, make bool) (*os.File, error) {
	p, err := r.place(name, false)
	if err != nil {
		return nil, err
	}
	defer p.close()
	for range 3 { // it may come and go
		f, err := p.openRegular(1 << 62)
		if !make || !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
		if f, err = p.create(); !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: p.path, Err: fs.ErrExist}
}

// OpenUpdate opens a regular file that exists to read and to write it. No link is followed to it.
func (r Root) OpenUpdate(name string) (*os.File, error) {
	p, err := r.place(name, false)
	if err != nil {
		return nil, err
	}
	defer p.close()
	return p.openRegularBy(p.openUpdate, 1<<62)
}

// Writable returns nil if this process may change a file, or the content of a directory, as far as
// can be told without trying.
func (r Root) Writable(name string) error {
	p, err := r.place(name, true)
	if err != nil {
		return err
	}
	defer p.close()
	return p.writable()
}

// Mkdir makes a directory that must not exist.
func (r Root) Mkdir(name string, a Attrs) error {
	p, err := r.place(name, false)
	if err != nil {
		return err
	}
	defer p.close()
	if err := p.mkdir(0o700); err != nil {
		return err
	}
	d, err := p.openDir()
	if err != nil {
		return err
	}
	defer d.Close()
	return setAttrs(d, a)
}

// MkdirAll makes a directory and those above it that are missing, with the
// permissions less the umask.
func (r Root) MkdirAll(name string, mode fs.FileMode) error {
	if info, err := r.Stat(name); err == nil {
		if !info.IsDir() {
			return &KindError{Path: r.Path(name), Mode: info.mode, Want: fs.ModeDir}
		}
		return nil
	}
	if above := path.Dir(name); above != name {
		if err := r.MkdirAll(above, mode); err != nil {
			return err
		}
	}
	p, err := r.place(name, false)
	if err != nil {
		return err
	}
	defer p.close()
	return p.mkdir(mode)
}

// Link gives a file another name.
func (r Root) Link(old, new string) error { return r.both(old, new, link) }

// Rename gives a file or directory another name, and replaces a file that has it.
func (r Root) Rename(old, new string) error { return r.both(old, new, rename) }

// Exchange swaps two names in one step. The error wraps [errors.ErrUnsupported]
// where the kernel or the file system cannot.
func (r Root) Exchange(a, b string) error { return r.both(a, b, exchange) }

// both does something with two names.
func (r Root) both(old, new string, do func(old, new *place) error) error {
	from, err := r.place(old, false)
	if err != nil {
		return err
	}
	defer from.close()
	to, err := r.place(new, false)
	if err != nil {
		return err
	}
	defer to.close()
	return do(from, to)
}

// Remove removes a file, a link or an empty directory.
func (r Root) Remove(name string) error {
	p, err := r.place(name, false)
	if err != nil {
		return err
	}
	defer p.close()
	return p.remove()
}

// Sync brings files and directories to the disk. It works on all at once: the file
// system can then bring them there together.
func (r Root) Sync(names ...string) error {
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = r.sync(name)
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

func (r Root) sync(name string) error {
	p, err := r.place(name, true)
	if err != nil {
		return err
	}
	defer p.close()
	info, err := p.stat()
	if err != nil {
		return err
	}
	var f *os.File
	if info.IsDir() {
		f, err = p.openDir()
	} else {
		f, err = p.openRegular(1 << 62)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// SyncTree brings a whole directory tree to the disk: by syncfs(2) if the system has it, as
// libsemanage does, else file by file.
func (r Root) SyncTree(name string) error {
	d, err := r.openDir(name)
	if err != nil {
		return err
	}
	err = syncFS(d)
	d.Close()
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	names, err := r.ReadDir(name, 0)
	if err != nil {
		return err
	}
	for _, child := range names {
		child = path.Join(name, child)
		info, err := r.Lstat(child)
		switch {
		case err != nil:
			return err
		case info.IsDir():
			err = r.SyncTree(child)
		case info.mode.IsRegular():
			err = r.sync(child)
		}
		if err != nil {
			return err
		}
	}
	return r.sync(name)
}

// beside begins the names of files that AtomicWrite has not finished.
const beside = ".senet-"

// IsBeside reports whether a name is one of a file that AtomicWrite did not finish, as its
// process was killed.
func IsBeside(name string) bool {
	digits, ok := strings.CutPrefix(name, beside)
	return ok && len(digits) == 16
}

// AtomicWrite puts a file in the place of another, or of none: it has its old content or the
// new one at any time, on the disk too. A link of that name is replaced, not followed; files
// that are not regular, such as devices, are not.
func (r Root) AtomicWrite(name string, data []byte, a Attrs) error {
	info, err := r.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return &KindError{Path: r.Path(name), Mode: info.mode}
	}
	tmp := path.Join(path.Dir(name), fmt.Sprintf("%s%016x", beside, rand.Uint64()))
	f, err := r.Create(tmp, a)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = r.Rename(tmp, name)
	}
	if err != nil {
		return errors.Join(err, r.Remove(tmp))
	}
	return r.sync(path.Dir(name))
}
