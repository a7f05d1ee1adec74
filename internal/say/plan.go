package say

import (
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// Plan writes the records that change in a table, each with what holds instead of it
// before or after, and whom all of them concern.
func Plan(b *words.Page, c *impact.Comparison, list []semanage.Difference, effects []impact.Effect) {
	width := 0
	for _, d := range list {
		width = max(width, len(d.Record().Key().String()))
	}
	counts := map[string]int{}
	for _, d := range list {
		sign, text := planned(c, d)
		counts[sign]++
		b.Printf("%s %-9s %-*s  %s\n", sign, d.Kind, width, d.Record().Key(), text)
	}
	b.Printf("all   %d to add, %d to change, %d to delete: %s\n", counts["+"], counts["~"], counts["-"],
		Verdict(effects))
	Effects(b, effects, false)
}

// planned returns the sign of a change, and its text.
func planned(c *impact.Comparison, d semanage.Difference) (sign, text string) {
	switch {
	case d.Before == nil:
		return "+", value(d.After) + instead(c.Before, "was", d.After)
	case d.After == nil:
		return "-", value(d.Before) + instead(c.After, "will be", d.Before)
	}
	return "~", value(d.Before) + " -> " + value(d.After)
}

// value is the value that a record gives its key, the range behind a blank.
func value(r semanage.Record) string {
	c := semanage.ContextOf(r)
	if c.Range == "" || c.Range == "s0" {
		return records.Value(r)
	}
	return c.Type + " " + c.Range
}

// instead tells the label or value that holds without a local record.
func instead(p *policy.Policy, verb string, r semanage.Record) string {
	switch r := r.(type) {
	case semanage.Boolean:
		if on, ok := records.BooleanIn(p, r.Name); ok {
			return words.Sprintf(" (%s %s)", verb, OnOff(on))
		}
	case semanage.Port:
		if r.Low == r.High { // a file may have thousands of them
			return words.Sprintf(" (%s %s)", verb, label(p, p.PortLabel(uint8(r.Protocol), r.Low).Context))
		}
		return words.Sprintf(" (%s %s)", verb, MostLabels(records.Runs(p, r.Protocol, r.Range())))
	}
	return ""
}
