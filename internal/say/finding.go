package say

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// Write writes the findings and the totals. What is said alike of denials that follow one another is said once, after
// the last of them.
func (l *Log) Write(b *words.Page) {
	w := writer{b: b, said: map[string]bool{}}
	for i := range l.Report.Findings {
		t := l.tell(&l.Report.Findings[i])
		if len(w.group) > 0 && !t.like(&w.group[0]) {
			w.flush()
			b.Printf("\n")
		}
		w.group = append(w.group, t)
	}
	w.flush()
	if line := l.Report.Log.Stats.PatcherSyntax; line > 0 {
		b.Line("note", "the syntax error of magiskpolicy (line %s): its rules have blanks between all parts, no colon "+
			"and no semicolon: allow SOURCE TARGET CLASS PERMISSION", Number(int(line)))
	}
	if done := l.Report.Log.ModeDone(); done != nil && len(l.Report.Findings) > 0 &&
		l.Report.Log.Says(audit.RemarkWorksOff) == 0 {
		b.Line("note", "SELinux was made permissive by the text (line %s): %s when this is fixed",
			Number(int(done.Line)), shell.New("setenforce", "1"))
	}
	l.totals(b)
}

// A told is a finding in words.
type told struct {
	subject string      // the domain of a denial, "" for other findings
	own     words.Lines // what is said of it alone
	answer  []line      // what may be said of others as well
	path    string      // how to find the file, "" where that is known
	next    shell.Command
}

// A line is a paragraph of an answer after its key.
type line struct {
	key, text string
	more      string // what follows the text where it was not written before
	alone     bool   // it is about the file or operation of one record alone
	once      bool   // it is the same for many findings, and is written for the first of them
	again     string // what is written instead of it for the others, "" for nothing
}

// like reports whether a denial follows one of the same domain of which the same is said.
func (t *told) like(before *told) bool {
	return t.subject != "" && t.subject == before.subject && slices.Equal(t.common(), before.common())
}

// common returns what may be said of others as well.
func (t *told) common() []line {
	return slices.DeleteFunc(slices.Clone(t.answer), func(x line) bool { return x.alone })
}

// A writer writes findings, those of which the same is said together.
type writer struct {
	b     *words.Page
	group []told
	said  map[string]bool // what is written once
}

// flush writes the group: each finding, then what they have in common, and the next command of each.
func (w *writer) flush() {
	path := ""
	several := len(w.group) > 1
	for i := range w.group {
		t := &w.group[i]
		w.b.Printf("%s", t.own)
		for _, x := range t.answer {
			if several && x.alone {
				w.line(x)
			}
		}
		path = cmp.Or(path, t.path)
	}
	if len(w.group) > 0 {
		for _, x := range w.group[0].answer {
			if !several || !x.alone {
				w.line(x)
			}
		}
	}
	if path != "" {
		w.b.Line("path", "%s", path)
	}
	for i := range w.group {
		w.b.Command("next", w.group[i].next)
	}
	w.group = w.group[:0]
}

func (w *writer) line(x line) {
	if x.once && w.said[x.text] {
		if x.again != "" {
			w.b.Line(x.key, "%s", x.again)
		}
		return
	}
	text := x.text
	if !w.said[x.more] {
		text += x.more
	}
	w.b.Line(x.key, "%s", text)
	if x.once {
		w.said[x.text] = true
	}
	if x.more != "" {
		w.said[x.more] = true
	}
}

func (l *Log) tell(it *incident.Finding) told {
	if it.Symptom != nil {
		var b words.Page
		next := l.symptom(&b, it)
		ofProc(&b, it)
		l.maybeHidden(&b, it)
		if len(next.Words()) == 0 && it.Symptom.Verdict == diagnose.UnknownHere {
			next = Recent()
		}
		answer := l.treeFix(&b, it)
		return told{own: b.Lines(), answer: answer, next: next}
	}
	fix := l.fixOf(it)
	t := told{subject: sourceOf(it), own: l.denial(it), answer: l.answer(it), path: findText(it, fix), next: l.Next(it)}
	if fix != "" {
		more := transitionMore(it)
		fix, ok := strings.CutSuffix(fix, more)
		x := line{key: "fix", text: fix}
		if ok {
			x.more = more
		}
		if x.again = againOf(fix); x.again != "" {
			x.once, x.again = true, x.again+x.more
		}
		t.answer = append(t.answer, x)
	}
	return t
}

// againOf returns what is written in place of a long fix that another finding has word for word: its first words; ""
// for a short one, and for one of a file, which others do not have.
func againOf(fix string) string {
	const long = 200
	end := strings.IndexAny(fix, ":;,(")
	if len(fix) < long || end < 0 {
		return ""
	}
	return "as above: " + strings.TrimSpace(fix[:end])
}

// treeFix takes the fix of a complaint from the end of a page, where it is for all in a directory: the same is then
// said of other files there.
func (l *Log) treeFix(b *words.Page, it *incident.Finding) []line {
	if it.Symptom.File == nil {
		return nil
	}
	text := l.fixOf(it)
	var fix words.Page
	fix.Line("fix", "%s", text)
	if !strings.Contains(text, " -R ") || !strings.HasSuffix(string(b.Lines()), string(fix.Lines())) {
		return nil
	}
	b.Truncate(b.Len() - fix.Len())
	return []line{{key: "fix", text: text, once: true, again: "the one above, which is for this file as well"}}
}

// sourceOf returns the domain of a denial, "" for one about a port, which has commands of its own.
func sourceOf(it *incident.Finding) string {
	if it.AVC == nil || it.Whole != nil {
		return ""
	}
	return audit.ContextType(it.AVC.SContext)
}

// denial says what was refused, and by which rule of the policy.
func (l *Log) denial(it *incident.Finding) words.Lines {
	var b words.Page
	d := it.Denial
	mark, text := l.verdict(it)
	b.Line(mark, "%s", text)
	b.Line("seen", "%s", seen(it))
	complaints(&b, it)
	if hook := hookText(d); hook != "" {
		b.Line("hook", "%s", hook)
	}
	if why := l.Reason(d); why != "" {
		b.Line("why", "%s", why)
	}
	candidates(&b, d.Candidates, d.Assumptions)
	l.origins(&b, d.Checks)
	return b.Lines()
}

// answer says what holds today, and what is to be noted.
func (l *Log) answer(it *incident.Finding) (list []line) {
	add := func(key, format string, args ...any) {
		list = append(list, line{key: key, text: words.Sprintf(format, args...)})
	}
	d := it.Denial
	text, more := l.today(it)
	list = append(list, line{key: "today", text: text, more: more})
	for _, group := range thenGroups(d.Also) {
		add("then", "%s", l.then(d, group))
	}
	if it.Fix.Way != incident.InsteadOfRule && (d.File == nil || !d.File.Moved) {
		list = append(list, switches(l.policy(), it.Switches, l.insteadOf(it))...)
	}
	for _, n := range d.Notes {
		list = append(list, line{key: "note", text: n.Text,
			alone: !d.Image && (n.Code == diagnose.NoteHidden || n.Code == diagnose.NoteInside),
			once: n.Code == diagnose.NoteAndroid || n.Code == diagnose.NoteImage ||
				n.Code == diagnose.NotePermissive && d.Image})
	}
	if it.Unrelated {
		add("note", "the text itself calls this unrelated: leave it until the rest is answered")
	}
	if text := l.thereNote(it); text != "" {
		add("note", "%s", text)
	}
	if text := l.doneNote(it); text != "" {
		list = append(list, line{key: "note", text: text, once: true})
	}
	return list
}

// maxSwitches bounds the settings of booleans that are listed.
const maxSwitches = 3

// switches lists the settings of booleans that would allow an access, with what else is to be said of
// each.
func switches(p *policy.Policy, settings [][]policy.BoolSetting, more string) (list []line) {
	for i, s := range settings {
		if i == maxSwitches {
			return append(list, line{text: words.Sprintf("and %s more", Plural(len(settings)-i, "setting"))})
		}
		text := words.Sprintf("%s would allow it%s", Settings(p, s, " and "), more)
		list = append(list, line{key: "bool", text: text})
	}
	return list
}

// insteadOf says what booleans would open where the fix is a label.
func (l *Log) insteadOf(it *incident.Finding) string {
	if it.Denial.Instead == diagnose.InsteadShared {
		return words.Sprintf(", for all volumes of containers (%s), and all else that it is for",
			l.policy().TypeName(policy.TypeID(it.Denial.Target.Type)))
	}
	switch it.Fix.Way {
	case incident.Relabel:
		return words.Sprintf(", for all files labelled %s, but the label is to be put right",
			l.policy().TypeName(policy.TypeID(it.Denial.Target.Type)))
	case incident.LabelProgram:
		return words.Sprintf(", but for all that run as %s", it.Denial.Leftover)
	}
	return ""
}

// seen says how often, when and by which program, and names an event that can be looked
// up.
func seen(it *incident.Finding) string {
	text := times(it.Count)
	if it.Event.Rule != nil {
		text += ", as a rule of audit2allow"
	}
	switch {
	case it.First.IsZero():
	case it.First.Equal(it.Last):
		text += ", " + stamp(it.First)
	default:
		text += ", first " + stamp(it.First) + ", last " + stamp(it.Last)
	}
	if it.YearAssumed && !it.First.IsZero() {
		text += " (the year is assumed)"
	}
	if n := len(it.Commands); n > 0 {
		names := it.Commands[:min(n, maxComms)]
		text += ", by " + strings.Join(names, ", ")
		if n > maxComms {
			text += " and others"
		}
	}
	if it.OnlyLogged > 0 {
		text += ", " + Number(int(it.OnlyLogged)) + " only logged"
	}
	if it.Event.Node != "" {
		text += ", on " + it.Event.Node
	}
	if it.Event.Format == audit.FormatAureport && it.Event.Serial != 0 {
		return text + words.Sprintf(", in a table of aureport (the whole record: ausearch -a %d --raw | senet why -)",
			it.Event.Serial)
	}
	if it.Event.Serial != 0 && (it.Denial == nil || !it.Denial.Image) { // no such program there
		text += words.Sprintf(" (ausearch -a %d)", it.Event.Serial)
	}
	return text
}

const maxComms = 3

func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// fix writes the first fix.
func (l *Log) fix(b *words.Page, it *incident.Finding) {
	if text := l.fixOf(it); text != "" {
		b.Line("fix", "%s", text)
	}
}
