// Package portbits holds sets of ports against the plainest form of a set, in tests.
package portbits

import (
	"testing"

	"github.com/senet-selinux/senet/portset"
)

// A Bitmap says of each port whether it is in a set.
type Bitmap [65536]bool

// Of returns the ports as a bitmap.
func Of(ports portset.Set) *Bitmap {
	b := new(Bitmap)
	for _, in := range ports {
		for port := int(in.Low); port <= int(in.High); port++ {
			b[port] = true
		}
	}
	return b
}

// CheckForm checks what the documentation of [portset.Set] promises: the ranges of the set
// called name ascend and do not touch.
func CheckForm(t testing.TB, name string, ports portset.Set) {
	t.Helper()
	for i, in := range ports {
		if in.Low > in.High || i > 0 && int(in.Low) <= int(ports[i-1].High)+1 {
			t.Fatalf("%s: range %d of %v", name, i, ports)
		}
	}
}
