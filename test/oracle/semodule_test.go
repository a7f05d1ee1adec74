package oracle_test

import (
	"testing"

	"github.com/senet-selinux/senet/test/oracle"
)

// TestSemodule: the programs of other releases run here.
func TestSemodule(t *testing.T) {
	for _, suite := range []string{"trixie", "sid"} {
		s := oracle.NeedSemodule(t, suite)
		out, err := s.Command(t, "-h").CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", suite, err, out)
		}
		t.Logf("%s has %s", suite, s.Version)
	}
}
