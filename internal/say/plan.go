package say

import (
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// Plan writes a table of the modules and records that change, each record with the value that applies
// without it, and the effects on domains.
func Plan(b *words.Page, p *change.Proposal) {
	width := 0
	for _, m := range p.Modules {
		width = max(width, len(m.Name))
	}
	for _, d := range p.Differences {
		width = max(width, len(d.Record().Key().String()))
	}
	counts := map[string]int{}
	for _, m := range p.Modules {
		sign, text := moduleSign(m)
		counts[sign]++
		b.Printf("%s %-9s %-*s  %s\n", sign, "module", width, m.Name, moduleContent(m)+strings.TrimPrefix(text, ": "))
	}
	for _, d := range p.Differences {
		sign, text := planned(p.Comparison, d)
		counts[sign]++
		b.Printf("%s %-9s %-*s  %s\n", sign, d.Kind, width, d.Record().Key(), text)
	}
	b.Printf("all   %d to add, %d to change, %d to delete: %s\n", counts["+"], counts["~"], counts["-"],
		Verdict(p.Effects))
	Effects(b, p.Effects, false)
	Notes(b, p.Said)
}

// moduleContent describes the text of a module before and after, with its priority.
func moduleContent(m *change.Module) string {
	if m.Switched != "" {
		return ""
	}
	lines := func(text string) string {
		return Plural(strings.Count(strings.TrimRight(text, "\n"), "\n")+1, "line")
	}
	text := lines(m.Before + m.After)
	switch {
	case m.Before != "" && m.After != "":
		text = lines(m.Before) + " -> " + lines(m.After)
	case !strings.Contains(strings.TrimSpace(m.Before+m.After), "\n") && len(m.Before+m.After) < maxModuleText:
		text = strings.TrimSpace(m.Before + m.After)
	}
	if m.Priority != 0 {
		text = words.Sprintf("%s, priority %d", text, m.Priority)
	}
	return text
}

// maxModuleText is the length of a module that is shown, in bytes.
const maxModuleText = 60

// planned returns the sign of a change, and its text.
func planned(c *impact.Comparison, d semanage.Difference) (sign, text string) {
	switch {
	case d.Before == nil:
		return "+", value(d.After) + instead(c, false, d.After)
	case d.After == nil:
		return "-", value(d.Before) + instead(c, true, d.Before)
	}
	return "~", value(d.Before) + " -> " + value(d.After)
}

// value returns the value that a record gives its key, with the range after a blank.
func value(r semanage.Record) string {
	c := semanage.ContextOf(r)
	if c.Range == "" || c.Range == "s0" {
		return records.Value(r)
	}
	return c.Type + " " + c.Range
}

// instead returns the label or value that applies without a local record.
func instead(c *impact.Comparison, after bool, r semanage.Record) string {
	if c == nil {
		return "" // there was no policy
	}
	p, verb := c.Before, "was"
	if after {
		p, verb = c.After, "will be"
	}
	switch r := r.(type) {
	case semanage.Boolean:
		if on, ok := records.BooleanIn(p, r.Name); ok {
			return words.Sprintf(" (%s %s)", verb, OnOff(on))
		}
	case semanage.Port:
		if r.Low == r.High { // a file may have thousands of ports
			return words.Sprintf(" (%s %s)", verb, label(p, p.PortLabel(uint8(r.Protocol), r.Low).Context))
		}
		return words.Sprintf(" (%s %s)", verb, MostLabels(records.Runs(p, r.Protocol, r.Range())))
	}
	return ""
}
