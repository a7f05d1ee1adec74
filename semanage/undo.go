package semanage

import (
	"errors"
	"fmt"
	"slices"
)

// A Placed is a [Difference] with the place that the record before has in its file,
// 0-based, so that the record can come back to it.
type Placed struct {
	Difference
	Index int // 0 where there is no record before
}

// A Committed is a transaction that happened.
type Committed struct {
	Number int // the commit number that it got
	// Changes are its differences, those that add a record first.
	Changes []Placed
}

// Last returns the last transaction that this package made in the store, by a
// process of any name. The error wraps ErrNoUndo if none is known. Where the
// store's commit number is another, somebody else has made a transaction since.
func (s *Store) Last() (Committed, error) {
	path := s.display(s.path(undoName))
	j, err := s.readJournal(undoName)
	switch {
	case isGone(err):
		return Committed{}, ErrNoUndo
	case errors.Is(err, ErrSyntax):
		return Committed{}, fmt.Errorf("%w: %w", ErrNoUndo, err)
	case err != nil:
		return Committed{}, storeError(err)
	}
	c := Committed{Number: j.New, Changes: make([]Placed, 0, len(j.Undo))}
	for _, e := range j.Undo {
		p, err := e.placed(path)
		if err != nil {
			return Committed{}, err
		}
		c.Changes = append(c.Changes, p)
	}
	return c, nil
}

// Placed returns [Tx.Differences] with their places, those that add a record
// first: what [Tx.Revert] of a later transaction takes.
func (tx *Tx) Placed() []Placed {
	var list []Placed
	// What was added goes first, so that the rest finds its place again.
	for _, added := range []bool{true, false} {
		for _, d := range tx.Differences() {
			if (d.Before == nil) == added {
				list = append(list, tx.placed(d))
			}
		}
	}
	return list
}

// Revert takes changes of records back, which are in the order of [Tx.Placed]. The
// error wraps ErrUndoStale if a record is not as the changes left it; the
// transaction is then half done: close it.
func (tx *Tx) Revert(list []Placed) error {
	if err := tx.ready(); err != nil {
		return err
	}
	// What was added is at the end, and taken away from there first.
	for _, c := range slices.Backward(list) {
		if c.Before == nil {
			if err := tx.revert(c); err != nil {
				return err
			}
		}
	}
	for _, c := range list {
		if c.Before != nil {
			if err := tx.revert(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// placed returns a difference with its place.
func (tx *Tx) placed(d Difference) Placed {
	p := Placed{Difference: d}
	if d.Before != nil {
		p.Index = slices.Index(tx.before[d.Kind], d.Before)
	}
	return p
}

// undoEntry is a difference as the journal has it.
func (tx *Tx) undoEntry(d Difference) undoEntry {
	p := tx.placed(d)
	e := undoEntry{Kind: d.Kind.String(), Index: p.Index}
	if d.Before != nil {
		e.Before = d.Before.String()
	}
	if d.After != nil {
		e.After = d.After.String()
	}
	return e
}

// placed reads an entry of the file at path.
func (e undoEntry) placed(path string) (Placed, error) {
	kind, ok := kindByName(e.Kind)
	if !ok {
		return Placed{}, fmt.Errorf("%w: %s: kind %q", ErrNoUndo, path, e.Kind)
	}
	before, err := undoRecord(kind, path, e.Before)
	if err != nil {
		return Placed{}, err
	}
	after, err := undoRecord(kind, path, e.After)
	if err == nil && before == nil && after == nil {
		err = fmt.Errorf("%w: %s: an entry without a record", ErrNoUndo, path)
	}
	return Placed{Difference{Kind: kind, Before: before, After: after}, e.Index}, err
}

func (tx *Tx) revert(c Placed) error {
	if c.Before == nil && c.After == nil || c.Kind < 0 || c.Kind >= kinds {
		return fmt.Errorf("%w: a change without a record", ErrNoUndo)
	}
	t := &tx.local[c.Kind]
	if c.After != nil {
		i := t.find(c.After.Key())
		if i < 0 || t.list[i] != c.After {
			return fmt.Errorf("%w: %s", ErrUndoStale, c.After.Key())
		}
		if c.Before == nil {
			t.remove(i)
			return nil
		}
	} else {
		if t.find(c.Before.Key()) >= 0 {
			return fmt.Errorf("%w: %s", ErrUndoStale, c.Before.Key())
		}
		t.touch()
		t.list = slices.Insert(t.list, max(0, min(c.Index, len(t.list))), c.Before)
	}
	tx.keep(c.Before)
	return nil
}

// undoRecord reads one line, nil for none.
func undoRecord(kind Kind, path, line string) (Record, error) {
	if line == "" {
		return nil, nil
	}
	list, err := ParseLocal(kind, path, []byte(line))
	if err == nil && len(list) != 1 {
		err = fmt.Errorf("%w: %q", ErrSyntax, line)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoUndo, err)
	}
	return list[0], nil
}

// kindByName returns the kind of a subcommand of semanage(8).
func kindByName(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.String() == name {
			return k, true
		}
	}
	return 0, false
}
