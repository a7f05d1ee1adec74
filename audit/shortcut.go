package audit

import (
	"iter"
	"time"
)

// Fold reads to the end and counts every denial and symptom in f. The result is the same as that of [Reader.Events]
// with [Folder.Add]. Fold yields the events that have something else: errors, changes and reports. Their denials
// and symptoms are already counted. A denial is counted without being parsed if its text came before, with at most
// another time, serial number, process id or port.
func (r *Reader) Fold(f *Folder) iter.Seq2[*Event, error] {
	return func(yield func(*Event, error) bool) {
		r.folder = f
		if r.marksOf != f {
			r.marksOf = f
			r.forgetMarks()
		}
		defer func() { r.folder = nil }()
		for e, err := range r.Events() {
			if !yield(e, err) {
				return
			}
		}
	}
}

// forgetMarks removes the marks of all open events.
func (r *Reader) forgetMarks() {
	for _, o := range r.open {
		o.marked = false
	}
	if r.loose.event != nil {
		r.loose.event.marked = false
	}
}

// foldEvent counts a complete event.
func (r *Reader) foldEvent(o *openEvent) {
	if o.marked {
		when := o.when()
		if r.countMark(o.mark, when, o.object()) {
			g, fresh := r.folder.count(o.mark, when, o.assumed && o.id.time().IsZero(), o.object())
			if fresh || !g.syscall {
				r.example(g, o, fresh)
			}
		}
		return
	}
	if e := r.build(o); e.notable() {
		r.deliver(e)
	}
}

// object is the name of the object in the message that the mark belongs to.
func (o *openEvent) object() []byte {
	if o.mark.objectLen > 0 {
		for i := range o.records {
			if h := &o.records[i]; h.typ == typeAVC {
				return o.text[h.start:h.end][o.mark.objectAt:][:o.mark.objectLen]
			}
		}
	}
	return nil
}

// countMark counts a recognised denial in the statistics. It returns false if the denial came too early.
func (r *Reader) countMark(m mark, when time.Time, object []byte) bool {
	if m.granted {
		r.stats.Granted++
	} else {
		r.stats.Denied++
		s := seenAVC{class: m.kind.signature.Class, permission: m.kind.permission, port: m.port, line: r.stats.Lines,
			valid: true}
		if pasted(s.line) {
			s.name = nameOf(string(object))
		}
		r.saw(s)
	}
	if r.early(when) {
		r.stats.Early++
		return false
	}
	r.stats.Events++
	return true
}

func (r *Reader) early(t time.Time) bool {
	return !r.options.Since.IsZero() && !t.IsZero() && t.Before(r.options.Since)
}

// example keeps the event for its group if the event has more than the present example.
func (r *Reader) example(g *group, o *openEvent, fresh bool) {
	syscall := false
	for i := range o.records {
		syscall = syscall || o.records[i].typ == typeSyscall || o.records[i].typ == typeURingOp
	}
	if fresh || syscall {
		g.syscall = syscall
		r.folder.setExample(g, o)
	}
}

// when is the time of the event. Without one it is the time of the line's header.
func (o *openEvent) when() time.Time {
	if t := o.id.time(); !t.IsZero() {
		return possible(t)
	}
	return possible(o.time)
}

// possible returns the time, or the zero time for one that no log can have: the text of a log can have any year,
// but JSON cannot.
func possible(t time.Time) time.Time {
	if s := t.Unix(); s < 0 || s >= year10000 {
		return time.Time{}
	}
	return t
}

// year10000 is the start of the year 10000, in seconds since 1970.
const year10000 = 253_402_300_800
