package reach_test

import (
	"testing"

	"github.com/senet-selinux/senet/portset"
)

// A bitmap is a set of ports in the plainest form.
type bitmap [65536]bool

func bitmapOf(ports portset.Set) *bitmap {
	b := new(bitmap)
	for _, in := range ports {
		for port := int(in.Low); port <= int(in.High); port++ {
			b[port] = true
		}
	}
	return b
}

// checkForm checks what the documentation of portset.Set promises: ascending, not
// touching.
func checkForm(t *testing.T, name string, ports portset.Set) {
	t.Helper()
	for i, in := range ports {
		if in.Low > in.High || i > 0 && int(in.Low) <= int(ports[i-1].High)+1 {
			t.Fatalf("%s: range %d of %v", name, i, ports)
		}
	}
}
