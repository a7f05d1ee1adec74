package oracle

import (
	"strings"
	"testing"
)

// The fetched programs run, with the C library that came with them.
func TestFetchedSecilc(t *testing.T) {
	for _, suite := range []string{"trixie", "sid"} {
		s := NeedSecilc(t, suite)
		out, err := s.Command("--help").CombinedOutput()
		if !strings.Contains(string(out), "Usage:") {
			t.Errorf("secilc of %s: %v: %s", suite, err, out)
		}
		t.Logf("%s: libsepol %s", suite, s.Version)
	}
}
