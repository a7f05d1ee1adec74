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

// defaultLockTimeout is the time that a change waits for another one: semanage takes seconds,
// semodule up to a minute on a small machine.
const defaultLockTimeout = time.Minute

// Options choose the store to open, and how to change it.
type Options struct {
	// Root, Store, NoReload and Kernel are as in [semanage.Options].
	Root, Store string
	NoReload    bool
	Kernel      semanage.Kernel
	// LockTimeout is the time to wait for another change; 0 means a minute, a negative value no
	// limit.
	LockTimeout time.Duration
	// Waiting, if not nil, is called once if a lock is not free after two seconds.
	Waiting func()
	// Modules are the store's modules; nil builds them with package modstore.
	Modules Modules
	// Semodule is the path of a semodule(8) to build modules with, if Modules is nil; "" for none.
	Semodule string
}

// A Store is an open policy store. It holds no lock and no open file; several goroutines and
// processes may use it.
type Store struct {
	options Options
	records *semanage.Store
	modules Modules
	files   files
	legacy  bool // there may be files of an older version
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
	// Policy is the SHA-256 of the file policy.kern, in lower-case hex.
	Policy string
}

// Base returns the present state of the store.
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

// Writable returns nil if this process can probably change the store; it does not try. The error
// wraps [semanage.ErrReadOnly] or [semanage.ErrPermission].
func (s *Store) Writable() error { return s.writable() }

// placed returns changes of records with the store's present records, and their places.
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
		for i, r := range slices.Backward(local) { // the last one of several counts
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

// begin takes the lock, reads the history and settles unfinished changes.
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

// A session is a store with the lock held.
type session struct {
	s       *Store
	lock    *Lock
	history *history
	number  int // the number of the store's last transaction
	settled *Settled
	repairs []semanage.Repair
	tx      *semanage.Tx // open since the history was read, until another function takes it over
}

func (c *session) close() {
	c.closeTx()
	c.lock.release()
}

// closeTx releases the lock of the store of records, for a program that takes it itself to change
// modules.
func (c *session) closeTx() {
	if c.tx != nil {
		c.tx.Close()
		c.tx = nil
	}
}

// at returns a transaction of a store whose last transaction must have a number. The caller must
// close it.
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
