package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

const boolLong = `List and change booleans in the policy store, with the verbs and the flags of
semanage boolean. Before it writes, it says which domains gain and lose which
ports; afterwards it asks the new policy.

  NAME                 its values, and what the other value would change
  NAME=on, NAME=off    set it; several make one transaction
  list [NAME...]       stored value, the policy's own, the running kernel's
  set NAME on          the same as NAME=on, and as -m --on NAME
  delete NAME...       back to the policy's own value
  deleteall            all of them back
  export               the commands that make the local values
  import [FILE]        run such commands, from standard input without FILE
  --undo               take the last change back, as senet undo does

Before a change a person is asked; where nobody is, nothing is changed without
--yes.

Exit status: 0 done, nothing to do, or something is listed, 1 nothing to list or
to take back, 2 --dry-run, or nobody said yes: changes are pending, 64 a mistake
in the command, 65 the store cannot be read or changed.`

const boolExamples = `  senet bool httpd_can_network_connect=on
  senet bool httpd_can_network_connect --json
  senet bool list --local
  senet bool -m --on httpd_can_network_connect --dry-run`

// boolFlags are the flags of senet bool.
type boolFlags struct {
	recordFlags
	on, off bool
	policy  string
}

func newBool(streams ioStreams) *cobra.Command {
	var f boolFlags
	cmd := &cobra.Command{
		Use:       "bool [VERB] [NAME[=on|off]...]",
		Aliases:   []string{"boolean"},
		Long:      boolLong,
		Example:   boolExamples,
		Args:      cobra.ArbitraryArgs,
		ValidArgs: []string{"list", "set", "delete", "deleteall", "export", "import"},
		RunE:      func(cmd *cobra.Command, args []string) error { return f.do(streams, cmd, args) },
	}
	flags := cmd.Flags()
	f.register(flags, semanage.Booleans)
	flags.BoolVarP(&f.on, "on", "1", false, "set the boolean on")
	flags.BoolVarP(&f.off, "off", "0", false, "set the boolean off")
	flags.StringVar(&f.policy, "policy", "", "list the binary policy in `FILE`, no store")
	return cmd
}

func (f *boolFlags) do(streams ioStreams, cmd *cobra.Command, args []string) error {
	v, args, err := f.verb(args, true)
	if err != nil {
		return err
	}
	setting := f.on || f.off
	for _, arg := range args {
		setting = setting || strings.Contains(arg, "=")
	}
	switch {
	case v == verbAdd:
		return usage(errors.New("a boolean is set, not added"), "for example: senet bool httpd_can_network_connect=on")
	case v == verbModify, v == "" && setting:
		v = verbSet
	case v == "":
		v = verbList
	}
	uses := f.recordFlags.uses()
	uses["on"], uses["off"], uses["policy"] = []verb{verbSet}, []verb{verbSet}, []verb{verbList}
	if err := v.only(cmd.Flags(), uses); err != nil {
		return err
	}
	switch v {
	case verbList:
		return f.listBools(streams, args)
	case verbSet:
		list, err := f.settings(args)
		if err != nil {
			return err
		}
		return f.runSet(streams, list)
	case verbDelete:
		if len(args) == 0 {
			return usage(errors.New("senet bool delete takes the name of a boolean"), "")
		}
		return f.run(streams, request{kind: semanage.Booleans, verb: v,
			repeat: shell.New("senet", "bool", "delete").Arg(args...).With(f.repeatWrite()),
			stage: func(tx *semanage.Tx) ([]string, error) {
				for _, name := range args {
					// A boolean without a local record already has the policy's own value.
					if err := tx.Delete(semanage.BooleanKey(name)); err != nil &&
						!errors.Is(err, semanage.ErrInPolicy) {
						return nil, explainBool(tx, name, err)
					}
				}
				return nil, nil
			}})
	}
	return f.common(streams, semanage.Booleans, v, args)
}

// settings reads NAME=VALUE..., NAME VALUE, or with --on or --off NAME...
func (f *boolFlags) settings(args []string) ([]semanage.Boolean, error) {
	const example = "for example: senet bool httpd_can_network_connect=on"
	switch {
	case f.on && f.off:
		return nil, usage(errors.New("--on and --off exclude each other"), "")
	case len(args) == 0:
		return nil, usage(errors.New("senet bool set takes the name of a boolean"), example)
	}
	var on *bool
	if f.on || f.off {
		on = &f.on
	}
	list, err := records.ParseBooleans(args, on)
	switch {
	case isA[*records.TwoValuesError](err):
		return nil, usage(err, "give one of them")
	case err != nil:
		return nil, usage(err, example)
	}
	return list, nil
}

func (f *boolFlags) runSet(streams ioStreams, list []semanage.Boolean) error {
	repeat := shell.New("senet", "bool")
	for _, b := range list {
		repeat = repeat.Arg(b.Name + "=" + say.OnOff(b.On))
	}
	return f.run(streams, request{kind: semanage.Booleans, verb: verbSet, repeat: repeat.With(f.repeatWrite()),
		stage: func(tx *semanage.Tx) ([]string, error) {
			for _, b := range list {
				// A boolean that already has this value in the policy still gets a local record, as
				// with semanage: it keeps the value when the policy changes its own.
				if err := tx.Set(b); err != nil {
					return nil, explainBool(tx, b.Name, err)
				}
			}
			return nil, nil
		}})
}

// explainBool adds the right hint to an error about a boolean.
func explainBool(tx *semanage.Tx, name string, err error) error {
	if errors.Is(err, semanage.ErrNotDefined) && tx.Linked() != nil {
		return recordProblem(records.NoBoolean(policy.New(tx.Linked()), name))
	}
	return err
}
