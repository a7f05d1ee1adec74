package audit

import (
	"bytes"
	"time"
)

// An eventID names an event: audit(1364481363.243:24287), and the node.
type eventID struct {
	millis int64 // since 1970; 0 if the log has no time
	serial uint64
	node   uint64 // a hash of the node's name, 0 for none
}

// minMillis is the smallest number that is read as milliseconds since 1970. A smaller number counts from the start
// of the machine: audit(29.674:3), before the clock was set, and Android's audit(0.0:64).
const minMillis = 100_000_000_000

func (id eventID) time() time.Time {
	if id.millis < minMillis {
		return time.Time{}
	}
	return time.UnixMilli(id.millis).UTC()
}

// bucket returns a number below 1024 for an event.
func (id eventID) bucket() uint64 {
	return (id.serial ^ uint64(id.millis)<<20 ^ id.node) * 0x9e3779b97f4a7c15 >> 54
}

// parseStamp reads the text in the brackets of audit(...): seconds, a point, milliseconds, a
// colon and the serial number.
func parseStamp(b []byte) (id eventID, ok bool) {
	i, sec := 0, int64(0)
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		if i > 12 {
			return id, false
		}
		sec = sec*10 + int64(b[i]-'0')
	}
	if i == 0 || i == len(b) || b[i] != '.' {
		return id, false
	}
	i++
	start, ms := i, int64(0)
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		if i-start < 3 {
			ms = ms*10 + int64(b[i]-'0')
		}
	}
	for n := i - start; n < 3; n++ {
		ms *= 10
	}
	if i == start || i == len(b) || b[i] != ':' {
		return id, false
	}
	serial, ok := decimal(b[i+1:])
	if !ok {
		return id, false
	}
	return eventID{millis: sec*1000 + ms, serial: serial}, true
}

// parseInterpretedStamp reads the text that ausearch -i writes in the brackets: date and time in the form of the
// locale, a point, milliseconds, a colon and the serial number. A date with slashes is read as month/day/year if
// that is a valid date. If the form of the date is not known, only the serial number is read.
func (r *Reader) parseInterpretedStamp(b []byte) (id eventID, ok bool) {
	colon := bytes.LastIndexByte(b, ':')
	if colon < 0 || len(b) > 64 || !dateText(b[:colon]) {
		return id, false
	}
	serial, ok := decimal(b[colon+1:])
	if !ok {
		return id, false
	}
	id.serial = serial
	if t, ok := parseDate(string(b[:colon]), r.options.Location); ok {
		id.millis = t.UnixMilli()
	}
	return id, true
}

// dateText reports whether a text has only characters that occur in dates.
func dateText(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c < 0x80 &&
			bytes.IndexByte([]byte(" .,:/-+"), c) < 0 {
			return false
		}
	}
	return !bytes.Contains(b, []byte("avc"))
}

// parseDate reads a date and a time in one of the forms that locales have.
func parseDate(s string, loc *time.Location) (time.Time, bool) {
	for _, layout := range [...]string{
		"01/02/2006 15:04:05", "01/02/06 15:04:05", "02/01/2006 15:04:05", "02/01/06 15:04:05",
		"2.1.2006 15:04:05", "2006-01-02 15:04:05", "2006/01/02 15:04:05", "02-01-2006 15:04:05",
		"01/02/2006 03:04:05 PM", "2006-01-02T15:04:05",
		"Mon Jan _2 15:04:05 2006", "Mon 02 Jan 2006 15:04:05", "Mon 02 Jan 2006 03:04:05 PM",
	} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// nodeHash hashes the name of a node (FNV-1a); never 0.
func nodeHash(name []byte) uint64 {
	if len(name) == 0 {
		return 0
	}
	h := uint64(14695981039346656037)
	for _, c := range name {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h | 1
}
