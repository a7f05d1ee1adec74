package systemd

import "strings"

// A Variable is an assignment of an environment file.
type Variable struct {
	Name, Value string
	Line        int
}

// ParseEnvFile reads the text of an environment file. It mirrors parse_env_file_internal of
// env-file.c: a state machine. A value may have quoted parts, a backslash joins lines, and a
// comment reaches to the end of its line.
func ParseEnvFile(text string) []Variable {
	r := envReader{text: text, line: 1}
	var list []Variable
	for r.off < len(r.text) {
		if v, ok := r.assignment(); ok {
			list = append(list, v)
		}
	}
	return list
}

type envReader struct {
	text      string
	off, line int
}

func (r *envReader) next() (byte, bool) {
	if r.off == len(r.text) {
		return 0, false
	}
	c := r.text[r.off]
	r.off++
	if c == '\n' {
		r.line++
	}
	return c, true
}

func newline(c byte) bool { return c == '\n' || c == '\r' }

// skipLine reads to the end of a comment; a backslash continues it on the next line.
func (r *envReader) skipLine() {
	for {
		c, ok := r.next()
		if c == '\\' {
			_, ok = r.next()
		} else if ok && newline(c) {
			return
		}
		if !ok {
			return
		}
	}
}

// assignment reads one line; ok is false if it assigns nothing.
func (r *envReader) assignment() (v Variable, ok bool) {
	c, more := r.next()
	for more && strings.IndexByte(" \t\n\r", c) >= 0 {
		c, more = r.next()
	}
	if !more {
		return v, false
	}
	if c == '#' || c == ';' {
		r.skipLine()
		return v, false
	}
	start := r.off - 1
	v.Line = r.line
	for c != '=' {
		if newline(c) || !more {
			return v, false
		}
		c, more = r.next()
	}
	if start > r.off-1 {
		return v, false
	}
	v.Name = strings.TrimRight(r.text[start:r.off-1], " \t")
	v.Value = r.value()
	return v, validName(v.Name)
}

// value reads the text after the equals sign.
func (r *envReader) value() string {
	var b strings.Builder
	trim := 0 // the length of b without the blanks at its end
	begun := false
	for {
		c, more := r.next()
		switch {
		case !more || newline(c):
			return b.String()[:trim]
		case !begun && (c == ' ' || c == '\t'):
			continue
		case c == '\'' && !begun:
			r.quoted(&b, c)
			trim = b.Len()
			continue
		case c == '"' && !begun:
			r.quoted(&b, c)
			trim = b.Len()
			continue
		case c == '\\':
			if c, more = r.next(); more && !newline(c) {
				b.WriteByte(c)
				trim = b.Len()
			}
			begun = true
			continue
		}
		b.WriteByte(c)
		begun = true
		if c != ' ' && c != '\t' {
			trim = b.Len()
		}
	}
}

// quoted reads to the closing quote. In double quotes a backslash escapes one of "\`$ and the
// newline, and is a plain character before others; in single quotes it always is one.
func (r *envReader) quoted(b *strings.Builder, quote byte) {
	for {
		c, more := r.next()
		if !more || c == quote {
			return
		}
		if c != '\\' || quote == '\'' {
			b.WriteByte(c)
			continue
		}
		c, more = r.next()
		switch {
		case !more:
			return
		case strings.IndexByte("\"\\`$", c) >= 0:
			b.WriteByte(c)
		case c != '\n':
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
}

func validName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
