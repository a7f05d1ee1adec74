package policytest

import (
	"context"
	"fmt"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/remedy"
)

// A Result is a test under one state.
type Result struct {
	File  string // the name of the file
	Test  *Test
	State State
	// Policy is the policy under test, with the booleans of the state.
	Policy *policy.Policy
	// Failures list the differences between the policy and the expectation; there are none if the
	// test passed.
	Failures []Failure
	// Err says why the test could not run: a name that the policy lacks.
	Err error
}

// Passed reports whether the test ran and passed.
func (r *Result) Passed() bool { return r.Err == nil && len(r.Failures) == 0 }

// A Failure is one way in which a policy differs from a test.
type Failure struct {
	// Domain does Do on Ports but should not, or should but does not.
	Domain string
	Do     Deed
	Ports  portset.Set
	// Surplus says that the domain may but should not; false says that it should but may not.
	Surplus bool
	// Depends says that the answer depends on a fact of the machine.
	Depends bool
	// Check is the check of a port's label if that check decides, nil if the kernel makes no such
	// check. The port is the first of Ports that is checked: the kernel checks neither port 0 nor,
	// for bind(), those of the local range.
	Check *network.LayerAnswer
	// Port is that port, else the first of Ports.
	Port uint16
	// Answer is the answer to the question of may and may_not, and if a domain should but may not;
	// else nil.
	Answer *senet.Answer
	// Violation is the violation of a neverallow rule, else nil.
	Violation *Violation
	// Unseen says that no rule has an expected name, as "source" or "target".
	Unseen string
	// Role is the unexpected target of a role allow rule whose source is Domain.
	Role string
	// Program says that Domain is a type of programs that some domain can write, by Violation.
	Program bool
	// Module says so of a type of modules of the kernel.
	Module bool
	// Mend is the smallest change that was found to mend it, for the first port; nil where
	// none was found or looked for.
	Mend *remedy.Fix
	// Members are the members of an attribute that should be empty.
	Members []string
}

// Run runs the tests of a file, in each state those that are for it. o are the options that s was
// opened with; booleans that a state does not set have the values of s. s may be nil if every state
// names its policy: see [File.NeedsPolicy]. The error is about a policy or a machine, not about a
// test.
func Run(ctx context.Context, f *File, s *senet.Session, o senet.Options) ([]Result, error) {
	o.AsIs = true // a permissive domain may do everything
	open := &opener{
		dir: f.Dir, session: s, options: o,
		policies: make(map[string]*senet.Session), hosts: make(map[string]*host.Facts),
	}
	var list []Result
	for i := range f.States {
		state := &f.States[i]
		s, err := open.open(ctx, state)
		if err == nil {
			s, err = onEnforcing(ctx, s)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", f.Name, ErrState, err)
		}
		r := newRunner(s)
		for i := range f.Tests {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if !f.Tests[i].holds(state) {
				continue
			}
			result := Result{File: f.Name, Test: &f.Tests[i], State: *state, Policy: r.p}
			r := r
			if f.Tests[i].Enforcing {
				if r, err = r.enforcing(); err != nil {
					return nil, err
				}
			}
			if result.Failures, result.Err = r.run(ctx, &f.Tests[i]); result.Err == nil {
				result.Err = r.explain(ctx, result.Failures)
			}
			if result.Err == nil {
				result.Err = r.mend(ctx, result.Failures)
			}
			list = append(list, result)
		}
	}
	return list, nil
}

// A runner runs tests in one state.
type runner struct {
	s   *senet.Session
	p   *policy.Policy
	who map[deedKey]*senet.Domains // the answers so far
	// strict asks as if permissive domains were enforcing; nil until a test needs it.
	strict *runner
}

func newRunner(s *senet.Session) *runner {
	return &runner{s: s, p: s.Policy(), who: make(map[deedKey]*senet.Domains)}
}

// enforcing returns the runner that asks as if permissive domains were enforcing.
func (r *runner) enforcing() (*runner, error) {
	if r.strict == nil {
		s, err := r.s.AsIfEnforcing()
		if err != nil {
			return nil, err
		}
		r.strict = newRunner(s)
	}
	return r.strict, nil
}

// onEnforcing returns a session of an enforcing machine: tests are about the policy, not about the
// mode of the machine. s has Options.AsIs.
func onEnforcing(ctx context.Context, s *senet.Session) (*senet.Session, error) {
	m, err := s.Machine(ctx)
	if err != nil || m.Host.Enforcing {
		return s, err
	}
	facts := m.Host
	facts.Enforcing = true
	return senet.OpenPolicy(s.Policy(), s.Source(), senet.Options{AsIs: true, Host: &facts})
}

type deedKey struct {
	op     network.Operation
	target senet.Target
}

func (r *runner) run(ctx context.Context, t *Test) ([]Failure, error) {
	switch t.Kind {
	case May, MayNot:
		return r.may(ctx, t)
	case Only:
		return r.only(ctx, t)
	case ListensOnly:
		return r.listensOnly(ctx, t)
	case Exactly:
		return r.exactly(ctx, t)
	case NobodyBut:
		return r.nobodyBut(ctx, t)
	case Neverallow:
		return r.neverallow(t)
	case Empty:
		return r.empty(t)
	case OnlyRules:
		return r.onlyRules(t.Check)
	case OnlyRoleRules:
		return r.onlyRoleRules(t.Check)
	case ReadOnlyPrograms:
		return r.readOnly(t.Check, false)
	case ReadOnlyModules:
		return r.readOnly(t.Check, true)
	}
	return nil, fmt.Errorf("no such kind of test: %q", t.Kind)
}

// domains returns the domains that may do something; it asks once.
func (r *runner) domains(ctx context.Context, d Deed) (*senet.Domains, error) {
	key := deedKey{d.Operation, d.Target}
	if answer := r.who[key]; answer != nil {
		return answer, nil
	}
	answer, err := r.s.Who(ctx, senet.WhoQuery{Operation: d.Operation, Target: d.Target})
	if err == nil {
		r.who[key] = answer
	}
	return answer, err
}

// expand returns the types of names; named has those that are named themselves, not through an
// attribute.
func (r *runner) expand(names []string) (all, named map[string]bool, err error) {
	all, named = make(map[string]bool), make(map[string]bool)
	for _, n := range names {
		id, ok := r.p.TypeOrAttribute(n)
		switch {
		case !ok:
			return nil, nil, fmt.Errorf("no such type or attribute in the policy: %s", n)
		case r.p.IsAttribute(id):
			for m := range r.p.Members(id).All() {
				all[r.p.TypeName(m)] = true
			}
		default:
			all[r.p.TypeName(id)], named[r.p.TypeName(id)] = true, true
		}
	}
	return all, named, nil
}

func (r *runner) empty(t *Test) (list []Failure, err error) {
	for _, name := range t.Domains {
		id, ok := r.p.Attribute(name)
		if !ok && t.Check != nil && t.Check.MissingOK {
			continue
		}
		if !ok {
			return nil, fmt.Errorf("no such attribute in the policy: %s", name)
		}
		f := Failure{Domain: name}
		for m := range r.p.Members(id).All() {
			f.Members = append(f.Members, r.p.TypeName(m))
		}
		if f.Members != nil {
			list = append(list, f)
		}
	}
	return list, nil
}
