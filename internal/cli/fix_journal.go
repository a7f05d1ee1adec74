package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/senet-selinux/senet/internal/shell"
)

// The files in the store's directory that say what senet fix did there.
// libsemanage ignores them. The journal exists while a fix is applied or taken
// back, and becomes the undo file.
const (
	fixJournalName = "senet.fix.journal"
	fixUndoName    = "senet.fix.undo"
)

// errFixLocked: another senet fix changes the store.
var errFixLocked = errors.New("another senet fix is at work in this store")

// lock keeps other runs of senet fix away until it is released.
func (s *fixStore) lock() (release func(), err error) {
	f, err := os.OpenFile(filepath.Join(s.Dir(), "senet.fix.LOCK"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unreadable(err, "")
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, unreadable(err, "try again when it is done")
	}
	return func() { f.Close() }, nil
}

const fixJournalSchema = "senet.fix.undo/1"

// maxFixFile bounds the files of senet fix that are read: journals and plans.
const maxFixFile = 16 << 20

// A fixQuestion is the arguments of senet fix.
type fixQuestion struct {
	Subject string `json:"subject"`
	Action  string `json:"action"`
	Target  string `json:"target"`
}

func (q fixQuestion) args() []string { return []string{q.Subject, q.Action, q.Target} }

// command asks the question again, with flags.
func (q fixQuestion) command(flags shell.Command) shell.Command {
	return shell.New("senet", "fix").Arg(q.args()...).With(flags)
}

func (q fixQuestion) String() string { return q.Subject + " " + q.Action + " " + q.Target }

// A fixJournal is a fix that was applied, or is being applied or taken back.
type fixJournal struct {
	Schema   string      `json:"schema"`
	Undoing  bool        `json:"undoing,omitempty"`
	Question fixQuestion `json:"question"`
	Change   string      `json:"change"` // in a few words
	Steps    fixSteps    `json:"steps"`
	// Before and After are the store's commit numbers. Every step is a transaction.
	Before  int      `json:"before"`
	After   int      `json:"after"`
	Effects []effect `json:"effects"`
}

// transactions counts the steps.
func (steps *fixSteps) transactions() int {
	n := 0
	if steps.Module != nil {
		n++
	}
	if len(steps.Records) > 0 {
		n++
	}
	return n
}

// readFixJournal reads one of the two files; nil where there is none.
func readFixJournal(dir, name string) (*fixJournal, error) {
	path := filepath.Join(dir, name)
	text, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(err, "")
	}
	j, err := parseFixJournal(text)
	if err != nil {
		return nil, unreadable(fmt.Errorf("%s: %w", path, err), "")
	}
	return j, nil
}

func parseFixJournal(text []byte) (*fixJournal, error) {
	var j fixJournal
	if err := json.Unmarshal(text, &j); err != nil {
		return nil, err
	}
	if j.Schema != fixJournalSchema {
		return nil, fmt.Errorf("the schema is %.40q, not %s", j.Schema, fixJournalSchema)
	}
	if err := j.Question.check(); err != nil {
		return nil, err
	}
	return &j, j.Steps.check()
}

// write makes the file atomically and durably.
func (j *fixJournal) write(dir, name string) error {
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return writeAtomically(filepath.Join(dir, name), append(text, '\n'), 0o600, nil)
}

// syncDir brings names to the disk, where the file system can.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}

// removeFixFile removes one of the files.
func removeFixFile(dir, name string) error {
	err := os.Remove(filepath.Join(dir, name))
	if err == nil {
		syncDir(dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unreadable(err, "")
	}
	return nil
}

// readBounded reads a regular file of at most maxFixFile bytes.
func readBounded(path string) ([]byte, error) {
	// A pipe without a writer would block.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case !st.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", path)
	case st.Size() > maxFixFile:
		return nil, fmt.Errorf("%s: larger than %d bytes", path, maxFixFile)
	}
	text := make([]byte, st.Size())
	n, err := f.ReadAt(text, 0)
	if n == len(text) {
		err = nil
	}
	return text[:n], err
}
