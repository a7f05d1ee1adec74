package setools

import (
	"regexp"
	"slices"

	"github.com/senet-selinux/senet/internal/setools/pattern"
	"github.com/senet-selinux/senet/query"
)

// The criteria are set in the order in which SETools looks at them, because its first complaint is
// its only one: where a
// pattern or number cannot be read, the names before it are looked up first.

func (s *searcher) teQuery() (q query.TERuleQuery, err error) {
	a := s.a
	before := func(err error) error {
		if _, earlier := query.TERules(s.p, q); earlier != nil {
			return earlier
		}
		return err
	}
	target, err := typeMatch(a.Target, a.TargetRegex, a.TargetDirect)
	if err != nil {
		return q, before(err)
	}
	q.Target = target
	source, err := typeMatch(a.Source, a.SourceRegex, a.SourceDirect)
	if err != nil {
		return q, before(err)
	}
	q.Source = source
	dflt, err := typeMatch(a.Default, a.DefaultRegex, false)
	if err != nil {
		return q, before(err)
	}
	q.Default = dflt
	classes, err := s.classMatch()
	if err != nil {
		return q, before(err)
	}
	q.Classes = classes
	q.Perms = query.SetMatch{Names: a.Perms, All: a.PermsSubset, Equal: a.PermsEqual}
	if a.Xperms != "" {
		ranges, err := ParseXperms(a.Xperms)
		if err != nil {
			return q, before(err)
		}
		q.XPerms.Equal = a.XpermsEqual
		for _, r := range ranges {
			q.XPerms.Ranges = append(q.XPerms.Ranges, query.XPermRange(r))
		}
	}
	bools, err := s.boolMatch()
	if err != nil {
		return q, before(err)
	}
	q.Bools = bools
	return q, nil
}

func (s *searcher) rbacQuery() (q query.RBACRuleQuery, err error) {
	a := s.a
	if a.Kinds.Has(RoleAllow) {
		q.Kinds |= query.RoleAllow
	}
	if a.Kinds.Has(RoleTransition) {
		q.Kinds |= query.RoleTransition
	}
	before := func(err error) error {
		if _, earlier := query.RBACRules(s.p, q); earlier != nil {
			return earlier
		}
		return err
	}
	target, err := typeMatch(a.Target, a.TargetRegex, a.TargetDirect)
	if err != nil {
		return q, before(err)
	}
	q.Target = target
	source, err := nameMatch(a.Source, a.SourceRegex)
	if err != nil {
		return q, before(err)
	}
	q.Source = source
	dflt, err := nameMatch(a.Default, a.DefaultRegex)
	if err != nil {
		return q, before(err)
	}
	q.Default = dflt
	classes, err := s.classMatch()
	if err != nil {
		return q, before(err)
	}
	q.Classes = classes
	return q, nil
}

func (s *searcher) mlsQuery() (q query.MLSRuleQuery, err error) {
	a := s.a
	before := func(err error) error {
		if _, earlier := query.MLSRules(s.p, q); earlier != nil {
			return earlier
		}
		return err
	}
	target, err := typeMatch(a.Target, a.TargetRegex, a.TargetDirect)
	if err != nil {
		return q, before(err)
	}
	q.Target = target
	source, err := typeMatch(a.Source, a.SourceRegex, a.SourceDirect)
	if err != nil {
		return q, before(err)
	}
	q.Source = source
	if a.Default != "" { // never a pattern
		r, err := parseRange(s.p, a.Default)
		if err != nil {
			return q, before(err)
		}
		q.Default = &query.LevelRange{Range: r}
	}
	classes, err := s.classMatch()
	if err != nil {
		return q, before(err)
	}
	q.Classes = classes
	return q, nil
}

func nameMatch(text string, isPattern bool) (query.Match, error) {
	if text == "" || !isPattern {
		return query.Match{Text: text}, nil
	}
	re, err := pattern.Compile(text)
	return query.Match{Regexp: re}, err
}

func typeMatch(text string, isPattern, direct bool) (query.TypeMatch, error) {
	m, err := nameMatch(text, isPattern)
	return query.TypeMatch{Match: m, Direct: direct}, err
}

func (s *searcher) classMatch() (query.ClassMatch, error) {
	re, err := optionalPattern(s.a.Class, s.a.ClassRegex)
	return query.ClassMatch{Names: s.a.Classes, Regexp: re}, err
}

func (s *searcher) boolMatch() (query.SetMatch, error) {
	re, err := optionalPattern(s.a.Bool, s.a.BoolRegex)
	m := query.SetMatch{Names: s.a.Bools, Equal: s.a.BoolEqual, Regexp: re}
	if s.a.Policy == "" && re == nil { // old names are known on the machine the policy belongs to only
		m.Names = slices.Clone(m.Names)
		for i, name := range m.Names {
			m.Names[i] = substituteBool(name)
		}
	}
	return m, err
}

// optionalPattern compiles the text if it is one.
func optionalPattern(text string, isPattern bool) (*regexp.Regexp, error) {
	if text == "" || !isPattern {
		return nil, nil
	}
	return pattern.Compile(text)
}
