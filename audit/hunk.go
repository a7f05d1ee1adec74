package audit

import "bytes"

// A hunk counts the lines that are left of a hunk of a unified diff: of the old and of the new text.
//
//	@@ -65,6 +65,16 @@ optional words
//	 a line of both
//	-a line that is removed
//	+a line that is added
type hunk struct {
	before, after int64
}

// maxHunk bounds the lines of a hunk that are taken to belong to it.
const maxHunk = 4096

// line reads a line of a text that may have a diff. It returns the sign of a line of a hunk, and 0 for other lines.
// An empty line of a hunk is one of both texts whose blank was lost.
func (h *hunk) line(b []byte) byte {
	if h.before == 0 && h.after == 0 {
		if len(b) > 4 && b[0] == '@' {
			h.begin(b)
		}
		return 0
	}
	sign := byte(' ')
	if len(b) > 0 {
		sign = b[0]
	}
	switch sign {
	case '-':
		h.before = max(0, h.before-1)
	case '+':
		h.after = max(0, h.after-1)
	case ' ', '\t', '\\':
		sign = ' '
		h.before, h.after = max(0, h.before-1), max(0, h.after-1)
	case '@':
		h.begin(b)
		return 0
	default: // not even the blank: the text goes on without the diff
		*h = hunk{}
		return 0
	}
	return sign
}

// begin reads the head of a hunk.
func (h *hunk) begin(b []byte) {
	*h = hunk{}
	rest, ok := bytes.CutPrefix(b, []byte("@@ -"))
	if !ok {
		return
	}
	ranges, _, ok := bytes.Cut(rest[:min(len(rest), 64)], []byte(" @@"))
	before, after, both := bytes.Cut(ranges, []byte(" +"))
	if !ok || !both {
		return
	}
	*h = hunk{lengthOf(before), lengthOf(after)}
}

// lengthOf returns the number of lines of a range: 65,6 or 65, which is one line.
func lengthOf(b []byte) int64 {
	_, length, ok := bytes.Cut(b, []byte(","))
	if !ok {
		return 1
	}
	return min(leadingNumber(length), maxHunk)
}
