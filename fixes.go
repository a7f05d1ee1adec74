package senet

import (
	"context"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
)

// Fixes are the changes that would let a refused operation succeed, each with its
// exact cost.
type Fixes struct {
	// Answer is what the policy says today, as if SELinux were enforcing.
	Answer *Answer
	// List is the changes, the best first; empty if the operation is allowed today
	// or no change of the policy helps.
	List []remedy.Fix
	// Elsewhere is what else may refuse an operation that SELinux allows.
	Elsewhere []remedy.Cause
}

// Fixes finds every fix of an operation on one port. It does not know of local
// records; [Store.Fixes] does.
func (s *Session) Fixes(ctx context.Context, q Query) (*Fixes, error) {
	return s.fixes(ctx, q, nil)
}

func (s *Session) fixes(ctx context.Context, q Query, local []policydb.PortCon) (*Fixes, error) {
	if q.Target.Ports.Low != q.Target.Ports.High {
		return nil, ErrRange
	}
	answer, err := s.Can(ctx, q)
	if err != nil {
		return nil, err
	}
	if m := &answer.Machine; !m.Host.Enforcing {
		// A permissive system refuses nothing that a fix could be for.
		m.Host.Enforcing = true
		note := network.AssumeEnforcing()
		m.Notes = append(m.Notes[:len(m.Notes):len(m.Notes)], note)
		assumed := append(answer.Assumptions, note)
		if err = answer.ask(s.decider()); err != nil {
			return nil, err
		}
		answer.Assumptions = assumed
		network.SortAssumptions(answer.Assumptions)
	}
	found, err := remedy.Find(s.decider(), remedy.Problem{
		Question: answer.Question(), Name: s.policy.TypeName(policy.TypeID(answer.Subject.Context.Type)), LocalPorts: local,
	})
	if err != nil {
		return nil, err
	}
	return &Fixes{Answer: answer, List: found.Fixes, Elsewhere: found.Elsewhere}, nil
}
