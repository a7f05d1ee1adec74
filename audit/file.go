package audit

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// Files reads one or more log files one after another as one input. A file that begins like gzip is decompressed,
// whatever its name. Each file is opened when its turn comes, so there may be many. If a file cannot be read to its
// end, the others are still read; the errors come at the end.
type Files struct {
	paths []string
	next  int
	file  *os.File
	text  io.Reader
	done  atomic.Int64
	total int64
	// last is the last byte that was read. If a file does not end with a newline, its last line must not join the
	// next file.
	last byte
	errs []error
}

// Open returns the files with these names as one input, in this order. It
// fails if one cannot be looked at.
func Open(paths ...string) (*Files, error) {
	f := &Files{paths: paths, last: '\n'}
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if err := noLog(p, st.Mode()); err != nil {
			return nil, err
		}
		f.total += st.Size()
	}
	return f, nil
}

// noLog refuses a file that is not a log. Opening a FIFO waits for a writer, /dev/zero has no end, and reading
// other devices can have an effect.
func noLog(path string, mode fs.FileMode) error {
	switch {
	case mode.IsDir():
		return fmt.Errorf("%s: is a directory", path)
	case isStream(path):
	case mode&fs.ModeNamedPipe != 0:
		return fmt.Errorf("%s: is a FIFO, not a log", path)
	case mode&fs.ModeDevice != 0:
		return fmt.Errorf("%s: is a device, not a log", path)
	}
	return nil
}

// isStream reports whether the name of a device stands for an input that the process was given, such as a terminal.
// /dev/null is accepted, and is empty.
func isStream(path string) bool {
	if path == os.DevNull || path == "/dev/stdin" || path == "/dev/tty" {
		return true
	}
	number, ok := strings.CutPrefix(path, "/dev/fd/")
	if !ok {
		number, ok = strings.CutPrefix(path, "/proc/self/fd/")
	}
	return ok && number != "" && strings.Trim(number, "0123456789") == ""
}

// Read reads from the current file, then from the next.
func (f *Files) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	for {
		if f.text == nil {
			if f.next == len(f.paths) {
				if err := errors.Join(f.errs...); err != nil {
					return 0, err
				}
				return 0, io.EOF
			}
			if f.next > 0 && f.last != '\n' {
				f.last, b[0] = '\n', '\n'
				return 1, nil
			}
			f.next++
			if err := f.open(f.paths[f.next-1]); err != nil {
				f.errs = append(f.errs, err)
				continue
			}
		}
		n, err := f.text.Read(b)
		if n > 0 {
			f.last = b[n-1]
			return n, nil
		}
		if err != nil {
			if err != io.EOF {
				f.errs = append(f.errs, fmt.Errorf("%s: %w", f.paths[f.next-1], err))
			}
			_ = f.close()
		}
	}
}

// Progress returns how many bytes have been read from the files, and how many there are, both as the files are on
// disk. It may be called while another goroutine reads.
func (f *Files) Progress() (done, total int64) { return f.done.Load(), f.total }

// Close closes the file that is being read.
func (f *Files) Close() error {
	f.next = len(f.paths)
	return f.close()
}

func (f *Files) close() error {
	if c, ok := f.text.(io.Closer); ok {
		_ = c.Close() // the file was only read
	}
	f.text = nil
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}

func (f *Files) open(path string) error {
	flags := os.O_RDONLY
	if !isStream(path) {
		flags |= syscall.O_NONBLOCK // the file may have been replaced by a FIFO
	}
	file, err := os.OpenFile(path, flags, 0)
	if err != nil {
		return err
	}
	f.file = file
	if st, err := file.Stat(); err == nil {
		if err := noLog(path, st.Mode()); err != nil {
			_ = f.close()
			return err
		}
	}
	if f.text, err = unpack(&counted{withoutHoles(file), &f.done}); err != nil {
		_ = f.close()
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

type counted struct {
	r io.Reader
	n *atomic.Int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// Rotated returns the names of a log file and of its rotated files, the oldest first: audit.log.2.gz, audit.log.1,
// audit.log; and, with the dates that logrotate may use, messages-20261115, messages. The file itself need not
// exist if a rotated one does.
func Rotated(path string) ([]string, error) {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil {
		return nil, err
	}
	type aged struct {
		name string
		// age counts from the newest file. Names with dates sort by themselves.
		age  int
		date string
	}
	var old []aged
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), base)
		if !ok || rest == "" || e.IsDir() {
			continue
		}
		rest = strings.TrimSuffix(rest, ".gz")
		digits := strings.Trim(rest[min(1, len(rest)):], "0123456789-")
		if rest == "" || digits != "" || len(rest) < 2 {
			continue
		}
		if n, err := strconv.Atoi(rest[1:]); rest[0] == '.' && err == nil && n < 1_000_000 {
			old = append(old, aged{name: e.Name(), age: n})
		} else if rest[0] == '-' || rest[0] == '.' {
			old = append(old, aged{name: e.Name(), date: rest[1:]})
		}
	}
	slices.SortFunc(old, func(a, b aged) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(b.age, a.age), cmp.Compare(a.name, b.name))
	})
	var names []string
	for _, o := range old {
		// The same file before and after compression: keep only one of the two.
		if n := len(names); n > 0 && strings.TrimSuffix(names[n-1], ".gz") == strings.TrimSuffix(dir+o.name, ".gz") {
			continue
		}
		names = append(names, dir+o.name)
	}
	if _, err := os.Stat(path); err == nil {
		names = append(names, path)
	} else if !errors.Is(err, fs.ErrNotExist) || len(names) == 0 {
		return nil, err
	}
	return names, nil
}
