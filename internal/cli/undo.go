package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

const undoLong = `Take a change of the policy store back: the last one that stands, or the one of
transaction N. senet log lists them; --undo of other commands is the same.

A change is named by its transaction, so that two undos at once take back one
change, not two. Repeated, it takes back one change after the other. What
another program changed is never taken back, and where one did so since, the
change has to be named; its records have to be as it left them. A taking back
can be taken back by its number.

Exit status: 0 taken back, 1 there is nothing to take back, 2 --dry-run, or
nobody said yes: it is not done, 64 a mistake in the command, 65 the store
cannot be read or changed.`

const undoExamples = `  senet undo
  senet undo 12 --dry-run`

func newUndo(streams ioStreams) *cobra.Command {
	var flags writeFlags
	var output outputFlags
	cmd := &cobra.Command{
		Use:     "undo [N]",
		Long:    undoLong,
		Example: undoExamples,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			id := 0
			if len(args) == 1 {
				var err error
				if id, err = strconv.Atoi(args[0]); err != nil || id < 1 {
					return usage(fmt.Errorf("%q is not the number of a transaction", args[0]),
						words.Format("%s lists them", shell.New("senet", "log").With(flags.repeat())))
				}
			}
			return flags.runUndo(streams, &output, id)
		},
	}
	flags.register(cmd.Flags())
	output.register(cmd.Flags())
	return cmd
}

// undoCommand returns the command that undoes a change.
func (f *writeFlags) undoCommand(id int) shell.Command {
	return shell.New("senet", "undo").Flag(strconv.Itoa(id)).With(f.repeatWrite())
}

// An undoAnswer is a change that is undone.
type undoAnswer struct {
	flags   *writeFlags
	store   *change.Store
	entry   change.Entry
	effects []impact.Effect
	done    *change.Done
	// answer is the policy's answer after the undo to the question of the change; nil if there is
	// no question.
	answer *senet.Answer
}

// runUndo undoes the change with an ID, the last one for 0.
func (f *writeFlags) runUndo(streams ioStreams, output *outputFlags, id int) error {
	s, err := f.openChange(streams)
	if err != nil {
		return err
	}
	a := &undoAnswer{flags: f, store: s}
	if a.entry, err = s.ToUndo(id); err != nil {
		return f.changeProblem(err)
	}
	if a.effects, err = s.EffectsOfUndo(context.Background(), &a.entry, f.factsUnder); err != nil {
		return f.changeProblem(err)
	}
	if f.dryRun {
		return f.pending(streams, output, view{json: a.json, preview: a.preview, next: f.undoCommand(a.entry.ID)})
	}
	if err := f.agree(streams, output, page(a.preview), a.json); err != nil {
		return err
	}
	if a.done, err = s.Undo(context.Background(), a.entry.ID); err != nil {
		return f.changeProblem(err)
	}
	o := senet.Options{Root: f.root}
	if a.answer, err = senet.AskAgain(context.Background(), &a.entry, policy.New(a.done.Policy), o); err != nil {
		return questionProblem(err)
	}
	return output.emit(streams.stdout, a.json, page(a.writeDone))
}

func (a *undoAnswer) json() any {
	verdict := network.Verdict("")
	if a.answer != nil {
		verdict = a.answer.Verdict
	}
	return doc.UndoOf(a.store.Records().Name(), &a.entry, a.effects, a.done, verdict)
}

func (a *undoAnswer) preview(b *words.Page) {
	say.Undo(b, a.store.Records().Name(), &a.entry, a.effects)
}

func (a *undoAnswer) writeDone(b *words.Page) {
	if a.answer != nil {
		say.AnswerHead(b, a.answer)
	}
	say.Undid(b, a.store.Records().Name(), &a.entry, a.done, a.effects)
	if a.answer != nil {
		b.Command("next", fixCommand(a.answer.Lasting(), a.flags.repeat()))
	} else {
		b.Command("undo", a.flags.undoCommand(a.done.Entry.ID))
	}
}

// withoutStore returns the words of a command without the flags that name the store: its history,
// where they are written, is in it.
func withoutStore(c shell.Command) []string {
	return c.Without("--root", "--store", "--noreload").Words()
}
