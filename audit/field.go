package audit

import "strings"

// A Field is one key=value of a record, with its value decoded.
type Field struct {
	Key   string
	Value string
}

// style is the way the values of a record are written.
type style uint8

const (
	raw         style = iota // as the kernel and auditd write: quoted, or hexadecimal if it cannot be quoted
	interpreted              // as ausearch -i writes: without quotes and not hexadecimal; a value may contain blanks
	decoded                  // taken from JSON: nothing left to decode
)

// A fieldScanner reads the key=value pairs of a record. It skips words without =. It never fails: what is not a
// pair is not a field.
type fieldScanner struct {
	s     string
	pos   int
	style style
}

// A pair is a field as the log has it.
type pair struct {
	key, val string
	bare     bool // neither quoted nor in braces
}

// enrichment separates what auditd adds to a record in the ENRICHED format.
const enrichment = '\x1d'

// decodedMark stands on both sides of a value from JSON, because the value may contain any other byte.
const decodedMark = '\x01'

func isBlank(c byte) bool {
	return c <= ' ' && (c == ' ' || c == '\t' || c == enrichment || c == '\r' || c == '\n')
}

func isKeyByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '[' ||
		c == ']'
}

// next returns the next field, and false at the end.
func (f *fieldScanner) next() (pair, bool) {
	s := f.s
	for f.pos < len(s) {
		for f.pos < len(s) && isBlank(s[f.pos]) {
			f.pos++
		}
		start := f.pos
		for f.pos < len(s) && isKeyByte(s[f.pos]) {
			f.pos++
		}
		if f.pos == start || f.pos == len(s) || s[f.pos] != '=' {
			for f.pos < len(s) && !isBlank(s[f.pos]) {
				f.pos++
			}
			continue
		}
		p := pair{key: s[start:f.pos]}
		f.pos++
		p.val, p.bare = f.value(p.key)
		return p, true
	}
	return pair{}, false
}

// value takes the value that begins at pos, and reports whether it is bare.
func (f *fieldScanner) value(key string) (string, bool) {
	rest := f.s[f.pos:]
	if rest == "" {
		return "", true
	}
	switch rest[0] {
	case decodedMark:
		if f.style == decoded {
			if end := strings.IndexByte(rest[1:], decodedMark); end >= 0 {
				f.pos += end + 2
				return rest[1 : 1+end], false
			}
		}
	case '"':
		if end := strings.IndexByte(rest[1:], '"'); end >= 0 {
			f.pos += end + 2
			return rest[1 : 1+end], false
		}
		// The record was cut in the middle.
		f.pos = len(f.s)
		return rest[1:], false
	case '\'':
		// msg='...' of a message from user space is the last field. Its text may contain apostrophes, so the last
		// apostrophe closes it.
		body := rest[1:]
		if cut := strings.IndexByte(body, enrichment); cut >= 0 {
			body = body[:cut]
		}
		if end := strings.LastIndexByte(body, '\''); end >= 0 {
			f.pos += end + 2
			return body[:end], false
		}
		f.pos += 1 + len(body)
		return body, false
	case '{':
		if end := strings.IndexByte(rest, '}'); end >= 0 {
			f.pos += end + 1
			return rest[:end+1], false
		}
	}
	end := 0
	for end < len(rest) && !isBlank(rest[end]) {
		end++
	}
	switch {
	case f.style == interpreted && key == "proctitle":
		end = len(rest)
	case f.style == interpreted, f.style == raw && isString(key):
		// The kernel writes no blanks in a string without quotes. Here a shell has removed the quotes.
		end = f.interpretedEnd(rest, end)
	default:
		f.pos += end
		return rest[:end], true
	}
	f.pos += end
	return strings.TrimRight(rest[:end], " \t\r\n"), true
}

// isString reports whether the kernel writes the value of a key in quotes, or in
// hexadecimal digits.
func isString(key string) bool {
	switch key {
	case "comm", "exe", "path", "name", "ocomm", "cwd":
		return true
	}
	return false
}

// interpretedEnd extends a value of ausearch -i, which may contain blanks,
// until the next word that is a key and an equals sign.
func (f *fieldScanner) interpretedEnd(rest string, end int) int {
	for end < len(rest) && rest[end] != enrichment {
		word := end
		for word < len(rest) && isBlank(rest[word]) {
			word++
		}
		after := word
		for after < len(rest) && isKeyByte(rest[after]) {
			after++
		}
		if after > word && after < len(rest) && rest[after] == '=' {
			return end
		}
		for after < len(rest) && !isBlank(rest[after]) {
			after++
		}
		if after == end {
			break
		}
		end = after
	}
	return end
}

// text decodes the value of a field that the kernel writes with audit_log_untrustedstring or audit_log_d_path, or
// auditd with audit_encode_nv_string: a quoted or hexadecimal value.
func (p pair) text(s style) string {
	if p.val == "(null)" && p.bare {
		return ""
	}
	// JSON within JSON whose inner text is still escaped.
	if inner, ok := strings.CutPrefix(p.val, `\"`); ok && p.bare && strings.HasSuffix(inner, `\"`) {
		return inner[:len(inner)-len(`\"`)]
	}
	if s != raw || !p.bare {
		return p.val
	}
	if d, ok := decodeHex(p.val); ok {
		return d
	}
	return p.val
}

// decodeHex decodes a string that audit has written in hexadecimal digits. It does so only where audit would have
// encoded it: the digits are upper case and even in number, and the decoded text has a byte that cannot be quoted
// (a quote, or a byte outside of 0x21-0x7e: kernel/audit.c, audit_string_contains_control). So a number, or a name
// such as BEEF whose quotes somebody has removed, is almost always left unchanged.
func decodeHex(s string) (string, bool) {
	if len(s) < 2 || len(s)%2 != 0 {
		return "", false
	}
	needed := false
	for i := 0; i < len(s); i += 2 {
		hi, lo := upperHex(s[i]), upperHex(s[i+1])
		if hi < 0 || lo < 0 {
			return "", false
		}
		c := byte(hi<<4 | lo)
		needed = needed || c == '"' || c < 0x21 || c > 0x7e
	}
	if !needed {
		return "", false
	}
	b := make([]byte, len(s)/2)
	for i := range b {
		b[i] = byte(upperHex(s[2*i])<<4 | upperHex(s[2*i+1]))
	}
	return string(b), true
}

// upperHex is the value of a hexadecimal digit, or -1. Lower-case letters are not accepted.
func upperHex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// number parses a decimal number of at most 20 digits without allocating.
func number(s string) (uint64, bool) {
	if s == "" || len(s) > 20 {
		return 0, false
	}
	var n uint64
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < '0' || c > '9' || n > (1<<64-1-9)/10 {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}

// port parses a port from 1 to 65535.
func port(s string) (uint16, bool) {
	n, ok := number(s)
	if !ok || n == 0 || n > 0xffff {
		return 0, false
	}
	return uint16(n), true
}
