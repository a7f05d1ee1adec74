package cli

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/network"
)

// A target is what an operation is aimed at: a port of a protocol, perhaps at
// one address.
type target struct {
	protocol network.Protocol
	addr     netip.Addr // the zero Addr where none was given
	port     uint16
}

const targetHint = "a target looks like tcp/5601, udp/53, tcp/10.0.0.7:5601 or tcp/[::1]:80"

// parseTarget reads PROTOCOL/PORT or PROTOCOL/ADDRESS:PORT.
func parseTarget(s string) (target, error) {
	proto, rest, ok := strings.Cut(s, "/")
	if !ok {
		return target{}, usage(fmt.Errorf("target %q has no protocol", s), targetHint)
	}
	t := target{protocol: network.Protocol(strings.ToLower(proto))}
	if kind, known := network.SocketOf(t.protocol); !known || kind.PortProtocol == 0 {
		return target{}, usage(fmt.Errorf("target %q: %q is not a protocol with ports", s, proto), targetHint)
	}
	if addr, port, hasAddr := cutLast(rest, ":"); hasAddr {
		addr = strings.TrimSuffix(strings.TrimPrefix(addr, "["), "]")
		parsed, err := netip.ParseAddr(addr)
		if err != nil {
			return target{}, usage(fmt.Errorf("target %q: %q is not an IP address", s, addr), targetHint)
		}
		t.addr, rest = parsed, port
	}
	port, err := strconv.ParseUint(rest, 10, 16)
	if err != nil {
		return target{}, usage(fmt.Errorf("target %q: %q is not a port from 0 to 65535", s, rest), targetHint)
	}
	t.port = uint16(port)
	return t, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// String writes the target as parseTarget reads it.
func (t target) String() string {
	port := strconv.Itoa(int(t.port))
	if t.addr.IsValid() {
		return string(t.protocol) + "/" + netip.AddrPortFrom(t.addr, t.port).String()
	}
	return string(t.protocol) + "/" + port
}
