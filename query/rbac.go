package query

import (
	"iter"

	"github.com/senet-selinux/senet/policy"
)

// RBACKind is the kind of a role rule. Each is a bit, so that an RBACKind also
// serves as a set of kinds.
type RBACKind uint8

// The kinds of role rules.
const (
	RoleAllow RBACKind = 1 << iota
	RoleTransition
)

// An RBACRuleQuery selects role rules; the zero RBACRuleQuery selects all.
type RBACRuleQuery struct {
	Kinds  RBACKind // any of these kinds, 0 for all
	Source Match    // the name of a role
	// Target is the name of a type, alias or attribute, which accepts only
	// role_transition, or of a role, which accepts only role allow. A Regexp is matched
	// with the types of role_transition as in any TypeMatch, and with the roles of role
	// allow.
	Target TypeMatch
	// Classes and Default, the name of a role, accept only role_transition.
	Classes ClassMatch
	Default Match
}

// An RBACRule is a role allow, from the role Source to TargetRole, or a
// role_transition: a Source that executes a file of TargetType (or makes an
// object of Class related to it) gets the role Default.
type RBACRule struct {
	Kind       RBACKind // exactly one kind
	Source     policy.RoleID
	TargetRole policy.RoleID  // RoleAllow
	TargetType policy.TypeID  // RoleTransition: a type or attribute
	Class      policy.ClassID // RoleTransition; the process class in policies without a class here
	Default    policy.RoleID  // RoleTransition
}

// RBACRules yields the rules that the query selects, role allows first. The
// error is an [*UnknownError].
func RBACRules(p *policy.Policy, q RBACRuleQuery) (iter.Seq[RBACRule], error) {
	s := rbacSearch{p: p, kinds: q.Kinds}
	if s.kinds == 0 {
		s.kinds = RoleAllow | RoleTransition
	}
	var err error
	if err = s.resolveTarget(q.Target); err != nil {
		return nil, err
	}
	if s.sources, err = resolveRole(p, q.Source); err != nil {
		return nil, err
	}
	if s.defaults, err = resolveRole(p, q.Default); err != nil {
		return nil, err
	}
	if s.classes, err = q.Classes.resolve(p); err != nil {
		return nil, err
	}
	if s.classes != nil || s.defaults != nil {
		s.kinds &^= RoleAllow
	}
	return s.rules, nil
}

type rbacSearch struct {
	p        *policy.Policy
	kinds    RBACKind
	sources  *policy.Set[policy.RoleID]
	roles    *policy.Set[policy.RoleID] // targets of role allow
	types    *policy.Set[policy.TypeID] // targets of role_transition
	defaults *policy.Set[policy.RoleID]
	classes  *policy.Set[policy.ClassID]
}

func (s *rbacSearch) resolveTarget(m TypeMatch) (err error) {
	if m.Regexp == nil && m.Text != "" {
		if _, ok := s.p.TypeOrAttribute(m.Text); ok {
			s.kinds &^= RoleAllow
			s.types, err = m.resolve(s.p)
			return err
		}
		s.kinds &^= RoleTransition
		s.roles, err = resolveRole(s.p, m.Match)
		return err
	}
	if s.types, err = m.resolve(s.p); err != nil {
		return err
	}
	s.roles, err = resolveRole(s.p, m.Match)
	return err
}

func (s *rbacSearch) rules(yield func(RBACRule) bool) {
	if s.kinds&RoleAllow != 0 {
		for _, a := range s.p.DB().RoleAllows {
			r := RBACRule{Kind: RoleAllow, Source: policy.RoleID(a.Role), TargetRole: policy.RoleID(a.NewRole)}
			if has(s.sources, r.Source) && has(s.roles, r.TargetRole) && !yield(r) {
				return
			}
		}
	}
	if s.kinds&RoleTransition == 0 {
		return
	}
	for _, t := range s.p.DB().RoleTransitions {
		r := RBACRule{
			Kind: RoleTransition, Source: policy.RoleID(t.Role), TargetType: policy.TypeID(t.Type),
			Class: classOrProcess(s.p, t.Class), Default: policy.RoleID(t.NewRole),
		}
		if has(s.sources, r.Source) && has(s.types, r.TargetType) && has(s.classes, r.Class) &&
			has(s.defaults, r.Default) && !yield(r) {
			return
		}
	}
}

// classOrProcess returns the class of a transition; old formats lack it because it is
// always that of processes.
func classOrProcess(p *policy.Policy, class uint32) policy.ClassID {
	if class == 0 {
		return p.ProcessClass()
	}
	return policy.ClassID(class)
}
