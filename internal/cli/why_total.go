package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// writeTotals writes what was counted, where that is more than one item shows,
// and the command for the rest.
func (a *whyAnswer) writeTotals(b *strings.Builder) {
	st := &a.log.stats
	hidden := a.hidden
	extras := a.extras()
	switch {
	case len(a.items) == 0 && st.MalformedCount()+a.log.vague > 0:
		line(b, "?", "nothing that could be read in %s", plural(int(st.Lines), "line"))
	case len(a.items) == 0:
		line(b, "NONE", "no denial in %s", plural(int(st.Lines), "line"))
		if st.Early > 0 {
			line(b, "note", "%s before the last boot", plural(int(st.Early), "denial"))
		}
	case len(a.items) > 1 || len(extras) > 0 || st.Early > 0:
		b.WriteByte('\n')
		text := a.counted()
		if hidden > 0 {
			text += fmt.Sprintf("; %s shown", number(len(a.items)))
		}
		if st.Early > 0 {
			text += fmt.Sprintf("; %s more before the last boot", number(int(st.Early)))
		}
		line(b, "total", "%s", text)
	}
	for _, e := range extras {
		line(b, "", "%s", e)
	}
	if hidden > 0 && a.input.shell != "" {
		fmt.Fprintf(b, "next  senet why %s --all%s\n", a.input.shell, a.repeat)
	} else if hidden > 0 {
		line(b, "", "%s more with --all", number(hidden))
	}
}

// counted says how much there was.
func (a *whyAnswer) counted() string {
	var parts []string
	for _, p := range []struct {
		n    int64
		noun string
	}{{a.denials, "denial"}, {a.errors, "SELINUX_ERR record"}, {a.complaints, "complaint"}} {
		if p.n > 0 {
			parts = append(parts, plural(int(p.n), p.noun))
		}
	}
	return strings.Join(parts, ", ") + ", " + plural(len(a.items)+a.hidden, "kind")
}

// extras are the counts of what is no denial, or was not understood.
func (a *whyAnswer) extras() []string {
	st := &a.log.stats
	var list []string
	add := func(n int64, noun, text string) {
		if n > 0 {
			list = append(list, plural(int(n), noun)+text)
		}
	}
	var granted int64
	for _, k := range a.log.folder.Kinds() {
		if k.Signature.Result == audit.Granted {
			granted += k.Count
		}
	}
	if granted > 0 {
		list = append(list, number(int(granted))+" granted, not refused: logged because of auditallow rules")
	}
	// Those that are told in words before the others, which bear the record's name.
	changes := slices.SortedFunc(maps.Keys(a.log.changes), func(x, y string) int {
		inWords := func(s string) int {
			if strings.HasPrefix(s, "MAC_") || strings.HasPrefix(s, "USER_") {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(inWords(x), inWords(y)), cmp.Compare(x, y))
	})
	for i, c := range changes {
		if i == 5 {
			list = append(list, plural(len(changes)-i, "other change")+" of policy, booleans or labelled networking")
			break
		}
		list = append(list, "change: "+c+timesText(a.log.changes[c]))
	}
	if len(a.items)+a.hidden > 1 {
		add(int64(a.unknown), "kind", " not understood: the policy, or the line, does not have all names")
	}
	add(a.log.vague, "report", " of setroubleshoot without the contexts: not understood")
	for _, m := range st.Malformed {
		text := fmt.Sprintf(" malformed: %s, the first in line %s", malformedText(m.Kind), number(int(m.Line)))
		if m.Sample != "" {
			text += ": " + shorten(m.Sample)
		}
		add(m.Count, "record", text)
	}
	add(a.log.folder.Others()+a.log.others, "denial", " of more kinds than are kept apart")
	if a.input.cut != nil && a.input.cut() {
		list = append(list, fmt.Sprintf("%s took more than %s and was left there: denials are missing", a.input.name, commandTimeout))
	}
	lost := ""
	if st.LostRecords > 0 {
		lost = ", at least " + number(int(st.LostRecords))
	}
	add(st.Lost, "notice", " that the kernel or auditd lost records"+lost+": denials may be missing")
	add(st.Foreign, "record", " of another security module")
	return list
}

func timesText(n int64) string {
	if n == 1 {
		return ""
	}
	return ", " + number(int(n)) + " times"
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
