package yaml

import "strings"

// literal reads a text over several lines after "|" or "|-", of which the last line break is
// dropped: lines that are indented further than the column of the name before it, as far as
// the first one.
func (r *reader) literal(column int) (Node, error) {
	n := Node{quoted: true, line: r.line}
	r.off++
	strip := r.peek(0) == '-'
	if strip {
		r.off++
	}
	if c := r.peek(0); !separates(c) {
		return n, r.fail("of texts over several lines, | and |- are read")
	}
	if err := r.endOfLine(); err != nil {
		return n, err
	}
	if i := strings.IndexByte(r.s[r.off:], '\n'); i < 0 {
		r.off = len(r.s)
	} else {
		r.off += i
	}
	var b strings.Builder
	indent, empty := 0, 0
	for r.off < len(r.s) {
		line, _, _ := strings.Cut(r.s[r.off+1:], "\n")
		blanks := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case blanks == len(line) && (indent == 0 || blanks <= indent):
			if indent == 0 {
				return n, r.failNext("a text over several lines begins in the next line")
			}
			empty++
			r.nextLine(len(line))
			continue
		case indent == 0 && blanks > column && line[blanks] != '\t':
			indent = blanks
		case indent == 0:
			return n, r.failNext("a text over several lines is indented")
		}
		if blanks < indent {
			if line[blanks] == '\t' {
				return n, r.failNext("a tab cannot indent")
			}
			break
		}
		b.WriteString(strings.Repeat("\n", empty) + line[indent:] + "\n")
		empty = 0
		r.nextLine(len(line))
	}
	if indent == 0 {
		return n, r.fail("a text is missing")
	}
	n.text = b.String()
	if strip || empty == 0 && r.off == len(r.s) && r.s[r.off-1] != '\n' {
		n.text = strings.TrimSuffix(n.text, "\n")
	}
	return n, nil
}

// nextLine goes from the end of a line to the end of the next one, of a length.
func (r *reader) nextLine(length int) {
	r.line++
	r.start = r.off + 1
	r.off = min(r.start+length, len(r.s))
}

// failNext is an error in the next line.
func (r *reader) failNext(format string, args ...any) error {
	r.line++
	return r.fail(format, args...)
}
