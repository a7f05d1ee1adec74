package cli

import (
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/network"
)

func (a *fixAnswer) appliedJSON(done *applied) doc.Fixes {
	out := a.json()
	e := &done.done.Entry
	store, steps := doc.StoreStateOf(a.store.base), doc.StepsOf(e.Content())
	out.Applied = &doc.Applied{
		Changed: true, Transaction: e.ID, Before: out.Verdict, Change: e.About.Title, Store: &store, Steps: &steps,
		Effects: doc.OrEmpty(done.effects),
	}
	if done.kernel != nil {
		out.Applied.Kernel = done.kernel.answer.Verdict
	}
	// What was asked before the change is about the other verdict.
	now := done.now.json()
	out.Verdict, out.Reason = now.Verdict, now.Reason
	if out.Verdict != network.Allowed {
		out.Elsewhere = nil
	}
	return out
}

func (a *fixAnswer) planJSON(n int, steps change.Change) doc.FixPlan {
	var base *change.Base
	if a.store != nil {
		base = &a.store.base
	}
	return doc.FixPlanOf(a.said(), n-1, doc.Question(a.question()), steps, base, a.deployment())
}
