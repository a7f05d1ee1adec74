package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
)

// An applied is what became of a fix.
type applied struct {
	done    *change.Done
	now     *canAnswer // the question, asked of the store's policy afterwards
	kernel  *canAnswer // asked of the running kernel's, where that should have it
	loaded  string     // what is known of the kernel
	effects []impact.Effect
}

// runApply makes the change of fix n.
func (f *fixFlags) runApply(a *fixAnswer, n int, streams ioStreams) error {
	if a.store != nil && a.store.half != nil {
		e := &a.store.half.Entry
		if e.Undoes != 0 || !slices.Equal(e.About.Question, a.question().args()) {
			return f.write.changeProblem(a.store.half)
		}
		return f.complete(a, e, streams)
	}
	if a.can.answer.Verdict != network.Denied {
		return f.nothing(a, streams)
	}
	if n > len(a.fixes) {
		return usage(fmt.Errorf("--apply %d: there %s", n, say.FixCount(len(a.fixes))), "")
	}
	fix := &a.fixes[n-1]
	steps, err := a.steps(fix, a.store)
	if err != nil {
		return err
	}
	if err := f.permitted(a, n); err != nil {
		return err
	}
	return f.applySteps(a, n, steps, streams)
}

// complete makes the records of a fix that was killed after its module.
func (f *fixFlags) complete(a *fixAnswer, e *change.Entry, streams ioStreams) error {
	words.Fprintf(streams.stderr, "senet: an earlier senet fix was killed after it had installed module %s: this completes it\n", e.Module.Name)
	if err := f.write.consent(streams); err != nil {
		return err
	}
	before := a.store.db
	done, err := a.store.Resume(context.Background())
	if err != nil {
		return f.write.changeProblem(err)
	}
	return f.verify(a, before, done, streams)
}

// permitted refuses fixes that nobody should make by accident.
func (f *fixFlags) permitted(a *fixAnswer, n int) error {
	fix := &a.fixes[n-1]
	again := a.question().command(a.can.repeat)
	switch {
	case !fix.Works:
		return usage(fmt.Errorf("fix %d, %s, does not make the operation succeed", n, a.title(fix)), words.Format("%s lists those that do", again))
	case fix.Applicability == remedy.Never && !f.force && !f.write.dryRun:
		return usage(fmt.Errorf("fix %d, %s, opens far more than was asked: %s for %s", n, a.title(fix),
			say.FixGains(fix), a.can.subject.Name), "--force makes it all the same")
	}
	return nil
}

// applySteps makes the change, unless it cannot be made or is only asked about.
// n is 0 for a plan's.
func (f *fixFlags) applySteps(a *fixAnswer, n int, steps change.Change, streams ioStreams) error {
	fix := &a.fixes[n-1]
	err := a.storeErr
	if err == nil {
		err = a.store.writable()
	}
	if err != nil {
		return f.instead(a, fix, steps, err, streams)
	}
	plan := func() any { return a.planJSON(n, steps) }
	if f.write.dryRun {
		if err := f.output.emit(streams.stdout, plan,
			page(func(b *words.Page) { a.writePlan(b, n, steps, true) })); err != nil {
			return err
		}
		return errPending
	}
	if !f.write.yes {
		if err := f.write.show(streams, &f.output, page(func(b *words.Page) { a.writePlan(b, n, steps, false) }),
			plan); err != nil {
			return err
		}
		if err := f.write.consent(streams); err != nil {
			return err
		}
	}
	before := a.store.db
	done, err := a.store.Apply(context.Background(), a.store.base.Commit, steps, a.about(fix, n))
	if err != nil {
		return f.insteadOf(a, fix, steps, f.write.changeProblem(err), streams)
	}
	return f.verify(a, before, done, streams)
}

// verify asks the store again, and says what was done.
func (f *fixFlags) verify(a *fixAnswer, before *policydb.Policy, done *change.Done, streams ioStreams) error {
	if err := a.store.read(); err != nil {
		return err
	}
	out := &applied{done: done}
	p := policy.New(a.store.db)
	var err error
	if out.effects, err = a.compare(policy.New(before), p, &done.Entry); err != nil {
		return err
	}
	if err := f.askAgain(a, out, p); err != nil {
		return err
	}
	return f.report(a, out, streams)
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

// compare returns whom the change of a policy concerns: where only local records of
// ports changed, among their ports.
func (a *fixAnswer) compare(before, after *policy.Policy, e *change.Entry) ([]impact.Effect, error) {
	c := impact.New(before, after, a.can.machine.facts)
	if e.Module != nil {
		return c.All(context.Background())
	}
	return c.Records(context.Background(), e.Content().Records)
}

// nothing says that the operation is allowed as it is, unless the running kernel
// refuses it.
func (f *fixFlags) nothing(a *fixAnswer, streams ioStreams) error {
	kernel, _ := f.askKernel(a)
	refused := kernel != nil && kernel.answer.Verdict == network.Denied
	err := f.output.emit(streams.stdout, func() any {
		out := a.json()
		out.Applied = &doc.Applied{Effects: []impact.Effect{}}
		if kernel != nil {
			out.Applied.Kernel = kernel.answer.Verdict
		}
		return out
	}, func(w io.Writer) error {
		var b words.Page
		switch {
		case refused:
			writeVerdict(&b, kernel)
			next := a.writeMismatch(&b, kernel, a.can)
			b.Command("next", next)
		case a.can.together() != network.Allowed:
			a.said().Unfixed(&b)
		default:
			b.Line("YES", "%s may %s %s: nothing to do", a.can.subject.Name, say.Action(a.can.op), a.can.target)
		}
		_, err := b.WriteTo(w)
		return err
	})
	if err == nil && refused {
		err = errNo
	}
	if err == nil {
		err = verdictError(a.can.together())
	}
	return err
}
