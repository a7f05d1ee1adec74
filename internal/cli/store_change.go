package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// A request is what one command asks of the store.
type request struct {
	kind semanage.Kind
	verb verb
	// repeat is the command as one would type it again.
	repeat shell.Command
	// stage changes the records of the transaction. Its notes are printed.
	stage func(*semanage.Tx) (notes []string, err error)
}

// A changeAnswer is a change of the store: what it is, whom it concerns, and
// whether it was made.
type changeAnswer struct {
	request
	flags       *recordFlags
	store       *change.Store
	draft       *change.Draft
	differences []semanage.Difference
	notes       []string
	change      *impact.Comparison
	effects     []impact.Effect
	done        *change.Done
	now         *policy.Policy // what the store's kernel policy says afterwards
	kernel      *policy.Policy // what the running kernel's says, if it was loaded
}

// run makes the change that is asked for, or says what it would do. Nobody else is
// kept waiting while somebody thinks: what is not to be made yet is only looked at.
func (f *recordFlags) run(streams ioStreams, r request) error {
	s, err := f.openChange(streams)
	if err != nil {
		return err
	}
	a, err := f.prepare(s, streams, r, f.dryRun || !f.yes)
	if err != nil {
		return err
	}
	defer func() { a.draft.Close() }()
	switch {
	case len(a.differences) == 0:
		return f.emit(streams.stdout, func() any { return a.json() }, a.writeNothing)
	case f.dryRun:
		if err := f.emit(streams.stdout, func() any { return a.json() }, a.writePending); err != nil {
			return err
		}
		return errPending
	}
	if err := f.show(streams, &f.outputFlags, a.writePreview, func() any { return a.json() }); err != nil {
		return err
	}
	if !f.yes {
		a.draft.Close()
		if err := f.consent(streams); err != nil {
			return err
		}
		shown := a.draft.Number
		if a, err = f.prepare(s, streams, r, false); err != nil {
			return err
		}
		if a.draft.Number != shown {
			return f.changeProblem(&change.MovedError{Want: shown, Now: a.draft.Number})
		}
	}
	if err := a.commit(); err != nil {
		return err
	}
	return f.emit(streams.stdout, func() any { return a.json() }, a.writeDone)
}

// show shows what is about to change: as text on standard output, or, where JSON or
// nothing is printed there, to the person who is asked. Where nobody is there to be
// asked, JSON says that the change is pending.
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

// prepare opens a draft and stages the request. The answer's draft is open.
func (f *recordFlags) prepare(s *change.Store, streams ioStreams, r request, look bool) (*changeAnswer, error) {
	d, err := f.draft(s, streams, look)
	if err != nil {
		return nil, err
	}
	a := &changeAnswer{request: r, flags: f, store: s, draft: d}
	if err := a.fill(); err != nil {
		d.Close()
		return nil, err
	}
	return a, nil
}

func (a *changeAnswer) fill() error {
	var err error
	if a.notes, err = a.stage(a.draft.Tx); err != nil {
		return storeProblem(err)
	}
	a.differences = a.draft.Tx.Differences()
	if len(a.differences) == 0 {
		return nil
	}
	if a.change, err = a.flags.preview(a.draft.Tx, a.differences); err != nil {
		return err
	}
	// The policy that a commit writes is made meanwhile, and what stands in its way
	// found out.
	planned := make(chan error, 1)
	go func() {
		_, err := a.draft.Tx.Plan()
		planned <- err
	}()
	a.effects, err = a.change.Records(context.Background(), a.differences)
	if errPlan := <-planned; errPlan != nil {
		return storeProblem(errPlan)
	}
	return err
}

// commit makes the change and asks the new policy.
func (a *changeAnswer) commit() error {
	var err error
	if a.done, err = a.draft.Commit(context.Background(), change.About{Command: withoutStore(a.repeat.Words())}); err != nil {
		return a.flags.changeProblem(err)
	}
	a.now = policy.New(a.done.Policy)
	if a.done.Kernel != nil {
		a.kernel = policy.New(a.done.Kernel)
	}
	return nil
}

func lastByKey(list []semanage.Record) map[semanage.Key]semanage.Record {
	m := make(map[semanage.Key]semanage.Record, len(list))
	for _, r := range list {
		m[r.Key()] = r
	}
	return m
}

// put stages one record by add or set. What is so already stays untouched, and set
// keeps the range of a record where it is not said.
func put(tx *semanage.Tx, v verb, r semanage.Record) error {
	key := r.Key()
	had, local, existed := tx.Lookup(key)
	if p, ok := r.(semanage.Port); ok && !(existed && local) {
		if v == verbAdd && p.Context.Range == "" && tx.Linked() != nil && tx.Linked().MLS() {
			p.Context.Range = "s0"
		}
		if tx.Covers(p) {
			return nil // a local range has the port, with that label
		}
	}
	var err error
	if existed && v == verbSet {
		c := semanage.ContextOf(r)
		err = tx.Modify(key, semanage.Change{Type: c.Type, Range: c.Range})
	} else {
		err = tx.Set(r)
	}
	if err != nil {
		return err
	}
	got, _, _ := tx.Lookup(key)
	switch {
	case !existed || got == had && local:
		return nil
	case got == had: // the policy says so itself
		return tx.Delete(key)
	case v == verbAdd:
		return &existsError{had, got, local}
	}
	return nil
}

// An existsError is an add of what has another context.
type existsError struct {
	had, wanted semanage.Record
	local       bool
}

func (e *existsError) Error() string {
	who := "by the policy"
	if e.local {
		who = "by a local record"
	}
	return words.Sprintf("add %s %s: %s: it is %s, %s", e.had.Kind(), e.had.Key(), semanage.ErrExists, contextOf(e.had), who)
}

func (e *existsError) Unwrap() error { return semanage.ErrExists }

// remove stages the deletion of a record, whose type and range must be those
// given, "" for any. One that is not there is nothing to do. Of several of one key, which a file edited by hand may have,
// all are deleted.
func remove(tx *semanage.Tx, key semanage.Key, is semanage.Change) error {
	for {
		if err := removeOne(tx, key, is); err != nil {
			return err
		}
		if _, local, _ := tx.Lookup(key); !local {
			return nil
		}
	}
}

func removeOne(tx *semanage.Tx, key semanage.Key, is semanage.Change) error {
	if r, local, ok := tx.Lookup(key); ok && local {
		c := semanage.ContextOf(r)
		if is.Type != "" && c.Type != is.Type || is.Range != "" && c.Range != is.Range {
			return usage(fmt.Errorf("delete %s %s: it is %s, not %s", key.Kind(), key, contextOf(r), strings.Trim(is.Type+":"+is.Range, ":")), "nothing was deleted")
		}
	}
	if err := tx.Delete(key); !errors.Is(err, semanage.ErrNotDefined) {
		return err
	}
	return nil // it is as it shall be
}

// importText stages the commands of a file that are for records of one kind.
func importText(tx *semanage.Tx, kind semanage.Kind, name, text string) ([]string, error) {
	others := 0
	var lines strings.Builder
	for line := range strings.Lines(text) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		known := slices.ContainsFunc(semanage.Kinds(), func(k semanage.Kind) bool { return k.String() == word })
		if known && word != kind.String() {
			others++
			line = "\n"
		}
		lines.WriteString(line)
	}
	skipped, err := tx.Import(strings.NewReader(lines.String()))
	if err != nil {
		return nil, unreadable(fmt.Errorf("%s: %w", inputName(name), err), words.Format("nothing was changed; senet %s export shows the form", commandOf(kind)))
	}
	if others += len(skipped); others == 0 {
		return nil, nil
	}
	return []string{say.Plural(others, "line") + " for other kinds of records left out"}, nil
}
