package kernel

import (
	"net/netip"
	"testing"
	"time"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// labels are the labels of packets that a machine was told to give, beyond
// those that a scenario gives in its own network namespace.
type labels struct {
	vm      *VM
	net     *NetLabel
	secmark bool
}

func newLabels(t *testing.T, vm *VM) *labels {
	t.Helper()
	n, err := vm.NetLabel()
	if err != nil {
		t.Fatal(err)
	}
	return &labels{vm: vm, net: n}
}

// clear takes all labels away, which has to come before another policy, where
// their contexts may mean nothing.
func (l *labels) clear(t *testing.T) {
	t.Helper()
	if err := l.net.Clear(); err != nil {
		t.Fatal(err)
	}
	if l.secmark {
		if err := l.vm.SecmarkEverywhere(""); err != nil {
			t.Fatal(err)
		}
		l.secmark = false
		time.Sleep(settle)
	}
}

// settle is how long the kernel takes to destroy what a network namespace or a
// table held, and with it to stop checking packets.
const settle = 300 * time.Millisecond

// stage makes the machine what the question says of its host.
func (l *labels) stage(t *testing.T, p *policy.Policy, q *network.Question) {
	t.Helper()
	unlabeled, _ := p.InitialSID(policy.SIDUnlabeled)
	if q.Host.Secmark && !l.secmark {
		if err := l.vm.SecmarkEverywhere(p.FormatContext(unlabeled)); err != nil {
			t.Fatal(err)
		}
		l.secmark = true
	}
	if !q.Host.PeerLabelling {
		return
	}
	// A label for an address that nobody has switches the checks on alone.
	static := StaticLabel{netip.MustParsePrefix("203.0.113.1/32"), p.FormatContext(unlabeled)}
	wanted := []StaticLabel{static}
	if q.PeerLabel != nil {
		context := p.FormatContext(*q.PeerLabel)
		wanted = nil
		for _, prefix := range []string{"127.0.0.0/8", "192.0.2.0/24", "::1/128"} {
			wanted = append(wanted, StaticLabel{netip.MustParsePrefix(prefix), context})
		}
	}
	if len(l.net.static) == len(wanted) && l.net.static[0] == wanted[0] {
		return
	}
	if err := l.net.Clear(); err != nil {
		t.Fatal(err)
	}
	for _, s := range wanted {
		if err := l.net.AddStatic(s); err != nil {
			t.Fatal(err)
		}
	}
}
