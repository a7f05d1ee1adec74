package audit

import (
	"bytes"
	"slices"
	"time"
)

// maxExamples is the most bytes of all examples together. Beyond it, examples keep only their AVC.
const maxExamples = 32 << 20

// An exampleText is the text of an open event, without the fields that only counting needs.
type exampleText struct {
	id      eventID
	node    string
	format  Format
	time    time.Time
	assumed bool
	line    int64
	text    []byte
	records []held
}

// setExample keeps an open event as the example of a group. It keeps the text, which is parsed when a caller asks
// for the example.
func (f *Folder) setExample(g *group, o *openEvent) {
	f.forgetExample(g)
	x := exampleText{id: o.id, node: string(o.node), format: o.format, time: o.time, assumed: o.assumed, line: o.line}
	if f.kept+len(o.text) <= maxExamples {
		x.text, x.records = bytes.Clone(o.text), slices.Clone(o.records)
	} else {
		for _, h := range o.records {
			if h.typ == typeAVC {
				x.text = bytes.Clone(o.text[h.start:h.end])
				h.start, h.end = 0, len(x.text)
				x.records = []held{h}
				break
			}
		}
	}
	f.kept += len(x.text)
	g.text = x
}

func (f *Folder) forgetExample(g *group) {
	f.kept -= len(g.text.text)
	g.text, g.event, g.index = exampleText{}, nil, 0
}

// example returns the example, and the index of its AVC; -1 if the denial is that of its report.
func (g *group) example() (*Event, int) {
	if g.event != nil {
		return g.event, g.index
	}
	x := &g.text
	o := openEvent{
		id: x.id, node: []byte(x.node), format: x.format, time: x.time, assumed: x.assumed, line: x.line,
		text: x.text, records: x.records, notable: true,
	}
	return (&Reader{}).build(&o), 0 // the statistics already have this event
}

// span extends the span from first to last so that it contains t.
func span(first, last, t time.Time) (time.Time, time.Time) {
	if t.IsZero() {
		return first, last
	}
	if first.IsZero() || t.Before(first) {
		first = t
	}
	if t.After(last) {
		last = t
	}
	return first, last
}
