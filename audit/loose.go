package audit

import (
	"bytes"
	"strconv"

	"github.com/senet-selinux/senet/audit/internal/head"
)

// A looseEvent joins the records of journalctl's text, which has neither time stamps nor serial numbers: the AVC,
// then the records with the same process id in the following lines, up to PROCTITLE.
type looseEvent struct {
	event   *openEvent
	pid     int
	syscall bool
	line    int64
}

// maxLooseLines is the most lines that may lie between the records of an event.
const maxLooseLines = 64

// looseRecord reads a message that has no audit(time:serial): a bare AVC, or
// one of the journal's own audit messages.
func (r *Reader) looseRecord(m []byte, h head.Head) bool {
	if typ, body, ok := journalRecord(m, &h); ok {
		rec := record{typ: typ, format: FormatJournal, body: body, line: r.stats.Lines, time: h.Time,
			assumed: h.YearAssumed}
		if typ == typeOther {
			r.stats.Other++
			return true
		}
		r.looseTyped(rec, h)
		return true
	}
	at := vectorAt(m, 0)
	if at < 0 {
		body, ok := dbusRecord(m)
		if ok {
			rec := record{typ: typeUserAVC, format: FormatPlain, body: body, line: r.stats.Lines, time: h.Time,
				assumed: h.YearAssumed}
			r.looseTyped(rec, h)
		}
		return ok
	}
	for at >= 0 {
		next := vectorAt(m, at+len("avc:"))
		end := len(m)
		if next >= 0 {
			end = next
		}
		rec := record{typ: typeAVC, format: FormatPlain, body: m[at:end], line: r.stats.Lines, time: h.Time,
			assumed: h.YearAssumed}
		r.looseTyped(rec, h)
		at = next
	}
	return true
}

// looseTyped takes a record without an id. The record may have been wrapped.
func (r *Reader) looseTyped(rec record, h head.Head) {
	r.flushPartial() // the partial record is of the same line
	if h.Host != "" {
		rec.node = []byte(h.Host)
	}
	if rec.typ.wrapped() && r.startPartial(&rec) {
		r.part.loose, r.part.header = true, h
		return
	}
	r.holdLoose(rec, h)
}

// vectorAt finds the next "avc:" outside of quotes that denies or grants permissions, or that stands at the end of
// the line; -1 if there is none.
func vectorAt(m []byte, from int) int {
	quote, scanned := byte(0), from
	for at := from; ; {
		i := bytes.Index(m[at:], []byte("avc:"))
		if i < 0 {
			return -1
		}
		at += i
		if at > from && from > 0 && bytes.Contains(m[from:at], []byte("msg='")) {
			return -1
		}
		for ; scanned < at; scanned++ {
			switch c := m[scanned]; {
			case quote == 0 && c == '"' && scanned > 0 && m[scanned-1] == '=':
				quote = c
			case quote != 0 && c == quote:
				quote = 0
			}
		}
		rest := bytes.TrimLeft(m[at+len("avc:"):], " \t")
		vector, denied := bytes.CutPrefix(rest, []byte("denied"))
		if !denied {
			vector, denied = bytes.CutPrefix(rest, []byte("granted"))
		}
		if quote == 0 && (len(rest) == 0 || denied && vectorBegins(vector) ||
			bytes.HasPrefix(rest, []byte("received "))) {
			return at
		}
		at++
	}
}

// journalRecord recognises "AVC avc:  denied ..." of the journal's audit messages: by the header audit[812]: or
// audit:, or without a header by the name of the type at the start.
func journalRecord(m []byte, h *head.Head) (recordType, []byte, bool) {
	if h.Prog != "audit" {
		if h.Prog != "" {
			return 0, nil, false
		}
		// A line that was pasted without the time and host of the header.
		if rest, ok := bytes.CutPrefix(m, []byte("audit[")); ok {
			inside, after, ok := bytes.Cut(rest, []byte("]: "))
			n, err := strconv.Atoi(string(inside[:min(len(inside), 12)]))
			if !ok || err != nil {
				return 0, nil, false
			}
			h.Prog, h.PID, m = "audit", n, after
		}
	}
	name, body, ok := bytes.Cut(m, []byte(" "))
	if !ok || len(name) < 3 {
		return 0, nil, false
	}
	for _, c := range name {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '[' && c != ']' {
			return 0, nil, false
		}
	}
	typ := typeNamed(name)
	if h.Prog != "audit" {
		// Without any header, accept only what cannot be anything else.
		if typ != typeAVC && typ != typeUserAVC || vectorAt(body, 0) < 0 {
			return 0, nil, false
		}
	}
	return typ, body, true
}

// holdLoose adds a record without an id to the event before it.
func (r *Reader) holdLoose(rec record, h head.Head) {
	l := &r.loose
	if rec.typ.notable() {
		r.flushLoose()
		if (rec.format == FormatJournal || pasted(rec.line)) && r.twin(&rec) {
			return
		}
		r.recognise(&rec)
		if rec.format != FormatJournal || rec.typ != typeAVC {
			r.wait(waiting{open: r.newOpenWith(&rec)})
			return
		}
		*l = looseEvent{event: r.newOpenWith(&rec), pid: h.PID, line: r.stats.Lines}
		return
	}
	if l.event == nil || r.stats.Lines-l.line > maxLooseLines || !l.event.fits(&rec) {
		r.flushLoose()
		if rec.typ == typeSyscall && r.call == nil && pasted(rec.line) {
			r.lonelyCall(r.newOpenWith(&rec))
		}
		return
	}
	switch {
	case rec.typ == typeSyscall && !l.syscall && (h.PID == l.pid || h.PID == 0):
		l.syscall = true
	case rec.typ == typeSyscall, !l.syscall:
		r.flushLoose()
		return
	}
	l.line = r.stats.Lines
	l.event.add(&rec)
	if rec.typ == typeProctitle {
		r.flushLoose()
	}
}

func (r *Reader) newOpenWith(rec *record) *openEvent {
	o := r.newOpen(rec)
	o.add(rec)
	return o
}

// flushLoose yields the event of the journal that is waiting.
func (r *Reader) flushLoose() {
	if o := r.loose.event; o != nil {
		r.loose = looseEvent{}
		r.wait(waiting{open: o})
	}
}
