package cli

import (
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// appliedJSON is the part "applied" of senet.fix/1: what --apply did.
type appliedJSON struct {
	// Changed says whether the store was changed.
	Changed bool `json:"changed"`
	// Transaction names the change: senet undo takes it.
	Transaction int `json:"transaction,omitempty"`
	// Before is the verdict before the change.
	Before network.Verdict `json:"before,omitempty"`
	// Kernel is the running kernel's verdict, where it should have the policy.
	Kernel   network.Verdict `json:"kernel,omitempty"`
	Change   string          `json:"change,omitempty"`
	Store    *storeIdentity  `json:"store,omitempty"` // afterwards
	Steps    *stepsJSON      `json:"steps,omitempty"`
	Effects  []impact.Effect `json:"effects"`
	Commands string          `json:"commands,omitempty"` // where the store cannot be written
}

func (a *fixAnswer) appliedJSON(done *applied) fixJSON {
	out := a.json()
	e := &done.done.Entry
	store, steps := a.store.identity(), newStepsJSON(e.Content())
	out.Applied = &appliedJSON{
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
	out.Verdict, out.Reason = now.Verdict, now.Text
	if out.Verdict != network.Allowed {
		out.Elsewhere = nil
	}
	return out
}

// A fixPlan is what --plan makes and --apply takes: schema senet.fix-plan/1.
type fixPlan struct {
	Schema   string      `json:"schema"`
	Store    *storePlan  `json:"store,omitempty"`
	Question fixQuestion `json:"question"`
	Fix      planFix     `json:"fix"`
	Steps    stepsJSON   `json:"steps"`
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

func (a *fixAnswer) planJSON(n int, steps change.Change) fixPlan {
	f := &a.fixes[n-1]
	p := fixPlan{
		Schema:   fixPlanSchema,
		Question: a.question(),
		Fix: planFix{
			Kind: f.Kind, Change: a.title(f), Works: f.Works, Applicability: f.Applicability,
			Gain: newEffectJSON(f.Gain), Lose: newEffectJSON(f.Lose),
			SubjectPorts: subjectPortsJSON{orEmpty(f.SubjectConnect), orEmpty(f.SubjectBind)},
		},
		Steps: newStepsJSON(steps), Commands: commandLines(a.commandsOf(steps)),
	}
	if a.store != nil {
		id := a.store.identity()
		p.Store = &id
	}
	return p
}

// fixRecordJSON is a change of a local record of a port.
type fixRecordJSON struct {
	Action   remedy.Action `json:"action"`
	Protocol string        `json:"protocol"`
	Low      uint16        `json:"low"`
	High     uint16        `json:"high"`
	User     string        `json:"user"`
	Role     string        `json:"role"`
	Type     string        `json:"type"`
	Range    string        `json:"range,omitempty"`
}

func newFixRecords(list []remedy.RecordChange) []fixRecordJSON {
	var out []fixRecordJSON
	for i := range list {
		r, c := &list[i], list[i].Context
		out = append(out, fixRecordJSON{r.Action, r.Protocol.String(), r.Low, r.High, c.User, c.Role, c.Type, c.Range})
	}
	return out
}
