package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// A special is a sequence of system calls by a process of d_t, under a policy of the lab.
type special struct {
	name     string
	lab      probe.Lab
	scenario Scenario
	// enforcing is the result of the last call made, and every denial; permissive likewise.
	enforcing, permissive string
	// path says that the first denial is of a file: it names the socket.
	path bool
	// q is a question to package network about the same calls: its answer is the
	// part of the outcome that package network knows of.
	q *network.Question
	// only is the kernel that it is for, "" for both.
	only Version
}

// testSpecials asks about calls that the operations of package network do not
// make, and about sockets that come from elsewhere.
func testSpecials(t *testing.T, vm *VM, c *counts) {
	done := 0
	for _, sp := range specials() {
		if sp.only != "" && !strings.HasPrefix(vm.Release, string(sp.only)+".") {
			continue
		}
		done++
		p := sp.lab.Policy(t)
		db, err := Permissive(p.DB())
		if err != nil {
			t.Fatal(err)
		}
		j := &judge{vm: vm, c: c}
		j.load(t, policy.New(db))
		for _, enforcing := range []bool{true, false} {
			want := sp.permissive
			if enforcing {
				want = sp.enforcing
			}
			sp.run(t, j, enforcing, want)
		}
	}
	t.Logf("%d special cases, each enforcing and permissive", done)
}

func (sp *special) run(t *testing.T, j *judge, enforcing bool, want string) {
	t.Helper()
	sc := sp.scenario
	sc.Context, sc.Enforcing = "u:r:d_t:s0", enforcing
	sc.Calls = slices.Clone(sc.Calls)
	for i := range sc.Calls {
		sc.Calls[i].Must = true
	}
	ran, err := j.vm.Run(&sc, j.kernel)
	if err != nil {
		t.Errorf("%s: %v", sp.name, err)
		return
	}
	j.c.operations.Add(1)
	var last string
	var all, known outcome
	for _, r := range ran.Results {
		if r.Made {
			last = resultText(r)
		}
	}
	for i := range ran.Denials {
		d := &ran.Denials[i]
		key := d.Key()
		d.Perms = strings.ReplaceAll(d.Perms, " ", ",") // of one record
		if d.Source != j.kernel {
			all.deny(d.Key())
		}
		if networkCheck(d) {
			known.deny(key)
		}
	}
	j.c.lines.Add(int64(len(all.denials)))
	got := last
	if text, ok := strings.CutPrefix(all.text(), "ok, logged "); ok {
		got += ": " + strings.ReplaceAll(text, "logged ", "")
	}
	if got != want {
		t.Errorf("%s, enforcing %t:\n  want   %s\n  kernel %s", sp.name, enforcing, want, got)
		for i, r := range ran.Results {
			t.Logf("    call %d: %s", i, errnoText(r))
		}
	}
	if sp.path && (len(ran.Denials) == 0 || !strings.Contains(ran.Denials[0].Text, `path="socket:[`)) {
		t.Errorf("%s: the AVC does not name the socket: %v", sp.name, ran.Denials)
	}
	if sp.q == nil {
		return
	}
	q := *sp.q
	q.Subject, q.Host = probe.Context(t, j.p, "d_t"), host.Standard()
	q.Host.Enforcing = enforcing
	if version, ok := host.ParseRelease(j.vm.Release); ok {
		q.Host.Kernel = &host.Kernel{Release: j.vm.Release, Version: version}
	}
	if sc.Helper != "" && q.SocketLabel == nil {
		label := probe.Context(t, j.p, sc.Helper)
		q.SocketLabel = &label
	}
	a, err := network.Ask(access.NewDecider(j.p), q)
	if err != nil {
		t.Fatalf("%s: %v", sp.name, err)
	}
	model := expected(j.p, &a)
	refused := strings.HasPrefix(last, "EACCES") || strings.HasPrefix(last, "EPERM")
	if !slices.Equal(model.denials, known.denials) || (model.errno != "") != refused {
		t.Errorf("%s, enforcing %t: model %s, kernel %s %v", sp.name, enforcing, &model, last, known.denials)
	}
}

// resultText returns "ok" or the name of the error.
func resultText(r wire.Result) string {
	if r.Ret >= 0 {
		return "ok"
	}
	names := map[syscall.Errno]string{syscall.EACCES: "EACCES", syscall.EPERM: "EPERM", syscall.EAGAIN: "EAGAIN",
		syscall.EINPROGRESS:  "EINPROGRESS",
		syscall.ECONNREFUSED: "ECONNREFUSED", syscall.EPROTONOSUPPORT: "EPROTONOSUPPORT",
		syscall.EAFNOSUPPORT: "EAFNOSUPPORT", syscall.ENOTCONN: "ENOTCONN"}
	if name, ok := names[syscall.Errno(-r.Ret)]; ok {
		return name
	}
	return fmt.Sprintf("errno %d", -r.Ret)
}

func call(number int, args ...wire.Arg) wire.Call { return wire.Call{Number: number, Args: args} }

// msghdr returns the argument of sendmsg and recvmsg.
func msghdr(name, control []byte) wire.Arg {
	iov := make([]byte, 24) // struct iovec, and the byte that it is about
	binary.LittleEndian.PutUint64(iov[8:], 1)
	b := make([]byte, 56)
	binary.LittleEndian.PutUint32(b[8:], uint32(len(name)))
	binary.LittleEndian.PutUint64(b[24:], 1)
	binary.LittleEndian.PutUint64(b[40:], uint64(len(control)))
	a := Bytes(b)
	if name != nil {
		a.Refs = append(a.Refs, wire.Ref{At: 0, Buf: name})
	}
	a.Refs = append(a.Refs, wire.Ref{At: 16, Buf: iov, Self: 16})
	a.Refs = append(a.Refs, wire.Ref{At: 32, Buf: control})
	return a
}

// rights returns a control message that passes a file descriptor.
func rights(fd uint32) []byte {
	b := make([]byte, 24)
	binary.LittleEndian.PutUint64(b, 20)
	binary.LittleEndian.PutUint32(b[8:], syscall.SOL_SOCKET)
	binary.LittleEndian.PutUint32(b[12:], syscall.SCM_RIGHTS)
	binary.LittleEndian.PutUint32(b[16:], fd)
	return b
}

var (
	loopback  = netip.MustParseAddr("127.0.0.1")
	socketOfS = "u:r:s_t:s0"
)

// passed is the number of a file descriptor in messages and rings, which have to
// know it beforehand.
const passed = 200

func specials() []special {
	const solSCTP, bindxAdd, connectx = 132, 100, 110
	in := sockaddr(syscall.AF_INET, loopback, 80)
	unbound := sockaddr(syscall.AF_INET, loopback, 5600)
	tcp := call(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK), Int(0))
	sctp := call(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK), Int(132))
	seqpacket := call(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_SEQPACKET|syscall.SOCK_NONBLOCK),
		Int(132))
	given, one := HelperResult(0), Bytes([]byte{1, 0, 0, 0})
	inherited := Scenario{Helper: socketOfS, Helpers: []wire.Call{tcp}}
	with := func(sc Scenario, calls ...wire.Call) Scenario {
		sc.Calls = calls
		return sc
	}
	unixAddr := sockaddr(syscall.AF_UNIX, loopback, 1)
	receiver := Scenario{Helper: socketOfS, Helpers: []wire.Call{
		call(syscall.SYS_SOCKET, Int(syscall.AF_UNIX), Int(syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK), Int(0)),
		call(syscall.SYS_BIND, resultOf(0), Bytes(unixAddr), Int(len(unixAddr))),
		tcp, call(syscall.SYS_DUP2, resultOf(2), Int(passed)),
		call(syscall.SYS_SENDMSG, resultOf(0), msghdr(unixAddr, rights(passed)), Int(0))}}
	receive := call(syscall.SYS_RECVMSG, given, msghdr(nil, make([]byte, 24)), Int(0))
	mayReceive := `(allow d_t s_t (unix_dgram_socket (read)))`
	serving := Scenario{Helper: socketOfS, Helpers: []wire.Call{tcp,
		call(syscall.SYS_SETSOCKOPT, resultOf(0), Int(syscall.SOL_SOCKET), Int(syscall.SO_REUSEADDR), one, Int(4)),
		call(syscall.SYS_BIND, resultOf(0), Bytes(in), Int(len(in))), call(syscall.SYS_LISTEN, resultOf(0), Int(8))}}
	accept := call(syscall.SYS_ACCEPT4, given, Int(0), Int(0), Int(syscall.SOCK_NONBLOCK))
	getsockname := call(syscall.SYS_GETSOCKNAME, given, Bytes(make([]byte, 128)), Bytes([]byte{128, 0, 0, 0}))
	other := Scenario{NetNS: true, Sysctls: []Sysctl{{"net/ipv4/ip_local_port_range", "5000 6000"}},
		Helper:  "u:r:d_t:s0",
		Helpers: []wire.Call{tcp, call(syscall.SYS_UNSHARE, Int(syscall.CLONE_NEWNET))}}
	ring, oldRing := ringScenario(in, 4), ringScenario(in, 64)
	shared := Scenario{UserNS: true, NetNS: true}

	return []special{
		// Inherited sockets: read() and write() ask about the file first, recvfrom()
		// and sendto() about the socket alone (selinux_file_permission).
		{name: "read of an inherited socket", scenario: with(inherited,
			call(syscall.SYS_READ, given, Bytes(make([]byte, 8)), Int(8))), path: true,
			enforcing:  "EACCES: d_t kernel_t:fd use",
			permissive: "ENOTCONN: d_t kernel_t:fd use, d_t s_t:tcp_socket read"},
		{name: "read of an inherited socket, fd use granted", lab: probe.Lab{Rules: `(allow d_t kernel_t (fd (use)))`},
			path:      true,
			scenario:  with(inherited, call(syscall.SYS_READ, given, Bytes(make([]byte, 8)), Int(8))),
			enforcing: "EACCES: d_t s_t:tcp_socket read", permissive: "ENOTCONN: d_t s_t:tcp_socket read",
			q: &network.Question{Protocol: network.TCP, Calls: []network.Call{network.CallReceive}}},
		{name: "write to an inherited socket, fd use granted",
			lab: probe.Lab{Rules: `(allow d_t kernel_t (fd (use)))`}, path: true,
			scenario:  with(inherited, call(syscall.SYS_WRITE, given, Bytes(make([]byte, 8)), Int(8))),
			enforcing: "EACCES: d_t s_t:tcp_socket write", permissive: "errno 32: d_t s_t:tcp_socket write",
			q: &network.Question{Protocol: network.TCP, Calls: []network.Call{network.CallSend}}},
		{name: "recvfrom of an inherited socket", scenario: with(inherited,
			call(syscall.SYS_RECVFROM, given, Bytes(make([]byte, 8)), Int(8), Int(0), Int(0), Int(0))),
			enforcing: "EACCES: d_t s_t:tcp_socket read", permissive: "ENOTCONN: d_t s_t:tcp_socket read",
			q: &network.Question{Protocol: network.TCP, Calls: []network.Call{network.CallReceive}}},
		// A passed file descriptor that may not be had does not arrive; the message
		// does (selinux_file_receive, receive_fd).
		{name: "a passed socket", lab: probe.Lab{Rules: mayReceive}, scenario: with(receiver, receive), path: true,
			enforcing: "ok: d_t kernel_t:fd use", permissive: "ok: d_t kernel_t:fd use, d_t s_t:tcp_socket read,write"},
		{name: "a passed socket, fd use granted", lab: probe.Lab{Rules: mayReceive +
			`(allow d_t kernel_t (fd (use)))`}, scenario: with(receiver, receive), path: true,
			enforcing: "ok: d_t s_t:tcp_socket read,write", permissive: "ok: d_t s_t:tcp_socket read,write"},
		{name: "a passed socket, all granted", lab: probe.Lab{Rules: mayReceive +
			`(allow d_t kernel_t (fd (use))) (allow d_t s_t (tcp_socket (read write)))`},
			scenario: with(receiver, receive), enforcing: "ok", permissive: "ok"},
		// Socket activation: bound and listening by another domain; nothing is asked
		// of the port again.
		{name: "socket activation", scenario: with(serving, accept, getsockname),
			enforcing:  "EACCES: d_t s_t:tcp_socket accept",
			permissive: "ok: d_t s_t:tcp_socket accept, d_t s_t:tcp_socket getattr",
			q: &network.Question{Protocol: network.TCP, Port: 80,
				Calls: []network.Call{network.CallAccept, network.CallGetsockname}}},
		{name: "socket activation, granted", lab: probe.Lab{Rules: `(allow d_t s_t (tcp_socket (accept getattr)))`},
			scenario:  with(serving, accept, getsockname),
			enforcing: "ok", permissive: "ok", q: &network.Question{Protocol: network.TCP, Port: 80,
				Calls: []network.Call{network.CallAccept, network.CallGetsockname}}},
		// The range is that of the socket's network namespace, not of the process's.
		{name: "a socket of another network namespace", lab: probe.Lab{
			Rules: `(allow d_t self (tcp_socket (create bind)))`},
			scenario:   with(other, call(syscall.SYS_BIND, given, Bytes(unbound), Int(len(unbound)))),
			enforcing:  "EACCES: d_t lo_node_t:tcp_socket node_bind",
			permissive: "ok: d_t lo_node_t:tcp_socket node_bind"},
		{name: "a socket of the own one", lab: probe.Lab{Rules: `(allow d_t self (tcp_socket (create bind)))`},
			scenario:   with(other, tcp, call(syscall.SYS_BIND, resultOf(0), Bytes(unbound), Int(len(unbound)))),
			enforcing:  "EACCES: d_t port_t:tcp_socket name_bind",
			permissive: "ok: d_t port_t:tcp_socket name_bind, d_t lo_node_t:tcp_socket node_bind"},
		// SCTP asks what bind() or connect() ask for each address (selinux_sctp_bind_connect).
		{name: "sctp_bindx", lab: probe.Lab{Rules: `(allow d_t self (sctp_socket (create)))`},
			scenario: with(Scenario{}, sctp, call(syscall.SYS_SETSOCKOPT, resultOf(0), Int(solSCTP), Int(bindxAdd),
				Bytes(in), Int(len(in)))),
			enforcing: "EACCES: d_t d_t:sctp_socket setopt",
			permissive: "ok: d_t d_t:sctp_socket setopt, d_t d_t:sctp_socket bind, d_t a_port_t:sctp_socket " +
				"name_bind, d_t lo_node_t:sctp_socket node_bind, d_t d_t:capability net_bind_service"},
		{name: "sctp_bindx, setopt granted", lab: probe.Lab{
			Rules: `(allow d_t self (sctp_socket (create setopt bind)))`},
			scenario: with(Scenario{}, sctp, call(syscall.SYS_SETSOCKOPT, resultOf(0), Int(solSCTP), Int(bindxAdd),
				Bytes(in), Int(len(in)))),
			enforcing: "EACCES: d_t a_port_t:sctp_socket name_bind",
			permissive: "ok: d_t a_port_t:sctp_socket name_bind, d_t lo_node_t:sctp_socket node_bind, d_t " +
				"d_t:capability net_bind_service"},
		{name: "sctp_connectx", lab: probe.Lab{Rules: `(allow d_t self (sctp_socket (create setopt connect)))`},
			scenario: with(Scenario{}, sctp, call(syscall.SYS_SETSOCKOPT, resultOf(0), Int(solSCTP), Int(connectx),
				Bytes(in), Int(len(in)))),
			enforcing:  "EACCES: d_t a_port_t:sctp_socket name_connect",
			permissive: "EINPROGRESS: d_t a_port_t:sctp_socket name_connect"},
		{name: "sctp sendto that connects",
			lab: probe.Lab{Rules: `(allow d_t self (sctp_socket (create write connect)))`},
			scenario: with(Scenario{}, seqpacket, call(syscall.SYS_SENDTO, resultOf(0), Bytes(make([]byte, 8)),
				Int(8), Int(0), Bytes(in), Int(len(in)))),
			enforcing:  "EACCES: d_t a_port_t:sctp_socket name_connect",
			permissive: "ok: d_t a_port_t:sctp_socket name_connect"},
		{name: "sctp_bindx without extended_socket_class", lab: probe.Lab{Caps: []string{"network_peer_controls"},
			Rules: `(allow d_t self (rawip_socket (create)))`},
			scenario: with(Scenario{}, sctp, call(syscall.SYS_SETSOCKOPT, resultOf(0), Int(solSCTP), Int(connectx),
				Bytes(in), Int(len(in)))),
			enforcing:  "EACCES: d_t d_t:rawip_socket setopt",
			permissive: "EINPROGRESS: d_t d_t:rawip_socket setopt"},
		// AF_SMC has a class of its own, and connects without being asked for a port.
		{name: "AF_SMC", lab: probe.Lab{Rules: `(allow d_t self (smc_socket (create)))`},
			scenario: with(Scenario{}, call(syscall.SYS_SOCKET, Int(43), Int(syscall.SOCK_STREAM), Int(0)),
				call(syscall.SYS_CONNECT, resultOf(0), Bytes(in), Int(len(in)))),
			enforcing: "EACCES: d_t d_t:smc_socket connect", permissive: "ECONNREFUSED: d_t d_t:smc_socket connect"},
		{name: "AF_SMC, granted", lab: probe.Lab{Rules: `(allow d_t self (smc_socket (create connect)))`},
			scenario: with(Scenario{}, call(syscall.SYS_SOCKET, Int(43), Int(syscall.SOCK_STREAM), Int(0)),
				call(syscall.SYS_CONNECT, resultOf(0), Bytes(in), Int(len(in)))),
			enforcing: "ECONNREFUSED", permissive: "ECONNREFUSED"},
		{name: "AF_SMC without extended_socket_class", lab: probe.Lab{Caps: []string{"network_peer_controls"}},
			scenario:  with(Scenario{}, call(syscall.SYS_SOCKET, Int(43), Int(syscall.SOCK_STREAM), Int(0))),
			enforcing: "EACCES: d_t d_t:socket create", permissive: "ok: d_t d_t:socket create"},
		// A connection that IPPROTO_SMC makes takes no name_connect.
		{name: "IPPROTO_SMC", only: Linux6_12, lab: probe.Lab{
			Rules: `(allow d_t self (rawip_socket (create connect)))`},
			scenario: with(Scenario{}, call(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_STREAM),
				Int(256)),
				call(syscall.SYS_CONNECT, resultOf(0), Bytes(in), Int(len(in)))),
			enforcing: "ECONNREFUSED", permissive: "ECONNREFUSED",
			q: &network.Question{Protocol: network.SMC, Port: 80,
				Calls: []network.Call{network.CallSocket, network.CallConnect}}},
		// TCP_FASTOPEN_CONNECT delays the SYN, not the checks.
		{name: "TCP_FASTOPEN_CONNECT", lab: probe.Lab{Rules: `(allow d_t self (tcp_socket (create setopt connect)))`},
			scenario: with(Scenario{}, tcp, call(syscall.SYS_SETSOCKOPT, resultOf(0), Int(syscall.IPPROTO_TCP),
				Int(30), one, Int(4)),
				call(syscall.SYS_CONNECT, resultOf(0), Bytes(in), Int(len(in)))),
			enforcing:  "EACCES: d_t a_port_t:tcp_socket name_connect",
			permissive: "EINPROGRESS: d_t a_port_t:tcp_socket name_connect",
			q: &network.Question{Protocol: network.TCP, Port: 80,
				Calls: []network.Call{network.CallSocket, network.CallSetsockopt, network.CallConnect}}},
		// io_uring makes the checks of connect() with the credentials of the submitter.
		{name: "io_uring connect", only: Linux6_12, scenario: ring,
			lab:        probe.Lab{Rules: `(allow d_t s_t (tcp_socket (connect)))`},
			enforcing:  "ok: s_t a_port_t:tcp_socket name_connect",
			permissive: "ok: s_t a_port_t:tcp_socket name_connect"},
		{name: "io_uring connect, nothing granted", only: Linux6_12, scenario: ring,
			enforcing:  "ok: d_t s_t:tcp_socket connect",
			permissive: "ok: d_t s_t:tcp_socket connect, s_t a_port_t:tcp_socket name_connect"},
		{name: "io_uring connect", only: Linux6_1, scenario: oldRing,
			lab:        probe.Lab{Rules: `(allow d_t s_t (tcp_socket (connect)))`},
			enforcing:  "ok: s_t a_port_t:tcp_socket name_connect",
			permissive: "ok: s_t a_port_t:tcp_socket name_connect"},
		{name: "io_uring connect, nothing granted", only: Linux6_1, scenario: oldRing,
			enforcing:  "ok: d_t s_t:tcp_socket connect",
			permissive: "ok: d_t s_t:tcp_socket connect, s_t a_port_t:tcp_socket name_connect"},
		// A protocol that is not there is looked for among the modules, behind create:
		// the kernel asks whether the process may have one loaded.
		{name: "module_request", lab: probe.Lab{Rules: `(allow d_t self (rawip_socket (create)))`},
			scenario: with(Scenario{}, call(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_DGRAM),
				Int(115))),
			enforcing:  "EPROTONOSUPPORT: d_t kernel_t:system module_request",
			permissive: "EPROTONOSUPPORT: d_t kernel_t:system module_request"},
		{name: "module_request behind create", scenario: with(Scenario{},
			call(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_DGRAM), Int(115))),
			enforcing:  "EACCES: d_t d_t:rawip_socket create",
			permissive: "EPROTONOSUPPORT: d_t d_t:rawip_socket create, d_t kernel_t:system module_request"},
		// Capabilities in a user namespace of its own (cred_has_capability).
		{name: "cap_userns",
			lab: probe.Lab{
				Rules: `(allow d_t self (tcp_socket (create bind))) (allow d_t a_port_t (tcp_socket (name_bind))) ` +
					`(allow d_t lo_node_t (tcp_socket (node_bind)))`},
			scenario:   with(shared, tcp, call(syscall.SYS_BIND, resultOf(0), Bytes(in), Int(len(in)))),
			enforcing:  "EACCES: d_t d_t:cap_userns net_bind_service",
			permissive: "ok: d_t d_t:cap_userns net_bind_service",
			q: &network.Question{Operation: network.Bind, Protocol: network.TCP, Port: 80, Addr: loopback,
				Machine: network.Machine{UserNamespace: true}}},
		{name: "cap_userns, raw socket", lab: probe.Lab{Rules: `(allow d_t self (rawip_socket (create)))`},
			scenario:  with(shared, call(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_RAW), Int(255))),
			enforcing: "EPERM: d_t d_t:cap_userns net_raw", permissive: "ok: d_t d_t:cap_userns net_raw",
			q: &network.Question{Calls: []network.Call{network.CallSocket}, Protocol: network.Raw,
				Machine: network.Machine{UserNamespace: true}}},
		// ioctl is asked of the command too where the policy has any such rule, an
		// auditallowx alone (services_compute_xperms_drivers).
		{name: "ioctl", lab: probe.Lab{Rules: `(allow d_t self (tcp_socket (create ioctl)))`},
			scenario:  with(Scenario{}, tcp, call(syscall.SYS_IOCTL, resultOf(0), Int(0x8905), Bytes(make([]byte, 8)))),
			enforcing: "ok", permissive: "ok", q: &network.Question{Calls: []network.Call{network.CallSocket,
				network.CallIoctl}, Protocol: network.TCP}},
		{name: "ioctl, another command granted", lab: probe.Lab{
			Rules: `(allow d_t self (tcp_socket (create ioctl))) (allowx d_t self (ioctl tcp_socket (0x8906)))`},
			scenario:  with(Scenario{}, tcp, call(syscall.SYS_IOCTL, resultOf(0), Int(0x8905), Bytes(make([]byte, 8)))),
			enforcing: "EACCES: d_t d_t:tcp_socket ioctl", permissive: "ok: d_t d_t:tcp_socket ioctl"},
		{name: "ioctl, the command audited", lab: probe.Lab{
			Rules: `(allow d_t self (tcp_socket (create ioctl))) (auditallowx d_t self (ioctl tcp_socket (0x8905)))`},
			scenario:  with(Scenario{}, tcp, call(syscall.SYS_IOCTL, resultOf(0), Int(0x8905), Bytes(make([]byte, 8)))),
			enforcing: "EACCES: d_t d_t:tcp_socket ioctl", permissive: "ok: d_t d_t:tcp_socket ioctl"},
		// netlink_xperm is of Linux 6.13: these take no notice of it.
		{name: "netlink_xperm",
			lab: probe.Lab{XPerm: true, Rules: `(allow d_t self (netlink_route_socket (create write nlmsg)))`},
			scenario: with(Scenario{}, call(syscall.SYS_SOCKET, Int(syscall.AF_NETLINK), Int(syscall.SOCK_RAW),
				Int(syscall.NETLINK_ROUTE)),
				call(syscall.SYS_SENDTO, resultOf(0), Bytes(message(network.NetRoute, loopback, "")), Int(32), Int(0),
					Bytes(sockaddr(syscall.AF_NETLINK, loopback, 0)), Int(12))),
			enforcing:  "EACCES: d_t d_t:netlink_route_socket nlmsg_read",
			permissive: "ok: d_t d_t:netlink_route_socket nlmsg_read",
			q:          &network.Question{Operation: network.Send, Protocol: network.NetRoute}},
	}
}

// ringScenario connects a socket of s_t by io_uring. tail is the position of the queue's tail:
// behind its head, or in the next cache line.
func ringScenario(to []byte, tail int) Scenario {
	const (
		setup, enter                      = 425, 426
		memfd                             = 319
		address, size, offsetEntries      = 0x20000000, 4096, 0x10000000
		readWrite, mapShared, mapPrivate  = 3, 1, 0x32 // MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS
		opConnect, getEvents              = 16, 1
		entrySize, addressAt, addressSize = 64, 64, 16
	)
	// An entry of the queue, the address in it, and the queue from head to tail.
	blob := make([]byte, entrySize+addressSize+tail, entrySize+addressSize+tail+4)
	blob[0] = opConnect
	binary.LittleEndian.PutUint32(blob[4:], passed)
	binary.LittleEndian.PutUint64(blob[8:], uint64(len(to)))
	binary.LittleEndian.PutUint64(blob[16:], address)
	copy(blob[addressAt:], to)
	blob = append(blob, 1, 0, 0, 0)
	var h script
	socket := h.do(syscall.SYS_SOCKET, Int(syscall.AF_INET), Int(syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK), Int(0))
	h.do(syscall.SYS_DUP2, resultOf(socket), Int(passed))
	h.do(syscall.SYS_MMAP, Int(address), Int(size), Int(readWrite), Int(mapPrivate), Int(-1), Int(0))
	ring := h.do(setup, Int(1), Bytes(make([]byte, 120)))
	queue := h.do(syscall.SYS_MMAP, Int(0), Int(size), Int(readWrite), Int(mapShared), resultOf(ring), Int(0))
	entries := h.do(syscall.SYS_MMAP, Int(0), Int(size), Int(readWrite), Int(mapShared), resultOf(ring),
		Int(offsetEntries))
	file := h.do(memfd, cString("ring"), Int(0))
	h.do(syscall.SYS_WRITE, resultOf(file), Bytes(blob), Int(len(blob)))
	h.do(syscall.SYS_PREAD64, resultOf(file), resultOf(entries), Int(entrySize), Int(0))
	h.do(syscall.SYS_PREAD64, resultOf(file), Int(address), Int(addressSize), Int(addressAt))
	h.do(syscall.SYS_PREAD64, resultOf(file), resultOf(queue), Int(tail+4), Int(entrySize+addressSize))
	return Scenario{Helper: socketOfS, Helpers: h, Calls: []wire.Call{call(enter, HelperResult(ring), Int(1), Int(1),
		Int(getEvents), Int(0), Int(0))}}
}
