// Package head reads the header of a log line, the part before the message: the priority, time, host and program of
// syslog, the journal, dmesg and logcat, and the name of the container that docker, podman, Kubernetes and their
// tools print.
//
// Start with [Parser.Parse]. A header never contains the start of an audit record.
package head

import (
	"bytes"
	"strings"
	"time"
)

// A Head has the fields of a header. A field that the header does not have is zero.
type Head struct {
	// Time is when the line was written, in UTC.
	Time time.Time
	// YearAssumed says that the line has no year, and that the rest of the log does not tell it. The year is then
	// the latest in which the date is not in the future.
	YearAssumed bool
	Host, Prog  string
	PID         int
	// Container is the container that wrote the message; nil if the line names none.
	Container *Container
	// End is the offset of the message in the line.
	End int

	// elapsed says that no host follows the time: it counts since boot, as in dmesg, or a program wrote it.
	elapsed bool
	// blankDate says that a blank stands between the date and the time. Programs write such dates too, and any text
	// may follow them.
	blankDate bool
}

// A Parser reads headers. It remembers the years that the log has.
type Parser struct {
	// Location is the time zone for dates that have none. It must not be nil.
	Location *time.Location
	// Now determines the year of dates without one, if the log does not. If it is zero, such dates are not read.
	Now time.Time

	years years
}

// longest is the number of bytes of a line in which a header is searched.
const longest = 512

// Parse reads the header of a line, as far as it goes.
func (p *Parser) Parse(line []byte) Head {
	s := string(line[:min(len(line), longest)])
	h := Head{}
	rest := p.parse(&h, s)
	h.End = len(s) - len(rest)
	if head := line[:h.End]; bytes.Contains(head, []byte("avc:")) || bytes.Contains(head, []byte("audit(")) {
		return Head{}
	}
	return h
}

// parse reads a header and returns the text after it.
func (p *Parser) parse(h *Head, s string) string {
	rest := h.container(s, false)
	if after, ok := cutPriority(rest); ok {
		if after, ok := strings.CutPrefix(after, "1 "); ok {
			return p.rfc5424(h, after)
		}
		rest = after
	}
	stamped, nanos := false, nanoStamp(rest)
	for {
		n := p.stamp(h, rest)
		if n == 0 {
			break
		}
		stamped = true
		rest = strings.TrimLeft(rest[n:], " ")
	}
	if stamped {
		if after, ok := h.logcat(rest); ok {
			return after
		}
		rest = h.container(p.afterStamp(h, rest), !nanos)
	}
	if stamped && !h.elapsed && h.Container == nil {
		// The next word is the host, unless it is already the program.
		if word, after, ok := strings.Cut(rest, " "); ok && h.isHost(word, after) {
			h.Host, rest = word, strings.TrimLeft(after, " ")
		}
	}
	rest = h.program(rest, stamped)
	if nanos && h.Host == "" && h.Container == nil && h.Prog != "kernel" && h.Prog != "audit" {
		h.Container = &Container{Source: "docker"} // docker logs -t
	}
	if h.Prog == "kernel" {
		// The kernel's own time stamp, after a header of syslog.
		up := Head{}
		if n := p.stamp(&up, rest); n > 0 {
			rest = strings.TrimLeft(rest[n:], " ")
		}
	}
	return h.engine(rest)
}

// nanoStamp reports whether a line begins with a time in the form of container engines: with nanoseconds, and a Z.
func nanoStamp(s string) bool {
	const form = "2006-01-02T15:04:05.000000000Z "
	return len(s) > len(form) && s[10] == 'T' && s[19] == '.' && s[len(form)-2] == 'Z' && s[len(form)-1] == ' ' &&
		digitsOnly(s[20:len(form)-2])
}

func digitsOnly(s string) bool { return strings.Trim(s, "0123456789") == "" }

// afterStamp reads what may stand between the time and the host: the zone of the time, as fluentd writes it, or the
// stream and the tag of a container's log (CRI).
func (p *Parser) afterStamp(h *Head, s string) string {
	word, rest, _ := strings.Cut(s, " ")
	if word == "stdout" || word == "stderr" {
		if tag, after, ok := strings.Cut(rest, " "); ok && (tag == "F" || tag == "P") {
			if h.Container == nil {
				h.Container = &Container{Source: "cri"}
			}
			return after
		}
	}
	if len(word) == 5 && (word[0] == '+' || word[0] == '-') {
		if zone, err := time.Parse("-0700", word); err == nil && !h.Time.IsZero() {
			_, offset := zone.Zone()
			_, local := h.Time.In(p.Location).Zone()
			h.Time = h.Time.Add(time.Duration(local-offset) * time.Second)
			return rest
		}
	}
	return s
}

// isHost reports whether a word after the time can be the name or the address of the host.
func (h *Head) isHost(s, after string) bool {
	if s == "" || len(s) > 255 || !alphanumeric(s[0]) && s[0] != ':' || !alphanumeric(s[len(s)-1]) &&
		s[len(s)-1] != ':' {
		return false
	}
	colons := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == ':':
			colons++
		case !alphanumeric(c) && c != '-' && c != '.' && c != '_' && c != '%':
			return false
		}
	}
	switch {
	case colons == 1 || colons == 0 && s[len(s)-1] == ':':
		return false // a program
	case isLevel(s), strings.Trim(s, "0123456789") == "": // MySQL writes the number of its thread
		return false
	case h.blankDate:
		// 2026-01-15 10:00:00 web1 httpd[7]: ..., and not 2026-01-15 10:00:00 worker started
		var own Head
		return own.program(strings.TrimLeft(after, " "), true) != strings.TrimLeft(after, " ") || startsRecord(after)
	}
	return true
}

func startsRecord(s string) bool {
	s = strings.TrimLeft(s, " ")
	return strings.HasPrefix(s, "type=") || strings.HasPrefix(s, "node=") || strings.HasPrefix(s, "audit(") ||
		strings.HasPrefix(s, "avc:")
}

// isLevel reports whether a word is the severity of a program's message.
func isLevel(s string) bool {
	switch strings.ToUpper(s) {
	case "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERR", "ERROR", "SEVERE", "CRIT", "CRITICAL", "ALERT",
		"EMERG", "FATAL", "PANIC", "LOG":
		return true
	}
	return false
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// program reads prog[pid]: or prog: and returns the text after it. Without a time before it, "word: " is a program
// only if no message begins with that word.
func (h *Head) program(s string, stamped bool) string {
	end := 0
	for end < len(s) && s[end] != ' ' && s[end] != ':' && s[end] != '[' {
		end++
	}
	if end == 0 || end >= len(s) || end > 64 || s[end] == ' ' {
		return s
	}
	rest := s[end:]
	pid := 0
	if rest[0] == '[' {
		inside, after, ok := strings.Cut(rest[1:], "]")
		n, num := number(inside)
		if !ok || !num || !strings.HasPrefix(after, ":") {
			return s
		}
		pid, rest = n, after
	}
	if !strings.HasPrefix(rest, ": ") && rest != ":" {
		return s
	}
	name := s[:end]
	if !stamped && pid == 0 && name != "kernel" && name != "audit" || isLevel(name) || name == "SELinux" {
		return s
	}
	if service, module, ok := strings.Cut(name, "("); ok && service != "" && strings.HasPrefix(module, "pam_") &&
		strings.HasSuffix(module, ")") {
		name = service // a module of PAM, which runs in the service: sshd(pam_x)
	}
	h.Prog, h.PID = name, pid
	return strings.TrimLeft(rest[1:], " ")
}

// number parses a process id.
func number(s string) (int, bool) {
	if s == "" || len(s) > 10 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, n < 1<<31
}
