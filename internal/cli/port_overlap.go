package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	text := fmt.Sprintf("%s overlaps the local %s", key, strings.Join(names, ", "))
	more := ""
	if n := len(others) - len(shown); n > 0 {
		more = fmt.Sprintf("and %d more local records", n)
		text += " " + more
	}
	lines := strings.Split(drawOverlap(key, f.typ, shown), "\n")
	if more != "" {
		lines = append(lines[:len(lines)-1], more, "")
	}
	line := func(word, text string) { lines = append(lines, fmt.Sprintf("%-7s %s", word, text)) }
	line("split", f.splitCommand(v, key))
	line("", "one transaction, which does what these do one by one:")
	for _, o := range shown {
		line("", "  senet port delete "+o.Key().String()+f.repeatWrite())
		for _, in := range rest(o, key) {
			line("", fmt.Sprintf("  senet port add -t %s%s %s/%s%s", o.Context.Type, rangeFlag(o.Context), o.Protocol, intervalText(in), f.repeatWrite()))
		}
	}
	if more != "" {
		line("", "  ...")
	}
	line("", "  "+f.command(v, []semanage.PortKey{key}))
	free := reach.Ports{{Low: key.Low, High: key.High}}
	for _, o := range others {
		free = free.Minus(reach.Ports{{Low: o.Low, High: o.High}})
	}
	if first := others[0]; len(others) == 1 && len(free) == 0 {
		line("modify", "senet port modify"+f.contextFlags()+" "+first.Key().String()+f.repeatWrite())
		line("", "all of "+intervalText(reach.Interval{Low: first.Low, High: first.High})+" become "+f.typ)
		line("skip", fmt.Sprintf("change nothing: %s is %s already", key, contextOf(first)))
	} else {
		line("skip", "add what is free, or change nothing:")
		for _, in := range free[:min(len(free), maxOverlaps)] {
			part := semanage.PortKey{Protocol: key.Protocol, Low: in.Low, High: in.High}
			line("", "  "+f.command(v, []semanage.PortKey{part}))
		}
	}
	return &problem{exitUsage, errors.New(text), strings.ReplaceAll(strings.Join(lines, "\n       "), "\n       \n", "\n\n")}
}

func (f *portFlags) splitCommand(v verb, key semanage.PortKey) string {
	with := *f
	with.split = true
	return with.command(v, []semanage.PortKey{key})
}

func rangeFlag(c semanage.Context) string {
	if c.Range == "" || c.Range == "s0" {
		return ""
	}
	return " -r " + c.Range
}

// drawOverlap draws the ranges of local records and of a new one as bars.
func drawOverlap(key semanage.PortKey, typ string, others []semanage.Port) string {
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
	var b strings.Builder
	bar := func(lo, hi uint16, fill, text string) {
		first, last := column(int(lo)), column(int(hi))
		bar := "|"
		if last > first {
			bar = "|" + strings.Repeat(fill, last-first-1) + "|"
		}
		line := strings.Repeat(" ", first) + bar
		fmt.Fprintf(&b, "%-*s  %-11s %s\n", width, line, intervalText(reach.Interval{Low: lo, High: hi}), text)
	}
	for _, o := range others {
		bar(o.Low, o.High, "=", "local "+contextOf(o))
	}
	bar(key.Low, key.High, "#", "new   "+typ)
	return b.String()
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
		return usage(err, other+"\n       "+what+"; set does whichever of add and modify is needed")
	case errors.Is(err, semanage.ErrInPolicy):
		return usage(err, "a record of the policy can only be overridden, by a local one that wins:\n       senet port modify -t TYPE "+key.String()+f.repeatWrite())
	case errors.Is(err, semanage.ErrNotDefined):
		return usage(err, f.nearRecord(tx, v, key))
	case errors.Is(err, semanage.ErrType) && f.typ != "":
		p := policy.New(tx.Linked())
		return usage(err, didYouMean(f.typ, portTypeNames(p)))
	}
	return err
}

// nearRecord says what there is where a record was not found.
func (f *portFlags) nearRecord(tx *semanage.Tx, v verb, key semanage.PortKey) string {
	var list []string
	for _, o := range overlapping(tx, key) {
		list = append(list, o.Key().String())
	}
	if len(list) > 0 {
		return "local records that have some of it: " + strings.Join(list, ", ")
	}
	for _, p := range []semanage.Protocol{semanage.TCP, semanage.UDP, semanage.SCTP, semanage.DCCP} {
		other := key
		other.Protocol = p
		if _, local, ok := tx.Lookup(other); ok && local {
			return "there is a local record " + other.String()
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
