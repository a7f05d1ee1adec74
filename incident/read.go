package incident

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/senet-selinux/senet/audit"
)

// Log reads the source to its end, in the time zone of this machine. known reports whether the
// policy has the names of a denial: see [audit.FolderOptions]; it may be nil. If reading fails, Log
// returns the part before the error, and the error, which names the source.
func (s *Source) Log(known func(*audit.Signature) bool) (*Log, error) {
	log, err := ReadInto(&sniffer{r: s.Reader, seen: &s.seen},
		audit.Options{Location: time.Local, Now: time.Now(), Since: s.Since}, audit.FolderOptions{Known: known})
	switch {
	case err == nil:
		return log, nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("%w: the file is cut off", err)
	}
	if s.Files == nil { // else the error names the file
		err = fmt.Errorf("%s: %w", s.Name, err)
	}
	return log, err
}

// Progress returns how many bytes [Source.Log] has read, and of how many; total is 0 if that is not
// known. It may be called while Log runs.
func (s *Source) Progress() (read, total int64) {
	if s.Files != nil {
		return s.Files.Progress()
	}
	return s.seen.bytes.Load(), 0
}

// sniffed is how many bytes tell whether a log is text.
const sniffed = 64 << 10

// seen is what was read of a source.
type seen struct {
	bytes  atomic.Int64
	binary atomic.Bool // a NUL byte among the first bytes: it is no text
}

// A sniffer notes what it reads.
type sniffer struct {
	r    io.Reader
	seen *seen
}

func (r *sniffer) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	if before := r.seen.bytes.Add(int64(n)) - int64(n); before < sniffed && bytes.IndexByte(b[:n], 0) >= 0 {
		r.seen.binary.Store(true)
	}
	return n, err
}
