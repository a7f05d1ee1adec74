package semanage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// RepairAction is what was done about something a killed transaction left.
type RepairAction int

// The actions.
const (
	// Completed: a transaction that had happened got the files derived from it.
	Completed RepairAction = iota
	// RolledBack: a transaction that had not happened was taken away.
	RolledBack
	// Superseded: another program has made a transaction since; what was left of
	// the killed one was taken away.
	Superseded
	// Removed: a temporary file or directory was removed.
	Removed
	// Restored: the active directory, which was missing, is back.
	Restored
)

func (a RepairAction) String() string {
	switch a {
	case Completed:
		return "completed"
	case RolledBack:
		return "rolled back"
	case Superseded:
		return "superseded"
	case Removed:
		return "removed"
	case Restored:
		return "restored"
	}
	return fmt.Sprintf("action %d", int(a))
}

// A Repair is one thing that was repaired.
type Repair struct {
	Action RepairAction
	// Path is what was removed or restored, within the store, or the number of
	// the transaction: "transaction 7", "tmp".
	Path string
}

func (r Repair) String() string { return r.Action.String() + " " + r.Path }

// repair puts right what killed transactions left, ours and libsemanage's. The
// transaction lock is held.
func (s *Store) repair() ([]Repair, error) {
	var done []Repair
	journalPath := filepath.Join(s.dir, journalName)
	j, err := readJournal(journalPath)
	torn := errors.Is(err, ErrSyntax)
	if err != nil && !torn && !isGone(err) {
		return nil, storeError(err)
	}
	if restored, err := s.restoreActive(j); err != nil {
		return nil, storeError(err)
	} else if restored != "" {
		done = append(done, Repair{Restored, restored})
	}
	if j != nil {
		action, err := s.resume(j)
		if err != nil {
			return nil, storeError(err)
		}
		done = append(done, Repair{action, fmt.Sprintf("transaction %d", j.New)})
	}
	left := []string{
		filepath.Join(s.dir, "tmp"),
		filepath.Join(s.root, s.config.StoreRoot, "final", s.name),
	}
	for _, dir := range left {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		if err := removeAll(s.fsys, dir); err != nil {
			return nil, storeError(err)
		}
		done = append(done, Repair{Removed, s.base(dir)})
	}
	// Whoever holds the lock alone writes these.
	entries, _ := os.ReadDir(filepath.Join(s.etc, "policy"))
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "policy.") && strings.HasSuffix(e.Name(), ".tmp") {
			path := filepath.Join(s.etc, "policy", e.Name())
			if err := s.fsys.remove(path); err != nil {
				return nil, storeError(err)
			}
			done = append(done, Repair{Removed, s.base(path)})
		}
	}
	if torn {
		if err := s.fsys.remove(journalPath); err != nil {
			return nil, storeError(err)
		}
		done = append(done, Repair{Removed, journalName})
	}
	return done, nil
}

// restoreActive puts the active directory back where a transaction was killed
// between renaming it away and renaming the new one there. It returns which
// directory it is now.
func (s *Store) restoreActive(j *journal) (string, error) {
	active := filepath.Join(s.dir, "active")
	if _, err := os.Stat(active); !isGone(err) {
		return "", err
	}
	candidates := []string{"previous", "tmp"}
	if j != nil && j.Tree && j.allMatch(filepath.Join(s.dir, "tmp")) {
		candidates = []string{"tmp", "previous"}
	}
	for _, name := range candidates {
		dir := filepath.Join(s.dir, name)
		if _, err := os.Stat(filepath.Join(dir, "policy.kern")); err != nil {
			continue
		}
		readers, err := takeLock(filepath.Join(s.dir, readLock), s.lockTimeout())
		if err != nil {
			return "", err
		}
		defer readers.release()
		if err := s.fsys.rename(dir, active); err != nil {
			return "", err
		}
		return "active from " + name, s.fsys.sync(s.dir)
	}
	return "", fmt.Errorf("%w: %s has no active directory and nothing to make one of", ErrNoStore, s.dir)
}

// allMatch reports whether dir has every file of the journal.
func (j *journal) allMatch(dir string) bool {
	for _, d := range j.Files {
		if !d.matches(filepath.Join(dir, d.Name)) {
			return false
		}
	}
	return true
}

// resume completes the journal's transaction if it had happened, else takes it
// away.
func (s *Store) resume(j *journal) (RepairAction, error) {
	readers, err := takeLock(filepath.Join(s.dir, readLock), s.lockTimeout())
	if err != nil {
		return 0, err
	}
	defer readers.release()
	active, tmp := filepath.Join(s.dir, "active"), filepath.Join(s.dir, "tmp")
	happened, complete := j.Files[0].matches(filepath.Join(active, j.Files[0].Name)), true
	for _, d := range j.Files {
		inActive := d.matches(filepath.Join(active, d.Name))
		complete = complete && (inActive || !j.Tree && d.matches(filepath.Join(tmp, d.Name)))
	}
	switch {
	case happened && complete:
		return Completed, s.complete(j)
	case happened:
		return Superseded, s.rollBack(j)
	}
	number, err := s.CommitNumber()
	if err != nil {
		return 0, err
	}
	if number != j.Old {
		return Superseded, s.rollBack(j)
	}
	return RolledBack, s.rollBack(j)
}

// complete puts the files in place that follow from what has happened.
func (s *Store) complete(j *journal) error {
	active, tmp := filepath.Join(s.dir, "active"), filepath.Join(s.dir, "tmp")
	for _, d := range j.Files {
		to := filepath.Join(active, d.Name)
		if d.matches(to) {
			continue
		}
		if err := s.fsys.rename(filepath.Join(tmp, d.Name), to); err != nil {
			return err
		}
	}
	if err := s.completeFinal(j, filepath.Join(active, "policy.kern")); err != nil {
		return err
	}
	if err := s.fsys.sync(active, s.dir); err != nil {
		return err
	}
	var err error
	if j.Tree && j.Previous {
		if _, gone := os.Stat(tmp); gone == nil {
			err = dropOld(s.fsys, s.dir, true)
		}
	} else {
		err = removeAll(s.fsys, tmp)
		if j.Tree && err == nil {
			err = removeAll(s.fsys, filepath.Join(s.dir, "previous"))
		}
	}
	if err != nil {
		return err
	}
	if err := s.fsys.rename(filepath.Join(s.dir, journalName), filepath.Join(s.dir, undoName)); err != nil {
		return err
	}
	if k := s.kernel(); j.Load && k != nil {
		return reload(k, filepath.Join(active, "policy.kern"))
	}
	return nil
}

// completeFinal installs the kernel policy if it is not the installed one.
func (s *Store) completeFinal(j *journal, kern string) error {
	d, ok := j.find("policy.kern")
	final := filepath.Join(s.etc, "policy", j.Final)
	if !ok || d.matches(final) {
		return nil
	}
	if !d.matches(final + ".tmp") {
		image, err := os.ReadFile(kern)
		if err != nil {
			return err
		}
		if err := writeInstalled(s, final+".tmp", final, image); err != nil {
			return err
		}
		if err := s.fsys.sync(final + ".tmp"); err != nil {
			return err
		}
	}
	if err := s.fsys.rename(final+".tmp", final); err != nil {
		return err
	}
	return s.fsys.sync(filepath.Dir(final))
}

// rollBack removes what a transaction prepared. The kernel may have its policy
// already; it gets the store's.
func (s *Store) rollBack(j *journal) error {
	if err := ignoreGone(s.fsys.remove(filepath.Join(s.etc, "policy", j.Final+".tmp"))); err != nil {
		return err
	}
	if err := removeAll(s.fsys, filepath.Join(s.dir, "tmp")); err != nil {
		return err
	}
	if k := s.kernel(); j.Load && k != nil {
		if err := reload(k, s.activePath("policy.kern")); err != nil {
			return err
		}
	}
	return ignoreGone(s.fsys.remove(filepath.Join(s.dir, journalName)))
}
