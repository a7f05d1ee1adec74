package semanage

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// A Reason is why a store cannot be changed here: its policy has to be built
// from its modules first, which semodule --build does, or a program has to see
// every new policy.
type Reason int

// The reasons.
const (
	// NoLinked: there is no policy.linked to add local records to.
	NoLinked Reason = iota
	// NoComputed: another file that building leaves is missing, so that
	// libsemanage would build.
	NoComputed
	// PreserveTunables: the flag file preserve_tunables makes libsemanage build
	// in every transaction of semanage.
	PreserveTunables
	// VerifyKernel: semanage.conf has a [verify kernel] program.
	VerifyKernel
)

func (r Reason) String() string {
	switch r {
	case NoLinked:
		return "the store has no policy.linked"
	case NoComputed:
		return "the store lacks files that building its modules leaves"
	case PreserveTunables:
		return "the store has the flag preserve_tunables"
	case VerifyKernel:
		return "semanage.conf has a program that verifies kernel policies"
	}
	return fmt.Sprintf("reason %d", int(r))
}

// A RebuildError says that the store's modules have to be built, by the host's
// own semodule, before or instead of the transaction. It wraps ErrRebuild.
type RebuildError struct {
	Reasons []Reason
}

func (e *RebuildError) Error() string {
	why := make([]string, len(e.Reasons))
	for i, r := range e.Reasons {
		why[i] = r.String()
	}
	return ErrRebuild.Error() + ": " + strings.Join(why, "; ")
}

func (e *RebuildError) Unwrap() error { return ErrRebuild }

// rebuildReasons looks for what makes semanage_direct_commit rebuild.
func (s *Store) rebuildReasons() ([]Reason, error) {
	var reasons []Reason
	missing := func(name string) (bool, error) {
		_, err := s.root.Stat(s.activePath(name))
		if isGone(err) {
			return true, nil
		}
		return false, storeError(err)
	}
	computed := false
	for _, name := range []string{"policy.linked", "policy.kern", "file_contexts", "seusers", "seusers.linked",
		"users_extra.linked"} {
		gone, err := missing(name)
		switch {
		case err != nil:
			return nil, err
		case gone && name == "policy.linked":
			reasons = append(reasons, NoLinked)
		case gone:
			computed = true
		}
	}
	if computed {
		reasons = append(reasons, NoComputed)
	}
	if gone, err := missing("preserve_tunables"); err != nil {
		return nil, err
	} else if !gone {
		reasons = append(reasons, PreserveTunables)
	}
	if s.config.VerifyKernel {
		reasons = append(reasons, VerifyKernel)
	}
	return reasons, nil
}

// A Difference is one record that a transaction changes: added if Before is nil,
// deleted if After is.
type Difference struct {
	Kind          Kind
	Before, After Record
}

// Record returns the record after the change, or the one that is deleted.
func (d Difference) Record() Record {
	if d.After == nil {
		return d.Before
	}
	return d.After
}

// Inverse returns the change back.
func (d Difference) Inverse() Difference {
	return Difference{Kind: d.Kind, Before: d.After, After: d.Before}
}

// A Plan lists what a commit would do.
type Plan struct {
	Store       string
	Commit      int // the number that the transaction would get
	Differences []Difference
	// Obsolete are local booleans that the policy no longer has. The commit
	// drops them from booleans.local, as libsemanage does.
	Obsolete []BooleanKey
	// Files are the files that would be replaced.
	Files []string
	// Loads says whether the policy would be loaded into the running kernel.
	Loads bool
	// Policy is the new kernel policy, nil if nothing would change.
	Policy []byte

	// Warnings are about users and homes that have no labels of their own.
	Warnings []string

	derived *derived // nil where nothing follows from the change but the policy
	// same says that the policy is the one that the store has.
	same bool
}

// Changes reports whether a commit would change anything. As in libsemanage, a transaction that
// sets a record to its present value counts as a change.
func (p *Plan) Changes() bool { return p.Policy != nil }

// Plan computes what Commit would do, and all errors that do not come of
// writing: a *[RebuildError] if the store's modules have to be built first, an
// *[OverlapError], a *[RecordError].
func (tx *Tx) Plan() (*Plan, error) {
	if tx.over {
		return nil, ErrFinished
	}
	if tx.planned != nil && tx.plannedAt == tx.changes() {
		return tx.planned, nil
	}
	p, err := tx.plan()
	if err == nil {
		tx.planned, tx.plannedAt = p, tx.changes()
	}
	return p, err
}

// changes counts the changes of records.
func (tx *Tx) changes() int {
	n := 0
	for i := range tx.local {
		n += tx.local[i].changes
	}
	return n
}

func (tx *Tx) plan() (*Plan, error) {
	s := tx.store
	p := &Plan{Store: s.name, Commit: tx.number, Differences: tx.Differences()}
	modified := tx.modified()
	if len(modified) == 0 && tx.rebuild == nil {
		return p, nil
	}
	if len(tx.reasons) > 0 {
		return nil, &RebuildError{tx.reasons}
	}
	if err := checkOverlaps(&tx.local); err != nil {
		return nil, err
	}
	if err := tx.build(p); err != nil {
		return nil, err
	}
	p.Commit = tx.number + 1
	if k := s.kernel(); k != nil && !p.same {
		p.Loads = true
		highest, err := k.MaxVersion()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrLoad, err)
		}
		if tx.linked.Version > uint32(highest) {
			return nil, fmt.Errorf("%w: the policy has version %d, the kernel reads up to %d", ErrLoad,
				tx.linked.Version, highest)
		}
	}
	if len(p.Obsolete) > 0 && !tx.local[Booleans].modified {
		modified = append([]Kind{Booleans}, modified...)
	}
	for _, kind := range modified {
		for _, f := range recordFiles(kind, nil) {
			p.Files = append(p.Files, s.display(s.activePath(f.name)))
		}
	}
	if p.derived != nil {
		for _, f := range p.derived.active {
			p.Files = append(p.Files, s.display(s.activePath(f.Name)))
		}
		for _, f := range p.derived.installed {
			p.Files = append(p.Files, s.display(path.Join(s.etc, f.Name)))
		}
	}
	for _, name := range []string{s.activePath("policy.kern"), s.activePath("commit_num"),
		s.finalPolicy(tx.linked.Version)} {
		p.Files = append(p.Files, s.display(name))
	}
	return p, nil
}

// build makes the kernel policy, and the files that follow.
func (tx *Tx) build(p *Plan) error {
	var d *derived
	var err error
	if tx.rebuild != nil {
		if d, err = tx.rebuildPolicy(); err != nil {
			return err
		}
		p.Policy, p.Obsolete = d.image, d.obsolete
	} else {
		var db *policydb.Policy
		if db, err = tx.mergePolicy(p); err == nil {
			d, err = tx.deriveRecords(db)
		}
		if d == nil || err != nil {
			return err
		}
	}
	if d.active, err = tx.store.changed(tx.store.path("active"), d.active, 0); err != nil {
		return err
	}
	mode := fs.FileMode(tx.store.config.FileMode)
	if d.installed, err = tx.store.changed(tx.store.etc, d.installed, mode); err != nil {
		return err
	}
	p.derived, p.Warnings = d, d.warnings
	return nil
}

// mergePolicy makes the policy with the local records. Where none of its own changed,
// policy.kern stays.
func (tx *Tx) mergePolicy(p *Plan) (*policydb.Policy, error) {
	if !slices.ContainsFunc(tx.modified(), Kind.InPolicy) {
		var err error
		if p.Policy, err = tx.store.KernelImage(); err != nil {
			return nil, err
		}
		p.same = true
		return tx.withUsers()
	}
	db, obsolete, err := buildPolicy(tx.linked, &tx.local)
	if err != nil {
		return nil, err
	}
	p.Policy, p.Obsolete = db.Encode(), obsolete
	return db, nil
}

// Differences compares the records with those before the transaction, in the order of the
// files: of each kind first the records that are gone or changed, then the new ones. Of several
// records with one key the last counts.
func (tx *Tx) Differences() []Difference {
	var list []Difference
	for _, kind := range Kinds() {
		if !tx.local[kind].modified {
			continue
		}
		before := byKey(tx.before[kind])
		after := byKey(tx.local[kind].list)
		for _, r := range tx.before[kind] {
			k := r.Key()
			if before[k] != r { // an earlier record of the same key
				continue
			}
			now, kept := after[k]
			switch {
			case !kept:
				list = append(list, Difference{Kind: kind, Before: r})
			case now != r:
				list = append(list, Difference{Kind: kind, Before: r, After: now})
			}
		}
		for _, r := range tx.local[kind].list {
			if _, had := before[r.Key()]; !had && after[r.Key()] == r {
				list = append(list, Difference{Kind: kind, After: r})
			}
		}
	}
	return list
}

// byKey maps keys to the records that count for them.
func byKey(list []Record) map[Key]Record {
	m := make(map[Key]Record, len(list))
	for _, r := range list {
		m[r.Key()] = r
	}
	return m
}
