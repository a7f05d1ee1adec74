// Package senet says what SELinux lets a process do on the network, why, what the least harmful change would be, and
// makes that change.
//
// Start here: [Open] a [Session] and ask it.
//
//	s, err := senet.Open(ctx, senet.Options{})
//	answer, err := s.Can(ctx, senet.Query{Subject: "haproxy_t", Operation: senet.Connect, Target: senet.TCP(5601)})
//	fixes, err := s.Fixes(ctx, senet.Query{...})
//
// A Session is one policy and one machine: those of the running system, of a system under a directory, or a policy
// file alone. It answers with values, and prints nothing. An answer lists its assumptions, with codes that the
// documentation and senet explain describe. A question without its subject, its operation or its target is an error,
// never an answer.
//
// Several goroutines may use a Session.
//
// The packages below are public too, for programs that need only one of them: policydb and policy (the binary
// policy), access (one decision), network (the kernel's checks), reach (sets of ports), remedy (fixes), incident
// (logs), change (a policy store), semanage (its records).
package senet

import (
	"context"
	"fmt"
	"sync"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// Example is the Options.Policy of the built-in policy, for trying things out.
const Example = "example"

// Options choose the policy and the machine of a [Session]. The zero Options mean the running system.
type Options struct {
	// Policy is the file of a binary kernel policy, or Example. Empty means the policy of the system: the running
	// kernel's, else the installed one.
	Policy string
	// Root is the directory of another system, such as an unpacked image; empty for
	// the running one.
	Root string
	// Headers is the directory of refpolicy's headers; empty for those that are installed under Root, or with the
	// policy that Policy names. For the file of another policy only Cover and CoverExactly use the installed ones.
	Headers string
	// Booleans are values of booleans for the question, instead of those of the policy.
	Booleans map[string]bool

	// Host, if not nil, has the facts of the machine. Else they are read from the system; if Policy names a file and
	// Root is empty, they are those of a standard host.
	Host *host.Facts
	// NetNS is the network namespace of the question: a process id, or a name of ip netns; empty for that of the
	// calling thread.
	NetNS string
	// AsIs asks about the present mode: on a permissive machine or for a permissive domain nothing is denied, only
	// logged. Else Can, Who, Ports and Fixes answer as if all were enforcing, and say which denials are only logged
	// today.
	AsIs bool
	// Strict makes an answer network.Depends if it depends on a fact of the machine that could not be read. Without
	// Strict it uses an assumption.
	Strict bool
}

// A Session answers questions about one policy on one machine. It must not be
// copied.
type Session struct {
	options Options
	source  Source
	policy  *policy.Policy
	root    host.Root
	system  subject.System // its file contexts are read once

	besideOnce sync.Once
	beside     *fcontext.Table // see labelsBeside

	interfaces interfaceFinder

	presenceOnce sync.Once
	presence     *Presence

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
	s := &Session{options: o, root: root, system: subject.System{Root: root}.Keep()}
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

// OpenPolicy makes a Session from an opened policy with its origin: for the policy of a system, as Source.Installed
// says, it uses that system's machine. Options.Policy is ignored.
func OpenPolicy(p *policy.Policy, from Source, o Options) (*Session, error) {
	root, err := host.OpenRoot(o.Root)
	if err != nil {
		return nil, fmt.Errorf("root: %w", err)
	}
	if p, err = withBooleans(p, o.Booleans); err != nil {
		return nil, err
	}
	return &Session{
		options: o, source: from, policy: p, root: root, system: subject.System{Root: root}.Keep(),
	}, nil
}

// WithPolicy returns a Session with another policy on the same machine, such as this one with other booleans.
func (s *Session) WithPolicy(p *policy.Policy) (*Session, error) {
	o := s.options
	o.Booleans = nil
	other, err := OpenPolicy(p, s.source, o)
	if err != nil {
		return nil, err
	}
	other.system = s.system
	m, err := s.Machine(context.Background())
	if err == nil {
		other.machineOnce.Do(func() { other.machine = m })
	}
	return other, nil
}

// Policy returns the policy of the session.
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
	found, err := s.system.Find(s.decider(), name)
	return found, unknownSubject(s.policy, name, err)
}

// decider returns a Decider for one question. Deciders of one policy share its
// index.
func (s *Session) decider() *access.Decider { return access.NewDecider(s.policy) }

// asked returns the policy for questions about operations.
func (s *Session) asked() *policy.Policy {
	if s.options.AsIs {
		return s.policy
	}
	return s.policy.Enforcing()
}

// onlyLogs reports whether denials of a type are only logged today, but answers treat it as enforcing.
func (s *Session) onlyLogs(id policy.TypeID) bool {
	return !s.options.AsIs && s.policy.IsPermissive(id)
}

// Asked returns the policy and the machine for questions about operations: as if all were enforcing, unless
// Options.AsIs is set.
func (s *Session) Asked(ctx context.Context) (*policy.Policy, Machine, error) {
	m, err := s.Machine(ctx)
	return s.asked(), s.enforcing(m), err
}

// asker returns a Decider of that policy for one question.
func (s *Session) asker() *access.Decider { return access.NewDecider(s.asked()) }

// Query is an operation of a process: may SUBJECT do OPERATION to TARGET?
type Query struct {
	// Subject names a process as for [Session.Subject].
	Subject   string
	Operation network.Operation
	Target    Target
	// Packets has the properties of packets that the facts of the machine do not determine.
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
