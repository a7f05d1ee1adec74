package senet

import (
	"context"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// An Answer says whether an operation succeeds, layer by layer.
type Answer struct {
	network.Answer
	// Query has the question, Subject the process that it names.
	Query   Query
	Subject subject.Subject
	// Port is the port that the layers are about: of a range the first that is
	// refused, else the first of which it is not known, else the first.
	Port uint16
	// Pieces are the runs of ports of a range that are alike in label and verdict;
	// nil for a single port.
	Pieces []reach.Piece
	// Machine has the facts and assumptions that the answer was made with.
	Machine Machine
	// Packets are the labels and addresses that Query.Packets names.
	Packets PacketFacts
	// Other answers for the process at the other end; nil where none
	// was named, where the operation has no other end (bind), and where that is not on
	// this machine.
	Other *network.Answer

	question, otherQuestion network.Question
}

// Together is the verdict of both ends; without Other it is Verdict.
func (a *Answer) Together() network.Verdict { return Together(a.Verdict, a.Other) }

// Question returns the question for package network, for the port of the answer.
func (a *Answer) Question() network.Question { return a.question }

// OtherQuestion returns what the process at the other end was asked, where Other is
// not nil.
func (a *Answer) OtherQuestion() network.Question { return a.otherQuestion }

func (a *Answer) ask(d *access.Decider) (err error) {
	a.question = question(a.Query.Operation, a.Query.Target, a.Subject.Context, a.Port, a.Machine)
	a.Packets.Apply(d, &a.question)
	if a.Answer, err = network.Ask(d, a.question); err != nil || a.Packets.Peer == nil {
		return err
	}
	other, ok := a.question.OtherEnd(&a.Answer, a.Packets.Peer.Context)
	if !ok {
		return nil
	}
	answer, err := network.Ask(d, other)
	a.Other, a.otherQuestion = &answer, other
	return err
}

func question(op network.Operation, t Target, who policy.Context, port uint16, m Machine) network.Question {
	return network.Question{
		Subject: who, Operation: op, Protocol: t.Protocol, Port: port, Addr: t.Addr,
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
	if a.Packets, err = s.Packets(ctx, q.Packets); err != nil {
		return nil, err
	}
	d := s.decider()
	if q.Target.Ports.Len() > 1 {
		if err := a.choosePort(d); err != nil {
			return nil, err
		}
	}
	if err := a.ask(d); err != nil {
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
	q := reach.Query{
		Protocol: a.Query.Target.Protocol, Operation: a.Query.Operation, Addr: a.Query.Target.Addr, Machine: a.Machine.Machine,
	}
	a.Packets.Reach(d, &q)
	all, err := reach.New(d).Ports(a.Subject.Context, q)
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
