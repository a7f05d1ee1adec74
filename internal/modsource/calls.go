package modsource

import (
	"iter"
	"strings"
)

// A found call of an interface or a macro in a source.
type foundCall struct {
	name, text string
	args       int
	line       int    // from 1 on
	after      string // the text behind it
}

func wordByte(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9' || b == '_' }

// findCalls yields the calls NAME(...) of a text, those in quoted arguments of others too, but not those in comments.
func findCalls(text string) iter.Seq[foundCall] {
	return func(yield func(foundCall) bool) {
		line := 1
		for i := 0; i < len(text); {
			switch b := text[i]; {
			case b == '\n':
				line++
				i++
			case b == '#':
				n := strings.IndexByte(text[i:], '\n')
				if n < 0 {
					return
				}
				i += n
			case wordByte(b) && (b < '0' || b > '9'):
				from := i
				for i < len(text) && wordByte(text[i]) {
					i++
				}
				if i == len(text) || text[i] != '(' || from > 0 && text[from-1] == '$' {
					continue
				}
				end, args := arguments(text, i)
				if end < 0 {
					continue
				}
				c := foundCall{name: text[from:i], text: text[from:end], args: args, line: line, after: text[end:]}
				if !yield(c) {
					return
				}
				i++ // calls in the arguments count too
			default:
				i++
			}
		}
	}
}

// arguments returns the end of a call whose parenthesis is at an offset, -1 for none, and the number of its arguments.
func arguments(text string, at int) (end, n int) {
	depth, quotes := 0, 0
	empty := true
	for i := at; i < len(text); i++ {
		switch b := text[i]; {
		case b == '`':
			quotes++
			empty = false
		case b == '\'':
			quotes = max(quotes-1, 0)
		case quotes > 0:
		case b == '(':
			depth++
		case b == ')':
			if depth--; depth == 0 {
				if n == 0 && empty {
					return i + 1, 0
				}
				return i + 1, n + 1
			}
		case b == ',' && depth == 1:
			n++
		case b > ' ':
			empty = false
		}
	}
	return -1, 0
}

// builtin reports whether a word before a parenthesis is one of m4's macros or of the language.
func builtin(name string) bool {
	switch strings.ToLower(name) {
	case "define", "ifdef", "ifndef", "ifelse", "dnl", "incr", "decr", "shift", "errprint", "undefine", "pushdef",
		"popdef", "changequote", "if", "and", "or", "xor", "not", "eq", "regexp", "eval", "format", "len", "index",
		"substr", "translit", "patsubst", "interface", "template":
		return true
	}
	return false
}
