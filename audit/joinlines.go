package audit

import (
	"github.com/senet-selinux/senet/audit/internal/complaint"
	"github.com/senet-selinux/senet/audit/internal/head"
)

// maxJoinedLines is the most lines before the last one of a message that was wrapped.
const maxJoinedLines = 2

// joined reads the last line of a program's message that a terminal, mail or a log wrapped. The line has no head. It is
// the error alone, or begins with the quoted name of a file; the first line has the program and no error. An empty line
// or a prompt is never part of a message.
//
//	mv: inter-device move failed: '/srv/a' to
//	'/mnt/b'; unable to remove target:
//	Permission denied
func (r *Reader) joined(m []byte) bool {
	if r.options.NoSymptoms || len(m) > maxPart || !complaint.Ends(string(m)) {
		return false
	}
	text, n := string(m), 0
	for line := range r.lines.before() {
		line = trimQuote(line)
		if n++; n > maxJoinedLines || len(line) == 0 || len(line) > maxPart {
			return false
		}
		if _, ok := head.ReadPrompt(string(line)); ok {
			return false
		}
		h := r.heads.Parse(line)
		part := string(line[h.End:])
		if !complaint.GoesOn(part, text) {
			return false
		}
		text = part + " " + text
		if complaint.Begins(part) || h.Prog != "" {
			return r.complaint([]byte(text), h)
		}
	}
	return false
}

// maxPart bounds a line of a message that was wrapped, in bytes.
const maxPart = 400
