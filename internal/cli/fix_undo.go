package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// runUndo takes back what the last fix did.
func (f *fixFlags) runUndo(streams ioStreams) error {
	s, err := openFixStore(f.write, true, streams.stderr)
	if err != nil {
		return err
	}
	if err := s.writable(); err != nil {
		return err
	}
	release, err := s.lock()
	if err != nil {
		return err
	}
	defer release()
	half, err := s.tidy(streams.stderr)
	if err != nil {
		return err
	}
	j := half
	if half == nil {
		if j, err = readFixJournal(s.Dir(), fixUndoName); err != nil {
			return err
		}
		if j == nil {
			return &problem{exitNo, errors.New("nothing to undo"), words.Format("senet fix changed nothing in store %s, or it was taken back", s.Name())}
		}
		if s.identity.Commit != j.After {
			return &problem{exitNo, fmt.Errorf("the store has changed since senet fix %s: transaction %d, not %d", j.Question, s.identity.Commit, j.After),
				words.Format("to take it back by hand:%s", s.byHand(j))}
		}
	}
	a := &fixAnswer{store: s}
	p := policy.New(s.db)
	if a.can, err = f.askCanOf(p, s.kern(), j.Question.args()); err != nil {
		return fmt.Errorf("the question of the fix: %w", err)
	}
	a.can.machine.enforce()
	a.can.repeat = a.can.repeat.With((&storeFlags{store: f.write.store}).repeat())
	if a.can.answer, err = network.Ask(a.can.d, a.can.question()); err != nil {
		return err
	}
	if j.Steps.Module != nil {
		if _, err := semodulePath(); err != nil {
			return unreadable(fmt.Errorf("module %s has to be removed, and %w", j.Steps.Module.Name, err), "")
		}
	}
	if f.write.dryRun {
		if err := f.output.emit(streams.stdout, func() any { return a.undoJSON(j) }, func(w io.Writer) error { return a.writeUndoPlan(w, j, half != nil) }); err != nil {
			return err
		}
		return errPending
	}
	if !f.write.yes && isTerminal(streams.stdin) && isTerminal(streams.stderr) {
		if err := a.writeUndoPlan(streams.stderr, j, half != nil); err != nil {
			return err
		}
		if yes, err := f.write.confirm(streams, "Take it back?"); err != nil || !yes {
			return declined(err, streams)
		}
	}
	done, err := f.takeBack(a, j, half != nil, streams.stderr)
	if err != nil {
		return err
	}
	return f.report(a, done, streams)
}

// takeBack undoes the records of a fix, then its module; of a fix that is half
// done there is the module alone.
func (f *fixFlags) takeBack(a *fixAnswer, j *fixJournal, half bool, stderr io.Writer) (*applied, error) {
	s := a.store
	dir := s.Dir()
	back := *j
	back.Undoing = true
	if err := back.write(dir, fixJournalName); err != nil {
		return nil, err
	}
	records := len(j.Steps.Records) > 0 && !half
	if records {
		if err := s.undoRecords(j.After); err != nil {
			return nil, errors.Join(err, removeFixFile(dir, fixJournalName))
		}
	}
	if m := j.Steps.Module; m != nil {
		if err := s.remove(m.Name, stderr); err != nil {
			if !records {
				return nil, err // and the journal says it
			}
			// An undo can be undone; the fix is as it was, two transactions later.
			if redo := s.undoRecords(j.After + 1); redo != nil {
				return nil, errors.Join(err, redo)
			}
			again := *j
			again.After += 2
			return nil, errors.Join(err, again.write(dir, fixUndoName), removeFixFile(dir, fixJournalName))
		}
	}
	if err := errors.Join(removeFixFile(dir, fixUndoName), removeFixFile(dir, fixJournalName)); err != nil {
		return nil, err
	}
	before := s.db
	if err := s.read(); err != nil {
		return nil, err
	}
	done := &applied{done: &back, undone: true}
	p := policy.New(s.db)
	var err error
	if done.effects, err = a.compare(policy.New(before), p, &j.Steps); err != nil {
		return nil, err
	}
	return done, f.askAgain(a, done, p)
}

// undoRecords takes back the last transaction of records, which must be of that
// number.
func (s *fixStore) undoRecords(number int) error {
	tx, err := s.Begin()
	if err != nil {
		return storeProblem(err)
	}
	defer tx.Close()
	if now, err := s.CommitNumber(); err != nil || now != number {
		return storeMoved(number, now, err)
	}
	if err := tx.Undo(); err != nil {
		return storeProblem(err)
	}
	_, err = tx.Commit()
	return storeProblem(err)
}
