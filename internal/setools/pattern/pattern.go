// Package pattern compiles the regular expressions that SETools takes, those of Python's re module, for Go's regexp
// package.
//
// It translates what both know, and refuses an expression that Python refuses, with Python's message. What Go's
// package lacks is refused with a message of our own: look-around, backreferences, atomic groups, possessive
// repeats, the verbose flag, named characters and repeats of more than 1000. Classes such as \w and case folding
// are those of ASCII, because all names in policies are ASCII.
package pattern

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Compile compiles an expression of Python's re module. The error's text is Python's where Python
// refuses the expression too.
func Compile(expr string) (*regexp.Regexp, error) {
	if !utf8.ValidString(expr) {
		return nil, errors.New("the pattern is not UTF-8")
	}
	t := translator{src: []rune(expr), names: map[string]int{}}
	if err := t.translate(); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(t.out.String())
	if err != nil {
		return nil, errors.New("the pattern is too large")
	}
	return re, nil
}

// translator walks an expression as sre_parse of Python 3.11 does, so that it reports an error at the same place.
type translator struct {
	src []rune
	pos int
	out strings.Builder

	// last is the item that a repeat at this position would repeat.
	last   item
	open   []int // the positions of open parentheses
	groups int   // capturing groups so far
	names  map[string]int
}

// An item is the part of a pattern before a position.
type item uint8

const (
	nothing  item = iota // the beginning of an alternative
	anchor               // ^, \b and the like
	repeated             // something with a repeat
	atom
)

// fail is Python's re.error.
func fail(message string, at int) error {
	return errors.New(message + " at position " + strconv.Itoa(at))
}

func unsupported(what string) error {
	return errors.New("senet does not know " + what + " in patterns")
}

// peek returns the next rune, -1 at the end.
func (t *translator) peek() rune {
	if t.pos < len(t.src) {
		return t.src[t.pos]
	}
	return -1
}

// accept takes the next rune if it is r.
func (t *translator) accept(r rune) bool {
	if t.peek() == r {
		t.pos++
		return true
	}
	return false
}

func (t *translator) put(s string, last item) {
	t.out.WriteString(s)
	t.last = last
}

func (t *translator) literal(r rune) { t.put(regexp.QuoteMeta(string(r)), atom) }

func (t *translator) translate() error {
	for t.pos < len(t.src) {
		if err := t.step(); err != nil {
			return err
		}
	}
	if n := len(t.open); n > 0 {
		return fail("missing ), unterminated subpattern", t.open[n-1])
	}
	return nil
}

func (t *translator) step() error {
	at := t.pos
	r := t.src[t.pos]
	t.pos++
	switch r {
	case '\\':
		return t.escape(at)
	case '[':
		return t.set(at)
	case '.':
		t.put(".", atom)
	case '^', '$':
		t.put(string(r), anchor)
	case '|':
		t.put("|", nothing)
	case '(':
		return t.group(at)
	case ')':
		n := len(t.open)
		if n == 0 {
			return fail("unbalanced parenthesis", at)
		}
		t.open = t.open[:n-1]
		t.put(")", atom)
	case '*', '+', '?':
		return t.repeat(string(r), at)
	case '{':
		return t.count(at)
	default:
		t.literal(r)
	}
	return nil
}

// count reads {n}, {n,m}, {n,}, {,m} and {,}. Any other brace is literal.
func (t *translator) count(at int) error {
	digits := func() string {
		start := t.pos
		for t.peek() >= '0' && t.peek() <= '9' {
			t.pos++
		}
		return string(t.src[start:t.pos])
	}
	start := t.pos
	low := digits()
	high, comma := low, t.accept(',')
	if comma {
		high = digits()
	}
	if !comma && low == "" || !t.accept('}') {
		t.pos = start
		t.literal('{')
		return nil
	}
	if len(low) > 9 || len(high) > 9 {
		return errors.New("the repetition number is too large")
	}
	lowN, _ := strconv.Atoi(low)
	highN, _ := strconv.Atoi(high)
	if high != "" && highN < lowN {
		return fail("min repeat greater than max repeat", start)
	}
	text := "{" + strconv.Itoa(lowN)
	if comma {
		text += "," + high
	}
	if err := t.repeat(text+"}", at); err != nil {
		return err
	}
	if lowN > 1000 || highN > 1000 {
		return unsupported("repeats of more than 1000")
	}
	return nil
}

func (t *translator) repeat(op string, at int) error {
	switch t.last {
	case nothing, anchor:
		return fail("nothing to repeat", at)
	case repeated:
		return fail("multiple repeat", at)
	}
	if t.accept('?') {
		op += "?"
	} else if t.accept('+') {
		return unsupported("possessive repeats")
	}
	t.put(op, repeated)
	return nil
}
