package query

import (
	"iter"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A TERuleQuery selects type enforcement rules; the zero TERuleQuery selects
// all.
type TERuleQuery struct {
	Kinds policy.RuleKind // any of these kinds, 0 for all

	Source, Target TypeMatch
	Classes        ClassMatch
	// Perms accepts access vector rules by their permissions, and rules of extended
	// permissions as if they had one permission, "ioctl" or "nlmsg". Every name must be a
	// permission of one of the Classes if they are set, else of any class. All takes
	// precedence over Equal.
	Perms  SetMatch
	XPerms XPermMatch
	// Default accepts type_transition, type_change and type_member by their resulting
	// type.
	Default TypeMatch
	// Bools accepts rules in conditionals by the booleans of the expression, in either
	// branch.
	Bools       SetMatch
	Conditional Truth // whether the rule is in a conditional
	Enabled     Truth // whether it is active with the policy's booleans
	// FileName accepts named type_transitions by the name of the new object.
	FileName Match
	Named    Truth // whether the rule is a named type_transition
}

// A TERule is a type enforcement rule: one of the policy's rules, or a named
// type_transition, which yields one rule for each source.
type TERule struct {
	policy.Rule
	Named    bool
	FileName string // if Named
}

// TERules yields the rules that the query selects: first the unconditional
// ones, then named type_transitions, then those of each conditional. The error
// is an [*UnknownError].
func TERules(p *policy.Policy, q TERuleQuery) (iter.Seq[TERule], error) {
	s := teSearch{p: p, q: q}
	if s.q.Kinds == 0 {
		s.q.Kinds = policy.AccessRules | policy.TypeRules | policy.XPermRules
	}
	if err := s.resolve(); err != nil {
		return nil, err
	}
	return s.rules, nil
}

// teSearch is a query with its names resolved.
type teSearch struct {
	p        *policy.Policy
	q        TERuleQuery
	filter   policy.RuleFilter
	defaults *policy.Set[policy.TypeID]
	perms    *permTest
	xperms   *xpermTest
	conds    *policy.Set[policy.CondID]
}

// resolve resolves the names in sesearch's order.
func (s *teSearch) resolve() (err error) {
	f := &s.filter
	f.Kinds = s.q.Kinds
	if f.Targets, err = s.q.Target.resolve(s.p); err != nil {
		return err
	}
	if f.Sources, err = s.q.Source.resolve(s.p); err != nil {
		return err
	}
	if s.defaults, err = s.q.Default.resolve(s.p); err != nil {
		return err
	}
	if f.Classes, err = s.q.Classes.resolve(s.p); err != nil {
		return err
	}
	if s.perms, err = newPermTest(s.p, &s.q.Perms, s.q.Classes); err != nil {
		return err
	}
	s.xperms = newXPermTest(s.q.XPerms)
	if s.conds, err = resolveConds(s.p, &s.q.Bools); err != nil {
		return err
	}
	f.Conds = s.conds
	s.narrow()
	return nil
}

// narrow keeps only kinds of rules that the criteria may accept, and classes with a
// wanted permission.
func (s *teSearch) narrow() {
	if s.perms != nil {
		s.filter.Kinds &^= policy.TypeRules
		if !s.perms.ioctl && !s.perms.nlmsg {
			s.filter.Kinds &^= policy.XPermRules
			s.filter.Classes = s.perms.classes(s.p, s.filter.Classes)
		}
	}
	if s.xperms != nil {
		s.filter.Kinds &= policy.XPermRules
	}
	if s.defaults != nil {
		s.filter.Kinds &= policy.TypeRules
	}
	if s.q.Named == True || !s.q.FileName.isZero() {
		s.filter.Kinds = 0
	}
}

// classes returns the classes of a set, nil for all, with a wanted permission.
func (t *permTest) classes(p *policy.Policy, set *policy.Set[policy.ClassID]) *policy.Set[policy.ClassID] {
	s := policy.NewSet(p.MaxClass())
	for id := range t.byClass {
		if t.byClass[id].want != 0 && has(set, policy.ClassID(id)) {
			s.Add(policy.ClassID(id))
		}
	}
	return &s
}

func (s *teSearch) rules(yield func(TERule) bool) {
	named := s.wantsNamed()
	if s.filter.Kinds != 0 {
		for r := range s.p.Rules(s.filter) {
			if named && r.Cond != 0 {
				if !s.named(yield) {
					return
				}
				named = false
			}
			if s.accepts(&r) && !yield(TERule{Rule: r}) {
				return
			}
		}
	}
	if named {
		s.named(yield)
	}
}

// accepts applies the criteria that the filter does not cover.
func (s *teSearch) accepts(r *policy.Rule) bool {
	if s.defaults != nil && !s.defaults.Has(r.Default) ||
		s.q.Conditional != Either && !s.q.Conditional.accepts(r.Cond != 0) ||
		s.q.Enabled != Either && !s.q.Enabled.accepts(s.p.Enabled(*r)) {
		return false
	}
	if r.Kind&policy.XPermRules == 0 {
		return s.perms == nil || s.perms.accepts(r.Class, r.Perms)
	}
	if s.perms == nil && s.xperms == nil {
		return true
	}
	x := s.p.XPerms(*r)
	return (s.perms == nil || s.perms.acceptsXPerms(x.Specified)) && (s.xperms == nil || s.xperms.accepts(&x))
}

// wantsNamed reports whether named type_transitions can meet the criteria. They have no
// permissions and are in no conditional.
func (s *teSearch) wantsNamed() bool {
	return s.q.Kinds&policy.TypeTransition != 0 && s.perms == nil && s.xperms == nil && s.conds == nil &&
		s.q.Conditional != True && s.q.Enabled != False && s.q.Named != False
}

// named yields the named type_transitions and reports whether to go on.
func (s *teSearch) named(yield func(TERule) bool) bool {
	for f := range s.p.FilenameTransitions() {
		r := TERule{
			Rule: policy.Rule{
				Kind:    policy.TypeTransition,
				Target:  policy.TypeID(f.Target),
				Class:   policy.ClassID(f.Class),
				Default: policy.TypeID(f.Result),
			},
			Named: true, FileName: f.Name,
		}
		if !has(s.filter.Targets, r.Target) || !has(s.filter.Classes, r.Class) || !has(s.defaults, r.Default) ||
			!s.q.FileName.accepts(f.Name) {
			continue
		}
		if !s.sources(&r, f, yield) {
			return false
		}
	}
	return true
}

func (s *teSearch) sources(r *TERule, f policydb.FilenameTrans, yield func(TERule) bool) bool {
	for source := range f.AllSources() {
		r.Source = policy.TypeID(source)
		if has(s.filter.Sources, r.Source) && !yield(*r) {
			return false
		}
	}
	return true
}
