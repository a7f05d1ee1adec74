package semanage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// A Result is what a commit did.
type Result struct {
	Plan
	// Changed is false for a transaction without changes: then nothing was
	// written and Commit is the number of the last one.
	Changed bool
	// Loaded is whether the kernel has the new policy.
	Loaded bool
}

// Commit makes the transaction happen and gives the lock back. An error leaves
// the store as it was, except one that wraps ErrUnfinished. Errors of Plan leave
// the transaction open.
//
// The kernel gets the policy before the store changes, unlike with libsemanage:
// a policy that it refuses then leaves nothing to put back.
func (tx *Tx) Commit() (*Result, error) {
	plan, err := tx.Plan()
	if err != nil {
		return nil, err
	}
	defer tx.Close()
	if !plan.Changes() {
		return &Result{Plan: *plan}, nil
	}
	c := newCommit(tx, plan, true)
	err = c.run()
	if errors.Is(err, syscall.EXDEV) && c.tree && c.clean {
		// overlayfs does not rename directories of a lower layer.
		c = newCommit(tx, plan, false)
		err = c.run()
	}
	if err != nil {
		return nil, storeError(err)
	}
	return &Result{Plan: *plan, Changed: true, Loaded: c.kernel != nil}, nil
}

// A newFile is a file of the active directory with its new contents.
type newFile struct {
	name string
	data []byte
}

// A commit is one transaction on its way to the disk.
type commit struct {
	s         *Store
	fsys      filesystem
	plan      *Plan
	kernel    Kernel
	booleans  []Boolean
	files     []newFile // the record file that is the transaction first
	final     string
	tree      bool // exchange whole directories
	journal   []byte
	published bool // the store has changed
	clean     bool // nothing is left of a commit that failed
	active    string
	tmp       string
}

func newCommit(tx *Tx, plan *Plan, trees bool) *commit {
	s := tx.store
	c := &commit{
		s: s, fsys: s.fsys, plan: plan, kernel: s.kernel(), booleans: tx.kernelBooleans(plan),
		final:  s.finalPolicy(tx.linked.Version),
		active: filepath.Join(s.dir, "active"), tmp: filepath.Join(s.dir, "tmp"),
	}
	kept := slices.DeleteFunc(slices.Clone(tx.local[Booleans].list), func(r Record) bool {
		return slices.Contains(plan.Obsolete, r.Key().(BooleanKey))
	})
	records := 0
	for _, kind := range Kinds() {
		t := &tx.local[kind]
		switch {
		case kind == Booleans && len(plan.Obsolete) > 0:
			t = &table{list: kept, modified: t.modified}
			if !t.modified { // dropped in passing: nothing depends on them
				c.files = append(c.files, newFile{kind.File(), FormatLocal(kept)})
				continue
			}
		case !t.modified:
			continue
		}
		records++
		c.files = slices.Insert(c.files, 0, newFile{kind.File(), FormatLocal(t.list)})
	}
	c.files = append(c.files, newFile{"policy.kern", plan.Policy}, newFile{"commit_num", formatCommitNumber(plan.Commit)})
	c.tree = trees && (records > 1 || s.config.SavePrevious)
	c.journal = c.makeJournal(tx)
	return c
}

func (c *commit) makeJournal(tx *Tx) []byte {
	j := journal{
		Version: 1, Old: tx.number, New: c.plan.Commit, Tree: c.tree, Previous: c.s.config.SavePrevious,
		Load: c.kernel != nil, Final: filepath.Base(c.final), Undo: []undoEntry{},
	}
	for _, f := range c.files {
		j.Files = append(j.Files, digestOf(f.name, f.data))
	}
	// What was added goes first, so that the rest finds its place again.
	for _, added := range []bool{true, false} {
		for _, d := range c.plan.Differences {
			if (d.Before == nil) == added {
				j.Undo = append(j.Undo, tx.undoEntry(d))
			}
		}
	}
	text, _ := json.Marshal(j) // of strings and numbers
	return append(text, '\n')
}

func (c *commit) run() error {
	if err := c.prepare(); err != nil {
		return errors.Join(err, c.abandon())
	}
	readers, err := takeLock(filepath.Join(c.s.dir, readLock), c.s.lockTimeout())
	if err != nil {
		return errors.Join(err, c.abandon())
	}
	defer readers.release()
	if c.kernel != nil {
		if err := c.kernel.Load(c.plan.Policy); err != nil {
			return errors.Join(fmt.Errorf("%w: %w", ErrLoad, err), c.abandon())
		}
	}
	if err := c.publish(); err != nil {
		if c.published {
			return fmt.Errorf("%w: %w", ErrUnfinished, err)
		}
		return errors.Join(err, c.reloadOld(), c.abandon())
	}
	readers.release()
	if c.kernel != nil {
		if err := setBooleans(c.kernel, c.booleans); err != nil {
			c.finish()
			return fmt.Errorf("%w: %w", ErrUnfinished, err)
		}
	}
	c.finish()
	return nil
}

// prepare writes all that takes space, out of sight.
func (c *commit) prepare() error {
	dir, err := fileAttrs(c.active)
	if err != nil {
		return err
	}
	if err := c.fsys.mkdir(c.tmp, dir); err != nil {
		return err
	}
	if c.tree {
		if err := linkTree(c.fsys, c.active, c.tmp, c.names()); err != nil {
			return err
		}
	}
	journal, final := filepath.Join(c.s.dir, journalName), c.final+".tmp"
	written := []string{journal, final}
	for _, f := range c.files {
		path := filepath.Join(c.tmp, f.name)
		if err := writeFile(c.fsys, path, f.data, c.attrs(f.name)); err != nil {
			return err
		}
		written = append(written, path)
	}
	if err := c.writeFinal(final, c.plan.Policy); err != nil {
		return err
	}
	if err := writeFile(c.fsys, journal, c.journal, c.attrs("commit_num")); err != nil {
		return err
	}
	if c.tree {
		if err := c.fsys.syncTree(c.tmp); err != nil {
			return err
		}
	}
	return c.fsys.sync(append(written, c.tmp, c.s.dir, filepath.Dir(c.final))...)
}

func (c *commit) names() []string {
	names := make([]string, len(c.files))
	for i, f := range c.files {
		names[i] = f.name
	}
	return names
}

// attrs returns the attributes of the file that a new one replaces, or of
// another of the store's files.
func (c *commit) attrs(name string) attrs {
	for _, like := range []string{name, "commit_num", "policy.kern"} {
		if a, err := fileAttrs(filepath.Join(c.active, like)); err == nil {
			return a
		}
	}
	return attrs{mode: 0o600}
}

// writeFinal writes the policy beside the installed one.
func (c *commit) writeFinal(path string, image []byte) error {
	return writeInstalled(c.s, path, c.final, image)
}

// writeInstalled writes a kernel policy to path with the attributes of the
// installed one, final, or of another beside it.
func writeInstalled(s *Store, path, final string, image []byte) error {
	a, err := fileAttrs(final)
	if isGone(err) {
		dir := filepath.Dir(final)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if a, err = fileAttrs(dir); err != nil {
			return err
		}
		a.mode = fs.FileMode(s.config.FileMode)
	} else if err != nil {
		return err
	}
	return writeFile(s.fsys, path, image, a)
}

// publish makes the new files the store's. It is done under the read lock, so
// that libsemanage's readers see all or nothing.
func (c *commit) publish() error {
	var err error
	if c.tree {
		err = c.swapTrees()
	} else {
		err = c.renameFiles()
	}
	if err == nil {
		err = c.fsys.rename(c.final+".tmp", c.final)
	}
	if err == nil {
		err = c.fsys.sync(c.active, c.s.dir, filepath.Dir(c.final))
	}
	return err
}

func (c *commit) renameFiles() error {
	for _, f := range c.files {
		if err := c.fsys.rename(filepath.Join(c.tmp, f.name), filepath.Join(c.active, f.name)); err != nil {
			return err
		}
		c.published = true
	}
	return nil
}

// swapTrees exchanges the sandbox and the active directory, or renames one and
// then the other where they cannot be exchanged.
func (c *commit) swapTrees() error {
	err := c.fsys.exchange(c.tmp, c.active)
	if err == nil {
		c.published = true
		return nil
	}
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	previous := filepath.Join(c.s.dir, "previous")
	if err := removeAll(c.fsys, previous); err != nil {
		return err
	}
	if err := c.fsys.rename(c.active, previous); err != nil {
		return err
	}
	if err := c.fsys.rename(c.tmp, c.active); err != nil {
		return errors.Join(err, c.fsys.rename(previous, c.active))
	}
	c.published = true
	// From here on the old state is where an exchange leaves it.
	return c.fsys.rename(previous, c.tmp)
}

// finish removes what is not needed any more. The transaction has happened, so
// that its errors are no reason to call it failed: with the journal in place,
// the next Begin tidies up.
func (c *commit) finish() {
	var err error
	if c.tree {
		err = dropOld(c.fsys, c.s.dir, c.s.config.SavePrevious)
	} else {
		err = removeAll(c.fsys, c.tmp)
	}
	if err != nil {
		return
	}
	_ = c.fsys.rename(filepath.Join(c.s.dir, journalName), filepath.Join(c.s.dir, undoName))
}

// dropOld removes the old state, or keeps it as the previous one.
func dropOld(fsys filesystem, dir string, keep bool) error {
	tmp, previous := filepath.Join(dir, "tmp"), filepath.Join(dir, "previous")
	if !keep {
		return removeAll(fsys, tmp)
	}
	if err := removeAll(fsys, previous); err != nil {
		return err
	}
	return fsys.rename(tmp, previous)
}

// abandon removes what prepare wrote. The journal goes last: until then a
// killed process leaves what the next one understands.
func (c *commit) abandon() error {
	err := errors.Join(
		ignoreGone(c.fsys.remove(c.final+".tmp")),
		removeAll(c.fsys, c.tmp),
		ignoreGone(c.fsys.remove(filepath.Join(c.s.dir, journalName))))
	c.clean = err == nil
	return err
}

func ignoreGone(err error) error {
	if isGone(err) {
		return nil
	}
	return err
}

// reloadOld gives the kernel back the policy that the store still has.
func (c *commit) reloadOld() error {
	if c.kernel == nil {
		return nil
	}
	return reload(c.kernel, filepath.Join(c.active, "policy.kern"))
}

func reload(k Kernel, path string) error {
	image, err := os.ReadFile(path)
	if err == nil {
		err = k.Load(image)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLoad, err)
	}
	return nil
}

// linkTree makes tmp a copy of active, without the named files at its top. Files
// are hard links, or copies where the file system has none.
func linkTree(fsys filesystem, active, tmp string, except []string) error {
	entries, err := os.ReadDir(active)
	if err != nil {
		return err
	}
	for _, e := range entries {
		from, to := filepath.Join(active, e.Name()), filepath.Join(tmp, e.Name())
		switch {
		case e.IsDir():
			a, err := fileAttrs(from)
			if err != nil {
				return err
			}
			if err := fsys.mkdir(to, a); err != nil {
				return err
			}
			if err := linkTree(fsys, from, to, nil); err != nil {
				return err
			}
		case slices.Contains(except, e.Name()):
		default:
			if err := linkOrCopy(fsys, from, to); err != nil {
				return err
			}
		}
	}
	return nil
}

func linkOrCopy(fsys filesystem, from, to string) error {
	err := fsys.link(from, to)
	for _, cannot := range []error{syscall.EPERM, syscall.ENOTSUP, syscall.EXDEV, syscall.EMLINK, syscall.ENOSYS} {
		if !errors.Is(err, cannot) {
			continue
		}
		a, err := fileAttrs(from)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return writeFile(fsys, to, data, a)
	}
	return err
}
