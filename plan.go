package senet

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

var (
	// ErrNoChange says that a fix changes nothing in a policy store: it uses another port, or the
	// level of a process.
	ErrNoChange = errors.New("the fix does not change a policy store")
	// ErrNoHelp says that the operation would be refused after a fix too.
	ErrNoHelp = errors.New("the fix does not make the operation succeed")
	// ErrOpensMuch says that a fix opens far more than was asked for, and that [Plan.Force] is not
	// set.
	ErrOpensMuch = errors.New("the fix opens far more than was asked")
	// ErrNoSuchFix says that no fix makes a change.
	ErrNoSuchFix = errors.New("no such fix")
)

// A Plan is a fix as a change of one store.
type Plan struct {
	// Answer is the policy's answer before the change.
	Answer *Answer
	Fix    *remedy.Fix
	Change change.Change
	// Base is the state of the store that the plan is for, the state when the store was opened;
	// Apply refuses any other.
	Base change.Base
	// About is stored with the change in the history. The caller may edit it.
	About change.About
	// Force also allows a fix that opens far more than was asked for.
	Force bool
}

// Check refuses a plan that nobody should apply by accident: the error wraps ErrNoHelp or
// ErrOpensMuch.
func (p *Plan) Check() error {
	return checkPlan(string(p.Fix.Kind), p.Fix.Works, p.Fix.Applicability, p.Force)
}

// checkPlan refuses a fix that does not help, and without force one that opens far too much.
func checkPlan(kind string, works bool, a remedy.Applicability, force bool) error {
	switch {
	case !works:
		return fmt.Errorf("%s: %w", kind, ErrNoHelp)
	case a == remedy.Never && !force:
		return fmt.Errorf("%s: %w", kind, ErrOpensMuch)
	}
	return nil
}

// Plan returns fix n of a list, counted from 0, as a change of the store. It changes nothing. The
// plan is for the state of the store when it was opened: after a change, even by the caller, the
// store must be opened again.
func (s *Store) Plan(ctx context.Context, fixes *Fixes, n int) (*Plan, error) {
	if n < 0 || n >= len(fixes.List) {
		return nil, fmt.Errorf("fix %d of %d: %w", n, len(fixes.List), ErrNoSuchFix)
	}
	f, a := &fixes.List[n], fixes.Answer
	c, err := ChangeOf(s.policy, f)
	if err != nil {
		return nil, err
	}
	if err := s.nameModule(ctx, &c); err != nil {
		return nil, err
	}
	q := a.Lasting()
	return &Plan{Answer: a, Fix: f, Change: c, Base: s.base, About: change.About{
		Title: string(f.Kind), Question: []string{q.Subject, string(q.Operation), q.Target.String()},
		Effects: effectsOf(f, q.Target.Protocol, s.policy.TypeName(policy.TypeID(a.Subject.Context.Type))),
	}}, nil
}

// nameModule gives the module of a change a name that the store does not have.
func (s *Store) nameModule(ctx context.Context, c *change.Change) (err error) {
	if c.Module != nil {
		c.Module.Name, err = s.changes.FreeModule(ctx, c.Module.Name)
	}
	return err
}

// PlanOf returns the plan of the fix that makes exactly a saved change, and its index in the list.
// The saved change is only compared, and never applied itself. The error wraps change.ErrMoved if
// the store is not in the state of the saved change, and ErrNoSuchFix if no fix makes it.
func (s *Store) PlanOf(ctx context.Context, fixes *Fixes, base change.Base, c change.Change) (*Plan, int, error) {
	if base != s.base {
		return nil, -1, &change.MovedError{Want: base.Commit, Now: s.base.Commit}
	}
	for n := range fixes.List {
		p, err := s.Plan(ctx, fixes, n)
		if errors.Is(err, ErrNoChange) {
			continue
		}
		if err != nil {
			return nil, -1, err
		}
		if reflect.DeepEqual(p.Change, c) {
			return p, n, nil
		}
	}
	return nil, -1, ErrNoSuchFix
}
