package say

import (
	"strings"
	"time"

	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// Write writes the findings and the totals.
func (l *Log) Write(b *words.Page) {
	for i := range l.Report.Findings {
		if i > 0 {
			b.Printf("\n")
		}
		l.finding(b, &l.Report.Findings[i])
	}
	l.totals(b)
}

// finding writes one finding, with the next command last.
func (l *Log) finding(b *words.Page, it *incident.Finding) {
	var next shell.Command
	if it.Symptom != nil {
		next = l.symptom(b, it)
	} else {
		next = l.denial(b, it)
	}
	b.Command("next", next)
}

func (l *Log) denial(b *words.Page, it *incident.Finding) (next shell.Command) {
	d := it.Denial
	mark, text := l.verdict(it)
	b.Line(mark, "%s", text)
	b.Line("seen", "%s", seen(it))
	complaints(b, it)
	if hook := hookText(d); hook != "" {
		b.Line("hook", "%s", hook)
	}
	if why := l.Reason(d); why != "" {
		b.Line("why", "%s", why)
	}
	candidates(b, d.Candidates, d.Assumptions)
	l.origins(b, d.Checks)
	b.Line("today", "%s", l.today(it))
	for _, group := range thenGroups(d.Also) {
		b.Line("then", "%s", l.then(d, group))
	}
	if it.Fix.Way != incident.InsteadOfRule {
		switches(b, l.policy(), it.Switches, l.insteadOf(it))
	}
	for _, n := range d.Notes {
		b.Line("note", "%s", n.Text)
	}
	l.fix(b, it)
	return l.Next(it)
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
	if it.Event.Serial != 0 {
		text += words.Sprintf(" (ausearch -a %d)", it.Event.Serial)
	}
	return text
}

const maxComms = 3

func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// fix writes the first fix.
func (l *Log) fix(b *words.Page, it *incident.Finding) {
	if text := l.Fix(it); text != "" {
		b.Line("fix", "%s", text)
	}
}
