package host

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// The facts of the machine that runs the test: nothing here depends on SELinux.
func TestReadThisMachine(t *testing.T) {
	f, err := Read(Options{})
	if err != nil {
		t.Fatal(err)
	}
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	if f.Kernel == nil || f.Kernel.Release != strings.TrimSpace(string(release)) {
		t.Errorf("kernel %+v, want release %s", f.Kernel, release)
	}
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Fields(string(text)); strconv.Itoa(int(f.LocalPorts.Low)) != want[0] ||
		strconv.Itoa(int(f.LocalPorts.High)) != want[1] {
		t.Errorf("ip_local_port_range %v, want %s", f.LocalPorts, text)
	}
	if !slices.ContainsFunc(f.Interfaces, func(i Interface) bool { return i.Loopback && i.Name == "lo" }) {
		t.Errorf("no loopback interface among %v", f.Interfaces)
	}
	if _, err := os.Stat("/sys/fs/selinux/enforce"); (err == nil) == f.SELinuxOff() {
		t.Errorf("SELinuxOff() = %v, selinuxfs: %v", f.SELinuxOff(), err)
	}
	for _, fact := range factOrder() {
		o, read := f.Origin(fact)
		_, missing := f.Missing(fact)
		if read && missing != (o.How == HowUnreadable) {
			t.Errorf("%s: origin %+v, missing %v", fact, o, missing)
		}
	}
	for _, fact := range []Fact{FactKernel, FactSELinux, FactLocalPorts, FactUnprivilegedPortStart, FactNetNS,
		FactInterfaces, FactNetLabel, FactIPsec, FactSecmark, FactOtherNetNS} {
		if _, ok := f.Origin(fact); !ok {
			t.Errorf("%s has no origin", fact)
		}
	}
	b, err := Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(b); err != nil {
		t.Errorf("what this machine saves is refused: %v", err)
	}
}

// The test's own listener is found with its process.
func TestSocketsOfThisMachine(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	u, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	processes, err := Root{}.Processes()
	if err != nil {
		t.Fatal(err)
	}
	sockets, notes := Root{}.Sockets(processes)
	t.Logf("%d processes, %d sockets, notes %q", len(processes), len(sockets), notes)
	for _, want := range []struct {
		protocol string
		addr     netip.AddrPort
	}{
		{"tcp", netip.MustParseAddrPort(l.Addr().String())},
		{"udp", netip.MustParseAddrPort(u.LocalAddr().String())},
	} {
		i := slices.IndexFunc(sockets, func(s Socket) bool {
			return s.Protocol == want.protocol &&
				s.Local == want.addr && s.Waiting()
		})
		if i < 0 {
			t.Errorf("no waiting socket %s %s", want.protocol, want.addr)
		} else if !slices.Contains(sockets[i].PIDs, os.Getpid()) {
			t.Errorf("%s %s is held by %v, not by this process %d", want.protocol, want.addr, sockets[i].PIDs,
				os.Getpid())
		}
	}
	i := slices.IndexFunc(processes, func(p Process) bool { return p.PID == os.Getpid() })
	if i < 0 || processes[i].UID != os.Geteuid() || processes[i].PPID != os.Getppid() || processes[i].NetNS == 0 {
		t.Errorf("this process is listed as %+v", processes[max(i, 0)])
	}
}

// A new network namespace has the kernel's default parameters, its own interfaces and its own sockets. After a
// visit the caller is in its old namespace.
func TestNetworkNamespace(t *testing.T) {
	testenv.Need(t, "unshare", "sleep")
	cmd := exec.Command("unshare", "-n", "sh", "-c",
		"echo 50000 50010 > /proc/sys/net/ipv4/ip_local_port_range && echo ready && exec sleep 60")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	if n, _ := fmt.Fscanln(out, new(string)); n != 1 {
		testenv.Missing(t, "a network namespace cannot be made: it takes root")
	}
	before, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(Options{NetNS: strconv.Itoa(cmd.Process.Pid)})
	if err != nil {
		t.Fatal(err)
	}
	if f.LocalPorts != (PortRange{50000, 50010}) {
		t.Errorf("ip_local_port_range %v in the namespace, want 50000-50010", f.LocalPorts)
	}
	link, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if inode, _ := parseNetNS(link); f.NetNS == nil || f.NetNS.Inode != inode || f.NetNS.Initial {
		t.Errorf("namespace %+v, want inode %d, not initial", f.NetNS, inode)
	}
	if len(f.Interfaces) != 1 || f.Interfaces[0].Name != "lo" || f.Interfaces[0].Up {
		t.Errorf("interfaces %+v, want lo alone, down", f.Interfaces)
	}
	here, err := Read(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if here.LocalPorts == f.LocalPorts || here.NetNS.Inode == f.NetNS.Inode {
		t.Errorf("after the namespace was read, this one looks like it: %v", here.LocalPorts)
	}
	// Even root may not be able to look at some processes. Then the origin says so.
	o, _ := here.Origin(FactOtherNetNS)
	if _, missing := here.Missing(FactOtherNetNS); o.How == HowRead &&
		!strings.HasSuffix(strings.TrimSuffix(o.Note, "s"), "other network namespace") ||
		o.How != HowRead && !missing {
		t.Errorf("other network namespaces: %+v", o)
	}
	if after, _ := os.Readlink("/proc/self/ns/net"); after != before {
		t.Errorf("the process is in %s, was in %s", after, before)
	}
}

func TestReadErrors(t *testing.T) {
	for _, name := range []string{"no-such-namespace", "../1", "4194305", ""} {
		f, err := Read(Options{NetNS: name})
		if (err == nil) != (name == "") {
			t.Errorf("Read of network namespace %q: %v, %v", name, f.Source, err)
		}
	}
	root, err := OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(Options{Root: root, NetNS: "1"}); err == nil {
		t.Error("a directory has a network namespace")
	}
}

// The kernel's answers have the form that the parsers expect. The families are in every kernel.
func TestNetlinkThisMachine(t *testing.T) {
	r := &reader{netlink: askNetlink}
	id, err := r.genlFamily("nlctrl")
	if err != nil || id != 16 {
		t.Errorf("family nlctrl: %d, %v; want 16", id, err)
	}
	if _, err := r.genlFamily("no-such-family"); err == nil {
		t.Error("a family that does not exist was found")
	}
	if _, err := parseMessages(make([]byte, 15), binary.NativeEndian); err == nil {
		t.Error("15 bytes are no message")
	}
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkProcessesAndSockets(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		processes, err := Root{}.Processes()
		if err != nil {
			b.Fatal(err)
		}
		Root{}.Sockets(processes)
	}
}
