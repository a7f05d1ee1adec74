package doc

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// Diff is the document of senet diff --json: schema senet.diff/1.
type Diff struct {
	Schema string `json:"schema"`
	// Before and After are the paths of the policies, or "example".
	Before string `json:"before"`
	After  string `json:"after"`
	// Host has the facts of the machine for the question about ports.
	Host host.Facts `json:"host"`
	// Differs says whether there is any difference.
	Differs bool `json:"differs"`
	// Ports are the domains that gain and lose ports.
	Ports      []Effect     `json:"ports"`
	Moved      []DiffMoved  `json:"moved"`
	Dangerous  []DiffDanger `json:"dangerous"`
	Permissive DiffNames    `json:"permissive"`
	// NeverAudited are types whose denials are never audited.
	NeverAudited DiffNames        `json:"never_audited"`
	Booleans     []DiffValue      `json:"booleans"`
	Unknown      *DiffValue       `json:"handle_unknown,omitempty"`
	Capabilities DiffNames        `json:"policy_capabilities"`
	Labels       []DiffLabel      `json:"port_labels"`
	Transitions  []DiffTransition `json:"transitions"`
	// Files are path patterns that get another label, of two systems.
	Files []DiffFile `json:"file_labels"`
	// Entered are the domains that others can newly enter.
	Entered []DiffEntry `json:"entered"`
	Types   DiffNames   `json:"types"`
	// Aliases are aliases of types: "ALIAS of TYPE".
	Aliases DiffNames `json:"aliases"`
	// Counts are the numbers of rules, expanded to types, that differ.
	Counts DiffCounts `json:"rule_counts"`
	// Other are other differences between the policies, such as constraints.
	Other []DiffSection `json:"other,omitempty"`
	// Rules are the rules that differ, with --rules.
	Rules []DiffRule `json:"rules,omitempty"`
	// Causes are the rules, as written, by which a domain gains or loses access, with --causes.
	Causes []DiffCause `json:"causes,omitempty"`
	// Statements are differing statements other than rules, with --rules or --causes.
	Statements []DiffStatement `json:"statements,omitempty"`
}

// A DiffCause is a rule of one policy, with the permissions that are gained or lost because of it.
// Change is added or removed.
type DiffCause struct {
	Change    string   `json:"change"`
	Kind      string   `json:"kind"`
	Source    string   `json:"source"`
	Target    string   `json:"target"`
	Class     string   `json:"class"`
	Perms     []string `json:"perms,omitempty"`
	Default   string   `json:"default,omitempty"`
	Condition string   `json:"condition,omitempty"`
	// Pairs counts the pairs of types that gain or lose because of it.
	Pairs int `json:"pairs"`
	// Known says that the other policy has the same rule; sources and targets are then the members
	// that the rule's attributes have only in this policy.
	Known   bool     `json:"in_both"`
	Sources []string `json:"sources,omitempty"`
	Targets []string `json:"targets,omitempty"`
	// Places are the statements of modules for the rule, with --modules.
	Places []string `json:"places,omitempty"`
}

// DiffCauseOf returns the document's form of a cause.
func DiffCauseOf(c *policydiff.Cause, places []string) DiffCause {
	p, r := c.Policy, c.Rule
	x := DiffCause{
		Change: "added", Kind: say.KindName(r.Kind), Source: p.TypeName(r.Source), Target: p.TypeName(r.Target),
		Class: p.ClassName(r.Class), Perms: c.Perms, Pairs: c.Cells, Known: c.Known, Sources: c.Sources,
		Targets: c.Targets, Places: places,
	}
	if c.Sign == policydiff.Removed {
		x.Change = "removed"
	}
	if r.Kind&policy.TypeRules != 0 {
		x.Default = p.TypeName(r.Default)
	}
	if r.Cond != 0 {
		x.Condition = say.Condition(p, r)
	}
	return x
}

// A DiffStatement is a differing statement other than a rule. Change is added, removed or modified.
// A modified one has the old value of its key in before and the new one in after.
type DiffStatement struct {
	Part   string   `json:"part"`
	Change string   `json:"change"`
	Text   string   `json:"text"`
	Before []string `json:"before,omitempty"`
	After  []string `json:"after,omitempty"`
}

// DiffStatementOf returns the document's form of a difference of statements.
func DiffStatementOf(part string, c *policydiff.StatementChange) DiffStatement {
	switch {
	case c.Before == nil:
		return DiffStatement{Part: part, Change: "added", Text: c.After.Text}
	case c.After == nil:
		return DiffStatement{Part: part, Change: "removed", Text: c.Before.Text}
	}
	lost, gained := c.Values()
	return DiffStatement{Part: part, Change: "modified", Text: c.Key, Before: lost, After: gained}
}

// DiffSection is a part of a policy, with SETools' name, and the number of differences in it.
type DiffSection struct {
	Title  string     `json:"title"`
	Counts DiffCounts `json:"counts"`
}

// DiffNames are names that only one policy has.
type DiffNames struct {
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
}

// A DiffValue is a value before and after, "" if there is none.
type DiffValue struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// A DiffLabel is a range of ports whose label changes. Before and after are contexts.
type DiffLabel struct {
	Protocol string    `json:"protocol"`
	Ports    PortRange `json:"ports"`
	Before   string    `json:"before"`
	After    string    `json:"after"`
}

// A DiffTransition is a program's type with the domain that it starts in, "" if there is no rule.
type DiffTransition struct {
	Source  string `json:"source"`
	Program string `json:"program"`
	Before  string `json:"before"`
	After   string `json:"after"`
}

// A DiffFile is a path pattern with the kind of files, as ls -l writes it, "" for all, and its
// context before and after.
type DiffFile struct {
	Pattern string `json:"pattern"`
	Kind    string `json:"kind"`
	Before  string `json:"before"`
	After   string `json:"after"`
}

// A DiffEntry is a domain that another one can enter, by a program or dynamically, with the dangers
// that it has and the source does not have.
type DiffEntry struct {
	Source  string   `json:"source"`
	Domain  string   `json:"domain"`
	Dynamic bool     `json:"dynamic"`
	Powers  []string `json:"powers"`
}

// A DiffMoved is a type that was renamed, or split if it still exists.
type DiffMoved struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Alias bool   `json:"alias"`
	Gone  bool   `json:"gone"`
	// The new type has Taken of the lost accesses of the old one.
	Taken int        `json:"taken"`
	Lost  int        `json:"lost"`
	Ports []DiffLost `json:"lost_ports"`
}

// DiffLost are ports that one type lost and the other did not gain.
type DiffLost struct {
	Protocol string  `json:"protocol"`
	Action   string  `json:"action"`
	Ports    PortSet `json:"ports"`
}

// A DiffDanger is a dangerous gain: why is policy, module, memory, disk, passwords,
// ptrace, domain or bpf.
type DiffDanger struct {
	Domain string   `json:"domain"`
	Why    string   `json:"why"`
	Rule   DiffRule `json:"rule"`
}

// DiffCounts count rules.
type DiffCounts struct {
	Added    int `json:"added"`
	Removed  int `json:"removed"`
	Modified int `json:"modified"`
}

// A DiffRule is one rule that differs. Change is added, removed or modified; before
// and after are permissions.
type DiffRule struct {
	Change string `json:"change"`
	Kind   string `json:"kind"`
	Source string `json:"source"`
	Target string `json:"target"`
	Class  string `json:"class"`
	// Condition is the expression of the conditional, and branch its value under which the rule is
	// active.
	Condition      string   `json:"condition,omitempty"`
	Branch         *bool    `json:"branch,omitempty"`
	Before         []string `json:"before,omitempty"`
	After          []string `json:"after,omitempty"`
	FileName       string   `json:"file_name,omitempty"`
	DefaultBefore  string   `json:"default_before,omitempty"`
	DefaultAfter   string   `json:"default_after,omitempty"`
	CommandsBefore PortSet  `json:"commands_before,omitempty"`
	CommandsAfter  PortSet  `json:"commands_after,omitempty"`
}

// DiffOf returns the document of a report.
func DiffOf(before, after string, facts *host.Facts, r *policydiff.Report) *Diff {
	d := &Diff{
		Schema: "senet.diff/1", Before: before, After: after, Host: *facts, Differs: !r.Empty(),
		Ports: EffectsOf(r.Ports), Moved: []DiffMoved{}, Dangerous: []DiffDanger{},
		NeverAudited: diffNames(r.NeverAudited), Aliases: diffNames(r.Aliases),
		Permissive: diffNames(r.Permissive), Capabilities: diffNames(r.Capabilities), Types: diffNames(r.Types),
		Booleans: []DiffValue{}, Labels: []DiffLabel{}, Transitions: []DiffTransition{}, Counts: DiffCounts(r.Rules),
	}
	if r.Unknown[0] != r.Unknown[1] {
		d.Unknown = &DiffValue{"handle_unknown", r.Unknown[0].String(), r.Unknown[1].String()}
	}
	for _, s := range r.Other {
		d.Other = append(d.Other, DiffSection{s.Title, DiffCounts(s.Count)})
	}
	for _, b := range r.Booleans {
		d.Booleans = append(d.Booleans, DiffValue(b))
	}
	for _, l := range r.Labels {
		d.Labels = append(d.Labels, DiffLabel{policy.ProtocolName(uint32(l.Protocol)), PortRange(l.Ports), l.Before,
			l.After})
	}
	for _, t := range r.Transitions {
		d.Transitions = append(d.Transitions, DiffTransition(t))
	}
	d.Files, d.Entered = []DiffFile{}, []DiffEntry{}
	for _, f := range r.Files {
		x := DiffFile{Pattern: f.Pattern, Before: f.Before, After: f.After}
		if f.Kind != 0 {
			x.Kind = string(rune(f.Kind))
		}
		d.Files = append(d.Files, x)
	}
	for _, e := range r.Entered {
		d.Entered = append(d.Entered, DiffEntry(e))
	}
	for _, m := range r.Moved {
		moved := DiffMoved{m.From, m.To, m.Alias, m.Gone, m.Taken, m.Lost, []DiffLost{}}
		for _, p := range m.Ports {
			moved.Ports = append(moved.Ports, DiffLost{p.Protocol, p.Operation, portSetOf(p.Ports)})
		}
		d.Moved = append(d.Moved, moved)
	}
	for i := range r.Dangerous {
		x := &r.Dangerous[i]
		d.Dangerous = append(d.Dangerous, DiffDanger{x.Domain, x.Why, DiffRuleOf(&x.Rule)})
	}
	return d
}

func diffNames(n policydiff.Names) DiffNames { return DiffNames{OrEmpty(n.Added), OrEmpty(n.Removed)} }

// DiffRuleOf returns the document's form of a difference of rules.
func DiffRuleOf(r *policydiff.RuleChange) DiffRule {
	x := DiffRule{
		Kind: say.KindName(r.Kind), Source: r.Source, Target: r.Target, Class: r.Class, Condition: r.Cond,
		Before: r.Before, After: r.After,
		FileName: r.FileName, DefaultBefore: r.DefaultBefore, DefaultAfter: r.DefaultAfter,
		CommandsBefore: portSetOf(r.CommandsBefore), CommandsAfter: portSetOf(r.CommandsAfter),
	}
	if r.Cond != "" {
		x.Branch = &r.Branch
	}
	switch r.Sign() {
	case policydiff.Added:
		x.Change = "added"
	case policydiff.Removed:
		x.Change = "removed"
	case policydiff.Modified:
		x.Change = "modified"
	}
	return x
}
