package cli

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/reach"
)

// A target is what an operation is aimed at: ports of a protocol, perhaps at
// one address.
type target struct {
	protocol network.Protocol
	addr     netip.Addr // the zero Addr where none was given
	ports    reach.Interval
}

const targetHint = "a target looks like tcp/5601, udp/53, https, tcp/8000-8100, tcp/10.0.0.7:5601 or tcp/[::1]:80"

// parseTarget reads a port, a range of ports or a service of a protocol, perhaps at
// an address, as people write them: tcp/5601, tcp:5601, 5601/tcp, tcp/[::1]:80; without
// a protocol it is TCP's: 5601, https.
func parseTarget(s string) (target, error) {
	proto, rest := cutProtocol(s)
	t := target{protocol: network.Protocol(strings.ToLower(proto))}
	if err := checkProtocol(t.protocol); err != nil {
		return target{}, err
	}
	if addr, port, hasAddr := cutLast(rest, ":"); hasAddr {
		parsed, ok := parseAddr(addr)
		if !ok {
			return target{}, usage(fmt.Errorf("target %q: %q is not an IP address, or an IPv6 address without brackets", s, addr), targetHint)
		}
		t.addr, rest = parsed, port
	}
	var err error
	if t.ports, err = parsePorts(rest, t.protocol); err != nil {
		return target{}, usage(fmt.Errorf("target %q: %w", s, err), targetHint)
	}
	return t, nil
}

// cutProtocol returns the protocol of a target, and the rest.
func cutProtocol(s string) (proto, rest string) {
	isProtocol := func(s string) bool { return checkProtocol(network.Protocol(strings.ToLower(s))) == nil }
	if first, second, ok := strings.Cut(s, "/"); ok {
		if !isProtocol(first) && isProtocol(second) {
			return second, first
		}
		return first, second
	}
	if first, second, ok := strings.Cut(s, ":"); ok && isProtocol(first) {
		return first, second
	}
	return string(network.TCP), s
}

// parseAddr reads an IPv4 address, or an IPv6 address in brackets.
func parseAddr(s string) (netip.Addr, bool) {
	inner, bracketed := strings.CutPrefix(s, "[")
	if bracketed {
		if inner, bracketed = strings.CutSuffix(inner, "]"); !bracketed {
			return netip.Addr{}, false
		}
	}
	addr, err := netip.ParseAddr(inner)
	return addr, err == nil && addr.Zone() == "" && addr.Is6() == bracketed
}

// checkProtocol refuses what has no ports.
func checkProtocol(p network.Protocol) error {
	if kind, known := network.SocketOf(p); !known || kind.PortProtocol == 0 {
		return usage(fmt.Errorf("%q is not a protocol with ports", string(p)), "the protocols are tcp, udp, sctp, dccp, mptcp and udplite")
	}
	return nil
}

func parsePorts(s string, protocol network.Protocol) (reach.Interval, error) {
	if port, ok := parsePort(s); ok {
		return reach.Interval{Low: port, High: port}, nil
	}
	if low, high, isRange := strings.Cut(s, "-"); isRange {
		lo, ok1 := parsePort(low)
		hi, ok2 := parsePort(high)
		if ok1 && ok2 && lo <= hi {
			return reach.Interval{Low: lo, High: hi}, nil
		}
	}
	if port, ok := servicePort(s, string(protocol)); ok {
		return reach.Interval{Low: port, High: port}, nil
	}
	return reach.Interval{}, fmt.Errorf("%q is not a port from 0 to 65535, a range of ports or a service", s)
}

func parsePort(s string) (uint16, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// String writes the target as parseTarget reads it.
func (t target) String() string {
	port := t.ports.String()
	switch {
	case t.addr.Is6():
		port = "[" + t.addr.String() + "]:" + port
	case t.addr.IsValid():
		port = t.addr.String() + ":" + port
	}
	return string(t.protocol) + "/" + port
}
