package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

const applyLong = `Make a policy store be as a file says: ports, booleans, nodes and interfaces, in
one transaction. senet plan --help shows such a file; a plan that senet plan
--out wrote is refused once something else has changed the store.

What would change is shown first, with whom it concerns. Before a change a
person is asked; where nobody is, nothing is changed without --yes. Applied a
second time, a file changes nothing. A port inside a local range of the same
label is as the file says.

Exit status: 0 done, or nothing to do, 1 nothing to undo, 2 --dry-run, or nobody
said yes: changes are pending, 64 a mistake in the command or in what the
file asks for, 65 a file or a store that cannot be read or written.`

const applyExamples = `  senet apply web.yaml
  senet apply web.yaml --root /mnt/image --yes
  senet apply --undo`

func newApply(streams ioStreams) *cobra.Command {
	var flags writeFlags
	var output outputFlags
	var undo bool
	cmd := &cobra.Command{
		Use:     "apply FILE",
		Long:    applyLong,
		Example: applyExamples,
		RunE: func(_ *cobra.Command, args []string) error {
			if !undo {
				return flags.runApply(streams, &output, args)
			}
			if len(args) > 0 {
				return usage(errors.New("--undo takes no file"), "senet undo N takes an older change back")
			}
			return flags.runUndo(streams, &output, 0)
		},
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&undo, "undo", false, "take the last change back, as senet undo does")
	output.register(cmd.Flags())
	return cmd
}

// runApply changes the store to match a file: it shows the changes, asks and commits.
func (f *writeFlags) runApply(streams ioStreams, output *outputFlags, args []string) error {
	p, err := f.plan(streams, args)
	if err != nil {
		return err
	}
	done, err := f.carryOut(context.Background(), streams, output, p.proposal, view{
		json: func() any { return p.json(false) }, changed: p.proposal.Changed(), nothing: p.write,
		preview: p.writeChange, next: p.command(),
	})
	if done == nil || err != nil {
		return err
	}
	return output.emit(streams.stdout, func() any { return p.json(true) }, page(func(b *words.Page) {
		r := &done.Result
		b.Printf("done  transaction %d of store %s; %s\n", r.Commit, r.Store, say.Loaded(r.Loaded))
		b.Command("undo", f.undoCommand(done.Entry.ID))
	}))
}
