package remedy

import (
	"fmt"
	"testing"

	"github.com/senet-selinux/senet/portset"
)

// Domains that get the same pieces in the same order share a sum; every other sum has
// the ports of its own pieces, joined where they touch.
func TestSums(t *testing.T) {
	var s sums
	low, high, far := portset.Set{{Low: 10, High: 19}}, portset.Set{{Low: 20, High: 29}},
		portset.Set{{Low: 80, High: 80}}
	both := s.with(s.with(0, 1, high), 0, low)
	if again := s.with(s.with(0, 1, high), 0, low); again != both {
		t.Errorf("the same pieces are sums %d and %d", both, again)
	}
	other := s.with(s.with(0, 1, high), 2, far)
	for _, tt := range []struct {
		sum  int
		want string
	}{{0, "[]"}, {both, "[10-29]"}, {other, "[20-29 80]"}, {s.with(0, 1, high), "[20-29]"}} {
		if got := fmt.Sprint(s.ports(tt.sum)); got != tt.want {
			t.Errorf("sum %d: %q, want %q", tt.sum, got, tt.want)
		}
	}
}
