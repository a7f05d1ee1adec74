package audit

import (
	"bytes"
	"io"
	"iter"
	"time"

	"github.com/senet-selinux/senet/audit/internal/head"
	"github.com/senet-selinux/senet/audit/internal/mount"
	"github.com/senet-selinux/senet/audit/internal/remark"
)

// Options are the options of a Reader. The zero value suits a log in UTC.
type Options struct {
	// Location is the time zone of dates that have none, as ausearch -i, syslog and dmesg -T write them; nil means
	// UTC.
	Location *time.Location
	// Now determines the year of dates without one: the latest year in which the date is not in the future. If it
	// is zero, such dates are not read.
	Now time.Time
	// MaxLine is the longest line that is read, in bytes; 0 means 256 KiB.
	MaxLine int
	// MaxOpen is the largest number of events that may wait for more records, up to 255; 0 means 128. If one more
	// comes, the oldest event is yielded as it is.
	MaxOpen int
	// Since leaves out events before it, as far as their time is known. [Stats] counts them.
	Since time.Time
	// NoSymptoms leaves out the complaints of programs and keeps the denials.
	NoSymptoms bool
}

// A Reader reads the events of a log. It needs memory for one line and for the open events, however long the log
// is.
type Reader struct {
	options Options
	lines   lineReader
	stats   Stats
	done    bool
	err     error

	open  []*openEvent // in the order they began
	free  []*openEvent
	ready []*Event

	part    partial
	waiting []waiting
	// followed is the complaint that the next line may continue.
	followed followed
	alone    loneHead
	loose    looseEvent
	reports  []pendingReport // the oldest comes first
	seen     recent
	kernel   kernelHeader
	heads    head.Parser
	labels   listings
	prose    Prose
	terminal terminal
	units    units
	diff     hunk
	verdicts []HostVerdict
	remarks  remark.Scanner
	mounts   mount.Scanner
	// loaded is the last line that says that rules are loaded, or the last line with one of them.
	loaded int64
	// sourceShown is the last line with a message of checkmodule.
	sourceShown int64
	// unclear is a refusal that was not understood; nil for none.
	unclear *Event
	// call is a system call that was refused, by a record without one of SELinux; nil for none.
	call *Event
	// mislabeled is the file of the next rule.
	mislabeled mislabeled
	// constraint is the line of a comment of audit2allow about a constraint, 0 for none.
	constraint int64

	// openIDs counts the open events by eventID.bucket. oldest is the time of the oldest event, or an earlier time.
	openIDs [1024]uint8
	oldest  int64

	lostSinceBoot, lostApart int64

	folder  *Folder // set while Fold reads
	marksOf *Folder // the Folder whose marks the open events have
	block   block
}

// NewReader returns a Reader for src.
func NewReader(src io.Reader, options Options) *Reader {
	if options.Location == nil {
		options.Location = time.UTC
	}
	if options.MaxLine <= 0 {
		options.MaxLine = 256 << 10
	}
	if options.MaxOpen <= 0 || options.MaxOpen > 255 {
		options.MaxOpen = 128
	}
	return &Reader{
		options: options, lines: newLineReader(src, options.MaxLine),
		heads: head.Parser{Location: options.Location, Now: options.Now},
	}
}

// Parse returns the events in a text.
func Parse(text string, options Options) ([]*Event, Stats) {
	r := NewReader(bytes.NewReader([]byte(text)), options)
	var events []*Event
	for e, _ := range r.Events() { // reading from memory cannot fail
		events = append(events, e)
	}
	return events, r.Stats()
}

// Stats returns the counts of the input up to now.
func (r *Reader) Stats() Stats {
	s := r.stats
	s.Malformed = append([]Malformed(nil), s.Malformed...)
	s.LostRecords = r.lostSinceBoot + r.lostApart
	return s
}

// Events yields the events in the order in which they are complete: at the record that ends an event, when a later
// event shows that no more records will come, or at the end of the input. The only errors are those of reading. An
// error ends the iteration, after every event that was read before it. A second iteration continues where the last
// one stopped.
func (r *Reader) Events() iter.Seq2[*Event, error] {
	return func(yield func(*Event, error) bool) {
		for {
			for len(r.ready) > 0 {
				e := r.ready[0]
				r.ready[0] = nil
				r.ready = r.ready[1:]
				if !yield(e, nil) {
					return
				}
			}
			r.ready = r.ready[:0]
			if r.done {
				if err := r.err; err != nil {
					r.err = nil
					yield(nil, err)
				}
				return
			}
			if r.folder != nil && r.foldBlock() {
				continue
			}
			line, size, long, ok := r.lines.next()
			if !ok {
				r.finish()
				continue
			}
			r.stats.Lines++
			r.stats.Bytes += size
			if long {
				r.flushPartial()
				r.stats.malformed(MalformedLong, r.stats.Lines, "")
				continue
			}
			r.line(line)
		}
	}
}

// finish yields all events that are still open.
func (r *Reader) finish() {
	r.done = true
	if err := r.lines.err; err != io.EOF {
		r.err = err
	}
	r.flushPartial()
	r.flushAll()
	r.flushReports(0, 0)
	r.endUnclear()
}

// line reads one line.
func (r *Reader) line(line []byte) {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if pasted(r.stats.Lines) {
		r.stats.modes(line)
	}
	if r.part.active && r.continuePartial(line) {
		return
	}
	if r.auditLine(line) {
		return
	}
	r.foreignLine(line)
}

// deliver hands an event to the iterator.
func (r *Reader) deliver(e *Event) {
	e.Time = possible(e.Time)
	if r.early(e.Time) {
		r.stats.Early += int64(len(e.AVCs))
		return
	}
	r.stats.Events++
	if r.folder != nil {
		r.folder.Add(e)
		if len(e.Errors) == 0 && len(e.Changes) == 0 && e.Report == nil && e.Rule == nil {
			return
		}
	}
	r.ready = append(r.ready, e)
}

// auditLine reads a line as auditd and ausearch write it: type=AVC msg=audit(1364481363.243:24287): ..., possibly
// after node=. It returns false for all other lines. It skips records that do not concern SELinux without
// allocating.
func (r *Reader) auditLine(line []byte) bool {
	rest := line
	var node []byte
	if len(rest) > 5 && string(rest[:5]) == "node=" {
		blank := bytes.IndexByte(rest, ' ')
		if blank < 0 {
			return false
		}
		node, rest = rest[5:blank], rest[blank+1:]
	}
	if len(rest) < 16 || string(rest[:5]) != "type=" {
		return false
	}
	rest = rest[5:]
	blank := bytes.IndexByte(rest[:min(len(rest), 48)], ' ')
	if blank <= 0 || !bytes.HasPrefix(rest[blank+1:], msgAudit) {
		return false
	}
	typ := typeNamed(rest[:blank])
	if typ == typeOther {
		r.stats.Other++
		return true
	}
	rest = rest[blank+1+len(msgAudit):]
	rec := record{typ: typ, node: node, format: FormatAuditLog, line: r.stats.Lines}
	var stamped bool
	if rest, stamped = r.stamp(&rec, rest); !stamped {
		switch {
		case typ.notable() && vectorAt(line, 0) >= 0:
			return false
		case typ.notable():
			r.stats.malformed(MalformedRecord, rec.line, string(line[:min(len(line), maxSample)]))
		default:
			r.stats.Other++
		}
		return true
	}
	// Several records may be pasted on one line. This does not apply after a message of a program, because a user
	// may have put text into it that looks like a record.
	if !fromUser(typ) && bytes.Contains(rest, msgAudit) || typ.notable() && unclean(rest) {
		return false
	}
	rec.body = rest
	r.record(rec)
	return true
}

// stamp reads the time and serial number and returns the text after them; ok is false if they are not there.
func (r *Reader) stamp(rec *record, b []byte) ([]byte, bool) {
	end := bytes.IndexByte(b[:min(len(b), 80)], ')')
	if end < 0 {
		return nil, false
	}
	var ok bool
	if rec.id, ok = parseStamp(b[:end]); !ok {
		if rec.id, ok = r.parseInterpretedStamp(b[:end]); !ok {
			return nil, false
		}
		rec.style, rec.format = interpreted, FormatAusearch
	}
	r.heads.Learn(possible(rec.id.time()))
	rec.id.node = nodeHash(rec.node)
	b = b[end+1:]
	return bytes.TrimLeft(b, " :"), true
}
