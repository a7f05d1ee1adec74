package audit

import (
	"strings"
	"time"
)

// A record is one record of the audit system that is not yet in an event. Its slices are valid until the next line.
type record struct {
	typ    recordType
	id     eventID
	node   []byte
	style  style
	format Format
	body   []byte
	line   int64
	time   time.Time // the time of the header, for events without a time
	// assumed says that the year of time was assumed.
	assumed bool
	// dated says that the header had the time of day.
	dated bool
	// untyped says that the record is an AVC only if the next line has its message.
	untyped bool
	// mark identifies the group of an AVC record that the Folder has recognised.
	marked bool
	mark   mark
	twin   uint64 // see openEvent
}

// An openEvent waits for more records. It keeps their text and parses it only if the event concerns SELinux,
// because almost no event in an audit log does.
type openEvent struct {
	id      eventID
	node    []byte
	format  Format
	time    time.Time
	assumed bool // the year of time
	// twin is the hash of the record in recent.twins, 0 for none.
	twin    uint64
	line    int64
	notable bool
	text    []byte
	records []held
	// mark identifies the group of the event if marked is set: the event has one AVC record, which the Folder
	// recognised, and no other notable record.
	marked bool
	mark   mark
}

// A held record is a part of openEvent.text.
type held struct {
	typ        recordType
	style      style
	format     Format
	start, end int
	line       int64
}

// Bounds of one open event. An event that exceeds them is yielded in parts.
const (
	maxRecords  = 512
	maxHeldText = 1 << 20
)

// endOfEvent is the age in milliseconds at which an open event is complete. The age is measured by a newer event,
// as for ausearch's end_of_event_timeout.
const endOfEvent = 2000

// record takes a complete record. A wrapped record waits for its rest.
func (r *Reader) record(rec record) {
	r.flushPartial() // the partial record is of the same line
	if rec.typ.wrapped() && r.startPartial(&rec) {
		return
	}
	r.settled(rec)
}

// settled takes a record that is complete.
func (r *Reader) settled(rec record) {
	r.recognise(&rec)
	r.holdOnce(rec)
}

// holdOnce holds a record, unless the same record already arrived in another format.
func (r *Reader) holdOnce(rec record) {
	if (rec.format == FormatKernel || pasted(rec.line)) && rec.typ.notable() && r.twin(&rec) {
		return
	}
	if (rec.typ == typeAVC || rec.typ == typeUserAVC) && rec.style == raw &&
		r.seen.before(rec.id, rec.body, rec.form()) {
		r.stats.Duplicates++
		return
	}
	r.hold(rec)
}

// recognise marks an AVC that the Folder knows. A record without a time of its own may belong to an
// early event; this is known only at the end of the event.
func (r *Reader) recognise(rec *record) {
	if r.folder == nil || rec.typ != typeAVC || rec.style != raw {
		return
	}
	when := rec.id.time()
	if when.IsZero() && r.early(rec.time) {
		return
	}
	rec.mark, rec.marked = r.folder.recognise(rec.body, r.early(when))
}

// hold adds a record to its event.
func (r *Reader) hold(rec record) {
	if rec.id.millis == 0 && rec.id.serial == 0 {
		if rec.typ.notable() {
			o := r.newOpen(&rec)
			o.add(&rec)
			r.finishEvent(o)
		}
		return
	}
	at := r.openAt(rec.id)
	if rec.typ == typeEOE {
		if at >= 0 {
			r.closeEvent(at)
		}
		return
	}
	if at >= 0 && !r.open[at].fits(&rec) {
		r.closeEvent(at)
		at = -1
	}
	if at < 0 {
		r.closeOld(rec.id)
		at = len(r.open)
		r.begin(r.newOpen(&rec))
	}
	o := r.open[at]
	o.add(&rec)
	// The kernel writes PROCTITLE last. ausearch reverses the records, so there it comes first. A message from user
	// space is a separate event.
	if rec.typ == typeProctitle && len(o.records) > 1 || fromUser(rec.typ) && len(o.records) == 1 {
		r.closeEvent(at)
	}
}

// fromUser reports whether records of a type come from a program.
func fromUser(t recordType) bool { return t >= 1100 && t < 1300 || t >= 2100 }

// openAt returns the index of the open event with an id, or -1.
func (r *Reader) openAt(id eventID) int {
	if r.openIDs[id.bucket()] == 0 {
		return -1
	}
	for i := len(r.open) - 1; i >= 0; i-- {
		if r.open[i].id == id {
			return i
		}
	}
	return -1
}

// begin adds an open event.
func (r *Reader) begin(o *openEvent) {
	if len(r.open) == 0 || o.id.millis < r.oldest {
		r.oldest = o.id.millis
	}
	r.open = append(r.open, o)
	r.openIDs[o.id.bucket()]++
}

// closeOld closes the events that may be complete, and makes room for a new one.
func (r *Reader) closeOld(id eventID) {
	if len(r.open) > 0 && id.millis-r.oldest > endOfEvent {
		r.oldest = id.millis
		for i := 0; i < len(r.open); {
			if id.millis-r.open[i].id.millis > endOfEvent {
				r.closeEvent(i)
				continue
			}
			r.oldest = min(r.oldest, r.open[i].id.millis)
			i++
		}
	}
	if len(r.open) >= r.options.MaxOpen {
		r.closeEvent(0)
	}
}

func (r *Reader) closeEvent(at int) {
	o := r.open[at]
	r.open = append(r.open[:at], r.open[at+1:]...)
	r.openIDs[o.id.bucket()]--
	r.finishEvent(o)
}

// flushAll closes every open event.
func (r *Reader) flushAll() {
	r.endComplaint()
	r.flushLoose()
	for len(r.open) > 0 {
		r.closeEvent(0)
	}
	r.stopWaiting(0)
}

func (r *Reader) newOpen(rec *record) *openEvent {
	var o *openEvent
	if n := len(r.free); n > 0 {
		o = r.free[n-1]
		r.free = r.free[:n-1]
	} else {
		o = &openEvent{}
	}
	*o = openEvent{
		id: rec.id, node: append(o.node[:0], rec.node...), format: rec.format, line: rec.line,
		time: rec.time, assumed: rec.assumed, twin: rec.twin,
		text: o.text[:0], records: o.records[:0],
	}
	return o
}

func (o *openEvent) fits(rec *record) bool {
	return len(o.records) < maxRecords && len(o.text)+len(rec.body) <= maxHeldText
}

func (o *openEvent) add(rec *record) {
	start := len(o.text)
	o.text = append(o.text, rec.body...)
	o.records = append(o.records, held{typ: rec.typ, style: rec.style, format: rec.format, start: start,
		end: len(o.text), line: rec.line})
	// The Folder may have recognised only the first notable record.
	if rec.typ.notable() {
		o.marked = rec.marked && !o.notable
		o.mark = rec.mark
		o.notable = true
	}
}

// keptText is the largest buffer that is kept from a closed event for the next one.
const keptText = 64 << 10

// finishEvent yields an event if it concerns SELinux, and keeps its memory for the next event.
func (r *Reader) finishEvent(o *openEvent) {
	switch {
	case !o.notable:
		r.lonelyCall(o)
	case r.folder != nil:
		r.foldEvent(o)
	default:
		if e := r.build(o); e.notable() {
			r.deliver(e)
		}
	}
	if cap(o.text) <= keptText && len(r.free) < 16 {
		r.free = append(r.free, o)
	}
}

// build parses the records of an event.
func (r *Reader) build(o *openEvent) *Event {
	// All strings of the event share one copy of the text.
	text := string(o.text)
	e := &Event{Time: o.when(), YearAssumed: o.assumed && o.id.time().IsZero(), Serial: o.id.serial,
		Node: string(o.node), Format: o.format, Line: o.line}
	for i, h := range o.records {
		body := strings.TrimRight(text[h.start:h.end], " \t\r\n")
		switch h.typ {
		case typeAVC, typeUserAVC:
			if duplicate(text, o.records[:i], h) {
				r.stats.Duplicates++
				continue
			}
			r.buildAVC(e, h, body)
		case typeSELinuxErr, typeUserSELinuxErr:
			if s, ok := parseSELinuxError(body, h.style, h.typ == typeUserSELinuxErr); ok {
				e.Errors = append(e.Errors, s)
				r.stats.Errors++
			} else {
				r.stats.malformed(MalformedRecord, h.line, body)
			}
		case typeSyscall, typeURingOp:
			e.Syscall = parseSyscall(body, h.style)
		case typeSockaddr:
			if s := parseSockaddr(body, h.style); s != nil {
				e.Sockaddr = s
			}
		case typeProctitle:
			e.Proctitle = parseProctitle(body, h.style)
		case typeCWD:
			e.CWD = parseCWD(body, h.style)
		case typePath:
			e.Paths = append(e.Paths, parsePath(body, h.style))
		case typeExecve:
			e.Argv = appendArgv(e.Argv, body, h.style)
		default:
			if h.typ.notable() {
				e.Changes = append(e.Changes, parseChange(h.typ, body, h.style))
				r.stats.Changes++
			}
		}
	}
	return e
}

// duplicate reports whether the event already has the same message in another format: from auditd or the journal's
// audit messages, and from the kernel's log.
func duplicate(text string, before []held, h held) bool {
	for _, b := range before {
		if b.typ == h.typ && b.format != h.format && text[b.start:b.end] == text[h.start:h.end] {
			return true
		}
	}
	return false
}

// buildAVC adds an AVC or USER_AVC record to an event.
func (r *Reader) buildAVC(e *Event, h held, body string) {
	message, outer := body, []Field(nil)
	user := h.typ == typeUserAVC
	if user {
		message, outer = userMessage(body, h.style)
	}
	a, ok := parseAVC(message, h.style, user)
	switch {
	case ok, a.withoutClass():
		a.Fields = append(a.Fields, outer...)
		e.AVCs = append(e.AVCs, a)
		r.countAVC(&a)
	case !hasVector(message):
		if c, ok := parseNotice(message); ok {
			e.Changes = append(e.Changes, c)
			r.stats.Changes++
			return
		}
		if x, ok := parseUnknownName(message, outer); ok && user {
			e.Errors = append(e.Errors, x)
			r.stats.Errors++
			return
		}
		if otherModule(body) {
			r.otherRecord(textPairs(body, h.style), body, h.line)
			return
		}
		if pairs := keyedPairs(body); denialPairs(pairs) {
			r.pairsAVC(e, h.typ, pairs)
			return
		}
		if strings.TrimSpace(body) == "avc:" { // the end of a sentence, where no record was broken
			r.stats.Other++
			return
		}
		r.stats.malformed(MalformedRecord, h.line, body)
	case h.format == FormatPlain && !user && spoken(message):
		r.stats.Other++ // the words at the end of a line of text
	default:
		r.stats.malformedAVC(&a, h.line, body)
	}
}

func (r *Reader) countAVC(a *AVC) {
	if a.Result == Granted {
		r.stats.Granted++
	} else {
		r.stats.Denied++
	}
	r.sawAVC(a)
}

// hasVector reports whether a message is one of an access vector cache, complete or cut.
func hasVector(message string) bool {
	result, _, _, _ := avcHead(message)
	return result != ""
}

// otherModule reports whether an AVC record comes from another security module: AppArmor and Smack use the type
// too.
func otherModule(body string) bool {
	return strings.Contains(body, "apparmor=") || strings.Contains(body, "lsm=")
}

// userMessage returns the message of the object manager in a USER_AVC record: pid=812 uid=81 ... msg='avc:  denied
// ...'. It also returns the fields around the message, which describe the manager, with prefixed keys.
func userMessage(body string, st style) (string, []Field) {
	message, found := "", false
	var outer []Field
	f := fieldScanner{s: body, style: st}
	for p, more := f.next(); more; p, more = f.next() {
		if p.key == "msg" && !found {
			message, found = p.val, true
			if p.bare {
				// Interpreted: msg=avc:  denied ..., up to the end.
				if i := strings.Index(body, "msg="); i >= 0 {
					message = body[i+len("msg="):]
				}
				break
			}
			continue
		}
		outer = append(outer, Field{Key: "manager_" + p.key, Value: p.val})
	}
	if !found {
		if i := strings.Index(body, "avc:"); i >= 0 {
			return body[i:], nil
		}
		return body, nil
	}
	return message, outer
}

var msgAudit = []byte("msg=audit(")
