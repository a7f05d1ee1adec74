package change

import (
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// verify checks that the policy of the store, and the kernel's if it was loaded, has the contents
// of the change.
func (s *Store) verify(done *Done) error {
	if len(done.Entry.Records) > 0 {
		done.Loaded = done.Result.Loaded
	}
	db, err := s.records.KernelPolicy()
	if errors.Is(err, semanage.ErrLocked) {
		// Other processes wait for the lock too. The file is replaced as a whole.
		var image []byte
		if image, err = s.records.KernelImage(); err == nil {
			db, err = policydb.Decode(image)
		}
	}
	if err != nil {
		return fmt.Errorf("the change is made, but the new policy cannot be read: %w", err)
	}
	done.Policy = db
	if err := has(db, done.Entry.Records, "the store's policy"); err != nil {
		return err
	}
	if err := s.hasFiles(done.Entry.Records); err != nil {
		return err
	}
	if !done.Loaded || s.options.Kernel != nil {
		return nil
	}
	if done.Kernel, err = policyfile.Open(policyfile.Running); err != nil {
		return fmt.Errorf("the change is made, but the running kernel's policy cannot be read: %w", err)
	}
	return has(done.Kernel, done.Entry.Records, "the running kernel's policy")
}

// has returns a VerifyError if a policy does not have the records: the policy's first record with a
// key counts (libsepol puts local ones first).
func has(db *policydb.Policy, list []semanage.Placed, where string) error {
	first := make(map[semanage.Kind]map[semanage.Key]semanage.Record)
	for _, p := range list {
		if p.After == nil || !p.Kind.InPolicy() {
			continue // then the policy's own value applies, whatever it is
		}
		known := first[p.Kind]
		if known == nil {
			known = make(map[semanage.Key]semanage.Record)
			for _, r := range semanage.PolicyRecords(db, p.Kind) {
				if _, is := known[r.Key()]; !is {
					known[r.Key()] = r
				}
			}
			first[p.Kind] = known
		}
		if r, is := known[p.After.Key()]; !is || !alike(r, p.After) {
			return &VerifyError{where, p.After.String()}
		}
	}
	return nil
}

// hasFiles returns a VerifyError if the files for programs lack records that the policy does not
// contain: the last one with a key counts.
func (s *Store) hasFiles(list []semanage.Placed) error {
	last := make(map[semanage.Key]semanage.Record)
	read := make(map[semanage.Kind]bool)
	for _, p := range list {
		if p.After == nil || p.Kind.InPolicy() {
			continue
		}
		if !read[p.Kind] {
			read[p.Kind] = true
			records, err := s.records.Effective(p.Kind)
			if err != nil {
				return fmt.Errorf("the change is made, but the files that depend on it cannot be read: %w", err)
			}
			for _, r := range records {
				last[r.Key()] = r
			}
		}
		if last[p.After.Key()] != p.After {
			return &VerifyError{"the store", p.After.String()}
		}
	}
	return nil
}

// alike reports whether a policy's record equals a local one: the policy prints ranges in another
// form, so that they are not compared.
func alike(have, want semanage.Record) bool {
	if b, ok := want.(semanage.Boolean); ok {
		return have == semanage.Record(b)
	}
	a, b := semanage.ContextOf(have), semanage.ContextOf(want)
	return a.User == b.User && a.Role == b.Role && a.Type == b.Type
}
