package audit

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"path"
	"strings"
)

// A recent remembers the last denials, to recognise a denial that is logged twice.
type recent struct {
	seed     maphash.Seed
	seeded   bool
	twins    [64]seenText
	nextTwin int
	avcs     [64]seenAVC
	nextAVC  int
	ids      []seenID // by serial number; nil before the first denial
}

// A seenID identifies a denial by its event: 28 bits of a hash, and in the low bits the form in which the denial
// was written.
type seenID uint32

// seenIDs is the number of denials that are remembered. A denial replaces an earlier one whose serial number ends
// in the same bits.
const seenIDs = 1 << 14

// before reports whether a record came before in another format: a syslog repeats records of audit.log. A record in
// the same format is another denial of the same event, or the same log a second time.
func (s *recent) before(id eventID, body []byte, form byte) bool {
	if id.serial == 0 || id.millis < minMillis {
		return false
	}
	body = trimEnd(body)
	h := (uint64(id.millis)*0x9e3779b97f4a7c15 ^ id.serial ^ uint64(len(body))<<48) * 0x9e3779b97f4a7c15
	if len(body) > 64 {
		// These bytes have the permission, and the end of the record has the class.
		h = (h ^ binary.LittleEndian.Uint64(body[16:])) * 0x9e3779b97f4a7c15
		h = (h ^ binary.LittleEndian.Uint64(body[len(body)-24:])) * 0x9e3779b97f4a7c15
	}
	if s.ids == nil {
		s.ids = make([]seenID, seenIDs)
	}
	x := &s.ids[id.serial%seenIDs]
	now := seenID(h>>32)&^15 | seenID(form)
	if *x&^15 == now&^15 && *x&15 != 0 && *x != now {
		return true
	}
	*x = now
	return false
}

// trimEnd removes blanks at the end.
func trimEnd(body []byte) []byte {
	for n := len(body); n > 0; n-- {
		switch body[n-1] {
		case ' ', '\t', '\r', '\n':
		default:
			return body[:n]
		}
	}
	return nil
}

// numberedFormats are the formats of records with an id.
var numberedFormats = [...]Format{1: FormatAuditLog, 2: FormatKernel, 3: FormatSyslog, 4: FormatJournal,
	5: FormatJournalJSON, 6: FormatAusearch}

// The numbers of other forms. The kernel's messages have three forms: with a header of syslog or the journal, which
// names the host; as dmesg prints them; and as dmesg -T prints them.
const (
	otherForm = 7 + iota
	plainForm
	laurelForm
	beatsForm
	dmesgForm
	datedForm
)

// form is the number of the form in which a record is written: below 16.
func (rec *record) form() byte {
	switch rec.format {
	case FormatPlain:
		return plainForm
	case FormatLaurel:
		return laurelForm
	case FormatBeats:
		return beatsForm
	case FormatKernel:
		switch {
		case rec.node != nil:
		case rec.dated:
			return datedForm
		default:
			return dmesgForm
		}
	}
	return formOf(rec.format)
}

func formOf(f Format) byte {
	for i, known := range numberedFormats {
		if known == f {
			return byte(i)
		}
	}
	return otherForm
}

func (s *recent) hash(body []byte) uint64 {
	if !s.seeded {
		s.seed, s.seeded = maphash.MakeSeed(), true
	}
	return maphash.Bytes(s.seed, body)
}

// A seenText is a record of the journal's audit messages, or of the kernel's log. The journal has both while auditd
// does not run.
type seenText struct {
	hash   uint64
	plain  uint64 // the hash of the text without quotes, 0 if it was not needed
	serial uint64 // 0 if no format had it
	line   int64
	// formats has a bit for each format in which the record came.
	formats uint16
}

// A seenAVC has the fields of a denial that a report of setroubleshoot repeats.
type seenAVC struct {
	permission, class string
	name              string // of a file, at the beginning of the input
	port              uint16
	line              int64
	valid             bool
}

// seenLines is the greatest distance in lines between two records of the same denial.
const seenLines = 400

// pasted reports whether a line is among the first lines of an input. A pasted log is short and may have one event
// in any two formats, so all formats are compared there. In a long log, senet compares only the formats in which
// one system writes a record twice.
func pasted(line int64) bool { return line <= seenLines }

// twin reports whether a record came before in another format. The text of a record may come once in each format. A
// second time in the same format is another event.
func (r *Reader) twin(rec *record) bool {
	body := trimEnd(rec.body)
	if len(body) == 0 {
		return false
	}
	h, plain := r.seen.hash(body), uint64(0)
	if pasted(rec.line) { // ausearch -i writes no quotes
		plain = r.seen.hash(withoutQuotes(body))
	}
	bit := uint16(1) << rec.form()
	for i := range r.seen.twins {
		t := &r.seen.twins[i]
		if t.serial != 0 && rec.id.serial != 0 && t.serial != rec.id.serial {
			continue // two events with the same text
		}
		same := t.hash == h || plain != 0 && t.plain == plain && t.serial != 0 && rec.id.serial != 0
		if same && t.formats&bit == 0 && rec.line-t.line <= seenLines {
			t.formats |= bit
			t.serial = max(t.serial, rec.id.serial)
			r.stats.Duplicates++
			r.date(h, rec.id)
			return true
		}
	}
	rec.twin = h
	r.seen.twins[r.seen.nextTwin] = seenText{hash: h, plain: plain, serial: rec.id.serial, formats: bit, line: rec.line}
	r.seen.nextTwin = (r.seen.nextTwin + 1) % len(r.seen.twins)
	return false
}

// withoutQuotes removes quotes, and reduces blanks between words to one.
func withoutQuotes(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for _, c := range body {
		if c == '"' || c == ' ' && len(out) > 0 && out[len(out)-1] == ' ' {
			continue
		}
		out = append(out, c)
	}
	return out
}

// sawAVC remembers a denial, and drops the report about it.
func (r *Reader) sawAVC(a *AVC) {
	if a.Result != Denied {
		return
	}
	s := seenAVC{class: a.TClass, port: a.Port(), line: r.stats.Lines, valid: true}
	if len(a.Permissions) > 0 {
		s.permission = a.Permissions[0]
	}
	if pasted(s.line) {
		s.name = strings.Clone(nameOf(cmp.Or(a.Path, a.Name)))
	}
	r.saw(s)
}

// nameOf returns the last part of a path, "" for none.
func nameOf(name string) string {
	if name = path.Base(name); name == "." || name == "/" {
		return ""
	}
	return name
}

func (r *Reader) saw(s seenAVC) {
	r.seen.avcs[r.seen.nextAVC] = s
	r.seen.nextAVC = (r.seen.nextAVC + 1) % len(r.seen.avcs)
	for i := range r.reports {
		if p := &r.reports[i].report; p.about(&s) && !p.ofOther(s.name) {
			r.suggested(&r.reports[i].report, &s)
			r.reports = append(r.reports[:i], r.reports[i+1:]...)
			r.stats.Duplicates++
			return
		}
	}
}

// explained reports whether the denial that a report is about has been seen.
func (r *Reader) explained(p *Report) bool {
	for i := range r.seen.avcs {
		s := &r.seen.avcs[i]
		if s.valid && r.stats.Lines-s.line <= seenLines && p.about(s) && !p.ofOther(s.name) {
			return true
		}
	}
	return false
}
