package senet

import (
	"context"
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// ErrNoChange says that a fix changes nothing that a policy store holds: another
// port, or the level of a process.
var ErrNoChange = errors.New("the fix is no change of a policy store")

// A Store is a policy store and the Session that asks its policy.
type Store struct {
	// Session asks the policy that the store had when it was opened.
	*Session
	changes *change.Store
	base    change.Base
}

// A Plan is a fix as a change of one store.
type Plan struct {
	// Question is what the fix is for.
	Question Query
	Fix      *remedy.Fix
	Change   change.Change
	// Base is the state of the store that the plan is for, that in which it was
	// opened; Apply refuses another.
	Base change.Base
}

// A Done is a change that was made, or taken back.
type Done struct {
	change.Done
	// Answer is the question of the plan, asked of the policy that the store has now;
	// nil after Undo.
	Answer *Answer
}

// OpenStore opens a policy store and its policy. Options.Root and
// Options.Booleans hold; Options.Policy must be empty.
func OpenStore(ctx context.Context, o Options, c change.Options) (*Store, error) {
	if o.Policy != "" {
		return nil, errors.New("a store has a policy of its own")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.Root = o.Root
	changes, err := change.Open(c)
	if err != nil {
		return nil, err
	}
	base, db, err := readStore(ctx, changes)
	if err != nil {
		return nil, err
	}
	s, err := sessionOfStore(db, o, changes)
	if err != nil {
		return nil, err
	}
	return &Store{s, changes, base}, nil
}

// readStore reads the policy of a store and the state that it is of, again where
// another process changed the store in between.
func readStore(ctx context.Context, changes *change.Store) (change.Base, *policydb.Policy, error) {
	for {
		base, err := changes.Base()
		if err != nil {
			return base, nil, err
		}
		db, err := changes.Records().KernelPolicy()
		if err != nil {
			return base, nil, err
		}
		commit, err := changes.Records().CommitNumber()
		if err != nil || commit == base.Commit {
			return base, db, err
		}
		if err := ctx.Err(); err != nil {
			return base, nil, err
		}
	}
}

func sessionOfStore(db *policydb.Policy, o Options, changes *change.Store) (*Session, error) {
	return OpenPolicy(policy.New(db), Source{Name: changes.Records().Dir(), Installed: true}, o)
}

// Changes returns the store itself: its history, and changes that are no fix.
func (s *Store) Changes() *change.Store { return s.changes }

// Fixes finds every fix of an operation on one port, with the local records that
// the store has.
func (s *Store) Fixes(ctx context.Context, q Query) (*Fixes, error) {
	records, err := s.changes.Records().Local(semanage.Ports)
	if err != nil {
		return nil, err
	}
	return s.fixes(ctx, q, LocalPorts(s.policy, records))
}

// Plan turns one of the fixes into a change of the store. It changes nothing. The
// plan is for the state in which the store was opened: after a change, one's own
// too, open it again.
func (s *Store) Plan(ctx context.Context, q Query, f *remedy.Fix) (*Plan, error) {
	c, err := ChangeOf(s.policy, f)
	if err != nil {
		return nil, err
	}
	if c.Module != nil {
		if c.Module.Name, err = s.changes.FreeModule(ctx, c.Module.Name); err != nil {
			return nil, err
		}
	}
	return &Plan{Question: q, Fix: f, Change: c, Base: s.base}, nil
}

// Apply makes the change of a plan, in one transaction that a kill does not leave
// half done, and asks the question again. The error wraps change.ErrMoved if the
// store is not in the state that the plan is for; change.StateOf says what the
// store is like after an error.
func (s *Store) Apply(ctx context.Context, p *Plan) (*Done, error) {
	who, err := s.Subject(ctx, p.Question.Subject)
	if err != nil {
		return nil, err
	}
	done, err := s.changes.Apply(ctx, p.Base.Commit, p.Change, change.About{
		Title: string(p.Fix.Kind), Question: []string{p.Question.Subject, string(p.Question.Operation), p.Question.Target.String()},
		Effects: EffectsOf(p.Fix, p.Question.Target.Protocol, s.policy.TypeName(policy.TypeID(who.Context.Type))),
	})
	if err != nil {
		return nil, err
	}
	d := &Done{Done: *done}
	after, err := sessionOfStore(done.Policy, s.options, s.changes)
	if err != nil {
		return d, err
	}
	d.Answer, err = after.Can(ctx, p.Question)
	return d, err
}

// Undo takes a change back: the one with that number in the store's history. See
// change.Store for what it refuses.
func (s *Store) Undo(ctx context.Context, id int) (*Done, error) {
	done, err := s.changes.Undo(ctx, id)
	if err != nil {
		return nil, err
	}
	return &Done{Done: *done}, nil
}

// ChangeOf returns a fix, found under a policy, as a change of a store. The error
// wraps ErrNoChange if it is none.
func ChangeOf(p *policy.Policy, f *remedy.Fix) (change.Change, error) {
	var c change.Change
	switch f.Kind {
	case remedy.Boolean:
		for _, b := range f.Bools {
			c.Records = append(c.Records, change.Set(semanage.Boolean{Name: p.BoolName(b.Bool), On: b.On}))
		}
		return c, nil
	case remedy.OwnType, remedy.Rule, remedy.Permissive:
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

// LocalPorts returns the local records that label ports as the policy of their store
// has them, in its order: what remedy.Problem needs. It is never nil.
func LocalPorts(p *policy.Policy, local []semanage.Record) []policydb.PortCon {
	list := make([]policydb.PortCon, 0, len(local))
	keys := make(map[semanage.PortKey]bool, len(local))
	for _, r := range local {
		if r, ok := r.(semanage.Port); ok {
			keys[semanage.PortKey{Protocol: r.Protocol, Low: r.Low, High: r.High}] = true
		}
	}
	for _, c := range p.Ports() {
		if c.Low > 65535 || c.High > 65535 {
			continue // no record says that
		}
		key := semanage.PortKey{Protocol: semanage.Protocol(c.Protocol), Low: uint16(c.Low), High: uint16(c.High)}
		if keys[key] { // the first wins, and is the local one
			list = append(list, c)
			delete(keys, key)
		}
	}
	return list
}
