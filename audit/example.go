package audit

// An example is an event of a group, as the text of its records, which is
// parsed when somebody asks. It has no pointers: there may be many.
type example struct {
	id            eventID
	line          int64
	piece, at     uint32 // of its text in the arena
	records       uint32 // the first
	length, count uint32 // of the text in bytes, and of the records
}

// A parsedExample is one that did not come as text.
type parsedExample struct {
	event *Event
	index int
}

// example returns the example of a group, and which of its AVCs it is; -1 if it
// is that of its report.
func (f *Folder) example(n int32) (*Event, int) {
	if x, ok := f.parsed[n]; ok {
		return x.event, x.index
	}
	x := &f.examples[n]
	o := &openEvent{id: x.id, format: FormatAuditLog, line: x.line, notable: true, text: f.arena.pieces[x.piece][x.at : x.at+x.length]}
	for _, k := range f.arena.records[x.records : x.records+x.count] {
		o.records = append(o.records, held{typ: k.typ, style: k.style, format: FormatAuditLog, start: int(k.start), end: int(k.end), line: k.line})
	}
	return (&Reader{}).build(o), 0 // its statistics have been counted
}

// setExample keeps an open event as the example of a group.
func (f *Folder) setExample(n int32, o *openEvent) {
	delete(f.parsed, n)
	x, ok := f.arena.keep(o)
	if !ok {
		e := (&Reader{}).build(o)
		e.Time = possible(e.Time)
		f.parsed[n] = parsedExample{e, 0}
	}
	f.examples[n] = x
}

// An arena holds the texts and records of examples.
type arena struct {
	pieces  [][]byte
	records []keptRecord
	bytes   int
}

type keptRecord struct {
	typ        recordType
	style      style
	start, end uint32
	line       int64
}

// textPiece is the size of a piece of text, and maxExamples how much text all
// examples may have: beyond it they have their AVC alone.
const (
	textPiece   = 256 << 10
	maxExamples = 32 << 20
)

// keep copies an open event that has come as auditd writes it; false for others.
func (a *arena) keep(o *openEvent) (example, bool) {
	if o.format != FormatAuditLog || len(o.node) > 0 || !o.time.IsZero() {
		return example{}, false
	}
	for i := range o.records {
		if o.records[i].format != FormatAuditLog {
			return example{}, false
		}
	}
	text, records := o.text, o.records
	if a.bytes+len(text) > maxExamples {
		for i := range records {
			if h := records[i]; h.typ == typeAVC {
				text = text[h.start:h.end]
				h.start, h.end = 0, len(text)
				records = []held{h}
				break
			}
		}
	}
	a.bytes += len(text)
	last := len(a.pieces) - 1
	if last < 0 || cap(a.pieces[last])-len(a.pieces[last]) < len(text) {
		a.pieces = append(a.pieces, make([]byte, 0, max(textPiece, len(text))))
		last++
	}
	x := example{id: o.id, line: o.line, piece: uint32(last), at: uint32(len(a.pieces[last])), records: uint32(len(a.records)), length: uint32(len(text)), count: uint32(len(records))}
	a.pieces[last] = append(a.pieces[last], text...)
	for i := range records {
		h := &records[i]
		a.records = append(grown(a.records), keptRecord{h.typ, h.style, uint32(h.start), uint32(h.end), h.line})
	}
	return x, true
}
