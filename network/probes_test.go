package network_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/test/kernel/probe"
)

// TestProbes holds the model against what is known of the kernel.
func TestProbes(t *testing.T) {
	for _, pr := range slices.Concat(probe.Probes(), probe.Edges()) {
		t.Run(pr.Name, func(t *testing.T) {
			p := pr.Lab.Policy(t)
			if pr.With != nil {
				p = pr.With(t, p)
			}
			if got := ask(t, p, pr.Ask(t, p)); got != pr.Want {
				t.Errorf("got  %s\nwant %s", got, pr.Want)
			}
		})
	}
}
