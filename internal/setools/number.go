package setools

import (
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
)

// number is an integer as Python reads it from text. digits is its shortest lower-case spelling in the base of the
// text. value is the number itself, or the largest uint64 if the number is greater.
type number struct {
	digits string
	value  uint64
}

// parseNumber mirrors int(text, base) of Python for base 10 and 16 and a text without a minus sign (the callers
// split at it). It accepts blanks around the number, a plus sign, 0x before hexadecimal digits, and single
// underscores between digits. Unlike Python it does not accept digits outside ASCII.
func parseNumber(text string, base int) (number, bool) {
	s := strings.TrimPrefix(strings.TrimSpace(text), "+")
	if base == 16 && len(s) > 1 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') {
		s = strings.TrimPrefix(s[2:], "_")
	}
	var digits []byte
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20 // lower case; digits have the bit already
		switch {
		case s[i] == '_' && i > 0 && s[i-1] != '_' && i < len(s)-1:
		case s[i] >= '0' && s[i] <= '9', base == 16 && c >= 'a' && c <= 'f':
			digits = append(digits, c)
		default:
			return number{}, false
		}
	}
	if len(digits) == 0 {
		return number{}, false
	}
	n := number{digits: strings.TrimLeft(string(digits), "0")}
	if n.digits == "" {
		n.digits = "0"
	}
	// The only error left is a number out of range; ParseUint returns the largest value then.
	n.value, _ = strconv.ParseUint(n.digits, base, 64)
	return n, true
}

// invalidNumber is the text of Python's ValueError.
func invalidNumber(text string, base int) string {
	return "invalid literal for int() with base " + strconv.Itoa(base) + ": " + argparse.Repr(text)
}
