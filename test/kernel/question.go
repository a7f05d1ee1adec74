package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"syscall"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// socketArgs are the arguments of socket(2) for a kind of socket: family, type,
// protocol. The family of sockets of IP is that of the address.
func socketArgs(p network.Protocol, v6 bool) (family, kind, protocol int) {
	family = syscall.AF_INET
	if v6 {
		family = syscall.AF_INET6
	}
	const sockDCCP = 6
	switch p {
	case network.TCP:
		return family, syscall.SOCK_STREAM, 0
	case network.MPTCP:
		return family, syscall.SOCK_STREAM, 262
	case network.UDP:
		return family, syscall.SOCK_DGRAM, 0
	case network.UDPLite:
		return family, syscall.SOCK_DGRAM, 136
	case network.SCTP:
		return family, syscall.SOCK_STREAM, 132
	case network.DCCP:
		return family, sockDCCP, 33
	case network.Ping:
		if v6 {
			return family, syscall.SOCK_DGRAM, 58
		}
		return family, syscall.SOCK_DGRAM, 1
	case network.Raw:
		return family, syscall.SOCK_RAW, 255
	case network.SMC:
		return family, syscall.SOCK_STREAM, 256
	case network.Packet:
		return syscall.AF_PACKET, syscall.SOCK_RAW, 0
	case network.VSock:
		return familyVSock, syscall.SOCK_STREAM, 0
	case network.UnixStream:
		return syscall.AF_UNIX, syscall.SOCK_STREAM, 0
	case network.UnixDgram:
		return syscall.AF_UNIX, syscall.SOCK_DGRAM, 0
	}
	if number := netlinkNumber(p); number >= 0 {
		return syscall.AF_NETLINK, syscall.SOCK_RAW, number
	}
	return -1, -1, -1
}

// netlinkNumber returns the number of a family of netlink, as in linux/netlink.h; -1 for other sockets.
func netlinkNumber(p network.Protocol) int {
	switch p {
	case network.NetRoute:
		return syscall.NETLINK_ROUTE
	case network.NetDiag:
		return syscall.NETLINK_INET_DIAG
	case network.NetXfrm:
		return syscall.NETLINK_XFRM
	case network.NetAudit:
		return syscall.NETLINK_AUDIT
	case network.NetFilter:
		return syscall.NETLINK_NETFILTER
	case network.NetGeneric:
		return syscall.NETLINK_GENERIC
	case network.NetUevent:
		return syscall.NETLINK_KOBJECT_UEVENT
	case network.NetSELinux:
		return syscall.NETLINK_SELINUX
	case network.NetNflog:
		return 5 // NETLINK_NFLOG
	case network.NetFIB:
		return syscall.NETLINK_FIB_LOOKUP
	case network.NetConn:
		return syscall.NETLINK_CONNECTOR
	case network.NetCrypto:
		return 21 // NETLINK_CRYPTO
	case network.NetRDMA:
		return 20 // NETLINK_RDMA
	case network.NetISCSI:
		return syscall.NETLINK_ISCSI
	case network.NetSCSI:
		return syscall.NETLINK_SCSITRANSPORT
	case network.NetOther:
		return syscall.NETLINK_USERSOCK
	}
	return -1
}

// familyVSock is AF_VSOCK.
const familyVSock = 40

func sockaddr(family int, addr netip.Addr, port uint16) []byte {
	switch family {
	case syscall.AF_INET:
		b := make([]byte, 16)
		binary.LittleEndian.PutUint16(b, syscall.AF_INET)
		binary.BigEndian.PutUint16(b[2:], port)
		ip := addr.As4()
		copy(b[4:], ip[:])
		return b
	case syscall.AF_INET6:
		b := make([]byte, 28)
		binary.LittleEndian.PutUint16(b, syscall.AF_INET6)
		binary.BigEndian.PutUint16(b[2:], port)
		ip := addr.As16()
		copy(b[8:], ip[:])
		return b
	case syscall.AF_NETLINK:
		b := make([]byte, 12)
		binary.LittleEndian.PutUint16(b, syscall.AF_NETLINK)
		return b
	case syscall.AF_PACKET:
		b := make([]byte, 20)
		binary.LittleEndian.PutUint16(b, syscall.AF_PACKET)
		binary.LittleEndian.PutUint32(b[4:], 1) // lo
		return b
	case familyVSock:
		const local = 1 // VMADDR_CID_LOCAL
		number := uint32(port)
		if port == 0 {
			number = ^uint32(0) // VMADDR_PORT_ANY; 0 is a port like others
		}
		b := make([]byte, 16)
		binary.LittleEndian.PutUint16(b, uint16(family))
		binary.LittleEndian.PutUint32(b[4:], number)
		binary.LittleEndian.PutUint32(b[8:], local)
		return b
	case syscall.AF_UNIX: // abstract, by the port
		b := make([]byte, 2, 16)
		binary.LittleEndian.PutUint16(b, syscall.AF_UNIX)
		return append(b, fmt.Sprintf("\x00senet-%d", port)...)
	}
	return nil
}

// messageType returns a type of netlink messages that the kernel asks the
// permission for: nlmsgtab.c.
func messageType(p network.Protocol, perm string) uint16 {
	types := map[network.Protocol]map[string]uint16{
		network.NetRoute: {"nlmsg_read": syscall.RTM_GETLINK, "nlmsg_write": syscall.RTM_SETLINK},
		network.NetDiag:  {"nlmsg_read": 20, "nlmsg_write": 21},     // SOCK_DIAG_BY_FAMILY, SOCK_DESTROY
		network.NetXfrm:  {"nlmsg_read": 0x12, "nlmsg_write": 0x11}, // XFRM_MSG_GETSA, XFRM_MSG_DELSA
		network.NetAudit: {"nlmsg_read": 1000, "nlmsg_write": 1001, "nlmsg_relay": 1005, "nlmsg_readpriv": 1013,
			"nlmsg_tty_audit": 1017},
	}
	if perm == "" {
		perm = "nlmsg_read"
	}
	return types[p][perm]
}

// message is the content of what is sent: one that the kind of socket takes, and of netlink one
// that perm is asked for.
func message(p network.Protocol, to netip.Addr, perm string) []byte {
	b := make([]byte, 64)
	switch p {
	case network.Ping:
		b[0] = 8 // echo request
		if to.Is6() {
			b[0] = 128
		}
	case network.Raw: // IPPROTO_RAW takes packets with their header
		if to.Is4() {
			const version4, ttl, experimental = 0x45, 64, 253
			b[0], b[8], b[9] = version4, ttl, experimental
			ip := to.As4()
			copy(b[16:], ip[:])
		}
	case network.NetRoute, network.NetDiag, network.NetXfrm, network.NetAudit, network.NetFilter:
		b = b[:32]
		binary.LittleEndian.PutUint32(b, uint32(len(b)))
		binary.LittleEndian.PutUint16(b[4:], messageType(p, perm))
		binary.LittleEndian.PutUint16(b[6:], syscall.NLM_F_REQUEST)
	}
	return b
}

// pollFor is the time in milliseconds that a test waits for packets that may never arrive.
const pollFor = 50

// checksPackets reports whether packets are checked under a policy on a host.
func checksPackets(p *policy.Policy, h *host.Facts) bool {
	return p.HasPolicyCap(policy.CapAlwaysCheckNetwork) || !p.HasPolicyCap(policy.CapNetworkPeerControls) ||
		h.Secmark || h.PeerLabelling
}

// scenarioOf returns the system calls of a process that performs a question's operation, and for
// each call the Call of the question that it belongs to, "" for preparations.
func scenarioOf(p *policy.Policy, q *network.Question) (*Scenario, []network.Call, error) {
	s, ok := network.SocketOf(q.Protocol)
	family, kind, protocol := socketArgs(q.Protocol, q.Addr.Is6())
	if !ok || family < 0 {
		return nil, nil, fmt.Errorf("no calls for %s", q.Protocol)
	}
	sc := &Scenario{Context: p.FormatContext(q.Subject), Enforcing: q.Host.Enforcing}
	packets := checksPackets(p, &q.Host)
	if standard := host.Standard(); packets || q.Host.LocalPorts != standard.LocalPorts ||
		q.Host.UnprivilegedPortStart != standard.UnprivilegedPortStart {
		sc.NetNS, sc.Sysctls = true, []Sysctl{
			{"net/ipv4/ip_unprivileged_port_start", "0"},
			{"net/ipv4/ip_local_port_range", fmt.Sprintf("%d %d", q.Host.LocalPorts.Low, q.Host.LocalPorts.High)},
			{"net/ipv4/ip_unprivileged_port_start", strconv.Itoa(int(q.Host.UnprivilegedPortStart))},
			{"net/ipv4/ping_group_range", "0 2147483647"},
		}
	}
	if packets && s.Inet && q.Addr.Is4() && !q.Addr.IsUnspecified() && !q.Addr.IsLoopback() {
		sc.Addresses = []netip.Addr{q.Addr}
	}
	if q.UserNamespace {
		sc.NetNS, sc.UserNS = true, true
	}
	if q.SocketLabel != nil {
		sc.Socket = p.FormatContext(*q.SocketLabel)
	}
	if packets && s.Inet && q.Host.Secmark && q.PacketLabel != nil {
		sc.Secmark = p.FormatContext(*q.PacketLabel)
	}
	addr := sockaddr(family, q.Addr, q.Port)
	if len(q.Lookups) > 0 {
		addr = append([]byte{syscall.AF_UNIX, 0}, socketName...)
	}
	calls := q.Calls
	if calls == nil {
		calls = q.Operation.Calls(s)
	}
	b := scriptOf{family: family, kind: kind, protocol: protocol, addr: addr,
		message: message(q.Protocol, q.Addr, q.NetlinkPerm), q: q, s: s}
	if packets && s.Inet {
		b.serves = slices.Contains(calls, network.CallBind)
		sc.Helpers = b.helpers()
		b.waits = !q.Disconnect
	}
	if !s.Inet && q.PeerLabel != nil && slices.ContainsFunc(calls,
		func(c network.Call) bool { return c == network.CallConnect || c == network.CallSend }) {
		sc.Helpers, sc.Helper = b.helpers(), p.FormatContext(*q.PeerLabel) // the other unix socket
	}
	if slices.Contains(calls, network.CallUse) {
		b.taken = true
		sc.Helpers, sc.Helper, sc.Giver = b.helpers(), p.FormatContext(*q.SocketLabel), p.FormatContext(*q.Giver)
		sc.Socket = ""
	}
	if len(q.Lookups) > 0 {
		sc.Directory = p.FormatContext(q.Lookups[0].Label)
		if !slices.Contains(calls, network.CallBind) {
			sc.File = p.FormatContext(q.Lookups[len(q.Lookups)-1].Label)
		}
	}
	if slices.Contains(calls, network.CallModule) {
		b.protocol = unknownNetlink
	}
	for _, call := range calls {
		b.call(call)
	}
	sc.Calls = b.list
	for i := range sc.Calls {
		sc.Calls[i].Must = true
	}
	return sc, b.of, nil
}

// A scriptOf writes the system calls of a question.
type scriptOf struct {
	family, kind, protocol int
	addr, message          []byte
	q                      *network.Question
	s                      network.Socket
	list                   script
	of                     []network.Call
	// waits says that there are helpers, and packets to wait for; serves that the
	// helper is the client.
	waits, serves bool
	// taken says that the process takes the helper's socket.
	taken bool
	// connection is the position of the call that accepted one, 0 for none.
	connection int
}

// wait appends calls that wait until the connection is made. Neither of the two
// asks SELinux anything.
func (b *scriptOf) wait(events uint16) {
	const number = 200
	poll := make([]byte, 8) // struct pollfd
	binary.LittleEndian.PutUint32(poll, number)
	binary.LittleEndian.PutUint16(poll[4:], events)
	b.do("", syscall.SYS_DUP2, resultOf(0), Int(number))
	b.do("", syscall.SYS_POLL, Bytes(poll), Int(1), Int(pollFor))
}

func (b *scriptOf) do(of network.Call, number int, args ...wire.Arg) {
	b.list.do(number, args...)
	b.of = append(b.of, of)
}

// helpers are the socket at the other end of a connection or of datagrams.
func (b *scriptOf) helpers() []wire.Call {
	var h script
	protocol := b.protocol
	if b.q.Protocol == network.SMC || b.q.Protocol == network.MPTCP && b.q.Host.Kernel != nil &&
		!b.q.Host.Kernel.Version.AtLeast(6, 5) {
		protocol = syscall.IPPROTO_TCP // so that the kernel's own packets are of the other end
	}
	fd := h.do(syscall.SYS_SOCKET, Int(b.family), Int(b.kind|syscall.SOCK_NONBLOCK), Int(protocol))
	if b.serves || b.taken {
		return h
	}
	h.do(syscall.SYS_BIND, resultOf(fd), Bytes(b.addr), Int(len(b.addr)))
	if b.s.Stream {
		h.do(syscall.SYS_LISTEN, resultOf(fd), Int(8))
	}
	return h
}

// unknownNetlink is a family of netlink that no kernel has, so that each asks for its module.
const unknownNetlink = 25

// option returns the level, the number and the value of a socket option.
func option(name string) (level, number int, value []byte) {
	one := []byte{1, 0, 0, 0}
	switch name {
	case "SO_MARK":
		return syscall.SOL_SOCKET, 36, one
	case "SO_PRIORITY":
		return syscall.SOL_SOCKET, syscall.SO_PRIORITY, []byte{7, 0, 0, 0}
	case "SO_RCVBUFFORCE":
		return syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, []byte{0, 16, 0, 0}
	case "SO_SNDBUFFORCE":
		return syscall.SOL_SOCKET, syscall.SO_SNDBUFFORCE, []byte{0, 16, 0, 0}
	case "IP_TRANSPARENT":
		return syscall.SOL_IP, syscall.IP_TRANSPARENT, one
	case "IPV6_TRANSPARENT":
		return syscall.SOL_IPV6, 75, one
	case "IPV6_HOPOPTS":
		return syscall.SOL_IPV6, 54, make([]byte, 8)
	case "IPV6_DSTOPTS":
		return syscall.SOL_IPV6, 59, make([]byte, 8)
	case "SO_BINDTODEVICE":
		return syscall.SOL_SOCKET, syscall.SO_BINDTODEVICE, []byte("lo\x00\x00")
	case "TCP_REPAIR":
		return syscall.SOL_TCP, 19, one
	}
	for _, o := range [...]struct {
		name          string
		level, number int
	}{
		{"SO_BROADCAST", syscall.SOL_SOCKET, syscall.SO_BROADCAST},
		{"SO_KEEPALIVE", syscall.SOL_SOCKET, syscall.SO_KEEPALIVE},
		{"SO_RCVBUF", syscall.SOL_SOCKET, syscall.SO_RCVBUF}, {"SO_SNDBUF", syscall.SOL_SOCKET, syscall.SO_SNDBUF},
		{"SO_REUSEPORT", syscall.SOL_SOCKET, 15}, {"IP_FREEBIND", syscall.SOL_IP, 15},
		{"IP_TOS", syscall.SOL_IP, syscall.IP_TOS}, {"IPV6_V6ONLY", syscall.SOL_IPV6, syscall.IPV6_V6ONLY},
		{"TCP_NODELAY", syscall.SOL_TCP, syscall.TCP_NODELAY},
	} {
		if o.name == name {
			return o.level, o.number, one
		}
	}
	return syscall.SOL_SOCKET, syscall.SO_REUSEADDR, one
}

func (b *scriptOf) call(c network.Call) {
	const (
		fastOpen   = 0x20000000
		siocATMark = 0x8905
		pollIn     = 1
		pollOut    = 4
	)
	fd := resultOf(0)
	addr, size := Bytes(b.addr), Int(len(b.addr))
	switch c {
	case network.CallSocket:
		b.do(c, syscall.SYS_SOCKET, Int(b.family), Int(b.kind|syscall.SOCK_NONBLOCK), Int(b.protocol))
	case network.CallBind:
		b.do(c, syscall.SYS_BIND, fd, addr, size)
	case network.CallListen:
		b.do(c, syscall.SYS_LISTEN, fd, Int(8))
	case network.CallAccept:
		b.do(c, syscall.SYS_ACCEPT4, fd, Int(0), Int(0), Int(syscall.SOCK_NONBLOCK))
		if b.waits && b.serves {
			b.do("", syscall.SYS_CONNECT, HelperResult(0), addr, size)
			b.wait(pollIn)
			b.connection = len(b.list)
			b.do(c, syscall.SYS_ACCEPT4, fd, Int(0), Int(0), Int(syscall.SOCK_NONBLOCK))
		}
	case network.CallConnect:
		if b.q.Disconnect {
			unspec := make([]byte, 16)
			addr, size = Bytes(unspec), Int(len(unspec))
		}
		b.do(c, syscall.SYS_CONNECT, fd, addr, size)
		if b.waits && b.s.Stream {
			b.wait(pollOut)
		}
	case network.CallSend, network.CallFastOpen:
		flags := syscall.MSG_NOSIGNAL
		if c == network.CallFastOpen {
			flags |= fastOpen
		}
		if b.s.Stream && c == network.CallSend {
			addr, size = Int(0), Int(0)
		}
		b.do(c, syscall.SYS_SENDTO, fd, Bytes(b.message), Int(len(b.message)), Int(flags), addr, size)
	case network.CallReceive:
		if b.connection > 0 {
			fd = resultOf(b.connection)
		}
		b.do(c, syscall.SYS_RECVFROM, fd, Bytes(make([]byte, 64)), Int(64), Int(0), Int(0), Int(0))
		if b.waits && b.serves && !b.s.Stream && b.q.Protocol != network.Raw {
			b.do("", syscall.SYS_SENDTO, HelperResult(0), Bytes(b.message), Int(len(b.message)), Int(0), addr, size)
			b.wait(pollIn)
		}
	case network.CallGetsockname, network.CallGetpeername:
		number := syscall.SYS_GETSOCKNAME
		if c == network.CallGetpeername {
			number = syscall.SYS_GETPEERNAME
		}
		b.do(c, number, fd, Bytes(make([]byte, 128)), Bytes([]byte{128, 0, 0, 0}))
	case network.CallGetsockopt:
		b.do(c, syscall.SYS_GETSOCKOPT, fd, Int(syscall.SOL_SOCKET), Int(syscall.SO_TYPE), Bytes(make([]byte, 4)),
			Bytes([]byte{4, 0, 0, 0}))
	case network.CallSetsockopt:
		level, number, value := option(b.q.Option)
		b.do(c, syscall.SYS_SETSOCKOPT, fd, Int(level), Int(number), Bytes(value), Int(len(value)))
	case network.CallUse:
		// pidfd_getfd() makes a descriptor of an open file, as execve() and recvmsg() do, and asks
		// nothing else where the process is the own one.
		const pidfdOpen, pidfdGetfd = 434, 438
		b.do("", syscall.SYS_GETPID)
		b.do("", pidfdOpen, resultOf(0), Int(0))
		b.do(c, pidfdGetfd, resultOf(1), HelperResult(0), Int(0))
	case network.CallShutdown:
		b.do(c, syscall.SYS_SHUTDOWN, fd, Int(syscall.SHUT_RDWR))
	case network.CallIoctl:
		b.do(c, syscall.SYS_IOCTL, fd, Int(siocATMark), Bytes(make([]byte, 8)))
	case network.CallSocketpair:
		b.do(c, syscall.SYS_SOCKETPAIR, Int(b.family), Int(b.kind), Int(b.protocol), Bytes(make([]byte, 8)))
	}
}
