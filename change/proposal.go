package change

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// A Request is a requested change of local records and of modules.
type Request struct {
	// Modules edits the modules, before Stage; nil for no change of modules. Like Stage it may be
	// called twice. Propose returns an error for it if another program builds the store's modules.
	Modules func(tx *modstore.Tx) error
	// Stage edits a transaction. It may be called twice, with two transactions of the
	// same content.
	Stage func(tx *semanage.Tx) error
	// Facts returns the facts of the store's machine, which should count as enforcing: see
	// [impact.Comparison]. Its argument is the policy without local records, nil if the store has
	// none. A nil function means a standard host.
	Facts func(linked *policydb.Policy) (host.Facts, error)
	// Opened, if not nil, is called with each opened draft, which lists the repairs and settled
	// changes.
	Opened func(d *Draft)
	// Hold keeps the store locked until the proposal is committed or closed. Without it other
	// processes need not wait for the user's decision, and Commit checks that the store has not
	// changed.
	Hold bool
}

// A Proposal is a prepared change of local records and of modules: the differences, and the effects.
// Nothing is written before Commit.
type Proposal struct {
	Differences []semanage.Difference
	// Modules are the changes of modules, in the order in which they are made, and Said
	// the warnings of their conversion.
	Modules []*Module
	Said    []string
	// Effects are the effects on domains, and Comparison the two policies; nil if nothing differs.
	Effects    []impact.Effect
	Comparison *impact.Comparison
	// Number is the number of the store's last transaction, on which the proposal is based.
	Number int

	store   *Store
	request Request
	draft   *Draft
	before  *policydb.Policy // the policy before; nil if no module changes, or there was none
}

// Changed reports whether anything differs.
func (p *Proposal) Changed() bool { return len(p.Differences)+len(p.Modules) > 0 }

// Propose looks at a change. Errors are those of Begin or Look, of staging, and of
// [semanage.Tx.Plan]: a change that a commit would refuse is refused here. Close the Proposal
// or commit it.
func (s *Store) Propose(ctx context.Context, r Request) (*Proposal, error) {
	p := &Proposal{store: s, request: r}
	if err := p.open(ctx, !r.Hold); err != nil {
		return nil, err
	}
	if err := p.fill(ctx); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// open opens the draft and stages the request.
func (p *Proposal) open(ctx context.Context, look bool) error {
	begin := p.store.Begin
	if look {
		begin = p.store.Look
	}
	d, err := begin(ctx)
	if err != nil {
		return err
	}
	p.draft = d
	if p.request.Opened != nil {
		p.request.Opened(d)
	}
	err = p.editModules(d.Tx)
	if err == nil {
		err = p.request.Stage(d.Tx)
	}
	if len(p.Modules) > 0 && err == nil {
		if list := d.Tx.Orphans(); len(list) > 0 {
			err = &OrphanError{list}
		}
	}
	if err != nil {
		d.Close()
	}
	return err
}

// editModules edits the modules and builds the policy if one of them changes.
func (p *Proposal) editModules(records *semanage.Tx) error {
	p.Modules, p.Said, p.before = nil, nil, nil
	if p.request.Modules == nil {
		return nil
	}
	b, ok := p.store.modules.(*Builder)
	if !ok {
		return errors.New("modules of this store are built by another program")
	}
	tx, err := b.store().Begin(records)
	if err != nil {
		return err
	}
	was := tx.Modules()
	if err := p.request.Modules(tx); err != nil {
		return err
	}
	if !tx.Changed() {
		return nil
	}
	if p.before, err = policyBefore(records); err != nil {
		return err
	}
	if b.Working != nil {
		defer b.Working()()
	}
	if _, err := tx.Build(); err != nil {
		return err
	}
	p.Said = tx.Said()
	p.Modules, err = moduleChanges(b.store(), tx, was)
	return err
}

func (p *Proposal) fill(ctx context.Context) error {
	tx := p.draft.Tx
	p.Number, p.Differences = p.draft.Number, tx.Differences()
	if !p.Changed() {
		return nil
	}
	if len(p.Modules) > 0 {
		return p.fillModules(ctx)
	}
	var err error
	if p.Comparison, err = compare(tx, p.Differences, p.request.Facts); err != nil {
		return err
	}
	// Meanwhile the policy for the commit is built, to find obstacles.
	planned := make(chan error, 1)
	go func() {
		_, err := tx.Plan()
		planned <- err
	}()
	p.Effects, err = p.Comparison.Records(ctx, p.Differences)
	if errPlan := <-planned; errPlan != nil {
		return errPlan
	}
	return err
}

// fillModules compares the whole policies.
func (p *Proposal) fillModules(ctx context.Context) error {
	tx := p.draft.Tx
	if _, err := tx.Plan(); err != nil {
		return err
	}
	if p.before == nil {
		return nil
	}
	var err error
	if p.Comparison, err = compareModules(tx, p.before, p.request.Facts); err != nil {
		return err
	}
	p.Effects, err = p.Comparison.All(ctx)
	return err
}

// policyBefore returns the policy of a store before its modules change; nil if there is none.
func policyBefore(tx *semanage.Tx) (*policydb.Policy, error) {
	if tx.Linked() == nil {
		return nil, nil
	}
	before, _, err := tx.Policies()
	return before, err
}

// compareModules compares the policy before a change of modules with the one that was built.
func compareModules(
	tx *semanage.Tx, before *policydb.Policy, facts func(*policydb.Policy) (host.Facts, error),
) (*impact.Comparison, error) {
	_, after, err := tx.Policies()
	if err != nil {
		return nil, err
	}
	machine, err := machineOf(tx, facts)
	if err != nil {
		return nil, err
	}
	return impact.New(policy.New(before), policy.New(after), machine), nil
}

func compare(
	tx *semanage.Tx, list []semanage.Difference, facts func(*policydb.Policy) (host.Facts, error),
) (*impact.Comparison, error) {
	machine, err := machineOf(tx, facts)
	if err != nil {
		return nil, err
	}
	return impact.OfTx(tx, list, machine)
}

// machineOf returns the facts of the store's machine; without facts those of a standard host.
func machineOf(tx *semanage.Tx, facts func(*policydb.Policy) (host.Facts, error)) (host.Facts, error) {
	if facts == nil {
		return host.Standard(), nil
	}
	return facts(tx.Linked())
}

// Close releases the store's lock if it is held; Commit takes it again.
func (p *Proposal) Close() {
	if p.draft != nil {
		p.draft.Close()
		p.draft = nil
	}
}

// Commit makes the change. The error is a [MovedError] if the store has changed since the proposal;
// else see [Draft.Commit].
func (p *Proposal) Commit(ctx context.Context, about About) (*Done, error) {
	defer p.Close()
	if p.draft == nil || p.draft.session == nil {
		p.Close()
		if err := p.open(ctx, false); err != nil {
			return nil, err
		}
		if now := p.draft.Number; now != p.Number {
			return nil, withState(&MovedError{Want: p.Number, Now: now}, Unchanged)
		}
	}
	if len(p.Modules) == 0 {
		return p.draft.Commit(ctx, about)
	}
	if err := ctx.Err(); err != nil {
		return nil, withState(err, Unchanged)
	}
	about.Effects = slices.Clone(p.Effects)
	e := Entry{From: p.Number, About: about}
	e.setModules(p.Modules)
	return p.draft.session.commitNoted(p.draft.Tx, e)
}

// EffectsOfUndo returns the effects of an undo. Those of a module are known from its installation.
func (s *Store) EffectsOfUndo(
	ctx context.Context, e *Entry, facts func(*policydb.Policy) (host.Facts, error),
) ([]impact.Effect, error) {
	var effects []impact.Effect
	if e.Module != nil || e.Status == Begun {
		for _, effect := range e.About.Effects {
			effects = append(effects, effect.Swapped())
		}
		return effects, nil
	}
	d, err := s.Look(ctx)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if err := d.lookUndo(*e); err != nil {
		return nil, err
	}
	list := d.Tx.Differences()
	c, err := compare(d.Tx, list, facts)
	if err != nil {
		return nil, err
	}
	return c.Records(ctx, list)
}

// ToUndo returns the change with an ID, 0 for the last one, if it can be undone. Errors are those
// of [Store.Last] and [Store.Entry], and [ErrUndone].
func (s *Store) ToUndo(id int) (Entry, error) {
	if id == 0 {
		return s.Last()
	}
	e, err := s.Entry(id)
	if err == nil && e.UndoneBy != 0 {
		err = withState(fmt.Errorf("transaction %d: %w, by transaction %d", id, ErrUndone, e.UndoneBy), Unchanged)
	}
	return e, err
}

// FreeModule returns a module name that the store does not have, base or base with a number: one
// change must not replace the module of another.
func (s *Store) FreeModule(ctx context.Context, base string) (string, error) {
	name := base
	for i := 2; ; i++ {
		taken, err := s.modules.Has(ctx, name)
		if err != nil || !taken {
			return name, err
		}
		name = fmt.Sprintf("%s_%d", base, i)
	}
}
