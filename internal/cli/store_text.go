package cli

import (
	"io"
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// commandOf returns senet's command for records of a kind.
func commandOf(k semanage.Kind) string {
	if k == semanage.Booleans {
		return "bool"
	}
	return k.String()
}

// contextOf returns what a record says: the type, with the range where it is not
// s0; for a boolean, on or off.
func contextOf(r semanage.Record) string {
	if b, ok := r.(semanage.Boolean); ok {
		return say.OnOff(b.On)
	}
	return contextName(semanage.ContextOf(r))
}

func contextName(c semanage.Context) string {
	if c.Range == "" || c.Range == "s0" {
		return c.Type
	}
	return c.Type + ":" + c.Range
}

func (a *changeAnswer) writeNothing(w io.Writer) error {
	var b words.Page
	for _, n := range a.notes {
		b.Printf("note  %s\n", words.Wrap(n, 6))
	}
	b.Printf("done  nothing to do\n")
	_, err := b.WriteTo(w)
	return err
}

// maxChanges is how many records are listed without --verbose.
const maxChanges = 20

// writePreview says what will change for whom.
func (a *changeAnswer) writePreview(w io.Writer) error {
	var b words.Page
	a.preview(&b)
	_, err := b.WriteTo(w)
	return err
}

func (a *changeAnswer) preview(b *words.Page) {
	if len(a.differences) == 1 {
		d := a.differences[0]
		b.Printf("%s\n", words.Wrap(a.sentence(d), 0))
		if note := a.rule(d); note != "" {
			b.Printf("rule  %s\n", words.Wrap(note, 6))
		}
	} else {
		shown := a.differences
		if len(shown) > maxChanges && !a.flags.verbose {
			shown = shown[:maxChanges]
		}
		for _, d := range shown {
			b.Printf("%s\n", words.Wrap(differenceText(d), 2))
		}
		if rest := len(a.differences) - len(shown); rest > 0 {
			b.Printf("  and %s more records (all with --verbose)\n", say.Number(rest))
		}
		b.Printf("in all, %s\n", verdictOfEffects(a.effects))
	}
	limit := most
	if a.flags.verbose {
		limit = 0
	}
	writeEffects(b, a.effects, limit)
	for _, n := range a.notes {
		b.Printf("note  %s\n", words.Wrap(n, 6))
	}
	if a.change.Facts.SELinuxOff() {
		b.Printf("note  SELinux is off on this machine: the policy counts from when it is on\n")
	}
}

// differenceText is a record that changes, as a line of a list.
func differenceText(d semanage.Difference) string {
	switch {
	case d.Before == nil:
		return "+ " + recordName(d.After) + " " + contextOf(d.After)
	case d.After == nil:
		return "- " + recordName(d.Before) + " " + contextOf(d.Before)
	}
	return "~ " + recordName(d.After) + " " + contextOf(d.Before) + " -> " + contextOf(d.After)
}

// recordName is what a record is about.
func recordName(r semanage.Record) string {
	switch r := r.(type) {
	case semanage.Port, semanage.Boolean:
		return r.Key().String()
	case semanage.Node:
		return "node " + nodeName(r)
	}
	return r.Kind().String() + " " + r.Key().String()
}

// sentence says what one record changes for whom.
func (a *changeAnswer) sentence(d semanage.Difference) string {
	name := recordName(d.Record())
	was, is := a.change.Before, a.change.After
	var old, changed string
	switch r := d.Record().(type) {
	case semanage.Port:
		return a.portSentence(d, r)
	case semanage.Boolean:
		return a.boolSentence(d, r)
	case semanage.Node:
		at := a.change.Witnesses(r)[0]
		if at != r.Addr {
			name = at.String() + " of " + name
		}
		old, changed = labelName(was, was.NodeLabel(at).Context), labelName(is, is.NodeLabel(at).Context)
	case semanage.Interface:
		old, changed = labelName(was, was.NetifLabel(r.Name).Context), labelName(is, is.NetifLabel(r.Name).Context)
	default:
		return differenceText(d)
	}
	switch {
	case old == changed && d.After == nil:
		return words.Sprintf("%s is %s, and stays so without the local record", name, old)
	case old == changed:
		return words.Sprintf("%s is %s, and stays so", name, old)
	case d.After == nil:
		return words.Sprintf("%s is %s; without the local record it is %s: %s", name, old, changed, verdictOfEffects(a.effects))
	}
	return words.Sprintf("%s is %s; as %s, %s", name, old, changed, verdictOfEffects(a.effects))
}

// rule says what one has to know about the record, "" for nothing.
func (a *changeAnswer) rule(d semanage.Difference) string {
	switch r := d.Record().(type) {
	case semanage.Port:
		if d.Before == nil {
			return winsOver(a.change.Before, r)
		}
	case semanage.Boolean:
		return words.Sprintf("ports are all that is counted; %s lists its rules", shell.New("senet", "search", "-A").Option("-b", r.Name))
	case semanage.Interface:
		return "the kernel asks for it where networking is labelled, by NetLabel or IPsec"
	}
	return ""
}

func (a *changeAnswer) writePending(w io.Writer) error {
	var b words.Page
	a.preview(&b)
	b.Command("next", a.repeat)
	_, err := b.WriteTo(w)
	return err
}

func (a *changeAnswer) writeDone(w io.Writer) error {
	var b words.Page
	if len(a.differences) == 1 {
		b.Printf("done  %s\n", words.Wrap(a.outcome(a.now, a.differences[0]), 6))
		if a.kernel != nil {
			b.Printf("live  %s\n", words.Wrap("in the running kernel, "+a.outcome(a.kernel, a.differences[0]), 6))
		}
	} else {
		live := ""
		if a.kernel != nil {
			live = "; the running kernel has the new policy"
		}
		b.Printf("done  %s, transaction %d%s\n", say.Plural(len(a.differences), "record"), a.done.Entry.ID, live)
	}
	if !a.done.Loaded && a.flags.root == "" && !a.change.Facts.SELinuxOff() {
		why := "it is not the store in use"
		if a.flags.noReload {
			why = "--noreload"
		}
		b.Printf("live  the running kernel keeps its policy: %s\n", why)
	}
	if len(a.done.Result.Obsolete) > 0 {
		names := make([]string, len(a.done.Result.Obsolete))
		for i, k := range a.done.Result.Obsolete {
			names[i] = string(k)
		}
		b.Printf("note  %s\n", words.Wrap("local booleans that the policy no longer has were dropped: "+strings.Join(names, ", "), 6))
	}
	b.Command("undo", a.undo())
	_, err := b.WriteTo(w)
	return err
}

// outcome says what a policy has to say about the thing that a record is about.
func (a *changeAnswer) outcome(p *policy.Policy, d semanage.Difference) string {
	switch r := d.Record().(type) {
	case semanage.Port:
		return portOutcome(p, r, d.After != nil)
	case semanage.Boolean:
		return boolOutcome(p, r)
	case semanage.Node:
		return nodeOutcome(p, a.change.Witnesses(r)[0])
	case semanage.Interface:
		return interfaceOutcome(p, r)
	}
	return differenceText(d)
}

// verdictOfEffects says in a few words how many domains effects are on.
func verdictOfEffects(list []impact.Effect) string {
	gain, lose := impact.Gainers(list), impact.Losers(list)
	if gain+lose == 0 {
		return "nobody gains or loses"
	}
	return say.Count(gain, "domain gains", "domains gain") + ", " + say.Count(lose, "loses", "lose")
}

// writeEffects names the domains that gain and lose, a paragraph for each way of
// using a protocol. Without a limit all of them are named.
func writeEffects(b *words.Page, list []impact.Effect, limit int) {
	for _, e := range list {
		writeDomains(b, "gain", &e, e.Gain, limit)
		writeDomains(b, "lose", &e, e.Lose, limit)
	}
}

func writeDomains(b *words.Page, verb string, e *impact.Effect, list []reach.DomainPorts, limit int) {
	if len(list) == 0 {
		return
	}
	shown := list
	if limit > 0 && len(list) > limit {
		shown = list[:limit]
	}
	names := make([]string, len(shown))
	for i, d := range shown {
		names[i] = d.Domain
		if n := d.Ports.Len(); n > 1 {
			names[i] += " (" + say.Plural(n, "port") + ")"
		}
	}
	at := ""
	if e.Addr != nil {
		at = " on " + e.Addr.String()
	}
	text := words.Sprintf("%s %s%s: %s", e.Operation, e.Protocol, at, strings.Join(names, ", "))
	if rest := len(list) - len(shown); rest > 0 {
		text += words.Sprintf(" and %s more", say.Number(rest))
	}
	b.Printf("%-6s%s\n", verb, words.Wrap(text, 6))
}

// undo is the command that takes the change back.
func (a *changeAnswer) undo() shell.Command { return a.flags.undoCommand(a.done.Entry.ID) }
