package senet

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// A Store is a policy store and a Session for its policy.
type Store struct {
	// Session has the policy of the store when it was opened.
	*Session
	changes *change.Store
	base    change.Base
}

// A Done is a change that was made, or an undo.
type Done struct {
	change.Done
	// Base is the new state of the store.
	Base change.Base
	// Answer is the new policy's answer to the question of the change; nil if there is no question,
	// or if a name of the question no longer exists.
	Answer *Answer
	// Effects are the effects of the change on other domains, from the policies before and after.
	Effects []impact.Effect
}

// OpenStore opens a policy store and its policy. Options.Root and Options.Booleans apply;
// Options.Policy must be empty.
func OpenStore(ctx context.Context, o Options, c change.Options) (*Store, error) {
	if o.Policy != "" {
		return nil, errors.New("a store has its own policy")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.Root = o.Root
	changes, err := change.Open(c)
	if err != nil {
		return nil, err
	}
	return NewStore(ctx, changes, o)
}

// NewStore reads the policy of an opened store, under Options.Root.
func NewStore(ctx context.Context, changes *change.Store, o Options) (*Store, error) {
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

// readStore reads the policy of a store and the state that it belongs to. It reads again if another
// process changes the store in between.
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
	name := filepath.Join(changes.Records().Dir(), "active", "policy.kern")
	return OpenPolicy(policy.New(db), Source{Name: name, Installed: true}, o)
}

// Changes returns the store itself: its history, and changes other than fixes.
func (s *Store) Changes() *change.Store { return s.changes }

// Fixes finds every fix of an operation on one port, with the local records of the store.
func (s *Store) Fixes(ctx context.Context, q Query) (*Fixes, error) {
	local, err := s.localPorts()
	if err != nil {
		return nil, err
	}
	return s.fixes(ctx, q, local)
}

// FixesOf finds every fix of the operation in an answer, with the local records of the store.
func (s *Store) FixesOf(a *Answer) (*Fixes, error) {
	local, err := s.localPorts()
	if err != nil {
		return nil, err
	}
	return s.fixesOf(a, local)
}

func (s *Store) localPorts() ([]policydb.PortCon, error) {
	records, err := s.changes.Records().Local(semanage.Ports)
	if err != nil {
		return nil, err
	}
	return localPorts(s.policy, records), nil
}

// Apply makes the change of a plan, in one transaction that is complete or absent after a kill, and
// asks the question again. It refuses what [Plan.Check] refuses. The error wraps change.ErrMoved if
// the store is not in the state that the plan is for; change.StateOf tells the state of the store
// after an error.
func (s *Store) Apply(ctx context.Context, p *Plan) (*Done, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	done, err := s.changes.Apply(ctx, p.Base.Commit, p.Change, p.About)
	if err != nil {
		return nil, err
	}
	return s.verify(ctx, done, p.Answer)
}

// Resume completes a change that was killed before it was complete, and asks a question afterwards.
// The error wraps change.ErrNothing if there is none.
func (s *Store) Resume(ctx context.Context, a *Answer) (*Done, error) {
	done, err := s.changes.Resume(ctx)
	if err != nil {
		return nil, err
	}
	return s.verify(ctx, done, a)
}

// verify asks the store again, and compares its policy with the one before.
func (s *Store) verify(ctx context.Context, done *change.Done, a *Answer) (d *Done, err error) {
	d = &Done{Done: *done}
	if d.Base, err = s.changes.Base(); err != nil {
		return d, err
	}
	after := policy.New(done.Policy)
	// A change that makes a domain permissive helps in no other way.
	asIs := a.asIs || done.Policy.Permissive.Count() > s.policy.DB().Permissive.Count()
	if d.Answer, err = a.under(after, asIs); err != nil {
		return d, err
	}
	c := impact.New(s.policy, after, a.Machine.Host)
	if done.Entry.Module != nil {
		d.Effects, err = c.All(ctx)
	} else { // only the ports of the records can have changed
		d.Effects, err = c.Records(ctx, done.Entry.Content().Records)
	}
	return d, err
}

// Undo undoes the change with that number in the store's history. See change.Store for the changes
// that it refuses to undo.
func (s *Store) Undo(ctx context.Context, id int) (*Done, error) {
	entry, err := s.changes.Entry(id)
	if err != nil {
		return nil, err
	}
	done, err := s.changes.Undo(ctx, id)
	if err != nil {
		return nil, err
	}
	d := &Done{Done: *done}
	if d.Base, err = s.changes.Base(); err != nil {
		return d, err
	}
	d.Answer, err = AskAgain(ctx, &entry, policy.New(done.Policy), s.options)
	return d, err
}

// AskAgain asks a policy of a store the question of a change, for SELinux in enforcing mode. The
// answer is nil if the change has no question, or if a name of the question no longer exists.
func AskAgain(ctx context.Context, e *change.Entry, p *policy.Policy, o Options) (*Answer, error) {
	if len(e.About.Question) != 3 {
		return nil, nil
	}
	t, err := ParseTarget(e.About.Question[2], "")
	if err != nil {
		return nil, nil
	}
	s, err := OpenPolicy(p, Source{Installed: true}, o)
	if err != nil {
		return nil, err
	}
	q := Query{Subject: e.About.Question[0], Operation: network.Operation(e.About.Question[1]), Target: t}
	if q.check() != nil {
		return nil, nil
	}
	a, err := s.Can(ctx, q)
	var unknown *UnknownError
	var nobody *SubjectError
	switch {
	case errors.As(err, &unknown), errors.As(err, &nobody):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return a.enforcing(s.asker())
}

// Kernel returns the policy of the running kernel, if it should equal the store's; nil if not: the
// store is not the configured one of the running system, or SELinux is off.
func (s *Store) Kernel() (*policy.Policy, error) {
	if !s.root.Live() || !s.changes.Records().Configured() {
		return nil, nil
	}
	db, err := policyfile.Open(policyfile.Running)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return policy.New(db), nil
}

// StoreFacts returns the facts of the machine of a store, by its name, "" for the configured one,
// for change.Request: with the store's future policy, if the machine uses the store, and as if
// SELinux were enforcing. On a permissive machine nothing is denied, so that nobody would gain.
func StoreFacts(o Options, store string) func(linked *policydb.Policy) (host.Facts, error) {
	return func(linked *policydb.Policy) (facts host.Facts, err error) {
		if o.Host != nil {
			facts = *o.Host
		} else {
			root, err := host.OpenRoot(o.Root)
			if err != nil {
				return facts, fmt.Errorf("root: %w", err)
			}
			if facts, err = host.Read(host.Options{Root: root}); err != nil {
				return facts, &MachineError{err}
			}
		}
		facts.Enforcing = true
		s := facts.SELinux
		if s != nil && s.Config != nil && (store == "" || store == s.Config.Type) && linked != nil {
			facts = WithPolicy(facts, linked)
		}
		return facts, nil
	}
}
