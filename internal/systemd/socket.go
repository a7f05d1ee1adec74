package systemd

import (
	"net/netip"
	"path"
	"strconv"
	"strings"
)

// A Listener is one address that a socket unit opens.
type Listener struct {
	// Protocol is tcp, udp, sctp, udplite, unix, vsock, netlink, fifo, special, mqueue or usb.
	Protocol string
	// Addr is the address of an IP protocol; "::" if only a port is given.
	Addr netip.Addr
	Port uint16
	// Path is any other address: a file, @NAME, or the text as written.
	Path string
	// Bad says why systemd would refuse the line.
	Bad string
	Pos
}

// Listeners returns the addresses that a socket unit opens, in the order of its lines.
func (u *Unit) Listeners() []Listener {
	var list []Listener
	kinds := map[string]string{
		"ListenStream": "tcp", "ListenDatagram": "udp", "ListenSequentialPacket": "seqpacket",
		"ListenFIFO": "fifo", "ListenNetlink": "netlink", "ListenSpecial": "special",
		"ListenMessageQueue": "mqueue", "ListenUSBFunction": "usb",
	}
	for _, s := range u.Settings {
		kind, ok := kinds[s.Key]
		switch {
		case s.Section != "Socket" || !ok:
		case s.Value == "": // one empty assignment cancels those of all keys
			list = nil
		default:
			list = append(list, u.listener(kind, s))
		}
	}
	return list
}

func (u *Unit) listener(kind string, s Setting) Listener {
	l := Listener{Protocol: kind, Pos: s.Pos}
	text, err := u.Expand(s.Value)
	if err != nil {
		l.Path, l.Bad = s.Value, err.Error()
		return l
	}
	switch {
	case kind != "tcp" && kind != "udp" && kind != "seqpacket":
		l.Path = text
		return l
	case strings.HasPrefix(text, "/") || strings.HasPrefix(text, "@"):
		l.Protocol, l.Path = "unix", text
		return l
	case strings.HasPrefix(text, "vsock:") || strings.HasPrefix(text, "vsock-"):
		l.Protocol, l.Path = "vsock", text
		return l
	case kind == "seqpacket":
		l.Path, l.Bad = text, "ListenSequentialPacket takes a path"
		return l
	}
	if p, ok := u.Last("Socket", "SocketProtocol"); ok {
		switch p.Value {
		case "sctp", "udplite", "mptcp":
			l.Protocol = p.Value
		}
	}
	if addr, port, ok := socketAddress(text); ok {
		l.Addr, l.Port = addr, port
	} else {
		l.Path, l.Bad = text, "neither a port, an address nor a path"
	}
	return l
}

// socketAddress mirrors socket_address_parse: a port alone means [::].
func socketAddress(text string) (netip.Addr, uint16, bool) {
	if n, err := strconv.ParseUint(text, 10, 16); err == nil {
		return netip.IPv6Unspecified(), uint16(n), n > 0
	}
	host, zone, _ := strings.Cut(text, "%") // [fe80::1]:80%eth0
	if strings.HasPrefix(host, "[") && !strings.Contains(host, "]") {
		host, zone = text, ""
	}
	p, err := netip.ParseAddrPort(host)
	if err != nil || p.Port() == 0 || strings.Contains(zone, "]") {
		return netip.Addr{}, 0, false
	}
	return p.Addr().WithZone(""), p.Port(), true
}

// Service returns the name of the service that a socket unit starts: Service=, else the service of
// the same name; with Accept= one instance for each connection.
func (u *Unit) Service() string {
	if s, ok := u.Last("Socket", "Service"); ok {
		if name, err := u.Expand(s.Value); err == nil {
			return name
		}
	}
	base := strings.TrimSuffix(u.Name, path.Ext(u.Name))
	if u.True("Socket", "Accept") {
		if !strings.Contains(base, "@") {
			base += "@"
		}
		return base + "0.service" // an instance; its name does not matter
	}
	return base + ".service"
}
