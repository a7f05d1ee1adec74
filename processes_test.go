package senet

import (
	"net/netip"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/subject"
)

// The verdicts of ports, by the built-in example policy: what may listen, what
// may not, a socket with a label of its own, a process of no known context.
func TestProcessVerdicts(t *testing.T) {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	d := access.NewDecider(p)
	facts := host.Standard()
	socket := func(protocol, state string, port uint16) host.Socket {
		return host.Socket{Protocol: protocol, State: state, Local: netip.AddrPortFrom(netip.IPv4Unspecified(), port)}
	}
	s, err := subject.Resolve(p, "haproxy_t")
	if err != nil {
		t.Fatal(err)
	}
	process := host.Process{PID: 812, Comm: "haproxy\x1b[31m", Context: p.FormatContext(s.Context),
		Unit: "haproxy.service"}
	held := []host.Socket{socket("tcp", "LISTEN", 80), socket("tcp", "LISTEN", 5601),
		socket("tcp", "ESTABLISHED", 80), socket("udp", "UNCONNECTED", 40000)}
	e := newProcess(d, &facts, process, held)
	for i := range held {
		// network.Ask is the reference; the test checks that the question was right.
		want := network.Verdict("")
		if held[i].Waiting() {
			a, err := network.Ask(d, network.Question{Subject: s.Context, Operation: waitingAs(held[i]),
				Protocol: network.Protocol(held[i].Protocol),
				Port:     held[i].Local.Port(), Addr: held[i].Local.Addr(), Machine: network.Machine{Host: facts}})
			if err != nil {
				t.Fatal(err)
			}
			want = a.Verdict
		}
		if got := verdictOf(e.Sockets[i]); got != want {
			t.Errorf("%+v: %s, want %s", held[i], got, want)
		}
	}
	if verdictOf(e.Sockets[0]) != network.Allowed || verdictOf(e.Sockets[1]) != network.Denied ||
		e.Sockets[1].Answer.FirstDenied() == nil {
		t.Errorf("tcp/80 %+v, tcp/5601 %+v", e.Sockets[0], e.Sockets[1])
	}
	process.Context = "u:r:no_such_t:s0"
	if e := newProcess(d, &facts, process, held); verdictOf(e.Sockets[0]) != "" || e.Domain != "no_such_t" {
		t.Errorf("an unknown context: %+v", e)
	}
}

func verdictOf(s Socket) network.Verdict {
	if s.Answer == nil {
		return ""
	}
	return s.Answer.Verdict
}
