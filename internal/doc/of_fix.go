package doc

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
)

// FixesOf returns the document of an operation with its fixes, and of the questions of further
// denials in the input. describe returns the description of a boolean; nil without documentation.
func FixesOf(policyName string, fixes *senet.Fixes, describe func(string) string, others []senet.Query) Fixes {
	a, x := fixes.Answer, say.FixesOf(fixes)
	x.Describe = describe
	p := a.Policy()
	out := Fixes{
		Head: HeadOf("senet.fix/1", policyName, &a.Machine.Host, a.Assumptions), Verdict: x.Together,
		Question: newQuestion(x.Operation), Reason: ReasonOf(x.Operation), Fixes: []Fix{},
	}
	for _, q := range others {
		out.Others = append(out.Others, QuestionOf(q))
	}
	if x.Answer.Verdict == network.Allowed {
		out.Elsewhere = list(remedy.Elsewhere(x.Question), causeOf)
	}
	for i := range x.List {
		f := &x.List[i]
		one := newFix(p, f, x.Target(f))
		one.Evidence = evidenceOf(x, f)
		one.LeastOpen, one.LeastUpkeep = i == remedy.LeastOpen(x.List), i == remedy.LeastUpkeep(x.List)
		one.Present = presentOf(x.Presence, f.Gain.Names())
		out.Fixes = append(out.Fixes, one)
	}
	return out
}

// Apply adds a change that was made to the document of its question: what changed, and what the
// policy answers now. kernel is the answer of the running kernel's policy, nil if it was not asked.
func (d *Fixes) Apply(done *senet.Done, kernel *senet.Answer) {
	e := &done.Entry
	store, steps := StoreStateOf(done.Base), StepsOf(e.Content())
	d.Applied = &Applied{
		Changed: true, Transaction: e.ID, Before: d.Verdict, Change: e.About.Title, Store: &store, Steps: &steps,
		Effects: EffectsOf(done.Effects),
	}
	if kernel != nil {
		d.Applied.Kernel = kernel.Verdict
	}
	now := CanOf("", done.Answer) // the other verdict belongs to the question before the change
	d.Verdict, d.Reason = now.Verdict, now.Reason
	if d.Verdict != network.Allowed {
		d.Elsewhere = nil
	}
}

// presentOf says which of the domains are on the machine, nil if there are none or nothing is known.
func presentOf(presence func() *senet.Presence, domains []string) *Present {
	if len(domains) == 0 {
		return nil
	}
	of := presence().Of(domains)
	if !of.Processes && !of.Programs && len(of.Unconfined) == 0 {
		return nil
	}
	return &Present{
		Unconfined: OrEmpty(of.Unconfined), Running: OrEmpty(of.Running), Installed: OrEmpty(of.Installed),
		KnowsProcesses: of.Processes, KnowsPrograms: of.Programs,
	}
}

func evidenceOf(x *say.Fixes, f *remedy.Fix) (list []Evidence) {
	for i := range f.Evidence {
		e := &f.Evidence[i]
		list = append(list, Evidence{
			Reason: e.Reason, Type: e.Type, Boolean: e.Boolean, Domain: e.Domain, Fix: e.Fix, Ports: e.Ports,
			Domains: e.Domains, Text: x.Evidence(e), Description: x.Description(e),
		})
	}
	return list
}

func newFix(p *policy.Policy, f *remedy.Fix, target form.Target) Fix {
	out := Fix{
		Name: f.Name(p), Kind: f.Kind, Change: say.FixTitle(p, f), Type: f.Type, Works: f.Works,
		Applicability: f.Applicability, Standing: f.Standing, Upkeep: Upkeep(f.Upkeep),
		Overrides: f.Exists, Gain: newDomains(f.Gain), Lose: newDomains(f.Lose),
		SubjectPorts: WayPorts{portSetOf(f.SubjectConnect), portSetOf(f.SubjectBind)},
		SubjectLoses: WayPorts{portSetOf(f.SubjectLosesConnect), portSetOf(f.SubjectLosesBind)},
		Beyond:       list(f.Beyond, beyondPortsOf), Domains: f.Domains, Choices: list(f.Choices, portChoiceOf),
		ProcessRange: f.ProcessRange, Unsure: f.Unsure, Interfaces: f.Calls, MorePermissions: f.CallsBeyond,
		Module: f.ModuleName, Forms: map[string]string{}, UndoForms: map[string]string{}, Undo: form.Undo(f, target),
	}
	for i := range f.Records {
		r, c := &f.Records[i], f.Records[i].Context
		out.Records = append(out.Records, FixRecord{r.Action, r.Protocol.String(), r.Low, r.High, c.User, c.Role,
			c.Type, c.Range})
	}
	if f.Kind == remedy.Boolean {
		out.Booleans = SettingsOf(p, f.Bools)
	}
	for _, way := range form.Forms(f, target) {
		out.Forms[way.Name] = way.Text
		if way.Undo != "" {
			out.UndoForms[way.Name] = way.Undo
		}
	}
	return out
}

func newDomains(e remedy.Effect) Domains { return Domains{domainsOf(e.Connect), domainsOf(e.Bind)} }

// StoreStateOf returns the document of a store's state.
func StoreStateOf(b change.Base) StoreState { return StoreState{b.Store, b.Commit, b.Policy} }

// Base returns the state that a document has.
func (s *StoreState) Base() change.Base {
	return change.Base{Store: s.Name, Commit: s.Commit, Policy: s.Sum}
}

// FixPlanSchema is the layout of a [FixPlan].
const FixPlanSchema = "senet.fix-plan/1"

// FixPlanOf returns the document of a fix, by its index in the list, as the change of a store. base
// is nil if there is no store.
func FixPlanOf(x *say.Fixes, n int, q Question, c change.Change, base *change.Base, t *say.Deployment) FixPlan {
	f := &x.List[n]
	out := FixPlan{
		Schema: FixPlanSchema, Question: q, Steps: StepsOf(c), Commands: say.Lines(t.Commands(c)),
		Fix: PlannedFix{
			Kind: f.Kind, Change: x.Title(f), Works: f.Works, Applicability: f.Applicability,
			Gain: newDomains(f.Gain), Lose: newDomains(f.Lose),
			SubjectPorts: WayPorts{portSetOf(f.SubjectConnect), portSetOf(f.SubjectBind)},
		},
	}
	if base != nil {
		state := StoreStateOf(*base)
		out.Store = &state
	}
	return out
}
