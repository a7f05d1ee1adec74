package cli

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// writeTotals writes what was counted, where that is more than one item shows,
// and the command for the rest.
func (a *whyAnswer) writeTotals(b *words.Page) {
	st := &a.report.Log.Stats
	hidden := a.report.Hidden
	extras := a.extras()
	switch {
	case len(a.report.Findings) == 0 && st.MalformedCount()+a.report.Log.Vague > 0:
		line(b, "?", "nothing that could be read in %s", say.Plural(int(st.Lines), "line"))
	case len(a.report.Findings) == 0:
		line(b, "NONE", "no denial in %s", say.Plural(int(st.Lines), "line"))
		if st.Early > 0 {
			line(b, "note", "%s before the last boot", say.Plural(int(st.Early), "denial"))
		}
	case len(a.report.Findings) > 1 || len(extras) > 0 || st.Early > 0:
		b.Printf("\n")
		text := a.counted()
		if hidden > 0 {
			text += words.Sprintf("; %s shown", say.Number(len(a.report.Findings)))
		}
		if st.Early > 0 {
			text += words.Sprintf("; %s more before the last boot", say.Number(int(st.Early)))
		}
		line(b, "total", "%s", text)
	}
	for _, e := range extras {
		line(b, "", "%s", e)
	}
	if hidden > 0 && a.input.shell != nil {
		b.Command("next", shell.New("senet", "why").Arg(a.input.shell...).Flag("--all").With(a.repeat))
	} else if hidden > 0 {
		line(b, "", "%s more with --all", say.Number(hidden))
	}
}

// counted says how much there was.
func (a *whyAnswer) counted() string {
	var parts []string
	for _, p := range []struct {
		n    int64
		noun string
	}{{a.report.Denials, "denial"}, {a.report.Errors, "SELINUX_ERR record"}, {a.report.Complaints, "complaint"}} {
		if p.n > 0 {
			parts = append(parts, say.Plural(int(p.n), p.noun))
		}
	}
	return strings.Join(parts, ", ") + ", " + say.Plural(len(a.report.Findings)+a.report.Hidden, "kind")
}

// extras are the counts of what is no denial, or was not understood.
func (a *whyAnswer) extras() []string {
	st := &a.report.Log.Stats
	var list []string
	add := func(n int64, noun, text string) {
		if n > 0 {
			list = append(list, say.Plural(int(n), noun)+text)
		}
	}
	if granted := a.report.Granted; granted > 0 {
		list = append(list, say.Number(int(granted))+" granted, not refused: logged because of auditallow rules")
	}
	changes := a.report.Log.Changes
	for i := range changes {
		if i == 5 {
			list = append(list, say.Plural(len(changes)-i,
				"other change")+" of policy, booleans or labelled networking")
			break
		}
		list = append(list, "change: "+changeText(&changes[i].Change)+timesText(changes[i].Count))
	}
	if len(a.report.Findings)+a.report.Hidden > 1 {
		add(int64(a.report.Unknown), "kind", " not understood: the policy, or the line, does not have all names")
	}
	add(a.report.Log.Vague, "report", " of setroubleshoot without the contexts: not understood")
	for _, m := range st.Malformed {
		text := words.Sprintf(" malformed: %s, the first in line %s", malformedText(m.Kind), say.Number(int(m.Line)))
		if m.Sample != "" {
			text += ": " + shorten(m.Sample)
		}
		add(m.Count, "record", text)
	}
	add(a.report.Log.Others(), "denial", " of more kinds than are kept apart")
	if a.input.Cut() {
		list = append(list, words.Sprintf("%s took more than %s and was left there: denials are missing", a.input.Name, incident.CommandTimeout))
	}
	lost := ""
	if st.LostRecords > 0 {
		lost = ", at least " + say.Number(int(st.LostRecords))
	}
	add(st.Lost, "notice", " that the kernel or auditd lost records"+lost+": denials may be missing")
	add(st.Foreign, "record", " of another security module")
	return list
}

func timesText(n int64) string {
	if n == 1 {
		return ""
	}
	return ", " + say.Number(int(n)) + " times"
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
	return "not what their type says"
}
