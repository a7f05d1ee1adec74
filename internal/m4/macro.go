package m4

import (
	"bytes"
	"strconv"
)

// A macro is one definition of a name.
type macro struct {
	builtin builtin
	handler Handler // set by Handle
	parts   []part
	text    string // as defined
	under   *macro // the definition that pushdef hid
	// mark is the argument of DefineMarked, -1 for others.
	mark int
}

// A part is text with an argument after it.
type part struct {
	text string
	arg  int // the number of the argument, or one of the constants below
}

const (
	noArg       = -1 - iota
	countArg    // $#
	joinedArgs  // $*
	quotedArgs  // $@
	maxArgument = 1 << 20
)

// parse splits the text of a definition at its arguments.
func (m *macro) parse() {
	rest := m.text
	from := 0
	for i := 0; i+1 < len(rest); i++ {
		if rest[i] != '$' {
			continue
		}
		end := i + 2
		var arg int
		switch b := rest[i+1]; {
		case b >= '0' && b <= '9':
			for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
				end++
			}
			n, err := strconv.Atoi(rest[i+1 : end])
			if err != nil || n > maxArgument {
				n = maxArgument
			}
			arg = n
		case b == '#':
			arg = countArg
		case b == '*':
			arg = joinedArgs
		case b == '@':
			arg = quotedArgs
		default:
			continue
		}
		m.parts = append(m.parts, part{rest[from:i], arg})
		from, i = end, end-1
	}
	m.parts = append(m.parts, part{rest[from:], noArg})
}

// A call is a macro with its arguments, whose text is in the engine's arena.
type call struct {
	name  string
	ends  []int // where the arguments end; each begins where the previous one ends
	start int
	text  []byte // the arena
	// at is where the call begins, an offset of the file.
	at int
}

// count is the number of arguments; a call without parentheses has none.
func (c *call) count() int { return len(c.ends) }

// arg returns an argument by its number, from 1 on. A missing argument is empty.
func (c *call) arg(n int) []byte {
	if n < 1 || n > len(c.ends) {
		return nil
	}
	from := c.start
	if n > 1 {
		from = c.ends[n-2]
	}
	return c.text[from:c.ends[n-1]]
}

func (c *call) size(p part) int {
	n := len(p.text)
	switch p.arg {
	case noArg:
	case countArg:
		n += len(strconv.Itoa(c.count()))
	case joinedArgs, quotedArgs:
		n += c.joinedSize(1, p.arg == quotedArgs)
	case 0:
		n += len(c.name)
	default:
		n += len(c.arg(p.arg))
	}
	return n
}

// joinedSize is the length of the arguments from first on, joined with commas.
func (c *call) joinedSize(first int, quoted bool) int {
	n := 0
	for i := first; i <= c.count(); i++ {
		n += len(c.arg(i))
		if quoted {
			n += 2
		}
		if i > first {
			n++
		}
	}
	return n
}

func (c *call) appendJoined(to []byte, first int, quoted bool) []byte {
	for i := first; i <= c.count(); i++ {
		if i > first {
			to = append(to, ',')
		}
		if quoted {
			to = append(to, '`')
		}
		to = append(to, c.arg(i)...)
		if quoted {
			to = append(to, '\'')
		}
	}
	return to
}

func (c *call) appendPart(to []byte, p part) []byte {
	to = append(to, p.text...)
	switch p.arg {
	case noArg:
		return to
	case countArg:
		return strconv.AppendInt(to, int64(c.count()), 10)
	case joinedArgs, quotedArgs:
		return c.appendJoined(to, 1, p.arg == quotedArgs)
	case 0:
		return append(to, c.name...)
	}
	return append(to, c.arg(p.arg)...)
}

// equal reports whether two arguments are the same.
func (c *call) equal(a, b int) bool { return bytes.Equal(c.arg(a), c.arg(b)) }
