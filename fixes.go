package senet

import (
	"context"
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// Fixes are the changes that would make a refused operation succeed, each with its exact cost.
type Fixes struct {
	// Answer is the answer of today's policy, for SELinux in enforcing mode.
	Answer *Answer
	// List has the changes, the best first; empty if the operation is allowed today or no change of
	// the policy helps.
	List []remedy.Fix
	// Elsewhere lists other possible causes of a failure, if SELinux allows the operation.
	Elsewhere []remedy.Cause

	session *Session
}

// Presence returns which domains are on the machine: see [Session.Presence].
func (f *Fixes) Presence() *Presence {
	if f.session == nil {
		return &Presence{}
	}
	return f.session.Presence()
}

// Verify compiles the module of a fix into the policy and asks the question again: without a store
// that builds it, this shows that the module has the effect that was computed for the fix. It does
// nothing for a fix without a module.
func (f *Fixes) Verify(n int) error {
	if n < 0 || n >= len(f.List) {
		return fmt.Errorf("there is no fix %d", n+1)
	}
	return verifyModule(f.Answer, &f.List[n])
}

// Hopeless reports whether the operation is refused and only a permissive domain makes it succeed.
func (f *Fixes) Hopeless() bool {
	return f.Answer.Verdict == network.Denied &&
		!slices.ContainsFunc(f.List, func(f remedy.Fix) bool { return f.Works && f.Kind != remedy.Permissive })
}

// Fixes finds every fix of an operation on one port. It does not use local records; [Store.Fixes]
// does. The error wraps ErrNoHeaders if Options.Headers names a directory without headers.
func (s *Session) Fixes(ctx context.Context, q Query) (*Fixes, error) { return s.fixes(ctx, q, nil) }

// FixesOf finds every fix of the operation in an answer.
func (s *Session) FixesOf(a *Answer) (*Fixes, error) { return s.fixesOf(a, nil) }

func (s *Session) fixes(ctx context.Context, q Query, local []policydb.PortCon) (*Fixes, error) {
	if q.Target.Ports.Low < q.Target.Ports.High {
		return nil, ErrRange
	}
	answer, err := s.Can(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.fixesOf(answer, local)
}

func (s *Session) fixesOf(a *Answer, local []policydb.PortCon) (*Fixes, error) {
	if len(a.Pieces) > 0 {
		return nil, ErrRange
	}
	d := s.asker()
	a, err := a.enforcing(d)
	if err != nil {
		return nil, err
	}
	found, err := remedy.Find(d, remedy.Problem{
		Question: a.Question(), Name: s.policy.TypeName(policy.TypeID(a.Subject.Context.Type)), LocalPorts: local,
		Interfaces: s.granting,
	})
	if err != nil {
		return nil, err
	}
	if err := s.namedHeaders(); err != nil {
		return nil, err
	}
	found.Fixes = slices.DeleteFunc(found.Fixes, func(f remedy.Fix) bool {
		return f.Kind == remedy.Permissive && s.permissive(f.Domains)
	})
	return &Fixes{Answer: a, List: found.Fixes, Elsewhere: found.Elsewhere, session: s}, nil
}

// permissive reports whether all types with these names are already permissive.
func (s *Session) permissive(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		id, ok := s.policy.Type(name)
		return !ok || !s.policy.IsPermissive(id)
	})
}

// ChangeOf returns a fix, found under a policy, as a change of a store. The error wraps ErrNoChange
// if it does not change a store.
func ChangeOf(p *policy.Policy, f *remedy.Fix) (change.Change, error) {
	var c change.Change
	switch f.Kind {
	case remedy.Boolean:
		c.Records = boolRecords(p, f.Bools)
		return c, nil
	case remedy.OwnType, remedy.Rule, remedy.Interfaces, remedy.Permissive:
		c.Module = &change.Module{Name: f.ModuleName, After: cil.Format(f.Module)}
	}
	for i := range f.Records {
		r := &f.Records[i]
		if r.Action == remedy.DeleteRecord {
			c.Records = append(c.Records, change.Delete(r.Port))
		} else {
			c.Records = append(c.Records, change.Set(r.Port))
		}
	}
	if c.Empty() {
		return c, fmt.Errorf("%s: %w", f.Kind, ErrNoChange)
	}
	return c, nil
}

// boolRecords returns the changes of records that set booleans.
func boolRecords(p *policy.Policy, settings []policy.BoolSetting) []semanage.Difference {
	list := make([]semanage.Difference, len(settings))
	for i, b := range settings {
		list[i] = change.Set(semanage.Boolean{Name: p.BoolName(b.Bool), On: b.On})
	}
	return list
}

// localPorts returns the local records that label ports in the form and order of their store's
// policy, for remedy.Problem. It is never nil.
func localPorts(p *policy.Policy, local []semanage.Record) []policydb.PortCon {
	list := make([]policydb.PortCon, 0, len(local))
	keys := make(map[semanage.PortKey]bool, len(local))
	for _, r := range local {
		if r, ok := r.(semanage.Port); ok {
			keys[semanage.PortKey{Protocol: r.Protocol, Low: r.Low, High: r.High}] = true
		}
	}
	for _, c := range p.Ports() {
		if c.Low > 65535 || c.High > 65535 {
			continue // not from a local record
		}
		key := semanage.PortKey{Protocol: semanage.Protocol(c.Protocol), Low: uint16(c.Low), High: uint16(c.High)}
		if keys[key] { // the first one wins, and is the local one
			list = append(list, c)
			delete(keys, key)
		}
	}
	return list
}
