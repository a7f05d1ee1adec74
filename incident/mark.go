package incident

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/host"
)

// Settle is how long a log must not grow before [Mark.Since] reads it, and settleMost the longest
// that this is waited for: the audit daemon writes a record shortly after the kernel made it.
const (
	Settle     = 200 * time.Millisecond
	settleMost = 3 * time.Second
)

// A Mark is a place in a log: what is written behind it is new.
type Mark struct {
	path string // "" for the journal and the kernel's messages
	info fs.FileInfo
	tail []byte // the last bytes before the mark
	at   time.Time
}

// tailSize is how many bytes before a mark tell that the file was not written anew.
const tailSize = 256

// MarkLog marks the end of the log in a file. A file that does not exist yet is one that has
// nothing; its directory must exist.
func MarkLog(path string) (*Mark, error) {
	m := &Mark{path: path, at: time.Now()}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = os.Stat(filepath.Dir(path))
		return m, err
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if m.info, err = file.Stat(); err != nil {
		return nil, err
	}
	if !m.info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", path)
	}
	m.tail, err = m.before(file)
	return m, err
}

// before reads the last bytes before the mark.
func (m *Mark) before(file *os.File) ([]byte, error) {
	tail := make([]byte, min(m.info.Size(), tailSize))
	_, err := file.ReadAt(tail, m.info.Size()-int64(len(tail)))
	return tail, err
}

// MarkOwn marks the end of this machine's log: that which [OwnLog] reads. It fails with a
// [NoLogError].
func MarkOwn(root host.Root) (*Mark, error) {
	at := time.Now()
	s, err := OwnLog(root)
	if err != nil {
		return nil, err
	}
	s.Close()
	if s.Files == nil {
		return &Mark{at: at}, nil
	}
	return MarkLog(root.Path(auditLog))
}

// Since opens what was written behind the mark, in the file itself and in those that it was
// rotated into. It waits until the log has not grown for [Settle].
func (m *Mark) Since() (*Source, error) {
	if m.path == "" {
		time.Sleep(Settle)
		return fromPrograms(m.at, nil)
	}
	m.settle()
	names, err := audit.Rotated(m.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for i, name := range names {
		if s, err := m.from(name, names[i+1:]); s != nil || err != nil {
			return s, err
		}
	}
	// It was not there, was cut short, or was compressed: the times tell what is new.
	since := m.at.Truncate(time.Second) // the clocks of files are coarser than this process's
	files, err := audit.Open(modifiedSince(names, since)...)
	if err != nil {
		return nil, err
	}
	s := &Source{Name: m.path, Files: files, Reader: files}
	if m.info != nil {
		s.Since = since
	}
	return s, nil
}

// from reads a file from the mark on, then the others; nil if the mark is not in it.
func (m *Mark) from(name string, later []string) (*Source, error) {
	if st, err := os.Stat(name); m.info == nil || err != nil || !os.SameFile(st, m.info) {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	tail, err := m.before(file)
	if err != nil || !bytes.Equal(tail, m.tail) {
		_ = file.Close()
		return nil, nil // cut short or written anew
	}
	_, err = file.Seek(m.info.Size(), io.SeekStart)
	var files *audit.Files
	if err == nil {
		files, err = audit.Open(later...)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &Source{Name: m.path, Reader: io.MultiReader(file, files), stop: func() {
		_ = file.Close() // they were only read
		_ = files.Close()
	}}, nil
}

// settle waits until the log does not grow.
func (m *Mark) settle() {
	size := func() int64 {
		if st, err := os.Stat(m.path); err == nil {
			return st.Size()
		}
		return -1
	}
	last, since, begun := size(), time.Now(), time.Now()
	for time.Since(since) < Settle && time.Since(begun) < settleMost {
		time.Sleep(Settle / 10)
		if n := size(); n != last {
			last, since = n, time.Now()
		}
	}
}

// sinceFlag is a time as journalctl takes it.
func sinceFlag(t time.Time) string {
	return "--since=@" + strconv.FormatInt(t.Unix(), 10) + "." + fmt.Sprintf("%06d", t.Nanosecond()/1000)
}
