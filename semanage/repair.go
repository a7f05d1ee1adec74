package semanage

import (
	"fmt"
	"path"
)

// A RepairAction is the repair of one of the remains of a killed transaction.
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
	// Path is the file that was removed or restored, within the store, or the number of the
	// transaction: "transaction 7", "tmp".
	Path string
}

func (r Repair) String() string { return r.Action.String() + " " + r.Path }

// repair puts right what killed transactions left, ours and libsemanage's. The
// transaction lock is held.
func (s *Store) repair() ([]Repair, error) {
	d, err := s.damage()
	if err != nil {
		return nil, err
	}
	if err := s.mend(d); err != nil {
		return nil, storeError(err)
	}
	return d.repairs(s), nil
}

func (s *Store) mend(d *damage) error {
	if d.restore != "" {
		if err := s.restoreActive(d.restore); err != nil {
			return err
		}
	}
	if d.journal != nil {
		if err := s.resume(d.journal, d.action); err != nil {
			return err
		}
	}
	for _, dir := range d.dirs {
		if err := s.removeAll(dir); err != nil {
			return err
		}
	}
	for _, name := range d.files {
		// Whoever holds the lock alone writes these.
		if err := ignoreGone(s.fsys.remove(name)); err != nil {
			return err
		}
	}
	return nil
}

// restoreActive makes the active directory of another one.
func (s *Store) restoreActive(name string) error {
	readers, err := s.takeLock(readLock, false)
	if err != nil {
		return err
	}
	defer readers.release()
	if err := s.fsys.rename(s.path(name), s.path("active")); err != nil {
		return err
	}
	return s.fsys.sync(s.dir)
}

// resume completes the journal's transaction or takes it away.
func (s *Store) resume(j *journal, action RepairAction) error {
	readers, err := s.takeLock(readLock, false)
	if err != nil {
		return err
	}
	defer readers.release()
	if action == Completed {
		return s.complete(j)
	}
	return s.rollBack(j, action)
}

// complete puts the files in place that follow from what has happened.
func (s *Store) complete(j *journal) error {
	active, tmp := s.path("active"), s.path("tmp")
	if !j.Tree {
		if err := s.moveIn(j, active, tmp); err != nil {
			return err
		}
	}
	for _, d := range j.Files {
		to := path.Join(active, d.Name)
		if s.matches(d, to) {
			continue
		}
		if err := s.fsys.rename(path.Join(tmp, j.sandbox(d.Name)), to); err != nil {
			return err
		}
	}
	if !j.Tree {
		if err := s.moveOut(j, active, tmp); err != nil {
			return err
		}
	}
	// What there is may not be on the disk yet either.
	if err := s.fsys.sync(s.dirsOf(j)...); err != nil {
		return err
	}
	if err := s.installRest(j); err != nil {
		return err
	}
	if err := s.installFinal(j); err != nil {
		return err
	}
	var err error
	if j.Tree && j.Previous {
		if s.root.Exists(tmp) {
			err = s.dropOld(true)
		}
	} else {
		err = s.removeAll(tmp)
		if j.Tree && err == nil {
			err = s.removeAll(s.path("previous"))
		}
	}
	if err != nil {
		return err
	}
	if err := s.fsys.rename(s.path(journalName), s.path(undoName)); err != nil {
		return err
	}
	if k := s.kernel(); j.Load && k != nil {
		return s.reload(k)
	}
	return nil
}

// installFinal makes the installed kernel policy that of the active directory.
func (s *Store) installFinal(j *journal) error {
	final := path.Join(s.etc, "policy", j.Final)
	image, err := s.KernelImage()
	if err != nil {
		return err
	}
	want := digestOf("policy.kern", image)
	if s.matches(want, final) {
		if err := ignoreGone(s.fsys.remove(final + ".tmp")); err != nil {
			return err
		}
	} else {
		if !s.matches(want, final+".tmp") {
			if err := s.writeInstalled(final+".tmp", final, image); err != nil {
				return err
			}
		}
		if err := s.fsys.sync(final + ".tmp"); err != nil {
			return err
		}
		if err := s.fsys.rename(final+".tmp", final); err != nil {
			return err
		}
	}
	return s.fsys.sync(path.Dir(final))
}

// rollBack removes the files that a transaction prepared. The kernel may have its policy
// already, and so may the file that the next boot loads; they get the store's.
func (s *Store) rollBack(j *journal, action RepairAction) error {
	final := path.Join(s.etc, "policy", j.Final)
	if d, ok := j.find("policy.kern"); ok && action == RolledBack && !d.Same && s.matches(d, final) {
		if err := s.installFinal(j); err != nil {
			return err
		}
	}
	if err := ignoreGone(s.fsys.remove(final + ".tmp")); err != nil {
		return err
	}
	if err := s.removeInstalling(j); err != nil {
		return err
	}
	if err := s.removeAll(s.path("tmp")); err != nil {
		return err
	}
	if k := s.kernel(); j.Load && k != nil {
		if err := s.reload(k); err != nil {
			return err
		}
	}
	return ignoreGone(s.fsys.remove(s.path(journalName)))
}
