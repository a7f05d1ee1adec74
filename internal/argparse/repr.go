package argparse

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Repr quotes a string as Python's repr does. A byte that is not UTF-8 is shown as the surrogate
// that Python decodes it to.
func Repr(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b := append(make([]byte, 0, len(s)+2), quote)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, `\udc`...)
			b = strconv.AppendUint(b, uint64(s[i]), 16)
		case r == rune(quote) || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < ' ' || r == 0x7f || r > 0x7f && !unicode.IsPrint(r):
			b = appendEscape(b, r)
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return string(append(b, quote))
}

func appendEscape(b []byte, r rune) []byte {
	letter, width := byte('x'), 2
	switch {
	case r > 0xffff:
		letter, width = 'U', 8
	case r > 0xff:
		letter, width = 'u', 4
	}
	b = append(b, '\\', letter)
	digits := strconv.FormatUint(uint64(r), 16)
	for range width - len(digits) {
		b = append(b, '0')
	}
	return append(b, digits...)
}
