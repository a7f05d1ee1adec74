package incident

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/host"
)

// auditLog is the file that auditd writes.
const auditLog = "/var/log/audit/audit.log"

// ErrNothingSinceBoot is wrapped if a log has no lines since the last boot.
var ErrNothingSinceBoot = errors.New("nothing was written since the last boot")

// A NoLogError lists the logs that were tried, and why each could not be read.
type NoLogError struct{ Failed []FailedSource }

func (e *NoLogError) Error() string {
	text := "no log to read"
	for i, f := range e.Failed {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		text += fmt.Sprintf("%s%s: %v", sep, f.Name, f.Err)
	}
	return text
}

// Unwrap returns the reasons, in the order in which the logs were tried.
func (e *NoLogError) Unwrap() []error {
	list := make([]error, len(e.Failed))
	for i, f := range e.Failed {
		list[i] = f.Err
	}
	return list
}

// OwnLog chooses the log of a system: the audit log since the last boot. On the running system, if
// that log cannot be read, it is the journal, else the kernel's messages. It fails with a
// [NoLogError].
func OwnLog(root host.Root) (*Source, error) {
	path, since := auditLog, time.Time{}
	if root.Live() {
		since = bootTime(root)
	} else {
		path = root.Path(auditLog)
	}
	s, err := rotated(root, path, since)
	if err == nil {
		return s, nil
	}
	failed := []FailedSource{{path, err}}
	if !root.Live() {
		return nil, &NoLogError{failed}
	}
	return fromPrograms(time.Time{}, failed)
}

// fromPrograms reads the journal, else the kernel's messages, of this boot or since a time. failed
// are the sources that were tried before.
func fromPrograms(since time.Time, failed []FailedSource) (*Source, error) {
	// What the kernel says itself is in the journal under its own name where
	// nothing else takes the audit messages.
	journal := []string{"-q", "-b", "-o", "json", "--no-pager", "_TRANSPORT=audit", "+", "_TRANSPORT=kernel"}
	if !since.IsZero() {
		journal = append([]string{sinceFlag(since)}, journal...)
	}
	for _, source := range []struct {
		name, program string
		args          []string
	}{
		{"the journal", "journalctl", journal},
		{"the kernel's messages", "dmesg", nil},
	} {
		s, err := systemPrograms().command(source.name, source.program, source.args...)
		if err == nil {
			s.Failed, s.Since = failed, since
			return s, nil
		}
		if !since.IsZero() && errors.Is(err, errNothing) {
			return &Source{Name: source.name, Reader: bytes.NewReader(nil)}, nil
		}
		failed = append(failed, FailedSource{source.program, err})
	}
	return nil, &NoLogError{failed}
}

// rotated opens a log and its rotated files, except those last written before a time.
func rotated(root host.Root, path string, since time.Time) (*Source, error) {
	names, err := logNames(root, path)
	if err != nil {
		return nil, reason(err)
	}
	if names = modifiedSince(names, since); len(names) == 0 {
		return nil, ErrNothingSinceBoot
	}
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			return nil, reason(err)
		}
		file.Close()
	}
	s, err := OpenFiles(names...)
	if err != nil {
		return nil, reason(err)
	}
	s.Name, s.Since, s.Args = path, since, []string{}
	return s, nil
}

// logNames returns the files of a log. In another system it follows links within that system, and
// the files must be regular ones.
func logNames(root host.Root, file string) ([]string, error) {
	if root.Live() {
		return audit.Rotated(file)
	}
	dir, err := root.Resolve(path.Dir(auditLog))
	if err != nil {
		return nil, err
	}
	found, err := audit.Rotated(root.Path(path.Join(dir, path.Base(auditLog))))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range found {
		real, err := root.Resolve(path.Join(dir, filepath.Base(name)))
		if err != nil {
			return nil, err
		}
		f, err := root.Open(real, math.MaxInt64)
		if err != nil {
			return nil, err
		}
		f.Close()
		names = append(names, root.Path(real))
	}
	return names, nil
}

// reason returns the error without the path, which the caller names.
func reason(err error) error {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		return perr.Err
	}
	return err
}

// modifiedSince returns the files that were written since a time.
func modifiedSince(names []string, since time.Time) []string {
	var list []string
	for _, name := range names {
		if st, err := os.Stat(name); err == nil && !st.ModTime().Before(since) {
			list = append(list, name)
		}
	}
	return list
}

// bootTime returns when the system was booted, the zero time if it cannot be read.
func bootTime(root host.Root) time.Time {
	stat, err := root.ReadFile("/proc/stat", 1<<20)
	if err != nil {
		return time.Time{}
	}
	_, rest, ok := bytes.Cut(stat, []byte("\nbtime "))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	seconds, err := strconv.ParseInt(string(line), 10, 64)
	if !ok || err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
