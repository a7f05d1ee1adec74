package change

import (
	"context"
	"slices"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// A ModuleRequest is a requested change of modules. Facts and Opened are as in [Request].
type ModuleRequest struct {
	Edits  []ModuleEdit
	Facts  func(linked *policydb.Policy) (host.Facts, error)
	Opened func(d *Draft)
	// Hold keeps the store locked until the proposal is committed or closed, so that Commit writes
	// exactly the proposed policy. Without it other processes need not wait for the user's
	// decision; Commit then reads the modules again, and builds if any has changed.
	Hold bool
}

// A ModuleProposal is a prepared change of modules: the modules before and after, and the effects.
// Nothing is written before Commit.
type ModuleProposal struct {
	Before, After []modstore.Module
	// Changed says whether a module changes. Without it a commit builds the same
	// modules again.
	Changed bool
	// Effects are the effects on domains, and Comparison the two policies; nil if the store had no
	// policy.
	Effects    []impact.Effect
	Comparison *impact.Comparison
	// Obsolete are local booleans that the policy no longer has; they are removed.
	Obsolete []semanage.BooleanKey
	// Said are the warnings of programs that converted modules.
	Said []string
	// Number is the number of the store's last transaction.
	Number int

	store   *Store
	modules *modstore.Store
	request ModuleRequest
	note    *Module
	rules   int
	draft   *Draft // while the lock is held
}

// Undoable reports whether the history can undo the change.
func (p *ModuleProposal) Undoable() bool { return p.note != nil }

// ProposeModules prepares a change of modules: it builds the policy in memory. The error is an
// *[OrphanError] if local records need names that would be removed, else one of package modstore.
// The caller must close or commit the proposal.
func (s *Store) ProposeModules(ctx context.Context, r ModuleRequest) (*ModuleProposal, error) {
	begin := s.Look
	if r.Hold {
		begin = s.Begin
	}
	d, err := begin(ctx)
	if err != nil {
		return nil, err
	}
	if r.Opened != nil {
		r.Opened(d)
	}
	p := &ModuleProposal{store: s, request: r, Number: d.Number, draft: d}
	if b, ok := s.modules.(*Builder); ok {
		p.modules = b.store()
	} else {
		p.modules = modstore.Open(s.records, modstore.Options{})
	}
	if err := p.look(ctx, d); err != nil {
		d.Close()
		return nil, err
	}
	if !r.Hold {
		p.Close()
	}
	return p, nil
}

// look makes the edits and compares the policies.
func (p *ModuleProposal) look(ctx context.Context, d *Draft) error {
	before, err := policyBefore(d.Tx)
	if err != nil {
		return err
	}
	if err := p.edit(d.Tx); err != nil {
		return err
	}
	plan, err := d.Tx.Plan()
	if err != nil {
		return err
	}
	p.Obsolete = plan.Obsolete
	if before == nil {
		return nil
	}
	if p.Comparison, err = compareModules(d.Tx, before, p.request.Facts); err != nil {
		return err
	}
	p.rules = p.Comparison.After.DB().AVTab.Len() - before.AVTab.Len()
	p.Effects, err = p.Comparison.All(ctx)
	return err
}

// edit makes the edits and builds.
func (p *ModuleProposal) edit(records *semanage.Tx) error {
	tx, err := p.modules.Begin(records)
	if err != nil {
		return err
	}
	p.Before = tx.Modules()
	for i := range p.request.Edits { // without a priority, the highest one
		if e := &p.request.Edits[i]; e.Op == MoveModule && e.Key.Priority == 0 {
			if m, ok := tx.Find(e.Key.Name); ok {
				e.Key.Priority = m.Priority
			}
		}
	}
	if len(p.request.Edits) == 1 {
		if p.note, err = p.request.Edits[0].record(p.Before, p.modules.Source); err != nil {
			return err
		}
	}
	for i := range p.request.Edits {
		if err := p.request.Edits[i].apply(tx); err != nil {
			return err
		}
	}
	p.After, p.Changed = tx.Modules(), tx.Changed()
	if _, err := tx.Build(); err != nil {
		return err
	}
	p.Said = tx.Said()
	if list := records.Orphans(); len(list) > 0 {
		return &OrphanError{list}
	}
	return nil
}

// Close releases the store's lock if it is held; Commit takes it again.
func (p *ModuleProposal) Close() {
	if p.draft != nil {
		p.draft.Close()
		p.draft = nil
	}
}

// Commit makes the change, if the store is still in the same state, and checks the new policy.
// Errors are those of [Draft.Commit].
func (p *ModuleProposal) Commit(ctx context.Context, about About) (*Done, error) {
	defer p.Close()
	if p.draft == nil {
		var err error
		if p.draft, err = p.store.Begin(ctx); err != nil {
			return nil, err
		}
		if now := p.draft.Number; now != p.Number {
			return nil, withState(&MovedError{Want: p.Number, Now: now}, Unchanged)
		}
		if err := p.edit(p.draft.Tx); err != nil {
			return nil, withState(err, Unchanged)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, withState(err, Unchanged)
	}
	about.Effects = slices.Clone(p.Effects)
	e := Entry{From: p.Number, About: about, Module: p.note}
	if p.note == nil {
		return p.draft.session.commit(p.draft.Tx, e)
	}
	return p.draft.session.commitNoted(p.draft.Tx, e)
}

// Rules returns how many more unconditional rules the new policy has.
func (p *ModuleProposal) Rules() int { return p.rules }
