package setools

import (
	"bufio"
	"bytes"
	"slices"
)

// listing collects the items of one component as text, in pieces of memory that are not moved: one buffer that
// grows would use five times the memory of the text. Where the number of items is known, they are written at once.
type listing struct {
	buf   []byte   // ends with the item that is being appended
	begun int      // where that item begins in buf
	items [][]byte // the items before it
	count int      // the number of items, written or not

	out   *bufio.Writer // nil where nothing is to be written
	title string        // "" without a line above the items, and without indentation
	now   bool          // the items are written as they come
}

const (
	listingPiece = 64 << 10 // bytes
	itemRoom     = 1 << 10  // bytes: items are mostly smaller
)

// start begins a component.
func (l *listing) start(title string) {
	l.buf, l.begun, l.items, l.count, l.title, l.now = l.buf[:0], 0, l.items[:0], 0, title, false
}

// expect sets the number of items in advance. The items must come in the order of the output.
func (l *listing) expect(n int) {
	if l.now = l.out != nil; l.now {
		l.head(n)
	}
}

func (l *listing) head(n int) {
	if l.title != "" {
		l.out.WriteString("\n" + l.title + ": " + itoa(uint64(n)) + "\n")
	}
}

// end makes the bytes appended to buf since the last item a new item.
func (l *listing) end() {
	l.count++
	if l.now {
		l.write(l.buf)
		l.buf = l.buf[:0]
		return
	}
	l.items = append(l.items, l.buf[l.begun:len(l.buf):len(l.buf)])
	if cap(l.buf)-len(l.buf) < itemRoom {
		l.buf = make([]byte, 0, listingPiece)
	}
	l.begun = len(l.buf)
}

func (l *listing) write(item []byte) {
	if l.title != "" {
		l.out.WriteString("   ")
	}
	l.out.Write(item)
	l.out.WriteByte('\n')
}

// finish writes the items that are not yet written.
func (l *listing) finish() {
	if l.now {
		return
	}
	l.head(l.count)
	for _, item := range l.items {
		l.write(item)
	}
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
	slices.SortStableFunc(l.items, bytes.Compare)
}

// appendSet appends names as a policy writes a set. One name stands by itself. Other sets stand between braces,
// with two blanks between the braces of an empty set.
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
