package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// runApply makes the change of a fix.
func (f *fixFlags) runApply(a *fixAnswer, c choice, streams ioStreams) error {
	if a.half != nil {
		e, q := &a.half.Entry, a.asked.Lasting()
		asked := []string{q.Subject, string(q.Operation), q.Target.String()}
		if e.Undoes != 0 || !slices.Equal(e.About.Question, asked) {
			return f.write.changeProblem(a.half)
		}
		return f.complete(a, e, streams)
	}
	if a.asked.Verdict != network.Denied {
		return f.nothing(a, streams)
	}
	n, err := a.chosen("apply", c)
	if err != nil {
		return err
	}
	plan, err := f.planOf(a, n)
	if err != nil {
		return err
	}
	return f.applyPlan(a, n, plan, streams)
}

// complete makes the records of a fix that was killed after its module.
func (f *fixFlags) complete(a *fixAnswer, e *change.Entry, streams ioStreams) error {
	words.Fprintf(streams.stderr, "senet: an earlier senet fix was killed after it had installed module %s: "+
		"this completes it\n", e.Module.Name)
	if err := f.write.consent(streams); err != nil {
		return err
	}
	done, err := a.store.Resume(context.Background(), a.asked.Answer)
	if err != nil {
		return f.write.changeProblem(err)
	}
	return f.report(a, done, streams)
}

// permitted refuses fixes that nobody should apply by accident.
func (f *fixFlags) permitted(a *fixAnswer, n int, plan *senet.Plan) error {
	err := plan.Check()
	switch {
	case errors.Is(err, senet.ErrNoHelp):
		return usage(fmt.Errorf("fix %d, %s, does not make the operation succeed", n, a.title(plan.Fix)),
			words.Format("%s lists those that do", a.again()))
	case errors.Is(err, senet.ErrOpensMuch) && !f.write.dryRun && plan.Fix.Standing == remedy.Foreign:
		return usage(words.Errorf("fix %d, %s, has another purpose: %s", n, a.title(plan.Fix),
			strings.Join(a.said().Meaning(plan.Fix), "; ")), "--force makes it anyway")
	case errors.Is(err, senet.ErrOpensMuch) && !f.write.dryRun:
		return usage(fmt.Errorf("fix %d, %s, opens far more than was asked: %s for %s", n, a.title(plan.Fix),
			say.FixGains(plan.Fix), a.asked.Subject.Name), "--force makes it anyway")
	}
	return nil
}

// applyPlan makes the change of fix n, unless it cannot be made or only a preview is wanted.
func (f *fixFlags) applyPlan(a *fixAnswer, n int, plan *senet.Plan, streams ioStreams) error {
	if err := f.permitted(a, n, plan); err != nil {
		return err
	}
	err := a.storeErr
	if err == nil {
		err = f.write.storeProblem(a.store.Changes().Writable())
	}
	if err != nil {
		return f.instead(a, plan, err, streams)
	}
	json := func() any { return a.planJSON(n, plan) }
	if f.write.dryRun {
		if err := f.output.emit(streams.stdout, json,
			page(func(b *words.Page) { a.writePlan(b, n, plan, true) })); err != nil {
			return err
		}
		return errPending
	}
	show := page(func(b *words.Page) { a.writePlan(b, n, plan, false) })
	if err := f.write.agree(streams, &f.output, show, json); err != nil {
		return err
	}
	done, err := a.store.Apply(context.Background(), plan)
	switch {
	case err != nil && done != nil: // the change was made, but the question could not be asked again
		return f.write.changeProblem(questionProblem(err))
	case err != nil:
		return f.insteadOf(a, plan, f.write.changeProblem(err), streams)
	}
	return f.report(a, done, streams)
}

// planOf returns fix n as a change of the store, which may be none.
func (f *fixFlags) planOf(a *fixAnswer, n int) (plan *senet.Plan, err error) {
	fix := &a.List[n-1]
	if a.store != nil {
		plan, err = a.store.Plan(context.Background(), a.Fixes, n-1)
	} else {
		plan = &senet.Plan{Answer: a.Answer, Fix: fix}
		plan.Change, err = senet.ChangeOf(a.asked.Policy(), fix)
	}
	switch {
	case errors.Is(err, senet.ErrNoChange):
		return nil, usage(words.Errorf("%s: it does not change a policy store", a.title(fix)), a.said().FirstForm(fix))
	case err != nil:
		return nil, f.write.changeProblem(err)
	}
	plan.Force = f.force
	f.named(a, plan)
	return plan, nil
}

// named adds the words and the command of a plan to the saved change.
func (f *fixFlags) named(a *fixAnswer, plan *senet.Plan) {
	plan.About.Title = a.title(plan.Fix)
	plan.About.Command = withoutStore(a.again().Flag("--apply", plan.Fix.Name(a.asked.Policy())))
}

// nothing says that the operation is already allowed, unless the running kernel denies it.
func (f *fixFlags) nothing(a *fixAnswer, streams ioStreams) error {
	kernel, _ := f.askKernel(a)
	refused := kernel != nil && kernel.Verdict == network.Denied
	err := f.output.emit(streams.stdout, func() any {
		out := a.json()
		out.Applied = &doc.Applied{Effects: []doc.Effect{}}
		if kernel != nil {
			out.Applied.Kernel = kernel.Verdict
		}
		return out
	}, page(func(b *words.Page) {
		switch {
		case refused:
			say.AnswerHead(b, kernel)
			b.Command("next", say.Mismatch(b, kernel, a.Answer))
		case a.asked.Together() != network.Allowed:
			a.said().Unfixed(b)
		default:
			b.Line("YES", "%s may %s %s: nothing to do", a.asked.Subject.Name, say.Action(a.asked.Query.Operation),
				a.asked.Query.Target)
		}
	}))
	if err == nil && refused {
		err = errNo
	}
	if err == nil {
		err = verdictError(a.asked.Together())
	}
	return err
}
