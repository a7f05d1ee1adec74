package say

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// TestProcesses: a line for a process and for each port at which it waits, with the
// verdict; a name of a program is inert.
func TestProcesses(t *testing.T) {
	at := func(state string, port uint16, v network.Verdict) senet.Socket {
		s := senet.Socket{Label: "http_port_t"}
		s.Protocol, s.State, s.Local = "tcp", state, netip.AddrPortFrom(netip.IPv4Unspecified(), port)
		if v != "" {
			s.Operation, s.Answer = network.Listen, &network.Answer{Verdict: v}
		}
		return s
	}
	p := senet.Process{Domain: "haproxy_t", Sockets: []senet.Socket{
		at("LISTEN", 80, network.Allowed), at("LISTEN", 5601, network.Denied), at("ESTABLISHED", 80, ""),
	}}
	p.PID, p.Comm, p.Unit = 812, "haproxy\x1b[31m", "haproxy.service"
	var b words.Page
	Processes(&b, &senet.ProcessList{Processes: []senet.Process{p}})
	for _, want := range []string{
		"haproxy_t", "haproxy.service", "YES     listen on tcp/80", "NO      listen on tcp/5601", "and 1 more socket\n",
		`haproxy\x1b[31m`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

// TestCPUTime has a day, which ps puts in front.
func TestCPUTime(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "00:00:00", 3661 * time.Second: "01:01:01",
		90061 * time.Second: "1-01:01:01"} {
		if got := cpuTime(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
