package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

// actOnAccess shows, plans or makes a fix of the first access.
func (f *fixFlags) actOnAccess(
	a *fixAnswer, policyName string, said []*say.AccessFixes, c choice, streams ioStreams,
) error {
	x := said[0]
	switch {
	case f.out != "":
		return usage(errors.New("plan files are for operations on ports"), "--plan without --out prints the change")
	case len(said) > 1 && f.show == "":
		var b words.Page
		f.otherAccesses(&b, append([]*say.AccessFixes{nil}, said...), "")
		return usage(errors.New("more than one access was refused"), words.Format("one at a time:\n%s", b.Lines()))
	}
	n, err := x.Choose(string(c))
	if err != nil {
		return usage(err, "")
	}
	if f.show != "" {
		return f.output.emit(streams.stdout, func() any { return doc.AccessFixesOf(policyName, x) },
			page(func(b *words.Page) { x.One(b, n) }))
	}
	if a.store == nil && f.path == "" {
		return f.write.storeProblem(a.storeErr)
	}
	if a.store == nil {
		return usage(errors.New("--policy names a file, not a policy store"),
			"--root DIR and --store NAME name a store")
	}
	plan, err := a.store.AccessPlan(context.Background(), x.AccessFixes, n)
	switch fix := &x.Fixes[n]; {
	case errors.Is(err, senet.ErrNoPath):
		return usage(fmt.Errorf("%s: %w", x.Title(fix), err), "senet fix takes the path of the file as TARGET")
	case errors.Is(err, senet.ErrNoChange):
		return usage(words.Errorf("%s: no change of a policy store", x.Title(fix)), x.Instead(fix))
	case err != nil:
		return f.write.changeProblem(err)
	}
	plan.Force = f.force
	plan.About.Title = x.Title(plan.Fix)
	plan.About.Command = withoutStore(x.Command(x.Again).Flag("--apply", plan.Fix.Name(x.Policy)))
	return f.applyAccess(a, x, plan, streams)
}

// applyAccess makes a plan's change, or says what it would be.
func (f *fixFlags) applyAccess(a *fixAnswer, x *say.AccessFixes, plan *senet.AccessPlan, streams ioStreams) error {
	show := func(b *words.Page) { x.Plan(b, plan) }
	json := func() any { return doc.AccessPlanOf(a.store.Source().Name, x, plan, nil) }
	if f.plan != "" || f.write.dryRun {
		if err := f.output.emit(streams.stdout, json, page(show)); err != nil || f.plan != "" {
			return err
		}
		return errPending
	}
	switch err := plan.Check(); {
	case errors.Is(err, senet.ErrNoHelp):
		return usage(fmt.Errorf("%s does not make the access succeed", x.Title(plan.Fix)), "")
	case err != nil:
		return usage(words.Errorf("%s is not offered: %s", x.Title(plan.Fix), x.Unfit()),
			"--force makes it all the same")
	}
	if err := f.write.storeProblem(a.store.Changes().Writable()); err != nil {
		return err
	}
	if err := f.write.agree(streams, &f.output, page(show), json); err != nil {
		return err
	}
	done, err := a.store.ApplyAccess(context.Background(), plan)
	if err != nil {
		return f.write.changeProblem(err)
	}
	err = f.output.emit(streams.stdout, func() any { return doc.AccessPlanOf(a.store.Source().Name, x, plan, done) },
		page(func(b *words.Page) {
			x.Done(b, plan, done)
			b.Command("undo", f.write.undoCommand(done.Entry.ID))
		}))
	if err == nil && len(done.Refused) > 0 {
		err = errNo
	}
	return err
}
