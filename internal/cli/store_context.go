package cli

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/doc"
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
			return usage(fmt.Errorf("senet %s: what is to be done with it?", commandOf(f.kind)), "add, modify, delete, set or list")
		}
		v = verbList
	}
	uses := f.uses()
	uses["type"] = []verb{verbList, verbAdd, verbModify, verbDelete, verbSet}
	uses["range"] = []verb{verbAdd, verbModify, verbDelete, verbSet}
	uses["netmask"], uses["proto"] = uses["range"], uses["type"]
	uses["policy"] = []verb{verbList}
	if err := v.only(cmd.Flags(), uses); err != nil {
		return err
	}
	switch v {
	case verbList:
		return f.listRecords(streams, args)
	case verbAdd, verbModify, verbDelete, verbSet:
		records, err := f.records(v, args)
		if err != nil {
			return err
		}
		return f.run(streams, f.request(v, records, args))
	}
	return f.common(streams, f.kind, v, args)
}

// records reads what a verb is for.
func (f *contextFlags) records(v verb, args []string) ([]semanage.Record, error) {
	command := commandOf(f.kind)
	example := map[semanage.Kind]words.Lines{
		semanage.Nodes:      "for example: senet node add -t node_t 10.0.0.0/8",
		semanage.Interfaces: "for example: senet interface add -t netif_t eth0",
	}[f.kind]
	switch {
	case len(args) == 0 && f.kind == semanage.Nodes:
		return nil, usage(fmt.Errorf("senet %s %s takes an address", command, v), example)
	case len(args) == 0:
		return nil, usage(fmt.Errorf("senet %s %s takes the name of an interface", command, v), example)
	case f.typ == "" && (v == verbAdd || v == verbSet):
		return nil, usage(fmt.Errorf("senet %s %s takes a type", command, v), example)
	case f.typ == "" && f.rng == "" && v == verbModify:
		return nil, usage(fmt.Errorf("senet %s modify takes a type or a range", command), example)
	}
	context := semanage.Context{Type: f.typ, Range: f.rng}
	var list []semanage.Record
	for _, arg := range args {
		if f.kind == semanage.Interfaces {
			if why := impossibleInterface(arg); why != "" && (v == verbAdd || v == verbSet) {
				return nil, usage(fmt.Errorf("no interface can be called %q: %s", arg, why), interfaceNameHint)
			}
			list = append(list, semanage.Interface{Name: arg, Context: context})
			continue
		}
		n, err := parseNode(arg, f.mask, f.proto)
		if err != nil {
			return nil, usage(err, example)
		}
		if (v == verbAdd || v == verbSet) && matchesNothing(n) {
			return nil, usage(fmt.Errorf("%s has bits that the mask %s has not: no address is like it", n.Addr, n.Mask), example)
		}
		n.Context = context
		list = append(list, n)
	}
	return list, nil
}

func (f *contextFlags) request(v verb, records []semanage.Record, args []string) request {
	repeat := shell.New("senet", commandOf(f.kind), string(v))
	for _, o := range []struct{ flag, value string }{{"-t", f.typ}, {"-r", f.rng}, {"-M", f.mask}, {"-p", f.proto}} {
		if o.value != "" {
			repeat = repeat.Option(o.flag, o.value)
		}
	}
	repeat = repeat.Arg(args...).With(f.repeatWrite())
	change := semanage.Change{Type: f.typ, Range: f.rng}
	return request{kind: f.kind, verb: v, repeat: repeat, stage: func(tx *semanage.Tx) ([]string, error) {
		var notes []string
		if v == verbAdd || v == verbSet {
			var err error
			if notes, err = interfacePatterns(tx, records); err != nil {
				return nil, err
			}
		}
		for _, r := range records {
			var err error
			switch v {
			case verbModify:
				err = tx.Modify(r.Key(), change)
			case verbDelete:
				err = remove(tx, r.Key(), change)
			default:
				err = put(tx, v, r)
			}
			if err != nil {
				return nil, f.explain(tx, err)
			}
		}
		return notes, nil
	}}
}

// explain gives an error the way out that fits it.
func (f *contextFlags) explain(tx *semanage.Tx, err error) error {
	attribute := "netif_type"
	if f.kind == semanage.Nodes {
		attribute = "node_type"
	}
	if errors.Is(err, semanage.ErrType) && f.typ != "" && tx.Linked() != nil {
		return usage(err, didYouMean(f.typ, membersOf(policy.New(tx.Linked()), attribute)))
	}
	return err
}

func (f *contextFlags) listRecords(streams ioStreams, args []string) error {
	source, err := f.source(f.policy, f.kind)
	if err != nil {
		return err
	}
	var prefixes []netip.Prefix
	if f.kind == semanage.Nodes {
		if prefixes, err = parsePrefixes(args); err != nil {
			return err
		}
	}
	all := listedInterfaces
	if f.kind == semanage.Nodes {
		all = listedNodes
	}
	out := doc.RecordList{Schema: schemaOf(f.kind), Action: string(verbList), Policy: source.name,
		Records: []doc.Record{}}
	if source.store {
		out.Store, out.Policy = source.name, ""
	}
	var list []semanage.Record
	for _, r := range all(source.p) {
		local := source.local[r.Key()] != nil
		switch {
		case f.local && !local, f.typ != "" && semanage.ContextOf(r).Type != f.typ:
			continue
		case f.proto != "" && (f.proto == "ipv4") != r.(semanage.Node).Addr.Is4():
			continue
		case len(args) > 0 && !wanted(r, args, prefixes):
			continue
		}
		list = append(list, r)
		out.Records = append(out.Records, *newRecordJSON(r, local))
	}
	for _, n := range source.notes {
		words.Fprintf(streams.stderr, "senet: %s\n", n)
	}
	err = f.emit(streams.stdout, func() any { return out }, func(w io.Writer) error { return f.writeRecords(w, list, source) })
	if err == nil && len(list) == 0 {
		return errNo
	}
	return err
}

func parsePrefixes(args []string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, arg := range args {
		p, err := netip.ParsePrefix(arg)
		if a, errAddr := netip.ParseAddr(arg); errAddr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, usage(fmt.Errorf("%q is neither an address nor a network", arg), "for example: senet node list 10.0.0.7")
		}
		list = append(list, p)
	}
	return list, nil
}

func wanted(r semanage.Record, args []string, prefixes []netip.Prefix) bool {
	if n, ok := r.(semanage.Node); ok {
		return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return nodeMatches(n, p) })
	}
	return slices.Contains(args, r.Key().String())
}

// writeRecords lists records with the columns of semanage and its wording.
func (f *contextFlags) writeRecords(w io.Writer, list []semanage.Record, source *policySource) error {
	var b words.Page
	marked := false
	if !f.noHeading && len(list) > 0 {
		if f.kind == semanage.Nodes {
			b.Printf("%-18s %-18s %-8s %s\n\n", "IP Address", "Netmask", "Protocol", "Context")
		} else {
			b.Printf("%-30s %s\n\n", "SELinux Interface", "Context")
		}
	}
	for _, r := range list {
		mark := ""
		if source.local[r.Key()] != nil {
			mark, marked = "  +", true
		}
		switch r := r.(type) {
		case semanage.Node:
			family := "ipv4"
			if r.Addr.Is6() {
				family = "ipv6"
			}
			b.Printf("%-18s %-18s %-8s %s%s\n", r.Addr, r.Mask, family, r.Context, mark)
		case semanage.Interface:
			b.Printf("%-30s %s%s\n", r.Name, r.Context, mark)
		}
	}
	if marked && !f.noHeading {
		b.Printf("\n+ a local record\n")
	}
	_, err := b.WriteTo(w)
	return err
}
