package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// write prints the answer for a person: the verdict, each permission with the
// rule or the reason, what would change it, the next command.
func (q *accessQuestion) write(w io.Writer) error {
	var b words.Page
	verdict, may := "YES", "may"
	if !q.allowed() {
		verdict, may = "NO", "may not"
	}
	b.Printf("%-4s  %s %s %s\n", verdict, q.typeName(q.source), may, q.what())
	for _, g := range q.groups() {
		b.Printf("      %-7s  %s\n", q.state(g.allowed), words.Wrap(g.perms, 15))
		for _, line := range g.lines {
			b.Printf("               %s\n", words.Wrap(line, 17))
		}
	}
	if q.permissive() {
		b.Printf("note  %s is permissive: what is denied is only logged\n", q.typeName(q.source))
	}
	for _, s := range q.switches() {
		b.Printf("bool  %s would allow it\n", say.Settings(q.p, s, " and "))
	}
	if q.verbose {
		b.Printf("words allowed=%x auditallow=%x auditdeny=%x flags=%d\n",
			q.decision.Allowed, q.decision.AuditAllow, q.decision.AuditDeny, q.decision.Flags)
	}
	b.Command("next", q.next())
	_, err := b.WriteTo(w)
	return err
}

func (q *accessQuestion) state(allowed bool) string {
	if allowed {
		return "allowed"
	}
	return "DENIED"
}

func (q *accessQuestion) typeName(c policy.Context) string {
	return q.p.TypeName(policy.TypeID(c.Type))
}

// what is what is asked for, as one would write it in a rule.
func (q *accessQuestion) what() string {
	object := q.typeName(q.target) + ":" + q.p.ClassName(q.class)
	if !q.named {
		if q.allowed() {
			return "do some of the below to " + object
		}
		return "do anything to " + object
	}
	names := make([]string, len(q.perms))
	for i := range q.perms {
		names[i] = q.perms[i].Name
	}
	if len(names) == 1 {
		return names[0] + " " + object
	}
	return "{ " + strings.Join(names, " ") + " } " + object
}

// A permGroup is permissions that are answered alike.
type permGroup struct {
	perms   string
	allowed bool
	lines   []string
}

func (q *accessQuestion) groups() []permGroup {
	var groups []permGroup
	for i := range q.perms {
		pc := &q.perms[i]
		g := permGroup{perms: pc.Name, allowed: pc.Allowed, lines: q.reasonLines(pc)}
		if n := slices.IndexFunc(groups, func(o permGroup) bool { return o.allowed == g.allowed && slices.Equal(o.lines, g.lines) }); n >= 0 {
			groups[n].perms += " " + g.perms
			continue
		}
		groups = append(groups, g)
	}
	return groups
}

// reasonLines says by which rule a permission is granted, or why it is refused.
func (q *accessQuestion) reasonLines(pc *access.PermCheck) []string {
	r := &pc.Reason
	var lines []string
	switch r.Code {
	case access.Granted:
		return q.ruleLines(r.Rules)
	case access.NoRule:
		lines = append(lines, "no rule allows it")
	case access.BoolOff:
		lines = append(lines, "a boolean switches off what would allow it:")
		lines = append(lines, q.ruleLines(r.Rules)...)
	case access.Constrained:
		for _, c := range r.Constraints {
			reason := q.d.ExplainConstraint(c, q.source, q.target)
			// Constraints are on many permissions; the sentence does not name
			// this one, so that those with the same reason are printed together.
			lines = append(lines, "a constraint refuses it: "+reason.Sentence("it"))
			if text := reason.Expression(); q.verbose && text != "" {
				lines = append(lines, text)
			}
		}
	case access.RoleRefused:
		lines = append(lines, words.Sprintf("no role allow rule permits the change from %s to %s",
			q.p.RoleName(policy.RoleID(q.source.Role)), q.p.RoleName(policy.RoleID(q.target.Role))))
	case access.Bounded:
		lines = append(lines, words.Sprintf("%s, which bounds %s, may not [%s]", q.p.TypeName(r.Bound), q.typeName(q.source), r.BoundReason.Code))
	}
	lines[0] += " [" + string(r.Code) + "]"
	if len(r.DontAudit) > 0 {
		lines = append(lines, "and a dontaudit rule keeps the denial out of the log")
	}
	return lines
}

// ruleLines writes rules with the attributes through which they apply: the
// first, and with -v all.
func (q *accessQuestion) ruleLines(rules []policy.Rule) []string {
	var lines []string
	for i, r := range rules {
		if i == 1 && !q.verbose {
			lines = append(lines, words.Sprintf("and %d more rules (-v shows them)", len(rules)-1))
			if len(rules) == 2 {
				lines[1] = "and 1 more rule (-v shows it)"
			}
			break
		}
		line := say.Rule(q.p, r, q.asked())
		if path := q.attributePath(r); path != "" {
			line += " " + path
		}
		lines = append(lines, line)
	}
	return lines
}

// asked is the permissions to show in rules.
func (q *accessQuestion) asked() policy.AccessVector {
	if !q.named {
		return q.p.AllPerms(q.class)
	}
	var asked policy.AccessVector
	for i := range q.perms {
		perm, _ := q.p.Perm(q.class, q.perms[i].Name)
		asked |= perm
	}
	return asked
}

// attributePath says through which attributes a rule applies, "" where it names
// both types.
func (q *accessQuestion) attributePath(r policy.Rule) string {
	var path []string
	if uint32(r.Source) != q.source.Type {
		path = append(path, q.typeName(q.source)+" has attribute "+q.p.TypeName(r.Source))
	}
	if uint32(r.Target) != q.target.Type && (q.target.Type != q.source.Type || r.Target != r.Source) {
		path = append(path, q.typeName(q.target)+" has attribute "+q.p.TypeName(r.Target))
	}
	if len(path) == 0 {
		return ""
	}
	return "(" + strings.Join(path, ", ") + ")"
}

// switches returns the settings of booleans that grant every permission that is
// refused, if the question named them.
func (q *accessQuestion) switches() [][]policy.BoolSetting {
	if !q.named || q.allowed() {
		return nil
	}
	var works [][]policy.BoolSetting
	for i := range q.perms {
		if q.perms[i].Allowed {
			continue
		}
		for _, s := range q.perms[i].Reason.Switches {
			granted := access.NewDecider(q.p.WithBools(s...)).Decide(q.source, q.target, q.class).Allowed
			if granted&q.asked() == q.asked() && !slices.ContainsFunc(works, func(o []policy.BoolSetting) bool { return slices.Equal(o, s) }) {
				works = append(works, s)
			}
		}
	}
	return works
}

// next is the command that leads on.
func (q *accessQuestion) next() shell.Command {
	again := shell.New("senet", "access").Arg(q.p.FormatContext(q.source), q.p.FormatContext(q.target), q.p.ClassName(q.class))
	if q.named {
		for i := range q.perms {
			again = again.Arg(q.perms[i].Name)
		}
	}
	again = again.With(q.repeat)
	if works := q.switches(); len(works) > 0 {
		return again.With(say.SettingFlags(q.p, works[0]))
	}
	if !q.allowed() && slices.ContainsFunc(q.perms, func(pc access.PermCheck) bool { return pc.Reason.Code == access.NoRule }) {
		return shell.New("senet", "search", "-A").Option("-s", q.typeName(q.source)).Option("-c", q.p.ClassName(q.class)).With(policyArg(q.policyName))
	}
	if q.verbose {
		return again.Flag("--json")
	}
	return again.Flag("-v")
}
