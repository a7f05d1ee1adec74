package cil

import "fmt"

// A SyntaxError says where a source is not CIL.
type SyntaxError struct {
	Pos Pos
	Msg string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Pos.Line, e.Pos.Column, e.Msg)
}

// maxDepth bounds the nesting of lists; libsepol's parser has the same limit.
const maxDepth = 1000

// Parse reads a source: statements, and comments from ; to the end of a line,
// which are dropped. The error is a [*SyntaxError].
func Parse(source string) ([]Node, error) {
	p := parser{src: source, pos: Pos{1, 1}}
	open := []Node{{}} // the lists not yet closed; the first holds the statements
	for {
		p.blanks()
		if p.off == len(p.src) {
			break
		}
		at, top := p.pos, &open[len(open)-1]
		switch c := p.src[p.off]; c {
		case '(':
			p.advance()
			if len(open) > maxDepth {
				return nil, &SyntaxError{at, fmt.Sprintf("lists nested deeper than %d", maxDepth)}
			}
			open = append(open, Node{Pos: at})
		case ')':
			p.advance()
			if len(open) == 1 {
				return nil, &SyntaxError{at, "unexpected )"}
			}
			done := *top
			open = open[:len(open)-1]
			parent := &open[len(open)-1]
			parent.List = append(parent.List, done)
		default:
			if len(open) == 1 {
				return nil, &SyntaxError{at, fmt.Sprintf("%q where a statement should begin", c)}
			}
			atom, err := p.atom()
			if err != nil {
				return nil, err
			}
			top.List = append(top.List, atom)
		}
	}
	if len(open) > 1 {
		return nil, &SyntaxError{open[len(open)-1].Pos, "this ( is never closed"}
	}
	return open[0].List, nil
}

type parser struct {
	src string
	off int
	pos Pos
}

func (p *parser) advance() {
	if p.src[p.off] == '\n' {
		p.pos.Line++
		p.pos.Column = 0
	}
	p.pos.Column++
	p.off++
}

func (p *parser) blanks() {
	for p.off < len(p.src) {
		switch p.src[p.off] {
		case ' ', '\t', '\r', '\n':
			p.advance()
		case ';':
			for p.off < len(p.src) && p.src[p.off] != '\n' {
				p.advance()
			}
		default:
			return
		}
	}
}

func (p *parser) atom() (Node, error) {
	at, start := p.pos, p.off
	if p.src[p.off] == '"' {
		p.advance()
		for p.off < len(p.src) && p.src[p.off] != '"' {
			if p.src[p.off] == '\n' {
				return Node{}, &SyntaxError{at, "this string is not closed on its line"}
			}
			p.advance()
		}
		if p.off == len(p.src) {
			return Node{}, &SyntaxError{at, "this string is never closed"}
		}
		p.advance()
		return Node{Atom: p.src[start+1 : p.off-1], Quoted: true, Pos: at}, nil
	}
	for p.off < len(p.src) {
		switch p.src[p.off] {
		case ' ', '\t', '\r', '\n', '(', ')', ';', '"':
			return Node{Atom: p.src[start:p.off], Pos: at}, nil
		}
		p.advance()
	}
	return Node{Atom: p.src[start:p.off], Pos: at}, nil
}
