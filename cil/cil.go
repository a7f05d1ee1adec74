// Package cil reads and writes the Common Intermediate Language of SELinux as a
// tree of symbols and lists. It knows the syntax, not the statements.
//
// Start here: [ParseFile] or [Parse], and [Format].
package cil

import (
	"strings"
)

// A Node is a symbol, a quoted string or a list. The zero Node is the empty
// list.
type Node struct {
	// Atom is the text of a symbol or string; "" for a list, and for the empty
	// string if Quoted.
	Atom   string
	Quoted bool
	List   []Node
	// Pos is where the node begins in the source it was read from.
	Pos Pos
}

// A Pos is a place in a source: line and column are 1-based, the column counts
// bytes. The zero Pos is no place.
type Pos struct {
	Line, Column int
}

// Sym returns a symbol.
func Sym(name string) Node { return Node{Atom: name} }

// List returns a list of nodes.
func List(nodes ...Node) Node { return Node{List: nodes} }

// Call returns the list of a keyword and symbols: (keyword a b c).
func Call(keyword string, args ...Node) Node {
	return Node{List: append([]Node{Sym(keyword)}, args...)}
}

// Syms returns a list of symbols.
func Syms(names ...string) Node {
	n := Node{List: make([]Node, len(names))}
	for i, name := range names {
		n.List[i] = Sym(name)
	}
	return n
}

// IsList reports whether the node is a list.
func (n Node) IsList() bool { return n.Atom == "" && !n.Quoted }

// String writes the node on one line.
func (n Node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n Node) write(b *strings.Builder) {
	switch {
	case n.Quoted:
		b.WriteByte('"')
		b.WriteString(n.Atom)
		b.WriteByte('"')
	case !n.IsList():
		b.WriteString(n.Atom)
	default:
		b.WriteByte('(')
		for i, child := range n.List {
			if i > 0 {
				b.WriteByte(' ')
			}
			child.write(b)
		}
		b.WriteByte(')')
	}
}

// width is the longest line that Format leaves unbroken.
const width = 80

// Format writes statements one below the other, lists that are too long for a
// line broken after their first element and indented.
func Format(statements []Node) string {
	var b strings.Builder
	for _, s := range statements {
		s.format(&b, 0)
		b.WriteByte('\n')
	}
	return b.String()
}

func (n Node) format(b *strings.Builder, indent int) {
	line := n.String()
	if indent+len(line) <= width || len(n.List) < 2 {
		b.WriteString(line)
		return
	}
	b.WriteByte('(')
	n.List[0].format(b, indent+1)
	for _, child := range n.List[1:] {
		b.WriteByte('\n')
		b.WriteString(strings.Repeat(" ", indent+4))
		child.format(b, indent+4)
	}
	b.WriteByte(')')
}
