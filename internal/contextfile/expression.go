package contextfile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// CheckExpressions refuses regular expressions that PCRE refuses, as far as it knows them: brackets
// and parentheses that are not closed, quantifiers with nothing to repeat, ranges and repetitions
// in the wrong order. It is for systems without the program that compiles the expressions. pcre is
// the version of PCRE, "10.42 2022-12-11", "" if it is not known.
func CheckExpressions(text []byte, pcre string) error {
	newer := sinceRelease(pcre, 43)
	for line := range strings.Lines(string(text)) {
		path, _, _, ok := Fields(line)
		if !ok {
			continue
		}
		if err := checkExpression(path, newer); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrContexts, path, err)
		}
	}
	return nil
}

var (
	errMissingParen   = errors.New("a parenthesis is not closed")
	errMoreParens     = errors.New("a parenthesis closes nothing")
	errMissingBracket = errors.New("a bracket is not closed")
	errRangeOrder     = errors.New("a range in brackets is the wrong way round")
	errRepeatsNothing = errors.New("a quantifier follows nothing that can be repeated")
	errRepeatOrder    = errors.New("the numbers of a repetition are the wrong way round")
	errRepeatSize     = errors.New("a repetition of more than 65535")
)

// maxRepeat is PCRE's limit of a repetition.
const maxRepeat = 65535

// checkExpression checks one expression, which libselinux puts between ^ and $: a backslash
// at the end makes the latter an ordinary character. newer says that PCRE is 10.43 or newer.
func checkExpression(pattern string, newer bool) error {
	repeatable, depth := false, 0 // whether a quantifier can follow
	for i := 0; i < len(pattern); {
		c := pattern[i]
		length := 1
		switch c {
		case '\\':
			length, repeatable = 2, true
			if strings.HasPrefix(pattern[i:], `\Q`) {
				length = through(pattern[i:], `\E`)
			}
		case '[':
			var err error
			if length, err = classLength(pattern[i:]); err != nil {
				return err
			}
			repeatable = true
		case '(':
			if strings.HasPrefix(pattern[i:], "(?#") { // a comment
				length = through(pattern[i:], ")")
				break
			}
			repeatable = false
			if strings.HasPrefix(pattern[i:], "(*") { // a verb
				length = through(pattern[i:], ")")
				break
			}
			length += len(pattern[i+1:]) - len(strings.TrimLeft(pattern[i+1:], "?"))
			depth++
		case ')':
			if depth--; depth < 0 {
				return errMoreParens
			}
			repeatable = true
		case '^', '$', '|':
			repeatable = false
		case '*', '+', '?', '{':
			if c == '{' {
				var err error
				if length, err = repetition(pattern[i:], newer); err != nil {
					return err
				}
			}
			if length == 0 { // an ordinary character
				length, repeatable = 1, true
				break
			}
			if !repeatable {
				return errRepeatsNothing
			}
			repeatable = false
			if next := i + length; next < len(pattern) && (pattern[next] == '?' || pattern[next] == '+') {
				length++ // lazy, or possessive
			}
		default:
			repeatable = true
		}
		i += length
	}
	if depth > 0 {
		return errMissingParen
	}
	return nil
}

// through returns the length of a text up to and with the first end in it, the whole length if
// there is none.
func through(text, end string) int {
	if i := strings.Index(text, end); i >= 0 {
		return i + len(end)
	}
	return len(text)
}

// sinceRelease reports whether a version of PCRE is 10.minor or newer.
func sinceRelease(version string, minor int) bool {
	number, _, _ := strings.Cut(version, " ")
	major, rest, _ := strings.Cut(number, ".")
	rest, _, _ = strings.Cut(rest, "-") // of a candidate
	a, err := strconv.Atoi(major)
	b, errMinor := strconv.Atoi(rest)
	return err == nil && errMinor == nil && (a > 10 || a == 10 && b >= minor)
}

// repetition returns the length of {N}, {N,} or {N,M} at the beginning of a pattern, 0 for
// none. Newer releases of PCRE know {,M} too, and blanks between the parts, which no pattern of a
// file of contexts has.
func repetition(pattern string, newer bool) (int, error) {
	end := strings.IndexByte(pattern, '}')
	if end < 0 {
		return 0, nil
	}
	low, high, two := strings.Cut(pattern[1:end], ",")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	if newer && low == "" && two && high != "" {
		low = "0"
	}
	if !digits(low) || high != "" && !digits(high) {
		return 0, nil
	}
	limit := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			return maxRepeat + 1
		}
		return n
	}
	least, most := limit(low), maxRepeat
	if two && high != "" {
		most = limit(high)
	}
	switch {
	case least > maxRepeat || most > maxRepeat:
		return 0, errRepeatSize
	case two && least > most:
		return 0, errRepeatOrder
	}
	return end + 1, nil
}

// classLength returns the length of a bracket expression.
func classLength(pattern string) (int, error) {
	i := 1
	if i < len(pattern) && pattern[i] == '^' {
		i++
	}
	from := -1 // the character that a range may begin with, -1 for none
	for first := true; i < len(pattern); first = false {
		c := int(pattern[i])
		length := 1
		switch {
		case c == ']' && !first:
			return i + 1, nil
		case c == '\\':
			length = 2
			if c = -1; i+1 < len(pattern) && strings.IndexByte(`\]-[^.`, pattern[i+1]) >= 0 {
				c = int(pattern[i+1])
			}
		case strings.HasPrefix(pattern[i:], "[:"):
			if end := strings.Index(pattern[i:], ":]"); end > 0 {
				length, c = end+len(":]"), -1
			}
		case c == '-' && from >= 0 && i+1 < len(pattern) && pattern[i+1] != ']' && pattern[i+1] != '[' &&
			pattern[i+1] != '\\':
			if int(pattern[i+1]) < from {
				return 0, errRangeOrder
			}
			length, c = 2, -1
		}
		i += length
		from = c
	}
	return 0, errMissingBracket
}
