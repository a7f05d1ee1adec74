package head

import (
	"strconv"
	"strings"
	"time"
)

// cutPriority removes <86> from a line.
func cutPriority(s string) (string, bool) {
	if len(s) < 3 || s[0] != '<' {
		return s, false
	}
	end := strings.IndexByte(s[:min(len(s), 6)], '>')
	if end < 2 {
		return s, false
	}
	if _, err := strconv.ParseUint(s[1:end], 10, 16); err != nil {
		return s, false
	}
	return strings.TrimLeft(s[end+1:], " "), true
}

// rfc5424 reads TIMESTAMP HOST APP PROCID MSGID SD of RFC 5424, section 6, and returns the text after it.
func (p *Parser) rfc5424(h *Head, s string) string {
	rest := s
	words := [5]string{}
	for i := range words {
		word, after, ok := strings.Cut(rest, " ")
		if !ok {
			return s
		}
		words[i], rest = word, after
	}
	if t, err := time.Parse(time.RFC3339Nano, words[0]); err == nil {
		h.Time = t.UTC()
		p.Learn(h.Time)
	}
	h.Host, h.Prog = dash(words[1]), dash(words[2])
	h.PID, _ = number(words[3])
	for strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return s
		}
		rest = rest[end+1:]
	}
	rest = strings.TrimPrefix(rest, "-")
	return strings.TrimPrefix(strings.TrimLeft(rest, " "), "\ufeff")
}

func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}
