// Package words writes text for people. All text that senet prints goes through it, so that no
// name, path or message can control a terminal, forge a line or hide itself: every character that
// is neither visible nor a space becomes an escape, before the text is laid out.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/senet-selinux/senet/internal/shell"
)

// Safe returns a text on one line, with every invisible character as an escape: \n, \t, \x1b,
// \u202e, and \xff for a byte that is not UTF-8. A backslash stays as it is, so Safe(Safe(s)) ==
// Safe(s), and the escapes are for reading, not for decoding.
func Safe(s string) string { return escape(s, "") }

// safeLines is Safe for text with several lines.
func safeLines(s string) string { return escape(s, "\n") }

// escape returns s with escapes for invisible characters that are not in pass, which may have the
// line break and the tab.
func escape(s, pass string) string {
	i := unsafe(s, pass)
	if i < 0 {
		return s
	}
	b := []byte(s[:i])
	for s = s[i:]; s != ""; {
		r, n := utf8.DecodeRuneInString(s)
		if visible(r, n, pass) {
			b = append(b, s[:n]...)
		} else {
			b = appendEscape(b, r, s[:n])
		}
		s = s[n:]
	}
	return string(b)
}

// unsafe returns the offset of the first character that must be escaped, -1 if there is none.
func unsafe(s, pass string) int {
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c < 0x7f || c == '\n' && pass != "" {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !visible(r, n, pass) {
			return i
		}
		i += n
	}
	return -1
}

// visible reports whether a character of n bytes is printed as it is.
func visible(r rune, n int, pass string) bool {
	switch {
	case r == '\n' || r == '\t':
		return strings.IndexByte(pass, byte(r)) >= 0
	case r == utf8.RuneError && n <= 1:
		return false
	}
	return unicode.IsPrint(r) && !shell.Hidden(r)
}

const hexDigits = "0123456789abcdef"

// appendEscape appends the escape for a character, or for bytes that are not UTF-8.
func appendEscape(b []byte, r rune, bytes string) []byte {
	switch {
	case r == '\n':
		return append(b, `\n`...)
	case r == '\t':
		return append(b, `\t`...)
	case r == '\r':
		return append(b, `\r`...)
	case r == utf8.RuneError && len(bytes) == 1:
		return append(b, '\\', 'x', hexDigits[bytes[0]>>4], hexDigits[bytes[0]&15])
	case r < 0x80:
		return append(b, '\\', 'x', hexDigits[r>>4], hexDigits[r&15])
	}
	b = append(b, `\u`...)
	if r > 0xffff {
		b[len(b)-1] = 'U'
		for shift := 28; shift >= 16; shift -= 4 {
			b = append(b, hexDigits[r>>shift&15])
		}
	}
	for shift := 12; shift >= 0; shift -= 4 {
		b = append(b, hexDigits[r>>shift&15])
	}
	return b
}

// Escape is Safe for the messages of other programs, which may have several lines.
func Escape(s string) Lines { return Lines(strings.TrimRight(safeLines(s), "\n")) }
