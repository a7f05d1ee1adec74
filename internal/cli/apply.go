package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

const applyLong = `Make a policy store be as a file says: ports, booleans, nodes and interfaces, in
one transaction. senet plan --help shows such a file; a plan that senet plan
--out wrote is refused once something else has changed the store.

What would change is shown first, with whom it concerns. A terminal is asked
before anything is written, unless --yes. Applied a second time, a file changes
nothing. --undo takes the last transaction back.

Exit status: 0 done, or nothing to do, 1 nothing to undo, 2 --dry-run, or the
answer was no: changes are pending, 64 a mistake in the command or in what the
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
			p, err := flags.planOrUndo(streams, args, undo)
			if err != nil {
				return err
			}
			defer func() { p.tx.Close() }()
			return p.apply(streams, &output)
		},
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&undo, "undo", false, "take the last transaction back")
	output.register(cmd.Flags())
	return cmd
}

// planOrUndo prepares the transaction of a file, or the one that takes the last
// one back.
func (f *writeFlags) planOrUndo(streams ioStreams, args []string, undo bool) (*statePlan, error) {
	if !undo {
		return f.plan(streams, args)
	}
	if len(args) > 0 {
		return nil, usage(errors.New("--undo takes no file"), "")
	}
	s, tx, err := f.begin(streams.stderr)
	if err != nil {
		return nil, err
	}
	p := &statePlan{flags: f, tx: tx}
	if p.commit, err = s.CommitNumber(); err == nil {
		err = tx.Undo()
	}
	if err = storeProblem(err); err == nil {
		err = p.compute()
	}
	if err != nil {
		tx.Close()
		return nil, err
	}
	return p, nil
}

// apply shows, asks and commits.
func (p *statePlan) apply(streams ioStreams, output *outputFlags) error {
	if len(p.plan.Differences) == 0 {
		return output.emit(streams.stdout, func() any { return p.json(false) }, p.write)
	}
	if p.flags.dryRun {
		if err := output.emit(streams.stdout, func() any { return p.json(false) }, p.write); err != nil {
			return err
		}
		return errPending
	}
	if !output.json && !output.quiet {
		if err := p.writeChange(streams.stdout); err != nil {
			return err
		}
	} else if p.flags.asks(streams) { // nobody decides about what was not shown
		if err := p.writeChange(streams.stderr); err != nil {
			return err
		}
	}
	if err := p.ask(streams); err != nil {
		return err
	}
	result, err := p.tx.Commit()
	if err != nil {
		return storeProblem(err)
	}
	return output.emit(streams.stdout, func() any { return p.json(true) }, func(w io.Writer) error {
		_, err := words.Fprintf(w, "done  %s\nundo  %s\n", committed(result), shell.New("senet", "apply", "--undo").With(p.flags.repeatWrite()))
		return err
	})
}

// ask asks, if somebody is there to be asked. Nobody else is kept waiting while
// somebody thinks: the transaction ends, and is prepared again.
func (p *statePlan) ask(streams ioStreams) error {
	if !p.flags.asks(streams) {
		return nil
	}
	p.tx.Close()
	yes, err := p.flags.confirm(streams, "Apply this?")
	if err != nil {
		return err
	}
	if !yes {
		words.Fprintf(streams.stderr, "nothing was changed\n")
		return errPending
	}
	s, tx, err := p.flags.begin(streams.stderr)
	if err != nil {
		return err
	}
	shown := p.commit
	p.tx = tx
	if p.commit, err = s.CommitNumber(); err != nil {
		return storeProblem(err)
	}
	if p.commit != shown {
		return unreadable(fmt.Errorf("the store has changed meanwhile: transaction %d", p.commit), "look at it again")
	}
	if p.state == nil {
		return storeProblem(tx.Undo())
	}
	return storeProblem(p.state.Put(tx))
}

// committed says what a commit came to.
func committed(r *semanage.Result) string {
	loaded := "nothing was loaded into a kernel"
	if r.Loaded {
		loaded = "the kernel has the new policy"
	}
	return words.Sprintf("transaction %d of store %s; %s", r.Commit, r.Store, loaded)
}
