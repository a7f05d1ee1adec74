package senet

import (
	"context"
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// A DecisionQuery asks for one decision of the policy, as the kernel makes it: may a process do
// something to an object of a class?
type DecisionQuery struct {
	Source, Target string // contexts
	Class          string
	// Perms are the permissions to ask about; none for all of the class.
	Perms []string
}

// A Decision is the policy's answer. It is not the result of an operation, which needs several
// decisions: see [Session.Can].
type Decision struct {
	Query          DecisionQuery
	Source, Target policy.Context
	Class          policy.ClassID
	// Words are the access vectors and flags that the kernel computes.
	Words access.Decision
	// Perms are the permissions, each with the rules that grant it or the reason of its denial.
	Perms []access.PermCheck
	// Switches are settings of booleans that grant all requested permissions, if one is denied; nil
	// if Query names none.
	Switches [][]policy.BoolSetting
}

// Decide asks for one decision. A name that the policy lacks is an *UnknownError; a
// context that it does not allow is a *ContextError.
func (s *Session) Decide(ctx context.Context, q DecisionQuery) (*Decision, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p, d := s.policy, &Decision{Query: q}
	var err error
	if d.Source, err = p.ParseContext(q.Source); err != nil {
		return nil, &ContextError{"source", err}
	}
	if d.Target, err = p.ParseContext(q.Target); err != nil {
		return nil, &ContextError{"target", err}
	}
	var ok bool
	if d.Class, ok = p.Class(q.Class); !ok {
		return nil, unknown(KindClass, q.Class, classNames(p), "the policy has no class %s", q.Class)
	}
	all := slices.DeleteFunc(slices.Clone(p.Perms(d.Class)), func(name string) bool { return name == "" })
	names := all
	if len(q.Perms) > 0 {
		names = q.Perms
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, unknown(KindPermission, name, slices.Values(all),
				"class %s has no permission %s in this policy",
				q.Class, name)
		}
	}
	decider := s.decider()
	d.Words = decider.Decide(d.Source, d.Target, d.Class)
	d.Perms = decider.Check(d.Source, d.Target, q.Class, names...).Perms
	d.Switches = d.switches(p)
	return d, nil
}

// A ContextError says what is wrong with a context.
type ContextError struct {
	Which string // source or target
	Err   error
}

func (e *ContextError) Error() string { return fmt.Sprintf("%s: %v", e.Which, e.Err) }

func (e *ContextError) Unwrap() error { return e.Err }

// Permissive reports whether denials are only logged: the source's type is permissive.
func (d *Decision) Permissive() bool { return d.Words.Flags&access.Permissive != 0 }

// Allowed reports whether all requested permissions are granted; without requested permissions,
// whether any is. A permissive source is denied nothing.
func (d *Decision) Allowed() bool {
	granted := func(pc access.PermCheck) bool { return pc.Allowed }
	refused := func(pc access.PermCheck) bool { return !pc.Allowed }
	switch {
	case d.Permissive():
		return true
	case len(d.Query.Perms) == 0:
		return slices.ContainsFunc(d.Perms, granted)
	}
	return !slices.ContainsFunc(d.Perms, refused)
}

// Asked returns the requested permissions.
func (d *Decision) Asked(p *policy.Policy) policy.AccessVector {
	if len(d.Query.Perms) == 0 {
		return p.AllPerms(d.Class)
	}
	var asked policy.AccessVector
	for _, name := range d.Query.Perms {
		perm, _ := p.Perm(d.Class, name)
		asked |= perm
	}
	return asked
}

func (d *Decision) switches(p *policy.Policy) [][]policy.BoolSetting {
	if len(d.Query.Perms) == 0 || d.Allowed() {
		return nil
	}
	var works [][]policy.BoolSetting
	asked := d.Asked(p)
	for i := range d.Perms {
		if d.Perms[i].Allowed {
			continue
		}
		for _, settings := range d.Perms[i].Reason.Switches {
			granted := access.NewDecider(p.WithBools(settings...)).Decide(d.Source, d.Target, d.Class).Allowed
			known := slices.ContainsFunc(works, func(o []policy.BoolSetting) bool { return slices.Equal(o, settings) })
			if granted&asked == asked && !known {
				works = append(works, settings)
			}
		}
	}
	return works
}

func classNames(p *policy.Policy) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for id := range p.Classes() {
			if !yield(p.ClassName(id)) {
				return
			}
		}
	}
}
