// Package diffreport writes the changes from one policy to another in the formats of reviews:
// Markdown for a pull request, and SARIF.
package diffreport

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
	"github.com/senet-selinux/senet/reach"
)

// A finding is one change for the reviewer.
type finding struct {
	rule string // the id of a rule below
	text string
	// who gains or loses what, of ports, as "connect tcp/5601", which may be shortened; ports are all of them.
	who, what, ports string
	cause
}

// A rule is a kind of finding, with its level in SARIF.
type rule struct{ id, level, title string }

// rules returns the kinds of findings in the order of the report.
func rules() []rule {
	return []rule{
		{"ports-gained", "warning", "Domains gain ports"},
		{"ports-lost", "warning", "Domains lose ports"},
		{"moved", "note", "Types are renamed or split"},
		{"dangerous", "error", "Domains gain dangerous access"},
		{"entered", "error", "Domains can reach more powerful domains"},
		{"permissive", "error", "Domains are permissive"},
		{"enforced", "note", "Domains are no longer permissive"},
		{"boolean", "warning", "Booleans have other values"},
		{"unknown", "warning", "Unknown permissions are handled in another way"},
		{"capability", "warning", "Policy capabilities are switched"},
		{"port-label", "note", "Ports have other labels"},
		{"file-label", "note", "Files get other labels"},
		{"transition", "note", "Programs are started in another domain"},
		{"type", "note", "Types are added and removed"},
		{"statements", "note", "Other parts differ"},
	}
}

// findings returns all findings of a report, sorted by rule.
func findings(r *policydiff.Report) []finding {
	var list []finding
	add := func(rule, format string, args ...any) {
		list = append(list, finding{rule: rule, text: fmt.Sprintf(format, args...)})
	}
	list = append(list, ports(r.Ports)...)
	for i := range r.Moved {
		add("moved", "%s", say.Moved(&r.Moved[i]))
	}
	list = append(list, dangerous(r.Dangerous)...)
	for i := range r.Entered {
		x := &r.Entered[i]
		perm := "transition"
		if x.Dynamic {
			perm = "dyntransition"
		}
		list = append(list, finding{rule: "entered", text: say.Entered(x),
			cause: allowed(x.Source, x.Domain, "process", perm)})
	}
	for _, part := range []struct {
		rule, text string
		list       []string
	}{
		{"permissive", "%s is permissive", r.Permissive.Added},
		{"enforced", "%s is no longer permissive", r.Permissive.Removed},
		{"capability", "%s is on", r.Capabilities.Added}, {"capability", "%s is off", r.Capabilities.Removed},
		{"type", "the type %s is new", r.Types.Added}, {"type", "the type %s is gone", r.Types.Removed},
		{"type", "an alias: %s", r.Aliases.Added}, {"type", "no longer an alias: %s", r.Aliases.Removed},
		{"statements", "%s is never audited", r.NeverAudited.Added},
		{"statements", "%s is audited again", r.NeverAudited.Removed},
	} {
		for _, name := range part.list {
			add(part.rule, part.text, name)
		}
	}
	for _, b := range r.Booleans {
		add("boolean", "%s is %s, was %s", b.Name, orNone(b.After), orNone(b.Before))
	}
	if r.Unknown[0] != r.Unknown[1] {
		add("unknown", "what the policy does not define is %s, was %s", handling(r.Unknown[1]), handling(r.Unknown[0]))
	}
	for _, l := range r.Labels {
		add("port-label", "%s/%s is %s, was %s", policy.ProtocolName(uint32(l.Protocol)), l.Ports, l.After, l.Before)
	}
	for i := range r.Files {
		add("file-label", "%s", say.FileLabel(&r.Files[i]))
	}
	for _, t := range r.Transitions {
		text := fmt.Sprintf("%s starts %s as %s, was %s", t.Source, t.Program, orNone(t.After), orNone(t.Before))
		by := allowed(t.Source, t.Program, "process", "")
		by.kind, by.gone = policy.TypeTransition, t.After == ""
		list = append(list, finding{rule: "transition", text: text, cause: by})
	}
	if n := r.Rules; n.Total() > 0 {
		add("statements", "Rules, expanded to types: %d added, %d removed, %d modified",
			n.Added, n.Removed, n.Modified)
	}
	for _, s := range r.Other {
		add("statements", "%s: %d added, %d removed, %d modified",
			s.Title, s.Count.Added, s.Count.Removed, s.Count.Modified)
	}
	order := rules()
	place := func(id string) int { return slices.IndexFunc(order, func(r rule) bool { return r.id == id }) }
	slices.SortStableFunc(list, func(a, b finding) int { return place(a.rule) - place(b.rule) })
	return list
}

func ports(effects []impact.Effect) (list []finding) {
	for i := range effects {
		e := &effects[i]
		for _, part := range []struct {
			rule, verb string
			list       []reach.DomainPorts
		}{{"ports-gained", "gains", e.Gain}, {"ports-lost", "loses", e.Lose}} {
			for k := range part.list {
				d := &part.list[k]
				what := fmt.Sprintf("%s %s/%s", e.Operation, e.Protocol, say.SomePorts(d.Ports))
				list = append(list, finding{
					rule: part.rule, text: d.Domain + " " + part.verb + " " + what, who: d.Domain, what: what,
					ports: fmt.Sprintf("%s %s %s", e.Operation, e.Protocol, d.Ports),
					cause: portCause(e, d, part.verb == "loses"),
				})
			}
		}
	}
	return list
}

// dangerous reports each domain and danger once, with the permissions that give it first.
func dangerous(all []policydiff.Danger) (list []finding) {
	type key struct{ domain, why string }
	known := make(map[key]bool)
	for i := range all {
		if d := &all[i]; !known[key{d.Domain, d.Why}] {
			known[key{d.Domain, d.Why}] = true
			rule := d.Rule
			rule.Before, rule.After = nil, d.Perms()
			by := allowed(rule.Source, rule.Target, rule.Class, rule.After...)
			by.cell = &d.Rule
			text := fmt.Sprintf("%s %s: %s", d.Domain, say.Danger(d.Why), say.RuleChange(&rule))
			list = append(list, finding{rule: "dangerous", text: text, cause: by})
		}
	}
	return list
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func handling(h policydb.HandleUnknown) string {
	switch h {
	case policydb.UnknownAllow:
		return "allowed"
	case policydb.UnknownReject:
		return "a reason not to load the policy"
	}
	return "denied"
}

// ofKind returns the findings of a kind.
func ofKind(list []finding, id string) (some []finding) {
	for _, f := range list {
		if f.rule == id {
			some = append(some, f)
		}
	}
	return some
}
