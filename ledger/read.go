package ledger

import (
	"context"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// Options say what is asked besides the store.
type Options struct {
	// Facts returns those of the store's machine, for what a record opens, as
	// [change.Request] takes them. Without it nothing is weighed.
	Facts func(linked *policydb.Policy) (host.Facts, error)
	// Machine is what is known of the running system: its mode and its booleans. nil
	// where the store is not the one that it runs, or nobody wants to know.
	Machine *host.SELinux
	// Weigh is how many records are weighed at the most, each of which takes some
	// milliseconds; those of greater number have no Effects. 0 is 64.
	Weigh int
}

// Read compares a store with its distribution. It changes nothing and waits for no
// lock. What cannot be read is a Gap; an error is that the store cannot be read at
// all, or that ctx is done.
func Read(ctx context.Context, s *change.Store, o Options) (*Ledger, error) {
	records := s.Records()
	r := &reader{ctx: ctx, options: o, store: records, l: &Ledger{Store: records.Name()}}
	if o.Weigh == 0 {
		r.options.Weigh = 64
	}
	var err error
	if r.l.Commit, err = records.CommitNumber(); err != nil {
		return nil, err
	}
	if r.history, err = s.History(); err != nil {
		return nil, err
	}
	tx, err := records.Look()
	if err != nil {
		return nil, err
	}
	defer tx.Close()
	for _, kind := range semanage.Kinds() {
		r.records(tx, kind)
	}
	r.modules(modstore.Open(records, modstore.Options{}))
	r.flags()
	r.policies()
	r.machine(tx)
	return r.l, ctx.Err()
}

// A reader collects items.
type reader struct {
	ctx     context.Context
	options Options
	store   *semanage.Store
	history []change.Entry
	facts   *host.Facts // nil until they are needed
	weighed int
	l       *Ledger
}

func (r *reader) add(i Item) { r.l.Items = append(r.l.Items, i) }

func (r *reader) gap(kind Kind, err error) { r.l.Gaps = append(r.l.Gaps, Gap{kind, err}) }
