package cli

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// overlapping returns the other local records that have ports of a key, in
// ascending order.
func overlapping(tx *semanage.Tx, key semanage.PortKey) []semanage.Port {
	var list []semanage.Port
	for _, r := range tx.Records(semanage.Ports) {
		p := r.(semanage.Port)
		if p.Protocol == key.Protocol && p.Low <= key.High && p.High >= key.Low && p.Key() != key {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b semanage.Port) int { return cmp.Compare(a.Low, b.Low) })
	return list
}

// split cuts the ports of a key out of the local records that overlap.
func split(tx *semanage.Tx, key semanage.PortKey) error {
	for _, p := range overlapping(tx, key) {
		if err := tx.Delete(p.Key()); err != nil {
			return err
		}
		for _, in := range rest(p, key) {
			piece := p
			piece.Low, piece.High = in.Low, in.High
			if err := tx.Set(piece); err != nil {
				return err
			}
		}
	}
	return nil
}

// rest returns the ports of a record that are not a key's.
func rest(p semanage.Port, key semanage.PortKey) reach.Ports {
	return (reach.Ports{{Low: p.Low, High: p.High}}).Minus(reach.Ports{{Low: key.Low, High: key.High}})
}

// maxOverlaps is how many overlapping records are drawn and named.
const maxOverlaps = 8

// conflict is the error of a port whose local record would overlap others: with
// a drawing and what can be done.
func (f *portFlags) conflict(v verb, key semanage.PortKey, others []semanage.Port) error {
	shown := others[:min(len(others), maxOverlaps)]
	names := make([]string, len(shown))
	for i, o := range shown {
		names[i] = o.Key().String()
	}
	text := words.Sprintf("%s overlaps the local %s", key, strings.Join(names, ", "))
	more := ""
	if n := len(others) - len(shown); n > 0 {
		more = words.Sprintf("and %d more local records", n)
		text += " " + more
	}
	b := drawOverlap(key, f.typ, shown)
	if more != "" {
		b.Printf("%s\n", more)
	}
	b.Printf("\n")
	line := func(word, text string) { b.Printf("%-7s %s\n", word, text) }
	command := func(word string, c shell.Command) { b.Printf("%-7s %s\n", word, c) }
	step := func(c shell.Command) { b.Printf("%-7s   %s\n", "", c) }
	command("split", f.splitCommand(v, key))
	line("", "one transaction, which does what these do one by one:")
	for _, o := range shown {
		step(shell.New("senet", "port", "delete").Arg(o.Key().String()).With(f.repeatWrite()))
		for _, in := range rest(o, key) {
			step(shell.New("senet", "port", "add").Option("-t", o.Context.Type).With(rangeFlag(o.Context)).
				Arg(words.Sprintf("%s/%s", o.Protocol, in)).With(f.repeatWrite()))
		}
	}
	if more != "" {
		line("", "  ...")
	}
	step(f.command(v, []semanage.PortKey{key}))
	free := reach.Ports{{Low: key.Low, High: key.High}}
	for _, o := range others {
		free = free.Minus(reach.Ports{{Low: o.Low, High: o.High}})
	}
	if first := others[0]; len(others) == 1 && len(free) == 0 {
		command("modify", shell.New("senet", "port", "modify").With(f.contextFlags()).Arg(first.Key().String()).With(f.repeatWrite()))
		line("", "all of "+first.Range().String()+" become "+f.typ)
		line("skip", words.Sprintf("change nothing: %s is %s already", key, contextOf(first)))
	} else {
		line("skip", "add what is free, or change nothing:")
		for _, in := range free[:min(len(free), maxOverlaps)] {
			part := semanage.PortKey{Protocol: key.Protocol, Low: in.Low, High: in.High}
			step(f.command(v, []semanage.PortKey{part}))
		}
	}
	return &problem{exitUsage, errors.New(text), b.Lines()}
}

func (f *portFlags) splitCommand(v verb, key semanage.PortKey) shell.Command {
	with := *f
	with.split = true
	return with.command(v, []semanage.PortKey{key})
}

func rangeFlag(c semanage.Context) shell.Command {
	if c.Range == "" || c.Range == "s0" {
		return shell.Command{}
	}
	return shell.Command{}.Option("-r", c.Range)
}

// drawOverlap draws the ranges of local records and of a new one as bars.
func drawOverlap(key semanage.PortKey, typ string, others []semanage.Port) words.Page {
	const width = 36
	low, high := int(key.Low), int(key.High)
	for _, o := range others {
		low, high = min(low, int(o.Low)), max(high, int(o.High))
	}
	column := func(port int) int {
		if high == low {
			return 0
		}
		return (port - low) * (width - 1) / (high - low)
	}
	var b words.Page
	bar := func(lo, hi uint16, fill, text string) {
		first, last := column(int(lo)), column(int(hi))
		bar := "|"
		if last > first {
			bar = "|" + strings.Repeat(fill, last-first-1) + "|"
		}
		line := strings.Repeat(" ", first) + bar
		b.Printf("%-*s  %-11s %s\n", width, line, reach.Interval{Low: lo, High: hi}, text)
	}
	for _, o := range others {
		bar(o.Low, o.High, "=", "local "+contextOf(o))
	}
	bar(key.Low, key.High, "#", "new   "+typ)
	return b
}

// explain gives an error of a port the way out that fits it.
func (f *portFlags) explain(tx *semanage.Tx, v verb, key semanage.PortKey, err error) error {
	var exists *existsError
	switch {
	case errors.As(err, &exists):
		other := f.command(verbModify, []semanage.PortKey{key})
		what := "which changes it"
		if !exists.local {
			what = "which adds a local record that wins"
		}
		return usage(err, words.Format("%s\n%s; set does whichever of add and modify is needed", other, what))
	case errors.Is(err, semanage.ErrInPolicy):
		return usage(err, words.Format("a record of the policy can only be overridden, by a local one that wins:\n%s",
			shell.New("senet", "port", "modify", "-t", "TYPE").Arg(key.String()).With(f.repeatWrite())))
	case errors.Is(err, semanage.ErrNotDefined):
		return usage(err, f.nearRecord(tx, v, key))
	case errors.Is(err, semanage.ErrType) && f.typ != "":
		p := policy.New(tx.Linked())
		return usage(err, didYouMean(f.typ, portTypeNames(p)))
	}
	return err
}

// nearRecord says what there is where a record was not found.
func (f *portFlags) nearRecord(tx *semanage.Tx, v verb, key semanage.PortKey) words.Lines {
	var list []string
	for _, o := range overlapping(tx, key) {
		list = append(list, o.Key().String())
	}
	if len(list) > 0 {
		return words.Format("local records that have some of it: %s", strings.Join(list, ", "))
	}
	for _, p := range []semanage.Protocol{semanage.TCP, semanage.UDP, semanage.SCTP, semanage.DCCP} {
		other := key
		other.Protocol = p
		if _, local, ok := tx.Lookup(other); ok && local {
			return words.Format("there is a local record %s", other)
		}
	}
	if v == verbModify {
		return "add makes a record, and set makes it so either way"
	}
	return "senet port list --local shows what there is"
}

// portTwice returns the error of a local record that is there twice already, which
// overlaps itself whatever is done.
func portTwice(tx *semanage.Tx) error {
	seen := make(map[semanage.Key]semanage.Record)
	for _, r := range tx.Records(semanage.Ports) {
		if first, twice := seen[r.Key()]; twice {
			return duplicateProblem(first, r)
		}
		seen[r.Key()] = r
	}
	return nil
}

// overlapProblem returns the conflict of new local records with others.
func overlapProblem(tx *semanage.Tx, f *portFlags, v verb, keys []semanage.PortKey) error {
	for _, key := range keys {
		if _, local, ok := tx.Lookup(key); !ok || !local {
			continue
		}
		if others := overlapping(tx, key); len(others) > 0 {
			return f.conflict(v, key, others)
		}
	}
	return nil
}
