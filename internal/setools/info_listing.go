package setools

import (
	"bytes"
	"slices"
)

// listing collects the items of one component as text in one buffer.
type listing struct {
	buf   []byte
	items []textSpan
}

type textSpan struct{ start, end int }

// end makes an item of what was appended to buf since the last one.
func (l *listing) end() {
	start := 0
	if n := len(l.items); n > 0 {
		start = l.items[n-1].end
	}
	l.items = append(l.items, textSpan{start, len(l.buf)})
}

// line appends an item made of the given pieces.
func (l *listing) line(pieces ...string) {
	for _, s := range pieces {
		l.buf = append(l.buf, s...)
	}
	l.end()
}

// sort orders the items by their text, as SETools orders statements. Nothing may be appended afterwards.
func (l *listing) sort() {
	slices.SortStableFunc(l.items, func(a, b textSpan) int {
		return bytes.Compare(l.buf[a.start:a.end], l.buf[b.start:b.end])
	})
}

// appendSet appends names as a set is written in a policy: one by itself, else between braces,
// which are two blanks apart
// around none.
func appendSet(b []byte, names []string) []byte {
	if len(names) == 1 {
		return append(b, names[0]...)
	}
	return append(appendJoined(append(b, "{ "...), names, " "), " }"...)
}

func appendJoined(b []byte, names []string, separator string) []byte {
	for i, name := range names {
		if i > 0 {
			b = append(b, separator...)
		}
		b = append(b, name...)
	}
	return b
}
