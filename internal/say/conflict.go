package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/semanage"
)

// A PortEdit is a change of port labels as a user would type it.
type PortEdit struct {
	Verb        string
	Type, Range string // "" for none
	Split       bool
	// Store are the flags that select the store and how it is changed.
	Store shell.Command
}

// Command returns the command line for ports.
func (e PortEdit) Command(keys ...semanage.PortKey) shell.Command {
	c := shell.New("senet", "port", e.Verb)
	if e.Split {
		c = c.Flag("--split")
	}
	if e.Type != "" {
		c = c.Option("-t", e.Type)
	}
	if e.Range != "" {
		c = c.Option("-r", e.Range)
	}
	for _, k := range keys {
		c = c.Arg(k.String())
	}
	return c.With(e.Store)
}

// as returns the same change with another verb.
func (e PortEdit) as(verb string) PortEdit {
	e.Verb, e.Split = verb, false
	return e
}

// of returns the command that makes a record.
func (e PortEdit) of(r semanage.Port) shell.Command {
	e = e.as("add")
	if e.Type, e.Range = r.Context.Type, r.Context.Range; e.Range == "s0" {
		e.Range = ""
	}
	return e.Command(r.Key().(semanage.PortKey))
}

// maxOverlaps bounds the overlapping records that are drawn.
const maxOverlaps = 8

// Conflict draws a port and the local records that its record would overlap, and lists the possible
// commands.
func (e PortEdit) Conflict(conflict *records.ConflictError) words.Lines {
	key := conflict.Key
	shown := conflict.Others[:min(len(conflict.Others), maxOverlaps)]
	b := drawOverlap(key, e.Type, shown)
	more := len(conflict.Others) - len(shown)
	if more > 0 {
		b.Printf("and %d more local records\n", more)
	}
	b.Printf("\n")
	line := func(word, text string) { b.Printf("%-7s %s\n", word, text) }
	command := func(word string, c shell.Command) { b.Printf("%-7s %s\n", word, c) }
	step := func(c shell.Command) { b.Printf("%-7s   %s\n", "", c) }
	split := e
	split.Split = true
	command("split", split.Command(key))
	line("", "one transaction, with the same result as these commands:")
	for _, o := range shown {
		step(PortEdit{Verb: "delete", Store: e.Store}.Command(o.Key().(semanage.PortKey)))
		for _, piece := range records.Rest(o, key) {
			step(e.of(piece))
		}
	}
	if more > 0 {
		line("", "  ...")
	}
	step(e.Command(key))
	free := conflict.Free()
	if first := conflict.Others[0]; len(conflict.Others) == 1 && len(free) == 0 {
		command("modify", e.as("modify").Command(first.Key().(semanage.PortKey)))
		line("", "all of "+first.Range().String()+" become "+e.Type)
		line("skip", words.Sprintf("change nothing: %s is already %s", key, records.Value(first)))
		return b.Lines()
	}
	line("skip", "add the free ports, or change nothing:")
	for _, in := range free[:min(len(free), maxOverlaps)] {
		step(e.Command(semanage.PortKey{Protocol: key.Protocol, Low: in.Low, High: in.High}))
	}
	return b.Lines()
}

// drawOverlap draws the ranges of local records and of a new one as bars.
func drawOverlap(key semanage.PortKey, typ string, others []semanage.Port) words.Page {
	const width = 36
	low, high := int(key.Low), int(key.High)
	for _, o := range others {
		low, high = min(low, int(o.Low)), max(high, int(o.High))
	}
	column := func(port uint16) int {
		if high == low {
			return 0
		}
		return (int(port) - low) * (width - 1) / (high - low)
	}
	var b words.Page
	bar := func(in portset.Range, fill, text string) {
		first, last := column(in.Low), column(in.High)
		bar := "|"
		if last > first {
			bar = "|" + strings.Repeat(fill, last-first-1) + "|"
		}
		b.Printf("%-*s  %-11s %s\n", width, strings.Repeat(" ", first)+bar, in, text)
	}
	for _, o := range others {
		bar(o.Range(), "=", "local "+records.Value(o))
	}
	bar(key.Range(), "#", "new   "+typ)
	return b
}

// Exists returns the possible commands after the add of a port that has another label.
func (e PortEdit) Exists(err *records.ExistsError, key semanage.PortKey) words.Lines {
	what := "which changes it"
	if !err.Local {
		what = "which adds a local record that wins"
	}
	return words.Format("%s\n%s; set adds or modifies, as needed", e.as("modify").Command(key), what)
}

// InPolicy returns the possible command after the deletion of a record of the policy.
func (e PortEdit) InPolicy(key semanage.PortKey) words.Lines {
	modify := PortEdit{Verb: "modify", Type: "TYPE", Store: e.Store}
	return words.Format("a record of the policy can only be overridden, by a local one that wins:\n%s",
		modify.Command(key))
}

// Missing lists the records near one that does not exist.
func (e PortEdit) Missing(tx *semanage.Tx, key semanage.PortKey) words.Lines {
	var list []string
	for _, o := range records.Overlapping(tx, key) {
		list = append(list, o.Key().String())
	}
	if len(list) > 0 {
		return words.Format("local records with a part of it: %s", strings.Join(list, ", "))
	}
	if other, ok := records.OfOtherProtocol(tx, key); ok {
		return words.Format("there is a local record %s", other)
	}
	if e.Verb == "modify" {
		return "add makes a record; set makes or changes one"
	}
	return words.Format("%s shows what there is", shell.New("senet", "port", "list", "--local").With(e.Store))
}

// Twice explains how to remove all but one local record with one key.
func Twice(o *semanage.OverlapError, store shell.Command) (text string, hint words.Lines) {
	key := o.A.Key()
	as := records.Value(o.A)
	if other := records.Value(o.B); other != as {
		as += " and as " + other
	}
	text = words.Sprintf("%s has the local record %s twice, as %s", key.Kind().File(), key, as)
	if k, ok := key.(semanage.PortKey); ok {
		hint = words.Format("%s deletes all of them; until then nothing changes a port",
			PortEdit{Verb: "delete", Store: store}.Command(k))
	}
	return text, hint
}
