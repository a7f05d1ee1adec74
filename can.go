package senet

import (
	"context"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// An Answer says whether an operation succeeds, layer by layer.
type Answer struct {
	network.Answer
	// Query is what was asked; Subject is who it is about.
	Query   Query
	Subject subject.Subject
	// Port is the port that the layers are about: of a range the first that is
	// refused, else the first of which it is not known, else the first.
	Port uint16
	// Pieces are the runs of ports of a range that are alike in label and verdict;
	// nil for a single port.
	Pieces []reach.Piece
	// Machine is what the answer rests on apart from the policy.
	Machine Machine
}

// Question is what was asked of the network room, for the port of the answer.
func (a *Answer) Question() network.Question {
	return question(a.Query, a.Subject, a.Port, a.Machine)
}

func question(q Query, who subject.Subject, port uint16, m Machine) network.Question {
	return network.Question{
		Subject: who.Context, Operation: q.Operation, Protocol: q.Target.Protocol, Port: port, Addr: q.Target.Addr,
		FastOpenUnchecked: m.fastOpenUnchecked(), Machine: m.Machine,
	}
}

// Can says whether a process may do an operation.
func (s *Session) Can(ctx context.Context, q Query) (*Answer, error) {
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
	a := &Answer{Query: q, Subject: who, Port: q.Target.Ports.Low, Machine: m}
	d := s.decider()
	if q.Target.Ports.Len() > 1 {
		if err := a.choosePort(d); err != nil {
			return nil, err
		}
	}
	if a.Answer, err = network.Ask(d, a.Question()); err != nil {
		return nil, err
	}
	a.Assumptions = append(a.Assumptions, m.Notes...)
	if who.Assumed {
		a.Assumptions = append(a.Assumptions, network.AssumeContext(s.policy.FormatContext(who.Context)))
	}
	network.SortAssumptions(a.Assumptions)
	return a, nil
}

// choosePort finds the port of a range that decides, and the range's pieces.
func (a *Answer) choosePort(d *access.Decider) error {
	ports := a.Query.Target.Ports
	all, err := reach.New(d).Ports(a.Subject.Context, reach.Query{
		Protocol: a.Query.Target.Protocol, Operation: a.Query.Operation, Addr: a.Query.Target.Addr, Machine: a.Machine.Machine,
	})
	if err != nil {
		return err
	}
	worst := network.Allowed
	for _, piece := range all.Pieces {
		piece.Low, piece.High = max(piece.Low, ports.Low), min(piece.High, ports.High)
		if piece.Low > piece.High {
			continue
		}
		if worst == network.Allowed && piece.Verdict != network.Allowed || worst == network.Depends && piece.Verdict == network.Denied {
			worst, a.Port = piece.Verdict, piece.Low
		}
		a.Pieces = append(a.Pieces, piece)
	}
	return nil
}
