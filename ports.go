package senet

import (
	"context"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// PortsQuery asks for ports: which ports of PROTOCOL may SUBJECT use for each of some operations?
type PortsQuery struct {
	// Subject names a process as for [Session.Subject].
	Subject    string
	Operations []network.Operation
	Protocol   network.Protocol
	// Packets has the properties of packets that the facts of the machine do not determine.
	Packets Packets
}

func (q *PortsQuery) check() error {
	if len(q.Operations) == 0 {
		return &OperationError{}
	}
	for _, op := range q.Operations {
		if err := checkOperation(op, Port(q.Protocol, 0)); err != nil {
			return err
		}
	}
	return nil
}

// A PortAccess is the set of ports of a protocol that a process may use.
type PortAccess struct {
	Query   PortsQuery
	Subject subject.Subject
	// Access are the exact sets and their pieces by label, one for each of
	// Query.Operations.
	Access  []reach.Access
	Machine Machine
	// Permissive says that the process's type is permissive: its denials are only logged today. It
	// is never set with Options.AsIs.
	Permissive bool
	// Assumptions are the facts that the answer assumes.
	Assumptions []network.Assumption
}

// Ports returns the ports that a process may use.
func (s *Session) Ports(ctx context.Context, q PortsQuery) (*PortAccess, error) {
	if q.Subject == "" {
		return nil, ErrNoSubject
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	who, err := s.Subject(ctx, q.Subject)
	if err != nil {
		return nil, err
	}
	m, err := s.MachineOf(ctx, who)
	if err != nil {
		return nil, err
	}
	facts, err := s.packets(ctx, q.Packets)
	if err != nil {
		return nil, err
	}
	return s.portsOf(reach.New(s.asker()), who, s.enforcing(m), q, facts)
}

// PortsOfAll returns the ports of every domain, each in the context of a system service, sorted by
// name. Query.Subject is ignored.
func (s *Session) PortsOfAll(ctx context.Context, q PortsQuery) ([]PortAccess, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	m, err := s.Machine(ctx)
	if err != nil {
		return nil, err
	}
	facts, err := s.packets(ctx, q.Packets)
	if err != nil {
		return nil, err
	}
	m = s.enforcing(m)
	var list []PortAccess
	r := reach.New(s.asker())
	for _, id := range reach.Domains(s.policy) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, ok := subject.FromType(s.policy, id)
		if !ok {
			continue
		}
		a, err := s.portsOf(r, subject.Subject{Name: s.policy.TypeName(id), Context: c, Assumed: true}, m, q, facts)
		if err != nil {
			return nil, err
		}
		list = append(list, *a)
	}
	slices.SortFunc(list, func(a, b PortAccess) int { return strings.Compare(a.Subject.Name, b.Subject.Name) })
	return list, nil
}

func (s *Session) portsOf(
	r *reach.Reacher, who subject.Subject, m Machine, q PortsQuery, facts PacketFacts,
) (*PortAccess, error) {
	a := &PortAccess{Query: q, Subject: who, Machine: m}
	for _, op := range q.Operations {
		query := reach.Query{Protocol: q.Protocol, Operation: op, Machine: m.Machine}
		facts.reach(r.Decider(), &query)
		got, err := r.Ports(who.Context, query)
		if err != nil {
			return nil, err
		}
		a.Access = append(a.Access, got)
	}
	a.Permissive = s.onlyLogs(policy.TypeID(who.Context.Type))
	a.Assumptions = m.Assumptions()
	if who.Assumed {
		a.Assumptions = append(a.Assumptions, network.AssumeContext(s.policy.FormatContext(who.Context)))
	}
	network.SortAssumptions(a.Assumptions)
	return a, nil
}

// Empty reports whether the process may use no port, not even one that depends on an unknown fact.
func (a *PortAccess) Empty() bool {
	return !slices.ContainsFunc(a.Access, func(x reach.Access) bool { return len(x.Allowed)+len(x.Depends) > 0 })
}
