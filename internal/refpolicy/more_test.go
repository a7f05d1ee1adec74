package refpolicy

import (
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
)

// TestMoreHeaders: the headers of other policies, such as Fedora's, expand as m4 does, their modules are those of
// checkmodule, and all of them can be indexed.
func TestMoreHeaders(t *testing.T) {
	testenv.Need(t, "m4", "checkmodule")
	root, err := sysroot.Open("")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range oracle.MoreHeaders(t) {
		h, err := Open(root, dir, Override{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d files, %d definitions, problems %q", dir, len(h.Files), len(h.Defs), h.Problems)
		comparePeer(t, h)
		compiled(t, h, testenv.Rounds(150, 1))
		x, err := h.Index()
		if err != nil {
			t.Fatal(err)
		}
		if x.failures > 0 {
			t.Error(x.failures)
		}
	}
}
