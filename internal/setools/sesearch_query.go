package setools

import (
	"regexp"
	"slices"

	"github.com/senet-selinux/senet/internal/setools/pattern"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// A criteriaReader sets the criteria of a search in the order in which SETools looks at them, because SETools
// prints only its first error. If a pattern or a number cannot be read, the names before it are looked up first.
type criteriaReader struct {
	lookUp func() error // runs the search with the criteria set so far
	err    error        // the first complaint
}

// into returns a function that sets a criterion to a value that was read, unless there was an error before.
func into[T any](r *criteriaReader, criterion *T) func(T, error) {
	return func(v T, err error) {
		switch {
		case r.err != nil:
		case err == nil:
			*criterion = v
		default:
			if r.err = r.lookUp(); r.err == nil {
				r.err = err
			}
		}
	}
}

func (s *searcher) teQuery() (q query.TERuleQuery, err error) {
	a := s.a
	r := &criteriaReader{lookUp: func() error { _, err := query.TERules(s.p, q); return err }}
	into(r, &q.Target)(typeMatch(a.Target, a.TargetRegex, a.TargetDirect))
	into(r, &q.Source)(typeMatch(a.Source, a.SourceRegex, a.SourceDirect))
	into(r, &q.Default)(typeMatch(a.Default, a.DefaultRegex, false))
	into(r, &q.Classes)(s.classMatch())
	if r.err != nil {
		return q, r.err
	}
	q.Perms = query.SetMatch{Names: a.Perms, All: a.PermsSubset, Equal: a.PermsEqual}
	if a.Xperms != "" {
		into(r, &q.XPerms)(xpermMatch(a.Xperms, a.XpermsEqual))
	}
	into(r, &q.Bools)(s.boolMatch())
	return q, r.err
}

func (s *searcher) rbacQuery() (q query.RBACRuleQuery, err error) {
	a := s.a
	if a.Kinds.Has(RoleAllow) {
		q.Kinds |= query.RoleAllow
	}
	if a.Kinds.Has(RoleTransition) {
		q.Kinds |= query.RoleTransition
	}
	r := &criteriaReader{lookUp: func() error { _, err := query.RBACRules(s.p, q); return err }}
	into(r, &q.Target)(typeMatch(a.Target, a.TargetRegex, a.TargetDirect))
	into(r, &q.Source)(nameMatch(a.Source, a.SourceRegex))
	into(r, &q.Default)(nameMatch(a.Default, a.DefaultRegex))
	into(r, &q.Classes)(s.classMatch())
	return q, r.err
}

func (s *searcher) mlsQuery() (q query.MLSRuleQuery, err error) {
	a := s.a
	r := &criteriaReader{lookUp: func() error { _, err := query.MLSRules(s.p, q); return err }}
	into(r, &q.Target)(typeMatch(a.Target, a.TargetRegex, a.TargetDirect))
	into(r, &q.Source)(typeMatch(a.Source, a.SourceRegex, a.SourceDirect))
	if a.Default != "" { // never a pattern
		into(r, &q.Default)(levelMatch(s.p, a.Default))
	}
	into(r, &q.Classes)(s.classMatch())
	return q, r.err
}

func levelMatch(p *policy.Policy, text string) (*query.LevelRange, error) {
	r, err := parseRange(p, text)
	return &query.LevelRange{Range: r}, err
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

func xpermMatch(text string, equal bool) (m query.XPermMatch, err error) {
	ranges, err := ParseXperms(text)
	m.Equal = equal
	for _, r := range ranges {
		m.Ranges = append(m.Ranges, query.XPermRange(r))
	}
	return m, err
}

func (s *searcher) classMatch() (query.ClassMatch, error) {
	re, err := optionalPattern(s.a.Class, s.a.ClassRegex)
	return query.ClassMatch{Names: s.a.Classes, Regexp: re}, err
}

func (s *searcher) boolMatch() (query.SetMatch, error) {
	re, err := optionalPattern(s.a.Bool, s.a.BoolRegex)
	m := query.SetMatch{Names: s.a.Bools, Equal: s.a.BoolEqual, Regexp: re}
	if s.a.Policy == "" && re == nil { // only this machine's own policy has old names
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
