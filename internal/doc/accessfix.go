package doc

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// AccessFixes is the document of senet fix --json for an access to anything but a port:
// schema senet.access-fix/1.
type AccessFixes struct {
	Schema  string          `json:"schema"`
	Policy  string          `json:"policy"`
	Verdict network.Verdict `json:"verdict"` // allowed or denied
	Source  string          `json:"source"`  // a context
	Target  string          `json:"target"`
	Class   string          `json:"class"`
	Perms   []string        `json:"perms"`
	Path    string          `json:"path,omitempty"`
	// Missing are the refused permissions, and those that would be refused next.
	Missing []string `json:"missing"`
	Why     string   `json:"why"` // in words, which may change
	// Assumptions are what the question takes for granted that is not in the record.
	Assumptions []Assumption `json:"assumptions,omitempty"`
	Notes       []Note       `json:"notes"`
	// Instead names the right change where the question is a record of a log that shows the cause, and a rule would be
	// the wrong change. InsteadText says it in words, which may change.
	Instead     diagnose.Instead `json:"instead,omitempty"`
	InsteadText string           `json:"instead_text,omitempty"`
	Fixes       []AccessFix      `json:"fixes"`
}

// An AccessFix is one change with its cost.
type AccessFix struct {
	Name     string          `json:"name"`
	Kind     object.Kind     `json:"kind"`
	Change   string          `json:"change"` // in words, which may change in later versions
	Type     string          `json:"type,omitempty"`
	Range    string          `json:"range,omitempty"`
	From     string          `json:"from,omitempty"`
	If       string          `json:"if,omitempty"` // the path that the file is assumed to have
	Booleans map[string]bool `json:"booleans,omitempty"`
	Rules    []string        `json:"rules,omitempty"` // in CIL
	// Interfaces are the calls of refpolicy's interfaces, Source is the source of a module with them, and
	// MorePermissions counts the permissions for types that they give beyond the missing ones.
	Interfaces      []string             `json:"interfaces,omitempty"`
	Source          string               `json:"source,omitempty"`
	MorePermissions int                  `json:"more_permissions,omitempty"`
	Works           bool                 `json:"works"`
	Applicability   remedy.Applicability `json:"applicability"`
	Danger          string               `json:"danger,omitempty"`
	Evidence        []string             `json:"evidence"` // in words, which may change in later versions
	// Gain and Lose are the other domains that get the same access, and those that lose it.
	Gain []string `json:"gain"`
	// Present says which of the domains that gain are on the machine; absent if nothing is known.
	Present  *Present `json:"gain_present,omitempty"`
	Lose     []string `json:"lose"`
	Commands []string `json:"commands"`
}

// AccessFixesOf returns the document of an access with its fixes.
func AccessFixesOf(policyName string, x *say.AccessFixes) AccessFixes {
	out := AccessFixes{
		Schema: "senet.access-fix/1", Policy: policyName, Verdict: network.Denied, Class: x.Query.Class,
		Perms:  x.Query.Perms,
		Source: x.Policy.FormatContext(x.Problem.Source), Target: x.Policy.FormatContext(x.Problem.Target),
		Path: x.Problem.Path, Missing: OrEmpty(x.Missing), Why: x.Why(), Notes: []Note{}, Fixes: []AccessFix{},
		Instead: x.InsteadOfRule, InsteadText: x.InsteadText(), Assumptions: list(x.Assumptions, assumptionOf),
	}
	for _, n := range x.Notes {
		out.Notes = append(out.Notes, Note{n.Code, n.Text})
	}
	if x.Allowed {
		out.Verdict = network.Allowed
	}
	for i := range x.Fixes {
		f := &x.Fixes[i]
		one := AccessFix{
			Name: f.Name(x.Policy), Kind: f.Kind, Change: x.Title(f), Type: f.Type, Range: f.Range, From: f.From,
			If: f.If, Interfaces: f.Calls, Source: f.Source, MorePermissions: f.CallsBeyond, Works: f.Works,
			Applicability: f.Applicability, Danger: f.Danger, Evidence: OrEmpty(x.Meaning(f)), Gain: OrEmpty(f.Gain),
			Lose: OrEmpty(f.Lose), Rules: accessRules(f), Commands: OrEmpty(say.Lines(x.Commands(f))),
		}
		one.Present = presentOf(x.Presence, f.Gain)
		if len(f.Bools) > 0 {
			one.Booleans = SettingsOf(x.Policy, f.Bools)
		}
		out.Fixes = append(out.Fixes, one)
	}
	return out
}

func accessRules(f *object.Fix) (list []string) {
	for _, r := range f.Rules {
		list = append(list, say.AllowRule(&r))
	}
	return list
}

// An AccessPlan is the document of senet fix --plan and --apply for an access to anything
// but a port: schema senet.access-plan/1.
type AccessPlan struct {
	Schema string `json:"schema"`
	Policy string `json:"policy"`
	Fix    string `json:"fix"` // its name
	Steps  Steps  `json:"steps"`
	// Then are the commands that give files their labels afterwards.
	Then []string `json:"then"`
	// Applied is present after the change.
	Applied *AccessApplied `json:"applied,omitempty"`
}

// AccessApplied is a change that was made.
type AccessApplied struct {
	Transaction int             `json:"transaction"`
	Verdict     network.Verdict `json:"verdict"` // of the new policy
	Refused     []string        `json:"refused"` // the permissions that it still refuses
}

// AccessPlanOf returns the document of a fix as a change; done is nil before it is made.
func AccessPlanOf(policyName string, x *say.AccessFixes, p *senet.AccessPlan, done *senet.AccessDone) AccessPlan {
	out := AccessPlan{
		Schema: "senet.access-plan/1", Policy: policyName, Fix: p.Fix.Name(x.Policy), Steps: StepsOf(p.Change),
		Then: []string{},
	}
	if p.Place != nil {
		out.Then = append(out.Then, x.RelabelCommand(*p.Place).String())
	}
	if done != nil {
		out.Applied = &AccessApplied{Transaction: done.Entry.ID, Verdict: network.Allowed,
			Refused: OrEmpty(done.Refused)}
		if len(done.Refused) > 0 {
			out.Applied.Verdict = network.Denied
		}
	}
	return out
}
