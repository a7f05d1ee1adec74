package host

import (
	"strconv"
	"strings"
)

// A UnixKind is the kind of a unix socket.
type UnixKind string

// The kinds of unix sockets.
const (
	UnixStream    UnixKind = "stream"
	UnixDatagram  UnixKind = "dgram"
	UnixSeqpacket UnixKind = "seqpacket"
)

// A UnixSocket is a unix socket with a path that waits for others: it listens, or takes datagrams.
type UnixSocket struct {
	Path  string
	Kind  UnixKind
	Inode uint64
	// Context is the label of the socket. It is "" if SELinux is off or the label is not visible.
	Context string
}

// UnixListeners lists the unix sockets with a path in senet's network namespace that wait for others. It returns
// nil if they are not visible. Only root sees the labels of all sockets.
func (r Root) UnixListeners() []UnixSocket {
	b, err := r.ReadFile("/proc/net/unix", maxTable)
	if err != nil {
		return nil
	}
	list := parseUnix(string(b))
	holders, labels := make(map[uint64][]int), make(map[uint64]string)
	for i := range list {
		holders[list[i].Inode] = nil
	}
	pids, err := r.pids()
	if err != nil {
		return list
	}
	for _, pid := range pids {
		r.holdings(pid, holders, labels)
	}
	for i := range list {
		list[i].Context = labels[list[i].Inode]
	}
	return list
}

// parseUnix reads /proc/net/unix (unix_seq_show in net/unix/af_unix.c). It skips invalid lines.
func parseUnix(text string) (list []UnixSocket) {
	const listening = 1 << 16 // __SO_ACCEPTCON
	kinds := map[string]UnixKind{"0001": UnixStream, "0002": UnixDatagram, "0005": UnixSeqpacket}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 8 || !strings.HasPrefix(f[7], "/") {
			continue
		}
		flags, err := strconv.ParseUint(f[3], 16, 32)
		inode, err2 := strconv.ParseUint(f[6], 10, 64)
		kind := kinds[f[4]]
		if err != nil || err2 != nil || kind == "" || kind != UnixDatagram && flags&listening == 0 {
			continue
		}
		name := strings.TrimSuffix(line[strings.Index(line, f[7]):], "\n") // it may have blanks
		list = append(list, UnixSocket{Path: name, Kind: kind, Inode: inode})
	}
	return list
}
