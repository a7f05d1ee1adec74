package cli

import (
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// appliedJSON is the part "applied" of senet.fix/1: what --apply and --undo did.
type appliedJSON struct {
	// Changed says whether the store was changed.
	Changed bool `json:"changed"`
	Undone  bool `json:"undone,omitempty"`
	// Before is the verdict before the change.
	Before network.Verdict `json:"before,omitempty"`
	// Kernel is the running kernel's verdict, where it should have the policy.
	Kernel   network.Verdict `json:"kernel,omitempty"`
	Change   string          `json:"change,omitempty"`
	Store    *storeIdentity  `json:"store,omitempty"` // afterwards
	Steps    *fixSteps       `json:"steps,omitempty"`
	Effects  []effect        `json:"effects"`
	Commands string          `json:"commands,omitempty"` // where the store cannot be written
}

func (a *fixAnswer) appliedJSON(done *applied) fixJSON {
	out := a.json()
	out.Applied = &appliedJSON{
		Changed: true, Undone: done.undone, Before: out.Verdict, Change: done.done.Change,
		Store: &a.store.identity, Steps: &done.done.Steps, Effects: done.effects,
	}
	if out.Applied.Effects == nil {
		out.Applied.Effects = []effect{}
	}
	if done.kernel != nil {
		out.Applied.Kernel = done.kernel.answer.Verdict
	}
	// What was asked before the change is about the other verdict.
	now := done.now.json()
	out.Verdict, out.Reason = now.Verdict, now.Text
	if out.Verdict != network.Allowed {
		out.Elsewhere = nil
	}
	return out
}

// undoJSON is what --undo --dry-run prints.
func (a *fixAnswer) undoJSON(j *fixJournal) fixJSON {
	out := a.json()
	out.Applied = &appliedJSON{Undone: false, Before: out.Verdict, Change: j.Change, Store: &a.store.identity, Steps: &j.Steps, Effects: []effect{}}
	return out
}

// A fixPlan is what --plan makes and --apply takes: schema senet.fix-plan/1.
type fixPlan struct {
	Schema   string      `json:"schema"`
	Store    *storePlan  `json:"store,omitempty"`
	Question fixQuestion `json:"question"`
	Fix      planFix     `json:"fix"`
	Steps    fixSteps    `json:"steps"`
	Commands []string    `json:"commands"`
}

// A storePlan is the store that a plan was made for.
type storePlan = storeIdentity

// A planFix is the fix of a plan, for people.
type planFix struct {
	Kind          remedy.Kind          `json:"kind"`
	Change        string               `json:"change"`
	Works         bool                 `json:"works"`
	Applicability remedy.Applicability `json:"applicability"`
	Gain          effectJSON           `json:"gain"`
	Lose          effectJSON           `json:"lose"`
	SubjectPorts  subjectPortsJSON     `json:"subject_ports"`
}

const fixPlanSchema = "senet.fix-plan/1"

func (a *fixAnswer) planJSON(n int, steps fixSteps) fixPlan {
	f := &a.fixes[n-1]
	p := fixPlan{
		Schema:   fixPlanSchema,
		Question: a.question(),
		Fix: planFix{
			Kind: f.Kind, Change: a.title(f), Works: f.Works, Applicability: f.Applicability,
			Gain: newEffectJSON(f.Gain), Lose: newEffectJSON(f.Lose),
			SubjectPorts: subjectPortsJSON{orEmpty(f.SubjectConnect), orEmpty(f.SubjectBind)},
		},
		Steps: steps, Commands: commandLines(a.commandsOf(steps)),
	}
	if a.store != nil {
		p.Store = &a.store.identity
	}
	return p
}
