package systemd

import (
	"errors"
	"strconv"
	"strings"
)

var (
	errQuote  = errors.New("a quote is not closed")
	errEscape = errors.New("an invalid escape")
)

// A strictness says how mistakes are treated.
type strictness int

const (
	strict  strictness = iota
	warned             // an unknown escape stands for itself (extract_first_word_and_warn)
	relaxed            // so does a quote that is not closed (EXTRACT_RELAX)
)

// word cuts the first word from a text, as extract_first_word does with the flags EXTRACT_UNQUOTE
// and EXTRACT_CUNESCAPE: quotes of both kinds anywhere, C escapes. ok is false if there is no word.
func word(text string, how strictness) (w, rest string, ok bool, err error) {
	text = strings.TrimLeft(text, " \t\n\r")
	if text == "" {
		return "", "", false, nil
	}
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\':
			n, s, good := escape(text[i+1:])
			switch {
			case good:
				b.WriteString(s)
			case how != strict && i+1 < len(text):
				b.WriteString(text[i : i+2])
				n = 1
			case how != strict:
				b.WriteByte(c)
			default:
				return "", "", false, errEscape
			}
			i += n
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				b.WriteByte(c)
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte(" \t\n\r", c) >= 0:
			return b.String(), text[i+1:], true, nil
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 && how != relaxed {
		return "", "", false, errQuote
	}
	return b.String(), "", true, nil
}

// words returns all words of a text.
func words(text string, how strictness) ([]string, error) {
	var list []string
	for {
		w, rest, ok, err := word(text, how)
		if err != nil || !ok {
			return list, err
		}
		list, text = append(list, w), rest
	}
}

// escape reads the escape sequence after a backslash (cunescape_one): n is its length in bytes,
// text its value.
func escape(s string) (n int, text string, ok bool) {
	if s == "" {
		return 0, "", false
	}
	const from, to = "abfnrtvs\\\"'", "\a\b\f\n\r\t\v \\\"'"
	if i := strings.IndexByte(from, s[0]); i >= 0 {
		return 1, to[i : i+1], true
	}
	number := func(skip, digits, base int) (int, string, bool) {
		if len(s) < skip+digits {
			return 0, "", false
		}
		v, err := strconv.ParseUint(s[skip:skip+digits], base, 32)
		if err != nil || v == 0 {
			return 0, "", false
		}
		if s[0] == 'u' || s[0] == 'U' {
			return skip + digits, string(rune(v)), v < 0x110000
		}
		return skip + digits, string([]byte{byte(v)}), v < 256
	}
	switch c := s[0]; {
	case c == 'x':
		return number(1, 2, 16)
	case c == 'u':
		return number(1, 4, 16)
	case c == 'U':
		return number(1, 8, 16)
	case c >= '0' && c <= '7':
		return number(0, 3, 8)
	}
	return 0, "", false
}
