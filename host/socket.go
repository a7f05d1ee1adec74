package host

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A Socket is an internet socket of the running system.
type Socket struct {
	Protocol string `json:"protocol"` // tcp, udp, udplite, raw, sctp
	IPv6     bool   `json:"ipv6"`
	// Local and Remote are as in the kernel's tables. The Local port of a raw socket is its
	// protocol number.
	Local  netip.AddrPort `json:"local"`
	Remote netip.AddrPort `json:"remote"`
	State  string         `json:"state"` // LISTEN, ESTABLISHED, UNCONNECTED, ...
	Inode  uint64         `json:"inode"`
	UID    int            `json:"uid"`
	NetNS  uint64         `json:"netns,omitempty"`
	// PIDs are the processes with this socket, in ascending order. The list is empty if the kernel has the socket
	// or the processes are not visible.
	PIDs []int `json:"pids,omitempty"`
	// Context is the label of the socket itself, which may differ from the label of its processes. It is "" if
	// SELinux is off or the label is not visible.
	Context string `json:"context,omitempty"`
}

// Waiting reports whether the socket accepts data from any sender at its local port: it listens, or
// receives datagrams from any address.
func (s *Socket) Waiting() bool {
	switch s.Protocol {
	case "tcp", "sctp":
		return s.State == "LISTEN"
	case "udp", "udplite":
		return s.Local.Port() != 0 && s.State == "UNCONNECTED"
	}
	return false
}

// maxSockets bounds the sockets of one network namespace.
const maxSockets = 1 << 18

// parseSockets reads a table of /proc/net, such as tcp6. It skips invalid lines; order is the byte
// order of the machine that wrote the table.
func parseSockets(b []byte, protocol string, ipv6 bool, order binary.ByteOrder) []Socket {
	var list []Socket
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 10 || !strings.HasSuffix(f[0], ":") {
			continue
		}
		local, err := parseEndpoint(f[1], ipv6, order)
		if err != nil {
			continue
		}
		remote, err := parseEndpoint(f[2], ipv6, order)
		if err != nil {
			continue
		}
		state, err := strconv.ParseUint(f[3], 16, 8)
		if err != nil {
			continue
		}
		s := Socket{Protocol: protocol, IPv6: ipv6, Local: local, Remote: remote,
			State: socketState(protocol, uint8(state))}
		s.UID, _ = strconv.Atoi(f[7])
		s.Inode, _ = strconv.ParseUint(f[9], 10, 64)
		if list = append(list, s); len(list) == maxSockets {
			break
		}
	}
	return list
}

// parseEndpoint reads an address and port in the format of /proc/net: the words of the address in
// hexadecimal, in the machine's byte order.
func parseEndpoint(s string, ipv6 bool, order binary.ByteOrder) (netip.AddrPort, error) {
	words, port, ok := strings.Cut(s, ":")
	size := 4
	if ipv6 {
		size = 16
	}
	raw, err := hex.DecodeString(words)
	if !ok || err != nil || len(raw) != size {
		return netip.AddrPort{}, fmt.Errorf("%.60q is not an address and a port", s)
	}
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%.60q is not an address and a port", s)
	}
	for i := 0; i < size; i += 4 {
		// The text is the number; its bytes in memory are the address.
		order.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	addr, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr, uint16(n)), nil
}

// socketState returns the name of a state of include/net/tcp_states.h. UDP and raw sockets use two of the states,
// for connected and unconnected.
func socketState(protocol string, n uint8) string {
	names := []string{"", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
		"CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV", "BOUND_INACTIVE"}
	if n == 7 && protocol != "tcp" {
		return "UNCONNECTED"
	}
	if n == 0 || int(n) >= len(names) {
		return strconv.Itoa(int(n))
	}
	return names[n]
}

// parseSCTP reads /proc/net/sctp/eps, the endpoints of SCTP, one for each local
// address.
func parseSCTP(b []byte) []Socket {
	var list []Socket
	for line := range strings.Lines(string(b)) {
		// ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS...
		f := strings.Fields(line)
		if len(f) < 9 || f[0] == "ENDPT" {
			continue
		}
		port, err := strconv.ParseUint(f[5], 10, 16)
		if err != nil {
			continue
		}
		state := f[3]
		if state == "10" {
			state = "LISTEN"
		}
		uid, _ := strconv.Atoi(f[6])
		inode, _ := strconv.ParseUint(f[7], 10, 64)
		for _, text := range f[8:] {
			addr, err := netip.ParseAddr(text)
			if err != nil || len(list) == maxSockets {
				continue
			}
			list = append(list, Socket{Protocol: "sctp", IPv6: addr.Is6(),
				Local: netip.AddrPortFrom(addr, uint16(port)), State: state, UID: uid, Inode: inode})
		}
	}
	return list
}

// Sockets lists the internet sockets of all network namespaces of processes, with the processes
// that have them. notes says what was not visible.
func (r Root) Sockets(processes []Process) (list []Socket, notes []string) {
	seen := map[uint64]bool{}
	var blind int
	for _, p := range processes {
		if seen[p.NetNS] {
			continue
		}
		seen[p.NetNS] = true
		dir := fmt.Sprintf("/proc/%d/net", p.PID)
		if p.NetNS == 0 {
			// The namespace of a process that is not visible: assume that it is ours.
			dir = "/proc/thread-self/net"
		}
		sockets, err := r.socketsOf(dir)
		if err != nil && !vanished(err) {
			notes = append(notes, dir+": "+reason(err))
		}
		for i := range sockets {
			sockets[i].NetNS = p.NetNS
		}
		list = append(list, sockets...)
	}
	list = dedupe(list)
	holders := map[uint64][]int{}
	labels := map[uint64]string{}
	for i := range list {
		holders[list[i].Inode] = nil
	}
	for _, p := range processes {
		if !p.Kernel && !r.holdings(p.PID, holders, labels) {
			blind++
		}
	}
	for i := range list {
		list[i].PIDs, list[i].Context = holders[list[i].Inode], labels[list[i].Inode]
	}
	if blind > 0 {
		notes = append(notes, "the files of "+processCount(blind)+" cannot be seen without CAP_SYS_PTRACE")
	}
	return list, notes
}

// dedupe removes duplicate sockets, and sorts the rest. Sockets of our own namespace come twice if
// some processes are not visible.
func dedupe(list []Socket) []Socket {
	slices.SortStableFunc(list, func(a, b Socket) int {
		return cmp.Or(strings.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Local.Port(), b.Local.Port()),
			a.Local.Addr().Compare(b.Local.Addr()), cmp.Compare(a.Inode, b.Inode), a.Remote.Compare(b.Remote),
			-cmp.Compare(a.NetNS, b.NetNS))
	})
	return slices.CompactFunc(list, func(a, b Socket) bool {
		return a.Protocol == b.Protocol && a.Local == b.Local && a.Remote == b.Remote && a.Inode == b.Inode &&
			a.Inode != 0
	})
}

// socketsOf reads the tables under one directory of /proc/PID/net.
func (r Root) socketsOf(dir string) ([]Socket, error) {
	var list []Socket
	var failed error
	tables := []struct {
		name, protocol string
		ipv6           bool
	}{
		{"tcp", "tcp", false}, {"tcp6", "tcp", true}, {"udp", "udp", false}, {"udp6", "udp", true},
		{"udplite", "udplite", false}, {"udplite6", "udplite", true}, {"raw", "raw", false}, {"raw6", "raw", true},
	}
	for _, t := range tables {
		b, err := r.ReadFile(dir+"/"+t.name, maxTable)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				failed = err
			}
			continue
		}
		list = append(list, parseSockets(b, t.protocol, t.ipv6, binary.NativeEndian)...)
	}
	if b, err := r.ReadFile(dir+"/sctp/eps", maxTable); err == nil {
		list = append(list, parseSCTP(b)...)
	}
	return list, failed
}

const maxTable = maxSockets * 180 // bytes: a line of tcp6 has less

// maxFiles bounds the open files of one process that are inspected.
const maxFiles = 1 << 20

// holdings records which of the wanted sockets a process has. It returns false if the process's files are not
// visible.
func (r Root) holdings(pid int, holders map[uint64][]int, labels map[uint64]string) bool {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	names, err := r.ReadDir(dir, maxFiles)
	if err != nil {
		return vanished(err)
	}
	for _, name := range names {
		link, err := r.ReadLink(dir + "/" + name)
		if err != nil {
			continue
		}
		inode, ok := parseSocketLink(link)
		if !ok {
			continue
		}
		pids, wanted := holders[inode]
		if !wanted {
			continue
		}
		if !slices.Contains(pids, pid) {
			holders[inode] = append(pids, pid)
		}
		if labels[inode] == "" && r.Live() {
			labels[inode], _ = r.Label(dir + "/" + name)
		}
	}
	return true
}

// parseSocketLink reads the target of a socket's file descriptor: socket:[248].
func parseSocketLink(link string) (uint64, bool) {
	s, ok := strings.CutPrefix(link, "socket:[")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(s, "]"), 10, 64)
	return n, err == nil && n != 0
}

func processCount(n int) string {
	if n == 1 {
		return "1 process"
	}
	return strconv.Itoa(n) + " processes"
}
