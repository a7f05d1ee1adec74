package doc_test

import (
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/doc"
)

// TestHostOf: a standard host is an assumption.
func TestHostOf(t *testing.T) {
	facts := host.Standard()
	if a := doc.HostOf(&facts).Assumptions; len(a) != 1 || a[0].Code != "SN-A-HOST" {
		t.Errorf("standard host: %+v", a)
	}
}
