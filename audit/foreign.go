package audit

import (
	"bytes"
	"strings"
	"time"

	"github.com/senet-selinux/senet/audit/internal/complaint"
	"github.com/senet-selinux/senet/audit/internal/head"
)

// foreignLine reads a line that auditd did not write in this form: a line with the header of syslog, the journal or
// dmesg, JSON, a line from a forum, a program's own log.
func (r *Reader) foreignLine(line []byte) {
	if r.kernelLine(line) {
		return
	}
	sign := byte(0)
	if pasted(r.stats.Lines) {
		if sign = r.diff.line(line); sign == '+' {
			line = line[1:]
		}
		r.mounts.Line(string(line[:min(len(line), maxRemarkLine)]))
	}
	line = trimQuote(line)
	r.typed(line)
	if pasted(r.stats.Lines) {
		r.unitLine(line)
		r.patcherLine(line)
		if r.remarkLine(line) {
			r.endComplaint()
			r.unrecognised(line)
			return
		}
	}
	if r.followComplaint(line) || sign != ' ' && sign != '-' && r.ruleLine(line) {
		return
	}
	switch {
	case len(line) == 0:
		return
	case line[0] == '-' && bytes.HasPrefix(line, []byte("----")):
		// ausearch writes this line between two events.
		r.flushAll()
		if !interesting(line) {
			return
		}
	case bytes.HasPrefix(line, []byte("time->")):
		if !interesting(line) {
			r.holdHead(line)
			return
		}
	case line[0] == '-' && r.heads.LearnSpan(line):
		r.stats.Unrecognised++
		return
	case line[0] == '{', line[0] == '[' && len(line) > 1 &&
		line[1] == '{', line[0] == 0x1e, bytes.HasPrefix(line, []byte("data: {")):
		if r.jsonLine(line) {
			return
		}
	}
	if !interesting(line) && !r.notPermitted(line) {
		if !r.reportLine(line) && !r.fragment(line) {
			r.holdHead(line)
			r.unrecognised(line)
		}
		return
	}
	line = unescape(clean(line))
	if bytes.Contains(line, []byte("#012")) {
		// rsyslog writes #012 for a newline. This is setroubleshoot's message.
		h := r.heads.Parse(line)
		for i, part := range bytes.Split(line[h.End:], []byte("#012")) {
			if len(bytes.TrimSpace(part)) == 0 {
				continue
			}
			if !r.message(part, h) && i == 0 {
				r.stats.Unrecognised++
			}
		}
		return
	}
	if !pasted(r.stats.Lines) && bytes.Contains(line, []byte("SELinux")) &&
		r.remarks.Tool(r.stats.Lines, string(line[:min(len(line), maxRemarkLine)])) {
		r.stats.Unrecognised++
		return
	}
	h := r.heads.Parse(line)
	r.kernel.learn(line, h)
	if h.End == 0 && r.alone.line == r.stats.Lines-1 {
		h = r.alone.head // a wrapped line: the line before it is its head
		h.End = 0
	}
	if m := line[h.End:]; h.End > 0 && bytes.HasPrefix(m, []byte(`{"`)) && r.jsonLine(m) {
		return // fluentd's own output: TIME TAG: {"log": ...}
	}
	if r.joined(line[h.End:]) {
		return
	}
	if !r.message(line[h.End:], h) && !r.listing(line) {
		r.unrecognised(line)
	}
}

// A loneHead is the head of a line whose message was wrapped to the next line, or the time that ausearch writes
// before an event.
type loneHead struct {
	head head.Head
	line int64
}

// holdHead remembers a line that has only the head of the next one.
func (r *Reader) holdHead(line []byte) {
	if text, ok := bytes.CutPrefix(line, []byte("time->")); ok {
		if t, ok := parseDate(string(bytes.TrimSpace(text)), r.options.Location); ok {
			r.heads.Learn(t)
			r.alone = loneHead{head.Head{Time: t.UTC()}, r.stats.Lines}
		}
		return
	}
	if line = bytes.TrimRight(line, " \t"); len(line) == 0 || line[len(line)-1] != ':' || len(line) > 200 {
		return
	}
	if h := r.heads.Parse(line); h.End == len(line) && !h.Time.IsZero() && h.Prog != "" {
		r.alone = loneHead{h, r.stats.Lines}
	}
}

// interesting reports whether a line may have something to read. It is called for every line of a journal or
// syslog, and does not allocate.
func interesting(line []byte) bool {
	return bytes.Contains(line, []byte("avc:")) || bytes.Contains(line, []byte("audit")) ||
		bytes.Contains(line, []byte("SELinux")) ||
		complaint.Interesting(line)
}

// unclean reports whether clean would change a line.
func unclean(line []byte) bool {
	return linked(line) || emphasized(line) || bytes.IndexByte(line, 0x1b) >= 0 ||
		bytes.Contains(line, []byte("&quot;")) ||
		bytes.Contains(line, []byte("&#34;")) ||
		bytes.Contains(line, []byte("\u201c")) || bytes.Contains(line, []byte("\u201d")) ||
		bytes.Contains(line, []byte("\u00a0"))
}

// clean reverts what terminals and web pages do to a line: colours, entities, emphasis, typographic quotes.
func clean(line []byte) []byte {
	if !unclean(line) {
		return line
	}
	if bytes.IndexByte(line, 0x1b) >= 0 {
		line = withoutColour(line)
	}
	if linked(line) {
		line = unlink(line)
	}
	if emphasized(line) {
		line = plain(line)
	}
	if bytes.IndexByte(line, '&') >= 0 {
		line = []byte(strings.NewReplacer("&quot;", `"`, "&#34;", `"`, "&#39;", "'", "&gt;", ">", "&lt;", "<",
			"&amp;", "&", "&nbsp;", " ", "&#123;", "{", "&#125;", "}").Replace(string(line)))
		line = trimQuote(line)
	}
	if bytes.Contains(line, []byte("\u201c")) || bytes.Contains(line, []byte("\u201d")) ||
		bytes.Contains(line, []byte("\u00a0")) {
		line = []byte(strings.NewReplacer("\u201c", `"`, "\u201d", `"`, "\u00a0", " ").Replace(string(line)))
	}
	return line
}

// unescape reverts the escaping of a record inside a string, in pretty-printed JSON or in CSV.
func unescape(line []byte) []byte {
	if bytes.Contains(line, []byte(`=\"`)) {
		return bytes.ReplaceAll(line, []byte(`\"`), []byte(`"`))
	}
	if i := bytes.Index(line, []byte(`=""`)); i >= 0 && i+3 < len(line) && isKeyByte(line[i+3]) {
		return bytes.ReplaceAll(line, []byte(`""`), []byte(`"`))
	}
	return line
}

// withoutColour removes the escape sequences of ECMA-48 that grep --color and
// journalctl write.
func withoutColour(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		if line[i] != 0x1b || i+1 >= len(line) || line[i+1] != '[' {
			out = append(out, line[i])
			continue
		}
		for i += 2; i < len(line) && (line[i] < 0x40 || line[i] > 0x7e); i++ {
		}
	}
	return out
}

// message reads the message of a line, after its header. It returns false if the message has nothing to read.
func (r *Reader) message(m []byte, h head.Head) bool {
	if r.stampedRecords(m, h) || r.looseRecord(m, h) {
		return true
	}
	if n, total, ok := lossNotice(m); ok {
		r.stats.Lost++
		if total {
			r.lostSinceBoot = max(r.lostSinceBoot, n)
		} else {
			r.lostApart += n
		}
		return true
	}
	if e, ok := invalidLabel(m); ok {
		r.stats.Errors++
		r.deliver(&Event{
			Time: h.Time, YearAssumed: h.YearAssumed, Node: h.Host, Format: FormatKernel, Line: r.stats.Lines,
			Errors: []SELinuxError{e},
		})
		return true
	}
	if i := bytes.Index(m, []byte(unknownNetlink)); i >= 0 {
		e := &Event{Time: h.Time, YearAssumed: h.YearAssumed, Node: h.Host, Format: FormatKernel, Line: r.stats.Lines}
		e.Errors = []SELinuxError{parseUnknownNetlink(string(m[i:]))}
		r.stats.Errors++
		r.deliver(e)
		return true
	}
	if r.reportStart(m, h) || r.reportLine(m) {
		return true
	}
	if r.options.NoSymptoms {
		return false
	}
	return r.complaint(m, h)
}

// lossNotice reports whether a message of the kernel or auditd says that records were lost. n is their number if
// the message has one. total says that n counts since the start of the system, and not only the records of this
// notice.
func lossNotice(m []byte) (n int64, total, ok bool) {
	if _, rest, found := bytes.Cut(m, []byte("audit_lost=")); found {
		n = leadingNumber(rest)
		return n, true, n > 0
	}
	for _, s := range [...]string{
		"audit: backlog limit exceeded", "audit: rate limit exceeded", "kauditd hold queue overflow",
		"audit_printk_skb: ", "kauditd_printk_skb: ",
		"audit: type=1400 suppressed", "queue is full - dropping event", "dispatch error",
	} {
		_, rest, found := bytes.Cut(m, []byte(s))
		if !found {
			continue
		}
		if bytes.Contains(rest, []byte(" callbacks suppressed")) {
			return leadingNumber(rest), false, true
		}
		return 0, false, true
	}
	return 0, false, false
}

// leadingNumber is the number at the start of a text, 0 if there is none.
func leadingNumber(b []byte) int64 {
	n, ok := decimal(b[:digits(b)])
	if !ok {
		return 0
	}
	return int64(n)
}

// stampedRecords reads the records in a message that have audit(time:serial). There may be several, because people
// paste a whole event on one line.
func (r *Reader) stampedRecords(m []byte, h head.Head) bool {
	start, stamp, ok := nextStamp(m, 0)
	if !ok {
		return false
	}
	if vectorAt(m[:start], 0) >= 0 {
		r.looseRecord(m[:start], h)
	}
	for {
		next, nextStampAt, more := nextStamp(m, stamp+len("audit("))
		end := len(m)
		if more {
			end = next
		}
		r.stampedRecord(m[start:end], stamp-start, h)
		if !more {
			return true
		}
		start, stamp = next, nextStampAt
	}
}

// nextStamp finds the next "audit(" at or after from, outside of quotes, and the start of its record: type=, or the
// stamp itself.
func nextStamp(m []byte, from int) (start, stamp int, ok bool) {
	quote, scanned := byte(0), from
	for at := from; ; {
		i := bytes.Index(m[at:], []byte("audit("))
		if i < 0 {
			return 0, 0, false
		}
		stamp = at + i
		at = stamp + 1
		// A program can write anything into a quoted value, and a user into the message of a program. All text
		// after msg=' is that message.
		if bytes.Contains(m[from:stamp], []byte("msg='")) {
			return 0, 0, false
		}
		for ; scanned < stamp; scanned++ {
			switch c := m[scanned]; {
			case quote == 0 && c == '"' && scanned > 0 && m[scanned-1] == '=':
				quote = c
			case quote != 0 && c == quote:
				quote = 0
			}
		}
		if quote != 0 || !stampLike(m[stamp+len("audit("):]) {
			continue
		}
		start = stamp
		if bytes.HasSuffix(m[from:start], []byte("msg=")) {
			start -= len("msg=")
		}
		before := bytes.TrimRight(m[from:start], " ")
		word := bytes.LastIndexAny(before, " \t:>(") + 1
		if bytes.HasPrefix(before[word:], []byte("type=")) {
			start = from + word
			before = bytes.TrimRight(before[:word], " ")
			word = bytes.LastIndexByte(before, ' ') + 1
			if bytes.HasPrefix(before[word:], []byte("node=")) {
				start = from + word
			}
		} else if start == stamp && start > 0 && isKeyByte(m[start-1]) {
			continue // a longer word that ends in audit
		}
		return start, stamp, true
	}
}

// stampLike reports whether brackets hold a time and a serial number.
func stampLike(b []byte) bool {
	end := bytes.IndexByte(b[:min(len(b), 80)], ')')
	if end < 3 {
		return false
	}
	colon := bytes.LastIndexByte(b[:end], ':')
	if colon < 0 || !dateText(b[:colon]) {
		return false
	}
	_, ok := decimal(b[colon+1 : end])
	return ok
}

// stampedRecord reads one record; stamp is the offset of its audit(.
func (r *Reader) stampedRecord(m []byte, stamp int, h head.Head) {
	rec := record{line: r.stats.Lines, time: h.Time, assumed: h.YearAssumed, dated: !h.Time.IsZero()}
	head := m[:stamp]
	if bytes.HasPrefix(head, []byte("node=")) {
		node, rest, _ := bytes.Cut(head[len("node="):], []byte(" "))
		rec.node, head = node, rest
	} else if h.Host != "" {
		rec.node = []byte(h.Host)
	}
	typed := bytes.HasPrefix(head, []byte("type="))
	if typed {
		name, _, _ := bytes.Cut(head[len("type="):], []byte(" "))
		rec.typ = typeNamed(name)
	}
	switch {
	case !bytes.HasSuffix(head, []byte("msg=")):
		rec.format = FormatKernel
	case h.End > 0 && h.Host != "":
		rec.format = FormatSyslog
	default:
		rec.format = FormatAuditLog
	}
	format := rec.format
	rec.body, _ = r.stamp(&rec, m[stamp+len("audit("):])
	if rec.style == raw {
		rec.format = format
	}
	if !rec.id.time().IsZero() {
		rec.time, rec.assumed = time.Time{}, false // the time of the header is not needed
	}
	if !typed {
		// Linux 2.6: kernel: audit(1158064002.046:4): avc:  denied ...
		at := vectorAt(rec.body, 0)
		switch {
		case at >= 0:
			rec.typ, rec.body = typeAVC, rec.body[at:]
		case len(trimEnd(rec.body)) == 0:
			rec.typ, rec.untyped = typeAVC, true // the message may be on the next line
		default:
			r.stats.Other++
			return
		}
	}
	if rec.typ == typeOther {
		r.stats.Other++
		return
	}
	// If several records are pasted on one line, a blank stands before the next record.
	rec.body = bytes.TrimRight(rec.body, " ")
	r.record(rec)
}

// trimQuote removes the marks that mail and forums put in front of a quoted line, and those of Markdown around one.
func trimQuote(line []byte) []byte {
	for {
		line = bytes.TrimLeft(line, " \t\u00a0")
		if len(line) > 1 && (line[0] == '>' || line[0] == '|') &&
			(line[1] == ' ' || line[1] == '>' || line[1] == '\t') {
			line = line[1:]
			continue
		}
		if n := len(line); n > 2 && line[0] == '`' && line[n-1] == '`' && bytes.Count(line, []byte("`")) == 2 {
			return line[1 : n-1] // one line of code in Markdown
		}
		return line
	}
}
