package pattern

import (
	"strconv"
	"strings"
)

// escape reads an escape outside of a set. The backslash at the position at is already read.
func (t *translator) escape(at int) error {
	switch r := t.peek(); {
	case r < 0:
		return fail("bad escape (end of pattern)", at)
	case r == 'A' || r == 'b' || r == 'B':
		t.pos++
		t.put(`\`+string(r), anchor)
	case r == 'Z':
		t.pos++
		t.put(`\z`, anchor)
	case strings.ContainsRune("dDsSwW", r):
		t.pos++
		t.put(`\`+string(r), atom)
	case r >= '1' && r <= '9':
		return t.reference(at)
	default:
		v, err := t.character(at)
		if err != nil {
			return err
		}
		t.literal(v)
	}
	return nil
}

// reference reads a backreference, or a character of three octal digits.
func (t *translator) reference(at int) error {
	end := t.pos
	for end < len(t.src) && end < t.pos+3 && t.src[end] >= '0' && t.src[end] <= '7' {
		end++
	}
	if end-t.pos == 3 {
		v, err := t.octal(at, 3)
		if err == nil {
			t.literal(v)
		}
		return err
	}
	end = t.pos + 1
	if end < len(t.src) && t.src[end] >= '0' && t.src[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(string(t.src[t.pos:end]))
	if n > t.groups {
		return fail("invalid group reference "+strconv.Itoa(n), at+1)
	}
	return unsupported("backreferences")
}

// octal reads up to n octal digits.
func (t *translator) octal(at, n int) (rune, error) {
	start := t.pos
	for t.pos < start+n && t.peek() >= '0' && t.peek() <= '7' {
		t.pos++
	}
	v, _ := strconv.ParseUint(string(t.src[start:t.pos]), 8, 32)
	if v > 0o377 {
		return 0, fail(`octal escape value \`+string(t.src[start:t.pos])+" outside of range 0-0o377", at)
	}
	return rune(v), nil
}

// character reads the rest of an escape that stands for one character.
func (t *translator) character(at int) (rune, error) {
	r := t.peek()
	if r < 0 {
		return 0, fail("bad escape (end of pattern)", at)
	}
	t.pos++
	if i := strings.IndexRune("afnrtv", r); i >= 0 {
		return rune("\a\f\n\r\t\v"[i]), nil
	}
	switch {
	case r == 'x':
		return t.hex(at, 2)
	case r == 'u':
		return t.hex(at, 4)
	case r == 'U':
		return t.hex(at, 8)
	case r == 'N':
		return 0, unsupported("named characters")
	case r >= '0' && r <= '7':
		t.pos--
		return t.octal(at, 3)
	case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '8' || r == '9':
		return 0, fail(`bad escape \`+string(r), at)
	}
	return r, nil
}

// hex reads exactly n hexadecimal digits.
func (t *translator) hex(at, n int) (rune, error) {
	start := t.pos
	for t.pos < start+n && t.peek() >= 0 && strings.ContainsRune("0123456789abcdefABCDEF", t.peek()) {
		t.pos++
	}
	if t.pos < start+n {
		return 0, fail("incomplete escape "+string(t.src[at:t.pos]), at)
	}
	v, _ := strconv.ParseUint(string(t.src[start:t.pos]), 16, 32)
	if v > 0x10ffff {
		return 0, fail("bad escape "+string(t.src[at:t.pos]), at)
	}
	return rune(v), nil
}

// set reads a set of characters. The bracket at the position at is already read.
func (t *translator) set(at int) error {
	var b strings.Builder
	b.WriteByte('[')
	if t.accept('^') {
		b.WriteByte('^')
	}
	for first := true; first || t.peek() != ']'; first = false {
		start := t.pos
		low, class, err := t.member(at)
		if err != nil {
			return err
		}
		text := string(t.src[start:t.pos])
		if t.peek() != '-' {
			b.WriteString(memberText(low, class))
			continue
		}
		t.pos++
		if t.peek() == ']' {
			b.WriteString(memberText(low, class) + `\-`)
			break
		}
		second := t.pos
		high, highClass, err := t.member(at)
		if err != nil {
			return err
		}
		if class != "" || highClass != "" || high < low {
			return fail("bad character range "+text+"-"+string(t.src[second:t.pos]), start)
		}
		b.WriteString(memberText(low, "") + "-" + memberText(high, ""))
	}
	t.pos++
	b.WriteByte(']')
	t.put(b.String(), atom)
	return nil
}

// member reads one character of a set, or a class such as \d.
func (t *translator) member(set int) (r rune, class string, err error) {
	r = t.peek()
	if r < 0 {
		return 0, "", fail("unterminated character set", set)
	}
	at := t.pos
	t.pos++
	if r != '\\' {
		return r, "", nil
	}
	switch next := t.peek(); {
	case next >= 0 && strings.ContainsRune("dDsSwW", next):
		t.pos++
		return 0, `\` + string(next), nil
	case next == 'b':
		t.pos++
		return '\b', "", nil
	}
	r, err = t.character(at)
	return r, "", err
}

// memberText writes a member so that a set of Go's regexp has the same meaning.
func memberText(r rune, class string) string {
	if class != "" {
		return class
	}
	return `\x{` + strconv.FormatInt(int64(r), 16) + "}"
}
