package semanage

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A scanner walks the text of a file of local records as parse_utils.c of
// libsemanage does: words separated by white space, which may be the end of a
// line; empty lines and lines that begin with # are skipped.
type scanner struct {
	file string
	text string // what follows the current line
	next int    // the number of lines begun
	line int    // the number of the current line
	full string // the current line
	rest string // what is left of it
	ok   bool   // there is a current line
}

const blanks = " \t\v\f\r\n"

// skipSpace moves to the next word, on another line if need be.
func (s *scanner) skipSpace() {
	if s.ok {
		s.rest = strings.TrimLeft(s.rest, blanks)
		if s.rest != "" {
			return
		}
	}
	s.ok = false
	for s.text != "" {
		var line string
		line, s.text, _ = strings.Cut(s.text, "\n")
		s.next++
		rest := strings.TrimLeft(line, blanks)
		if rest == "" || rest[0] == '#' {
			continue
		}
		s.line, s.full, s.rest, s.ok = s.next, line, rest, true
		return
	}
}

func (s *scanner) fail(format string, args ...any) error {
	return s.failWith(fmt.Errorf("%w: "+format, append([]any{ErrSyntax}, args...)...))
}

func (s *scanner) failWith(err error) error {
	return &ParseError{File: s.file, Line: s.line, Text: s.full, Err: err}
}

// space requires white space, or the end of the line, and skips it.
func (s *scanner) space() error {
	if !s.ok {
		return s.fail("unexpected end of file")
	}
	if s.rest != "" && !strings.ContainsRune(blanks, rune(s.rest[0])) {
		return s.fail("missing white space")
	}
	s.skipSpace()
	return nil
}

// optional skips prefix if it is next.
func (s *scanner) optional(prefix string) bool {
	if !s.ok {
		return false
	}
	rest, found := strings.CutPrefix(s.rest, prefix)
	s.rest = rest
	return found
}

// expect requires prefix.
func (s *scanner) expect(prefix string) error {
	if !s.ok {
		return s.fail("unexpected end of file")
	}
	if !s.optional(prefix) {
		return s.fail("expected %q", prefix)
	}
	return nil
}

// word returns the text up to white space, or up to delim. It must not be empty.
func (s *scanner) word(delim byte) (string, error) {
	if !s.ok {
		return "", s.fail("unexpected end of file")
	}
	n := strings.IndexAny(s.rest, blanks+string(delim))
	if n < 0 {
		n = len(s.rest)
	}
	if n == 0 {
		return "", s.fail("expected a word")
	}
	if strings.IndexByte(s.rest[:n], 0) >= 0 {
		return "", s.fail("NUL character")
	}
	w := s.rest[:n]
	s.rest = s.rest[n:]
	return w, nil
}

// until returns the rest of the line up to delim, blanks included: names of groups have them.
// It must not be nothing.
func (s *scanner) until(delim byte) (string, error) {
	if !s.ok {
		return "", s.fail("unexpected end of file")
	}
	n := strings.IndexByte(s.rest, delim)
	if n < 0 {
		n = len(s.rest)
	}
	w := strings.TrimRight(s.rest[:n], blanks)
	if w == "" || strings.IndexByte(w, 0) >= 0 {
		return "", s.fail("expected a word")
	}
	s.rest = s.rest[n:]
	return w, nil
}

// number reads a decimal number of at most limit.
func (s *scanner) number(delim byte, limit int) (int, error) {
	w, err := s.word(delim)
	if err != nil {
		return 0, err
	}
	if w[0] < '0' || w[0] > '9' {
		return 0, s.fail("expected a number, found %q", w)
	}
	n, err := strconv.ParseUint(w, 10, 31)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, s.fail("not a number: %q", w)
	}
	if err != nil || int(n) > limit {
		return 0, s.failWith(fmt.Errorf("%w: %s is above %d", ErrRange, w, limit))
	}
	return int(n), nil
}

// numbers reads "N" or "N-N" or "N - N", as ports and pkeys are written.
func (s *scanner) numbers(limit int) (low, high int, err error) {
	if low, err = s.number('-', limit); err != nil {
		return 0, 0, err
	}
	if s.rest != "" && s.rest[0] != '-' {
		if err = s.space(); err != nil {
			return 0, 0, err
		}
	}
	high = low
	if s.optional("-") {
		s.skipSpace()
		if high, err = s.number(' ', limit); err != nil {
			return 0, 0, err
		}
		if err = s.space(); err != nil {
			return 0, 0, err
		}
	}
	if low > high {
		return 0, 0, s.failWith(fmt.Errorf("%w: %d-%d is backwards", ErrRange, low, high))
	}
	return low, high, nil
}

// context reads a context and the white space after it.
func (s *scanner) context() (Context, error) {
	w, err := s.word(' ')
	if err != nil {
		return Context{}, err
	}
	c, err := ParseContext(w)
	if err != nil {
		return Context{}, s.failWith(err)
	}
	return c, s.space()
}

// keyword requires the word a record begins with, and white space.
func (s *scanner) keyword(word string) error {
	if err := s.expect(word); err != nil {
		return err
	}
	return s.space()
}
