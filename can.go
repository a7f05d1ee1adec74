package senet

import (
	"context"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// An Answer says whether an operation succeeds, layer by layer.
type Answer struct {
	network.Answer
	// Query has the question, Subject the process that it names.
	Query   Query
	Subject subject.Subject
	// Port is the port of the layers: of a range the first refused one, else the first one with an
	// unknown verdict, else the first one.
	Port uint16
	// Pieces are the sub-ranges of a range of ports with one label and verdict each; nil for a
	// single port.
	Pieces []reach.Piece
	// Machine has the facts and assumptions of the answer.
	Machine Machine
	// Packets are the labels and addresses for Query.Packets.
	Packets PacketFacts
	// OnlyLogged says that the operation succeeds today although the policy denies it: the machine
	// or the process's type is permissive, and the kernel only logs the denial. It is never set
	// with Options.AsIs.
	OnlyLogged bool
	// Named is the target as it was written, if it is no port: see [Session.CanSocket].
	Named string
	// Other is the answer for the process at the other end; nil if none was named, if the operation
	// has no other end (bind), and if that is not on this machine.
	Other *network.Answer
	// Calls are the interfaces of refpolicy that grant what layers refuse, if they were asked for: see
	// [Session.Interfaces].
	Calls []Call

	asIs                    bool // permissive types count as permissive
	policy                  *policy.Policy
	question, otherQuestion network.Question
}

// Together is the verdict of both ends; without Other it is Verdict.
func (a *Answer) Together() network.Verdict {
	if a.Other != nil {
		for _, v := range []network.Verdict{network.Denied, network.Depends} {
			if a.Verdict == v || a.Other.Verdict == v {
				return v
			}
		}
	}
	return a.Verdict
}

// Policy returns the policy of the answer.
func (a *Answer) Policy() *policy.Policy { return a.policy }

// Question returns the question for package network, for the port of the answer.
func (a *Answer) Question() network.Question { return a.question }

// OtherQuestion returns the question about the process at the other end, if Other is not nil.
func (a *Answer) OtherQuestion() network.Question { return a.otherQuestion }

// Switches returns the settings of booleans, each an alternative, that would make the whole
// operation of a refused process succeed.
func (a *Answer) Switches() [][]policy.BoolSetting {
	return remedy.Switches(access.NewDecider(a.policy), a.question, &a.Answer)
}

// Lasting returns the question in a form for any later time: a process may have ended by then, or
// run in another domain. The subject is a type or a context.
func (a *Answer) Lasting() Query {
	q := a.Query
	q.Subject = subject.NameOf(a.policy, a.Subject.Context)
	return q
}

// Under asks another policy the same question: about the same process, on the same machine, with
// the same packets. The error is an *UnknownError or another one that names the label that the
// policy lacks.
func (a *Answer) Under(p *policy.Policy) (*Answer, error) { return a.under(p, a.asIs) }

func (a *Answer) under(p *policy.Policy, asIs bool) (*Answer, error) {
	if !asIs {
		p = p.Enforcing()
	}
	b := &Answer{Query: a.Query, Machine: a.Machine, Packets: a.Packets, policy: p, asIs: asIs}
	d := access.NewDecider(p)
	var err error
	if b.Subject, err = subjectUnder(d, a.policy, a.Subject); err != nil {
		return nil, err
	}
	if a.Packets.Peer != nil {
		peer, err := subjectUnder(d, a.policy, *a.Packets.Peer)
		if err != nil {
			return nil, err
		}
		b.Packets.Peer = &peer
	}
	if b.Packets.Packet, err = contextUnder(p, a.policy, a.Packets.Packet); err != nil {
		return nil, err
	}
	if b.question.Maker, err = contextUnder(p, a.policy, a.question.Maker); err != nil {
		return nil, err
	}
	return b, b.answer(d)
}

func subjectUnder(d *access.Decider, from *policy.Policy, who subject.Subject) (subject.Subject, error) {
	name := subject.NameOf(from, who.Context)
	found, err := subject.Resolve(d.Policy(), name)
	found.Name, found.Assumed, found.Steps, found.Process = who.Name, who.Assumed, who.Steps, who.Process
	return found, unknownSubject(d.Policy(), name, err)
}

// contextUnder returns the context with the same text in another policy, nil for nil.
func contextUnder(p, from *policy.Policy, c *policy.Context) (*policy.Context, error) {
	if c == nil {
		return nil, nil
	}
	there, err := p.ParseContext(from.FormatContext(*c))
	return &there, err
}

// enforcing returns the answer for a machine in enforcing mode: a permissive one refuses nothing
// that a fix could change.
func (a *Answer) enforcing(d *access.Decider) (*Answer, error) {
	if a.Machine.Host.Enforcing {
		return a, nil
	}
	b := *a
	b.Machine.enforce()
	return &b, b.answer(d)
}

// answer asks d's policy the question in the fields.
func (a *Answer) answer(d *access.Decider) error {
	a.Port, a.Pieces = a.Query.Target.Ports.Low, nil
	if a.Query.Target.Ports.Len() > 1 {
		if err := a.choosePort(d); err != nil {
			return err
		}
	}
	maker := a.question.Maker
	a.question = question(a.Query.Operation, a.Query.Target, a.Subject.Context, a.Port, a.Machine)
	a.question.Maker = maker
	a.Packets.apply(d, &a.question)
	if err := a.ask(d); err != nil {
		return err
	}
	a.assume()
	return nil
}

// assume adds the assumptions of the machine and the subject.
func (a *Answer) assume() {
	a.Assumptions = append(a.Assumptions, a.Machine.Notes...)
	if a.Subject.Assumed {
		a.Assumptions = append(a.Assumptions, network.AssumeContext(a.policy.FormatContext(a.Subject.Context)))
	}
	network.SortAssumptions(a.Assumptions)
}

// TargetText returns the target as commands accept it.
func (a *Answer) TargetText() string {
	if a.Named != "" {
		return a.Named
	}
	return a.Query.Target.String()
}

// ask asks about both ends.
func (a *Answer) ask(d *access.Decider) (err error) {
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
	a := &Answer{Query: q, policy: s.asked(), asIs: s.options.AsIs}
	var err error
	if a.Subject, err = s.Subject(ctx, q.Subject); err != nil {
		return nil, err
	}
	if a.Machine, err = s.MachineOf(ctx, a.Subject); err != nil {
		return nil, err
	}
	if a.Packets, err = s.packets(ctx, q.Packets); err != nil {
		return nil, err
	}
	today := a.Machine.Machine
	a.Machine = s.enforcing(a.Machine)
	if err := a.answer(s.asker()); err != nil {
		return nil, err
	}
	return a, s.today(a, today)
}

// today notes whether a denied operation is only logged on the machine in its present mode.
func (s *Session) today(a *Answer, m network.Machine) error {
	if a.Verdict != network.Denied || s.options.AsIs || m.Host.Enforcing && s.asked() == s.policy {
		return nil
	}
	q := a.question
	q.Machine = m
	now, err := network.Ask(s.decider(), q)
	a.OnlyLogged = err == nil && now.Verdict == network.Allowed
	return err
}

// AnswerOf asks about the operation of a finding, as [Session.Can] would: w comes from a report of
// a Session with the same policy.
func (s *Session) AnswerOf(ctx context.Context, w *incident.Whole) (*Answer, error) {
	m, err := s.Machine(ctx)
	if err != nil {
		return nil, err
	}
	q := &w.Question
	name := subject.NameOf(s.policy, q.Subject)
	a := &Answer{
		Query: Query{Subject: name, Operation: q.Operation, Target: Target{
			Protocol: q.Protocol, Addr: q.Addr, Ports: portset.Range{Low: q.Port, High: q.Port},
		}},
		Subject: subject.Subject{Name: name, Context: q.Subject}, Machine: s.enforcing(m), policy: s.asked(),
		asIs: s.options.AsIs,
	}
	a.question.Maker = q.Maker
	if err := a.answer(s.asker()); err != nil {
		return nil, err
	}
	for _, assumption := range w.Answer.Assumptions {
		if assumption.Code == network.AssumedConfig {
			a.Assumptions = append(a.Assumptions, assumption)
		}
	}
	return a, s.today(a, m.Machine)
}

// AnswersOfReport asks about the port operations of a report that are refused today, the most
// frequent first; if there are none, about the most frequent of the others. It returns none for a
// report without port operations.
func (s *Session) AnswersOfReport(ctx context.Context, r *incident.Report) ([]*Answer, error) {
	list, others := r.Operations()
	if len(list) == 0 {
		list = others[:min(1, len(others))]
	}
	answers := make([]*Answer, len(list))
	for i, w := range list {
		var err error
		if answers[i], err = s.AnswerOf(ctx, w); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// choosePort finds the port of a range that decides, and the range's pieces.
func (a *Answer) choosePort(d *access.Decider) error {
	ports := a.Query.Target.Ports
	q := reach.Query{
		Protocol: a.Query.Target.Protocol, Operation: a.Query.Operation, Addr: a.Query.Target.Addr,
		Machine: a.Machine.Machine,
	}
	a.Packets.reach(d, &q)
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
		if worst == network.Allowed && piece.Verdict != network.Allowed ||
			worst == network.Depends && piece.Verdict == network.Denied {
			worst, a.Port = piece.Verdict, piece.Low
		}
		a.Pieces = append(a.Pieces, piece)
	}
	return nil
}
