package semanage

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/policydb"
)

// A FindingCode is a stable name of something that is wrong with a store.
type FindingCode string

// The codes.
const (
	// FindUnfinished: a transaction was killed; the next one repairs its remains.
	FindUnfinished FindingCode = "unfinished"
	// FindMissing: a file that a store has is missing; see [Reason].
	FindMissing FindingCode = "missing"
	// FindDamaged: a file cannot be read, or has the wrong content.
	FindDamaged FindingCode = "damaged"
	// FindKind: the place of a file or directory is taken by something else.
	FindKind FindingCode = "kind"
	// FindUnsafe: others than its owner could change the store.
	FindUnsafe FindingCode = "unsafe"
	// FindRecords: policy.kern is not policy.linked with the local records.
	FindRecords FindingCode = "records"
	// FindInstalled: the installed policy is not policy.kern.
	FindInstalled FindingCode = "installed"
	// FindLoaded: the kernel does not run the installed policy.
	FindLoaded FindingCode = "loaded"
)

// A Finding is one thing that is wrong with a store.
type Finding struct {
	Code FindingCode
	// Path is the file or directory that it is about, as this machine has it, "" for
	// the store as a whole.
	Path string
	Err  error
}

// Check reads the store and returns its faults, in a fixed order. It repairs nothing and
// changes nothing. A store that another program changes meanwhile may be found to be in
// between; an error is that nothing can be said at all.
func (s *Store) Check() ([]Finding, error) {
	c := &checker{s: s}
	needed, err := s.unfinished()
	switch {
	case errors.Is(err, ErrPermission):
		return nil, err
	case err != nil:
		c.add(s.dir, err)
	}
	for _, r := range needed {
		c.list = append(c.list, Finding{FindUnfinished, s.Dir(),
			fmt.Errorf("a transaction was killed; the next change will have %s", r)})
	}
	if err := s.safe(); err != nil {
		c.add("", err)
	}
	if _, err := s.root.Lstat(s.path("active")); err != nil {
		c.add(s.path("active"), err)
		return c.list, nil
	}
	l, err := s.takeLock(readLock, true)
	if err != nil {
		return nil, err
	}
	defer l.release()
	c.files()
	c.policies()
	c.loaded()
	return c.list, nil
}

// A checker collects findings.
type checker struct {
	s       *Store
	list    []Finding
	local   [kinds]table
	records bool // all records could be read
}

// add notes an error about a file of the store's system.
func (c *checker) add(name string, err error) {
	if name != "" {
		name = c.s.display(name)
	}
	f := Finding{FindDamaged, name, err}
	var kind *sysroot.KindError
	var unsafe *UnsafeError
	switch {
	case errors.As(err, &kind):
		f.Code, f.Path = FindKind, kind.Path
	case errors.As(err, &unsafe):
		f.Code, f.Path = FindUnsafe, unsafe.Path
	case isGone(err):
		f.Code = FindMissing
	}
	c.list = append(c.list, f)
}

// files looks at each file that is there, and for those that should be.
func (c *checker) files() {
	s := c.s
	for _, name := range []string{"policy.linked", "policy.kern", "file_contexts", "seusers", "seusers.linked",
		"users_extra.linked", "commit_num"} {
		info, err := s.root.Stat(s.activePath(name))
		switch {
		case err != nil:
			c.add(s.activePath(name), err)
		case !info.Mode().IsRegular():
			c.add(s.activePath(name), &sysroot.KindError{Path: s.display(s.activePath(name)), Mode: info.Mode()})
		}
	}
	c.trusted()
	for _, name := range []string{transLock, readLock} {
		if info, err := s.root.Lstat(s.path(name)); err == nil && !info.Mode().IsRegular() {
			c.add(s.path(name), &sysroot.KindError{Path: s.display(s.path(name)), Mode: info.Mode()})
		}
	}
	c.records = true
	for _, kind := range Kinds() {
		list, err := s.readLocal(kind)
		if err != nil {
			c.records = false
			name := s.activePath(kind.File())
			if kind == Equivalences {
				name = s.contextFile(substitutions)
			}
			c.add(name, err)
		}
		c.local[kind].list = list
	}
	if err := checkOverlaps(&c.local); err != nil {
		c.records = false
		c.add("", err)
	}
	if _, err := s.CommitNumber(); err != nil {
		c.add(s.activePath("commit_num"), err)
	}
	if _, err := s.readJournal(undoName); err != nil && !isGone(err) {
		c.add(s.path(undoName), err)
	}
}

// policies compares the policies with the records and with each other.
func (c *checker) policies() {
	s := c.s
	kern, err := s.readPolicy(s.activePath("policy.kern"))
	if err != nil && !isGone(err) { // what is missing has been said
		c.add(s.activePath("policy.kern"), err)
	}
	linked, errLinked := s.readPolicy(s.activePath("policy.linked"))
	if errLinked != nil && !isGone(errLinked) {
		c.add(s.activePath("policy.linked"), errLinked)
	}
	if err != nil {
		return
	}
	if errLinked == nil && c.records {
		c.merged(linked, kern)
	}
	image, err := s.KernelImage()
	if err != nil {
		return
	}
	final := s.finalPolicy(kern.Version)
	installed, err := s.root.ReadFile(final, maxPolicy)
	switch {
	case err != nil:
		c.add(final, err)
	case !bytes.Equal(installed, image) && !s.config.VerifyKernel:
		c.list = append(c.list, Finding{FindInstalled, s.display(final),
			fmt.Errorf("the installed policy is not %s", s.display(s.activePath("policy.kern")))})
	}
}

// merged says which records policy.kern lacks, or that it is another policy.
func (c *checker) merged(linked, kern *policydb.Policy) {
	name := c.s.display(c.s.activePath("policy.kern"))
	db, _, err := buildPolicy(linked, &c.local)
	if err != nil {
		c.list = append(c.list, Finding{FindRecords, name, err})
		return
	}
	if bytes.Equal(db.Encode(), policydb.Canonical(kern).Encode()) {
		return
	}
	before := len(c.list)
	for _, kind := range Kinds() {
		if !kind.InPolicy() {
			continue
		}
		in := PolicyRecords(kern, kind)
		for _, r := range c.local[kind].list {
			at := slices.IndexFunc(in, func(have Record) bool { return have.Key() == r.Key() })
			if at < 0 {
				c.list = append(c.list, Finding{FindRecords, name,
					fmt.Errorf("%s %s of %s is not in it", kind, r.Key(), path.Base(kind.File()))})
			}
		}
	}
	if len(c.list) == before {
		c.list = append(c.list, Finding{FindRecords, name, errors.New(
			"it is not policy.linked with the local records")})
	}
}
