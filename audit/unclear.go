package audit

import (
	"bytes"

	"github.com/senet-selinux/senet/audit/internal/complaint"
	"github.com/senet-selinux/senet/audit/internal/head"
)

// nearLines is how many lines before a message may name SELinux, for a refusal with EPERM.
const nearLines = 3

// notPermitted reports whether a line of a text of people has the words of EPERM, which a log has for many causes.
func (r *Reader) notPermitted(line []byte) bool {
	return pasted(r.stats.Lines) && bytes.Contains(line, []byte(complaint.NotPermitted))
}

// unclearLine keeps the first line that tells of a refusal in no form that is known. It is yielded at the end if the
// input has nothing else.
func (r *Reader) unclearLine(m []byte, h head.Head) {
	if r.unclear != nil && (h.Time.IsZero() || !r.unclear.Time.IsZero()) {
		return // but the line of a log is better than one of a text, as a heading
	}
	s := complaint.Unclear(string(m), h.Prog, h.PID, h.Time.IsZero() && r.namesSELinux())
	if s == nil {
		return
	}
	r.unclear = &Event{Time: h.Time, YearAssumed: h.YearAssumed, Node: h.Host,
		Container: r.containerOf(s, &h), Format: FormatProgram, Line: r.stats.Lines, Symptom: s}
}

// namesSELinux reports whether one of the lines just before has the word.
func (r *Reader) namesSELinux() bool {
	n := 0
	for line := range r.lines.before() {
		if n++; n > nearLines {
			break
		}
		if bytes.Contains(line, []byte("SELinux")) {
			return true
		}
	}
	return false
}

// endUnclear yields the event of lonelyCall, if there is no denial; else the line of unclearLine, if nothing else tells
// of a refusal.
func (r *Reader) endUnclear() {
	s := &r.stats
	if s.Denied+s.Granted+s.Errors+s.Reports+s.Rules+s.Early+s.MalformedCount() > 0 {
		return
	}
	switch {
	case r.call != nil:
		r.yieldComplaint(r.call)
	case r.unclear == nil || s.Symptoms+s.Listed > 0:
		return
	default:
		s.Unrecognised--
		r.yieldComplaint(r.unclear)
	}
	r.stopWaiting(0)
}
