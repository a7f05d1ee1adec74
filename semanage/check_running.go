package semanage

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/senet-selinux/senet/policydb"
)

// A policyReader is a [Kernel] that tells which policy it runs.
type policyReader interface{ Policy() ([]byte, error) }

// loaded compares the policy that the kernel runs with the installed one, by all that they
// say. Values of booleans are set in the kernel alone too.
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
	// For a kernel that does not know the version libselinux leaves out what an older one
	// cannot say: below this one more than groups of names.
	const full = 31
	if installed.Version != runs.Version && runs.Version < full {
		return
	}
	if d, found := policydb.FirstDifference(installed, runs); found {
		what := d.What + " is not in the kernel's, or says something else there"
		if d.Second {
			what = "the kernel's has " + d.What
		}
		c.list = append(c.list, Finding{FindLoaded, s.display(final),
			fmt.Errorf("the kernel does not run %s: %s; load_policy loads it", s.display(final), what)})
	}
}
