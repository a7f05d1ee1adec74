package senet

import (
	"context"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// A PortAccess says which ports of a protocol a process may use in one way.
type PortAccess struct {
	reach.Access
	Operation network.Operation
	Protocol  network.Protocol
	Subject   subject.Subject
	Machine   Machine
	// Assumptions are what was taken for granted.
	Assumptions []network.Assumption
}

// Ports says which ports a process may use: the exact set, and its pieces by label.
func (s *Session) Ports(ctx context.Context, subjectName string, op network.Operation, protocol network.Protocol) (*PortAccess, error) {
	q := Query{Subject: subjectName, Operation: op, Target: Port(protocol, 0)}
	if err := q.check(); err != nil {
		return nil, err
	}
	who, err := s.Subject(ctx, subjectName)
	if err != nil {
		return nil, err
	}
	m, err := s.MachineOf(ctx, who)
	if err != nil {
		return nil, err
	}
	a := &PortAccess{Operation: op, Protocol: protocol, Subject: who, Machine: m}
	if a.Access, err = reach.New(s.decider()).Ports(who.Context, reach.Query{Protocol: protocol, Operation: op, Machine: m.Machine}); err != nil {
		return nil, err
	}
	var more []network.Assumption
	if who.Assumed {
		more = append(more, network.AssumeContext(s.policy.FormatContext(who.Context)))
	}
	a.Assumptions = assumptionsOfMany(m, more...)
	return a, nil
}
