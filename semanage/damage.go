package semanage

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// A damage lists the remains of killed transactions in a store, and the repair of each.
type damage struct {
	// restore is the directory to make the active one of, which is missing: previous
	// or tmp.
	restore string
	journal *journal
	action  RepairAction // about the journal
	// dirs and files are to be removed.
	dirs, files []string
}

// Unfinished lists the repairs that the next Begin will make of the remains of a killed
// transaction. It repairs nothing. It is empty while another transaction is at work.
func (s *Store) unfinished() ([]Repair, error) {
	l, held, err := s.tryLock(transLock)
	if err != nil || !held {
		return nil, err
	}
	defer l.release()
	d, err := s.damage()
	if err != nil {
		return nil, err
	}
	return d.repairs(s), nil
}

// repairs lists the repairs of the damage.
func (d *damage) repairs(s *Store) []Repair {
	var list []Repair
	if d.restore != "" {
		list = append(list, Repair{Restored, "active from " + d.restore})
	}
	if d.journal != nil {
		list = append(list, Repair{d.action, fmt.Sprintf("transaction %d", d.journal.New)})
	}
	for _, name := range append(d.dirs, d.files...) {
		list = append(list, Repair{Removed, s.base(name)})
	}
	return list
}

// base returns a name for messages: within the store, or the whole path.
func (s *Store) base(name string) string {
	if rest, ok := strings.CutPrefix(name, s.dir+"/"); ok {
		return rest
	}
	return s.display(name)
}

// damage looks for what killed transactions left. The transaction lock is held, and
// nothing is changed.
func (s *Store) damage() (*damage, error) {
	d := &damage{}
	var err error
	d.journal, err = s.readJournal(journalName)
	torn := errors.Is(err, ErrSyntax)
	if err != nil && !torn && !isGone(err) {
		return nil, storeError(err)
	}
	if err := s.findActive(d); err != nil {
		return nil, err
	}
	active, tmp := s.path("active"), s.path("tmp")
	switch d.restore {
	case "tmp":
		active, tmp = tmp, ""
	case "previous":
		active = s.path("previous")
	}
	resumed := d.journal != nil
	if resumed {
		if d.action, err = s.weigh(d.journal, active, tmp); err != nil {
			return nil, err
		}
	}
	// What resuming a transaction takes away is not listed.
	if !resumed && tmp != "" {
		d.dirs = append(d.dirs, tmp)
	}
	d.dirs = append(d.dirs, path.Join(s.config.StoreRoot, "final", s.name))
	if d.dirs, err = s.present(d.dirs); err != nil {
		return nil, err
	}
	names, err := s.root.ReadDir(path.Join(s.etc, "policy"), 0)
	if err != nil && !isGone(err) {
		return nil, storeError(err)
	}
	for _, name := range names {
		own := resumed && name == d.journal.Final+".tmp"
		if !own && strings.HasPrefix(name, "policy.") && strings.HasSuffix(name, ".tmp") {
			d.files = append(d.files, path.Join(s.etc, "policy", name))
		}
	}
	left, err := s.leftInstalling(d.journal)
	if err != nil {
		return nil, err
	}
	d.files = append(d.files, left...)
	if torn {
		d.files = append(d.files, s.path(journalName))
	}
	return d, nil
}

// present returns the directories that there are. If something else stands in the place of one,
// that is an error: removing it would follow a link, or remove a file that is not ours.
func (s *Store) present(dirs []string) ([]string, error) {
	var list []string
	for _, dir := range dirs {
		info, err := s.root.Lstat(dir)
		switch {
		case isGone(err):
			continue
		case err != nil:
			return nil, storeError(err)
		case !info.IsDir():
			return nil, &sysroot.KindError{Path: s.display(dir), Mode: info.Mode(), Want: fs.ModeDir}
		}
		list = append(list, dir)
	}
	return list, nil
}

// findActive looks what the active directory can be made of where a transaction was
// killed between renaming it away and renaming the new one there.
func (s *Store) findActive(d *damage) error {
	if _, err := s.root.Lstat(s.path("active")); !isGone(err) {
		return storeError(err)
	}
	candidates := []string{"previous", "tmp"}
	if j := d.journal; j != nil && j.Tree && s.allMatch(j, s.path("tmp")) {
		candidates = []string{"tmp", "previous"}
	}
	var failed error
	for _, name := range candidates {
		err := s.whole(s.path(name))
		if err == nil {
			d.restore = name
			return nil
		}
		failed = errors.Join(failed, err)
	}
	return fmt.Errorf("%w: %s has no active directory and nothing to make one of: %w", ErrNoStore, s.Dir(), failed)
}

// allMatch reports whether dir has every file of the journal.
func (s *Store) allMatch(j *journal, dir string) bool {
	for _, d := range j.Files {
		if !s.matches(d, path.Join(dir, d.Name)) {
			return false
		}
	}
	return true
}

// whole reads a directory that is to become the active one: a sandbox in which
// somebody was killed may have a part of anything.
func (s *Store) whole(dir string) error {
	if _, err := s.present([]string{dir}); err != nil {
		return err
	}
	if _, err := s.readPolicy(path.Join(dir, "policy.kern")); err != nil {
		return err
	}
	if _, err := s.readPolicy(path.Join(dir, "policy.linked")); err != nil && !isGone(err) {
		return err
	}
	for _, kind := range Kinds() {
		if _, err := s.readLocalOf(kind, dir); err != nil {
			return err
		}
	}
	_, err := s.commitNumberOf(dir)
	return err
}

// happened reports whether any rename of a transaction has been made.
func (s *Store) happened(j *journal, active string) bool {
	if j.guarded() && !s.root.Exists(path.Join(active, linkedName)) {
		return true
	}
	if !j.Tree {
		for _, dir := range j.Dirs {
			if s.root.Exists(path.Join(active, dir)) {
				return true
			}
		}
		for _, name := range j.Removed { // they were there
			if _, err := s.root.Lstat(path.Join(active, name)); isGone(err) {
				return true
			}
		}
	}
	for _, d := range j.Files {
		if !d.Same && s.matches(d, path.Join(active, d.Name)) {
			return true
		}
	}
	return false
}

// weigh decides how a journal is repaired. A transaction has happened when any of its files is
// in place: they were complete on the disk before the first was, and renames become durable in
// any order. tmp is "" where it is the active directory.
func (s *Store) weigh(j *journal, active, tmp string) (RepairAction, error) {
	available := true
	for _, d := range j.Files {
		available = available && (s.matches(d, path.Join(active, d.Name)) ||
			!j.Tree && tmp != "" && s.matches(d, path.Join(tmp, j.sandbox(d.Name))))
	}
	if available && s.happened(j, active) {
		return Completed, nil
	}
	number, err := s.commitNumberOf(active)
	switch {
	case err != nil:
		return 0, err
	case number != j.Old && number != j.New:
		return Superseded, nil
	}
	return RolledBack, nil
}
