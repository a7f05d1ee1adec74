package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// runPlan prints the change of a fix, and writes it to a file.
func (f *fixFlags) runPlan(a *fixAnswer, n int, streams ioStreams) error {
	plan, err := f.planOf(a, n)
	if err != nil {
		return err
	}
	if f.out != "" {
		if a.store == nil {
			return unreadable(fmt.Errorf("a plan file is for a policy store: %w", a.storeErr),
				"without --out the plan is printed")
		}
		text, err := json.MarshalIndent(a.planJSON(n, plan), "", "  ")
		if err != nil {
			return err
		}
		if err := sysroot.Save(f.out, append(text, '\n'), 0o600); err != nil {
			return unreadable(err, "")
		}
	}
	return f.output.emit(streams.stdout, func() any { return a.planJSON(n, plan) }, page(func(b *words.Page) {
		a.writePlan(b, n, plan, true)
		switch {
		case f.out != "":
			b.Command("next", shell.New("senet", "fix").Option("--apply", f.out).With(f.write.repeat()))
		case a.store != nil && plan.Fix.Works:
			b.Command("next", a.again().Flag("--apply", plan.Fix.Name(a.asked.Policy())))
		}
	}))
}

// maxPlanFile bounds the plan files that are read.
const maxPlanFile = 16 << 20

// readPlan reads a plan file.
func readPlan(path string) (*doc.FixPlan, error) {
	text, err := sysroot.ReadInput(path, maxPlanFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, unreadable(err, "--apply takes the number or the name of a fix, after its question, or a plan file")
	}
	if err != nil {
		return nil, unreadable(err, "")
	}
	p, err := doc.ParseFixPlan(text)
	if err == nil {
		_, err = (&policyFlags{}).query(planArgs(p))
	}
	if err != nil {
		return nil, unreadable(fmt.Errorf("%s is no plan: %w", path, err),
			"senet fix SUBJECT ACTION TARGET --plan N --out FILE writes one")
	}
	return p, nil
}

// planArgs are the arguments that ask a plan's question.
func planArgs(p *doc.FixPlan) []string {
	return []string{p.Question.Subject, p.Question.Action, p.Question.Target}
}

// runPlanFile makes the change of a plan. The plan is not believed: its question
// is asked again, and one of the fixes must take exactly its steps.
func (f *fixFlags) runPlanFile(streams ioStreams) error {
	plan, err := readPlan(f.apply)
	if err != nil {
		return err
	}
	a, err := f.ask(planArgs(plan), streams)
	if err != nil {
		return err
	}
	if a.store == nil {
		return a.storeErr
	}
	changed, err := plan.Steps.Change()
	if err != nil {
		return unreadable(fmt.Errorf("%s is no plan: %w", f.apply, err), "")
	}
	made, n, err := a.store.PlanOf(context.Background(), a.Fixes, plan.Store.Base(), changed)
	switch {
	case errors.Is(err, change.ErrMoved) && a.asked.Verdict != network.Denied:
		return f.nothing(a, streams)
	case errors.Is(err, change.ErrMoved):
		now, err := a.store.Changes().Base()
		if err != nil {
			return f.write.storeProblem(err)
		}
		return unreadable(fmt.Errorf("the store is not in the state that the plan was made for: %s",
			say.BaseDifference(plan.Store.Base(), now)), words.Format("make the plan anew: %s", a.again()))
	case errors.Is(err, senet.ErrNoSuchFix):
		return unreadable(errors.New("the plan is none that this senet makes for this store and question"),
			"it was changed, or made by another version or for another machine")
	case err != nil:
		return f.write.changeProblem(err)
	}
	f.named(a, made)
	made.Force = f.force
	// What the plan says, for those who read it, must be true.
	if !a.planJSON(n+1, made).Does(plan) {
		return unreadable(errors.New("the plan does not do what it says"), "it was changed, or made by another version")
	}
	if a.half != nil {
		return f.runApply(a, choice(made.Fix.Name(a.asked.Policy())), streams)
	}
	return f.applyPlan(a, n+1, made, streams)
}
