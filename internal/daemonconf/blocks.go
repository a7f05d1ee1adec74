package daemonconf

import (
	"fmt"
	"strings"
)

// A statement consists of words that end with a semicolon or are followed by a block in braces: the
// syntax of nginx and named.
type statement struct {
	words []string
	block []statement // nil if there is none
	line  int
}

func (s *statement) word(i int) string {
	if i < len(s.words) {
		return s.words[i]
	}
	return ""
}

// blocks reads a text into statements.
type blocks struct {
	text    string
	off     int
	line    int
	slashes bool // comments begin with // and /* too, and a backslash escapes only in quotes
	depth   int
	count   int
}

const (
	maxBlocks     = 64      // how deep they are nested
	maxStatements = 200_000 // of one file
)

// readBlocks reads a file. After a mistake it returns the statements before it, and the line of the
// mistake.
func readBlocks(text string, slashes bool) (list []statement, line int, err error) {
	b := &blocks{text: text, line: 1, slashes: slashes}
	list, err = b.list(false)
	return list, b.line, err
}

func (b *blocks) list(inside bool) ([]statement, error) {
	list := []statement{}
	var s statement
	for {
		w, quoted, err := b.token()
		if err != nil {
			return list, err
		}
		switch {
		case w == "" && !quoted: // the end
			if inside {
				return list, fmt.Errorf("a block is not closed")
			}
			if len(s.words) > 0 {
				return append(list, s), fmt.Errorf("no semicolon after %q", s.words[0])
			}
			return list, nil
		case w == ";" && !quoted:
			if len(s.words) > 0 || s.block != nil {
				list = append(list, s)
			}
			s = statement{}
		case w == "{" && !quoted:
			if b.depth++; b.depth > maxBlocks {
				return list, fmt.Errorf("blocks are more than %d deep", maxBlocks)
			}
			if s.line == 0 {
				s.line = b.line
			}
			block, err := b.list(true)
			b.depth--
			s.block = append(s.block, block...)
			if s.block == nil {
				s.block = []statement{}
			}
			if err != nil {
				return append(list, s), err
			}
			if !b.slashes { // nginx needs no semicolon after a block
				list, s = append(list, s), statement{}
			}
		case w == "}" && !quoted:
			if !inside {
				return list, fmt.Errorf("} without {")
			}
			if len(s.words) > 0 || s.block != nil {
				list = append(list, s)
			}
			return list, nil
		default:
			if b.count++; b.count > maxStatements {
				return list, fmt.Errorf("more than %d words", maxStatements)
			}
			if len(s.words) == 0 && s.block == nil {
				s.line = b.line
			}
			s.words = append(s.words, w)
		}
	}
}

// space skips blanks and comments.
func (b *blocks) space() {
	for b.off < len(b.text) {
		rest := b.text[b.off:]
		switch c := rest[0]; {
		case c == '\n':
			b.line++
			b.off++
		case c == ' ' || c == '\t' || c == '\r':
			b.off++
		case c == '#' || b.slashes && strings.HasPrefix(rest, "//"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			b.off += n
		case b.slashes && strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				b.off = len(b.text)
				return
			}
			b.line += strings.Count(rest[:n+4], "\n")
			b.off += n + 4
		default:
			return
		}
	}
}

// token returns a word, or one of ; { }; "" at the end.
func (b *blocks) token() (w string, quoted bool, err error) {
	b.space()
	if b.off == len(b.text) {
		return "", false, nil
	}
	c := b.text[b.off]
	switch c {
	case ';', '{', '}':
		b.off++
		return string(c), false, nil
	case '"', '\'':
		if c == '"' || !b.slashes {
			w, err := b.quoted(c)
			return w, true, err
		}
	}
	var out strings.Builder
	for b.off < len(b.text) {
		c := b.text[b.off]
		if strings.IndexByte(" \t\r\n;{", c) >= 0 || c == '}' && b.slashes || c == '"' && b.slashes {
			if c == '{' && strings.HasSuffix(out.String(), "$") { // ${name} of nginx
				end := strings.IndexByte(b.text[b.off:], '}')
				if end > 0 && !strings.ContainsAny(b.text[b.off:b.off+end], " \n;") {
					out.WriteString(b.text[b.off : b.off+end+1])
					b.off += end + 1
					continue
				}
			}
			break
		}
		if c == '\\' && !b.slashes && b.off+1 < len(b.text) {
			b.off++
			c = b.text[b.off]
			if c == '\n' {
				b.line++
			}
		}
		out.WriteByte(c)
		b.off++
	}
	return out.String(), out.Len() == 0, nil
}

// quoted reads to the closing quote.
func (b *blocks) quoted(quote byte) (string, error) {
	var out strings.Builder
	start := b.line
	for b.off++; b.off < len(b.text); b.off++ {
		c := b.text[b.off]
		if c == quote {
			b.off++
			return out.String(), nil
		}
		if c == '\\' && b.off+1 < len(b.text) {
			b.off++
			c = b.text[b.off]
		}
		if c == '\n' {
			b.line++
		}
		out.WriteByte(c)
	}
	b.line = start
	return out.String(), fmt.Errorf("a quote is not closed")
}
