package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// boolList is the answer of senet bool list: schema senet.bool/1.
type boolList struct {
	source  *policySource
	flags   *boolFlags
	list    []doc.ListedBool
	counted bool // the effects of the other value
}

func (f *boolFlags) listBools(streams ioStreams, names []string) error {
	source, err := f.source(f.policy, semanage.Booleans)
	if err != nil {
		return err
	}
	a := &boolList{source: source, flags: f, list: []doc.ListedBool{}}
	for _, name := range names {
		if _, ok := source.p.Bool(name); !ok {
			return usage(fmt.Errorf("no boolean %s in the policy", name), didYouMean(name, boolNames(source.p)))
		}
	}
	for id := range source.p.Bools() {
		name := source.p.BoolName(id)
		_, local := source.local[semanage.BooleanKey(name)]
		if f.local && !local || len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		a.list = append(a.list, doc.ListedBool{Name: name, On: source.p.BoolState(id), Local: local,
			Live: f.live(name)})
	}
	slices.SortFunc(a.list, func(x, y doc.ListedBool) int { return strings.Compare(x.Name, y.Name) })
	if source.linked != nil {
		for i := range a.list {
			if own, ok := boolValue(source.linked, a.list[i].Name); ok {
				a.list[i].Default = &own
			}
		}
	}
	if len(names) == 1 {
		if err := a.count(); err != nil {
			return err
		}
	}
	for _, n := range source.notes {
		words.Fprintf(streams.stderr, "senet: %s\n", n)
	}
	if err := f.emit(streams.stdout, func() any { return a.json() }, a.write); err != nil {
		return err
	}
	if len(a.list) == 0 {
		return errNo
	}
	return nil
}

// live returns the value in the running kernel, nil where it is another's store or
// SELinux is off.
func (f *boolFlags) live(name string) *bool {
	if f.root != "" || f.store != "" && f.store != policyfile.Type("/") || f.policy != "" {
		return nil
	}
	text, err := os.ReadFile("/sys/fs/selinux/booleans/" + name)
	if err != nil {
		return nil
	}
	on := strings.HasPrefix(string(text), "1")
	return &on
}

// count finds out what the other value would change.
func (a *boolList) count() error {
	facts, err := a.flags.facts()
	if err != nil {
		return err
	}
	p, b := a.source.p, &a.list[0]
	id, _ := p.Bool(b.Name)
	other := p.WithBools(policy.BoolSetting{Bool: id, On: !b.On})
	b.Effects, err = impact.New(p, other, facts).All(context.Background())
	a.counted = true
	return err
}

func (a *boolList) json() doc.BoolList {
	out := doc.BoolList{Schema: "senet.bool/1", Action: string(verbList), Booleans: a.list}
	if a.source.store {
		out.Store = a.source.name
	} else {
		out.Policy = a.source.name
	}
	return out
}

func (a *boolList) write(w io.Writer) error {
	var b words.Page
	if a.counted {
		a.writeOne(&b, &a.list[0])
	} else {
		a.writeTable(&b)
	}
	_, err := b.WriteTo(w)
	return err
}

func (a *boolList) writeTable(b *words.Page) {
	width := len("boolean")
	for _, l := range a.list {
		width = max(width, len(l.Name))
	}
	if !a.flags.noHeading && len(a.list) > 0 {
		b.Printf("%-*s  %-7s  %-7s  %s\n", width, "boolean", "stored", "policy", "kernel")
	}
	for _, l := range a.list {
		stored := say.OnOff(l.On)
		if l.Local {
			stored += "+"
		}
		b.Printf("%-*s  %-7s  %-7s  %s\n", width, l.Name, stored, optionalOnOff(l.Default), optionalOnOff(l.Live))
	}
	if !a.flags.noHeading && slices.ContainsFunc(a.list, func(l doc.ListedBool) bool { return l.Local }) {
		b.Printf("+ a local record\n")
	}
}

func optionalOnOff(on *bool) string {
	if on == nil {
		return "-"
	}
	return say.OnOff(*on)
}

func (a *boolList) writeOne(b *words.Page, l *doc.ListedBool) {
	from := "the policy's own value"
	if l.Local {
		from = "by a local record; the policy's own value is " + optionalOnOff(l.Default)
	}
	b.Printf("%s\n", words.Wrap(words.Sprintf("%s is %s, %s", l.Name, say.OnOff(l.On), from), 2))
	if l.Live != nil && *l.Live != l.On {
		b.Printf("live  %s in the running kernel\n", say.OnOff(*l.Live))
	}
	b.Printf("%-4s  %s\n", say.OnOff(!l.On), words.Wrap("would be: "+verdictOfEffects(l.Effects), 6))
	limit := most
	if a.flags.verbose {
		limit = 0
	}
	writeEffects(b, l.Effects, limit)
	if a.source.store {
		b.Command("next", shell.New("senet", "bool").Arg(l.Name+"="+say.OnOff(!l.On)).With(a.flags.repeatWrite()))
	}
}
