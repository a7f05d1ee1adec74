package change

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/senet-selinux/senet/semanage"
)

// defaultLockTimeout is the time that a change waits for another: semanage takes seconds,
// semodule up to a minute on a small machine.
const defaultLockTimeout = time.Minute

// Options choose the store to open, and the way to change it.
type Options struct {
	// Root, Store, NoReload and Kernel are those of [semanage.Options].
	Root, Store string
	NoReload    bool
	Kernel      semanage.Kernel
	// LockTimeout is the time to wait for another change; 0 is a minute, negative is for ever.
	LockTimeout time.Duration
	// Waiting, if it is not nil, is called once when a lock is not free after two
	// seconds.
	Waiting func()
	// Modules are the store's modules; nil builds them here.
	Modules Modules
	// Semodule is the path of a semodule(8) to build modules with, where Modules is
	// nil; "" is none.
	Semodule string
}

// A Store is an open policy store. It holds no lock and no file; methods may be
// called by several goroutines, and by several processes.
type Store struct {
	options Options
	records *semanage.Store
	modules Modules
	files   files
	legacy  bool // files of an older version may be there
}

// Open opens a store. Errors are those of [semanage.Open].
func Open(o Options) (*Store, error) {
	if o.LockTimeout == 0 {
		o.LockTimeout = defaultLockTimeout
	}
	records, err := semanage.Open(semanage.Options{Root: o.Root, Store: o.Store, NoReload: o.NoReload,
		Kernel: o.Kernel, LockTimeout: o.LockTimeout, Waiting: o.Waiting})
	if err != nil {
		return nil, err
	}
	s := &Store{options: o, records: records, modules: o.Modules, files: files{records.Root(), records.Path("")},
		legacy: true}
	switch {
	case s.modules != nil:
	case o.Semodule != "":
		s.modules = &Semodule{Store: records, Root: o.Root, Name: o.Store, NoReload: o.NoReload, Path: o.Semodule}
	default:
		s.modules = &Builder{Store: records}
	}
	return s, nil
}

// Records returns the store of local records, for reading.
func (s *Store) Records() *semanage.Store { return s.records }

// Modules returns the store's modules, for reading.
func (s *Store) Modules() Modules { return s.modules }

// A Base identifies the state of a store.
type Base struct {
	Store  string // its name
	Commit int    // the number of its last transaction
	// Policy is the SHA-256 of policy.kern as it is on the disk, in lower-case hex.
	Policy string
}

// Base returns the state that the store is in.
func (s *Store) Base() (Base, error) {
	b := Base{Store: s.records.Name()}
	var err error
	if b.Commit, err = s.records.CommitNumber(); err != nil {
		return b, err
	}
	image, err := s.records.KernelImage()
	if err != nil {
		return b, err
	}
	sum := sha256.Sum256(image)
	b.Policy = hex.EncodeToString(sum[:])
	return b, nil
}

// Writable returns nil if this process may change the store, as far as that can be
// told without trying. The error wraps [semanage.ErrReadOnly] or
// [semanage.ErrPermission].
func (s *Store) Writable() error { return s.writable() }

// placed returns changes of records with the records that the store has now, and their places.
func (s *Store) placed(records []semanage.Difference) ([]semanage.Placed, error) {
	known := make(map[semanage.Kind][]semanage.Record)
	var list []semanage.Placed
	for _, d := range records {
		local, read := known[d.Kind]
		if !read {
			var err error
			if local, err = s.records.Local(d.Kind); err != nil {
				return nil, err
			}
			known[d.Kind] = local
		}
		p := semanage.Placed{Difference: semanage.Difference{Kind: d.Kind, After: d.After}}
		key := d.Record().Key()
		for i, r := range slices.Backward(local) { // the last of several counts
			if r.Key() == key {
				p.Before, p.Index = r, i
				break
			}
		}
		if p.Before == nil && p.After == nil {
			return nil, &semanage.RecordError{Op: "delete", Key: key, Err: semanage.ErrNotDefined}
		}
		list = append(list, p)
	}
	return list, nil
}

// begin takes the lock, reads the history and settles what was left unfinished.
func (s *Store) begin(ctx context.Context) (*session, error) {
	l, err := s.files.lock(ctx, s.options.LockTimeout, s.options.Waiting)
	if err != nil {
		if errors.Is(err, ErrBusy) {
			return nil, withState(err, Unchanged)
		}
		return nil, withState(fileError(err), Unchanged)
	}
	s.files.tidy()
	c := &session{s: s, lock: l}
	if err := c.settle(ctx); err != nil {
		c.close()
		return nil, withState(err, Unchanged)
	}
	return c, nil
}

// A session is the store with the lock held.
type session struct {
	s       *Store
	lock    *Lock
	history *history
	number  int // of the store's last transaction
	settled *Settled
	repairs []semanage.Repair
	tx      *semanage.Tx // open since the history was read, until it is handed on
}

func (c *session) close() {
	c.closeTx()
	c.lock.release()
}

// closeTx gives the lock of the store of records back, which a program that changes
// modules takes itself.
func (c *session) closeTx() {
	if c.tx != nil {
		c.tx.Close()
		c.tx = nil
	}
}

// at returns a transaction of a store that has to be at a number. Close it.
func (c *session) at(number int) (*semanage.Tx, error) {
	if tx := c.tx; tx != nil && c.number == number {
		c.tx = nil
		return tx, nil
	}
	c.closeTx()
	tx, err := c.s.records.Begin()
	if err != nil {
		return nil, err
	}
	now, err := c.s.records.CommitNumber()
	if err == nil && now != number {
		err = &MovedError{Want: number, Now: now}
	}
	if err != nil {
		tx.Close()
		return nil, err
	}
	return tx, nil
}
