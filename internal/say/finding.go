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
	l.once = nil
	list := make([]told, len(l.Report.Findings))
	for i := range list {
		list[i] = l.tell(&l.Report.Findings[i])
	}
	for i := 0; i < len(list); {
		if i > 0 {
			b.Printf("\n")
		}
		end := i + 1
		for end < len(list) && list[end].like(&list[i]) {
			end++
		}
		writeAlike(b, list[i:end])
		i = end
	}
	if line := l.Report.Log.Stats.PatcherSyntax; line > 0 {
		b.Line("note", "the syntax error of magiskpolicy (line %s): its rules have blanks between all parts, no colon "+
			"and no semicolon: allow SOURCE TARGET CLASS PERMISSION", Number(int(line)))
	}
	l.totals(b)
}

// A told is a finding in words.
type told struct {
	subject string      // the domain of a denial, "" for other findings
	own     words.Lines // what is said of it alone
	alone   words.Lines // the notes about it alone, which shared has as well
	shared  words.Lines // what may be said of others as well
	common  words.Lines // so, without the notes in alone
	whole   words.Lines // what is compared: common, with what was said before
	path    string      // how to find the file, "" where that is known
	next    []shell.Command
}

// like reports whether a denial follows one of the same domain of which the same is said.
func (t *told) like(before *told) bool {
	return t.subject != "" && t.subject == before.subject && t.whole == before.whole
}

// writeAlike writes findings of which the same is said: each, then what they have in common, and the next command of
// each.
func writeAlike(b *words.Page, list []told) {
	path := ""
	for i := range list {
		b.Printf("%s", list[i].own)
		if len(list) > 1 {
			b.Printf("%s", list[i].alone)
		}
		path = cmp.Or(path, list[i].path)
	}
	if len(list) > 1 {
		b.Printf("%s", list[0].common)
	} else {
		b.Printf("%s", list[0].shared)
	}
	if path != "" {
		b.Line("path", "%s", path)
	}
	for i := range list {
		for _, c := range list[i].next {
			b.Command("next", c)
		}
	}
}

func (l *Log) tell(it *incident.Finding) told {
	if it.Symptom != nil {
		var b words.Page
		next := l.symptom(&b, it)
		l.maybeHidden(&b, it)
		if len(next.Words()) == 0 && it.Symptom.Verdict == diagnose.UnknownHere {
			next = Recent()
		}
		return told{own: b.Lines(), next: []shell.Command{next}}
	}
	t := told{subject: sourceOf(it), own: l.denial(it), path: findText(it, l.fixOf(it)),
		next: []shell.Command{l.Next(it)}}
	if it.Denial.Image {
		l.again = true
		t.whole = l.answer(it, everyNote)
		l.again = false
		t.shared = l.answer(it, everyNote)
		t.common = t.shared
		return t
	}
	t.shared = l.answer(it, everyNote)
	t.common = l.answer(it, commonNotes)
	t.whole = t.common
	var alone words.Page
	for _, n := range it.Denial.Notes {
		if !commonNotes(&n) {
			alone.Line("note", "%s", n.Text)
		}
	}
	t.alone = alone.Lines()
	return t
}

// everyNote and commonNotes choose notes: all, and those that are not about the file or operation of one record alone.
func everyNote(*diagnose.Note) bool { return true }

func commonNotes(n *diagnose.Note) bool {
	return n.Code != diagnose.NoteHidden && n.Code != diagnose.NoteInside
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

// answer says what holds today, and what to do, with the notes that are chosen.
func (l *Log) answer(it *incident.Finding, chosen func(*diagnose.Note) bool) words.Lines {
	var b words.Page
	d := it.Denial
	b.Line("today", "%s", l.today(it))
	for _, group := range thenGroups(d.Also) {
		b.Line("then", "%s", l.then(d, group))
	}
	if it.Fix.Way != incident.InsteadOfRule && (d.File == nil || !d.File.Moved) {
		switches(&b, l.policy(), it.Switches, l.insteadOf(it))
	}
	for _, n := range d.Notes {
		if !chosen(&n) {
			continue
		}
		once := n.Code == diagnose.NoteAndroid || n.Code == diagnose.NoteImage ||
			n.Code == diagnose.NotePermissive && d.Image
		if !once || l.first(n.Text) {
			b.Line("note", "%s", n.Text)
		}
	}
	if it.Unrelated {
		b.Line("note", "the text itself calls this unrelated: leave it until the rest is answered")
	}
	if text := l.thereNote(it); text != "" {
		b.Line("note", "%s", text)
	}
	l.fix(&b, it)
	return b.Lines()
}

// first reports whether a text that is the same for many findings was not written yet.
func (l *Log) first(text string) bool {
	if l.again || slices.Contains(l.once, text) {
		return l.again
	}
	l.once = append(l.once, text)
	return true
}

// maxSwitches bounds the settings of booleans that are listed.
const maxSwitches = 3

// switches lists the settings of booleans that would allow an access, with what else is to be said of
// each.
func switches(b *words.Page, p *policy.Policy, list [][]policy.BoolSetting, more string) {
	for i, s := range list {
		if i == maxSwitches {
			b.Line("", "and %s more", Plural(len(list)-i, "setting"))
			return
		}
		b.Line("bool", "%s would allow it%s", Settings(p, s, " and "), more)
	}
}

// insteadOf says what booleans would open where the fix is a label.
func (l *Log) insteadOf(it *incident.Finding) string {
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
	text := "once"
	if it.Count > 1 {
		text = Number(int(it.Count)) + " times"
	}
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
