package incident

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrBadTime is wrapped by the errors of [ParseTime].
var ErrBadTime = errors.New("not a time")

// ParseTime reads a time as a person writes it: a duration before now (90s, 10m, 2h, 3d), a time of
// today (08:30), a date with or without a time (2026-11-30, "2026-11-30 08:30"), RFC 3339, seconds
// since 1970 behind an @, or the time and number of an event as audit records have them
// (audit(1732952345.123:456), or what stands in the brackets). Times without a zone are of the
// location of now. A time of today that is still to come is yesterday's.
func ParseTime(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if t, ok := epoch(text); ok {
		return t, nil
	}
	if d, ok := ago(text); ok {
		return now.Add(-d), nil
	}
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02T15:04:05",
		"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	for _, layout := range [...]string{"15:04:05", "15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			year, month, day := now.Date()
			t = time.Date(year, month, day, t.Hour(), t.Minute(), t.Second(), 0, now.Location())
			if t.After(now) {
				t = t.AddDate(0, 0, -1)
			}
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q: %w", text, ErrBadTime)
}

// epoch reads seconds since 1970: @1732952345, or the stamp of an audit record.
func epoch(text string) (time.Time, bool) {
	inner, stamp := strings.CutPrefix(text, "audit(")
	inner = strings.TrimSuffix(inner, ")")
	seconds, at := strings.CutPrefix(inner, "@")
	seconds, _, numbered := strings.Cut(seconds, ":")
	whole, fraction, pointed := strings.Cut(seconds, ".")
	if !at && !stamp && (!numbered || !pointed) || len(whole) > 11 || len(fraction) > 9 {
		return time.Time{}, false
	}
	sec, err := strconv.ParseUint(whole, 10, 63)
	if err != nil {
		return time.Time{}, false
	}
	nano := uint64(0)
	if pointed {
		if nano, err = strconv.ParseUint((fraction + "000000000")[:9], 10, 63); err != nil {
			return time.Time{}, false
		}
	}
	return time.Unix(int64(sec), int64(nano)), true
}

// ago reads a duration: that of Go, or a number of days.
func ago(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return time.Duration(n) * 24 * time.Hour, true
		}
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d >= 0
}
