// Package senet says what SELinux lets a process do on the network, why, what
// the least harmful change would be, and makes that change.
//
// Start here: [Open] a [Session] and ask it.
//
//	s, err := senet.Open(ctx, senet.Options{})
//	answer, err := s.Can(ctx, senet.Query{Subject: "haproxy_t", Operation: senet.Connect, Target: senet.TCP(5601)})
//	fixes, err := s.Fixes(ctx, senet.Query{...})
//
// A Session is one policy and one machine: those of the running system, of a
// system under a directory, or a policy file alone. It answers with values, and
// prints nothing. What an answer takes for granted is part of it, with a code
// that docs and senet explain know. A question that lacks its subject, its
// operation or its target is an error, never an answer.
//
// A Session may be used by several goroutines at once.
//
// The rooms below are public too, for programs that need one of them alone:
// policydb and policy (the binary policy), access (one decision), network (the
// kernel's checks), reach (sets of ports), remedy (fixes), incident (logs),
// change (a policy store), semanage (its records).
package senet

import (
	"context"
	"fmt"
	"sync"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// Example names, as Options.Policy, the policy that is built in for trying
// things out.
const Example = "example"

// Options choose the policy and the machine of a [Session]. The zero Options are the running
// system.
type Options struct {
	// Policy is the file of a binary kernel policy, or Example. Empty is the policy
	// of the system: the one that the kernel runs, else the one that is installed.
	Policy string
	// Root is the directory of another system, such as an unpacked image; empty for
	// the running one.
	Root string
	// Booleans are the values of booleans in the question, in place of those of the policy.
	Booleans map[string]bool

	// Host, if it is not nil, is the facts of the machine to answer for. Else they
	// are read from the system, or, where Policy names a file and Root is empty,
	// those of a standard host.
	Host *host.Facts
	// NetNS is the network namespace to answer for: a process id, or a name of ip
	// netns; empty for that of the calling thread.
	NetNS string
	// AsIs asks for what happens today: on a machine or for a domain that is permissive
	// nothing is refused, only logged. Else Can, Who, Ports and Fixes answer as if all
	// were enforcing, and say what is only logged today.
	AsIs bool
	// Strict makes an answer network.Depends if it rests on a fact of the machine that could not be
	// read. Without Strict it follows an assumption.
	Strict bool
}

// A Session answers questions about one policy on one machine. It must not be
// copied.
type Session struct {
	options Options
	source  Source
	policy  *policy.Policy
	root    host.Root

	machineOnce sync.Once
	machine     Machine
	machineErr  error
}

// Open opens the policy. The machine is read when a question needs it.
func Open(ctx context.Context, o Options) (*Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	root, err := host.OpenRoot(o.Root)
	if err != nil {
		return nil, fmt.Errorf("root: %w", err)
	}
	s := &Session{options: o, root: root}
	db, source, err := openPolicy(o)
	if err != nil {
		return nil, err
	}
	s.source = source
	if s.policy, err = withBooleans(policy.New(db), o.Booleans); err != nil {
		return nil, err
	}
	return s, nil
}

// OpenPolicy makes a Session of a policy that is at hand and came from somewhere:
// the policy of a system, where Source.Installed says so, is asked for that system's
// machine. Options.Policy is not looked at.
func OpenPolicy(p *policy.Policy, from Source, o Options) (*Session, error) {
	root, err := host.OpenRoot(o.Root)
	if err != nil {
		return nil, fmt.Errorf("root: %w", err)
	}
	if p, err = withBooleans(p, o.Booleans); err != nil {
		return nil, err
	}
	return &Session{options: o, source: from, policy: p, root: root}, nil
}

// WithPolicy returns a Session that asks another policy on the same machine, such as that
// of this one under other booleans.
func (s *Session) WithPolicy(p *policy.Policy) (*Session, error) {
	o := s.options
	o.Booleans = nil
	other, err := OpenPolicy(p, s.source, o)
	if err != nil {
		return nil, err
	}
	m, err := s.Machine(context.Background())
	if err == nil {
		other.machineOnce.Do(func() { other.machine = m })
	}
	return other, nil
}

// Policy returns the policy that is asked.
func (s *Session) Policy() *policy.Policy { return s.policy }

// AsIs returns a Session of the same policy and machine with Options.AsIs set.
func (s *Session) AsIs() (*Session, error) {
	o := s.options
	o.AsIs = true
	return OpenPolicy(s.policy, s.source, o)
}

// AsIfEnforcing returns a Session of the same policy and machine without Options.AsIs.
func (s *Session) AsIfEnforcing() (*Session, error) {
	o := s.options
	o.AsIs = false
	return OpenPolicy(s.policy, s.source, o)
}

// Source returns the origin of the policy.
func (s *Session) Source() Source { return s.source }

// Subject finds the context of a name: a type (haproxy_t), a full context, a process (pid:812),
// a service (unit:haproxy.service), a program (exe:/usr/sbin/haproxy). A name that the policy
// lacks is an *UnknownError.
func (s *Session) Subject(ctx context.Context, name string) (subject.Subject, error) {
	if err := ctx.Err(); err != nil {
		return subject.Subject{}, err
	}
	found, err := subject.System{Root: s.root}.Find(s.decider(), name)
	return found, unknownSubject(s.policy, name, err)
}

// decider returns a Decider for one question. Deciders of one policy share its
// index.
func (s *Session) decider() *access.Decider { return access.NewDecider(s.policy) }

// asked returns the policy that questions about operations are asked of.
func (s *Session) asked() *policy.Policy {
	if s.options.AsIs {
		return s.policy
	}
	return s.policy.Enforcing()
}

// onlyLogs reports whether what a type is refused is only logged today, where questions are
// answered as if it were not.
func (s *Session) onlyLogs(id policy.TypeID) bool {
	return !s.options.AsIs && s.policy.IsPermissive(id)
}

// Asked returns the policy and the machine that questions about operations are asked of:
// as if all were enforcing, unless Options.AsIs is set.
func (s *Session) Asked(ctx context.Context) (*policy.Policy, Machine, error) {
	m, err := s.Machine(ctx)
	return s.asked(), s.enforcing(m), err
}

// asker returns a Decider of that policy for one question.
func (s *Session) asker() *access.Decider { return access.NewDecider(s.asked()) }

// Query is an operation of a process: may SUBJECT do OPERATION to TARGET?
type Query struct {
	// Subject names a process as [Session.Subject] takes it.
	Subject   string
	Operation network.Operation
	Target    Target
	// Packets has the properties of packets that the facts of the machine leave open.
	Packets Packets
}

func (q *Query) check() error {
	if q.Subject == "" {
		return ErrNoSubject
	}
	return checkOperation(q.Operation, q.Target)
}

// The operations, from the point of view of the process.
const (
	Connect = network.Connect
	Bind    = network.Bind
	Listen  = network.Listen // bind, listen and accept
	Send    = network.Send
	Recv    = network.Recv
)
