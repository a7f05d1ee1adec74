package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// An applied is what became of a fix, or of taking one back.
type applied struct {
	done    *fixJournal
	undone  bool
	now     *canAnswer // the question, asked of the store's policy afterwards
	kernel  *canAnswer // asked of the running kernel's, where that should have it
	loaded  string     // what is known of the kernel
	effects []effect
}

// runApply makes the change of fix n.
func (f *fixFlags) runApply(a *fixAnswer, n int, streams ioStreams) error {
	if a.store != nil && a.store.writable() == nil {
		release, err := a.store.lock()
		if err != nil {
			return err
		}
		defer release()
		half, err := a.store.tidy(streams.stderr)
		if err != nil {
			return err
		}
		if half != nil && (half.Undoing || half.Question != a.question()) {
			return a.store.half(half, f.repeat().With((&storeFlags{store: f.write.store}).repeat()))
		}
		if half != nil {
			return f.complete(a, half, streams)
		}
	}
	if a.can.answer.Verdict != network.Denied {
		return f.nothing(a, streams)
	}
	if n > len(a.fixes) {
		return usage(fmt.Errorf("--apply %d: there %s", n, fixCount(len(a.fixes))), "")
	}
	fix := &a.fixes[n-1]
	steps, err := a.steps(fix, a.store)
	if err != nil {
		return err
	}
	if err := f.permitted(a, n, streams); err != nil {
		return err
	}
	return f.applySteps(a, n, steps, streams)
}

// complete makes the records of a fix that was killed after its module.
func (f *fixFlags) complete(a *fixAnswer, j *fixJournal, streams ioStreams) error {
	words.Fprintf(streams.stderr, "senet: an earlier senet fix was killed after it had installed module %s: completing it\n", j.Steps.Module.Name)
	if f.write.dryRun {
		return errPending
	}
	if err := a.store.writable(); err != nil {
		return err
	}
	if err := a.store.performRecords(j, a.store.identity.Commit); err != nil {
		return err
	}
	done, err := f.verify(a, j)
	if err != nil {
		return err
	}
	return f.report(a, done, streams)
}

// permitted refuses fixes that nobody should make by accident.
func (f *fixFlags) permitted(a *fixAnswer, n int, streams ioStreams) error {
	fix := &a.fixes[n-1]
	again := a.question().command(a.can.repeat)
	switch {
	case !fix.Works:
		return usage(fmt.Errorf("fix %d, %s, does not make the operation succeed", n, a.title(fix)), words.Format("%s lists those that do", again))
	case fix.Applicability == remedy.Never && !f.force && !f.write.dryRun:
		return usage(fmt.Errorf("fix %d, %s, opens far more than was asked: %s for %s", n, a.title(fix), gains(fix), a.can.subject.Name), "--force makes it all the same")
	}
	somebody := isTerminal(streams.stdin) && isTerminal(streams.stderr)
	if f.write.yes || f.write.dryRun || somebody {
		return nil
	}
	if fix.Applicability != remedy.Safe {
		return usage(fmt.Errorf("fix %d, %s, is not safe: %s", n, a.title(fix), costText(fix)), "nobody is there to be asked: --yes makes it")
	}
	if a.stdin {
		return usage(errors.New("the denial came from standard input, so that nobody can be asked"), "--yes applies the fix")
	}
	return nil
}

// applySteps makes the change, unless it cannot be made or is only asked about.
// n is 0 for a plan's.
func (f *fixFlags) applySteps(a *fixAnswer, n int, steps fixSteps, streams ioStreams) error {
	fix := &a.fixes[n-1]
	err := a.storeErr
	if err == nil {
		err = a.store.writable()
	}
	if err != nil {
		return f.instead(a, fix, err, streams)
	}
	if steps.Module != nil {
		if _, err := semodulePath(); err != nil {
			return f.instead(a, fix, unreadable(fmt.Errorf("this fix needs a module, and %w", err), a.withoutModule(fix)), streams)
		}
	}
	j := &fixJournal{Schema: fixJournalSchema, Question: a.question(), Change: a.title(fix), Steps: steps, Before: a.store.identity.Commit}
	if f.write.dryRun {
		if err := f.output.emit(streams.stdout, func() any { return a.planJSON(n, steps) }, func(w io.Writer) error { return a.writePlan(w, n, steps, true) }); err != nil {
			return err
		}
		return errPending
	}
	if !f.write.yes && isTerminal(streams.stdin) && isTerminal(streams.stderr) {
		if err := a.writePlan(streams.stderr, n, steps, false); err != nil {
			return err
		}
		if yes, err := f.write.confirm(streams, "Apply it?"); err != nil || !yes {
			return declined(err, streams)
		}
	}
	done, err := f.apply1(a, j, streams.stderr)
	if err != nil {
		return f.insteadOf(a, fix, err, streams)
	}
	return f.report(a, done, streams)
}

// declined is the end of a change that somebody did not want.
func declined(err error, streams ioStreams) error {
	words.Fprintf(streams.stderr, "senet: nothing was changed\n")
	if err != nil {
		return err
	}
	return errPending
}

// apply1 makes the steps in the store and asks it again.
func (f *fixFlags) apply1(a *fixAnswer, j *fixJournal, stderr io.Writer) (*applied, error) {
	s := a.store
	if err := j.write(s.Dir(), fixJournalName); err != nil {
		return nil, err
	}
	if err := s.perform(j, stderr); err != nil {
		return nil, err
	}
	return f.verify(a, j)
}

// perform makes the steps; what it could not finish it takes back.
func (s *fixStore) perform(j *fixJournal, stderr io.Writer) error {
	expected := j.Before
	if m := j.Steps.Module; m != nil {
		if now, err := s.CommitNumber(); err != nil || now != expected {
			return errors.Join(storeMoved(expected, now, err), removeFixFile(s.Dir(), fixJournalName))
		}
		if err := s.install(m, stderr); err != nil {
			if !moduleInstalled(s.Store, m.Name) {
				return errors.Join(err, removeFixFile(s.Dir(), fixJournalName))
			}
			return err // and the journal says it
		}
		expected++
	}
	if len(j.Steps.Records) > 0 {
		if err := s.performRecords(j, expected); err != nil {
			if m := j.Steps.Module; m != nil {
				if undo := s.remove(m.Name, stderr); undo != nil {
					return errors.Join(err, fmt.Errorf("module %s is still installed: %w", m.Name, undo))
				}
			}
			return errors.Join(err, removeFixFile(s.Dir(), fixJournalName))
		}
	}
	return nil
}

func (s *fixStore) performRecords(j *fixJournal, expected int) error {
	tx, err := s.Begin()
	if err != nil {
		return storeProblem(err)
	}
	defer tx.Close()
	if now, err := s.CommitNumber(); err != nil || now != expected {
		return storeMoved(expected, now, err)
	}
	if err := j.Steps.stage(tx); err != nil {
		return err
	}
	_, err = tx.Commit()
	return storeProblem(err)
}

// storeMoved says that another program changed the store meanwhile.
func storeMoved(expected, now int, err error) error {
	if err != nil {
		return storeProblem(err)
	}
	return unreadable(fmt.Errorf("the store has changed meanwhile: transaction %d, not %d", now, expected), "ask again: the fixes may be others now")
}

// verify asks the store again, and notes what was done.
func (f *fixFlags) verify(a *fixAnswer, j *fixJournal) (*applied, error) {
	before := a.store.db
	if err := a.store.read(); err != nil {
		return nil, err
	}
	j.After = a.store.identity.Commit
	done := &applied{done: j}
	p := policy.New(a.store.db)
	var err error
	if done.effects, err = a.compare(policy.New(before), p, &j.Steps); err != nil {
		return nil, err
	}
	j.Effects = done.effects
	if err := j.write(a.store.Dir(), fixUndoName); err != nil {
		return nil, err
	}
	if err := removeFixFile(a.store.Dir(), fixJournalName); err != nil {
		return nil, err
	}
	return done, f.askAgain(a, done, p)
}

// askAgain asks the store's policy the question, and the kernel's where that
// should be the same.
func (f *fixFlags) askAgain(a *fixAnswer, done *applied, p *policy.Policy) error {
	var err error
	if done.now, err = f.again(a, p, a.store.kern()); err != nil {
		return err
	}
	done.kernel, done.loaded = f.askKernel(a)
	if done.kernel != nil && done.kernel.answer.Verdict != done.now.answer.Verdict {
		done.loaded = "the running kernel says otherwise"
	}
	return nil
}

// compare returns whom the change of a policy concerns: where only local records
// of ports changed, among their ports.
func (a *fixAnswer) compare(before, after *policy.Policy, steps *fixSteps) ([]effect, error) {
	c := &storeChange{facts: a.can.machine.facts, before: before, after: after}
	var list []semanage.Difference
	for i := range steps.Records {
		if r, err := steps.Records[i].record(); err == nil { // they have been checked
			list = append(list, semanage.Difference{Kind: r.Kind(), After: r})
		}
	}
	if steps.Module != nil {
		list = []semanage.Difference{{After: semanage.Boolean{}}} // everything, as for a boolean
	}
	return c.effects(list)
}

// nothing says that the operation is allowed as it is, unless the running kernel
// refuses it.
func (f *fixFlags) nothing(a *fixAnswer, streams ioStreams) error {
	kernel, _ := f.askKernel(a)
	refused := kernel != nil && kernel.answer.Verdict == network.Denied
	err := f.output.emit(streams.stdout, func() any {
		out := a.json()
		out.Applied = &appliedJSON{Effects: []effect{}}
		if kernel != nil {
			out.Applied.Kernel = kernel.answer.Verdict
		}
		return out
	}, func(w io.Writer) error {
		var b words.Page
		if refused {
			writeVerdict(&b, kernel)
			next := a.writeMismatch(&b, kernel, a.can)
			b.Command("next", next)
		} else {
			line(&b, "YES", "%s may %s %s: nothing to do", a.can.subject.Name, a.can.action(), a.can.target)
		}
		_, err := b.WriteTo(w)
		return err
	})
	if err == nil && refused {
		err = errNo
	}
	return err
}
