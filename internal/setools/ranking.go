package setools

import (
	"encoding/binary"
	"slices"
	"strings"
)

// A ranking orders the texts of ids.
type ranking[T ~uint32] struct {
	rank  []uint32 // by id; before sort, 1 for each id in ids
	ids   []T      // by rank
	names []string // by rank
}

func newRanking[T ~uint32](maxID int) ranking[T] { return ranking[T]{rank: make([]uint32, maxID+1)} }

// n returns the number of ranks.
func (r *ranking[T]) n() int { return len(r.names) }

// use collects an id.
func (r *ranking[T]) use(id T) {
	if r.rank[id] == 0 {
		r.rank[id] = 1
		r.ids = append(r.ids, id)
	}
}

// noSeparator stands for the end of the line.
const noSeparator = -1

// sort ranks the collected ids by their text, each followed by the separator. Equal texts get one rank, with the id
// of one of them. odd is true if a text holds the separator: then the order of ranks may differ from that of lines.
func (r *ranking[T]) sort(text func(T) string, separator int) (odd bool) {
	entries := r.entries(text, separator)
	for i := range entries {
		odd = odd || separator != noSeparator && strings.IndexByte(entries[i].text, byte(separator)) >= 0
	}
	slices.SortFunc(entries, func(a, b rankEntry[T]) int { return a.compare(&b, separator) })
	r.ids, r.names = r.ids[:0], make([]string, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		if n := len(r.names); n == 0 || r.names[n-1] != e.text {
			r.names, r.ids = append(r.names, e.text), append(r.ids, e.id)
		}
		r.rank[e.id] = uint32(len(r.names) - 1)
	}
	return odd
}

// sortDistinct is sort for distinct texts at the end of the line: every id gets its own rank.
func (r *ranking[T]) sortDistinct(text func(T) string) {
	entries := r.entries(text, noSeparator)
	slices.SortFunc(entries, func(a, b rankEntry[T]) int {
		if c := strings.Compare(a.text, b.text); c != 0 {
			return c
		}
		return int(int64(a.id) - int64(b.id))
	})
	r.names = make([]string, len(entries))
	for i, e := range entries {
		r.names[i], r.ids[i], r.rank[e.id] = e.text, e.id, uint32(i)
	}
}

// hasPrefixes reports whether a text is the beginning of another one.
func (r *ranking[T]) hasPrefixes() bool {
	for i := 1; i < len(r.names); i++ {
		if strings.HasPrefix(r.names[i], r.names[i-1]) {
			return true
		}
	}
	return false
}

// A rankEntry is a text that has no rank yet. The first bytes as a number settle most comparisons.
type rankEntry[T ~uint32] struct {
	head uint64
	text string
	id   T
}

func (r *ranking[T]) entries(text func(T) string, separator int) []rankEntry[T] {
	entries := make([]rankEntry[T], len(r.ids))
	for i, id := range r.ids {
		s := text(id)
		var head [8]byte
		if n := copy(head[:], s); n < len(head) && separator != noSeparator {
			head[n] = byte(separator)
		}
		entries[i] = rankEntry[T]{binary.BigEndian.Uint64(head[:]), s, id}
	}
	return entries
}

func (a *rankEntry[T]) compare(b *rankEntry[T], separator int) int {
	if a.head != b.head {
		if a.head < b.head {
			return -1
		}
		return 1
	}
	n := min(len(a.text), len(b.text))
	if c := strings.Compare(a.text[:n], b.text[:n]); c != 0 || len(a.text) == len(b.text) {
		return c
	}
	if len(a.text) > n {
		return -separatorBefore(separator, a.text[n])
	}
	return separatorBefore(separator, b.text[n])
}

// separatorBefore compares a text that ends here, and so continues with the separator, with a text that continues
// with next.
func separatorBefore(separator int, next byte) int {
	if separator <= int(next) {
		return -1
	}
	return 1
}
