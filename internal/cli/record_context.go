package cli

import (
	"fmt"
	"net/netip"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// contextFlags are the flags of senet node and senet interface.
type contextFlags struct {
	recordFlags
	kind                          semanage.Kind
	typ, rng, mask, proto, policy string
	// what describes the arguments of a verb, and example shows them.
	what    string
	example words.Lines
}

func (f *contextFlags) registerContext(flags *pflag.FlagSet) {
	f.register(flags, f.kind)
	flags.StringVarP(&f.typ, "type", "t", "", "the `TYPE`")
	flags.StringVarP(&f.rng, "range", "r", "", "the MLS `RANGE`, s0 if none is given")
	flags.StringVar(&f.policy, "policy", "", "list the binary policy in `FILE`, no store")
}

func (f *contextFlags) do(streams ioStreams, cmd *cobra.Command, args []string) error {
	v, args, err := f.verb(args, f.kind == semanage.Interfaces)
	if err != nil {
		return err
	}
	if v == "" {
		if f.rng != "" || f.typ != "" && len(args) > 0 {
			return usage(fmt.Errorf("senet %s: a verb is missing", f.kind),
				"add, modify, delete, set or list")
		}
		v = verbList
	}
	uses := f.uses()
	uses["type"] = []verb{verbList, verbAdd, verbModify, verbDelete, verbSet}
	uses["range"] = []verb{verbAdd, verbModify, verbDelete, verbSet}
	uses["netmask"], uses["protocol"] = uses["range"], uses["type"]
	uses["policy"] = []verb{verbList}
	if err := v.only(cmd.Flags(), uses); err != nil {
		return err
	}
	switch v {
	case verbList:
		return f.listRecords(streams, args)
	case verbAdd, verbModify, verbDelete, verbSet:
		list, err := f.records(v, args)
		if err != nil {
			return err
		}
		return f.run(streams, f.request(v, list, args))
	}
	return f.common(streams, f.kind, v, args)
}

// records reads the records for a verb.
func (f *contextFlags) records(v verb, args []string) ([]semanage.Record, error) {
	makes := records.Action(v).Makes()
	switch {
	case len(args) == 0:
		return nil, usage(fmt.Errorf("senet %s %s takes %s", f.kind, v, f.what), f.example)
	case f.typ == "" && makes:
		return nil, usage(fmt.Errorf("senet %s %s takes a type", f.kind, v), f.example)
	case f.typ == "" && f.rng == "" && v == verbModify:
		return nil, usage(fmt.Errorf("senet %s modify takes a type or a range", f.kind), f.example)
	}
	context := semanage.Context{Type: f.typ, Range: f.rng}
	var list []semanage.Record
	for _, arg := range args {
		r, err := records.Parse(f.kind, arg, f.mask, f.proto, context, makes)
		switch {
		case isA[*records.InterfaceNameError](err):
			return nil, recordProblem(err)
		case err != nil:
			return nil, usage(err, f.example)
		}
		list = append(list, r)
	}
	return list, nil
}

func (f *contextFlags) request(v verb, list []semanage.Record, args []string) request {
	repeat := shell.New("senet", f.kind.String(), string(v))
	for _, o := range []struct{ flag, value string }{{"-t", f.typ}, {"-r", f.rng}, {"-M", f.mask}, {"-p", f.proto}} {
		if o.value != "" {
			repeat = repeat.Option(o.flag, o.value)
		}
	}
	repeat = repeat.Arg(args...).With(f.repeatWrite())
	return request{kind: f.kind, verb: v, repeat: repeat, stage: func(tx *semanage.Tx) ([]string, error) {
		var notes []string
		for _, r := range list {
			note, err := patternNote(tx, v, r)
			if err == nil {
				err = records.Action(v).Stage(tx, r)
			}
			if err != nil {
				return nil, recordProblem(err)
			}
			if note != "" {
				notes = append(notes, note)
			}
		}
		return notes, nil
	}}
}

// patternNote describes how the store's policy treats a new name with * or ?, "" for other names.
func patternNote(tx *semanage.Tx, v verb, r semanage.Record) (string, error) {
	i, ok := r.(semanage.Interface)
	if !ok || !records.Action(v).Makes() || tx.Linked() == nil || !say.HasWildcard(i.Name) {
		return "", nil
	}
	pattern, err := records.IsPattern(policy.New(tx.Linked()), i.Name)
	return say.Pattern(i.Name, pattern), err
}

func (f *contextFlags) listRecords(streams ioStreams, args []string) error {
	source, err := f.source(streams, f.policy, f.kind)
	if err != nil {
		return err
	}
	filter := records.ContextFilter{Local: f.local, Type: f.typ, Proto: f.proto}
	if f.kind == semanage.Interfaces {
		filter.Names = args
	} else if filter.Networks, err = parseNetworks(args); err != nil {
		return err
	}
	list := source.Contexts(f.kind, filter)
	err = f.emit(streams.stdout, func() any { return doc.RecordListOf(source, f.kind, list) },
		page(func(b *words.Page) { say.Contexts(b, list, source, !f.noHeading) }))
	if err == nil && len(list) == 0 {
		return errNo
	}
	return err
}

func parseNetworks(args []string) (list []netip.Prefix, err error) {
	list = make([]netip.Prefix, len(args))
	for i, arg := range args {
		if list[i], err = records.ParseNetwork(arg); err != nil {
			return nil, usage(err, "for example: senet node list 10.0.0.7")
		}
	}
	return list, nil
}
