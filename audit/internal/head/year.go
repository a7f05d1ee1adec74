package head

import (
	"bytes"
	"time"
)

// years keeps the dates of a log that have a year. Dates of syslog and of the journal's default form have no year.
type years struct {
	// begin and end are the span that journalctl prints first: -- Logs begin at ..., end at ... --
	begin, end time.Time
	// last is the latest whole date in the lines read so far.
	last time.Time
}

// near is the largest distance between a date without a year and a date with one from which it takes its year.
const near = 100 * 24 * time.Hour

// Learn records the time of a line, or of an event, that has a whole date.
func (p *Parser) Learn(t time.Time) {
	if !t.IsZero() {
		p.years.last = t
	}
}

// LearnSpan reads the line in which journalctl prints the first and last time of its entries. It returns false for
// all other lines.
func (p *Parser) LearnSpan(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("-- ")) || !bytes.Contains(line, []byte("egin")) ||
		!bytes.Contains(line, []byte(" at ")) {
		return false
	}
	var found []time.Time
	for i := 0; i+19 <= len(line) && len(found) < 2; i++ {
		if line[i] < '0' || line[i] > '9' {
			continue
		}
		if t, err := time.ParseInLocation("2006-01-02 15:04:05", string(line[i:i+19]), p.Location); err == nil {
			found = append(found, t)
			i += 18
		}
	}
	if len(found) == 0 {
		return false
	}
	p.years.begin, p.years.end = found[0], time.Time{}
	if len(found) > 1 {
		p.years.end = found[1]
	}
	return true
}

// Resolve gives a date of the year 0 its year: that of the journal's span, of the nearest date that has one, or
// else the latest that is not after Now. assumed is true in the last case. The result is zero if nothing determines
// the year.
func (p *Parser) Resolve(t time.Time) (resolved time.Time, assumed bool) {
	y := &p.years
	const grace = 24 * time.Hour // for different clocks and zones
	switch {
	case !y.end.IsZero():
		if t := notAfter(t, y.end.Add(grace), p.Location); t.After(y.begin.Add(-grace)) {
			return t.UTC(), false
		}
	case !y.begin.IsZero():
		if t := notAfter(t, y.begin.Add(364*24*time.Hour), p.Location); t.After(y.begin.Add(-grace)) {
			return t.UTC(), false
		}
	}
	if !y.last.IsZero() {
		if t := notAfter(t, y.last.Add(near), p.Location); t.After(y.last.Add(-near)) {
			return t.UTC(), false
		}
	}
	if p.Now.IsZero() {
		return time.Time{}, false
	}
	return notAfter(t, p.Now.Add(grace), p.Location).UTC(), true
}

// notAfter returns the date t of the year 0 in the latest year in which it is not after the limit.
func notAfter(t, limit time.Time, loc *time.Location) time.Time {
	year := limit.In(loc).Year()
	for {
		// The 29th of February gets the last leap year.
		d := time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc)
		if d.Day() == t.Day() && !d.After(limit) || year < 1 {
			return d
		}
		year--
	}
}
