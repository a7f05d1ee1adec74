package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/ledger"
)

const statusLong = `Say what differs on this system from its distribution: local records of ports,
nodes, interfaces and booleans, file contexts, logins, modules of another
priority than 100 and disabled ones, permissive domains, dontaudit rules that
are left out, and a kernel that does not run what the store holds. What a record
opens is said with it, and the change that made it so where senet made it; what
other programs did has no name. Nothing is changed.

With a FILE as senet plan takes it, the store is held against it too.

Exit status: 0 the store is as FILE says, or no FILE was given, 1 it is not,
64 a mistake in the command or in FILE, 65 a file or a store that cannot be
read.`

const statusExamples = `  senet status
  senet status web.yaml --root /mnt/image --json`

func newStatus(streams ioStreams) *cobra.Command {
	var flags storeFlags
	var output outputFlags
	var all bool
	cmd := &cobra.Command{
		Use:     "status [FILE]",
		Long:    statusLong,
		Example: statusExamples,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			w := writeFlags{storeFlags: flags}
			a := &statusAnswer{all: all}
			if len(args) == 1 {
				var err error
				if a.plan, err = w.plan(streams, args); err != nil {
					return err
				}
				a.plan.proposal.Close()
			}
			s, err := w.openChange(streams)
			if err != nil {
				return err
			}
			if a.ledger, err = senet.Status(context.Background(), s, senet.Options{Root: flags.root}); err != nil {
				return w.changeProblem(err)
			}
			if err := output.emit(streams.stdout, a.json, a.write); err != nil {
				return err
			}
			if a.plan != nil && a.plan.proposal.Changed() {
				return errNo
			}
			return nil
		},
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVarP(&all, "all", "a", false, "list everything, however much of one kind there is")
	output.register(cmd.Flags())
	return cmd
}

// A statusAnswer has the differences from the distribution and, if plan is not nil, from a file.
type statusAnswer struct {
	ledger *ledger.Ledger
	plan   *statePlan
	all    bool
}

func (a *statusAnswer) json() any {
	var drift *doc.Drift
	if a.plan != nil {
		drift = doc.DriftOf(a.plan.file, a.plan.proposal)
	}
	return doc.StatusOf(a.ledger, drift)
}

func (a *statusAnswer) write(w io.Writer) error {
	var b words.Page
	say.Ledger(&b, a.ledger, a.all)
	switch {
	case a.plan == nil:
	case !a.plan.proposal.Changed():
		b.Line("file", "the store matches %s", a.plan.file)
	default:
		b.Line("drift", "the store differs from %s; the necessary changes:", a.plan.file)
		a.plan.writeChange(&b)
		b.Command("next", a.plan.command())
	}
	_, err := b.WriteTo(w)
	return err
}
