package cil

import (
	"strings"
)

// Layout returns a source in the canonical layout, with its comments: a
// statement a line, what containers hold indented by four, and lists that are
// longer than a line broken where lists in them begin. One empty line between
// statements stays. Line marks stay at the start of their lines. The result has
// the same meaning, and its layout is its own. The error is a [*SyntaxError].
func Layout(source string) (string, error) {
	if _, err := ParseFile("", source); err != nil {
		return "", err
	}
	s := layoutScanner{src: source}
	top := s.items()
	var w layoutWriter
	w.body(top, 0)
	return strings.TrimLeft(w.b.String(), "\n"), nil
}

// A layoutItem is a symbol, a string, a comment or a list.
type layoutItem struct {
	text  string // as it is written; "" for a list
	items []layoutItem
	// comment says that it runs to the end of its line, trailing that something
	// stands before it on the line, and blank that an empty line does.
	comment, trailing, blank bool
	mark                     bool // a line mark
}

type layoutScanner struct {
	src string
	off int
}

// items reads the rest of a list, or of the source.
func (s *layoutScanner) items() []layoutItem {
	var list []layoutItem
	lines := 2 // line ends since the item before
	if s.off > 0 {
		lines = 0
	}
	for s.off < len(s.src) {
		c := s.src[s.off]
		item := layoutItem{blank: lines > 1}
		switch {
		case c == '\n' || c == '\r':
			if c == '\n' {
				lines++
			}
			s.off++
			continue
		case byteClass[c] == byteBlank:
			s.off++
			continue
		case c == ')':
			s.off++
			return list
		case c == '(':
			s.off++
			item.items = s.items()
		case c == ';':
			end := s.off
			for end < len(s.src) && s.src[end] != '\n' && s.src[end] != '\r' {
				end++
			}
			item.text, item.comment, item.trailing = strings.TrimRight(s.src[s.off:end], " \t"), true,
				lines == 0 && s.off > 0
			item.mark = strings.HasPrefix(item.text, ";;*") && (s.off == 0 || s.src[s.off-1] == '\n')
			s.off = end
		case c == '"':
			end := s.off + 1 + strings.IndexByte(s.src[s.off+1:], '"') + 1
			item.text = s.src[s.off:end]
			s.off = end
		default:
			end := s.off
			for end < len(s.src) && byteClass[s.src[end]] == byteSymbol {
				end++
			}
			item.text = s.src[s.off:end]
			s.off = end
		}
		lines = 0
		list = append(list, item)
	}
	return list
}

type layoutWriter struct{ b strings.Builder }

// body writes statements and comments, each on a line.
func (w *layoutWriter) body(list []layoutItem, indent int) {
	for i := range list {
		item := &list[i]
		if item.comment && item.trailing && i > 0 {
			w.b.WriteString(" " + item.text)
			continue
		}
		if item.blank && i > 0 {
			w.b.WriteByte('\n')
		}
		if w.b.Len() > 0 || i > 0 {
			w.b.WriteByte('\n')
		}
		w.item(item, indent)
	}
	if indent == 0 {
		w.b.WriteByte('\n')
	}
}

// item writes an item at the start of a line.
func (w *layoutWriter) item(item *layoutItem, indent int) {
	if item.mark {
		w.b.WriteString(item.text)
		return
	}
	if indent == 0 && strings.HasPrefix(item.text, ";;*") {
		indent = 1 // at the start of the line it would be a line mark
	}
	w.b.WriteString(strings.Repeat(" ", indent))
	w.open(item, indent)
}

// open writes an item where the line is indented already.
func (w *layoutWriter) open(item *layoutItem, indent int) {
	if item.text != "" {
		w.b.WriteString(item.text)
		return
	}
	head := item.head()
	line, flat := item.line()
	switch {
	case head < 0 && flat && indent+len(line) <= width, flat && head == len(item.items):
		w.b.WriteString(line)
	case head > 0:
		w.b.WriteByte('(')
		for i := range item.items[:head] {
			if i > 0 {
				w.b.WriteByte(' ')
			}
			part, _ := item.items[i].line()
			w.b.WriteString(part)
		}
		w.body(item.items[head:], indent+4)
		w.b.WriteString("\n" + strings.Repeat(" ", indent) + ")")
	default:
		w.broken(item, indent)
	}
}

// column returns how much of the last line is written.
func (w *layoutWriter) column() int {
	text := w.b.String()
	return len(text) - strings.LastIndexByte(text, '\n') - 1
}

// broken writes a list on several lines: what it holds in lists has lines of its
// own, and words fill theirs.
func (w *layoutWriter) broken(item *layoutItem, indent int) {
	w.b.WriteByte('(')
	for i := range item.items {
		part := &item.items[i]
		switch {
		case i == 0 && !part.comment:
			w.open(part, indent+1)
		case part.comment && part.trailing:
			w.b.WriteString(" " + part.text)
		case part.text != "" && !part.comment && !item.items[i-1].comment && w.column()+1+len(part.text) <= width:
			w.b.WriteString(" " + part.text)
		default:
			w.b.WriteByte('\n')
			w.item(part, indent+4)
		}
	}
	if n := len(item.items); n > 0 && item.items[n-1].comment {
		w.b.WriteString("\n" + strings.Repeat(" ", indent))
	}
	w.b.WriteByte(')')
}

// line returns the item on one line; flat is false if it has comments.
func (item *layoutItem) line() (text string, flat bool) {
	if item.text != "" {
		return item.text, !item.comment
	}
	var b strings.Builder
	b.WriteByte('(')
	flat = true
	for i := range item.items {
		if i > 0 {
			b.WriteByte(' ')
		}
		part, ok := item.items[i].line()
		b.WriteString(part)
		flat = flat && ok
	}
	b.WriteByte(')')
	return b.String(), flat
}

// head returns how many elements of a container stand before the statements that
// it holds; -1 for any other list, and for one with a comment among them.
func (item *layoutItem) head() int {
	if len(item.items) == 0 {
		return -1
	}
	n := 0
	switch item.items[0].text {
	case "true", "false":
		n = 1
	case "block", "optional", "booleanif", "tunableif":
		n = 2
	case "macro":
		n = 3
	case "in":
		if n = 2; len(item.items) > 2 && !item.items[2].comment && item.items[2].text != "" {
			n = 3
		}
	default:
		return -1
	}
	if n > len(item.items) {
		return -1
	}
	for i := range item.items[:n] {
		if _, flat := item.items[i].line(); !flat {
			return -1
		}
	}
	for i := range item.items[n:] {
		if part := &item.items[n+i]; part.text != "" && !part.comment {
			return -1
		}
	}
	return n
}
