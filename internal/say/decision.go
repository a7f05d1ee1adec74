package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// A decision describes the decision of an access in words.
type decision struct {
	*senet.Decision
	p       *policy.Policy
	d       *access.Decider
	verbose bool
	modules *provenance.Finder
}

// Decision adds the verdict, each permission with the rule or the reason, and what would change it.
// verbose adds the access vectors and all rules; modules, if not nil, finds the statements of the
// rules.
func Decision(b *words.Page, p *policy.Policy, d *senet.Decision, verbose bool, modules *provenance.Finder) {
	o := &decision{Decision: d, p: p, d: access.NewDecider(p), verbose: verbose, modules: modules}
	verdict, may := "YES", "may"
	if !o.Allowed() {
		verdict, may = "NO", "may not"
	}
	b.Printf("%-4s  %s %s %s\n", verdict, o.typeName(o.Source), may, o.what())
	for _, g := range o.groups() {
		b.Printf("      %-7s  %s\n", o.state(g.allowed), words.Wrap(g.perms, 15))
		for _, line := range g.lines {
			b.Printf("               %s\n", words.Wrap(line, 17))
		}
	}
	if o.Permissive() {
		b.Printf("note  %s is permissive: what is denied is only logged\n", o.typeName(o.Source))
	}
	for _, s := range o.Switches {
		b.Printf("bool  %s would allow it\n", Settings(o.p, s, " and "))
	}
	if o.verbose {
		b.Printf("words allowed=%x auditallow=%x auditdeny=%x flags=%d\n",
			o.Words.Allowed, o.Words.AuditAllow, o.Words.AuditDeny, o.Words.Flags)
	}
}

func (o *decision) state(allowed bool) string {
	if allowed {
		return "allowed"
	}
	return "DENIED"
}

func (o *decision) typeName(c policy.Context) string {
	return o.p.TypeName(policy.TypeID(c.Type))
}

// what returns the access that was asked for, as in a rule.
func (o *decision) what() string {
	object := o.typeName(o.Target) + ":" + o.p.ClassName(o.Class)
	if len(o.Query.Perms) == 0 {
		if o.Allowed() {
			return "do some of these to " + object
		}
		return "do anything to " + object
	}
	names := make([]string, len(o.Perms))
	for i := range o.Perms {
		names[i] = o.Perms[i].Name
	}
	if len(names) == 1 {
		return names[0] + " " + object
	}
	return "{ " + strings.Join(names, " ") + " } " + object
}

// A permGroup is a group of permissions with the same answer.
type permGroup struct {
	perms   string
	allowed bool
	lines   []string
}

func (o *decision) groups() []permGroup {
	var groups []permGroup
	for i := range o.Perms {
		pc := &o.Perms[i]
		g := permGroup{perms: pc.Name, allowed: pc.Allowed, lines: o.reasonLines(pc)}
		if n := slices.IndexFunc(groups, func(o permGroup) bool {
			return o.allowed == g.allowed &&
				slices.Equal(o.lines, g.lines)
		}); n >= 0 {
			groups[n].perms += " " + g.perms
			continue
		}
		groups = append(groups, g)
	}
	return groups
}

// reasonLines names the rule that grants a permission, or the reason of the denial.
func (o *decision) reasonLines(pc *access.PermCheck) []string {
	r := &pc.Reason
	var lines []string
	switch r.Code {
	case access.Granted:
		return o.ruleLines(r.Rules)
	case access.NoRule:
		lines = append(lines, "no rule allows it")
	case access.BoolOff:
		lines = append(lines, "a boolean disables the rule that would allow it:")
		lines = append(lines, o.ruleLines(r.Rules)...)
	case access.Constrained:
		for _, c := range r.Constraints {
			reason := o.d.ExplainConstraint(c, o.Source, o.Target)
			// Constraints are on many permissions; the sentence does not name
			// this one, so that those with the same reason are printed together.
			lines = append(lines, "a constraint refuses it: "+reason.Sentence("it"))
			if text := reason.Expression(); o.verbose && text != "" {
				lines = append(lines, text)
			}
		}
	case access.RoleRefused:
		lines = append(lines, words.Sprintf("no role allow rule permits the change from %s to %s",
			o.p.RoleName(policy.RoleID(o.Source.Role)), o.p.RoleName(policy.RoleID(o.Target.Role))))
	case access.Bounded:
		lines = append(lines, words.Sprintf("%s, which bounds %s, may not [%s]", o.p.TypeName(r.Bound),
			o.typeName(o.Source), r.BoundReason.Code))
	}
	lines[0] += " [" + string(r.Code) + "]"
	if len(r.DontAudit) > 0 {
		lines = append(lines, "and a dontaudit rule keeps the denial out of the log")
	}
	return lines
}

// ruleLines writes rules with the attributes by which they apply: only the first, and with -v all.
func (o *decision) ruleLines(rules []policy.Rule) []string {
	var lines []string
	for i, r := range rules {
		if i == 1 && !o.verbose {
			lines = append(lines, words.Sprintf("and %d more rules (-v shows them)", len(rules)-1))
			if len(rules) == 2 {
				lines[1] = "and 1 more rule (-v shows it)"
			}
			break
		}
		line := Rule(o.p, r, o.Asked(o.p))
		if path := o.attributePath(r); path != "" {
			line += " " + path
		}
		lines = append(lines, line)
		lines = append(lines, Origins(o.modules, o.p, r, o.Asked(o.p))...)
	}
	return lines
}

// attributePath says by which attributes a rule applies, "" if it names both types.
func (o *decision) attributePath(r policy.Rule) string {
	var path []string
	if uint32(r.Source) != o.Source.Type {
		path = append(path, o.typeName(o.Source)+" has attribute "+o.p.TypeName(r.Source))
	}
	if uint32(r.Target) != o.Target.Type && (o.Target.Type != o.Source.Type || r.Target != r.Source) {
		path = append(path, o.typeName(o.Target)+" has attribute "+o.p.TypeName(r.Target))
	}
	if len(path) == 0 {
		return ""
	}
	return "(" + strings.Join(path, ", ") + ")"
}
