package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// A Draft is an open transaction of records. It holds the store's locks until [Draft.Commit] or
// [Draft.Close]; it writes nothing before Commit.
type Draft struct {
	// Tx is the transaction. The caller may edit it, but must not commit it.
	Tx *semanage.Tx
	// Number is that of the store's last transaction.
	Number  int
	session *session // nil for a draft that cannot be committed
	undoes  int
	about   About
}

// Begin opens a draft. It waits for other changes, and settles unfinished ones; if it cannot, the
// error wraps [ErrBusy] or is an [UnfinishedError].
func (s *Store) Begin(ctx context.Context) (*Draft, error) {
	c, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.unfinished(); err != nil {
		c.close()
		return nil, err
	}
	tx, err := c.at(c.number)
	if err != nil {
		c.close()
		return nil, withState(err, Unchanged)
	}
	return &Draft{Tx: tx, Number: c.number, session: c}, nil
}

// Look opens a draft that cannot be committed: it answers questions about a change without waiting
// for other changes. It changes nothing on disk, not even for a necessary repair; see
// [semanage.Tx.Needed].
func (s *Store) Look(_ context.Context) (*Draft, error) {
	tx, err := s.records.Look()
	if err != nil {
		return nil, err
	}
	d := &Draft{Tx: tx}
	if d.Number, err = s.records.CommitNumber(); err != nil {
		tx.Close()
		return nil, err
	}
	return d, nil
}

// Close releases the locks. After Commit it does nothing.
func (d *Draft) Close() {
	d.Tx.Close()
	if d.session != nil {
		d.session.close()
	}
}

// Repairs lists what Begin repaired in the store of records.
func (d *Draft) Repairs() []semanage.Repair {
	if d.session == nil {
		return d.Tx.Repairs()
	}
	return d.session.repairs
}

// Settled returns the killed change that Begin found, nil for none.
func (d *Draft) Settled() *Settled {
	if d.session == nil {
		return nil
	}
	return d.session.settled
}

// Commit makes the changes and checks the new policies of the store and of the kernel. If nothing
// changes, it writes nothing, and Done.Changed is false. [StateOf] tells the state of the store
// after an error; if the state is Changed, Done is not nil.
func (d *Draft) Commit(ctx context.Context, about About) (*Done, error) {
	defer d.Close()
	if d.session == nil {
		return nil, withState(errors.New("this draft cannot be committed"), Unchanged)
	}
	if err := ctx.Err(); err != nil {
		return nil, withState(err, Unchanged)
	}
	if d.undoes != 0 {
		about = d.about
	}
	return d.session.commit(d.Tx, Entry{From: d.Number, About: about, Undoes: d.undoes})
}

// commit commits the transaction of records and notes it in the history as e.
func (c *session) commit(tx *semanage.Tx, e Entry) (*Done, error) {
	e.Records = tx.Placed()
	result, err := tx.Commit()
	unfinished := errors.Is(err, semanage.ErrUnfinished)
	if err != nil && !unfinished {
		return nil, withState(err, Unchanged)
	}
	done := &Done{}
	if unfinished { // it is committed, or will be after a repair
		e.ID = c.number + 1
	} else {
		done.Result = *result
		e.ID = result.Commit
		if !result.Changed {
			done.Entry = e
			return done, nil
		}
	}
	e.Status, e.Time = Made, now()
	done.Entry, done.Changed = e, true
	if len(e.Records) > 0 || e.Module != nil {
		c.history.add(e)
	} else {
		c.history.at = e.ID // the records already had these values: nothing to undo
	}
	if e := c.s.writeHistory(c.history); e != nil && !unfinished {
		err = fmt.Errorf("the change is made, but the history does not have it: %w", fileError(e))
	}
	if err != nil {
		return done, withState(err, Changed)
	}
	return done, withState(c.s.verify(done), Changed)
}

// now returns the time, to the second.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

// A Done is a change that was made.
type Done struct {
	Entry Entry // as in the history
	// Changed is false if nothing had to be done.
	Changed bool
	// Result is the result of the transaction of records; zero for a change of a module only.
	Result semanage.Result
	// Loaded says that the running kernel got the policy.
	Loaded bool
	// Policy is the store's new kernel policy, and Kernel the policy in the running kernel if it
	// was loaded; else nil.
	Policy, Kernel *policydb.Policy
}

// differences returns the changes of records without their places.
func differences(list []semanage.Placed) []semanage.Difference {
	out := make([]semanage.Difference, len(list))
	for i, p := range list {
		out[i] = p.Difference
	}
	return slices.Clip(out)
}
