package cli

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/network"
)

func (a *fixAnswer) appliedJSON(done *senet.Done, kernel *senet.Answer) doc.Fixes {
	out := a.json()
	e := &done.Entry
	store, steps := doc.StoreStateOf(done.Base), doc.StepsOf(e.Content())
	out.Applied = &doc.Applied{
		Changed: true, Transaction: e.ID, Before: out.Verdict, Change: e.About.Title, Store: &store, Steps: &steps,
		Effects: doc.EffectsOf(done.Effects),
	}
	if kernel != nil {
		out.Applied.Kernel = kernel.Verdict
	}
	// The other verdict belongs to the question before the change.
	now := doc.CanOf("", done.Answer)
	out.Verdict, out.Reason = now.Verdict, now.Reason
	if out.Verdict != network.Allowed {
		out.Elsewhere = nil
	}
	return out
}

func (a *fixAnswer) planJSON(n int, plan *senet.Plan) doc.FixPlan {
	var base *change.Base
	if a.store != nil {
		base = &plan.Base
	}
	return doc.FixPlanOf(a.said(), n-1, doc.QuestionOf(a.asked.Lasting()), plan.Change, base, a.deployment())
}
