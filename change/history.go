package change

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/semanage"
)

const (
	historyName = "senet.history"
	// maxEntries and maxHistory bound the history: the oldest entries go first.
	maxEntries = 1000
	maxHistory = 16 << 20
)

// A history is the changes that were made in a store, by ascending ID.
type history struct {
	at      int // the store's number after the last thing that was done
	entries []Entry
}

// readHistory reads the history of a store, or what older versions of senet left in
// its place; an empty one where there is none.
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

// writeHistory brings the history to the disk.
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

// begun returns the entry that was begun and not completed, nil for none.
func (h *history) begun() *Entry {
	if n := len(h.entries); n > 0 && h.entries[n-1].Status == Begun {
		return &h.entries[n-1]
	}
	return nil
}

// last returns the newest change that stands and is not itself a taking back; nil
// for none.
func (h *history) last() *Entry {
	for i := len(h.entries) - 1; i >= 0; i-- {
		if e := &h.entries[i]; e.Stands() && e.Undoes == 0 {
			return e
		}
	}
	return nil
}

// foreign reports whether there is a transaction after an entry, up to the store's
// number, that the history does not know.
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

// add appends an entry that was made, and notes the entries that it took back.
func (h *history) add(e Entry) {
	h.entries = append(h.entries, e)
	h.at = max(h.at, e.ID)
	h.settleUndo(&h.entries[len(h.entries)-1])
}

// settleUndo notes at the entry that e took back that it did; if that one took
// something back itself, then that stands again.
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

// drop removes an entry that did not happen.
func (h *history) drop(e *Entry) {
	h.entries = slices.DeleteFunc(h.entries, func(other Entry) bool { return other.ID == e.ID })
}

// meet compares the history with the store's number and its last transaction. What
// is newer than the store did not happen there: the transaction was rolled back, or
// the store is another. A transaction of package semanage that the history does not
// have is adopted.
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
