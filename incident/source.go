package incident

import (
	"io"
	"time"

	"github.com/senet-selinux/senet/audit"
)

// A Source is a log to read.
type Source struct {
	// Name is for messages.
	Name   string
	Reader io.Reader
	// Files are the files that Reader reads, nil for other readers. They tell the progress.
	Files *audit.Files
	// Since is the time of the last boot; records before it are skipped.
	Since time.Time
	// Args are the arguments of senet why that name it again, nil if it can be read only once.
	Args []string
	// Typed says that the log was typed as arguments: a line that is not a denial is then a
	// mistake.
	Typed bool
	// Failed are the sources that were tried before this one.
	Failed []FailedSource

	stop func()
	cut  func() bool
	seen seen
}

// A FailedSource is a log that could not be read.
type FailedSource struct {
	Name string
	Err  error
}

// OpenFiles opens the logs of those names, compressed or not.
func OpenFiles(names ...string) (*Source, error) {
	files, err := audit.Open(names...)
	if err != nil {
		return nil, err
	}
	return &Source{Files: files, Reader: files}, nil
}

// Cut reports whether reading stopped before the end of the log, because the program that writes it
// took longer than [CommandTimeout].
func (s *Source) Cut() bool { return s.cut != nil && s.cut() }

// Close closes the source.
func (s *Source) Close() {
	if s.Files != nil {
		_ = s.Files.Close() // it was only read
	}
	if s.stop != nil {
		s.stop()
	}
}
