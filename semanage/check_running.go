package semanage

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// trusted looks for files that others than those who own the store could change. What a
// directory protects is found too: it may be opened some day.
func (c *checker) trusted() {
	s := c.s
	names := []string{s.finalPolicy(0), path.Join(s.etc, "seusers"), path.Join(s.etc, "contexts/files/file_contexts")}
	if list, err := s.root.ReadDir(s.path("active"), 0); err == nil {
		for _, name := range list {
			names = append(names, s.activePath(name))
		}
	}
	for _, name := range []string{journalName, undoName, transLock, readLock} {
		names = append(names, s.path(name))
	}
	owners := s.owners()
	for _, name := range names {
		info, err := s.root.Lstat(name)
		if err != nil || info.Mode()&fs.ModeSymlink != 0 {
			continue // what is missing or no file is said elsewhere
		}
		if err := trustedOwner(s.display(name), info, owners); err != nil {
			c.add(name, err)
		}
	}
}

// A policyReader is a [Kernel] that tells which policy it runs.
type policyReader interface{ Policy() ([]byte, error) }

// loaded compares the policy that the kernel runs with the installed one: the labels of
// ports, nodes and interfaces, the types and the rules. Values of booleans are set in the
// kernel alone too, and the rest follows no order there.
func (c *checker) loaded() {
	s := c.s
	kernel, ok := s.running().(policyReader)
	if !ok {
		return
	}
	image, err := kernel.Policy()
	if errors.Is(err, fs.ErrPermission) {
		return // only root may read it
	}
	var runs *policydb.Policy
	if err == nil {
		runs, err = policydb.Decode(image)
	}
	if err != nil {
		c.list = append(c.list, Finding{FindLoaded, "", fmt.Errorf("the kernel's policy: %w", err)})
		return
	}
	kern, err := s.readPolicy(s.activePath("policy.kern"))
	if err != nil {
		return // it has been said
	}
	final := s.finalPolicy(kern.Version)
	installed, err := s.readPolicy(final)
	if err != nil {
		return
	}
	if what := differs(installed, runs); what != "" {
		c.list = append(c.list, Finding{FindLoaded, s.display(final),
			fmt.Errorf("the kernel does not run %s: %s; load_policy loads it", s.display(final), what)})
	}
}

// differs says in which way the policy that runs is not the installed one, "" if it is
// not seen to be another.
func differs(installed, runs *policydb.Policy) string {
	for _, kind := range Kinds() {
		if kind == Booleans {
			continue
		}
		have := PolicyRecords(runs, kind)
		for _, r := range PolicyRecords(installed, kind) {
			if !slices.Contains(have, r) {
				return fmt.Sprintf("%s %s is not in the kernel's", kind, r.Key())
			}
		}
		if n := len(PolicyRecords(installed, kind)); len(have) != n {
			return fmt.Sprintf("the kernel's has %d records of kind %s, not %d", len(have), kind, n)
		}
	}
	if a, b := len(installed.Types.Items), len(runs.Types.Items); a != b {
		return fmt.Sprintf("the kernel's has %d types, not %d", b, a)
	}
	if a, b := installed.AVTab.Len(), runs.AVTab.Len(); a != b {
		return fmt.Sprintf("the kernel's has %d rules, not %d", b, a)
	}
	return ""
}
