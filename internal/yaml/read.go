// Package yaml reads the part of YAML that senet's files need: mappings and lists, in lines or in
// brackets, words, texts in quotes on one line, texts over several lines after | or |-, comments. So
// it reads JSON too, except texts with escapes that YAML lacks. What else YAML has is an error (docs/decisions/0003).
package yaml

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An Error tells the fault of a text, and its place.
type Error struct {
	Line int // 1-based
	Text string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// A Node is a value of a YAML document: a word, a list or a mapping.
type Node struct {
	kind   kindOf
	text   string // of a scalar
	quoted bool
	line   int
	keys   []Node         // of a mapping, in the order of the file
	lines  map[string]int // of the keys
	items  []Node         // of a list, and the values of a mapping
}

type kindOf int

const (
	scalar kindOf = iota
	list
	mapping
)

// Null reports whether a Node says nothing.
func (n *Node) Null() bool {
	if n.kind != scalar || n.quoted {
		return false
	}
	switch n.text {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// maxDepth is the greatest depth of lists and mappings in each other; a state file has three.
const maxDepth = 16

// A reader reads this part of YAML: mappings and lists, in lines or in brackets, words, texts
// in quotes on one line or behind |, comments. What else YAML has, anchors, tags, folded texts, is
// an error and never read as something else (docs/decisions/0003).
type reader struct {
	s     string
	off   int
	line  int // 1-based
	start int // where the line begins
	depth int
}

// Parse returns the first document of a text, nil if it has none, and whether there
// is another: its line, else 0. Errors are of type [*Error].
func Parse(text string) (doc *Node, more int, err error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if i := strings.IndexFunc(text, notText); i >= 0 || !utf8.ValidString(text) {
		line := 1 + strings.Count(text[:max(0, i)], "\n")
		return nil, 0, &Error{line, "a character that no text has"}
	}
	r := &reader{s: strings.TrimPrefix(text, "\ufeff"), line: 1}
	if err := r.blank(); err != nil {
		return nil, 0, err
	}
	if r.marker("---") {
		r.off += 3
		if !r.emptyLine() {
			return nil, 0, r.fail("--- stands on a line of its own")
		}
		if err := r.blank(); err != nil {
			return nil, 0, err
		}
	}
	if r.end() {
		return nil, 0, r.rest(&more)
	}
	top, err := r.block(0)
	if err != nil {
		return nil, 0, err
	}
	if err := r.blank(); err != nil {
		return nil, 0, err
	}
	if !r.end() {
		return nil, 0, r.fail("this belongs to nothing above it")
	}
	return &top, more, r.rest(&more)
}

// notText reports whether a character is none of a text, or one that only some take for
// the end of a line.
func notText(c rune) bool {
	switch c {
	case '\n', '\t':
		return false
	case '\u2028', '\u2029', '\ufffe', '\uffff':
		return true
	}
	return unicode.IsControl(c)
}

// rest looks for another document, and notes its line.
func (r *reader) rest(more *int) error {
	if r.marker("...") {
		r.off += 3
		if err := r.blank(); err != nil {
			return err
		}
	}
	if r.off < len(r.s) {
		*more = r.line
	}
	return nil
}

func (r *reader) fail(format string, args ...any) error {
	return &Error{r.line, fmt.Sprintf(format, args...)}
}

func (r *reader) peek(i int) byte {
	if r.off+i < len(r.s) {
		return r.s[r.off+i]
	}
	return '\n'
}

// blank passes over blanks, comments and the ends of lines.
func (r *reader) blank() error {
	for r.off < len(r.s) {
		switch c := r.s[r.off]; {
		case c == '\n':
			r.off++
			r.line++
			r.start = r.off
		case c == '\t':
			return r.fail("a tab cannot indent")
		case c == ' ':
			r.off++
		case c == '#' && (r.off == r.start || separates(r.s[r.off-1])):
			for r.off < len(r.s) && r.s[r.off] != '\n' {
				r.off++
			}
		default:
			return nil
		}
	}
	return nil
}

// emptyLine reports whether nothing but blanks and a comment follows in the line.
func (r *reader) emptyLine() bool {
	rest, _, _ := strings.Cut(r.s[r.off:], "\n")
	rest = strings.TrimLeft(rest, " \t\r")
	return rest == "" || rest[0] == '#'
}

func separates(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (r *reader) column() int { return r.off - r.start }

// marker reports whether a line that ends a document stands here.
func (r *reader) marker(m string) bool {
	return r.column() == 0 && strings.HasPrefix(r.s[r.off:], m) && separates(r.peek(3))
}

// end reports whether the document ends here.
func (r *reader) end() bool { return r.off >= len(r.s) || r.marker("---") || r.marker("...") }

// dash reports whether an element of a list begins here.
func (r *reader) dash() bool { return r.peek(0) == '-' && (r.peek(1) == ' ' || r.peek(1) == '\n') }

// block reads the value that begins here, in a column that is not before indent.
func (r *reader) block(indent int) (Node, error) {
	if r.end() || r.column() < indent {
		return Node{line: r.line}, nil
	}
	if r.depth++; r.depth > maxDepth {
		return Node{}, r.fail("more than %d levels", maxDepth)
	}
	defer func() { r.depth-- }()
	if r.dash() {
		return r.list(r.column())
	}
	column, line, from := r.column(), r.line, r.off
	first, err := r.inline(false)
	if err != nil {
		return Node{}, err
	}
	r.spaces()
	if r.line == line && first.kind == scalar && r.peek(0) == ':' && separates(r.peek(1)) {
		if err := r.short(from, first); err != nil {
			return Node{}, err
		}
		return r.mapping(column, first)
	}
	return first, r.endOfLine()
}

// spaces passes over blanks, and over tabs that end the line.
func (r *reader) spaces() {
	for r.peek(0) == ' ' {
		r.off++
	}
	if r.peek(0) == '\t' && r.emptyLine() {
		for r.peek(0) == ' ' || r.peek(0) == '\t' {
			r.off++
		}
	}
}

// endOfLine checks that a value is all that its line has.
func (r *reader) endOfLine() error {
	r.spaces()
	if c := r.peek(0); c == '\n' || c == '\r' || c == '#' && separates(r.s[r.off-1]) {
		return nil
	}
	return r.fail("the value ends before the line does")
}

func (r *reader) list(column int) (Node, error) {
	n := Node{kind: list, line: r.line}
	for {
		r.off++
		line := r.line
		if err := r.blank(); err != nil {
			return n, err
		}
		item, err := r.block(column + 1)
		if err != nil {
			return n, err
		}
		if item.Null() {
			item.line = line
		}
		n.items = append(n.items, item)
		if more, err := r.next(column); err != nil || !more || !r.dash() {
			return n, err
		}
	}
}

// next goes to the next element in a column and reports whether there is one.
func (r *reader) next(column int) (bool, error) {
	if err := r.blank(); err != nil {
		return false, err
	}
	switch {
	case r.end() || r.column() < column:
		return false, nil
	case r.column() > column:
		return false, r.fail("it is indented, and belongs to nothing above it")
	}
	return true, nil
}

func (r *reader) mapping(column int, key Node) (Node, error) {
	n := Node{kind: mapping, line: key.line}
	for {
		r.off++ // the colon
		line := r.line
		r.spaces()
		var value Node
		var err error
		if r.emptyLine() {
			if err = r.blank(); err != nil {
				return n, err
			}
			if !r.end() && r.column() == column && r.dash() {
				value, err = r.list(column)
			} else {
				value, err = r.block(column + 1)
			}
			if value.Null() {
				value.line = line
			}
		} else if r.dash() {
			err = r.fail("a list begins on a line of its own")
		} else if r.peek(0) == '|' {
			value, err = r.literal(column)
		} else if value, err = r.inline(false); err == nil {
			err = r.endOfLine()
		}
		if err == nil {
			err = n.add(key, value)
		}
		if err != nil {
			return n, err
		}
		if more, err := r.next(column); err != nil || !more || r.dash() {
			return n, err
		}
		from := r.off
		if key, err = r.inline(false); err != nil {
			return n, err
		}
		r.spaces()
		if err := r.short(from, key); err != nil {
			return n, err
		}
		if key.kind != scalar || r.peek(0) != ':' || !separates(r.peek(1)) {
			return n, r.fail("no colon and blank after the name")
		}
	}
}

// maxName bounds a name and what is between it and its colon, in bytes: YAML has a bound of 1024 characters.
const maxName = 1024

// short checks the length of a name that began at an offset and ends here.
func (r *reader) short(from int, key Node) error {
	if r.off-from > maxName {
		return key.Fail("a name has more than %d bytes", maxName)
	}
	return nil
}

// add adds a member to a mapping.
func (n *Node) add(key, value Node) error {
	if key.kind != scalar || key.Null() {
		return key.Fail("a name is a word")
	}
	if first, ok := n.lines[key.text]; ok {
		return key.Fail("%q is already defined at line %d", key.text, first)
	}
	if n.lines == nil {
		n.lines = make(map[string]int)
	}
	n.lines[key.text] = key.line
	n.keys, n.items = append(n.keys, key), append(n.items, value)
	return nil
}
