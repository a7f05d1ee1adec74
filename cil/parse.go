package cil

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads a source as a tree of statements. Comments are dropped. The error
// is a [*SyntaxError].
func Parse(source string) ([]Node, error) {
	f, err := ParseFile("", source)
	if err != nil {
		return nil, err
	}
	return positions{f: f, line: 1}.list(0), nil
}

// positions converts nodes to trees in the order of the text, so that lines are
// counted once.
type positions struct {
	f         *File
	off, line int
	start     int // the offset of the line's first byte
}

func (p positions) list(i uint32) []Node {
	list, _ := p.children(i)
	return list
}

func (p positions) children(i uint32) ([]Node, positions) {
	var list []Node
	for c := i + 1; c < p.f.End(i); c = p.f.Next(c) {
		off := int(p.f.nodes[c].off)
		for k := p.off; k < off; k++ {
			if p.f.text[k] == '\n' {
				p.line++
				p.start = k + 1
			}
		}
		p.off = off
		n := Node{Pos: Pos{p.line, off - p.start + 1}}
		if p.f.IsList(c) {
			n.List, p = p.children(c)
		} else {
			n.Atom = p.f.Text(c)
			n.Quoted = p.f.text[off] == '"'
		}
		list = append(list, n)
	}
	return list, p
}

// ParseFile reads a source. The error is a [*SyntaxError].
//
// It mirrors cil_parser and its lexer. A quoted string is on one line and has
// no escapes. A comment runs from ; to the end of its line. A line that begins
// with ;;* is a line mark: ";;* lms LINE FILE" and ";;* lmx LINE FILE" open a
// list (<src_info> lms LINE FILE ...) that ";;* lme" closes.
func ParseFile(name, source string) (*File, error) {
	p := parser{
		src:   source,
		file:  &File{Name: name, text: source},
		table: make([]uint32, 512),
	}
	if uint64(len(source)) >= listBit {
		return nil, &SyntaxError{File: name, Pos: Pos{1, 1}, Msg: "larger than 2 GiB"}
	}
	// A statement of policy takes about seven bytes a node without its
	// indentation. What is not used is never touched.
	p.nodes = make([]arenaNode, 0, len(source)/6+16)
	if err := p.parse(); err != nil {
		return nil, err
	}
	p.file.nodes, p.file.syms = p.nodes, p.syms
	return p.file, nil
}

type parser struct {
	src   string
	file  *File
	nodes []arenaNode
	open  []uint32 // the lists not yet closed
	depth int      // of parentheses
	marks int      // line marks open
	syms  []string
	table []uint32 // open addressing: index in syms + 1
}

// The classes of bytes.
const (
	byteSymbol = 1 + iota
	byteBlank
	byteNewline
	byteOther
)

var byteClass = func() (class [256]uint8) {
	for i := range class {
		class[i] = byteOther
	}
	for _, c := range []byte("[].@=/*-_$%+!|&^:~`#{}'<>?,0123456789" +
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		class[c] = byteSymbol
	}
	class[' '], class['\t'] = byteBlank, byteBlank
	class['\n'], class['\r'] = byteNewline, byteNewline
	return class
}()

func (p *parser) fail(off int, format string, args ...any) error {
	pos := p.file.posAt(off)
	return &SyntaxError{File: p.file.Name, Source: p.file.Line(pos.Line), Pos: pos, Msg: fmt.Sprintf(format, args...)}
}

func (p *parser) parse() error {
	src := p.src
	p.push(0)
	for off := 0; off < len(src); {
		c := src[off]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			off++
		case byteClass[c] == byteSymbol:
			if p.depth == 0 {
				return p.fail(off, "%q where a statement should begin", c)
			}
			off = p.symbol(off)
		case c == '(':
			p.depth++
			if p.depth > MaxDepth {
				return p.fail(off, "lists nested deeper than %d", MaxDepth)
			}
			p.push(off)
			off++
		case c == ')':
			if p.depth == 0 {
				return p.fail(off, "unexpected )")
			}
			p.depth--
			p.pop()
			off++
		case c == ';':
			next, err := p.comment(off)
			if err != nil {
				return err
			}
			off = next
		case c == '"':
			if p.depth == 0 {
				return p.fail(off, "%q where a statement should begin", c)
			}
			end, err := p.quoted(off)
			if err != nil {
				return err
			}
			p.atom(off, src[off+1:end])
			off = end + 1
		default:
			return p.fail(off, "%q is not a character of CIL", c)
		}
	}
	switch {
	case p.depth > 0:
		return p.fail(int(p.nodes[p.open[len(p.open)-1]].off), "this ( is never closed")
	case p.marks > 0:
		return p.fail(int(p.nodes[p.open[len(p.open)-1]].off), "this line mark is never closed")
	}
	p.pop()
	return nil
}

func (p *parser) push(off int) {
	p.open = append(p.open, uint32(len(p.nodes)))
	p.nodes = append(p.nodes, arenaNode{listBit, uint32(off)})
}

func (p *parser) pop() {
	top := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	p.nodes[top].word = listBit | uint32(len(p.nodes))
}

// symbol reads the symbol at off and returns the offset after it.
func (p *parser) symbol(off int) int {
	src := p.src
	end := off
	h := uint32(2166136261)
	for end < len(src) && byteClass[src[end]] == byteSymbol {
		h = (h ^ uint32(src[end])) * 16777619
		end++
	}
	p.nodes = append(p.nodes, arenaNode{p.intern(src[off:end], h), uint32(off)})
	return end
}

func (p *parser) atom(off int, text string) {
	h := uint32(2166136261)
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * 16777619
	}
	p.nodes = append(p.nodes, arenaNode{p.intern(text, h), uint32(off)})
}

// intern returns the index of a text in the table of distinct texts.
func (p *parser) intern(text string, h uint32) uint32 {
	mask := uint32(len(p.table) - 1)
	h ^= h >> 15
	for i := h & mask; ; i = (i + 1) & mask {
		slot := p.table[i]
		if slot == 0 {
			p.syms = append(p.syms, text)
			p.table[i] = uint32(len(p.syms))
			if len(p.syms)*2 > len(p.table) {
				p.grow()
			}
			return uint32(len(p.syms) - 1)
		}
		if p.syms[slot-1] == text {
			return slot - 1
		}
	}
}

func (p *parser) grow() {
	p.table = make([]uint32, 4*len(p.table))
	mask := uint32(len(p.table) - 1)
	for n, text := range p.syms {
		h := uint32(2166136261)
		for i := range len(text) {
			h = (h ^ uint32(text[i])) * 16777619
		}
		h ^= h >> 15
		i := h & mask
		for p.table[i] != 0 {
			i = (i + 1) & mask
		}
		p.table[i] = uint32(n + 1)
	}
}

// quoted returns the offset of the quote that ends the string at off.
func (p *parser) quoted(off int) (int, error) {
	n := strings.IndexAny(p.src[off+1:], "\"\n\x00")
	switch {
	case n < 0:
		return 0, p.fail(off, "this string is never closed")
	case p.src[off+1+n] == '\n':
		return 0, p.fail(off, "this string is not closed on its line")
	case p.src[off+1+n] == 0:
		return 0, p.fail(off, "this string holds a NUL")
	}
	return off + 1 + n, nil
}

// comment reads a comment or a line mark and returns the offset after it.
func (p *parser) comment(off int) (int, error) {
	if strings.HasPrefix(p.src[off:], ";;*") && (off == 0 || p.src[off-1] == '\n') {
		return p.lineMark(off)
	}
	for off < len(p.src) {
		switch p.src[off] {
		case '\n', '\r':
			return off, nil
		case '"':
			// A string in a comment is a token, so a carriage return in it does not
			// end the comment.
			if n := strings.IndexAny(p.src[off+1:], "\"\n\x00"); n >= 0 && p.src[off+1+n] == '"' {
				off += n + 1
			}
		}
		off++
	}
	return off, nil
}

// lineMark mirrors add_hll_linemark.
func (p *parser) lineMark(off int) (int, error) {
	start := off
	off += 3
	word := func() (at int, text string) {
		for off < len(p.src) && byteClass[p.src[off]] == byteBlank {
			off++
		}
		at = off
		for off < len(p.src) && byteClass[p.src[off]] == byteSymbol {
			off++
		}
		return at, p.src[at:off]
	}
	end := func() bool {
		at, text := word()
		return text == "" && at < len(p.src) && byteClass[p.src[at]] == byteNewline
	}
	bad := func() error {
		return p.fail(start, `bad line mark; want ";;* lms LINE FILE", ";;* lmx LINE FILE" or ";;* lme"`)
	}
	kindAt, kind := word()
	switch kind {
	case "lme":
		if p.marks == 0 {
			return 0, p.fail(start, "this line mark closes none")
		}
		if !end() {
			return 0, bad()
		}
		p.marks--
		p.pop()
		return off, nil
	case "lms", "lmx":
	default:
		return 0, bad()
	}
	p.marks++
	if p.marks > MaxDepth {
		return 0, p.fail(start, "line marks nested deeper than %d", MaxDepth)
	}
	mark := lineMark{node: uint32(len(p.nodes)), expand: kind == "lmx"}
	p.push(start)
	p.atom(start, SourceInfo)
	p.atom(kindAt, kind)
	lineAt, line := word()
	if line == "" {
		return 0, bad()
	}
	p.atom(lineAt, line)
	pathAt, path := word()
	if path == "" && pathAt < len(p.src) && p.src[pathAt] == '"' {
		quote, err := p.quoted(pathAt)
		if err != nil {
			return 0, err
		}
		path, off = p.src[pathAt+1:quote], quote+1
	} else if path == "" {
		return 0, bad()
	}
	p.atom(pathAt, path)
	if !end() {
		return 0, bad()
	}
	n, _ := strconv.ParseUint(line, 10, 32) // a bad number is an error of the statement
	mark.first, mark.path, mark.line = uint32(n), path, uint32(p.file.posAt(start).Line)
	p.file.marks = append(p.file.marks, mark)
	return off, nil
}

// SourceInfo is the keyword of the list that a line mark opens.
const SourceInfo = "<src_info>"
