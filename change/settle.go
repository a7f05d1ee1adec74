package change

import (
	"context"
	"errors"

	"github.com/senet-selinux/senet/semanage"
)

// A Settled is a change whose process died while making it.
type Settled struct {
	Entry Entry
	// Made says that the store has the whole change, and the entry now says so; else the
	// store has nothing of it, and the entry was removed.
	Made  bool
	begun int // the former ID of the entry
}

// settle reads the history and reconciles it with the store. A change that was made in
// part stays begun.
func (c *session) settle(ctx context.Context) error {
	var err error
	if c.history, err = c.s.readHistory(); err != nil {
		return fileError(err)
	}
	tx, err := c.s.records.Begin() // it repairs the remains of a killed transaction
	if err != nil {
		return err
	}
	c.tx = tx
	c.repairs = tx.Repairs()
	if c.number, err = c.s.records.CommitNumber(); err != nil {
		return err
	}
	last, err := c.s.records.Last()
	if err != nil && !errors.Is(err, semanage.ErrNoUndo) {
		return err
	}
	known := &last
	if err != nil {
		known = nil
	}
	c.history.meet(c.number, known)
	e := c.history.begun()
	if e == nil {
		return nil
	}
	module, records, err := c.traces(ctx, tx, e)
	switch {
	case err != nil:
		return err
	case module && records:
		begun := e.ID
		e.Status, e.ID = Made, max(c.number, e.From+1)
		c.history.at = e.ID
		c.history.settleUndo(e)
		c.settled = &Settled{*e, true, begun}
	case !module && !records:
		c.settled = &Settled{*e, false, e.ID}
		c.history.drop(e)
	default:
		return nil
	}
	return fileError(c.s.writeHistory(c.history))
}

// traces reports whether the module and the records have the values of the change. A part
// that the change lacks counts like the other part.
func (c *session) traces(ctx context.Context, tx *semanage.Tx, e *Entry) (module, records bool, err error) {
	records = true
	for _, p := range e.Records {
		now, local, ok := tx.Lookup(p.Record().Key())
		if p.After == nil {
			records = records && !(ok && local)
		} else {
			records = records && ok && local && now == p.After
		}
	}
	if e.Module == nil {
		return records, records, nil
	}
	if b, ok := c.s.modules.(*Builder); ok {
		module = true
		for _, m := range e.Modules() {
			var as bool
			as, err = b.As(m)
			if module = module && as; err != nil {
				break
			}
		}
	} else {
		var has bool
		has, err = c.s.modules.Has(ctx, e.Module.Name)
		module = has == (e.Module.After != "")
	}
	if len(e.Records) == 0 {
		records = module
	}
	return module, records, err
}

// unfinished returns the error for a change that was made in part, nil if there is none.
func (c *session) unfinished() error {
	if e := c.history.begun(); e != nil {
		return withState(&UnfinishedError{*e}, Unchanged)
	}
	return nil
}
