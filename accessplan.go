package senet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/object"
	"github.com/senet-selinux/senet/semanage"
)

// ErrNoPath says that a fix is a label for a file, but that the path of the file is not known.
var ErrNoPath = errors.New("the path of the file is not known")

// An AccessPlan is a fix of an access as a change of one store.
type AccessPlan struct {
	Fixes  *AccessFixes
	Fix    *object.Fix
	Change change.Change
	// Place is the directory or file to relabel after the change, for example with restorecon: a
	// change of file_contexts does not change the labels of existing files. nil for no relabel.
	Place *object.Place
	// Base is the state of the store that the plan is for, the state when the store was opened.
	Base change.Base
	// About is stored with the change in the history. The caller may edit it.
	About change.About
	// Force also allows a fix that opens far more than was asked for.
	Force bool
}

// Check refuses a plan that nobody should apply by accident: the error wraps ErrNoHelp or
// ErrOpensMuch.
func (p *AccessPlan) Check() error {
	return checkPlan(string(p.Fix.Kind), p.Fix.Works, p.Fix.Applicability, p.Force)
}

// AccessChangeOf returns a fix of an access as a change of a policy store, and the place whose files
// need a relabel after it, nil for none. The error wraps ErrNoChange if the fix does not change a
// store, for example if file_contexts already has the label, and ErrNoPath if the fix is a label for
// a file whose path is not known.
func AccessChangeOf(x *AccessFixes, f *object.Fix) (change.Change, *object.Place, error) {
	switch f.Kind {
	case object.Boolean:
		return change.Change{Records: boolRecords(x.Policy, f.Bools)}, nil, nil
	case object.Relabel:
		if !strings.HasPrefix(x.Problem.Path, "/") {
			return change.Change{}, nil, ErrNoPath
		}
		place := f.Place(x.Problem.Path, x.Problem.Class, x.Problem.Files)
		r := semanage.FileContext{Path: place.Pattern, Files: place.Files, Context: fileContext(x.Policy, f.Type)}
		return change.Change{Records: append([]semanage.Difference{change.Set(r)}, boolRecords(x.Policy, f.Bools)...)},
			&place, nil
	case object.Alike:
		r := semanage.Equivalence{Path: f.Tree, Like: f.Like}
		return change.Change{Records: []semanage.Difference{change.Set(r)}},
			&object.Place{Tree: f.Tree, Whole: true}, nil
	case object.Rule:
		return change.Change{Module: &change.Module{Name: "senet_access", After: accessModule(x, f)}}, nil, nil
	case object.Interfaces:
		return change.Change{Module: &change.Module{Name: f.ModuleName, After: accessModule(x, f)}}, nil, nil
	}
	return change.Change{}, nil, fmt.Errorf("%s: %w", f.Kind, ErrNoChange)
}

// fileContext returns the context of files with a type, as in file_contexts.
func fileContext(p *policy.Policy, typ string) semanage.Context {
	c := semanage.Context{User: "system_u", Role: "object_r", Type: typ}
	if p.MLS() {
		c.Range = "s0"
	}
	return c
}

// accessModule returns the text of a module with the rules of a fix, in CIL.
func accessModule(x *AccessFixes, f *object.Fix) string {
	var b strings.Builder
	fmt.Fprintf(&b, "; senet fix %s %s:%s\n", x.Policy.TypeName(policy.TypeID(x.Problem.Source.Type)), x.Query.Class,
		strings.Join(x.Query.Perms, ","))
	for _, call := range f.Calls {
		fmt.Fprintf(&b, "; %s\n", call)
	}
	for _, rule := range f.Module() {
		fmt.Fprintf(&b, "%s\n", rule)
	}
	return b.String()
}

// AccessPlan returns fix n of an access, counted from 0, as a change of the store. It changes
// nothing.
func (s *Store) AccessPlan(ctx context.Context, x *AccessFixes, n int) (*AccessPlan, error) {
	if n < 0 || n >= len(x.Fixes) {
		return nil, fmt.Errorf("fix %d of %d: %w", n, len(x.Fixes), ErrNoSuchFix)
	}
	f := &x.Fixes[n]
	c, place, err := AccessChangeOf(x, f)
	if err != nil {
		return nil, err
	}
	if err := s.nameModule(ctx, &c); err != nil {
		return nil, err
	}
	return &AccessPlan{Fixes: x, Fix: f, Change: c, Place: place, Base: s.base,
		About: change.About{Title: f.Name(x.Policy)}}, nil
}

// An AccessDone is a change that was made, with the answer of the policy after it.
type AccessDone struct {
	change.Done
	Base change.Base
	// Refused are the requested permissions that the new policy still refuses. For a Relabel the
	// file counts as relabelled.
	Refused []string
}

// ApplyAccess makes the change of a plan, in one transaction that is complete or absent after a
// kill, and asks the question again. It refuses what [AccessPlan.Check] refuses. The error wraps
// change.ErrMoved if the store is not in the state that the plan is for.
func (s *Store) ApplyAccess(ctx context.Context, p *AccessPlan) (*AccessDone, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	done, err := s.changes.Apply(ctx, p.Base.Commit, p.Change, p.About)
	if err != nil {
		return nil, err
	}
	d := &AccessDone{Done: *done}
	if d.Base, err = s.changes.Base(); err != nil {
		return d, err
	}
	d.Refused, err = refusedUnder(policy.New(done.Policy), p)
	return d, err
}

// refusedUnder returns the permissions of a plan that a policy refuses.
func refusedUnder(after *policy.Policy, p *AccessPlan) ([]string, error) {
	before, problem := p.Fixes.Policy, &p.Fixes.Problem
	source, err := after.ParseContext(before.FormatContext(problem.Source))
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	text := before.FormatContext(problem.Target)
	if p.Fix.Kind == object.Relabel || p.Fix.Kind == object.Alike {
		text = fileContext(after, p.Fix.Type).String()
	}
	target, err := after.ParseContext(text)
	if err != nil {
		return nil, fmt.Errorf("target: %w", err)
	}
	var refused []string
	check := access.NewDecider(after).Check(source, target, problem.Class, problem.Perms...)
	for i := range check.Perms {
		if !check.Perms[i].Allowed && !slices.Contains(refused, check.Perms[i].Name) {
			refused = append(refused, check.Perms[i].Name)
		}
	}
	return refused, nil
}
