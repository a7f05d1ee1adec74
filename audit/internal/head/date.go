package head

import (
	"strconv"
	"strings"
	"time"
)

// stamp reads the time at the start of s and returns its length, 0 if there is none.
func (p *Parser) stamp(h *Head, s string) int {
	if len(s) < 3 {
		return 0
	}
	switch c := s[0]; {
	case c == '[':
		return p.bracketed(h, s)
	case c >= '0' && c <= '9':
		if n := p.numeric(h, s); n > 0 {
			return n
		}
		return p.named(h, s) // 2月 12 11:45:23
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80:
		return p.named(h, s)
	}
	return 0
}

// bracketed reads [ 4711.081500] of dmesg, [Thu Oct  9 09:13:22 2025] of dmesg -T, and the same with fractions of a
// second of Apache.
func (p *Parser) bracketed(h *Head, s string) int {
	inside, _, ok := strings.Cut(s[1:min(len(s), 64)], "]")
	if !ok {
		return 0
	}
	text := strings.TrimSpace(inside)
	if _, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsRune(text, '.') {
		h.elapsed = true
		return len(inside) + 2
	}
	f := strings.Fields(text)
	if len(f) != 5 || !isMonthWord(f[0]) {
		return 0
	}
	day, ok1 := number(f[2])
	clock, ok2 := clockOf(f[3])
	year, ok3 := number(f[4])
	month := monthNamed(f[1])
	if !ok1 || !ok2 || !ok3 || month == 0 && !isMonthWord(f[1]) {
		return 0
	}
	h.elapsed = true
	if month != 0 && validDay(year, month, day) {
		h.Time = time.Date(year, month, day, 0, 0, 0, 0, p.Location).Add(clock).UTC()
		p.Learn(h.Time)
	}
	return len(inside) + 2
}

func validDay(year int, month time.Month, day int) bool {
	return year > 0 && year < 10000 && time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Day() == day
}

// clockOf reads 15:04:05, with an optional fraction after a point or a comma.
func clockOf(s string) (time.Duration, bool) {
	if len(s) < 8 {
		return 0, false
	}
	t, err := time.Parse("15:04:05", s[:8])
	if err != nil {
		return 0, false
	}
	d := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second
	if len(s) == 8 {
		return d, true
	}
	f := s[9:]
	if s[8] != '.' && s[8] != ',' || f == "" || len(f) > 9 || strings.Trim(f, "0123456789") != "" {
		return 0, false
	}
	n, _ := strconv.Atoi((f + "000000000")[:9])
	return d + time.Duration(n), true
}

// numeric reads dates that begin with a digit.
func (p *Parser) numeric(h *Head, s string) int {
	word, rest, _ := strings.Cut(s, " ")
	if len(word) >= 19 && word[4] == '-' {
		for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700",
			"2006-01-02T15:04:05"} {
			if t, err := time.ParseInLocation(layout, word, p.Location); err == nil {
				h.Time = t.UTC()
				p.Learn(h.Time)
				return len(word)
			}
		}
	}
	clockWord, _, _ := strings.Cut(rest, " ")
	clockWord = strings.TrimRight(clockWord, ":;|]")
	if len(word) == 10 && len(clockWord) >= 8 {
		for _, layout := range [...]string{"2006-01-02", "2006/01/02"} {
			day, err := time.ParseInLocation(layout, word, p.Location)
			if err != nil {
				continue
			}
			clock, zone, ok := clockZone(clockWord)
			if !ok {
				return 0
			}
			h.Time = day.Add(clock)
			if zone != nil {
				h.Time = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone).Add(clock)
			}
			h.Time = h.Time.UTC()
			h.elapsed = s[4] == '/' // nginx writes no host after it
			h.blankDate = true
			p.Learn(h.Time)
			return 11 + len(clockWord)
		}
	}
	// logcat: 03-24 10:58:12.799
	if len(word) == 5 && word[2] == '-' {
		t, err := time.Parse("01-02", word)
		clock, ok := clockOf(clockWord)
		if err == nil && ok {
			h.Time, h.YearAssumed = p.Resolve(t.Add(clock))
			h.elapsed = true
			return 6 + len(clockWord)
		}
	}
	// journalctl -o short-unix
	if len(word) >= 17 && word[10] == '.' {
		sec, err1 := strconv.ParseInt(word[:10], 10, 64)
		micro, err2 := strconv.ParseInt(word[11:17], 10, 64)
		if err1 == nil && err2 == nil {
			h.Time = time.Unix(sec, micro*1000).UTC()
			p.Learn(h.Time)
			return len(word)
		}
	}
	return 0
}

// clockZone reads a time of day, with an optional offset from UTC after it.
func clockZone(s string) (clock time.Duration, zone *time.Location, ok bool) {
	if clock, ok := clockOf(s); ok {
		return clock, nil, true
	}
	i := strings.IndexAny(s, "+-Z")
	if i < 8 {
		return 0, nil, false
	}
	if clock, ok = clockOf(s[:i]); !ok {
		return 0, nil, false
	}
	for _, layout := range [...]string{"Z07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, s[i:]); err == nil {
			_, offset := t.Zone()
			return clock, time.FixedZone("", offset), true
		}
	}
	return 0, nil, false
}

// named reads dates that begin with a name: Feb 14 15:57:59, which has no year; févr. 14 15:57:59, as journalctl
// writes it under another locale; Feb 14 2026 15:57:59; Sun 2026-11-22 08:18:01 UTC of journalctl -o short-full.
func (p *Parser) named(h *Head, s string) int {
	word, rest, ok := strings.Cut(s, " ")
	if !ok || len(word) > 24 || !isMonthWord(word) {
		return 0
	}
	at := len(word) + 1
	if len(rest) >= 19 && rest[4] == '-' {
		n := p.numeric(h, rest)
		if n == 0 {
			return 0
		}
		h.blankDate = false
		at += n
		if zone, _, ok := strings.Cut(strings.TrimLeft(s[at:], " "), " "); ok && isZone(zone) {
			at += 1 + len(zone)
		}
		return at
	}
	blanks := len(rest) - len(strings.TrimLeft(rest, " "))
	day, rest, ok := strings.Cut(rest[blanks:], " ")
	d, isDay := number(strings.TrimRight(day, "."))
	if !ok || !isDay || d < 1 || d > 31 || blanks > 2 {
		return 0
	}
	at += blanks + len(day) + 1
	year := 0
	if y, after, ok := strings.Cut(rest, " "); ok && len(y) == 4 {
		if n, ok := number(y); ok && n >= 1970 {
			year, rest = n, after
			at += 5
		}
	}
	end := strings.IndexByte(rest, ' ')
	if end < 0 {
		end = len(rest)
	}
	text := strings.TrimSuffix(rest[:end], ":")
	clock, ok := clockOf(text)
	if !ok {
		return 0
	}
	at += len(text)
	month := monthNamed(word)
	switch {
	case month == 0:
		// The language is not known: the text is a header, but its time is not known.
	case year > 0 && validDay(year, month, d):
		h.Time = time.Date(year, month, d, 0, 0, 0, 0, p.Location).Add(clock).UTC()
		p.Learn(h.Time)
	case year == 0 && validDay(2000, month, d):
		h.Time, h.YearAssumed = p.Resolve(time.Date(0, month, d, 0, 0, 0, 0, time.UTC).Add(clock))
	default:
		return 0
	}
	return at
}

// isZone reports whether a word is the abbreviation of a time zone, or an offset in hours.
func isZone(s string) bool {
	if len(s) >= 3 && (s[0] == '+' || s[0] == '-') {
		return strings.Trim(s[1:], "0123456789:") == ""
	}
	return len(s) >= 3 && len(s) <= 5 && strings.ToUpper(s) == s && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
