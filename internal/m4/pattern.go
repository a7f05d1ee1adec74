package m4

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// findPattern is m4's regexp: it returns where a pattern matches first, -1 for nowhere. With a
// third argument it returns that text, with \1 to \9 and \0 or \& replaced.
func findPattern(text, pattern, replacement string, args int) (string, error) {
	if args < 2 {
		return "0", nil
	}
	re, err := compilePattern(pattern)
	if err != nil {
		return "", err
	}
	at := re.FindStringSubmatchIndex(text)
	switch {
	case args < 3 && at == nil:
		return "-1", nil
	case args < 3:
		return strconv.Itoa(at[0]), nil
	case at == nil:
		return "", nil
	}
	var b strings.Builder
	for i := 0; i < len(replacement); i++ {
		if replacement[i] != '\\' || i+1 == len(replacement) {
			b.WriteByte(replacement[i])
			continue
		}
		i++
		group := 0
		switch d := replacement[i]; {
		case d == '&':
		case d >= '0' && d <= '9':
			group = int(d - '0')
		default:
			b.WriteByte(d)
			continue
		}
		if 2*group < len(at) && at[2*group] >= 0 {
			b.WriteString(text[at[2*group]:at[2*group+1]])
		}
	}
	return b.String(), nil
}

// maxPattern bounds the length of a pattern.
const maxPattern = 1000

// compilePattern takes a pattern in the syntax of Emacs, as m4 does: groups are \(...\),
// alternatives \|, and a dot is everything but the end of a line.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("a pattern of %d bytes is too long", len(pattern))
	}
	var b strings.Builder
	b.WriteString("(?m)")
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '\\':
			i++
			if i == len(pattern) {
				return nil, fmt.Errorf("the pattern %.40q ends with a backslash", pattern)
			}
			switch e := pattern[i]; e {
			case '(', ')', '|':
				b.WriteByte(e)
			case 'w', 'W', 'b', 'B':
				b.WriteByte('\\')
				b.WriteByte(e)
			case '`':
				b.WriteString(`\A`)
			case '\'':
				b.WriteString(`\z`)
			case '.', '*', '+', '?', '[', ']', '^', '$', '\\':
				b.WriteByte('\\')
				b.WriteByte(e)
			default:
				return nil, fmt.Errorf(`\%c in a pattern is not supported`, e)
			}
		case '(', ')', '|', '{', '}':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '[':
			return nil, fmt.Errorf("sets of characters in a pattern are not supported")
		default:
			b.WriteByte(c)
		}
	}
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, fmt.Errorf("the pattern %.40q: %w", pattern, err)
	}
	re.Longest()
	return re, nil
}
