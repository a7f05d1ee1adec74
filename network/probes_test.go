package network_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/test/kernel/probe"
)

// TestProbes compares the model with what is known of the kernel.
func TestProbes(t *testing.T) {
	for _, pr := range slices.Concat(probe.Probes(), probe.Edges()) {
		t.Run(pr.Name, func(t *testing.T) {
			p := pr.Lab.Policy(t)
			if pr.With != nil {
				p = pr.With(t, p)
			}
			q := pr.Ask(t, p)
			if !q.Addr.IsValid() { // an address with the label node_t, as in the tests with kernels
				q.Addr = netip.MustParseAddr("192.0.2.1")
			}
			q.Remote = q.Addr
			if got := ask(t, p, q); got != pr.Want {
				t.Errorf("got  %s\nwant %s", got, pr.Want)
			}
		})
	}
}
