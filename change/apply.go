package change

import (
	"context"
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/semanage"
)

// Apply makes a change in a store whose last transaction has the given number; negative for any.
// The error wraps [ErrMoved] if it has another number. A module and the records that need it are
// one transaction, unless semodule(8) builds modules: then they are two, and if the second fails,
// the first is undone.
func (s *Store) Apply(ctx context.Context, number int, change Change, about About) (*Done, error) {
	if err := change.Check(); err != nil {
		return nil, withState(err, Unchanged)
	}
	c, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.unfinished(); err != nil {
		return nil, err
	}
	if number >= 0 && c.number != number {
		return nil, withState(&MovedError{Want: number, Now: c.number}, Unchanged)
	}
	if change.Module == nil {
		tx, err := c.at(c.number)
		if err == nil {
			defer tx.Close()
			err = stage(tx, change.Records)
		}
		if err != nil {
			return nil, withState(err, Unchanged)
		}
		return c.commit(tx, Entry{From: c.number, About: about})
	}
	records, err := s.placed(change.Records)
	if err != nil {
		return nil, withState(err, Unchanged)
	}
	return c.perform(ctx, Entry{From: c.number, About: about, Module: change.Module, Records: records})
}

// Resume completes the change that was killed before it was complete. The error wraps ErrNothing if
// there is none.
func (s *Store) Resume(ctx context.Context) (*Done, error) {
	c, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	e := c.history.begun()
	if e == nil {
		return nil, withState(ErrNothing, Unchanged)
	}
	// The incomplete part is a module without its records, whether it is being installed or
	// removed.
	if e.Module.After == "" {
		err = c.remove(ctx, e)
	} else {
		err = c.changeRecords(e, c.number)
	}
	if err != nil {
		return nil, withState(err, c.state(c.number, err))
	}
	return c.complete(e)
}

// perform makes a change of a module and of its records: a module is installed before its records,
// and removed after them. The history has its entry before any of it.
func (c *session) perform(ctx context.Context, e Entry) (*Done, error) {
	if b, ok := c.s.modules.(*Builder); ok {
		return c.together(ctx, b, e)
	}
	if !e.Module.plain() || len(e.More) > 0 {
		return nil, withState(fmt.Errorf("semodule is not asked for such a change of module %s", e.Module.Name),
			Unchanged)
	}
	c.closeTx()
	begun, err := c.note(e, e.transactions())
	if err != nil {
		return nil, err
	}
	if e.Module.After != "" {
		err = c.install(ctx, begun)
	} else {
		err = c.uninstall(ctx, begun)
	}
	if err != nil {
		return nil, err
	}
	return c.complete(begun)
}

// note writes the entry of a change before it is made, which takes a number of transactions.
func (c *session) note(e Entry, transactions int) (*Entry, error) {
	e.Status, e.Time, e.ID = Begun, now(), e.From+transactions
	c.history.entries = append(c.history.entries, e)
	if err := c.s.writeHistory(c.history); err != nil {
		return nil, withState(fileError(err), Unchanged)
	}
	return c.history.begun(), nil
}

// together makes a change of a module and of records in one transaction.
func (c *session) together(ctx context.Context, b *Builder, e Entry) (*Done, error) {
	tx, err := c.at(e.From)
	if err != nil {
		return nil, withState(err, Unchanged)
	}
	defer tx.Close()
	if err = b.stage(ctx, tx, e.Modules()); err == nil {
		err = c.stage(tx, &e)
	}
	if err != nil {
		return nil, withState(err, Unchanged)
	}
	return c.commitNoted(tx, e)
}

// stage stages an entry's changes of records in a transaction.
func (c *session) stage(tx *semanage.Tx, e *Entry) error {
	switch {
	case len(e.Records) == 0:
		return nil
	case e.Undoes != 0:
		return tx.Revert(inverse(e.Records))
	}
	return stage(tx, differences(e.Records))
}

// commitNoted commits a transaction with a module. It writes the entry to the history first, since
// the store does not have the module's former text.
func (c *session) commitNoted(tx *semanage.Tx, e Entry) (*Done, error) {
	e.Records = tx.Placed()
	if _, err := tx.Plan(); err != nil { // do not write an entry for a change that would be refused
		return nil, withState(err, Unchanged)
	}
	begun, err := c.note(e, 1)
	if err != nil {
		return nil, err
	}
	result, err := tx.Commit()
	switch {
	case errors.Is(err, semanage.ErrUnfinished):
		return nil, withState(err, Changed)
	case err != nil:
		return nil, c.nothing(begun, err)
	}
	done, err := c.complete(begun)
	if done != nil {
		done.Result, done.Loaded = *result, result.Loaded
	}
	return done, err
}

// install installs the module and changes the records.
func (c *session) install(ctx context.Context, e *Entry) error {
	// Another program may make a transaction between two of ours.
	if now, err := c.s.records.CommitNumber(); err != nil || now != e.From {
		return c.nothing(e, errors.Join(err, &MovedError{Want: e.From, Now: now}))
	}
	m := e.Module
	err := c.s.modules.Install(ctx, c.lock, m.Name, m.After)
	has, errHas := c.s.modules.Has(ctx, m.Name)
	switch {
	case errHas != nil:
		return withState(errors.Join(err, errHas), Unknown)
	case err == nil && !has:
		return c.nothing(e, &ModuleError{Op: "install", Name: m.Name,
			Err: errors.New("it reported success, but the module is not installed")})
	case err != nil && !has:
		return c.nothing(e, err)
	case err != nil: // the entry tells how far it got
		return withState(err, Changed)
	case len(e.Records) == 0:
		return nil
	}
	if err = c.changeRecords(e, e.From+1); err == nil {
		return nil
	}
	if errors.Is(err, semanage.ErrUnfinished) {
		return withState(err, Changed)
	}
	if undo := c.remove(ctx, e); undo != nil {
		return withState(errors.Join(err, fmt.Errorf("module %s is still installed: %w", m.Name, undo)), Changed)
	}
	return c.void(e, err)
}

// uninstall changes the records and removes the module.
func (c *session) uninstall(ctx context.Context, e *Entry) error {
	if len(e.Records) > 0 {
		if err := c.changeRecords(e, e.From); err != nil {
			if errors.Is(err, semanage.ErrUnfinished) {
				return withState(err, Changed)
			}
			return c.nothing(e, err)
		}
	}
	err := c.remove(ctx, e)
	if err == nil {
		return nil
	}
	if len(e.Records) == 0 {
		return c.nothing(e, err)
	}
	tx, errBack := c.at(e.From + 1)
	if errBack == nil {
		defer tx.Close()
		if errBack = tx.Revert(e.Records); errBack == nil {
			_, errBack = tx.Commit()
		}
	}
	if errBack != nil {
		return withState(errors.Join(err, errBack), Changed)
	}
	return c.void(e, err)
}

// remove removes the module of an entry.
func (c *session) remove(ctx context.Context, e *Entry) error {
	c.closeTx()
	m := e.Module
	err := c.s.modules.Remove(ctx, c.lock, m.Name)
	has, errHas := c.s.modules.Has(ctx, m.Name)
	switch {
	case errHas != nil:
		return errors.Join(err, errHas)
	case has && err == nil:
		return &ModuleError{Op: "remove", Name: m.Name,
			Err: errors.New("it reported success, but the module is still installed")}
	case has:
		return err
	}
	return nil
}

// changeRecords makes the entry's changes of records in one transaction.
func (c *session) changeRecords(e *Entry, number int) error {
	tx, err := c.at(number)
	if err != nil {
		return err
	}
	defer tx.Close()
	if err := c.stage(tx, e); err != nil {
		return err
	}
	e.Records = tx.Placed()
	_, err = tx.Commit()
	return err
}

// inverse returns the inverse of changes.
func inverse(list []semanage.Placed) []semanage.Placed {
	out := make([]semanage.Placed, len(list))
	for i, p := range list {
		out[i] = semanage.Placed{Difference: p.Inverse(), Index: p.Index}
	}
	return out
}

// nothing removes the entry of a change that left no trace in the store.
func (c *session) nothing(e *Entry, err error) error {
	from := e.From
	c.history.drop(e)
	errNote := fileError(c.s.writeHistory(c.history))
	return withState(errors.Join(err, errNote), c.state(from, err))
}

// void notes that a change was made in part and then undone.
func (c *session) void(e *Entry, err error) error {
	if now, errNumber := c.s.records.CommitNumber(); errNumber == nil {
		e.Status, e.ID, e.Undoes = Void, max(now, e.From+1), 0
		c.history.at = e.ID
	}
	return withState(errors.Join(err, fileError(c.s.writeHistory(c.history))), Unchanged)
}

// state returns the state of the store after an error, given its transaction number before.
func (c *session) state(before int, err error) State {
	if errors.Is(err, semanage.ErrUnfinished) {
		return Changed
	}
	now, errNumber := c.s.records.CommitNumber()
	switch {
	case errNumber != nil:
		return Unknown
	case now == before, errors.Is(err, ErrMoved):
		return Unchanged
	}
	return Changed
}

// complete notes that a change is complete, and checks the new policy.
func (c *session) complete(e *Entry) (*Done, error) {
	number, err := c.s.records.CommitNumber()
	if err != nil {
		return nil, withState(err, Changed)
	}
	e.Status, e.ID = Made, max(number, e.From+1)
	c.history.at = e.ID
	c.history.settleUndo(e)
	done := &Done{Entry: *e, Changed: true, Loaded: c.s.loads()}
	if err := c.s.writeHistory(c.history); err != nil {
		return done, withState(fmt.Errorf("the change is made, but the history does not have it: %w", fileError(err)),
			Changed)
	}
	return done, withState(c.s.verify(done), Changed)
}
