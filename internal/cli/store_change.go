package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
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
	store       *semanage.Store
	tx          *semanage.Tx
	number      int // of the last transaction before
	differences []semanage.Difference
	notes       []string
	change      *storeChange
	effects     []effect
	result      *semanage.Result
	now         *policy.Policy // what the store's kernel policy says afterwards
	kernel      *policy.Policy // what the running kernel's says, if it was loaded
}

// run makes the change that is asked for, or says what it would do.
func (f *recordFlags) run(streams ioStreams, r request) error {
	a, err := f.prepare(streams, r)
	if err != nil {
		return err
	}
	defer func() { a.tx.Close() }()
	switch {
	case len(a.differences) == 0:
		return f.emit(streams.stdout, func() any { return a.json() }, a.writeNothing)
	case f.dryRun:
		if err := f.emit(streams.stdout, func() any { return a.json() }, a.writePending); err != nil {
			return err
		}
		return errPending
	}
	if !f.json && !f.quiet {
		if err := a.writePreview(streams.stdout); err != nil {
			return err
		}
	}
	if f.asks(streams) {
		if f.json || f.quiet { // nobody decides about what was not shown
			if err := a.writePreview(streams.stderr); err != nil {
				return err
			}
		}
		// Nobody else is kept waiting while somebody thinks.
		a.tx.Close()
		yes, err := f.confirm(streams, "Do it?")
		if err != nil {
			return err
		}
		if !yes {
			words.Fprintf(streams.stderr, "nothing was changed\n")
			return errPending
		}
		again, err := f.prepare(streams, r)
		if err != nil {
			return err
		}
		if again.number != a.number {
			again.tx.Close()
			return unreadable(fmt.Errorf("the store has changed meanwhile: transaction %d", again.number), words.Format("look at it again: %s", r.repeat))
		}
		a = again
	}
	if err := a.commit(); err != nil {
		return err
	}
	return f.emit(streams.stdout, func() any { return a.json() }, a.writeDone)
}

// prepare opens a transaction and stages the request. The answer's transaction is
// open.
func (f *recordFlags) prepare(streams ioStreams, r request) (*changeAnswer, error) {
	s, tx, err := f.begin(streams.stderr)
	if err != nil {
		return nil, err
	}
	a := &changeAnswer{request: r, flags: f, store: s, tx: tx}
	if err := a.fill(); err != nil {
		tx.Close()
		return nil, err
	}
	return a, nil
}

func (a *changeAnswer) fill() error {
	var err error
	if a.number, err = a.store.CommitNumber(); err != nil {
		return storeProblem(err)
	}
	if a.notes, err = a.stage(a.tx); err != nil {
		return storeProblem(err)
	}
	a.differences = a.tx.Differences()
	if len(a.differences) == 0 {
		return nil
	}
	if a.change, err = a.flags.preview(a.tx, a.differences); err != nil {
		return err
	}
	// The policy that a commit writes is made meanwhile, and what stands in its way
	// found out.
	planned := make(chan error, 1)
	go func() {
		_, err := a.tx.Plan()
		planned <- err
	}()
	a.effects, err = a.change.effects(a.differences)
	if errPlan := <-planned; errPlan != nil {
		return storeProblem(errPlan)
	}
	return err
}

// commit makes the change and asks the new policy.
func (a *changeAnswer) commit() error {
	var err error
	if a.result, err = a.tx.Commit(); err != nil {
		return storeProblem(err)
	}
	db, err := a.store.KernelPolicy()
	if errors.Is(err, semanage.ErrLocked) {
		// Others wait for the lock, too. The file is replaced as a whole.
		var image []byte
		if image, err = a.store.KernelImage(); err == nil {
			db, err = policydb.Decode(image)
		}
	}
	if err != nil {
		return a.unasked(err)
	}
	a.now = policy.New(db)
	if !a.result.Loaded {
		return nil
	}
	if db, err = policyfile.Open(policyfile.Running); err != nil {
		return a.unasked(err)
	}
	a.kernel = policy.New(db)
	return nil
}

// unasked is the error of a change that was made, but of which nothing more is
// known.
func (a *changeAnswer) unasked(err error) error {
	return unreadable(fmt.Errorf("the change is made, transaction %d, but the new policy cannot be asked: %w", a.result.Commit, err), "the same command once more says whether it is so")
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
// given, "" for any. Of several of one key, which a file edited by hand may have,
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
	return tx.Delete(key)
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
	return []string{plural(others, "line") + " for other kinds of records left out"}, nil
}
