package senet

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/interfaces"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// ErrNoHeaders says that the headers of refpolicy are not installed.
var ErrNoHeaders = errors.New("the headers of refpolicy are not installed")

// A Call is a call of one of refpolicy's interfaces that would grant what a layer of an answer refuses.
type Call struct {
	// Source, Target and Class are those of the refused access.
	Source, Target policy.TypeID
	Class          string
	// Text is the call: NAME(DOMAIN).
	Text string
	// Ports and Permissions count what it opens beyond: ports, and permissions for types.
	Ports, Permissions int
}

// An interfaceFinder searches interfaces for a session. It reads the headers when they are first needed.
type interfaceFinder struct {
	mutex  sync.Mutex // one search at a time
	finder *interfaces.Finder
	err    error
}

// interfaceFinder returns the finder. The caller must hold the mutex.
func (s *Session) interfaceFinder() (*interfaces.Finder, error) {
	f := &s.interfaces
	if f.finder == nil && f.err == nil {
		f.finder, f.err = s.openInterfaces()
	}
	return f.finder, f.err
}

// ownHeaders returns ErrNoHeaders if nobody named headers and the policy is a file of no system, whose headers the
// installed ones need not be.
func (s *Session) ownHeaders() error {
	o := &s.options
	if o.Headers != "" || o.Policy == "" || o.Root != "" {
		return nil
	}
	if _, _, ok := sysroot.TypeOf(o.Policy); !ok {
		return fmt.Errorf("%w: the policy is a file of no system", ErrNoHeaders)
	}
	return nil
}

// namedHeaders returns the error of headers that somebody named and that a search could not read.
func (s *Session) namedHeaders() error {
	s.interfaces.mutex.Lock()
	defer s.interfaces.mutex.Unlock()
	if s.options.Headers == "" {
		return nil
	}
	return s.interfaces.err
}

func (s *Session) openInterfaces() (*interfaces.Finder, error) {
	root := s.options.Root
	if tree, _, ok := sysroot.TypeOf(s.options.Policy); ok && root == "" {
		root = tree
	}
	x, err := refpolicy.OpenIndex(root, s.options.Headers)
	if errors.Is(err, refpolicy.ErrNone) {
		return nil, fmt.Errorf("%w: %w", ErrNoHeaders, err)
	}
	if err != nil {
		return nil, err
	}
	return interfaces.New(x, s.asked()), nil
}

// Interfaces returns, for each layer of an answer that refuses for want of a rule, the interface that grants it at the
// least cost, if there is one that is not dangerous; for both ends. The error wraps ErrNoHeaders if refpolicy's headers
// are not installed, or not those of the policy: see [Options].Headers.
func (s *Session) Interfaces(a *Answer) ([]Call, error) {
	if err := s.ownHeaders(); err != nil {
		return nil, err
	}
	answers := []*network.Answer{&a.Answer}
	if a.Other != nil {
		answers = append(answers, a.Other)
	}
	var calls []Call
	for _, answer := range answers {
		for _, g := range network.Groups(answer.Layers) {
			need, ok := needOf(a.policy, &g)
			if !ok {
				continue
			}
			call, err := s.interfaceFor(need)
			if err != nil {
				return nil, err
			}
			if call == nil {
				continue
			}
			call.Source, call.Target = policy.TypeID(g.SourceContext.Type), policy.TypeID(g.TargetContext.Type)
			call.Class = g.Class
			if !slices.Contains(calls, *call) {
				calls = append(calls, *call)
			}
		}
	}
	return calls, nil
}

// needOf returns the refused access of a layer; ok is false if a rule would not grant it.
func needOf(p *policy.Policy, g *network.Group) (n interfaces.Need, ok bool) {
	n = interfaces.Need{Source: p.TypeName(policy.TypeID(g.SourceContext.Type)),
		Target: p.TypeName(policy.TypeID(g.TargetContext.Type)), Class: g.Class}
	for i := range g.Checks {
		c := &g.Checks[i]
		if c.Allowed {
			continue
		}
		if c.Reason.Code != access.NoRule && c.Reason.Code != access.BoolOff {
			return n, false
		}
		n.Perms = append(n.Perms, c.Name)
	}
	return n, len(n.Perms) > 0
}

// interfaceFor returns the cheapest call that grants a need, nil for none.
func (s *Session) interfaceFor(n interfaces.Need) (*Call, error) {
	s.interfaces.mutex.Lock()
	defer s.interfaces.mutex.Unlock()
	f, err := s.interfaceFinder()
	if err != nil {
		return nil, err
	}
	found, err := f.Search(n)
	var unknown *interfaces.NameError
	if errors.As(err, &unknown) {
		return nil, nil
	}
	if err != nil || len(found) == 0 {
		return nil, err
	}
	c := &found[0]
	if !c.Whole || c.Dangers > 0 || len(c.Missing) > 0 {
		return nil, nil
	}
	return &Call{Text: c.Call, Ports: c.BeyondPorts, Permissions: c.Beyond}, nil
}

// granting is the remedy.Problem's Interfaces.
func (s *Session) granting(name string, needs []remedy.Need) *remedy.Calls {
	if s.ownHeaders() != nil {
		return nil
	}
	s.interfaces.mutex.Lock()
	defer s.interfaces.mutex.Unlock()
	f, err := s.interfaceFinder()
	if err != nil {
		return nil
	}
	g, err := f.Grant(name, interfaceNeeds(needs))
	if err != nil || g == nil {
		return nil
	}
	return &remedy.Calls{List: g.Calls, Source: g.Source, Module: g.Statements}
}

// A Cover is a set of calls that grant what a policy refuses.
type Cover struct {
	Calls []CoverCall
	// Left is the access without a call: no interface grants it, or only one that is dangerous or
	// opens much more.
	Left []remedy.Need
}

// A CoverCall is a call with the parts of the need that it grants.
type CoverCall struct {
	Text   string
	Grants []remedy.Need
	// Ports and Permissions count what it opens beyond: ports, and permissions for types.
	Ports, Permissions int
}

// coverLimit is the number of ports, and of permissions for types, that a call may open beyond the need.
const coverLimit = 100

// Cover returns the calls of refpolicy's interfaces that together grant one domain access that the policy
// refuses, those that open the least beyond it. None of them is dangerous. The error wraps ErrNoHeaders if the
// headers are not installed.
func (s *Session) Cover(needs []remedy.Need) (*Cover, error) { return s.cover(needs, coverLimit) }

// CoverExactly is Cover with calls that open nothing beyond the need, under any values of booleans.
func (s *Session) CoverExactly(needs []remedy.Need) (*Cover, error) {
	return s.cover(needs, interfaces.Nothing)
}

func (s *Session) cover(needs []remedy.Need, limit int) (*Cover, error) {
	s.interfaces.mutex.Lock()
	defer s.interfaces.mutex.Unlock()
	f, err := s.interfaceFinder()
	if err != nil {
		return nil, err
	}
	found, err := f.Cover(interfaceNeeds(needs), limit)
	if err != nil {
		return nil, err
	}
	c := &Cover{}
	for i := range found.Calls {
		call := &found.Calls[i]
		c.Calls = append(c.Calls, CoverCall{Text: call.Call, Grants: remedyNeeds(call.Grants), Ports: call.BeyondPorts,
			Permissions: call.Beyond})
	}
	c.Left = remedyNeeds(found.Left)
	return c, nil
}

func interfaceNeeds(list []remedy.Need) []interfaces.Need {
	out := make([]interfaces.Need, len(list))
	for i, n := range list {
		out[i] = interfaces.Need(n)
	}
	return out
}

func remedyNeeds(list []interfaces.Need) []remedy.Need {
	out := make([]remedy.Need, len(list))
	for i, n := range list {
		out[i] = remedy.Need(n)
	}
	return out
}
