package semanage

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
)

// Undo changes the records of the transaction back to what they were before the
// store's last one: the next Commit takes that back. The error wraps ErrNoUndo
// if the last transaction is not known, which semanage's are not, and
// ErrUndoStale if semanage has made another since. A transaction that takes one
// back can itself be taken back.
func (tx *Tx) Undo() error {
	if err := tx.ready(); err != nil {
		return err
	}
	path := filepath.Join(tx.store.dir, undoName)
	j, err := readJournal(path)
	switch {
	case isGone(err):
		return ErrNoUndo
	case errors.Is(err, ErrSyntax):
		return fmt.Errorf("%w: %w", ErrNoUndo, err)
	case err != nil:
		return storeError(err)
	case j.New != tx.number:
		return fmt.Errorf("%w: the last known transaction is %d, the store is at %d", ErrUndoStale, j.New, tx.number)
	}
	// What was added is at the end, and taken away from there first.
	for _, e := range slices.Backward(j.Undo) {
		if e.Before == "" {
			if err := tx.undoOne(path, e); err != nil {
				return err
			}
		}
	}
	for _, e := range j.Undo {
		if e.Before != "" {
			if err := tx.undoOne(path, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// undoEntry is the inverse of a difference.
func (tx *Tx) undoEntry(d Difference) undoEntry {
	e := undoEntry{Kind: d.Kind.String()}
	if d.Before != nil {
		e.Before = d.Before.String()
		e.Index = slices.Index(tx.before[d.Kind], d.Before)
	}
	if d.After != nil {
		e.After = d.After.String()
	}
	return e
}

func (tx *Tx) undoOne(path string, e undoEntry) error {
	kind, ok := kindByName(e.Kind)
	if !ok {
		return fmt.Errorf("%w: %s: kind %q", ErrNoUndo, path, e.Kind)
	}
	before, err := undoRecord(kind, path, e.Before)
	if err != nil {
		return err
	}
	after, err := undoRecord(kind, path, e.After)
	if err != nil {
		return err
	}
	t := &tx.local[kind]
	if after != nil {
		i := t.find(after.Key())
		if i < 0 || t.list[i] != after {
			return fmt.Errorf("%w: %s", ErrUndoStale, after.Key())
		}
		if before == nil {
			t.remove(i)
			return nil
		}
	}
	if before == nil {
		return fmt.Errorf("%w: %s: an entry without a record", ErrNoUndo, path)
	}
	if after == nil {
		if t.find(before.Key()) >= 0 {
			return fmt.Errorf("%w: %s", ErrUndoStale, before.Key())
		}
		t.touch()
		t.list = slices.Insert(t.list, max(0, min(e.Index, len(t.list))), before)
	}
	tx.keep(before)
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
