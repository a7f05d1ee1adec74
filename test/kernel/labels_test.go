package kernel

import (
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// labels are the labels of packets that a machine was told to give, beyond
// those that a scenario gives in its own network namespace.
type labels struct {
	vm      *VM
	net     *NetLabel
	secmark bool
	p       *policy.Policy // that was loaded when they were made
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
		l.settle(t)
	}
}

// settle waits until the kernel has destroyed what tables and network namespaces
// held, and checks no packets any more: a datagram of peer_t, to which no policy of
// the lab grants packets, leaves no denial of one.
func (l *labels) settle(t *testing.T) {
	t.Helper()
	if l.p.HasPolicyCap(policy.CapAlwaysCheckNetwork) {
		return
	}
	kernel, _ := l.p.InitialSID(policy.SIDKernel)
	to := sockaddr(syscall.AF_INET, loopback, 9)
	sc := &Scenario{Context: "u:r:peer_t:s0", NetNS: true, Calls: []wire.Call{
		call(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_DGRAM), Int(0)),
		call(syscall.SYS_SENDTO, resultOf(0), Bytes([]byte{1}), Int(1), Int(0), Bytes(to), Int(len(to)))}}
	for range 50 {
		ran, err := l.vm.Run(sc, l.p.FormatContext(kernel))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(ran.Denials, func(d Denial) bool { return d.Class == "packet" }) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("packets are still checked")
}

// stage sets the machine up as the host of the question.
func (l *labels) stage(t *testing.T, p *policy.Policy, q *network.Question) {
	t.Helper()
	l.p = p
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
	static := StaticLabel{From: netip.MustParsePrefix("203.0.113.1/32"), Context: p.FormatContext(unlabeled)}
	wanted := []StaticLabel{static}
	if q.PeerLabel != nil {
		context := p.FormatContext(*q.PeerLabel)
		wanted = nil
		for _, prefix := range []string{"127.0.0.0/8", "192.0.2.0/24", "::1/128"} {
			wanted = append(wanted, StaticLabel{From: netip.MustParsePrefix(prefix), Context: context})
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
