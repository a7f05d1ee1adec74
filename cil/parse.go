package cil

import (
	"fmt"
	"math/bits"
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
	return f.tree(0).List, nil
}

// ParseFile reads a source, which the file keeps. The error is a
// [*SyntaxError].
//
// It mirrors cil_parser and its lexer. A quoted string is on one line and has
// no escapes. A comment runs from ; to the end of its line. A line that begins
// with ;;* is a line mark: ";;* lms LINE FILE" and ";;* lmx LINE FILE" open a
// list (<src_info> lms LINE FILE ...) that ";;* lme" closes.
func ParseFile(name, source string) (*File, error) {
	p := parser{src: source, file: &File{Name: name, table: NewTable()}, recent: newRecent(len(source))}
	if err := p.parse(); err != nil {
		return nil, err
	}
	p.file.once.Do(func() { p.file.text = source })
	return p.file, nil
}

type parser struct {
	src  string
	file *File
	// lent says that src is in memory that the file must not keep: the texts that it
	// keeps are copied.
	lent   bool
	recent []recentText
	open   []uint32 // the lists not yet closed
	depth  int      // of parentheses
	marks  int      // line marks open
	last   int      // the offset of the last node
	// For [Reader.Reparse]: the size of blocks, 0 for none, and where the present one
	// begins.
	blockSize, blockStart int
}

// The classes of bytes.
const (
	byteOther = iota
	byteSymbol
	byteBlank
	byteNewline
	byteOpen
	byteClose
	byteQuote
	byteComment
)

var byteClass = [256]uint8{
	' ': byteBlank, '\t': byteBlank, '\n': byteNewline, '\r': byteNewline,
	'(': byteOpen, ')': byteClose, '"': byteQuote, ';': byteComment,
	'[': byteSymbol, ']': byteSymbol, '.': byteSymbol, '@': byteSymbol, '=': byteSymbol,
	'/': byteSymbol, '*': byteSymbol, '-': byteSymbol, '_': byteSymbol, '$': byteSymbol,
	'%': byteSymbol, '+': byteSymbol, '!': byteSymbol, '|': byteSymbol, '&': byteSymbol,
	'^': byteSymbol, ':': byteSymbol, '~': byteSymbol, '`': byteSymbol, '#': byteSymbol,
	'{': byteSymbol, '}': byteSymbol, '\'': byteSymbol, '<': byteSymbol, '>': byteSymbol,
	'?': byteSymbol, ',': byteSymbol,
	'0': byteSymbol, '1': byteSymbol, '2': byteSymbol, '3': byteSymbol, '4': byteSymbol,
	'5': byteSymbol, '6': byteSymbol, '7': byteSymbol, '8': byteSymbol, '9': byteSymbol,
	'a': byteSymbol, 'b': byteSymbol, 'c': byteSymbol, 'd': byteSymbol, 'e': byteSymbol,
	'f': byteSymbol, 'g': byteSymbol, 'h': byteSymbol, 'i': byteSymbol, 'j': byteSymbol,
	'k': byteSymbol, 'l': byteSymbol, 'm': byteSymbol, 'n': byteSymbol, 'o': byteSymbol,
	'p': byteSymbol, 'q': byteSymbol, 'r': byteSymbol, 's': byteSymbol, 't': byteSymbol,
	'u': byteSymbol, 'v': byteSymbol, 'w': byteSymbol, 'x': byteSymbol, 'y': byteSymbol,
	'z': byteSymbol,
	'A': byteSymbol, 'B': byteSymbol, 'C': byteSymbol, 'D': byteSymbol, 'E': byteSymbol,
	'F': byteSymbol, 'G': byteSymbol, 'H': byteSymbol, 'I': byteSymbol, 'J': byteSymbol,
	'K': byteSymbol, 'L': byteSymbol, 'M': byteSymbol, 'N': byteSymbol, 'O': byteSymbol,
	'P': byteSymbol, 'Q': byteSymbol, 'R': byteSymbol, 'S': byteSymbol, 'T': byteSymbol,
	'U': byteSymbol, 'V': byteSymbol, 'W': byteSymbol, 'X': byteSymbol, 'Y': byteSymbol,
	'Z': byteSymbol,
}

func (p *parser) fail(off int, format string, args ...any) error {
	pos := p.posAt(off)
	line := p.src[off-pos.Column+1:]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	line = strings.Clone(strings.TrimSuffix(line, "\r"))
	return &SyntaxError{File: p.file.Name, Source: line, Pos: pos, Msg: fmt.Sprintf(format, args...)}
}

func (p *parser) posAt(off int) Pos {
	before := p.src[:off]
	return Pos{strings.Count(before, "\n") + 1, off - strings.LastIndexByte(before, '\n')}
}

func (p *parser) parse() error {
	src := p.src
	if uint64(len(src)) >= listBit {
		return &SyntaxError{File: p.file.Name, Pos: Pos{1, 1}, Msg: "larger than 2 GiB"}
	}
	// Policies have about seven bytes for each node, without indentation. Memory that
	// is not used costs nothing, since it is never written.
	p.file.words = make([]uint32, 0, len(src)/6+16)
	p.file.gaps = make([]uint8, 0, len(src)/6+16)
	p.push(0)
	if _, err := p.statements(0, len(src)); err != nil {
		return err
	}
	switch {
	case p.depth > 0:
		return p.fail(p.file.offset(p.open[len(p.open)-1]), "this ( is never closed")
	case p.marks > 0:
		return p.fail(p.file.offset(p.open[len(p.open)-1]), "this line mark is never closed")
	}
	p.end()
	return nil
}

// end closes the list of all statements.
func (p *parser) end() {
	p.pop()
	if p.blockSize > 0 {
		p.block(len(p.src))
	}
}

// statements reads the tokens that begin from off on, up to stop, and returns where the
// last one ends.
func (p *parser) statements(off, stop int) (int, error) {
	src := p.src
	for off < stop {
		switch byteClass[src[off]] {
		case byteBlank:
			off++
			for off+8 <= len(src) && word64(src, off) == eightBlanks {
				off += 8
			}
			for off < len(src) && src[off] == ' ' {
				off++
			}
		case byteNewline:
			off++
			if src[off-1] == '\n' {
				p.file.lines = append(p.file.lines, uint32(off))
			}
		case byteSymbol:
			if p.depth == 0 {
				return off, p.fail(off, "want ( : a statement stands in parentheses")
			}
			off = p.symbol(off)
		case byteOpen:
			p.depth++
			if p.depth > maxDepth {
				return off, p.fail(off, "lists nested deeper than %d", maxDepth)
			}
			p.push(off)
			off++
		case byteClose:
			if p.depth == 0 {
				return off, p.fail(off, "unexpected )")
			}
			p.depth--
			p.pop()
			off++
			if p.blockSize > 0 && p.depth == 0 && p.marks == 0 && off-p.blockStart >= p.blockSize {
				p.block(off)
			}
		case byteComment:
			next, err := p.comment(off)
			if err != nil {
				return off, err
			}
			off = next
		case byteQuote:
			if p.depth == 0 {
				return off, p.fail(off, "want ( : a statement stands in parentheses")
			}
			end, err := p.quoted(off)
			if err != nil {
				return off, err
			}
			p.atom(off, src[off+1:end], quotedBit)
			off = end + 1
		default:
			return off, p.fail(off, "%q is not a character of CIL", src[off])
		}
	}
	return off, nil
}

// node appends a node at an offset.
func (p *parser) node(word uint32, off int) {
	f := p.file
	gap := off - p.last
	p.last = off
	n := uint32(len(f.words))
	if n%checkpoint == 0 {
		f.starts = append(f.starts, uint32(off))
	}
	if gap >= wideGap {
		f.wide = append(f.wide, wideNode{n, uint32(off)})
		gap = wideGap
	}
	f.words = append(f.words, word)
	f.gaps = append(f.gaps, uint8(gap))
}

func (p *parser) push(off int) {
	p.open = append(p.open, uint32(len(p.file.words)))
	p.node(listBit, off)
}

func (p *parser) pop() {
	top := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	p.file.words[top] = listBit | uint32(len(p.file.words))
}

// symbol reads the symbol at off and returns the offset after it.
func (p *parser) symbol(off int) int {
	src := p.src
	end := off + 1
	for end < len(src) && byteClass[src[end]] == byteSymbol {
		end++
	}
	p.atom(off, src[off:end], 0)
	return end
}

func (p *parser) atom(off int, text string, flags uint32) {
	h := hash(text)
	r := &p.recent[h&uint32(len(p.recent)-1)]
	if r.hash != h || r.text != text {
		n := p.file.table.number(text, h, p.lent)
		*r = recentText{p.file.table.Text(n), h, n}
	}
	p.node(r.number|flags, off)
}

// A recentText is one of the texts that a parser remembers: the table is larger than a
// processor's cache, and so it is looked up less often.
type recentText struct {
	text         string
	hash, number uint32
}

// newRecent returns room for the texts of a source of n bytes.
func newRecent(n int) []recentText {
	const most = 1 << 12
	return make([]recentText, 1<<bits.Len(uint(min(n/32, most-1))))
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
	if p.marks > maxDepth {
		return 0, p.fail(start, "line marks nested deeper than %d", maxDepth)
	}
	mark := lineMark{node: uint32(len(p.file.words)), expand: kind == "lmx"}
	p.push(start)
	p.atom(start, sourceInfo, 0)
	p.atom(kindAt, kind, 0)
	lineAt, line := word()
	if line == "" {
		return 0, bad()
	}
	p.atom(lineAt, line, 0)
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
	p.atom(pathAt, path, 0)
	if !end() {
		return 0, bad()
	}
	n, _ := strconv.ParseUint(line, 10, 32) // a bad number is an error of the statement
	mark.first, mark.path, mark.line = uint32(n), strings.Clone(path), uint32(len(p.file.lines)+1)
	p.file.marks = append(p.file.marks, mark)
	return off, nil
}

// sourceInfo is the keyword of the list that a line mark opens.
const sourceInfo = "<src_info>"
