package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// A request is one command's request to the store.
type request struct {
	kind semanage.Kind
	verb verb
	// repeat is the command as a user would type it again.
	repeat shell.Command
	// stage changes the records of the transaction. Its notes are printed.
	stage func(*semanage.Tx) (notes []string, err error)
}

// A changeAnswer is a change of the store, its effects, and whether it was made.
type changeAnswer struct {
	request
	flags    *recordFlags
	store    *change.Store
	proposal *change.Proposal
	notes    []string
	done     *change.Done
}

// run makes the requested change, or prints its effects.
func (f *recordFlags) run(streams ioStreams, r request) error {
	s, err := f.openChange(streams)
	if err != nil {
		return err
	}
	a := &changeAnswer{request: r, flags: f, store: s}
	a.proposal, err = f.propose(s, streams, nil, func(tx *semanage.Tx) error {
		var err error
		a.notes, err = r.stage(tx)
		return err
	})
	if err != nil {
		return err
	}
	a.done, err = f.carryOut(context.Background(), streams, &f.outputFlags, a.proposal, view{
		json: a.json, changed: a.proposal.Changed(), nothing: a.writeNothing,
		preview: a.writePreview, next: a.repeat,
	})
	if a.done == nil || err != nil {
		return err
	}
	return f.emit(streams.stdout, a.json, a.writeDone)
}

func (a *changeAnswer) json() any {
	out := doc.ChangeOf(a.kind, string(a.verb), a.store.Records().Name(), a.proposal, a.notes, a.done)
	switch {
	case a.done != nil:
		out.Next = a.undo().String()
	case len(a.proposal.Differences) > 0:
		out.Next = a.repeat.String()
	}
	return out
}

func (a *changeAnswer) writeNothing(b *words.Page) {
	say.Notes(b, a.notes)
	b.Printf("done  nothing to do\n")
}

func (a *changeAnswer) writePreview(b *words.Page) {
	say.Proposal(b, a.proposal, a.notes, a.flags.verbose)
}

func (a *changeAnswer) writeDone(w io.Writer) error {
	unloaded := ""
	switch {
	case a.done.Loaded, a.flags.root != "", a.proposal.Comparison.Facts.SELinuxOff():
	case a.flags.noReload:
		unloaded = "--noreload"
	default:
		unloaded = "it is not the store in use"
	}
	var b words.Page
	say.Done(&b, a.proposal, a.done, unloaded)
	b.Command("undo", a.undo())
	_, err := b.WriteTo(w)
	return err
}

// undo returns the command that undoes the change.
func (a *changeAnswer) undo() shell.Command { return a.flags.undoCommand(a.done.Entry.ID) }

// importText stages the commands of a file for records of one kind.
func (f *recordFlags) importText(tx *semanage.Tx, kind semanage.Kind, name, text string) ([]string, error) {
	others, err := records.Import(tx, kind, text)
	if err != nil {
		return nil, unreadable(fmt.Errorf("%s: %w", inputName(name), err),
			words.Format("nothing was changed; senet %s export shows the form", say.RecordCommand(kind)))
	}
	if others == 0 {
		return nil, nil
	}
	return []string{say.Plural(others, "line") + " for other kinds of records left out"}, nil
}

// recordProblem adds the right hint to an error of package records.
func recordProblem(err error) error {
	var other *records.OtherError
	var typ *records.TypeError
	var lacking *records.NoTypeError
	var boolean *records.BooleanError
	var netif *records.InterfaceNameError
	switch {
	case errors.As(err, &other):
		return usage(err, "nothing was deleted")
	case errors.As(err, &typ):
		return usage(err, nearest(typ.Near))
	case errors.As(err, &lacking):
		return usage(err, nearest(lacking.Near))
	case errors.As(err, &boolean):
		return usage(err, nearest(boolean.Near))
	case errors.As(err, &netif):
		return usage(err, "the kernel's names of interfaces have 1 to 15 bytes, no blank, no / and no :, and are "+
			"not . or ..")
	}
	return err
}

// A view shows a change before it is made.
type view struct {
	json    func() any
	changed bool              // whether there is anything to do
	nothing func(*words.Page) // printed if there is not
	preview func(*words.Page)
	next    shell.Command // the command that makes the change after --dry-run
}

// propose looks at a change of records. Nobody else is kept waiting while somebody thinks: a
// change that is not to be made yet is only looked at.
func (f *writeFlags) propose(
	s *change.Store, streams ioStreams, modules func(*modstore.Tx) error, stage func(*semanage.Tx) error,
) (*change.Proposal, error) {
	p, err := s.Propose(context.Background(), change.Request{
		Modules: modules, Stage: stage, Facts: f.factsUnder, Hold: f.yes && !f.dryRun,
		Opened: func(d *change.Draft) { sayRepaired(streams.stderr, d) },
	})
	return p, f.moduleProblem(err)
}

// A proposal is a change that can be made: of records or of modules.
type proposal interface {
	Commit(context.Context, change.About) (*change.Done, error)
	Close()
}

// carryOut shows a change, asks for consent and makes it. It returns nil if there was nothing to
// do. It closes the proposal.
func (f *writeFlags) carryOut(
	ctx context.Context, streams ioStreams, output *outputFlags, p proposal, v view,
) (*change.Done, error) {
	defer p.Close()
	switch {
	case !v.changed:
		return nil, output.emit(streams.stdout, v.json, page(v.nothing))
	case f.dryRun:
		return nil, f.pending(streams, output, v)
	}
	if err := f.show(streams, output, page(v.preview), v.json); err != nil {
		return nil, err
	}
	if err := f.consent(streams); err != nil {
		return nil, err
	}
	done, err := p.Commit(ctx, change.About{Command: withoutStore(v.next)})
	return done, f.moduleProblem(err)
}

// pending shows a change that is not made.
func (f *writeFlags) pending(streams ioStreams, output *outputFlags, v view) error {
	err := output.emit(streams.stdout, v.json, page(func(b *words.Page) {
		v.preview(b)
		b.Command("next", v.next)
	}))
	if err != nil {
		return err
	}
	return errPending
}

// show shows the coming change: as text on standard output or, if that gets JSON or nothing, to the
// user who is asked. If there is nobody to ask, JSON says that the change is pending.
func (f *writeFlags) show(streams ioStreams, output *outputFlags, text func(io.Writer) error, json func() any) error {
	switch {
	case !output.json && !output.quiet:
		return text(streams.stdout)
	case f.asks(streams):
		return text(streams.stderr)
	case output.json && !f.yes:
		return output.emit(streams.stdout, json, nil)
	}
	return nil
}
