package audit

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/senet-selinux/senet/audit/internal/complaint"
	"github.com/senet-selinux/senet/audit/internal/head"
)

// A Report is setroubleshoot's text about a denial: SELinux is preventing /usr/sbin/nginx from name_bind access on
// the tcp_socket port 8081. It is yielded if the denial itself is not in the input.
type Report struct {
	// Program is the path or name of the program.
	Program string
	// SourceType is the type of the program, TargetType that of the object, if the text has them.
	SourceType  string
	TargetType  string
	Permissions []string
	Class       string
	// Port is the target if it is a port, Path another target.
	Port uint16
	Path string
	// SContext and TContext come from the Additional Information, if it is there.
	SContext string
	TContext string
	// Boolean is the boolean that the report suggests to set, "" for none.
	Boolean string
	Text    string
}

// AVC returns the denial of the report. It returns false if the report does not have the contexts, or both types, and
// the class. Where one class alone fits, it is taken, and Inferred says so.
func (p *Report) AVC() (AVC, bool) {
	a := AVC{Result: Denied, Permissions: slices.Clone(p.Permissions), SContext: p.SContext, TContext: p.TContext,
		TClass: p.Class, Path: p.Path}
	if a.SContext == "" && a.TContext == "" {
		a.SContext, a.TContext = p.SourceType, p.TargetType
	}
	if name, ok := strings.CutPrefix(p.Path, "./"); ok && !strings.Contains(name, "/") {
		a.Path, a.Name = "", name // what the record calls name=
	}
	if strings.HasPrefix(p.Program, "/") {
		a.Exe = p.Program
	} else {
		a.Comm = p.Program
	}
	if a.Has("name_connect") {
		a.Dest = p.Port
	} else {
		a.Src = p.Port
	}
	if a.SContext != "" && a.TContext != "" && a.TClass == "" {
		if class, ok := p.fittingClass(&a); ok {
			a.infer(Inference{Taken: class})
		}
	}
	return a, a.complete() && len(a.Permissions) > 0 && a.mend(false)
}

// about reports whether the report is about this access vector.
func (p *Report) about(s *seenAVC) bool {
	if len(p.Permissions) == 0 || p.Permissions[0] != s.permission {
		return false
	}
	return (p.Class == "" || p.Class == s.class) && p.Port == s.port
}

// ofOther reports whether the report names another file than a record, whose file has the name.
func (p *Report) ofOther(name string) bool {
	return path.IsAbs(p.Path) && name != "" && path.Base(p.Path) != name
}

// A pendingReport is a report whose Additional Information or raw messages may follow.
type pendingReport struct {
	report Report
	time   time.Time
	// assumed is Event.YearAssumed.
	assumed bool
	node    string
	line    int64 // the line at which it starts
	last    int64 // the last line that belonged to it
	// cut is a context that may go on in the next line, nil for none.
	cut *string
	// translated says that the report is in another language than English.
	translated bool
}

// maxReports bounds how many reports wait for their denial.
const maxReports = 8

// maxReportLines is the number of lines without a part of the report after which a report ends.
const maxReportLines = 200

const (
	preventing = "SELinux is preventing "
	prevented  = "SELinux prevented " // setroubleshoot of RHEL 5
)

// reportStart recognises the first line of a report.
func (r *Reader) reportStart(m []byte, h head.Head) bool {
	i := bytes.Index(m, []byte(preventing))
	if i < 0 {
		i = bytes.Index(m, []byte(prevented))
	}
	var p Report
	var ok bool
	if i >= 0 {
		p, ok = parseReport(string(m[i:]))
	} else {
		p, ok = foreignReport(m)
	}
	free := false
	if !ok {
		if p, free = freeReport(m); !free {
			return false
		}
	}
	r.flushReports(maxReports-1, r.stats.Lines-maxReportLines)
	for i := range r.reports {
		if q := r.reports[i]; samePreventing(&q.report, &p) {
			// setroubleshoot logs one line immediately and the whole text later: what follows belongs to this report,
			// which is the last one from now on.
			q.last = r.stats.Lines
			r.reports = append(slices.Delete(r.reports, i, i+1), q)
			r.stats.Duplicates++
			return true
		}
	}
	if r.explained(&p) {
		r.stats.Duplicates++
		return true
	}
	r.reports = append(r.reports, pendingReport{
		report: p, time: h.Time, assumed: h.YearAssumed, node: h.Host, line: r.stats.Lines, last: r.stats.Lines,
		translated: i < 0 || free,
	})
	return true
}

func samePreventing(a, b *Report) bool {
	return a.Program == b.Program && a.Class == b.Class && a.Port == b.Port && a.Path == b.Path &&
		strings.Join(a.Permissions, " ") == strings.Join(b.Permissions, " ")
}

// reportLine reads a line of the Additional Information.
func (r *Reader) reportLine(m []byte) bool {
	r.flushReports(maxReports, r.stats.Lines-maxReportLines)
	if len(r.reports) == 0 {
		return r.blockLine(m)
	}
	q := &r.reports[len(r.reports)-1]
	if cut := q.cut; cut != nil {
		if q.cut = nil; restOfContext(*cut, m) {
			*cut += string(bytes.TrimSpace(m))
			q.last = r.stats.Lines
			return true
		}
	}
	if q.report.suggestion(m) {
		q.last = r.stats.Lines
		return true
	}
	for _, known := range [...]struct {
		label string
		field *string
	}{{"Source Context", &q.report.SContext}, {"Target Context", &q.report.TContext}, {"Source Path",
		&q.report.Program}} {
		if rest, ok := keyOfBlock(m, known.label); ok {
			*known.field = string(bytes.TrimSpace(rest))
			q.last = r.stats.Lines
			if known.field != &q.report.Program {
				q.cut = known.field
			}
			return true
		}
	}
	if rest, ok := keyOfBlock(m, "Target Objects"); ok {
		q.report.object(string(bytes.TrimSpace(rest)))
		q.last = r.stats.Lines
		return true
	}
	if q.translated {
		before := [2]string{q.report.SContext, q.report.TContext}
		if q.report.column(m) {
			q.last = r.stats.Lines
			switch {
			case q.report.SContext != before[0]:
				q.cut = &q.report.SContext
			case q.report.TContext != before[1]:
				q.cut = &q.report.TContext
			}
			return true
		}
	}
	return false
}

// flushReports yields waiting reports: all but the last n, and those that end before a line.
func (r *Reader) flushReports(n int, before int64) {
	for len(r.reports) > 0 && (len(r.reports) > n || r.reports[0].last < before) {
		r.flushReport()
	}
}

// flushReport yields the oldest waiting report.
func (r *Reader) flushReport() {
	q := r.reports[0]
	r.reports = append(r.reports[:0], r.reports[1:]...)
	p := q.report
	r.stats.Reports++
	r.deliver(&Event{Time: q.time, YearAssumed: q.assumed, Node: q.node, Format: FormatSealert, Line: q.line,
		Report: &p})
}

// parseReport reads one of the sentences that setroubleshoot has used:
//
//	SELinux is preventing SOURCE from PERM access on the CLASS TARGET.
//	SELinux is preventing SOURCE from using the CAPABILITY capability.
//	SELinux is preventing SOURCE "PERM" access on TARGET.
//	SELinux is preventing SOURCE (TYPE) "PERM" to TARGET (TYPE).
//	SELinux is preventing the NAME daemon from reading FILES.
//	SELinux prevented NAME reading and writing access to FILES.
func parseReport(text string) (Report, bool) {
	sentence := strings.TrimPrefix(strings.TrimPrefix(text, prevented), preventing)
	if i := strings.Index(sentence, " For complete SELinux messages"); i >= 0 {
		sentence = sentence[:i]
	}
	p := Report{Text: complaint.Unquoted(text[:min(len(text), 1024)])}
	source, rest, ok := strings.Cut(sentence, " from ")
	switch {
	case !ok && strings.Contains(sentence, ` "`):
		return olderReport(p, sentence)
	case !ok:
		return verbalReport(p, sentence)
	}
	if isStandIn(source) {
		return Report{}, false
	}
	p.Program = strings.TrimPrefix(source, "the ")
	if name, typ, ok := strings.Cut(source, " ("); ok {
		p.Program, p.SourceType = name, strings.TrimSuffix(typ, ")")
	}
	rest = strings.TrimSuffix(strings.TrimRight(rest, " \t"), ".")
	if name, ok := strings.CutPrefix(rest, "using the "); ok {
		name, what, _ := strings.Cut(name, " ")
		p.Permissions = []string{strings.Trim(name, "'\"")}
		if strings.HasPrefix(what, "capability") {
			p.Class = "capability"
		} else if strings.Contains(what, "process") {
			p.Class = "process"
		}
		return p, true
	}
	if isVerb(rest) {
		return verbalReport(p, source+" "+rest)
	}
	perms, target, ok := strings.Cut(rest, " access")
	if !ok {
		return Report{}, false
	}
	for _, w := range strings.FieldsFunc(perms, func(c rune) bool {
		return c == ' ' || c == ',' || c == '\'' ||
			c == '"'
	}) {
		if w != "and" {
			p.Permissions = append(p.Permissions, w)
		}
	}
	target = strings.TrimPrefix(target, "es")
	target = strings.TrimPrefix(strings.TrimPrefix(target, " on "), "the ")
	class, object, _ := strings.Cut(target, " ")
	for _, words := range [...]string{"shared memory", "message queue", "symbolic link", "socket file", "named pipe",
		"file descriptor"} {
		if after, ok := strings.CutPrefix(target, words); ok && (after == "" || after[0] == ' ') {
			class, object = words, strings.TrimLeft(after, " ")
		}
	}
	p.Class = class
	if plain, ok := plainClass(class); ok {
		p.Class = plain
	}
	if n, ok := strings.CutPrefix(object, "port "); ok {
		p.Port, _ = port(strings.TrimRight(n, ". "))
	} else if object != "" && object != "Unknown" && object != "<Unknown>" {
		if typ, ok := strings.CutPrefix(object, "labeled "); !ok {
			p.Path = endOfQuote(object)
		} else if typ = endOfQuote(typ); isTypeName(typ) {
			p.TargetType = typ
		}
	}
	return p, len(p.Permissions) > 0 && !(isPlaceholder(p.Program) && isPlaceholder(p.Path))
}
