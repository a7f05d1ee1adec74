package setools

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// The layout of sesearch of SETools 3.3.8: a heading and a blank line around each section, permissions in the order
// of their bits, conditionals in postfix order. Two things differ. The rules have the order of SETools 4, while
// 3.3.8 used the order of the policy's hash tables. A section without rules is left out, while 3.3.8 printed a
// blank line for it.

// classicSection is one search of the classic form.
type classicSection struct {
	kinds RuleKinds
	run   func(*classicSearch) error
}

type classicSearch struct {
	*searcher
}

func (s *searcher) runClassic() error {
	c := &classicSearch{s}
	sections := [...]classicSection{
		{Allow | AuditAllow | DontAudit | NeverAllow, (*classicSearch).accessRules},
		{TypeTransition | TypeChange | TypeMember, (*classicSearch).typeRules},
		{TypeTransition, (*classicSearch).namedRules},
		{RoleAllow, (*classicSearch).roleAllows},
		{RoleTransition, (*classicSearch).roleTransitions},
		{RangeTransition, (*classicSearch).rangeTransitions},
	}
	for _, section := range sections {
		if !s.a.Kinds.Has(section.kinds) {
			continue
		}
		if err := section.run(c); err != nil {
			return err
		}
	}
	return nil
}

func (c *classicSearch) heading(n int, what string) {
	c.out.line("Found " + strconv.Itoa(n) + " " + what + ":")
}

// accessRules ignores -D, as SETools 3 does.
func (c *classicSearch) accessRules() error {
	q, err := c.teQuery()
	if err != nil {
		return err
	}
	q.Default = query.TypeMatch{}
	return c.teSection(q, Allow|AuditAllow|DontAudit, "semantic av rules", c.appendAccessRule)
}

// typeRules ignores -p, as SETools 3 does.
func (c *classicSearch) typeRules() error {
	q, err := c.teQuery()
	if err != nil {
		return err
	}
	q.Perms, q.Named = query.SetMatch{}, query.False
	return c.teSection(q, TypeTransition|TypeChange|TypeMember, "semantic te rules", c.appendTypeRule)
}

// namedRules ignores -p and -b, as SETools 3 does.
func (c *classicSearch) namedRules() error {
	q, err := c.teQuery()
	if err != nil {
		return err
	}
	q.Perms, q.Bools, q.Named = query.SetMatch{}, query.SetMatch{}, query.True
	return c.teSection(q, TypeTransition, "named file transition rules", c.appendNamedRule)
}

// teSection searches type enforcement rules and writes each with the given function.
func (c *classicSearch) teSection(q query.TERuleQuery, kinds RuleKinds, heading string,
	write func([]byte, *ruleTable, ruleParts) []byte) error {
	t, err := c.table(q, c.a.Kinds&kinds)
	if err != nil {
		if c.otherDefault(err) {
			return nil
		}
		return err
	}
	if t.len() == 0 {
		return nil
	}
	c.heading(t.len(), heading)
	for i := range t.len() {
		c.out.buf = append(write(c.out.buf, t, t.at(i)), '\n')
		c.out.done()
	}
	c.out.line("")
	return nil
}

// otherDefault reports whether err only says that -D names no type: it names a role, which another section
// searches.
func (c *classicSearch) otherDefault(err error) bool {
	var u *query.UnknownError
	if !errors.As(err, &u) || u.Names[0] != c.a.Default || !c.a.Kinds.Has(RoleTransition) {
		return false
	}
	_, isRole := c.p.Role(c.a.Default)
	return isRole && u.Kind == query.NameType
}

// appendState appends the two letters of a rule's state: Enabled or Disabled, True or False branch.
func (c *classicSearch) appendState(b []byte, cond uint32) []byte {
	if !c.a.ShowCond || cond == 0 {
		return append(b, "   "...)
	}
	state, branch := byte('D'), byte('F')
	if cond&1 != 0 {
		branch = 'T'
	}
	if c.p.BranchEnabled(policy.CondID(cond/2), cond&1 != 0) {
		state = 'E'
	}
	return append(b, state, branch, ' ')
}

// appendCond appends the text after a rule in a conditional: a blank and the conditional's expression.
func (c *classicSearch) appendCond(b []byte, cond uint32) []byte {
	b = append(b, ' ')
	if !c.a.ShowCond || cond == 0 {
		return b
	}
	b = append(b, "[ "...)
	b = append(b, condPostfix(c.p, c.p.CondExpr(policy.CondID(cond/2)))...)
	return append(b, " ]"...)
}

func (c *classicSearch) appendHead(b []byte, t *ruleTable, r ruleParts, v *tail) []byte {
	b = append(append(b, ruleKindNames()[r.kind]...), ' ')
	b = append(append(b, t.sources.names[r.source]...), ' ')
	b = append(append(b, t.targets.names[r.target]...), " : "...)
	return append(append(b, c.p.ClassName(v.class)...), ' ')
}

func (c *classicSearch) appendAccessRule(b []byte, t *ruleTable, r ruleParts) []byte {
	v, cond := &t.tails.all[t.ends.ids[r.tail]], t.conds.ids[r.cond]
	b = c.appendHead(c.appendState(b, cond), t, r, v)
	several := permCount(v.perms) > 1
	if several {
		b = append(b, "{ "...)
	}
	for bit, name := range c.p.Perms(v.class) {
		if v.perms>>bit&1 != 0 {
			b = append(append(b, name...), ' ')
		}
	}
	if several {
		b = append(b, "} "...)
	}
	return c.appendCond(append(b, ';'), cond)
}

func (c *classicSearch) appendTypeRule(b []byte, t *ruleTable, r ruleParts) []byte {
	v, cond := &t.tails.all[t.ends.ids[r.tail]], t.conds.ids[r.cond]
	b = c.appendHead(c.appendState(b, cond), t, r, v)
	b = append(append(b, c.p.TypeName(v.dflt)...), ';')
	return c.appendCond(b, cond)
}

func (c *classicSearch) appendNamedRule(b []byte, t *ruleTable, r ruleParts) []byte {
	v := &t.tails.all[t.ends.ids[r.tail]]
	b = c.appendHead(b, t, r, v)
	b = append(append(b, c.p.TypeName(v.dflt)...), ` "`...)
	return append(append(b, v.fileName...), `";`...)
}

// roleAllows uses --role_source and --role_target alone, as SETools 3 does.
func (c *classicSearch) roleAllows() error {
	return c.roleSection(SesearchArgs{
		Kinds: RoleAllow, Source: c.a.RoleSource, SourceRegex: c.a.SourceRegex, Target: c.a.RoleTarget,
		TargetRegex: c.a.TargetRegex,
	}, "role allow rules", func(r *query.RBACRule) string {
		return "allow " + c.p.RoleName(r.Source) + " " + c.p.RoleName(r.TargetRole)
	})
}

// roleTransitions uses --role_source, -t and -D, as SETools 3 does, and does not write the class.
func (c *classicSearch) roleTransitions() error {
	return c.roleSection(SesearchArgs{
		Kinds: RoleTransition, Source: c.a.RoleSource, SourceRegex: c.a.SourceRegex,
		Target: c.a.Target, TargetRegex: c.a.TargetRegex, TargetDirect: c.a.TargetDirect,
		Default: c.a.Default, DefaultRegex: c.a.DefaultRegex,
	}, "role_transition rules", func(r *query.RBACRule) string {
		return "role_transition " + c.p.RoleName(r.Source) + " " + c.p.TypeName(r.TargetType) + " " +
			c.p.RoleName(r.Default)
	})
}

func (c *classicSearch) roleSection(a SesearchArgs, heading string, text func(*query.RBACRule) string) error {
	s := *c.searcher
	s.a = &a
	rules, err := s.rbacRules()
	var u *query.UnknownError
	if errors.As(err, &u) && a.Default != "" && u.Names[0] == a.Default && c.a.Kinds.Has(TERules) {
		if _, isType := c.p.TypeOrAttribute(a.Default); isType {
			return nil // -D is meant for another section
		}
	}
	if err != nil || len(rules) == 0 {
		return err
	}
	c.heading(len(rules), heading)
	for i := range rules {
		c.out.line("   " + text(&rules[i].rule) + ";")
	}
	c.out.line("")
	return nil
}

// rangeTransitions ignores -D, as SETools 3 does.
func (c *classicSearch) rangeTransitions() error {
	s, a := *c.searcher, *c.a
	a.Default = ""
	s.a = &a
	rules, err := s.mlsRules()
	if err != nil || len(rules) == 0 {
		return err
	}
	c.heading(len(rules), "range_transition rules")
	for _, r := range rules {
		b := append([]byte("   range_transition "), c.p.TypeName(r.rule.Source)...)
		b = append(append(b, ' '), c.p.TypeName(r.rule.Target)...)
		b = append(append(b, " : "...), c.p.ClassName(r.rule.Class)...)
		levels := appendInfoRange(nil, c.p, &r.rule.Range)
		b = append(append(b, ' '), bytes.ReplaceAll(levels, []byte(","), []byte(", "))...)
		c.out.line(string(append(b, ';')))
	}
	c.out.line("")
	return nil
}
