package network_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
	"github.com/senet-selinux/senet/test/policies"
)

// TestNoAnswer checks that a question without an answer is an error, also for a Judge, and never gives a verdict.
func TestNoAnswer(t *testing.T) {
	p := probe.Lab{}.Policy(t)
	tests := map[string]network.Question{
		"no operation":               {Protocol: network.TCP},
		"unknown operation":          {Protocol: network.TCP, Operation: "conect"},
		"unknown protocol":           {Protocol: "tpc", Operation: network.Connect},
		"no protocol":                {Operation: network.Connect},
		"unknown call":               {Protocol: network.TCP, Calls: []network.Call{network.CallSocket, "conect"}},
		"unix without the other end": {Protocol: network.UnixStream, Operation: network.Connect},
		"unix datagram likewise":     {Protocol: network.UnixDgram, Operation: network.Send},
		"a message that is not known": {Protocol: network.NetRoute, Operation: network.Send,
			NetlinkPerm: "nlmsg_wirte"},
		"a message of another socket": {Protocol: network.NetRoute, Operation: network.Send,
			NetlinkPerm: "nlmsg_relay"},
	}
	for name, q := range tests {
		q.Subject, q.Host = probe.Context(t, p, "d_t"), host.Standard()
		if a, err := network.Ask(access.NewDecider(p), q); err == nil {
			t.Errorf("%s: Ask says %s", name, a.Verdict)
		}
		if _, err := network.NewJudge(access.NewDecider(p), q); err == nil {
			t.Errorf("%s: NewJudge has no error", name)
		}
	}
}

// TestNoHost checks that a question without a host is an error: the zero facts would be those of a permissive
// machine.
func TestNoHost(t *testing.T) {
	p := probe.Lab{}.Policy(t)
	q := network.Question{Subject: probe.Context(t, p, "d_t"), Operation: network.Connect, Protocol: network.TCP,
		Port: 80}
	if a, err := network.Ask(access.NewDecider(p), q); !errors.Is(err, network.ErrNoHost) {
		t.Errorf("Ask: %s, %v", a.Verdict, err)
	}
	if _, err := network.NewJudge(access.NewDecider(p), q); !errors.Is(err, network.ErrNoHost) {
		t.Errorf("NewJudge: %v", err)
	}
}

// TestNoContext checks that a question with the zero context is an error, whichever label is zero: a permissive
// system would allow it everything.
func TestNoContext(t *testing.T) {
	p := probe.Lab{}.Policy(t)
	d, c, zero := access.NewDecider(p), probe.Context(t, p, "d_t"), policy.Context{}
	for name, q := range map[string]network.Question{
		"subject": {}, "subject and socket": {SocketLabel: &c}, "socket": {Subject: c, SocketLabel: &zero},
		"maker": {Subject: c, Maker: &zero}, "peer": {Subject: c, Peer: &zero},
		"the peer's label": {Subject: c, PeerLabel: &zero}, "the packet's": {Subject: c, PacketLabel: &zero},
	} {
		for _, enforcing := range []bool{false, true} {
			q.Operation, q.Protocol, q.Port, q.Host = network.Connect, network.TCP, 80, host.Standard()
			q.Host.Enforcing = enforcing
			if a, err := network.Ask(d, q); !errors.Is(err, network.ErrNoContext) || a.Verdict != "" {
				t.Errorf("%s: Ask: %q, %v", name, a.Verdict, err)
			}
			j, err := network.NewJudge(d, q)
			if !errors.Is(err, network.ErrNoContext) {
				t.Errorf("%s: NewJudge: %v", name, err)
			}
			if j != nil && j.Port(80, c) != network.Denied {
				t.Errorf("%s: a judge of nobody allows", name)
			}
		}
	}
}

// TestAssumptions checks that the answers name the assumptions that they depend on.
func TestAssumptions(t *testing.T) {
	p := probe.Lab{}.Policy(t)
	read := host.Standard()
	read.Source, read.Assumed = "this machine", false
	tests := []struct {
		q    network.Question
		want string
	}{
		{network.Question{Operation: network.Bind, Protocol: network.TCP, Port: 80},
			"SN-A-ADDRESS SN-A-HOST SN-A-CAPABILITY"},
		{network.Question{Operation: network.Bind, Protocol: network.TCP, Port: 8080}, "SN-A-ADDRESS SN-A-HOST"},
		{network.Question{Operation: network.Connect, Protocol: network.TCP, Port: 80}, "SN-A-HOST"},
		{network.Question{Operation: network.Bind, Protocol: network.Ping, Port: 80}, "SN-A-ADDRESS SN-A-HOST"},
		{network.Question{Operation: network.Connect, Protocol: network.Raw}, "SN-A-HOST SN-A-CAPABILITY"},
		{network.Question{Operation: network.Connect, Protocol: network.SCTP, Port: 80}, "SN-A-MODULE SN-A-HOST"},
		{network.Question{Calls: []network.Call{network.CallConnect}, Protocol: network.TCP, Port: 80}, "SN-A-HOST"},
		// A machine's facts do not tell which capabilities a process holds.
		{network.Question{Operation: network.Bind, Protocol: network.TCP, Port: 80,
			Machine: network.Machine{Host: read}}, "SN-A-ADDRESS SN-A-CAPABILITY"},
	}
	for _, tt := range tests {
		tt.q.Subject = probe.Context(t, p, "d_t")
		if tt.q.Host.Source == "" {
			tt.q.Host = host.Standard()
		}
		a, err := network.Ask(access.NewDecider(p), tt.q)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, x := range a.Assumptions {
			if i > 0 {
				got += " "
			}
			got += x.Code
		}
		if got != tt.want {
			t.Errorf("%s %s %d: %s, want %s", tt.q.Operation, tt.q.Protocol, tt.q.Port, got, tt.want)
		}
	}
}

// TestBarePolicy asks a policy that defines next to nothing: no socket class, and only one initial SID.
func TestBarePolicy(t *testing.T) {
	const cil = `(mls false) (handleunknown @) (class file (read)) (classorder (file)) (sid kernel) (sidorder (kernel))
(user u) (role r) (type t) (userrole u r) (roletype r t) (allow t self (file (read)))
(sensitivity s0) (sensitivityorder (s0)) (userlevel u (s0)) (userrange u ((s0) (s0)))
(context c (u r t ((s0) (s0)))) (sidcontext kernel c)`
	for unknown, want := range map[string]network.Verdict{"allow": network.Allowed, "deny": network.Denied} {
		testenv.Need(t, "secilc")
		path, err := policies.CompileCIL([]byte(strings.Replace(cil, "@", unknown, 1)), policies.Options{Version: 33})
		if err != nil {
			t.Fatal(err)
		}
		p := testpolicy.Open(t, path)
		d := access.NewDecider(p)
		for _, proto := range network.Protocols() {
			for _, o := range network.Operations() {
				c := probe.Context(t, p, "u:r:t")
				h := host.Standard()
				h.PeerLabelling, h.Secmark = true, true
				q := network.Question{Subject: c, Operation: o, Protocol: proto, Port: 80, PeerLabel: &c,
					Machine: network.Machine{Host: h}}
				a, err := network.Ask(d, q)
				if err != nil {
					t.Fatal(err)
				}
				if a.Verdict != want {
					t.Errorf("handle_unknown %s: %s %s: %s", unknown, o, proto, a.Verdict)
				}
			}
		}
	}
}
