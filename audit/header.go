package audit

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// A header is what syslog, the journal, dmesg or strace put in front of a
// message.
type header struct {
	time time.Time
	host string
	prog string
	pid  int
	// uptime says that the line has the time since boot, as dmesg's.
	uptime bool
	// end is where the message begins.
	end int
}

// parseHeader recognises the header of a line, as far as it goes. It takes
// nothing for a header that has the start of a record in it.
func (r *Reader) parseHeader(line []byte) header {
	h := r.anyHeader(line)
	if head := line[:h.end]; bytes.Contains(head, []byte("avc:")) || bytes.Contains(head, []byte("audit(")) {
		return header{}
	}
	return h
}

func (r *Reader) anyHeader(line []byte) header {
	var h header
	s := string(line[:min(len(line), 512)])
	rest := s
	if after, ok := cutPriority(rest); ok {
		if v, after, ok := strings.Cut(after, " "); ok && v == "1" {
			r.rfc5424(&h, after)
			h.end = len(s) - len(after) + h.end
			return h
		}
		rest = after
	}
	stamped := false
	for {
		n, ok := r.stampAt(&h, rest)
		if !ok {
			break
		}
		stamped = true
		rest = strings.TrimLeft(rest[n:], " ")
	}
	if stamped && !h.uptime {
		rest = r.afterStamp(&h, rest)
		// The next word is the host, unless it is the program already.
		if word, after, ok := strings.Cut(rest, " "); ok && isHost(word) {
			h.host, rest = word, strings.TrimLeft(after, " ")
		}
	}
	rest = h.program(rest, stamped)
	// The kernel's own time stamp, behind a header of syslog.
	if h.prog == "kernel" {
		up := header{}
		if n, ok := r.stampAt(&up, rest); ok {
			rest = strings.TrimLeft(rest[n:], " ")
		}
	}
	h.end = len(s) - len(rest)
	return h
}

// afterStamp reads what may stand between the time and the host: the zone of the
// time, as fluentd writes it, or the stream and the tag of a container's log.
func (r *Reader) afterStamp(h *header, s string) string {
	word, rest, _ := strings.Cut(s, " ")
	if len(word) == 5 && (word[0] == '+' || word[0] == '-') {
		if zone, err := time.Parse("-0700", word); err == nil && !h.time.IsZero() {
			_, offset := zone.Zone()
			_, local := h.time.In(r.options.Location).Zone()
			h.time = h.time.Add(time.Duration(local-offset) * time.Second)
			return rest
		}
	}
	if word == "stdout" || word == "stderr" {
		if tag, after, ok := strings.Cut(rest, " "); ok && (tag == "F" || tag == "P") {
			return after
		}
	}
	return s
}

// cutPriority takes <86> off a line.
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

// rfc5424 reads TIMESTAMP HOST APP PROCID MSGID SD of RFC 5424, section 6;
// end counts from the start of s.
func (r *Reader) rfc5424(h *header, s string) {
	rest := s
	words := [5]string{}
	for i := range words {
		word, after, ok := strings.Cut(rest, " ")
		if !ok {
			return
		}
		words[i], rest = word, after
	}
	if t, err := time.Parse(time.RFC3339Nano, words[0]); err == nil {
		h.time = t.UTC()
	}
	h.host, h.prog = dash(words[1]), dash(words[2])
	h.pid, _ = pid(words[3])
	for strings.HasPrefix(rest, "[") {
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			return
		}
		rest = rest[end+1:]
	}
	rest = strings.TrimPrefix(rest, "-")
	rest = strings.TrimPrefix(strings.TrimLeft(rest, " "), "\ufeff")
	h.end = len(s) - len(rest)
}

func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// program reads prog[pid]: or prog: and returns what follows. Without a time
// before it, "word: " is a program only where no message begins so.
func (h *header) program(s string, stamped bool) string {
	end := 0
	for end < len(s) && s[end] != ' ' && s[end] != ':' && s[end] != '[' {
		end++
	}
	if end == 0 || end >= len(s) || end > 64 || s[end] == ' ' {
		return s
	}
	rest := s[end:]
	if rest[0] == '[' {
		inside, after, ok := strings.Cut(rest[1:], "]")
		n, num := pid(inside)
		if !ok || !num || !strings.HasPrefix(after, ":") {
			return s
		}
		h.pid, rest = n, after
	}
	if !strings.HasPrefix(rest, ": ") && rest != ":" {
		return s
	}
	if !stamped && h.pid == 0 && s[:end] != "kernel" && s[:end] != "audit" {
		return s
	}
	h.prog = s[:end]
	return strings.TrimLeft(rest[1:], " ")
}

func isHost(s string) bool {
	return s != "" && !strings.ContainsAny(s, "[]:=(){}\"'/,") || strings.Count(s, ":") > 1 && !strings.ContainsAny(s, "[]=(){}\"'/,")
}

// stampAt reads the time at the start of s and returns how long it is.
func (r *Reader) stampAt(h *header, s string) (int, bool) {
	if len(s) < 3 {
		return 0, false
	}
	if s[0] == '[' {
		inside, _, ok := strings.Cut(s[1:min(len(s), 48)], "]")
		if !ok {
			return 0, false
		}
		text := strings.TrimSpace(inside)
		if _, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsRune(text, '.') {
			h.uptime = true
			return len(inside) + 2, true
		}
		// dmesg -T, and the log of Apache with fractions of a second.
		for _, layout := range [...]string{"Mon Jan _2 15:04:05 2006", "Mon Jan _2 15:04:05.999999 2006"} {
			if t, err := time.ParseInLocation(layout, text, r.options.Location); err == nil {
				h.time, h.uptime = t.UTC(), true
				return len(inside) + 2, true
			}
		}
		return 0, false
	}
	if c := s[0]; c >= 'A' && c <= 'Z' {
		return r.bsdStamp(h, s)
	}
	if s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	word, _, _ := strings.Cut(s, " ")
	if len(word) >= 19 && word[4] == '-' {
		for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02T15:04:05"} {
			if t, err := time.ParseInLocation(layout, word, r.options.Location); err == nil {
				h.time = t.UTC()
				return len(word), true
			}
		}
	}
	if len(s) >= 19 {
		for _, layout := range [...]string{"2006-01-02 15:04:05", "2006/01/02 15:04:05"} {
			if t, err := time.ParseInLocation(layout, s[:19], r.options.Location); err == nil {
				h.time = t.UTC()
				h.uptime = s[4] == '/' // nginx: no host follows
				return 19, true
			}
		}
	}
	// journalctl -o short-unix.
	if len(word) >= 17 && word[10] == '.' {
		sec, err1 := strconv.ParseInt(word[:10], 10, 64)
		micro, err2 := strconv.ParseInt(word[11:17], 10, 64)
		if err1 == nil && err2 == nil {
			h.time = time.Unix(sec, micro*1000).UTC()
			return len(word), true
		}
	}
	return 0, false
}

// bsdStamp reads Feb 14 15:57:59, which has no year: the latest such time that
// is not after Options.Now, or none if that is not known.
func (r *Reader) bsdStamp(h *header, s string) (int, bool) {
	if len(s) > 4 && s[3] == ' ' && indexOfWord("Mon Tue Wed Thu Fri Sat Sun", s[:3]) >= 0 {
		// journalctl -o short-full: Sun 2026-11-22 08:18:01 UTC host prog: ...
		n, ok := r.stampAt(h, s[4:])
		if !ok {
			return 0, false
		}
		end := 4 + n
		if zone, _, ok := strings.Cut(strings.TrimLeft(s[end:], " "), " "); ok && len(zone) >= 3 && len(zone) <= 5 && strings.ToUpper(zone) == zone {
			end += 1 + len(zone)
		}
		return end, true
	}
	if len(s) < 15 || indexOfWord("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", s[:3]) < 0 {
		return 0, false
	}
	t, err := time.ParseInLocation("Jan _2 15:04:05", s[:15], r.options.Location)
	if err != nil {
		return 0, false
	}
	end := 15
	if end < len(s) && s[end] == '.' {
		for end++; end < len(s) && s[end] >= '0' && s[end] <= '9'; end++ {
		}
	}
	if now := r.options.Now; !now.IsZero() {
		t = t.AddDate(now.In(r.options.Location).Year(), 0, 0)
		// A day of grace for clocks that differ.
		if t.After(now.Add(24 * time.Hour)) {
			t = t.AddDate(-1, 0, 0)
		}
		h.time = t.UTC()
	}
	return end, true
}

// trimQuote takes off what mail and forums put in front of a quoted line.
func trimQuote(line []byte) []byte {
	for {
		line = bytes.TrimLeft(line, " \t\u00a0")
		if len(line) > 1 && (line[0] == '>' || line[0] == '|') && (line[1] == ' ' || line[1] == '>' || line[1] == '\t') {
			line = line[1:]
			continue
		}
		return line
	}
}
