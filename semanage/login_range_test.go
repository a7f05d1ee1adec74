package semanage_test

import (
	"errors"
	"testing"

	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestBackwardsLogin: semanage writes a login with a range that is backwards, and semodule builds a store that has
// one. senet adds none, and changes other records of such a store.
func TestBackwardsLogin(t *testing.T) {
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	s := open(t, root)
	if err := apply(s, true, "login -a -s system_u -r 's0:c1-s0' ann\n"); err != nil {
		t.Fatal(err)
	}
	if err := apply(s, false, "login -a -s system_u -r 's0:c1-s0' bob\n"); !errors.Is(err, semanage.ErrContext) {
		t.Errorf("a new one: %v", err)
	}
	mustApply(t, s, "port -a -t http_port_t -p tcp 5602\n")
	mustApply(t, s, "login -d ann\n")
}
