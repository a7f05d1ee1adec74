package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// A Root is the file tree of one system: that of the running one, or one under
// a directory, such as a mounted disk or an unpacked image. Symbolic links are
// followed as they would be on that system and never lead out of the tree.
// The zero Root is the running system.
type Root struct{ dir string }

// OpenRoot returns the tree under dir; "" and "/" are the running system.
func OpenRoot(dir string) (Root, error) {
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

// maxLinks is how many symbolic links one path may lead through, as in the kernel.
const maxLinks = 40

// Resolve follows every symbolic link in name, an absolute path of the system,
// and returns the absolute path of the system it leads to. The last element
// need not exist if the error is fs.ErrNotExist.
func (r Root) Resolve(name string) (string, error) {
	rest := strings.Split(path.Clean("/"+name), "/")
	at, links := "/", 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		if part == "" || part == "." {
			continue
		}
		if part == ".." {
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

// path returns the path that the running system has for a file of the tree.
func (r Root) path(name string) (string, error) {
	if r.Live() {
		// The kernel follows links itself, magic ones such as /proc/PID/root included.
		return name, nil
	}
	resolved, err := r.Resolve(name)
	return r.dir + resolved, err
}

// ErrTooLarge is wrapped by errors about files larger than what they could
// sensibly be.
var ErrTooLarge = errors.New("file is too large")

// ReadFile returns the content of a regular file of at most limit bytes.
func (r Root) ReadFile(name string, limit int64) ([]byte, error) {
	file, err := r.path(name)
	if err != nil {
		return nil, err
	}
	// A FIFO must not make senet wait for a writer.
	f, err := os.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a regular file")}
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%s: %w: more than %d bytes", name, ErrTooLarge, limit)
	}
	return b, nil
}

// ReadDir returns the names in a directory, sorted, at most limit.
func (r Root) ReadDir(name string, limit int) ([]string, error) {
	dir, err := r.path(name)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, min(len(entries), limit))
	for _, e := range entries[:min(len(entries), limit)] {
		names = append(names, e.Name())
	}
	return names, nil
}

// ReadLink returns where a symbolic link points.
func (r Root) ReadLink(name string) (string, error) {
	dir, err := r.path(path.Dir(name))
	if err != nil {
		return "", err
	}
	return os.Readlink(filepath.Join(dir, path.Base(name)))
}

// Exists reports whether there is a file of that name, after following links.
func (r Root) Exists(name string) bool {
	_, err := r.Stat(name)
	return err == nil
}

// Stat returns what kind of file name is, after following links.
func (r Root) Stat(name string) (fs.FileInfo, error) {
	file, err := r.path(name)
	if err != nil {
		return nil, err
	}
	return os.Stat(file)
}

// maxLabel bounds a security context read from a file or process.
const maxLabel = 4096

// Label returns the security context that a file is labelled with on disk, its
// attribute security.selinux.
func (r Root) Label(name string) (string, error) {
	file, err := r.path(name)
	if err != nil {
		return "", err
	}
	return fileLabel(file)
}
