package cli

import (
	"io"

	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// tidy looks for the journal of a killed senet fix. What it had done, or had not
// begun, it notes as such; a fix that is half done it returns.
func (s *fixStore) tidy(stderr io.Writer) (*fixJournal, error) {
	j, err := readFixJournal(s.Dir(), fixJournalName)
	if j == nil || err != nil {
		return nil, err
	}
	tx, err := s.Begin()
	if err != nil {
		return nil, storeProblem(err)
	}
	defer tx.Close()
	module, records := s.traces(j, tx)
	said := func(when string) {
		words.Fprintf(stderr, "senet: an earlier senet fix %s was killed %s\n", j.Question, when)
	}
	switch {
	case !j.Undoing && module && records:
		said("when all was done; --undo takes it back")
		j.After = j.Before + j.Steps.transactions()
		if err := j.write(s.Dir(), fixUndoName); err != nil {
			return nil, err
		}
	case module && records:
		said("before it took anything back")
	case !module && !records && j.Undoing:
		said("when all was taken back")
		if err := removeFixFile(s.Dir(), fixUndoName); err != nil {
			return nil, err
		}
	case !module && !records:
		said("before it changed anything")
	default:
		return j, nil
	}
	return nil, removeFixFile(s.Dir(), fixJournalName)
}

// traces reports whether the module and the records of a fix are in the store.
// What the fix does not have counts as the other does.
func (s *fixStore) traces(j *fixJournal, tx *semanage.Tx) (module, records bool) {
	module, records = j.Steps.inPlace(tx, s.Store)
	switch {
	case j.Steps.Module == nil:
		module = records
	case len(j.Steps.Records) == 0:
		records = module
	}
	return module, records
}

// half says what a killed senet fix left, and the ways out.
func (s *fixStore) half(j *fixJournal, repeat shell.Command) error {
	again := words.Format("%s takes it out", shell.New("senet", "fix", "--undo").With(repeat))
	if !j.Undoing {
		again += words.Format("\n%s completes it", j.Question.command(repeat).Flag("--apply", "1"))
	}
	return unreadable(words.Errorf("an earlier senet fix %s was killed half-way:\nmodule %s is installed, its record of the port is not there", j.Question, j.Steps.Module.Name), again)
}
