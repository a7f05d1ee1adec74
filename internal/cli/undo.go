package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
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
					return usage(fmt.Errorf("%q is not the number of a transaction", args[0]), "senet log lists them")
				}
			}
			return flags.runUndo(streams, &output, id)
		},
	}
	flags.register(cmd.Flags())
	output.register(cmd.Flags())
	return cmd
}

// undoCommand is the command that takes a change back.
func (f *writeFlags) undoCommand(id int) shell.Command {
	return shell.New("senet", "undo").Flag(strconv.Itoa(id)).With(f.repeatWrite())
}

// An undoAnswer is a change that is taken back.
type undoAnswer struct {
	flags   *writeFlags
	store   *change.Store
	entry   change.Entry
	effects []impact.Effect
	done    *change.Done
	now     *policy.Policy // afterwards
	// question is what the change was to allow, asked of the policy afterwards; nil
	// where it was for no question.
	question *canAnswer
}

// runUndo takes the change of an ID back, the last one for 0.
func (f *writeFlags) runUndo(streams ioStreams, output *outputFlags, id int) error {
	s, err := f.openChange(streams)
	if err != nil {
		return err
	}
	a := &undoAnswer{flags: f, store: s}
	if id != 0 {
		a.entry, err = s.Entry(id)
	} else {
		a.entry, err = s.Last()
	}
	if err == nil && a.entry.UndoneBy != 0 {
		err = fmt.Errorf("transaction %d: %w, by transaction %d", id, change.ErrUndone, a.entry.UndoneBy)
	}
	if err != nil {
		return f.changeProblem(err)
	}
	if err := a.preview(); err != nil {
		return err
	}
	if f.dryRun {
		if err := output.emit(streams.stdout, a.json, a.writePending); err != nil {
			return err
		}
		return errPending
	}
	if !f.yes {
		if err := f.show(streams, output, a.writePreview, a.json); err != nil {
			return err
		}
		if err := f.consent(streams); err != nil {
			return err
		}
	}
	if a.done, err = s.Undo(context.Background(), a.entry.ID); err != nil {
		return f.changeProblem(err)
	}
	a.now = policy.New(a.done.Policy)
	if err := a.ask(); err != nil {
		return err
	}
	return output.emit(streams.stdout, a.json, a.writeDone)
}

// preview finds out whom it concerns. What a module did is known from when it was
// installed.
func (a *undoAnswer) preview() error {
	e := &a.entry
	if e.Module != nil || e.Status == change.Begun {
		for _, effect := range e.About.Effects {
			a.effects = append(a.effects, effect.Swapped())
		}
		return nil
	}
	d, err := a.store.Look(context.Background())
	if err != nil {
		return a.flags.changeProblem(err)
	}
	defer d.Close()
	if err := d.LookUndo(*e); err != nil {
		return a.flags.changeProblem(err)
	}
	list := d.Tx.Differences()
	c, err := a.flags.preview(d.Tx, list)
	if err == nil {
		a.effects, err = c.Records(context.Background(), list)
	}
	return err
}

// ask asks the question that the change was for, if it can still be asked.
func (a *undoAnswer) ask() error {
	args := a.entry.About.Question
	if len(args) != 3 || (fixQuestion{args[0], args[1], args[2]}).check() != nil {
		return nil
	}
	f := fixFlags{write: *a.flags}
	f.root = a.flags.root
	q, err := f.askCanOf(a.now, "", args)
	var p *problem
	if errors.As(err, &p) {
		return nil // a name of it is gone with the change
	}
	if err != nil {
		return err
	}
	q.machine.enforce()
	if q.answer.Verdict, err = q.verdict(); err != nil {
		return err
	}
	a.question = q
	return nil
}

// withoutStore drops the flags that name the store, whose history it is, from a
// command.
func withoutStore(list []string) []string {
	var out []string
	for i := 0; i < len(list); i++ {
		switch flag, _, joined := strings.Cut(list[i], "="); flag {
		case "--root", "--store":
			if !joined {
				i++
			}
		case "--noreload":
		default:
			out = append(out, list[i])
		}
	}
	return out
}

// entryName says what a change is for.
func entryName(e *change.Entry) string {
	var parts []string
	switch about := e.About; {
	case len(about.Question) > 0:
		parts = append(parts, strings.Join(about.Question, " "))
	case len(about.Command) > 0:
		parts = append(parts, strings.Join(about.Command, " "))
	}
	if e.About.Title != "" {
		parts = append(parts, e.About.Title)
	}
	if len(parts) == 0 {
		parts = append(parts, say.Plural(len(e.Records), "record"))
		if e.Adopted {
			parts = append(parts, "not noted in the history")
		}
	}
	return strings.Join(parts, ": ")
}

func (a *undoAnswer) writePreview(w io.Writer) error {
	var b words.Page
	a.previewText(&b)
	_, err := b.WriteTo(w)
	return err
}

func (a *undoAnswer) writePending(w io.Writer) error {
	var b words.Page
	a.previewText(&b)
	b.Command("next", a.flags.undoCommand(a.entry.ID))
	_, err := b.WriteTo(w)
	return err
}

func (a *undoAnswer) previewText(b *words.Page) {
	e := &a.entry
	line(b, "UNDO", "transaction %d of store %s: %s", e.ID, a.store.Records().Name(), entryName(e))
	if e.Status == change.Begun {
		line(b, "", "it was killed half-way")
	}
	shown := e.Inverse().Records
	for i, d := range shown {
		if i == maxChanges {
			line(b, "", "and %s more", say.Plural(len(shown)-i, "record"))
			break
		}
		b.Printf("      %s\n", words.Wrap(differenceText(d), 8))
	}
	if m := e.Module; m != nil {
		sign := "-"
		if m.After == "" {
			sign = "+"
		}
		line(b, "", "%s module %s", sign, m.Name)
		line(b, "time", "%s", moduleTime)
	}
	writeEffects(b, a.effects, most)
}

func (a *undoAnswer) writeDone(w io.Writer) error {
	var b words.Page
	if a.question != nil {
		writeVerdict(&b, a.question)
	}
	line(&b, "undid", "%s", strings.Join(a.undoneTexts(), ", "))
	loaded := "nothing was loaded into a kernel"
	if a.done.Loaded {
		loaded = "the kernel has the new policy"
	}
	line(&b, "", "transaction %d of store %s; %s", a.done.Entry.ID, a.store.Records().Name(), loaded)
	if len(a.effects) == 0 {
		line(&b, "cost", "nobody gains or loses")
	} else {
		writeEffects(&b, a.effects, most)
	}
	if a.question != nil {
		b.Command("next", a.question.command("fix"))
	} else {
		b.Command("undo", a.flags.undoCommand(a.done.Entry.ID))
	}
	_, err := b.WriteTo(w)
	return err
}

// undoneTexts names what is as it was.
func (a *undoAnswer) undoneTexts() []string {
	var list []string
	if m := a.entry.Module; m != nil {
		done := "removed"
		if m.After == "" {
			done = "installed"
		}
		list = append(list, words.Sprintf("module %s %s", m.Name, done))
	}
	if a.entry.Status == change.Begun {
		return list
	}
	content := a.entry.Content().Records
	for _, d := range content {
		if !isPiece(d, content) {
			list = append(list, againText(a.now, d.Inverse()))
		}
		if len(list) == maxChanges {
			return append(list, say.Plural(len(content)-maxChanges, "more record"))
		}
	}
	return list
}
