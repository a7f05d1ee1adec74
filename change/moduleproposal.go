package change

import (
	"context"
	"errors"
	"slices"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// A ModuleRequest is a change of modules that somebody asks for. Facts and Opened are
// as those of a [Request].
type ModuleRequest struct {
	Edits  []ModuleEdit
	Facts  func(linked *policydb.Policy) (host.Facts, error)
	Opened func(d *Draft)
}

// A ModuleProposal is a change of modules that was looked at: the modules before and
// after, and whom it concerns. Nothing is written before Commit.
type ModuleProposal struct {
	Before, After []modstore.Module
	// Changed says whether a module changes. Without it a commit builds the same
	// modules again.
	Changed bool
	// Effects are on whom, and Comparison the two policies; nil where the store had no
	// policy.
	Effects    []impact.Effect
	Comparison *impact.Comparison
	// Obsolete are local booleans that the policy no longer has, which go.
	Obsolete []semanage.BooleanKey
	// Said are the warnings of programs that converted modules.
	Said []string
	// Number is that of the store's last transaction.
	Number int

	store   *Store
	request ModuleRequest
	note    *Module
	rules   int
}

// Undoable reports whether the history can take the change back.
func (p *ModuleProposal) Undoable() bool { return p.note != nil }

// ProposeModules looks at a change of modules: it builds the policy in memory. The
// error is an *[OrphanError] where local records need what would be gone, else those of
// package modstore.
func (s *Store) ProposeModules(ctx context.Context, r ModuleRequest) (*ModuleProposal, error) {
	d, err := s.Look(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if r.Opened != nil {
		r.Opened(d)
	}
	p := &ModuleProposal{store: s, request: r, Number: d.Number}
	var before *policydb.Policy
	if d.Tx.Linked() != nil {
		if before, _, err = d.Tx.Policies(); err != nil {
			return nil, err
		}
	}
	if err := p.edit(d.Tx); err != nil {
		return nil, err
	}
	plan, err := d.Tx.Plan()
	if err != nil {
		return nil, err
	}
	p.Obsolete = plan.Obsolete
	if before == nil {
		return p, nil
	}
	_, after, err := d.Tx.Policies()
	if err != nil {
		return nil, err
	}
	machine := host.Standard()
	if r.Facts != nil {
		if machine, err = r.Facts(d.Tx.Linked()); err != nil {
			return nil, err
		}
	}
	p.rules = after.AVTab.Len() - before.AVTab.Len()
	p.Comparison = impact.New(policy.New(before), policy.New(after), machine)
	p.Effects, err = p.Comparison.All(ctx)
	return p, err
}

// edit makes the edits and builds.
func (p *ModuleProposal) edit(records *semanage.Tx) error {
	tx, err := modstore.Open(p.store.records, modstore.Options{}).Begin(records)
	if err != nil {
		return err
	}
	p.Before = tx.Modules()
	if len(p.request.Edits) == 1 {
		source := modstore.Open(p.store.records, modstore.Options{}).Source
		if p.note, err = p.request.Edits[0].record(p.Before, source); err != nil {
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

// Commit makes the change, if the store is still as it was looked at, and asks the new
// policy. Errors are as those of [Draft.Commit].
func (p *ModuleProposal) Commit(ctx context.Context, about About) (*Done, error) {
	d, err := p.store.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if d.Number != p.Number {
		return nil, withState(&MovedError{Want: p.Number, Now: d.Number}, Unchanged)
	}
	if err := errors.Join(p.edit(d.Tx), ctx.Err()); err != nil {
		return nil, withState(err, Unchanged)
	}
	about.Effects = slices.Clone(p.Effects)
	return d.session.commit(d.Tx, Entry{From: d.Number, About: about, Module: p.note})
}

// Rules returns how many more unconditional rules the policy has afterwards.
func (p *ModuleProposal) Rules() int { return p.rules }
