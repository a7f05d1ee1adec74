package senet

import (
	"context"

	"github.com/senet-selinux/senet/policydiff"
)

// Diff returns what changes from the policy of this session to that of another, on the
// machine of this session, which counts as enforcing: on a permissive one nothing is
// denied, so that nobody gains or loses.
func (s *Session) Diff(ctx context.Context, after *Session) (*policydiff.Report, error) {
	m, err := s.Machine(ctx)
	if err != nil {
		return nil, err
	}
	facts := m.Host
	facts.Enforcing = true
	return policydiff.Compare(ctx, s.policy, after.policy, facts)
}
