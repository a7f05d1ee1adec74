package change

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/semanage"
)

// History returns the changes in the store's history, by ascending ID, with the store's last
// transaction if package semanage made it for another program. It changes nothing, and does not
// wait for a change in progress, whose entry is Begun.
func (s *Store) History() ([]Entry, error) {
	h, _, err := s.look()
	if err != nil {
		return nil, err
	}
	return slices.Clone(h.entries), nil
}

// look reads the history without changing anything.
func (s *Store) look() (*history, int, error) {
	h, err := s.readHistory()
	if err != nil {
		return nil, 0, fileError(err)
	}
	number, err := s.records.CommitNumber()
	if err != nil {
		return nil, 0, err
	}
	last, err := s.records.Last()
	switch {
	case err == nil:
		h.meet(number, &last)
	case errors.Is(err, semanage.ErrNoUndo):
		h.meet(number, nil)
	default:
		return nil, 0, err
	}
	return h, number, nil
}

// Last returns the change that an undo without a number undoes: the newest one that is in effect
// and is not an undo, or one that was killed before it was complete. The error wraps [ErrNothing]
// if there is none, is a [ForeignError] if another program has changed the store since, so that the
// caller must name the entry to undo it, and wraps [ErrBusy] if a change is in progress.
func (s *Store) Last() (Entry, error) {
	h, number, err := s.look()
	if err != nil {
		return Entry{}, err
	}
	if e := h.begun(); e != nil {
		l, err := s.files.tryLock()
		if err != nil {
			return Entry{}, withState(fileError(err), Unchanged)
		}
		l.release()
		return *e, nil
	}
	e := h.last()
	switch {
	case e == nil:
		return Entry{}, withState(ErrNothing, Unchanged)
	case h.foreign(e, number):
		return *e, withState(&ForeignError{Entry: *e, Now: number}, Unchanged)
	}
	return *e, nil
}

// Entry returns the change with an ID. The error wraps ErrUnknown.
func (s *Store) Entry(id int) (Entry, error) {
	h, _, err := s.look()
	if err != nil {
		return Entry{}, err
	}
	if e := h.find(id); e != nil {
		return *e, nil
	}
	return Entry{}, withState(fmt.Errorf("%w: %d", ErrUnknown, id), Unchanged)
}

// Undo stages the undo of a change of records in a draft. The commit of the draft makes a new
// change, which undoes the old one. The error wraps [ErrUnknown], [ErrUndone], or [ErrStale] if a
// record no longer has the value that the change gave it.
func (d *Draft) Undo(id int) error {
	var e *Entry
	if d.session != nil {
		e = d.session.history.find(id)
	}
	if err := undoable(e, id); err != nil {
		return withState(err, Unchanged)
	}
	if e.Module != nil {
		return withState(fmt.Errorf("change %d has a module, not only records", id), Unchanged)
	}
	if err := revert(d.Tx, e); err != nil {
		return withState(err, Unchanged)
	}
	d.undoes, d.about = id, e.About
	return nil
}

// lookUndo stages the undo of an entry's records in a draft that cannot be committed.
func (d *Draft) lookUndo(e Entry) error { return revert(d.Tx, &e) }

func undoable(e *Entry, id int) error {
	switch {
	case e == nil || e.Status == Void:
		return fmt.Errorf("%w: %d", ErrUnknown, id)
	case e.UndoneBy != 0:
		return fmt.Errorf("transaction %d: %w, by transaction %d", id, ErrUndone, e.UndoneBy)
	}
	return nil
}

func revert(tx *semanage.Tx, e *Entry) error {
	err := tx.Revert(e.Records)
	if errors.Is(err, semanage.ErrUndoStale) {
		return fmt.Errorf("%w: %w", ErrStale, err)
	}
	return err
}

// Undo undoes a change, with its module, or a part of one that was killed. Errors are those of
// [Draft.Undo] and [Store.Apply].
func (s *Store) Undo(ctx context.Context, id int) (*Done, error) {
	c, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if e := c.history.begun(); e != nil {
		if e.ID != id {
			return nil, c.unfinished()
		}
		return c.undoHalf(ctx, e)
	}
	if id, err = c.meant(id); err != nil {
		return nil, withState(err, Unchanged)
	}
	e := c.history.find(id)
	if err := undoable(e, id); err != nil {
		return nil, withState(err, Unchanged)
	}
	back := Entry{From: c.number, About: e.About, Undoes: id}
	back.setModules(inverseModules(e.Modules()))
	if e.Module == nil {
		tx, err := c.at(c.number)
		if err == nil {
			defer tx.Close()
			err = revert(tx, e)
		}
		if err != nil {
			return nil, withState(err, Unchanged)
		}
		return c.commit(tx, back)
	}
	module, _, err := c.traces(ctx, nil, &Entry{Module: e.Module, More: e.More})
	if err == nil && !module {
		err = fmt.Errorf("%w: module %s", ErrStale, e.Module.Name)
	}
	if err != nil {
		return nil, withState(err, Unchanged)
	}
	back.Records = inverse(e.Records)
	return c.perform(ctx, back)
}

// meant returns the ID to undo for a caller that named a begun change: only now is it known whether
// the change was made.
func (c *session) meant(id int) (int, error) {
	st := c.settled
	switch {
	case st == nil || st.begun != id:
		return id, nil
	case st.Made && st.Entry.Undoes != 0:
		return 0, fmt.Errorf("transaction %d: %w, by transaction %d", st.Entry.Undoes, ErrUndone, st.Entry.ID)
	case st.Made:
		return st.Entry.ID, nil
	case st.Entry.Undoes != 0:
		return st.Entry.Undoes, nil
	}
	return 0, fmt.Errorf("%w: the change was killed before it changed anything", ErrNothing)
}

// undoHalf undoes a change that was killed before it was complete: only its module exists.
func (c *session) undoHalf(ctx context.Context, e *Entry) (*Done, error) {
	number := c.number
	if err := c.remove(ctx, e); err != nil {
		return nil, withState(err, c.state(number, err))
	}
	if e.Module.After == "" { // it was an undo, which is now complete
		return c.complete(e)
	}
	done := &Done{Entry: *e, Changed: true, Loaded: c.s.loads()}
	done.Entry.Module, done.Entry.Undoes, done.Entry.Records = e.Module.Inverse(), e.ID, nil
	if err := c.void(e, nil); err != nil {
		return done, withState(err, Changed)
	}
	return done, withState(c.s.verify(done), Changed)
}

// loads reports whether semodule loads the policy that it builds.
func (s *Store) loads() bool {
	return s.options.Root == "" && !s.options.NoReload && s.records.Configured() &&
		semanage.SELinuxFS("/sys/fs/selinux").Enabled()
}
