package yaml

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// inline reads a scalar, or a list or mapping in brackets, which may go over several
// lines. In brackets a word ends at a comma or a bracket too.
func (r *reader) inline(brackets bool) (Node, error) {
	switch c := r.peek(0); {
	case c == '\t':
		return Node{}, r.fail("a tab cannot indent")
	case c == '[' || c == '{':
		return r.flow(c)
	case c == '"':
		return r.double()
	case c == '\'':
		return r.single()
	case strings.IndexByte("&*!|>", c) >= 0:
		return Node{}, r.fail("anchors, aliases, tags and such texts over several lines are not read")
	case strings.IndexByte(",]}#%@`", c) >= 0, (c == '?' || c == ':' || c == '-') && (brackets || separates(r.peek(1))):
		return Node{}, r.fail("%q cannot begin a value", c)
	}
	return r.plain(brackets)
}

const flowSigns = ",[]{}"

func (r *reader) plain(brackets bool) (Node, error) {
	from := r.off
	for r.off < len(r.s) && r.s[r.off] != '\n' {
		c, after := r.s[r.off], r.peek(1)
		if brackets && c == '?' {
			return Node{}, r.fail("a word with a question mark is to be in quotes")
		}
		if brackets && c == ':' && strings.IndexByte(flowSigns, after) >= 0 {
			return Node{}, r.fail("no blank after the colon")
		}
		if c == ':' && separates(after) ||
			c == '#' && r.off > from && separates(r.s[r.off-1]) ||
			brackets && strings.IndexByte(flowSigns, c) >= 0 {
			break
		}
		r.off++
	}
	text := strings.TrimRight(r.s[from:r.off], " \t\r")
	r.off = from + len(text)
	return Node{text: text, line: r.line}, nil
}

func (r *reader) single() (Node, error) {
	var b strings.Builder
	for r.off++; r.peek(0) != '\n'; r.off++ {
		if c := r.s[r.off]; c != '\'' {
			b.WriteByte(c)
			continue
		}
		if r.peek(1) != '\'' {
			r.off++
			return Node{text: b.String(), quoted: true, line: r.line}, nil
		}
		b.WriteByte('\'')
		r.off++
	}
	return Node{}, r.fail("a text in quotes does not end in its line")
}

// escapes maps the character after a backslash to the character that is meant.
const escapes = "0\x00a\ab\bt\tn\nv\vf\fr\re\x1b\"\"//\\\\  "

func (r *reader) double() (Node, error) {
	var b strings.Builder
	for r.off++; r.peek(0) != '\n'; r.off++ {
		switch c := r.s[r.off]; c {
		case '"':
			r.off++
			return Node{text: b.String(), quoted: true, line: r.line}, nil
		case '\\':
			r.off++
			if err := r.escape(&b); err != nil {
				return Node{}, err
			}
		default:
			b.WriteByte(c)
		}
	}
	return Node{}, r.fail("a text in quotes does not end in its line")
}

// escape reads one after its backslash, up to its last character.
func (r *reader) escape(b *strings.Builder) error {
	c := r.peek(0)
	for i := 0; i < len(escapes); i += 2 {
		if escapes[i] == c {
			b.WriteByte(escapes[i+1])
			return nil
		}
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	if digits > 0 && r.off+1+digits <= len(r.s) {
		code, err := strconv.ParseUint(r.s[r.off+1:r.off+1+digits], 16, 32)
		if err == nil && code <= utf8.MaxRune && utf8.ValidRune(rune(code)) {
			b.WriteRune(rune(code))
			r.off += digits
			return nil
		}
	}
	return r.fail("the text in quotes has an escape that does not exist")
}

// flow reads a list or mapping in brackets.
func (r *reader) flow(open byte) (Node, error) {
	if r.depth++; r.depth > maxDepth {
		return Node{}, r.fail("more than %d levels", maxDepth)
	}
	defer func() { r.depth-- }()
	n := Node{kind: list, line: r.line}
	end := byte(']')
	if open == '{' {
		n.kind, end = mapping, '}'
	}
	r.off++
	for {
		if err := r.blank(); err != nil {
			return n, err
		}
		if r.end() {
			return n, r.fail("%q is missing", end)
		}
		if r.peek(0) == end {
			r.off++
			return n, nil
		}
		if err := r.element(&n); err != nil {
			return n, err
		}
		if err := r.blank(); err != nil {
			return n, err
		}
		switch {
		case r.end():
			return n, r.fail("%q is missing", end)
		case r.peek(0) == ',':
			r.off++
		case r.peek(0) != end:
			return n, r.fail("neither a comma nor %q", end)
		}
	}
}

// element reads one element of a list or mapping in brackets.
func (r *reader) element(n *Node) error {
	from := r.off
	value, err := r.inline(true)
	if err != nil {
		return err
	}
	if n.kind == list {
		n.items = append(n.items, value)
		return nil
	}
	key := value
	value = Node{line: key.line}
	r.spaces()
	if err := r.short(from, key); err != nil {
		return err
	}
	after := r.peek(1)
	if r.peek(0) == ':' && (key.quoted || separates(after)) {
		r.off++
		if err := r.blank(); err != nil {
			return err
		}
		if r.end() {
			return r.fail("a bracket is missing")
		}
		if c := r.peek(0); c != ',' && c != '}' {
			if value, err = r.inline(true); err != nil {
				return err
			}
		}
	}
	return n.add(key, value)
}
