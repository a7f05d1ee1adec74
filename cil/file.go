package cil

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
)

// A File is the parsed text of one CIL source, in an arena: one flat slice of
// nodes in the order of the text, five bytes each, and a table of the distinct
// texts of symbols. It is immutable and may be shared.
//
// A node is addressed by its index. The first node is a list that holds the
// file's statements; the children of list i are i+1, then [File.Next] of that,
// up to [File.End] of i.
type File struct {
	// Name is the name of the file in messages.
	Name string

	// words holds the nodes. The top bit says that a node is a list; the rest is
	// the index of the node after the list, or the number of the symbol's text
	// and whether it was quoted.
	words []uint32
	table *Table
	marks []lineMark

	blocks []block // of a source that is to be read again

	// Only messages need to know where nodes begin, so one byte a node has to do: how far
	// it is from the node before. Distances that do not fit are in wide.
	gaps   []uint8
	wide   []wideNode
	starts []uint32 // where each checkpoint-th node begins
	lines  []uint32 // where each line but the first begins

	// A restored file finds them when a message first needs one.
	unplaced bool
	placing  sync.Once

	once  sync.Once
	text  string                 // "" until it is asked for
	again func() (string, error) // reads the text anew; may be nil
}

const (
	listBit    = 1 << 31
	quotedBit  = 1 << 30
	symbolMask = quotedBit - 1

	wideGap    = 255
	checkpoint = 256
)

// A wideNode is a node that begins far behind the one before.
type wideNode struct{ node, off uint32 }

// A lineMark says that a node of the file is the head of a block that a line
// mark opened: an inner source whose lines are counted on their own.
type lineMark struct {
	node   uint32
	line   uint32 // the line in the outer source that Line names
	expand bool   // lmx: every line of the block comes from one source line
	first  uint32 // the number that the mark gave
	path   string
}

// maxDepth bounds how deeply lists, and open line marks, may nest, as in
// libsepol's parser.
const maxDepth = 1 << 12

// Len returns the number of nodes.
func (f *File) Len() uint32 { return uint32(len(f.words)) }

// Table returns the table that numbers the texts of the file's symbols.
func (f *File) Table() *Table { return f.table }

// IsList reports whether node i is a list.
func (f *File) IsList(i uint32) bool { return f.words[i]&listBit != 0 }

// Sym returns the number in [File.Table] of the text of node i, which must not be
// a list.
func (f *File) Sym(i uint32) uint32 { return f.words[i] & symbolMask }

// Text returns the text of node i: that of a symbol or string, "" for a list.
func (f *File) Text(i uint32) string {
	if f.IsList(i) {
		return ""
	}
	return f.table.Text(f.words[i] & symbolMask)
}

// Next returns the index of the node after node i and all it holds.
func (f *File) Next(i uint32) uint32 {
	if w := f.words[i]; w&listBit != 0 {
		return w &^ listBit
	}
	return i + 1
}

// End returns the index after the last node that list i holds.
func (f *File) End(i uint32) uint32 { return f.words[i] &^ listBit }

// offset returns where node i begins in the text.
func (f *File) offset(i uint32) int {
	if f.unplaced {
		f.placing.Do(f.place)
		if len(f.starts) == 0 {
			return 0 // the source is not what it was
		}
	}
	at := i &^ (checkpoint - 1)
	off := f.starts[at/checkpoint]
	for at++; at <= i; at++ {
		if gap := f.gaps[at]; gap != wideGap {
			off += uint32(gap)
			continue
		}
		n := sort.Search(len(f.wide), func(n int) bool { return f.wide[n].node >= at })
		off = f.wide[n].off
	}
	return int(off)
}

// Pos returns where node i begins in the text. Lines end at a newline.
func (f *File) Pos(i uint32) Pos {
	off := f.offset(i)
	line := sort.Search(len(f.lines), func(n int) bool { return int(f.lines[n]) > off })
	if line == 0 {
		return Pos{1, off + 1}
	}
	return Pos{line + 1, off - int(f.lines[line-1]) + 1}
}

// Line returns the text of a line, counted from 1, without its end. It is "" if
// the file has let go of its text and what it was read from is not the same any
// more.
func (f *File) Line(n int) string {
	if f.unplaced {
		f.placing.Do(f.place)
	}
	f.once.Do(f.reload)
	start, end := 0, len(f.text)
	if n > len(f.lines)+1 || end == 0 {
		return ""
	}
	if n > 1 {
		start = int(f.lines[n-2])
	}
	if n <= len(f.lines) {
		end = int(f.lines[n-1]) - 1
	}
	return strings.TrimSuffix(f.text[start:end], "\r")
}

// reload fetches the text of a file that has let go of it.
func (f *File) reload() {
	if f.again == nil {
		return
	}
	text, err := f.again()
	if err != nil {
		return
	}
	if now, err := ParseFile(f.Name, text); err == nil && f.equal(now) {
		f.text = text
	}
}

// equal reports whether two files have the same nodes in the same places.
func (f *File) equal(o *File) bool {
	return slices.Equal(f.gaps, o.gaps) && slices.Equal(f.wide, o.wide) && slices.Equal(f.lines, o.lines) &&
		f.sameNodes(o)
}

// sameNodes reports whether two files have the same nodes.
func (f *File) sameNodes(o *File) bool {
	if len(f.words) != len(o.words) {
		return false
	}
	for i, w := range f.words {
		v := o.words[i]
		if w == v && w&listBit != 0 {
			continue
		}
		if (w|v)&listBit != 0 || w&quotedBit != v&quotedBit ||
			f.table.Text(w&symbolMask) != o.table.Text(v&symbolMask) {
			return false
		}
	}
	return true
}

// Same reports whether node i of a file and node j of another with the same table read
// the same.
func Same(f *File, i uint32, g *File, j uint32) bool {
	n := f.Next(i) - i
	if g.Next(j)-j != n {
		return false
	}
	a, b := f.words[i:i+n], g.words[j:j+n]
	for k, w := range a {
		if v := b[k]; w != v && (w&v&listBit == 0 || w-i != v-j) {
			return false
		}
	}
	return true
}

// Source returns the place that the line marks around node i give it: the file
// and line of the source that the CIL was generated from. ok is false where no
// line mark is open.
func (f *File) Source(i uint32) (path string, line int, ok bool) {
	// Marks are in the order of their nodes; the innermost open one is the last
	// whose list holds i.
	at := sort.Search(len(f.marks), func(m int) bool { return f.marks[m].node > i })
	for at--; at >= 0; at-- {
		m := &f.marks[at]
		if f.End(m.node) <= i {
			continue
		}
		line = int(m.first)
		if !m.expand {
			line += f.Pos(i).Line - int(m.line) - 1
		}
		return m.path, line, true
	}
	return "", 0, false
}

// String writes node i on one line.
func (f *File) String(i uint32) string {
	var b strings.Builder
	f.write(&b, i)
	return b.String()
}

func (f *File) write(b *strings.Builder, i uint32) {
	if !f.IsList(i) {
		f.atom(i).write(b)
		return
	}
	b.WriteByte('(')
	for c := i + 1; c < f.End(i); c = f.Next(c) {
		if c > i+1 {
			b.WriteByte(' ')
		}
		f.write(b, c)
	}
	b.WriteByte(')')
}

func (f *File) atom(i uint32) Node {
	return Node{Atom: f.Text(i), Quoted: f.words[i]&quotedBit != 0}
}

// tree returns the node as a tree.
func (f *File) tree(i uint32) Node {
	var n Node
	if f.IsList(i) {
		for c := i + 1; c < f.End(i); c = f.Next(c) {
			n.List = append(n.List, f.tree(c))
		}
	} else {
		n = f.atom(i)
	}
	n.Pos = f.Pos(i)
	return n
}

// A SyntaxError tells the place where a source is not CIL.
type SyntaxError struct {
	// File is the name of the source, "" if it has none, and Source the line
	// of it at Pos.
	File, Source string
	Pos          Pos
	Msg          string
}

func (e *SyntaxError) Error() string {
	if e.File != "" {
		return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Pos.Line, e.Pos.Column, e.Msg)
	}
	return fmt.Sprintf("%d:%d: %s", e.Pos.Line, e.Pos.Column, e.Msg)
}
