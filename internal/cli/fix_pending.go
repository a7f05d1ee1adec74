package cli

import (
	"fmt"
	"io"

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
	said := "senet: an earlier senet fix " + j.Question.String() + " was killed "
	switch {
	case !j.Undoing && module && records:
		fmt.Fprintln(stderr, said+"when all was done; --undo takes it back")
		j.After = j.Before + j.Steps.transactions()
		if err := j.write(s.Dir(), fixUndoName); err != nil {
			return nil, err
		}
	case module && records:
		fmt.Fprintln(stderr, said+"before it took anything back")
	case !module && !records && j.Undoing:
		fmt.Fprintln(stderr, said+"when all was taken back")
		if err := removeFixFile(s.Dir(), fixUndoName); err != nil {
			return nil, err
		}
	case !module && !records:
		fmt.Fprintln(stderr, said+"before it changed anything")
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
func (s *fixStore) half(j *fixJournal, repeat string) error {
	again := "senet fix --undo" + repeat + " takes it out"
	if !j.Undoing {
		again += "\n       senet fix " + j.Question.String() + repeat + " --apply 1 completes it"
	}
	return unreadable(fmt.Errorf("an earlier senet fix %s was killed half-way:\n       module %s is installed, its record of the port is not there", j.Question, j.Steps.Module.Name), again)
}
