package sysroot

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A place is a name in a directory, which is open. Close it.
type place struct {
	dir    int    // a descriptor, or AT_FDCWD
	name   string // without a slash where dir is a descriptor
	follow bool   // the kernel follows a link: on the running system alone
	path   string // for messages
}

func (p *place) close() {
	if p.dir != unix.AT_FDCWD {
		_ = unix.Close(p.dir) // of O_PATH: nothing is lost
	}
}

func (p *place) fail(op string, err error) error {
	return &fs.PathError{Op: op, Path: p.path, Err: err}
}

// noFollow is O_NOFOLLOW, or 0 if the kernel should follow a link.
func (p *place) noFollow() int {
	if p.follow {
		return 0
	}
	return unix.O_NOFOLLOW
}

func (p *place) atFlags() int {
	if p.follow {
		return 0
	}
	return unix.AT_SYMLINK_NOFOLLOW
}

// place finds the directory that a name is in. With follow, a link in the last
// element is followed, else it is the place itself. The place need not exist.
func (r Root) place(name string, follow bool) (*place, error) {
	if r.Live() {
		return &place{dir: unix.AT_FDCWD, name: name, follow: follow, path: name}, nil
	}
	w := walk{root: r.dir, name: name}
	defer w.close()
	return w.run(follow)
}

// Resolve follows every symbolic link in name, an absolute path of the system, and
// returns the absolute path of the system it leads to. Where there is nothing, the
// error is [fs.ErrNotExist] and the path is the one that was not found.
func (r Root) Resolve(name string) (string, error) {
	w := walk{root: r.Dir(), name: name}
	defer w.close()
	p, err := w.run(true)
	if err == nil {
		_, err = p.stat()
		p.close()
	}
	return w.at(), err
}

// A walk goes from the top of a tree along a path, one element at a time.
type walk struct {
	root, name string
	// dirs are the directories on the way, the top first, elements their names but
	// for the top's. ".." goes back by them: the kernel is never asked for it.
	dirs     []int
	elements []string
	links    int
}

func (w *walk) close() {
	for _, fd := range w.dirs {
		_ = unix.Close(fd) // of O_PATH: nothing is lost
	}
}

// at returns where the walk is, as a path of the system.
func (w *walk) at() string { return "/" + strings.Join(w.elements, "/") }

func (w *walk) fail(err error) error {
	return &fs.PathError{Op: "open", Path: path.Join(w.root, w.name), Err: err}
}

const openDirFlags = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC

func (w *walk) run(follow bool) (*place, error) {
	top, err := retry(func() (int, error) {
		return unix.Open(w.root, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	})
	if err != nil {
		return nil, w.fail(err)
	}
	w.dirs = append(w.dirs, top)
	if strings.IndexByte(w.name, 0) >= 0 {
		return nil, w.fail(unix.EINVAL)
	}
	rest := elements(w.name)
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case ".": // what is before has been opened as a directory
			continue
		case "..":
			w.up()
			continue
		}
		dir := w.dirs[len(w.dirs)-1]
		if len(rest) > 0 {
			fd, err := retry(func() (int, error) { return unix.Openat(dir, part, openDirFlags, 0) })
			if err == nil {
				w.dirs, w.elements = append(w.dirs, fd), append(w.elements, part)
				continue
			}
			if err != unix.ENOTDIR && err != unix.ELOOP {
				w.elements = append(append(w.elements, part), rest...)
				return nil, w.fail(err)
			}
		} else if !follow {
			return w.found(part)
		}
		to, err := readLinkAt(dir, part)
		switch {
		case err == nil:
		case len(rest) > 0: // neither a directory nor a link
			w.elements = append(append(w.elements, part), rest...)
			return nil, w.fail(unix.ENOTDIR)
		default: // no link; whether there is anything shows when it is used
			return w.found(part)
		}
		if w.links++; w.links > maxLinks {
			w.elements = append(w.elements, part)
			return nil, w.fail(unix.ELOOP)
		}
		if strings.HasPrefix(to, "/") {
			for len(w.dirs) > 1 {
				w.up()
			}
		}
		rest = append(elements(to), rest...)
	}
	return w.found(".")
}

// up goes to the directory above; at the top it stays.
func (w *walk) up() {
	last := len(w.dirs) - 1
	if last == 0 {
		return
	}
	_ = unix.Close(w.dirs[last])
	w.dirs, w.elements = w.dirs[:last], w.elements[:last-1]
}

// found makes a place of a name in the directory where the walk is.
func (w *walk) found(name string) (*place, error) {
	last := len(w.dirs) - 1
	p := &place{dir: w.dirs[last], name: name}
	w.dirs = w.dirs[:last]
	if name != "." {
		w.elements = append(w.elements, name)
	}
	p.path = path.Join(w.root, w.at())
	return p, nil
}

// elements splits a path. A slash at the end counts as a dot: the part before it must be a
// directory.
func elements(name string) []string {
	var list []string
	last := ""
	for part := range strings.SplitSeq(name, "/") {
		if last = part; part != "" && part != "." {
			list = append(list, part)
		}
	}
	if len(list) > 0 && (last == "" || last == ".") {
		list = append(list, ".")
	}
	return list
}

func readLinkAt(dir int, name string) (string, error) {
	for size := 256; ; size *= 2 {
		b := make([]byte, size)
		n, err := retry(func() (int, error) { return unix.Readlinkat(dir, name, b) })
		if err != nil {
			return "", err
		}
		if n < size {
			return string(b[:n]), nil
		}
	}
}

// retry calls a function again where a signal interrupted it.
func retry(do func() (int, error)) (int, error) {
	for {
		n, err := do()
		if err != unix.EINTR {
			return n, err
		}
	}
}

func (p *place) openat(flags int, mode uint32) (int, error) {
	return retry(func() (int, error) {
		return unix.Openat(p.dir, p.name, flags|p.noFollow()|unix.O_CLOEXEC|unix.O_NOCTTY|unix.O_LARGEFILE, mode)
	})
}

func (p *place) stat() (Info, error) {
	var st unix.Stat_t
	if err := unix.Fstatat(p.dir, p.name, &st, p.atFlags()); err != nil {
		return Info{}, p.fail("stat", err)
	}
	return Info{
		name: path.Base(p.path), size: st.Size, mode: fileMode(st.Mode),
		modified: time.Unix(int64(st.Mtim.Sec), int64(st.Mtim.Nsec)), //nolint:unconvert // 32 bits elsewhere
		changed:  time.Unix(int64(st.Ctim.Sec), int64(st.Ctim.Nsec)), //nolint:unconvert // 32 bits elsewhere
		uid:      int(st.Uid), gid: int(st.Gid), owned: true, inode: st.Ino,
	}, nil
}

// fileMode translates st_mode.
func fileMode(st uint32) fs.FileMode {
	mode := fs.FileMode(st & 0o777)
	switch st & unix.S_IFMT {
	case unix.S_IFDIR:
		mode |= fs.ModeDir
	case unix.S_IFLNK:
		mode |= fs.ModeSymlink
	case unix.S_IFIFO:
		mode |= fs.ModeNamedPipe
	case unix.S_IFSOCK:
		mode |= fs.ModeSocket
	case unix.S_IFBLK:
		mode |= fs.ModeDevice
	case unix.S_IFCHR:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	}
	if st&unix.S_ISUID != 0 {
		mode |= fs.ModeSetuid
	}
	if st&unix.S_ISGID != 0 {
		mode |= fs.ModeSetgid
	}
	if st&unix.S_ISVTX != 0 {
		mode |= fs.ModeSticky
	}
	return mode
}

func (p *place) writable() error {
	if err := unix.Faccessat(p.dir, p.name, unix.W_OK, unix.AT_EACCESS); err != nil {
		return p.fail("write", err)
	}
	return nil
}

// open opens the place for reading. What is opened does not block.
func (p *place) open() (*os.File, error) { return p.openFile(unix.O_RDONLY) }

// openUpdate opens the place for reading and writing, likewise.
func (p *place) openUpdate() (*os.File, error) { return p.openFile(unix.O_RDWR) }

func (p *place) openFile(flags int) (*os.File, error) {
	fd, err := p.openat(flags|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, p.fail("open", err)
	}
	// The runtime's poller would take the descriptor otherwise; for a regular file
	// the flag means nothing.
	_ = unix.SetNonblock(fd, false)
	return os.NewFile(uintptr(fd), p.path), nil
}

func (p *place) openDir() (*os.File, error) {
	fd, err := p.openat(unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, p.fail("open", err)
	}
	return os.NewFile(uintptr(fd), p.path), nil
}

// create opens a new file of mode 0600 for writing.
func (p *place) create() (*os.File, error) {
	fd, err := p.openat(unix.O_RDWR|unix.O_CREAT|unix.O_EXCL, 0o600)
	if err != nil {
		return nil, p.fail("open", err)
	}
	return os.NewFile(uintptr(fd), p.path), nil
}

func (p *place) mkdir(mode fs.FileMode) error {
	if err := unix.Mkdirat(p.dir, p.name, uint32(mode.Perm())); err != nil {
		return p.fail("mkdir", err)
	}
	return nil
}

func (p *place) remove() error {
	err := unix.Unlinkat(p.dir, p.name, 0)
	if err == nil {
		return nil
	}
	// POSIX says EPERM for a directory, Linux EISDIR.
	errDir := unix.Unlinkat(p.dir, p.name, unix.AT_REMOVEDIR)
	if errDir == nil {
		return nil
	}
	if errDir != unix.ENOTDIR {
		err = errDir
	}
	return p.fail("remove", err)
}

func (p *place) readLink() (string, error) {
	to, err := readLinkAt(p.dir, p.name)
	if err != nil {
		return "", p.fail("readlink", err)
	}
	return to, nil
}

func link(old, new *place) error {
	if err := unix.Linkat(old.dir, old.name, new.dir, new.name, 0); err != nil {
		return &os.LinkError{Op: "link", Old: old.path, New: new.path, Err: err}
	}
	return nil
}

func rename(old, new *place) error {
	if err := unix.Renameat(old.dir, old.name, new.dir, new.name); err != nil {
		return &os.LinkError{Op: "rename", Old: old.path, New: new.path, Err: err}
	}
	return nil
}

func exchange(a, b *place) error {
	err := unix.Renameat2(a.dir, a.name, b.dir, b.name, unix.RENAME_EXCHANGE)
	switch err {
	case nil:
		return nil
	case unix.ENOSYS, unix.EINVAL:
		return fmt.Errorf("exchange %s and %s: %w: %w", a.path, b.path, errors.ErrUnsupported, err)
	}
	return &os.LinkError{Op: "exchange", Old: a.path, New: b.path, Err: err}
}

// label reads the attribute of the file through /proc, where a descriptor that was
// opened for nothing stands for it: the file need not be readable.
func (p *place) label() (string, error) {
	b := make([]byte, maxLabel)
	if p.follow { // the kernel resolves the name
		n, err := unix.Getxattr(p.name, labelAttribute, b)
		if err != nil {
			return "", p.fail("getxattr "+labelAttribute, err)
		}
		return string(b[:n]), nil
	}
	fd, err := p.openat(unix.O_PATH, 0)
	if err != nil {
		return "", p.fail("open", err)
	}
	defer func() { _ = unix.Close(fd) }()
	n, err := unix.Getxattr(fmt.Sprintf("/proc/self/fd/%d", fd), labelAttribute, b)
	if err == unix.ENOENT { // no /proc
		var f *os.File
		if f, err = p.openRegular(1 << 62); err != nil {
			return "", err
		}
		defer f.Close()
		n, err = unix.Fgetxattr(int(f.Fd()), labelAttribute, b)
	}
	if err != nil {
		return "", p.fail("getxattr "+labelAttribute, err)
	}
	return string(b[:n]), nil
}

// setAttrs gives an open file its mode, owner and label, where they differ.
func setAttrs(f *os.File, a Attrs) error {
	fd := int(f.Fd())
	fail := func(op string, err error) error { return &fs.PathError{Op: op, Path: f.Name(), Err: err} }
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fail("stat", err)
	}
	if a.Owned && (int(st.Uid) != a.UID || int(st.Gid) != a.GID) {
		if err := unix.Fchown(fd, a.UID, a.GID); err != nil {
			return fail("chown", err)
		}
	}
	if fileMode(st.Mode).Perm() != a.Mode.Perm() {
		if err := unix.Fchmod(fd, uint32(a.Mode.Perm())); err != nil {
			return fail("chmod", err)
		}
	}
	if a.Label == "" {
		return nil
	}
	now := make([]byte, maxLabel)
	if n, err := unix.Fgetxattr(fd, labelAttribute, now); err == nil && string(now[:n]) == a.Label {
		return nil
	}
	if err := unix.Fsetxattr(fd, labelAttribute, []byte(a.Label), 0); err != nil && err != unix.ENOTSUP {
		return fail("setxattr "+labelAttribute, err)
	}
	return nil
}

// syncFS brings the file system of an open directory to the disk.
func syncFS(d *os.File) error {
	switch err := unix.Syncfs(int(d.Fd())); err {
	case nil:
		return nil
	case unix.ENOSYS:
		return errors.ErrUnsupported
	default:
		return &fs.PathError{Op: "syncfs", Path: d.Name(), Err: err}
	}
}
