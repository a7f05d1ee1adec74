package audit

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// An arena holds the examples of groups as text, which is parsed when somebody
// asks. Examples of one template differ in a few digits: the first is its base,
// and of the others only what differs from it is kept.
//
//	base millis serial line format node records {style format type line prefix suffix length text}...
//
// All numbers are varints; base is the place of another example, or 0, and what
// time, serial number and line count from is what the base has. The lines of the
// records count from that of the event. Node is the number of a name, from 1.
type arena struct {
	text    pieces
	bytes   int
	bases   []*baseExample // of templates, nil for none
	nodes   []string
	scratch []byte
}

// A baseExample is an example that others differ from, also as it was.
type baseExample struct {
	at    place
	event openEvent
}

// longestBase is the longest text of one, and mostInBase how many records it may
// have.
const (
	longestBase = 4096
	mostInBase  = 32
)

// maxExamples is how much all examples may have: beyond it they have their AVC
// alone.
const maxExamples = 32 << 20

// maxNodes bounds the names of nodes that are kept.
const maxNodes = 64

// keep copies an open event; false for one without a time of its own.
func (a *arena) keep(o *openEvent) (place, bool) {
	node, ok := a.node(o.node)
	if !ok || !o.time.IsZero() || formatNumber(o.format) == otherFormat {
		return 0, false
	}
	for i := range o.records {
		if f := o.records[i].format; f != o.format && formatNumber(f) == otherFormat {
			return 0, false
		}
	}
	records := o.records
	if a.bytes+len(o.text) > maxExamples {
		for i := range records {
			if records[i].typ == typeAVC {
				records = records[i : i+1]
				break
			}
		}
	}
	base := a.baseOf(o.mark.template, len(records))
	encoded := a.encode(base, o, node, records)
	at := a.text.add(encoded)
	a.bytes += len(encoded)
	if base == nil && o.mark.template > 0 && len(o.text) <= longestBase && len(records) <= mostInBase {
		event := openEvent{id: o.id, line: o.line, text: bytes.Clone(o.text), records: slices.Clone(records)}
		a.bases[o.mark.template] = &baseExample{at, event}
	}
	return at, true
}

// node numbers the name of a node, from 1, with 0 for none; false if there are too
// many.
func (a *arena) node(name []byte) (int, bool) {
	if len(name) == 0 {
		return 0, true
	}
	for i, known := range a.nodes {
		if known == string(name) {
			return i + 1, true
		}
	}
	if len(a.nodes) == maxNodes {
		return 0, false
	}
	a.nodes = append(a.nodes, string(name))
	return len(a.nodes), true
}

// baseOf returns the base of a template, nil if there is none with so many records.
func (a *arena) baseOf(template int32, records int) *baseExample {
	if template == 0 {
		return nil
	}
	for int(template) >= len(a.bases) {
		a.bases = append(a.bases, nil)
	}
	base := a.bases[template]
	if base == nil || len(base.event.records) < records {
		return nil
	}
	return base
}

// encode writes an example as it differs from its base, which may be nil.
func (a *arena) encode(base *baseExample, o *openEvent, node int, records []held) []byte {
	if base == nil {
		base = &baseExample{}
	}
	from := &base.event
	b := appendUint(a.scratch[:0], uint64(base.at))
	b = binary.AppendVarint(b, o.id.millis-from.id.millis)
	b = binary.AppendVarint(b, int64(o.id.serial-from.id.serial))
	b = binary.AppendVarint(b, o.line-from.line)
	form, formNumber := o.format, formatNumber(o.format)
	b = append(b, formNumber, byte(node))
	b = appendUint(b, uint64(len(records)))
	for i := range records {
		h := &records[i]
		text, prefix, suffix := h.of(o.text), 0, 0
		if base.at > 0 {
			old := from.records[i].of(from.text)
			prefix = commonPrefix(text, old)
			suffix = commonSuffix(text[prefix:], old[prefix:])
		}
		text = text[prefix : len(text)-suffix]
		if h.format != form {
			form, formNumber = h.format, formatNumber(h.format)
		}
		b = append(b, byte(h.style), formNumber)
		b = appendUint(b, uint64(h.typ))
		b = appendUint(b, uint64(h.line-o.line))
		b = appendUint(b, uint64(prefix))
		b = appendUint(b, uint64(suffix))
		b = appendUint(b, uint64(len(text)))
		b = append(b, text...)
	}
	a.scratch = b[:0]
	return b
}

// event returns an example as it was when it was kept.
func (a *arena) event(at place) *openEvent {
	r := arenaReader(a.text.from(at))
	base := &openEvent{}
	if n := r.uint(); n > 0 {
		base = a.event(place(n))
	}
	o := &openEvent{notable: true}
	o.id.millis = base.id.millis + r.int()
	o.id.serial = base.id.serial + uint64(r.int())
	o.line = base.line + r.int()
	about := r.bytes(2)
	o.format = numberedFormats[about[0]]
	if n := about[1]; n > 0 {
		o.node = []byte(a.nodes[n-1])
		o.id.node = nodeHash(o.node)
	}
	for i := range r.uint() {
		about := r.bytes(2)
		h := held{style: style(about[0]), format: numberedFormats[about[1]], typ: recordType(r.uint()), start: len(o.text)}
		h.line = o.line + int64(r.uint())
		prefix, suffix := int(r.uint()), int(r.uint())
		var old []byte
		if prefix+suffix > 0 {
			old = base.records[i].of(base.text)
		}
		o.text = append(o.text, old[:prefix]...)
		o.text = append(o.text, r.bytes(int(r.uint()))...)
		o.text = append(o.text, old[len(old)-suffix:]...)
		h.end = len(o.text)
		o.records = append(o.records, h)
	}
	return o
}

// of returns the text of a record of an event.
func (h *held) of(text []byte) []byte { return text[h.start:h.end] }

// An arenaReader reads what encode wrote.
type arenaReader []byte

func (r *arenaReader) uint() uint64 {
	v, n := binary.Uvarint(*r)
	*r = (*r)[n:]
	return v
}

func (r *arenaReader) int() int64 {
	v, n := binary.Varint(*r)
	*r = (*r)[n:]
	return v
}

func (r *arenaReader) bytes(n int) []byte {
	b := (*r)[:n]
	*r = (*r)[n:]
	return b
}

func commonPrefix(a, b []byte) int {
	n := 0
	for len(a)-n >= 8 && len(b)-n >= 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
		n += 8
	}
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b []byte) int {
	before := len(a)
	for len(a) >= 8 && len(b) >= 8 {
		if x := binary.LittleEndian.Uint64(a[len(a)-8:]) ^ binary.LittleEndian.Uint64(b[len(b)-8:]); x != 0 {
			return before - len(a) + bits.LeadingZeros64(x)/8
		}
		a, b = a[:len(a)-8], b[:len(b)-8]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return before - len(a)
}

// appendUint appends a varint; most are small.
func appendUint(b []byte, v uint64) []byte {
	if v < 0x80 {
		return append(b, byte(v))
	}
	return binary.AppendUvarint(b, v)
}
