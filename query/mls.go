package query

import (
	"iter"

	"github.com/senet-selinux/senet/policy"
)

// An MLSRuleQuery selects range_transition rules; the zero MLSRuleQuery selects
// all.
type MLSRuleQuery struct {
	Source, Target TypeMatch
	Classes        ClassMatch
	Default        *LevelRange // the range that the rule results in
}

// An MLSRule is a range_transition rule.
type MLSRule struct {
	Source, Target policy.TypeID  // types or attributes
	Class          policy.ClassID // the process class in policies without a class here
	Range          policy.Range
}

// MLSRules yields the rules that the query selects, in the policy's order. The
// error is an [*UnknownError].
func MLSRules(p *policy.Policy, q MLSRuleQuery) (iter.Seq[MLSRule], error) {
	targets, err := q.Target.resolve(p)
	if err != nil {
		return nil, err
	}
	sources, err := q.Source.resolve(p)
	if err != nil {
		return nil, err
	}
	classes, err := q.Classes.resolve(p)
	if err != nil {
		return nil, err
	}
	return func(yield func(MLSRule) bool) {
		for i := range p.DB().RangeTrans {
			t := &p.DB().RangeTrans[i]
			r := MLSRule{
				Source: policy.TypeID(t.Source), Target: policy.TypeID(t.Target),
				Class: classOrProcess(p, t.Class), Range: t.Range,
			}
			if has(sources, r.Source) && has(targets, r.Target) && has(classes, r.Class) &&
				q.Default.accepts(r.Range) && !yield(r) {
				return
			}
		}
	}, nil
}
