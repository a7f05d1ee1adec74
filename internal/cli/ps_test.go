package cli

import (
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/subject"
)

// This machine: the test's own process and its listener are listed; where
// SELinux is off that is said, and nothing has a verdict.
func TestPS(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, text, stderr := runSenet(t, "ps", "--ports")
	if code != exitYes || !strings.Contains(text, "listen on tcp/"+l.Addr().String()) {
		t.Fatalf("exit %d, %q\n%s", code, stderr, text)
	}
	facts, err := host.Read(host.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if facts.SELinuxOff() != strings.Contains(text, "SELinux is off on this machine") {
		t.Errorf("SELinux off is %v:\n%s", facts.SELinuxOff(), text)
	}
	code, out, _ := runSenet(t, "ps", "--json")
	var answer doc.Processes
	if err := json.Unmarshal([]byte(out), &answer); err != nil || code != exitYes || answer.Schema != "senet.ps/1" {
		t.Fatalf("exit %d, %v", code, err)
	}
	found := false
	for _, p := range answer.Processes {
		if p.Kernel {
			t.Errorf("a kernel thread without -e: %+v", p)
		}
		if p.PID != os.Getpid() {
			continue
		}
		for _, s := range p.Sockets {
			if s.Local.String() == l.Addr().String() {
				found = s.Action == network.Listen && (s.Verdict == "") == (p.Context == "")
			}
		}
	}
	if !found {
		t.Errorf("the listener of process %d is not in the answer, or has a verdict without a context", os.Getpid())
	}
}

// The columns of ps -eZ.
func TestPSLabels(t *testing.T) {
	code, text, _ := runSenet(t, "ps", "-eZ")
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if code != exitYes || strings.Join(strings.Fields(lines[0]), " ") != "LABEL PID TTY TIME CMD" {
		t.Fatalf("exit %d, %q", code, lines[0])
	}
	line := regexp.MustCompile(`^\S+ +\d+ \S+ +(\d+-)?\d\d:\d\d:\d\d .+$`)
	own := false
	for _, s := range lines[1:] {
		if !line.MatchString(s) {
			t.Errorf("line %q", s)
		}
		own = own || strings.Fields(s)[1] == fmt.Sprint(os.Getpid())
	}
	if !own {
		t.Error("this process is not listed")
	}
	for d, want := range map[time.Duration]string{0: "00:00:00", 3661 * time.Second: "01:01:01", 90061 * time.Second: "1-01:01:01"} {
		if got := cpuTime(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

// The verdicts of ports, by the built-in example policy: what may listen, what
// may not, a socket with a label of its own, a process of no known context.
func TestPSVerdicts(t *testing.T) {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	d := access.NewDecider(p)
	l := &psList{host: host.Standard()}
	socket := func(protocol, state string, port uint16) host.Socket {
		return host.Socket{Protocol: protocol, State: state, Local: netip.AddrPortFrom(netip.IPv4Unspecified(), port)}
	}
	s, err := subject.Resolve(p, "haproxy_t")
	if err != nil {
		t.Fatal(err)
	}
	process := host.Process{PID: 812, Comm: "haproxy\x1b[31m", Context: p.FormatContext(s.Context), Unit: "haproxy.service"}
	held := []host.Socket{socket("tcp", "LISTEN", 80), socket("tcp", "LISTEN", 5601), socket("tcp", "ESTABLISHED", 80), socket("udp", "UNCONNECTED", 40000)}
	e := l.entry(d, process, held)
	for i := range held {
		// network.Ask is the reference; what is tested is that it was asked rightly.
		want := network.Verdict("")
		if held[i].Waiting() {
			a, err := network.Ask(d, network.Question{Subject: s.Context, Operation: waitingAs(held[i]), Protocol: network.Protocol(held[i].Protocol),
				Port: held[i].Local.Port(), Addr: held[i].Local.Addr(), Machine: network.Machine{Host: host.Standard()}})
			if err != nil {
				t.Fatal(err)
			}
			want = a.Verdict
		}
		if e.sockets[i].verdict != want {
			t.Errorf("%+v: %s, want %s", held[i], e.sockets[i].verdict, want)
		}
	}
	if e.sockets[0].verdict != network.Allowed || e.sockets[1].verdict != network.Denied || e.sockets[1].reason == "" {
		t.Errorf("tcp/80 %+v, tcp/5601 %+v", e.sockets[0], e.sockets[1])
	}
	l.entries = []psEntry{e}
	var b strings.Builder
	if err := l.write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"haproxy_t", "haproxy.service", "YES     listen on tcp/80", "NO      listen on tcp/5601", "and 1 more socket\n", `haproxy\x1b[31m`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	process.Context = "u:r:no_such_t:s0"
	if e := l.entry(d, process, held); e.sockets[0].verdict != "" || e.domain != "no_such_t" {
		t.Errorf("an unknown context: %+v", e)
	}
}

func TestPSErrors(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
	}{
		{[]string{"ps", "extra"}, exitUsage},
		{[]string{"ps", "--policy", "/no/such/file"}, exitUnreadable},
		{[]string{"ps", "--policy", "example", "--bool", "nonsense"}, exitUsage},
	} {
		if code, _, stderr := runSenet(t, tt.args...); code != tt.code || stderr == "" {
			t.Errorf("%q: exit %d, %q; want %d", tt.args, code, stderr, tt.code)
		}
	}
}
