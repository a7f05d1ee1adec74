package cli

import (
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

func (a *fixAnswer) appliedJSON(done *applied) doc.Fixes {
	out := a.json()
	e := &done.done.Entry
	store, steps := a.store.identity(), doc.StepsOf(e.Content())
	out.Applied = &doc.Applied{
		Changed: true, Transaction: e.ID, Before: out.Verdict, Change: e.About.Title, Store: &store, Steps: &steps, Effects: done.effects,
	}
	if out.Applied.Effects == nil {
		out.Applied.Effects = []impact.Effect{}
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

const fixPlanSchema = "senet.fix-plan/1"

func (a *fixAnswer) planJSON(n int, steps change.Change) doc.FixPlan {
	f := &a.fixes[n-1]
	p := doc.FixPlan{
		Schema:   fixPlanSchema,
		Question: doc.Question(a.question()),
		Fix: doc.PlannedFix{
			Kind: f.Kind, Change: a.title(f), Works: f.Works, Applicability: f.Applicability,
			Gain: newEffectJSON(f.Gain), Lose: newEffectJSON(f.Lose),
			SubjectPorts: doc.WayPorts{Connect: doc.OrEmpty(f.SubjectConnect), Bind: doc.OrEmpty(f.SubjectBind)},
		},
		Steps: doc.StepsOf(steps), Commands: commandLines(a.commandsOf(steps)),
	}
	if a.store != nil {
		id := a.store.identity()
		p.Store = &id
	}
	return p
}

func newFixRecords(list []remedy.RecordChange) []doc.FixRecord {
	var out []doc.FixRecord
	for i := range list {
		r, c := &list[i], list[i].Context
		out = append(out, doc.FixRecord{Action: r.Action, Protocol: r.Protocol.String(), Low: r.Low, High: r.High,
			User: c.User, Role: c.Role, Type: c.Type, Range: c.Range})
	}
	return out
}
