package kernel

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// A checkedCase is one configuration of a daemon, with what senet check says about it.
type checkedCase struct {
	d    *checked
	text string
	said doc.CheckService
}

// TestKernelsCheck starts haproxy, nginx, sshd and redis on real kernels in enforcing mode, with random
// configurations: 50 of each, or five if SENET_TEST_KERNEL is short. For each endpoint that senet check
// allows, the daemon's call has to succeed; for each that it refuses, the call has to fail.
func TestKernelsCheck(t *testing.T) {
	if os.Getenv("SENET_TEST_KERNEL") == "" && !long() {
		t.Skip("SENET_TEST_KERNEL is not set; make test-kernel sets it")
	}
	testenv.Need(t, qemu, "semodule", "setfiles", "sefcontext_compile")
	testenv.Policy(t, "default")
	s := newCheckedSystem(t)
	seed, rounds := testenv.Seed(t), 50
	if short() {
		rounds = 5
	}
	var cases []checkedCase
	for _, d := range checkedDaemons() {
		for i := range rounds {
			g := &configuration{Rand: rand.New(rand.NewPCG(seed, uint64(i))), d: &d, used: map[int]bool{}}
			d.make(g)
			cases = append(cases, s.ask(t, &d, g.text.String()))
		}
	}
	for _, v := range Versions() {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			s.start(t, v, cases)
		})
	}
}

// ask has senet check read a configuration where the daemon's unit has it.
func (s *checkedSystem) ask(t *testing.T, d *checked, text string) checkedCase {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.root, d.config), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cli.Main([]string{"senet", "check", "--json", "--root", s.root, d.unit}, strings.NewReader(""), &out, &errs)
	var answer doc.Check
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil || len(answer.Services) != 1 {
		t.Fatalf("senet check %s: %v: %s%s", d.unit, err, &out, &errs)
	}
	said := answer.Services[0]
	if len(said.Problems) > 0 || said.Error != "" {
		t.Errorf("%s: %+v %s\n%s", d.unit, said.Problems, said.Error, text)
	}
	return checkedCase{d, text, said}
}

// A tally counts what was compared.
type tally struct {
	configurations, allowed, denied, untried int
	unix, unixDenied                         int // calls of bind for UNIX sockets
}

// start starts the daemons on a kernel and compares.
func (s *checkedSystem) start(t *testing.T, v Version, cases []checkedCase) {
	vm := s.boot(t, v)
	began, busy := time.Now(), vm.processorTime()
	counts := map[string]*tally{}
	var names []string
	for i := range cases {
		c := &cases[i]
		if counts[c.d.name] == nil {
			counts[c.d.name] = &tally{}
			names = append(names, c.d.name)
		}
		want := c.expected()
		file := wire.Content{Path: c.d.config, Context: s.label(c.d.config, '-'), Data: []byte(c.text)}
		reply, err := vm.call(wire.Request{Daemon: &wire.Daemon{
			Files: []wire.Content{file}, Args: append([]string{c.d.program}, c.d.args...), Context: c.said.Context,
			Calls: len(want), Settle: time.Second / 4, Limit: 30 * time.Second,
		}}, 2*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if problems := c.compare(want, reply.Daemon, counts[c.d.name]); len(problems) > 0 {
			t.Errorf("%s as %s\n%s\n%s\nended by itself: %t, after %v\n%s\n%s", c.d.name, c.said.Context, c.text,
				strings.Join(problems, "\n"), reply.Daemon.Ended, reply.Daemon.Took, reply.Daemon.Output,
				strings.Join(slices.Compact(reply.Daemon.Denials), "\n"))
		}
	}
	t.Logf("Linux %s: all of it took %v, of which the machine was busy for %v", vm.Release,
		time.Since(began).Round(time.Second), (vm.processorTime() - busy).Round(time.Second))
	for _, name := range names {
		n := counts[name]
		t.Logf("Linux %s: %s: %d configurations, %d calls allowed, %d refused, %d never made after a refusal; "+
			"%d UNIX sockets, %d of them refused",
			vm.Release, name, n.configurations, n.allowed, n.denied, n.untried, n.unix, n.unixDenied)
		if n.allowed == 0 || n.denied == 0 {
			t.Errorf("%s: not both kinds of verdicts were met", name)
		}
	}
}

// An expectedCall is a call that an endpoint says.
type expectedCall struct {
	call, host string
	port       uint16
	verdict    network.Verdict
	// ranged says that the verdict is for a range, of which decides is the port that decides.
	ranged  bool
	decides uint16
}

// expected returns the calls that the endpoints say. Datagrams are sent without a call that a policy
// checks for a port.
func (c *checkedCase) expected() []expectedCall {
	var list []expectedCall
	for _, e := range c.said.Endpoints {
		call := "bind"
		switch e.Action {
		case daemonconf.Send:
			continue
		case daemonconf.Connect:
			call = "connect"
		}
		for p := int(e.Low); p <= int(e.High); p++ {
			list = append(list, expectedCall{call, e.Host, uint16(p), e.Verdict, e.Low != e.High, e.Port})
		}
	}
	return list
}

// compare returns what differs between the answers and what the daemon met.
func (c *checkedCase) compare(want []expectedCall, got *wire.Daemoned, n *tally) (problems []string) {
	n.configurations++
	refused, seen := false, make([]bool, len(want))
	for _, call := range got.Calls {
		addr, ok := internetAddress(call.Address)
		if call.Datagram && call.Errno == 0 && call.Number == syscall.SYS_CONNECT {
			continue // the C library asks for the address that it would send from
		}
		if !ok {
			refused = refused || call.Errno != 0
			if call.Number == syscall.SYS_BIND {
				problems = append(problems, c.unix(call, n)...)
			}
			continue
		}
		name := "bind"
		if call.Number == syscall.SYS_CONNECT {
			name = "connect"
		}
		denied := call.Errno == int(syscall.EACCES)
		refused = refused || denied
		i := slices.IndexFunc(want, func(e expectedCall) bool {
			return e.host == addr.Addr().String() && e.is(name, addr)
		})
		if i < 0 {
			i = slices.IndexFunc(want, func(e expectedCall) bool { return e.is(name, addr) })
		}
		if i < 0 {
			problems = append(problems, fmt.Sprintf("%s %v: errno %d, and not said", name, addr, call.Errno))
			continue
		}
		e := want[i]
		switch wanted := e.verdict == network.Denied; {
		case e.verdict == network.Depends:
			problems = append(problems, fmt.Sprintf("%s %v: it depends", name, addr))
		case denied == wanted, e.ranged && wanted && e.port != e.decides:
			// Of a refused range the port that decides is refused; others may be.
		default:
			problems = append(problems, fmt.Sprintf("%s %v: errno %d, said %s", name, addr, call.Errno, e.verdict))
		}
		if !seen[i] && denied {
			n.denied++
		} else if !seen[i] {
			n.allowed++
		}
		seen[i] = true
	}
	for i, e := range want {
		switch {
		case seen[i]:
		case refused && (c.d.stops || e.call == "connect"): // what cannot bind does not connect
			n.untried++
		default:
			problems = append(problems, fmt.Sprintf("%s %s port %d: no such call", e.call, e.host, e.port))
		}
	}
	return problems
}

// unix compares a call of bind for a UNIX socket. Haproxy binds to another name, PATH.PID.tmp, and renames it.
func (c *checkedCase) unix(call wire.AddressCall, n *tally) []string {
	if len(call.Address) < 3 || binary.LittleEndian.Uint16(call.Address) != syscall.AF_UNIX {
		return nil
	}
	name, _, _ := strings.Cut(string(call.Address[2:]), "\x00")
	for _, s := range c.said.Sockets {
		if name != s.Path && !strings.HasPrefix(name, s.Path+".") {
			continue
		}
		if s.Verdict == network.Depends {
			return nil // file_contexts has no label for the directory
		}
		n.unix++
		if call.Errno != 0 {
			n.unixDenied++
		}
		if (call.Errno == int(syscall.EACCES)) != (s.Verdict == network.Denied) {
			return []string{fmt.Sprintf("bind %s: errno %d, said %s", name, call.Errno, s.Verdict)}
		}
		return nil
	}
	return []string{fmt.Sprintf("bind %q: errno %d, and not said", name, call.Errno)}
}

// is reports whether a call is the one that is expected.
func (e *expectedCall) is(call string, addr netip.AddrPort) bool {
	if e.call != call || e.port != addr.Port() {
		return false
	}
	switch e.host {
	case "", "*":
		return addr.Addr().IsUnspecified()
	case "localhost":
		return addr.Addr().IsLoopback()
	}
	host, err := netip.ParseAddr(e.host)
	return err == nil && host == addr.Addr()
}

// internetAddress reads a struct sockaddr_in or sockaddr_in6.
func internetAddress(b []byte) (netip.AddrPort, bool) {
	if len(b) < 8 {
		return netip.AddrPort{}, false
	}
	port := binary.BigEndian.Uint16(b[2:])
	switch binary.LittleEndian.Uint16(b) {
	case syscall.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port), true
	case syscall.AF_INET6:
		if len(b) >= 24 {
			return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), port), true
		}
	}
	return netip.AddrPort{}, false
}
