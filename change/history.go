package change

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/semanage"
)

const (
	historyName = "senet.history"
	// maxEntries and maxHistory bound the history: the oldest entries are dropped first.
	maxEntries = 1000
	maxHistory = 16 << 20
)

// A history holds the changes of a store, by ascending ID.
type history struct {
	at      int // the store's number after the last change
	entries []Entry
}

// readHistory reads the history of a store, or the files of older senet versions; it is
// empty if there is none.
func (s *Store) readHistory() (*history, error) {
	text, err := s.files.read(historyName, maxHistory)
	if isGone(err) {
		return s.readLegacy()
	}
	if err != nil {
		return nil, err
	}
	h, err := decodeHistory(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.files.root.Path(s.files.path(historyName)), err)
	}
	return h, nil
}

// writeHistory writes the history to the disk.
func (s *Store) writeHistory(h *history) error {
	for {
		h.entries = slices.Delete(h.entries, 0, max(0, len(h.entries)-maxEntries))
		text, err := h.encode()
		if err != nil {
			return err
		}
		if len(text) <= maxHistory || len(h.entries) <= 1 {
			if err := s.files.write(historyName, text); err != nil {
				return err
			}
			return s.removeLegacy()
		}
		h.entries = slices.Delete(h.entries, 0, (len(h.entries)+1)/2)
	}
}

// find returns the entry of that ID, nil for none.
func (h *history) find(id int) *Entry {
	for i := range h.entries {
		if h.entries[i].ID == id {
			return &h.entries[i]
		}
	}
	return nil
}

// begun returns the entry that was begun but not completed, nil for none.
func (h *history) begun() *Entry {
	if n := len(h.entries); n > 0 && h.entries[n-1].Status == Begun {
		return &h.entries[n-1]
	}
	return nil
}

// last returns the newest change that is in effect and is not an undo; nil for none.
func (h *history) last() *Entry {
	for i := len(h.entries) - 1; i >= 0; i-- {
		if e := &h.entries[i]; e.Stands() && e.Undoes == 0 {
			return e
		}
	}
	return nil
}

// foreign reports whether there is a transaction between an entry and the store's number
// that the history does not have.
func (h *history) foreign(e *Entry, number int) bool {
	for i := len(h.entries) - 1; i >= 0; i-- {
		other := &h.entries[i]
		if other.ID != number {
			return true
		}
		if other == e || other.ID == e.ID {
			return false
		}
		number = other.From
	}
	return true
}

// add appends the entry of a change, and marks the entry that it undid.
func (h *history) add(e Entry) {
	h.entries = append(h.entries, e)
	h.at = max(h.at, e.ID)
	h.settleUndo(&h.entries[len(h.entries)-1])
}

// settleUndo marks the entry that e undid as undone; if that entry was itself an undo,
// the change that it undid is in effect again.
func (h *history) settleUndo(e *Entry) {
	if e.Undoes == 0 || e.Status != Made {
		return
	}
	undone := h.find(e.Undoes)
	if undone == nil {
		return
	}
	undone.UndoneBy = e.ID
	if first := h.find(undone.Undoes); first != nil {
		first.UndoneBy = 0
	}
}

// drop removes the entry of a change that was not made.
func (h *history) drop(e *Entry) {
	h.entries = slices.DeleteFunc(h.entries, func(other Entry) bool { return other.ID == e.ID })
}

// meet compares the history with the store's number and its last transaction. It drops
// entries with higher numbers: the transaction was rolled back, or this is another store.
// It adopts a transaction of package semanage that the history does not have.
func (h *history) meet(number int, last *semanage.Committed) {
	if b := h.begun(); b == nil || number < b.From {
		h.entries = slices.DeleteFunc(h.entries, func(e Entry) bool { return e.ID > number })
	}
	h.at = min(h.at, number)
	for i := range h.entries {
		if e := &h.entries[i]; e.UndoneBy > number && h.find(e.UndoneBy) == nil {
			e.UndoneBy = 0
		}
	}
	if last == nil || last.Number != number || number == 0 || h.find(number) != nil || h.begun() != nil ||
		len(last.Changes) == 0 {
		return
	}
	h.add(Entry{ID: number, From: number - 1, Status: Made, Records: last.Changes, Adopted: true})
}
