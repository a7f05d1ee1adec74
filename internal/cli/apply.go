package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
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

// runApply makes the store be as a file says: it shows, asks and commits.
func (f *writeFlags) runApply(streams ioStreams, output *outputFlags, args []string) error {
	p, err := f.plan(streams, args, f.dryRun || !f.yes)
	if err != nil {
		return err
	}
	defer func() { p.draft.Close() }()
	pending := func() any { return p.json(false) }
	switch {
	case len(p.differences()) == 0:
		return output.emit(streams.stdout, pending, p.write)
	case f.dryRun:
		if err := output.emit(streams.stdout, pending, p.write); err != nil {
			return err
		}
		return errPending
	}
	if err := f.show(streams, output, p.writeChange, pending); err != nil {
		return err
	}
	if !f.yes {
		p.draft.Close()
		if err := f.consent(streams); err != nil {
			return err
		}
		if err := p.again(streams); err != nil {
			return err
		}
	}
	done, err := p.draft.Commit(context.Background(), change.About{Command: withoutStore(p.command().Words())})
	if err != nil {
		return f.changeProblem(err)
	}
	return output.emit(streams.stdout, func() any { return p.json(true) }, func(w io.Writer) error {
		_, err := words.Fprintf(w, "done  %s\nundo  %s\n", committed(&done.Result), f.undoCommand(done.Entry.ID))
		return err
	})
}

// again stages the file in a draft that can be committed, of the store as it was
// shown.
func (p *statePlan) again(streams ioStreams) error {
	d, err := p.flags.draft(p.store, streams, false)
	if err != nil {
		return err
	}
	shown := p.draft.Number
	p.draft = d
	if d.Number != shown {
		return p.flags.changeProblem(&change.MovedError{Want: shown, Now: d.Number})
	}
	return storeProblem(p.state.Put(d.Tx))
}

// committed says what a commit came to.
func committed(r *semanage.Result) string {
	loaded := "nothing was loaded into a kernel"
	if r.Loaded {
		loaded = "the kernel has the new policy"
	}
	return words.Sprintf("transaction %d of store %s; %s", r.Commit, r.Store, loaded)
}
