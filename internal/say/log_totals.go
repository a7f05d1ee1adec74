package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// begin is what was before the denials that are told.
func (l *Log) begin() string {
	if l.Since.IsZero() {
		return "the last boot"
	}
	return stamp(l.Since)
}

// totals writes what was counted, where that is more than one item shows,
// and the command for the rest.
func (l *Log) totals(b *words.Page) {
	st := &l.Report.Log.Stats
	hidden := l.Report.Hidden
	extras := l.extras()
	none := "NONE"
	if labels := l.Report.Labels; labels != nil && len(labels.Wrong) > 0 {
		l.labels(b, labels)
		none = "note"
	}
	if l.remarks(b) {
		if len(l.Report.Findings) == 0 {
			b.Printf("\n")
		}
		none = "note"
	}
	switch {
	case len(l.Report.Findings) == 0 && st.MalformedCount()+l.Report.Log.Vague > 0:
		what := "nothing"
		if l.Report.Labels != nil {
			what = "no denial"
		}
		b.Line("?", "%s that could be read in %s", what, Plural(int(st.Lines), "line"))
		labelTotals(b, l.Report.Labels)
	case len(l.Report.Findings) == 0:
		l.noDenial(b, none)
		labelTotals(b, l.Report.Labels)
		if st.Early > 0 {
			b.Line("note", "%s before %s", Plural(int(st.Early), "denial"), l.begin())
		} else if ofPeople(st) && len(extras) == 0 && len(l.Report.Remarks) == 0 && st.Patcher == "" {
			if st.Unlogged {
				b.Line("fix", "nothing is logged, as the text says: a dontaudit rule may hide it: %s", unhide())
			}
			b.Command("next", Recent())
		}
	case len(l.Report.Findings) > 1 || len(extras) > 0 || st.Early > 0:
		b.Printf("\n")
		text := l.counted()
		if hidden > 0 {
			text += words.Sprintf("; %s shown", Number(len(l.Report.Findings)))
		}
		if st.Early > 0 {
			text += words.Sprintf("; %s more before %s", Number(int(st.Early)), l.begin())
		}
		b.Line("total", "%s", text)
	}
	for _, e := range extras {
		b.Line("", "%s", e)
	}
	if hidden > 0 && l.Args != nil {
		all := shell.New("senet", "why").Arg(l.Args...).Flag("--all")
		if l.SinceFlag != "" {
			all = all.Option("--since", l.SinceFlag)
		}
		b.Command("next", all.With(l.Again))
	} else if hidden > 0 {
		b.Line("", "%s more with --all", Number(hidden))
	}
}

// ofPeople reports whether the input is a text of people or of programs, and no log of the audit system.
func ofPeople(st *audit.Stats) bool {
	return st.Other+st.Changes+st.Granted == 0 && st.Unrecognised > 0
}

// counted describes the amount of the log.
func (l *Log) counted() string {
	var parts []string
	for _, p := range []struct {
		n          int64
		noun, text string
	}{{l.Report.Denials, "denial", ""}, {l.Report.Rules, "rule", " of audit2allow"},
		{l.Report.Errors, "SELINUX_ERR record", ""}, {l.Report.Complaints, "complaint", ""}} {
		if p.n > 0 {
			parts = append(parts, Plural(int(p.n), p.noun)+p.text)
		}
	}
	return strings.Join(parts, ", ") + ", " + Plural(len(l.Report.Findings)+l.Report.Hidden, "kind")
}

// extras describes the counts of records that are not denials, or that were not
// understood.
func (l *Log) extras() []string {
	st := &l.Report.Log.Stats
	var list []string
	add := func(n int64, noun, text string) {
		if n > 0 {
			list = append(list, Plural(int(n), noun)+text)
		}
	}
	if granted := l.Report.Granted; granted > 0 {
		list = append(list, Number(int(granted))+" granted, not refused: logged because of auditallow rules")
	}
	changes := l.Report.Log.Changes
	for i := range changes {
		if i == 5 {
			list = append(list, Plural(len(changes)-i,
				"other change")+" of policy, booleans or labelled networking")
			break
		}
		list = append(list, "change: "+LoggedChange(&changes[i].Change)+timesText(changes[i].Count))
	}
	if len(l.Report.Findings)+l.Report.Hidden > 1 {
		add(int64(l.unanswered()), "kind", " not understood: the policy or the line lacks a name")
	}
	add(l.Report.Log.Loaded, "rule", " that the text has as loaded: granted there, not refused")
	add(l.Report.Log.Vague, "report", " of setroubleshoot without the contexts: not understood")
	for _, m := range st.Malformed {
		text := words.Sprintf(" malformed: %s, the first in line %s", malformedText(m.Kind), Number(int(m.Line)))
		switch has := leftOf(m.Has); {
		case m.Kind == audit.MalformedEmpty:
			list = append(list, l.emptyEvents(&m))
			continue
		case has != "":
			text += has
		case m.Sample != "":
			text += ": " + shorten(m.Sample)
		}
		if m.Kind == audit.MalformedSummary && l.Report.Log.Says(audit.RemarkOtherSystem) > 0 {
			text += "; on Ubuntu and Debian they may be of AppArmor (aa-status, sestatus)"
		}
		add(m.Count, "record", text)
		if m.Kind == audit.MalformedAVC && st.OnlyLogged > 0 && st.Enforced == 0 {
			list = append(list, "permissive=1 in all that is readable: SELinux only logged it there, so "+
				"what fails has another cause")
		}
	}
	add(l.Report.Log.Others(), "denial", " of further kinds, which are not listed")
	if l.Cut {
		list = append(list, words.Sprintf("%s took more than %s and was stopped: denials are missing", l.Name,
			incident.CommandTimeout))
	}
	lost := ""
	if st.LostRecords > 0 {
		lost = ", at least " + Number(int(st.LostRecords))
	}
	add(st.Lost, "notice", " that the kernel or auditd lost records"+lost+": denials may be missing")
	add(st.Foreign, "record", " of another security module")
	return list
}

// unanswered counts the kinds that were not understood and have no fix.
func (l *Log) unanswered() int {
	n := l.Report.Unknown
	for i := 0; n > 0 && i < len(l.Report.Findings); i++ {
		if f := &l.Report.Findings[i]; f.Symptom != nil && !f.Explained() && l.fixOf(f) != "" {
			n--
		}
	}
	return n
}

func timesText(n int64) string {
	if n == 1 {
		return ""
	}
	return ", " + Number(int(n)) + " times"
}

// leftOf says what a record that was cut still has, and what it lacks; "" if nothing is left.
func leftOf(has []audit.Field) string {
	var parts, lost []string
	for _, f := range has {
		if f.Key == "permissions" {
			parts = append(parts, words.Sprintf("%s", f.Value))
			continue
		}
		parts = append(parts, words.Sprintf("%s=%s", f.Key, f.Value))
	}
	for _, key := range [...]string{"scontext", "tcontext", "tclass"} {
		if !slices.ContainsFunc(has, func(f audit.Field) bool { return f.Key == key }) {
			lost = append(lost, key)
		}
	}
	if len(parts) == 0 || len(lost) == 0 {
		return ""
	}
	return ", which has " + strings.Join(parts, ", ") + ", and lacks " + strings.Join(lost, ", ") +
		": the whole line tells the domain, the label and whether it was refused (permissive=)"
}

// emptyEvents describes the documents of a shipper that say AVC and have no data.
func (l *Log) emptyEvents(m *audit.Malformed) string {
	text := words.Sprintf("%s without data, the first in line %s: nothing can be told from them; the records "+
		"themselves have it (ausearch -m avc -i; journalctl -k)", Plural(int(m.Count), "AVC event"),
		Number(int(m.Line)))
	why := "AppArmor writes records of the same type (AVC, 1400): aa-status and sestatus tell which of the two is " +
		"in force"
	if l.Report.Log.Says(audit.RemarkOtherSystem) > 0 {
		return text + "; on Ubuntu and Debian they are most likely of AppArmor, which writes records of the same " +
			"type (AVC, 1400): aa-status and sestatus tell which of the two is in force"
	}
	return text + "; " + why
}

func malformedText(kind string) string {
	switch kind {
	case audit.MalformedAVC:
		return "cut in the middle"
	case audit.MalformedJSON:
		return "broken JSON"
	case audit.MalformedSummary:
		return "a summary without contexts, class and permission; ausearch --raw has them"
	case audit.MalformedLong:
		return "too long"
	}
	return "of another form than their type"
}

// noDenial says that nothing is explained: there is no denial, or only people's word that SELinux refused something.
func (l *Log) noDenial(b *words.Page, none string) {
	st := &l.Report.Log.Stats
	file := st.Mislabeled
	if prose := &l.Report.Log.Prose; file.Path == "" && !st.Blamed && !(prose.SELinux && prose.Fails && ofPeople(st)) {
		b.Line(none, "no denial in %s", Plural(int(st.Lines), "line"))
		return
	}
	if none == "NONE" {
		none = "?"
	}
	if r := l.Report; file.Path == "" && r.Connects != "" {
		b.Line(none, "SELinux is named, and no record is here: the text names network connections and %s, which runs "+
			"as %s by this policy", r.Connects, r.ConnectsAs)
		fix := shell.New("senet", "fix").Arg(r.ConnectsAs, "connect", "tcp/PORT").With(l.Again)
		b.Line("note", "with the port of the server for PORT, %s says whether %s may connect to it, and which boolean "+
			"or label would let it", fix, r.ConnectsAs)
		return
	}
	if file.Path == "" {
		b.Line(none, "SELinux is named, and no record is here: no denial to explain in %s",
			Plural(int(st.Lines), "line"))
		return
	}
	text := ""
	if file.Type != "" {
		text = words.Sprintf(", which should be %s", file.Type)
	}
	b.Line(none, "by setroubleshoot %s has lost its label%s; no record is here", file.Path, text)
	b.Line("fix", "give the file its label: %s; if it loses it again, what makes it there is the cause",
		shell.New("restorecon", "-v").Arg(file.Path))
}
