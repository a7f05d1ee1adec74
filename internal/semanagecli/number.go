package semanagecli

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/senet-selinux/senet/internal/argparse"
)

// pythonInt reads a number as Python's int does: blanks around it, a sign,
// single underscores between digits, and for base 0 a prefix and no leading
// zeros. A number too large for an int64 becomes the largest one.
func pythonInt(text string, base int) (int64, error) {
	bad := valueError("invalid literal for int() with base " + strconv.Itoa(base) + ": " + argparse.Repr(text))
	s := strings.TrimFunc(text, unicode.IsSpace)
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative, s = s[0] == '-', s[1:]
	}
	radix := base
	if base == 0 {
		radix = 10
		if len(s) > 1 && s[0] == '0' {
			switch s[1] {
			case 'x', 'X':
				radix = 16
			case 'o', 'O':
				radix = 8
			case 'b', 'B':
				radix = 2
			}
		}
		if radix != 10 {
			s = strings.TrimPrefix(s[2:], "_")
		} else if strings.HasPrefix(s, "0") && strings.Trim(s, "0_") != "" {
			return 0, bad
		}
	}
	if s == "" || strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") ||
		s[0] == '-' || s[0] == '+' {
		return 0, bad
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), radix, 64)
	if e, ok := err.(*strconv.NumError); ok && e.Err == strconv.ErrRange {
		n, err = math.MaxInt64, nil
	}
	if err != nil {
		return 0, bad
	}
	if negative {
		n = -n
	}
	return n, nil
}
