package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

const portLong = `List and change the labels of ports in the policy store, with the verbs and
the flags of semanage port. Before it writes, it says which domains gain and
lose the ports; afterwards it asks the new policy.

  list [PORT...]       the policy's records and the local ones; of given ports,
                       which record labels them and which it hides
  add, modify, delete  as semanage does; adding what is so, or deleting what
                       is not there, is nothing to do
  set PORT...          make it so, whichever of add and modify that needs
  deleteall            delete all local records
  export               the commands that make the local records
  import [FILE]        run such commands, from standard input without FILE
  --undo               take the last change back, as senet undo does

PORT is 5601, 8000-8100, tcp/5601. A local record always wins over the policy's
own, which cannot be deleted. Two local records may not overlap; --split cuts
pieces out of the one that is there.

Before a change a person is asked; where nobody is, nothing is changed without
--yes.

Exit status: 0 done, nothing to do, or something is listed, 1 nothing to list or
to take back, 2 --dry-run, or nobody said yes: changes are pending, 64 a mistake
in the command, 65 the store cannot be read or changed.`

const portExamples = `  senet port set -t http_port_t -p tcp 5601
  senet port --add --type http_port_t --proto tcp 5601
  senet port list tcp/5601
  senet port delete tcp/5601 --dry-run
  senet port list --local --json`

// portFlags are the flags of senet port.
type portFlags struct {
	recordFlags
	typ, rng, proto, policy string
	split, byPort           bool
}

func newPort(streams ioStreams) *cobra.Command {
	var f portFlags
	cmd := &cobra.Command{
		Use:       "port [VERB] [PORT|LO-HI...]",
		Long:      portLong,
		Example:   portExamples,
		Args:      cobra.ArbitraryArgs,
		ValidArgs: verbNames(),
		RunE:      func(cmd *cobra.Command, args []string) error { return f.do(streams, cmd, args) },
	}
	flags := cmd.Flags()
	f.register(flags, semanage.Ports)
	flags.StringVarP(&f.typ, "type", "t", "", "the port `TYPE`")
	flags.StringVarP(&f.proto, "protocol", "p", "", "the `PROTOCOL`: tcp, udp, dccp or sctp")
	flags.StringVarP(&f.rng, "range", "r", "", "the MLS `RANGE`, s0 if none is given")
	flags.BoolVar(&f.split, "split", false, "cut the ports out of local records that overlap")
	flags.BoolVar(&f.byPort, "by-port", false, "list every port with the record that labels it")
	flags.StringVar(&f.policy, "policy", "", "list the binary policy in `FILE`, no store")
	return cmd
}

// uses lists the flags that each verb of senet port takes.
func (f *portFlags) uses() map[string][]verb {
	uses := f.recordFlags.uses()
	uses["type"] = []verb{verbList, verbAdd, verbModify, verbDelete, verbSet}
	uses["protocol"] = uses["type"]
	uses["range"] = []verb{verbAdd, verbModify, verbDelete, verbSet}
	uses["split"] = []verb{verbAdd, verbSet}
	uses["by-port"] = []verb{verbList}
	uses["policy"] = []verb{verbList}
	return uses
}

func (f *portFlags) do(streams ioStreams, cmd *cobra.Command, args []string) error {
	v, args, err := f.verb(args, false)
	if err != nil {
		return err
	}
	if v == "" {
		if f.typ != "" && len(args) > 0 || f.rng != "" || f.split {
			return usage(errors.New("senet port: a verb is missing"), "add, modify, delete, set or list")
		}
		if err := notVerb("port", args); err != nil {
			return err
		}
		v = verbList
	}
	if err := v.only(cmd.Flags(), f.uses()); err != nil {
		return err
	}
	var keys []semanage.PortKey
	switch v {
	case verbList, verbAdd, verbModify, verbDelete, verbSet:
		if keys, err = f.keys(v, args); err != nil {
			return err
		}
	}
	switch v {
	case verbList:
		return f.listPorts(streams, keys)
	case verbAdd, verbModify, verbDelete, verbSet:
		return f.run(streams, f.request(v, keys))
	}
	return f.common(streams, semanage.Ports, v, args)
}

// keys reads the ports for a verb.
func (f *portFlags) keys(v verb, args []string) ([]semanage.PortKey, error) {
	if v == verbList {
		keys, err := records.ParsePorts(args, f.proto)
		return keys, f.portProblem(err)
	}
	const example = "for example: senet port add -t http_port_t -p tcp 5601"
	if len(args) == 0 {
		return nil, usage(fmt.Errorf("senet port %s takes a port or a range of ports", v), example)
	}
	if f.typ == "" && records.Action(v).Makes() {
		return nil, usage(fmt.Errorf("senet port %s takes a type", v), example)
	}
	if v == verbModify && f.typ == "" && f.rng == "" {
		return nil, usage(errors.New("senet port modify takes a type or a range"), example)
	}
	var keys []semanage.PortKey
	for _, arg := range args {
		key, err := records.ParsePort(arg, f.proto)
		if err != nil {
			return nil, f.portProblem(err)
		}
		if key.Protocol == 0 {
			return nil, usage(fmt.Errorf("port %s: of which protocol?", arg),
				words.Format("-p tcp, or tcp/%s", strings.TrimPrefix(arg, "/")))
		}
		if key.Low == 0 {
			return nil, usage(fmt.Errorf("port %s: no socket is ever bound to port 0", arg), "ports are 1 to 65535")
		}
		keys = append(keys, key)
	}
	edit := f.records(v)
	if err := edit.Clash(keys); err != nil {
		return nil, usage(err, "name each port once")
	}
	return keys, nil
}

// portProblem adds a hint to an error about the text of a port.
func (f *portFlags) portProblem(err error) error {
	var bad *records.PortTextError
	if !errors.As(err, &bad) {
		return err
	}
	switch {
	case errors.Is(err, records.ErrOtherProtocol):
		return usage(fmt.Errorf("port %s: --protocol says %s", bad.Text, f.proto), "")
	case errors.Is(err, records.ErrProtocol):
		return usage(err, "it must be tcp, udp, dccp or sctp")
	case strings.HasSuffix(bad.Text, "_t"):
		return usage(err, words.Format("-t %s sets a type", bad.Text))
	}
	return usage(err, "a port is 1 to 65535, a range LO-HI")
}

// request returns the request for a verb with ports.
func (f *portFlags) request(v verb, keys []semanage.PortKey) request {
	e := f.edit(v)
	return request{kind: semanage.Ports, verb: v, repeat: e.Command(keys...),
		stage: func(tx *semanage.Tx) (notes []string, err error) {
			edit := f.records(v)
			edit.Missing = func(key semanage.PortKey) {
				notes = append(notes, words.Sprintf("%s has no local record; %s", key, e.Missing(tx, key)))
			}
			err = edit.Stage(tx, keys)
			var of *records.PortError
			switch {
			case errors.As(err, &of):
				err = f.explain(tx, e, of.Key, of.Err)
			case isA[*records.ConflictError](err):
				err = f.explain(tx, e, semanage.PortKey{}, err)
			}
			return notes, err
		}}
}

// records returns what the flags and a verb do.
func (f *portFlags) records(v verb) records.PortEdit {
	return records.PortEdit{Action: records.Action(v), Type: f.typ, Range: f.rng, Split: f.split}
}

// edit returns the flags as a user would type them.
func (f *portFlags) edit(v verb) say.PortEdit {
	return say.PortEdit{Verb: string(v), Type: f.typ, Range: f.rng, Split: f.split, Store: f.repeatWrite()}
}

// explain adds the right hint to an error about a port.
func (f *portFlags) explain(tx *semanage.Tx, e say.PortEdit, key semanage.PortKey, err error) error {
	var exists *records.ExistsError
	var conflict *records.ConflictError
	switch {
	case errors.As(err, &conflict):
		return usage(err, e.Conflict(conflict))
	case errors.As(err, &exists):
		return usage(err, e.Exists(exists, key))
	case errors.Is(err, semanage.ErrInPolicy):
		return usage(err, e.InPolicy(key))
	case errors.Is(err, semanage.ErrNotDefined):
		return usage(err, e.Missing(tx, key))
	}
	return recordProblem(err)
}
