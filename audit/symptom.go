package audit

import (
	"strings"

	"github.com/senet-selinux/senet/audit/internal/complaint"
	"github.com/senet-selinux/senet/audit/internal/head"
)

// A Symptom is a refusal that a program, or strace, has logged itself: EACCES from a network operation, with the
// details that the line has.
type Symptom = complaint.Symptom

// A followed is a complaint whose next lines may have more details.
type followed struct {
	event *Event
	line  int64 // the last line that belongs to the complaint
}

// complaint reads a program's own complaint. It returns false if the line is not one.
func (r *Reader) complaint(m []byte, h head.Head) bool {
	s := complaint.Read(string(m), h.Prog, h.PID)
	if s == nil {
		r.unclearLine(m, h)
		return false
	}
	r.endComplaint()
	format := FormatProgram
	if s.Strace {
		format = FormatStrace
	}
	if s.Program == "" && strings.HasSuffix(s.Path, "/.ssh/authorized_keys") {
		s.Program = "sshd" // which alone reads them as a rule
	}
	e := &Event{
		Time: h.Time, YearAssumed: h.YearAssumed, Node: h.Host, Format: format, Line: r.stats.Lines, Symptom: s,
	}
	r.caller(s, string(m), !h.Time.IsZero())
	if !r.typedBy(s, &h) {
		e.Container = r.containerOf(s, &h)
	}
	if s.Incomplete() {
		r.followed = followed{e, r.stats.Lines}
		return true
	}
	r.yieldComplaint(e)
	return true
}

// followComplaint reads a line that may continue a complaint. Another line ends the complaint.
func (r *Reader) followComplaint(line []byte) bool {
	f := &r.followed
	if f.event == nil {
		return false
	}
	if r.stats.Lines-f.line == 1 && len(line) > 0 && line[0] != '{' {
		h := r.heads.Parse(line)
		if f.event.Symptom.Follow(string(line[h.End:min(len(line), 4096)])) {
			f.line = r.stats.Lines
			return true
		}
	}
	r.endComplaint()
	return false
}

// endComplaint yields the complaint that was waiting for more lines.
func (r *Reader) endComplaint() {
	if e := r.followed.event; e != nil {
		r.followed = followed{}
		r.yieldComplaint(e)
	}
}

func (r *Reader) yieldComplaint(e *Event) {
	r.stats.Symptoms++
	r.wait(waiting{event: e})
}
