package policytest

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// A Check is a test as sechecker of SETools makes it. It looks at the rules of a policy, including
// conditional ones whatever their booleans, but not at constraints.
type Check struct {
	// Source and Target are a type or an attribute, or a role; "" for any. A rule matches if one of
	// its types belongs to them.
	Source, Target string
	// Classes and Perms select rules: a rule must have one of the classes and grant one of the
	// permissions; nil for any.
	Classes, Perms []string
	// ExpectSource and ExpectTarget are allowed in the rules, and must occur there. ExemptSource
	// and ExemptTarget are allowed; names that the policy lacks are ignored.
	ExpectSource, ExpectTarget, ExemptSource, ExemptTarget []string
	// ExemptFile, ExemptExec and ExemptWrite are for ReadOnlyPrograms and ReadOnlyModules: ignored
	// types of files, domains of which it is ignored what they execute or load, and domains that
	// may write.
	ExemptFile, ExemptExec, ExemptWrite []string
	// MissingOK accepts that the policy lacks an attribute that should be empty.
	MissingOK bool
}

// The kinds of tests that need a Check.
const (
	// OnlyRules: the selected allow rules have only expected or exempt sources, or only such
	// targets.
	OnlyRules Kind = "assert_te"
	// OnlyRoleRules is OnlyRules for role allow rules.
	OnlyRoleRules Kind = "assert_rbac"
	// ReadOnlyPrograms: nobody may write a file that some domain may execute.
	ReadOnlyPrograms Kind = "ro_execs"
	// ReadOnlyModules: nobody may write a file that some domain may load into the kernel. A
	// module that a domain loads from its memory is not a file.
	ReadOnlyModules Kind = "ro_kmods"
)

// names returns the types of a list of names, which may be attributes. With strict, a name that the
// policy lacks is an error.
func (r *runner) names(list []string, strict bool) (policy.Set[policy.TypeID], error) {
	set := policy.NewSet(r.p.MaxType())
	for _, name := range list {
		id, ok := r.p.TypeOrAttribute(name)
		if !ok && strict {
			return set, fmt.Errorf("no such type or attribute in the policy: %s", name)
		}
		if ok {
			set.AddAll(r.p.Members(id))
		}
	}
	return set, nil
}

// onlyRules checks each selected allow rule.
func (r *runner) onlyRules(c *Check) (list []Failure, err error) {
	asked, err := r.question(c)
	if err != nil {
		return nil, err
	}
	source, target := policy.NewSet(r.p.MaxType()), policy.NewSet(r.p.MaxType())
	for _, part := range []struct {
		set    policy.Set[policy.TypeID]
		names  []string
		strict bool
	}{{source, c.ExpectSource, true}, {source, c.ExemptSource, false}, {target, c.ExpectTarget, true},
		{target, c.ExemptTarget, false}} {
		named, err := r.names(part.names, part.strict)
		if err != nil {
			return nil, err
		}
		part.set.AddAll(named)
	}
	seen := [2]policy.Set[policy.TypeID]{policy.NewSet(r.p.MaxType()), policy.NewSet(r.p.MaxType())}
	for rule := range r.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Classes: asked.classes}) {
		if !asked.meets(r.p, &rule) {
			continue
		}
		sources, targets := r.p.Members(rule.Source), r.p.Members(rule.Target)
		seen[0].AddAll(sources)
		seen[1].AddAll(targets)
		from, ok := first(sources, source)
		to, both := first(targets, target)
		if ok && both {
			list = append(list, Failure{Domain: r.p.TypeName(from), Surplus: true, Violation: &Violation{
				Rule: rule, Source: from, Target: to, Perms: rule.Perms & asked.perms(rule.Class)}})
		}
	}
	for i, names := range [][]string{c.ExpectSource, c.ExpectTarget} {
		expected, err := r.names(names, true)
		if err != nil {
			return nil, err
		}
		for id := range expected.All() {
			if !seen[i].Has(id) {
				list = append(list, Failure{Domain: r.p.TypeName(id), Unseen: []string{"source", "target"}[i]})
			}
		}
	}
	return list, nil
}

// first returns the first type of a set that is not in another set.
func first(set, other policy.Set[policy.TypeID]) (policy.TypeID, bool) {
	for id := range set.All() {
		if !other.Has(id) {
			return id, true
		}
	}
	return 0, false
}

// A ruleQuestion selects rules.
type ruleQuestion struct {
	source, target *policy.Set[policy.TypeID] // nil for any
	classes        *policy.Set[policy.ClassID]
	bits           map[policy.ClassID]policy.AccessVector // nil for any
}

func (q *ruleQuestion) perms(class policy.ClassID) policy.AccessVector {
	if q.bits == nil {
		return ^policy.AccessVector(0)
	}
	return q.bits[class]
}

func (q *ruleQuestion) meets(p *policy.Policy, rule *policy.Rule) bool {
	return rule.Perms&q.perms(rule.Class) != 0 && overlap(p, q.source, rule.Source) && overlap(p, q.target, rule.Target)
}

// overlap reports whether a type or attribute of a rule shares a type with a set.
func overlap(p *policy.Policy, set *policy.Set[policy.TypeID], id policy.TypeID) bool {
	if set == nil {
		return true
	}
	if !p.IsAttribute(id) {
		return set.Has(id)
	}
	for m := range p.Members(id).All() {
		if set.Has(m) {
			return true
		}
	}
	return false
}

func (r *runner) question(c *Check) (*ruleQuestion, error) {
	q := &ruleQuestion{}
	for _, part := range []struct {
		name string
		set  **policy.Set[policy.TypeID]
	}{{c.Source, &q.source}, {c.Target, &q.target}} {
		if part.name == "" {
			continue
		}
		set, err := r.names([]string{part.name}, true)
		if err != nil {
			return nil, err
		}
		*part.set = &set
	}
	if c.Classes != nil {
		set := policy.NewSet(r.p.MaxClass())
		for _, name := range c.Classes {
			id, ok := r.p.Class(name)
			if !ok {
				return nil, fmt.Errorf("no such class in the policy: %s", name)
			}
			set.Add(id)
		}
		q.classes = &set
	}
	if c.Perms == nil {
		return q, nil
	}
	q.bits = make(map[policy.ClassID]policy.AccessVector)
	found := make(map[string]bool)
	for id := range r.p.Classes() {
		if q.classes != nil && !q.classes.Has(id) {
			continue
		}
		for _, name := range c.Perms {
			if bit, ok := r.p.Perm(id, name); ok {
				q.bits[id] |= bit
				found[name] = true
			}
		}
	}
	for _, name := range c.Perms {
		if !found[name] {
			return nil, fmt.Errorf("no such permission in the classes: %s", name)
		}
	}
	return q, nil
}

// onlyRoleRules checks each selected role allow rule.
func (r *runner) onlyRoleRules(c *Check) (list []Failure, err error) {
	for _, name := range slices.Concat(c.ExpectSource, c.ExpectTarget, orNone(c.Source), orNone(c.Target)) {
		if _, ok := r.p.Role(name); !ok {
			return nil, fmt.Errorf("no such role in the policy: %s", name)
		}
	}
	sources, targets := slices.Concat(c.ExpectSource, c.ExemptSource), slices.Concat(c.ExpectTarget, c.ExemptTarget)
	seen := [2]map[string]bool{make(map[string]bool), make(map[string]bool)}
	found, err := query.RBACRules(r.p, query.RBACRuleQuery{Kinds: query.RoleAllow})
	if err != nil {
		return nil, err
	}
	for rule := range found {
		from, to := r.p.RoleName(rule.Source), r.p.RoleName(rule.TargetRole)
		if c.Source != "" && c.Source != from || c.Target != "" && c.Target != to {
			continue
		}
		seen[0][from], seen[1][to] = true, true
		if !slices.Contains(sources, from) && !slices.Contains(targets, to) {
			list = append(list, Failure{Domain: from, Surplus: true, Role: to})
		}
	}
	for i, names := range [][]string{c.ExpectSource, c.ExpectTarget} {
		for _, name := range names {
			if !seen[i][name] {
				seen[i][name] = true // reported once
				list = append(list, Failure{Domain: name, Unseen: []string{"source", "target"}[i]})
			}
		}
	}
	return list, nil
}

func orNone(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
