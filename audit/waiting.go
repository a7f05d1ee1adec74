package audit

import "time"

// A waiting event is complete except for its year, which the log has not told so far. It is an open event, or a
// parsed one.
type waiting struct {
	open  *openEvent
	event *Event
}

// maxWaiting bounds the events that wait for a year.
const maxWaiting = 32

// wait takes a complete event. An event with an assumed year waits: a later line may have the year, or the same
// event in another format may have its whole time.
func (r *Reader) wait(w waiting) {
	assumed := w.open != nil && w.open.assumed && w.open.id.time().IsZero() || w.event != nil && w.event.YearAssumed
	if !assumed {
		r.yieldWaiting(w)
		return
	}
	r.waiting = append(r.waiting, w)
	r.stopWaiting(maxWaiting)
}

// stopWaiting yields all but the last n waiting events.
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

// dated gives a time the year that is now known.
func (r *Reader) dated(t time.Time, assumed bool) (time.Time, bool) {
	if !assumed || t.IsZero() {
		return t, false
	}
	t = t.In(r.options.Location)
	return r.heads.Resolve(time.Date(0, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC))
}

// date sets the time and serial number of a held event after the same text came in another format with them. twin
// identifies the text.
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
