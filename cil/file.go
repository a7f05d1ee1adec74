package cil

import (
	"fmt"
	"sort"
	"strings"
)

// A File is the parsed text of one CIL source, in an arena: one flat slice of
// nodes in the order of the text, eight bytes each, and one table of the
// distinct texts of its symbols. It is immutable and may be shared.
//
// A node is addressed by its index. The first node is a list that holds the
// file's statements; the children of list i are i+1, then [File.Next] of that,
// up to [File.End] of i.
type File struct {
	// Name is what messages call the file.
	Name string

	text  string
	nodes []arenaNode
	syms  []string
	marks []lineMark
}

// An arenaNode is a list or a symbol. The top bit of word says which; the rest
// is the index of the node after the list, or the index of the symbol's text.
type arenaNode struct {
	word, off uint32
}

const listBit = 1 << 31

// A lineMark says that a node of the file is the head of a block that a line
// mark opened: an inner source whose lines are counted on their own.
type lineMark struct {
	node   uint32
	line   uint32 // the line in the outer source that Line names
	expand bool   // lmx: every line of the block comes from one source line
	first  uint32 // the number that the mark gave
	path   string
}

// MaxDepth bounds how deeply lists, and open line marks, may nest, as in
// libsepol's parser.
const MaxDepth = 1 << 12

// Len returns the number of nodes.
func (f *File) Len() uint32 { return uint32(len(f.nodes)) }

// Symbols returns the distinct texts of the file's symbols and strings. The
// caller must not change it.
func (f *File) Symbols() []string { return f.syms }

// IsList reports whether node i is a list.
func (f *File) IsList(i uint32) bool { return f.nodes[i].word&listBit != 0 }

// Sym returns the index in [File.Symbols] of the text of node i, which must not
// be a list.
func (f *File) Sym(i uint32) uint32 { return f.nodes[i].word }

// Text returns the text of node i: that of a symbol or string, "" for a list.
func (f *File) Text(i uint32) string {
	if f.IsList(i) {
		return ""
	}
	return f.syms[f.nodes[i].word]
}

// Next returns the index of the node after node i and all it holds.
func (f *File) Next(i uint32) uint32 {
	if w := f.nodes[i].word; w&listBit != 0 {
		return w &^ listBit
	}
	return i + 1
}

// End returns the index after the last node that list i holds.
func (f *File) End(i uint32) uint32 { return f.nodes[i].word &^ listBit }

// Pos returns where node i begins in the text. Lines end at a newline.
func (f *File) Pos(i uint32) Pos { return f.posAt(int(f.nodes[i].off)) }

func (f *File) posAt(off int) Pos {
	before := f.text[:off]
	return Pos{strings.Count(before, "\n") + 1, off - strings.LastIndexByte(before, '\n')}
}

// Line returns the text of a line, counted from 1, without its end.
func (f *File) Line(n int) string {
	rest := f.text
	for ; n > 1; n-- {
		_, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return ""
		}
		rest = after
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSuffix(line, "\r")
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
func (f *File) String(i uint32) string { return f.tree(i).String() }

// tree returns the node as a tree.
func (f *File) tree(i uint32) Node {
	pos := f.Pos(i)
	if !f.IsList(i) {
		return Node{Atom: f.Text(i), Quoted: f.text[f.nodes[i].off] == '"', Pos: pos}
	}
	n := Node{Pos: pos}
	for c := i + 1; c < f.End(i); c = f.Next(c) {
		n.List = append(n.List, f.tree(c))
	}
	return n
}

// A SyntaxError says where a source is not CIL.
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
