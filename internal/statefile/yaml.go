package statefile

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A node is a value of a YAML document.
type node struct {
	kind   nodeKind
	text   string // of a scalar
	quoted bool
	line   int
	keys   []node         // of a mapping, in the order of the file
	lines  map[string]int // of the keys
	items  []node         // of a list, and the values of a mapping
}

type nodeKind int

const (
	scalarNode nodeKind = iota
	listNode
	mapNode
)

// null reports whether a node says nothing.
func (n *node) null() bool {
	if n.kind != scalarNode || n.quoted {
		return false
	}
	switch n.text {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// maxDepth is how deep lists and mappings may be in each other; a state file has three.
const maxDepth = 16

// A yamlReader reads the part of YAML that people write such files in: mappings and
// lists, in lines or in brackets, words, texts in quotes on one line, comments. What else
// YAML has, anchors, tags, texts over several lines, is an error and never read as
// something else (docs/decisions/0003).
type yamlReader struct {
	s     string
	off   int
	line  int // 1-based
	start int // where the line begins
	depth int
}

// parseYAML returns the first document of a text, nil if it has none, and whether there
// is another.
func parseYAML(text string) (doc *node, more int, err error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if i := strings.IndexFunc(text, notText); i >= 0 || !utf8.ValidString(text) {
		line := lineAt([]byte(text), int64(max(0, i)))
		return nil, 0, fmt.Errorf("%w: line %d: a character that no text has", ErrInvalid, line)
	}
	r := &yamlReader{s: strings.TrimPrefix(text, "\ufeff"), line: 1}
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
func (r *yamlReader) rest(more *int) error {
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

func (r *yamlReader) fail(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", ErrInvalid, r.line, fmt.Sprintf(format, args...))
}

func (r *yamlReader) peek(i int) byte {
	if r.off+i < len(r.s) {
		return r.s[r.off+i]
	}
	return '\n'
}

// blank passes over blanks, comments and the ends of lines.
func (r *yamlReader) blank() error {
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
func (r *yamlReader) emptyLine() bool {
	rest, _, _ := strings.Cut(r.s[r.off:], "\n")
	rest = strings.TrimLeft(rest, " \t\r")
	return rest == "" || rest[0] == '#'
}

func separates(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (r *yamlReader) column() int { return r.off - r.start }

// marker reports whether a line that ends a document stands here.
func (r *yamlReader) marker(m string) bool {
	return r.column() == 0 && strings.HasPrefix(r.s[r.off:], m) && separates(r.peek(3))
}

// end reports whether the document ends here.
func (r *yamlReader) end() bool { return r.off >= len(r.s) || r.marker("---") || r.marker("...") }

// dash reports whether an element of a list begins here.
func (r *yamlReader) dash() bool { return r.peek(0) == '-' && (r.peek(1) == ' ' || r.peek(1) == '\n') }

// block reads the value that begins here, in a column that is not before indent.
func (r *yamlReader) block(indent int) (node, error) {
	if r.end() || r.column() < indent {
		return node{line: r.line}, nil
	}
	if r.depth++; r.depth > maxDepth {
		return node{}, r.fail("more than %d levels", maxDepth)
	}
	defer func() { r.depth-- }()
	if r.dash() {
		return r.list(r.column())
	}
	column, line := r.column(), r.line
	first, err := r.inline(false)
	if err != nil {
		return node{}, err
	}
	r.spaces()
	if r.line == line && first.kind == scalarNode && r.peek(0) == ':' && separates(r.peek(1)) {
		return r.mapping(column, first)
	}
	return first, r.endOfLine()
}

// spaces passes over blanks, and over tabs that end the line.
func (r *yamlReader) spaces() {
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
func (r *yamlReader) endOfLine() error {
	r.spaces()
	if c := r.peek(0); c == '\n' || c == '\r' || c == '#' && separates(r.s[r.off-1]) {
		return nil
	}
	return r.fail("the value ends before the line does")
}

func (r *yamlReader) list(column int) (node, error) {
	n := node{kind: listNode, line: r.line}
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
		if item.null() {
			item.line = line
		}
		n.items = append(n.items, item)
		if more, err := r.next(column); err != nil || !more || !r.dash() {
			return n, err
		}
	}
}

// next goes to the next element in a column and reports whether there is one.
func (r *yamlReader) next(column int) (bool, error) {
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

func (r *yamlReader) mapping(column int, key node) (node, error) {
	n := node{kind: mapNode, line: key.line}
	for {
		r.off++ // the colon
		line := r.line
		r.spaces()
		var value node
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
			if value.null() {
				value.line = line
			}
		} else if r.dash() {
			err = r.fail("a list begins on a line of its own")
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
		if key, err = r.inline(false); err != nil {
			return n, err
		}
		r.spaces()
		if key.kind != scalarNode || r.peek(0) != ':' || !separates(r.peek(1)) {
			return n, r.fail("no colon and blank after the name")
		}
	}
}

// add adds a member to a mapping.
func (n *node) add(key, value node) error {
	if key.kind != scalarNode || key.null() {
		return fmt.Errorf("%w: line %d: a name is a word", ErrInvalid, key.line)
	}
	if first, ok := n.lines[key.text]; ok {
		return fmt.Errorf("%w: line %d: %q is already defined at line %d", ErrInvalid, key.line, key.text, first)
	}
	if n.lines == nil {
		n.lines = make(map[string]int)
	}
	n.lines[key.text] = key.line
	n.keys, n.items = append(n.keys, key), append(n.items, value)
	return nil
}
