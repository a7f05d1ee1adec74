package ledger

import (
	"context"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// Options say what to read besides the store.
type Options struct {
	// Facts returns the facts of the store's machine, to compute which ports a record opens, as
	// [change.Request] uses them. Without it, no Effects are computed.
	Facts func(linked *policydb.Policy) (host.Facts, error)
	// Machine is the state of the running system: its mode and its booleans. nil if the store is
	// not the one that it runs, or if the caller does not need it.
	Machine *host.SELinux
	// Weigh bounds for how many records Effects are computed, which takes some milliseconds each. 0
	// means 64.
	Weigh int
}

// Read compares a store with its distribution. It changes nothing and waits for no lock. A part
// that cannot be read is a Gap; it returns an error if it cannot read the store at all, or if ctx
// is done.
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
	facts   *host.Facts // nil until first used
	weighed int
	l       *Ledger
}

func (r *reader) add(i Item) { r.l.Items = append(r.l.Items, i) }

func (r *reader) gap(kind Kind, err error) { r.l.Gaps = append(r.l.Gaps, Gap{kind, err}) }
