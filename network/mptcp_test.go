package network_test

import (
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// TestMPTCPPackets: before Linux 6.5 the subflow below an MPTCP socket has the
// kernel's label, and packets are checked with that.
func TestMPTCPPackets(t *testing.T) {
	base := testpolicy.Open(t, "../examples/example.policy")
	db := base.DB().Clone()
	db.PolicyCaps = db.PolicyCaps.With(uint32(policy.CapAlwaysCheckNetwork))
	p := policy.New(db)
	s, err := subject.Resolve(p, "haproxy_t")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		release string
		source  string
	}{{"6.1.192", "kernel_t"}, {"6.4.0", "kernel_t"}, {"6.5.0", "haproxy_t"}, {"6.12.117", "haproxy_t"}, {"",
		"haproxy_t"}} {
		h := host.Standard()
		if v, ok := host.ParseRelease(tt.release); ok {
			h.Kernel = &host.Kernel{Release: tt.release, Version: v}
		}
		a, err := network.Ask(access.NewDecider(p), network.Question{
			Subject: s.Context, Operation: network.Connect, Protocol: network.MPTCP, Port: 80,
			Machine: network.Machine{Host: h}})
		if err != nil {
			t.Fatal(err)
		}
		checked := 0
		for _, l := range a.Layers {
			if l.Call != network.CallEgress || !l.Consulted {
				continue
			}
			checked++
			if got := p.TypeName(policy.TypeID(l.SourceContext.Type)); got != tt.source {
				t.Errorf("Linux %q: %s %s with %s as the source, want %s", tt.release, l.Class, l.Perm, got, tt.source)
			}
		}
		if checked != 3 {
			t.Errorf("Linux %q: %d checks of leaving packets, want packet, netif and node", tt.release, checked)
		}
	}
}
