package audit

import (
	"time"
)

// An example is an event of a group: parsed, or as the text of its records,
// which is parsed when somebody asks.
type example struct {
	event *Event
	index int

	text    []byte
	records []held
	id      eventID
	time    time.Time
	node    string
	format  Format
	line    int64
}

// parse returns the event and which of its AVCs the example is.
func (x *example) parse() (*Event, int) {
	if x.event != nil {
		return x.event, x.index
	}
	o := &openEvent{id: x.id, node: []byte(x.node), format: x.format, time: x.time, line: x.line, notable: true, text: x.text, records: x.records}
	e := (&Reader{}).build(o) // its statistics have been counted
	e.Time = possible(e.Time)
	return e, 0
}

// An arena holds the texts and records of examples in large pieces.
type arena struct {
	text    []byte
	records []held
	bytes   int
}

// Sizes of the pieces, and how much text all examples may have: beyond it they
// have their AVC alone.
const (
	textPiece   = 128 << 10
	recordPiece = 1024
	maxExamples = 32 << 20
)

// keep copies an open event.
func (a *arena) keep(o *openEvent) example {
	x := example{id: o.id, time: o.time, node: string(o.node), format: o.format, line: o.line}
	text, records := o.text, o.records
	if a.bytes+len(text) > maxExamples {
		for i := range records {
			if records[i].typ == typeAVC {
				h := records[i]
				text = text[h.start:h.end]
				h.start, h.end = 0, len(text)
				records = []held{h}
				break
			}
		}
	}
	a.bytes += len(text)
	x.text, x.records = a.copyText(text), a.copyRecords(records)
	return x
}

func (a *arena) copyText(b []byte) []byte {
	if cap(a.text)-len(a.text) < len(b) {
		a.text = make([]byte, 0, max(textPiece, len(b)))
	}
	from := len(a.text)
	a.text = append(a.text, b...)
	return a.text[from:len(a.text):len(a.text)]
}

func (a *arena) copyRecords(list []held) []held {
	if cap(a.records)-len(a.records) < len(list) {
		a.records = make([]held, 0, max(recordPiece, len(list)))
	}
	from := len(a.records)
	a.records = append(a.records, list...)
	return a.records[from:len(a.records):len(a.records)]
}
