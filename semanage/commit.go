package semanage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// A Result lists what a commit did.
type Result struct {
	Plan
	// Changed is false for a transaction without changes: then nothing was
	// written and Commit is the number of the last one.
	Changed bool
	// Loaded says whether the kernel has the new policy.
	Loaded bool
}

// Commit makes the transaction happen and gives the lock back. An error leaves
// the store as it was, except an [*UnfinishedError]: ask for that first. Errors of
// Plan leave the transaction open.
//
// The kernel gets the policy before the store changes, unlike with libsemanage:
// a policy that it refuses then leaves nothing to put back.
func (tx *Tx) Commit() (*Result, error) {
	if tx.look {
		return nil, errLook
	}
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
	data []byte // nil for policy.linked that stays what it is; see linkedName
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
	record    journal
	journal   []byte
	removed   []string
	installed []File
	guard     bool // see linkedName
	published bool // the store has changed
	clean     bool // nothing is left of a commit that failed
	active    string
	tmp       string
}

func newCommit(tx *Tx, plan *Plan, trees bool) *commit {
	s := tx.store
	c := &commit{
		s: s, fsys: s.fsys, plan: plan, booleans: tx.kernelBooleans(plan),
		final:  s.finalPolicy(tx.linked.Version),
		active: s.path("active"), tmp: s.path("tmp"),
	}
	if !plan.same {
		c.kernel = s.kernel()
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
		files := recordFiles(kind, t.list)
		records += len(files)
		c.files = slices.Insert(c.files, 0, files...)
	}
	if r := plan.derived; r != nil {
		for _, f := range r.active {
			if f.Remove {
				c.removed = append(c.removed, f.Name)
			} else {
				c.files = append(c.files, newFile{f.Name, append([]byte{}, f.Data...)})
			}
		}
		c.installed = r.installed
	}
	c.files = append(c.files, newFile{"policy.kern", plan.Policy},
		newFile{"commit_num", formatCommitNumber(plan.Commit)})
	built := plan.derived != nil && plan.derived.linked != nil
	c.tree = trees && (records > 1 && !built || s.config.SavePrevious)
	if built && !c.tree {
		c.placeGuard()
	}
	c.record = c.makeJournal(tx)
	text, _ := json.Marshal(c.record) // of strings and numbers
	c.journal = append(text, '\n')
	return c
}

func (c *commit) makeJournal(tx *Tx) journal {
	j := journal{
		Version: versionRecords, Old: tx.number, New: c.plan.Commit, Tree: c.tree, Previous: c.s.config.SavePrevious,
		Load: c.kernel != nil, Final: path.Base(c.final), Undo: []undoEntry{}, Removed: c.removed,
	}
	if c.plan.derived != nil {
		j.Version = versionRebuilds
		if !c.tree {
			j.Dirs = c.s.newDirs(c.active, c.files)
		}
	}
	for _, f := range c.installed {
		if f.Remove {
			j.Uninstalled = append(j.Uninstalled, f.Name)
		} else {
			j.Installed = append(j.Installed, digestOf(f.Name, f.Data))
		}
	}
	for _, f := range c.files {
		if f.data == nil {
			d := digestOf(f.name, c.plan.derived.linked)
			d.Same = true
			j.Files = append(j.Files, d)
			continue
		}
		d := digestOf(f.name, f.data)
		d.Same = c.s.holds(path.Join(c.active, f.name), f.data)
		j.Files = append(j.Files, d)
	}
	// What was added goes first, so that the rest finds its place again.
	for _, added := range []bool{true, false} {
		for _, d := range c.plan.Differences {
			if (d.Before == nil) == added {
				j.Undo = append(j.Undo, tx.undoEntry(d))
			}
		}
	}
	return j
}

// holds reports whether a file of the store has this content and no other.
func (s *Store) holds(name string, data []byte) bool {
	f, err := s.root.Open(name, maxPolicy)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() != int64(len(data)) {
		return false
	}
	piece := make([]byte, min(len(data), 64<<10)+1)
	for {
		n, err := f.Read(piece)
		if n > len(data) || !bytes.Equal(piece[:n], data[:n]) {
			return false
		}
		data = data[n:]
		if err != nil {
			return errors.Is(err, io.EOF) && len(data) == 0
		}
	}
}

func (c *commit) run() error {
	if err := c.prepare(); err != nil {
		return errors.Join(err, c.abandon())
	}
	readers, err := c.s.takeLock(readLock, false)
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
		// A step that failed may have been made all the same.
		if c.published || c.s.happened(&c.record, c.active) {
			return c.unfinished(err)
		}
		return errors.Join(err, c.reloadOld(), c.abandon())
	}
	readers.release()
	if c.kernel != nil {
		if err := setBooleans(c.kernel, c.booleans); err != nil {
			c.finish()
			return c.unfinished(err)
		}
	}
	c.finish()
	return nil
}

// prepare writes all that takes space, out of sight.
func (c *commit) prepare() error {
	dir, err := c.s.root.Attrs(c.active)
	if err != nil {
		return err
	}
	if err := c.fsys.mkdir(c.tmp, dir); err != nil {
		return err
	}
	if c.tree {
		except := make(map[string]bool, len(c.files)+len(c.removed))
		for _, f := range c.files {
			except[path.Join(c.active, f.name)] = true
		}
		for _, name := range c.removed {
			except[path.Join(c.active, name)] = true
		}
		if err := c.s.linkTree(c.active, c.tmp, except); err != nil {
			return err
		}
	}
	journal, final := c.s.path(journalName), c.final+".tmp"
	written := []string{journal, final}
	for _, f := range c.files {
		if f.data == nil {
			continue // it is moved there when the transaction happens
		}
		name := path.Join(c.tmp, c.record.sandbox(f.name))
		if err := c.s.makeDirs(c.tmp, c.active, c.record.sandbox(f.name), f.name); err != nil {
			return err
		}
		if err := writeFile(c.fsys, name, f.data, c.attrs(f.name)); err != nil {
			return err
		}
		written = append(written, name)
		for dir := path.Dir(name); dir != c.tmp && !slices.Contains(written, dir); dir = path.Dir(dir) {
			written = append(written, dir)
		}
	}
	if err := c.writeFinal(final, c.plan.Policy); err != nil {
		return err
	}
	for _, f := range c.installed {
		if f.Remove {
			continue
		}
		name := path.Join(c.s.etc, f.Name)
		if err := c.s.writeInstalled(name+".tmp", name, f.Data); err != nil {
			return err
		}
		written = append(written, name+".tmp", path.Dir(name))
	}
	if err := writeFile(c.fsys, journal, c.journal, c.attrs("commit_num")); err != nil {
		return err
	}
	if c.tree {
		if err := c.fsys.syncTree(c.tmp); err != nil {
			return err
		}
	}
	return c.fsys.sync(append(written, c.tmp, c.s.dir, path.Dir(c.final))...)
}

// attrs returns the attributes of the file that a new one replaces, or of
// another of the store's files.
func (c *commit) attrs(name string) sysroot.Attrs {
	for _, like := range []string{name, "commit_num", "policy.kern"} {
		if a, err := c.s.root.Attrs(path.Join(c.active, like)); err == nil {
			return a
		}
	}
	return sysroot.Attrs{Mode: 0o600}
}

// writeFinal writes the policy beside the installed one.
func (c *commit) writeFinal(name string, image []byte) error {
	return c.s.writeInstalled(name, c.final, image)
}

// writeInstalled writes a file of /etc/selinux/TYPE with the attributes of the installed
// one, final, or of the directory, and the mode of semanage.conf, as libsemanage does.
func (s *Store) writeInstalled(name, final string, image []byte) error {
	a, err := s.root.Attrs(final)
	if isGone(err) {
		dir := path.Dir(final)
		if !s.root.Exists(dir) {
			if err := s.root.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			if err := s.fsys.sync(path.Dir(dir), path.Dir(path.Dir(dir))); err != nil {
				return err
			}
		}
		a, err = s.root.Attrs(dir)
	}
	if err != nil {
		return err
	}
	a.Mode = fs.FileMode(s.config.FileMode)
	return writeFile(s.fsys, name, image, a)
}

// publish makes the new files the store's. It is done under the read lock, so
// that libsemanage's readers see all or nothing.
//
// The renames become durable in any order until the directories are synced. Any of
// them says, with the journal, that the transaction has happened: the others' files
// lie complete in the sandbox. The installed policy, which the next boot loads, must
// not be ahead of the store: it comes after a sync.
func (c *commit) publish() error {
	var err error
	if c.tree {
		err = c.swapTrees()
	} else {
		err = c.renameFiles()
	}
	if err == nil {
		err = c.fsys.sync(c.changedDirs()...)
	}
	if err == nil {
		err = c.install()
	}
	if err == nil {
		err = c.fsys.rename(c.final+".tmp", c.final)
	}
	if err == nil {
		err = c.fsys.sync(path.Dir(c.final))
	}
	return err
}

// unfinished returns the state after a transaction that could not be finished.
func (c *commit) unfinished(err error) error {
	e := &UnfinishedError{Commit: c.plan.Commit, Loaded: c.kernel != nil, Err: err}
	for _, d := range c.record.Files {
		e.add(c.s, d, path.Join(c.active, d.Name))
	}
	for _, d := range c.record.Installed {
		e.add(c.s, d, path.Join(c.s.etc, d.Name))
	}
	if d, ok := c.record.find("policy.kern"); ok {
		e.add(c.s, d, c.final)
	}
	return e
}

func (e *UnfinishedError) add(s *Store, d digest, name string) {
	if s.matches(d, name) {
		e.InPlace = append(e.InPlace, s.display(name))
	} else {
		e.Missing = append(e.Missing, s.display(name))
	}
}

func (c *commit) renameFiles() error {
	if err := c.raiseGuard(); err != nil {
		return err
	}
	if err := c.s.moveIn(&c.record, c.active, c.tmp); err != nil {
		return err
	}
	c.published = c.published || len(c.record.Dirs) > 0
	for _, f := range c.files {
		if slices.ContainsFunc(c.record.Dirs, func(dir string) bool { return strings.HasPrefix(f.name, dir+"/") }) {
			continue
		}
		if f.name == linkedName {
			if err := c.s.moveOut(&c.record, c.active, c.tmp); err != nil {
				return err
			}
		}
		if err := c.fsys.rename(path.Join(c.tmp, c.record.sandbox(f.name)), path.Join(c.active, f.name)); err != nil {
			return err
		}
		c.published = true
	}
	return c.s.moveOut(&c.record, c.active, c.tmp)
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
	previous := c.s.path("previous")
	if err := c.s.removeAll(previous); err != nil {
		return err
	}
	// Each is on the disk before the next: there must always be a whole state.
	if err := c.fsys.rename(c.active, previous); err != nil {
		return err
	}
	err = c.fsys.sync(c.s.dir)
	if err == nil {
		err = c.fsys.rename(c.tmp, c.active)
	}
	if err != nil {
		return errors.Join(err, c.fsys.rename(previous, c.active))
	}
	c.published = true
	if err := c.fsys.sync(c.s.dir); err != nil {
		return err
	}
	// From here on the old state is in the place where an exchange leaves it.
	return c.fsys.rename(previous, c.tmp)
}

// finish removes the files that are no longer needed. The transaction has happened, so that its
// errors are no reason to call it failed: with the journal in place, the next Begin tidies up.
func (c *commit) finish() {
	var err error
	if c.tree {
		err = c.s.dropOld(c.s.config.SavePrevious)
	} else {
		err = c.s.removeAll(c.tmp)
	}
	if err != nil {
		return
	}
	_ = c.fsys.rename(c.s.path(journalName), c.s.path(undoName))
}

// dropOld removes the old state, or keeps it as the previous one.
func (s *Store) dropOld(keep bool) error {
	tmp, previous := s.path("tmp"), s.path("previous")
	if !keep {
		return s.removeAll(tmp)
	}
	if err := s.removeAll(previous); err != nil {
		return err
	}
	if err := s.fsys.rename(tmp, previous); err != nil {
		return err
	}
	// Without a journal the old state would be taken for a sandbox to remove.
	return s.fsys.sync(s.dir)
}

// abandon removes what prepare wrote. The journal goes last: until then the next process can repair
// the remains of a killed one.
func (c *commit) abandon() error {
	err := errors.Join(
		ignoreGone(c.fsys.remove(c.final+".tmp")),
		c.s.removeInstalling(&c.record),
		c.s.removeAll(c.tmp),
		ignoreGone(c.fsys.remove(c.s.path(journalName))))
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
	return c.s.reload(c.kernel)
}

// reload gives the kernel the store's policy.
func (s *Store) reload(k Kernel) error {
	image, err := s.KernelImage()
	if err == nil {
		err = k.Load(image)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLoad, err)
	}
	return nil
}

// linkTree makes tmp a copy of active, without the named files and directories. Files
// are hard links, or copies where the file system has none.
func (s *Store) linkTree(active, tmp string, except map[string]bool) error {
	names, err := s.root.ReadDir(active, 0)
	if err != nil {
		return err
	}
	for _, name := range names {
		from, to := path.Join(active, name), path.Join(tmp, name)
		if except[from] {
			continue
		}
		info, err := s.root.Lstat(from)
		switch {
		case err != nil:
			return err
		case info.IsDir():
			a, err := s.root.Attrs(from)
			if err != nil {
				return err
			}
			if err := s.fsys.mkdir(to, a); err != nil {
				return err
			}
			if err := s.linkTree(from, to, except); err != nil {
				return err
			}
		default:
			if err := s.linkOrCopy(from, to); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) linkOrCopy(from, to string) error {
	err := s.fsys.link(from, to)
	for _, cannot := range []error{syscall.EPERM, syscall.ENOTSUP, syscall.EXDEV, syscall.EMLINK, syscall.ENOSYS} {
		if !errors.Is(err, cannot) {
			continue
		}
		a, err := s.root.Attrs(from)
		if err != nil {
			return err
		}
		data, err := s.root.ReadFile(from, maxPolicy)
		if err != nil {
			return err
		}
		return writeFile(s.fsys, to, data, a)
	}
	return err
}
