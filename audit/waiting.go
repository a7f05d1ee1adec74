package audit

import "time"

// A waiting event is complete except for its year: the log has not told it up to now. It is an
// open event, or one that was parsed.
type waiting struct {
	open  *openEvent
	event *Event
}

// maxWaiting bounds the events that wait for a year.
const maxWaiting = 32

// wait takes an event that is complete. One whose year is assumed waits: a line
// after it may tell the year, or the same event in another format its whole time.
func (r *Reader) wait(w waiting) {
	assumed := w.open != nil && w.open.assumed && w.open.id.time().IsZero() || w.event != nil && w.event.YearAssumed
	if !assumed {
		r.yieldWaiting(w)
		return
	}
	r.waiting = append(r.waiting, w)
	r.stopWaiting(maxWaiting)
}

// stopWaiting yields all but the last n events that wait.
func (r *Reader) stopWaiting(n int) {
	for len(r.waiting) > n {
		w := r.waiting[0]
		r.waiting = append(r.waiting[:0], r.waiting[1:]...)
		if w.open != nil {
			w.open.time, w.open.assumed = r.dated(w.open.time, w.open.assumed)
		} else {
			w.event.Time, w.event.YearAssumed = r.dated(w.event.Time, w.event.YearAssumed)
		}
		r.yieldWaiting(w)
	}
}

func (r *Reader) yieldWaiting(w waiting) {
	if w.open != nil {
		r.finishEvent(w.open)
		return
	}
	r.deliver(w.event)
}

// dated gives a time the year that is known by now.
func (r *Reader) dated(t time.Time, assumed bool) (time.Time, bool) {
	if !assumed || t.IsZero() {
		return t, false
	}
	t = t.In(r.options.Location)
	return r.heads.Resolve(time.Date(0, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC))
}

// date gives the event that was held with a text the time and serial number with
// which the same text came in another format.
func (r *Reader) date(twin uint64, id eventID) {
	if id.time().IsZero() {
		return
	}
	set := func(o *openEvent) {
		if o != nil && o.twin == twin && o.id.time().IsZero() {
			o.id.millis, o.id.serial = id.millis, id.serial
		}
	}
	set(r.loose.event)
	for _, w := range r.waiting {
		set(w.open)
	}
}
