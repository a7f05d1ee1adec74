package cli

import (
	"io"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/statefile"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// write prints the changes and the next command.
func (p *statePlan) write(w io.Writer) error {
	if len(p.plan.Differences) == 0 {
		_, err := words.Fprintf(w, "same  store %s is as %s says: nothing to do\n", p.plan.Store, p.file)
		return err
	}
	if err := p.writeChange(w); err != nil {
		return err
	}
	_, err := words.Fprintf(w, "next  %s\n", p.command())
	return err
}

// writeChange prints the changes, a line each, and whom they concern.
func (p *statePlan) writeChange(w io.Writer) error {
	var b words.Page
	width := 0
	c := p.change
	for _, d := range p.plan.Differences {
		width = max(width, len(keyText(d)))
	}
	counts := map[string]int{}
	for _, d := range p.plan.Differences {
		sign, text := signedText(c, d)
		counts[sign]++
		b.Printf("%s %-9s %-*s  %s\n", sign, d.Kind, width, keyText(d), text)
	}
	b.Printf("all   %d to add, %d to change, %d to delete: %s\n", counts["+"], counts["~"], counts["-"], verdictOfEffects(p.effects))
	writeEffects(&b, p.effects, most)
	_, err := b.WriteTo(w)
	return err
}

func keyText(d semanage.Difference) string { return d.Record().Key().String() }

// signedText returns the sign of a change, and what it is.
func signedText(c *impact.Comparison, d semanage.Difference) (sign, text string) {
	switch {
	case d.Before == nil:
		return "+", labelText(d.After) + instead(c, c.Before, d.After)
	case d.After == nil:
		return "-", labelText(d.Before) + instead(c, c.After, d.Before)
	}
	return "~", labelText(d.Before) + " -> " + labelText(d.After)
}

// instead says what holds under a policy in which a record is not a local one.
func instead(c *impact.Comparison, p *policy.Policy, r semanage.Record) string {
	verb := "was"
	if p == c.After {
		verb = "will be"
	}
	switch r := r.(type) {
	case semanage.Boolean:
		if id, ok := p.Bool(r.Name); ok {
			return words.Sprintf(" (%s %s)", verb, say.OnOff(p.BoolState(id)))
		}
	case semanage.Port:
		if r.Low == r.High { // a file may have thousands of them
			return words.Sprintf(" (%s %s)", verb, labelName(p, p.PortLabel(uint8(r.Protocol), r.Low).Context))
		}
		return words.Sprintf(" (%s %s)", verb, mostOf(labelsWithin(p, r.Protocol, r.Low, r.High)))
	}
	return ""
}

// mostOf returns the label that most of the ports have, and whether others have
// others.
func mostOf(runs []labelRun) string {
	counts := make(map[string]int)
	for _, r := range runs {
		counts[r.Label] += r.Len()
	}
	best := ""
	for _, r := range runs {
		if best == "" || counts[r.Label] > counts[best] {
			best = r.Label
		}
	}
	if others := len(counts) - 1; others > 0 {
		return best + " and " + say.Plural(others, "other type")
	}
	return best
}

// labelText is what a record says about its key: a type with the range if that is
// not s0, or the value of a boolean.
func labelText(r semanage.Record) string {
	var c semanage.Context
	switch r := r.(type) {
	case semanage.Boolean:
		return say.OnOff(r.On)
	case semanage.Port:
		c = r.Context
	case semanage.Node:
		c = r.Context
	case semanage.Interface:
		c = r.Context
	}
	if c.Range == "" || c.Range == "s0" {
		return c.Type
	}
	return c.Type + " " + c.Range
}

func (p *statePlan) json(applied bool) doc.Plan {
	base := statefile.Base(p.base)
	out := doc.Plan{Schema: "senet.plan/1", Store: p.plan.Store, Base: &base, Applied: applied,
		Changes: []doc.PlanChange{}, Effects: p.effects}
	if out.Effects == nil {
		out.Effects = []impact.Effect{}
	}
	for _, d := range p.plan.Differences {
		out.Changes = append(out.Changes, differenceJSON(d))
	}
	return out
}

func differenceJSON(d semanage.Difference) doc.PlanChange {
	c := doc.PlanChange{Action: "change", Kind: d.Kind.String(), Key: keyText(d)}
	if d.Before == nil {
		c.Action = "add"
	} else {
		c.Before = d.Before.String()
	}
	if d.After == nil {
		c.Action = "delete"
	} else {
		c.After = d.After.String()
	}
	return c
}
