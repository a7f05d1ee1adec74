package senet

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
)

// A TargetError says what is wrong with the text of a target.
type TargetError struct {
	Text string
	Err  error
}

func (e *TargetError) Error() string { return fmt.Sprintf("target %q: %v", e.Text, e.Err) }

func (e *TargetError) Unwrap() error { return e.Err }

// ParseTarget reads a port, a range of ports or a service of a protocol, optionally at an address,
// in the usual forms: tcp/5601, tcp:5601, 5601/tcp, tcp/[::1]:80; without a protocol, as in 5601 or
// https, it is otherwise. Services are those of this system's /etc/services. The error is a
// *TargetError, or for a protocol a *ProtocolError.
func ParseTarget(text string, otherwise network.Protocol) (Target, error) {
	proto, rest := cutProtocol(text, otherwise)
	t := Target{Protocol: network.Protocol(strings.ToLower(proto))}
	if err := CheckProtocol(t.Protocol); err != nil {
		return Target{}, err
	}
	if i := strings.LastIndex(rest, ":"); i >= 0 {
		addr, ok := parseAddr(rest[:i])
		if !ok {
			return Target{}, &TargetError{text,
				fmt.Errorf("%q is not an IP address, or an IPv6 address without brackets", rest[:i])}
		}
		t.Addr, rest = addr, rest[i+1:]
	}
	var err error
	if t.Ports, err = parsePorts(rest, t.Protocol); err != nil {
		return Target{}, &TargetError{text, err}
	}
	return t, nil
}

// CheckProtocol returns a *ProtocolError for a protocol without ports.
func CheckProtocol(p network.Protocol) error {
	if kind, known := network.SocketOf(p); !known || kind.PortProtocol == 0 {
		return &ProtocolError{p}
	}
	return nil
}

// cutProtocol returns the protocol of a target, otherwise if it names none, and the
// rest.
func cutProtocol(s string, otherwise network.Protocol) (proto, rest string) {
	isProtocol := func(s string) bool { return CheckProtocol(network.Protocol(strings.ToLower(s))) == nil }
	if first, second, ok := strings.Cut(s, "/"); ok {
		if !isProtocol(first) && isProtocol(second) {
			return second, first
		}
		return first, second
	}
	if first, second, ok := strings.Cut(s, ":"); ok && isProtocol(first) {
		return first, second
	}
	return string(otherwise), s
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

func parsePorts(s string, protocol network.Protocol) (portset.Range, error) {
	if port, ok := parsePort(s); ok {
		return portset.Range{Low: port, High: port}, nil
	}
	if low, high, isRange := strings.Cut(s, "-"); isRange {
		lo, ok1 := parsePort(low)
		hi, ok2 := parsePort(high)
		if ok1 && ok2 && lo <= hi {
			return portset.Range{Low: lo, High: hi}, nil
		}
	}
	if port, ok := servicePort(s, string(protocol)); ok {
		return portset.Range{Low: port, High: port}, nil
	}
	return portset.Range{}, fmt.Errorf("%q is not a port from 0 to 65535, a range of ports or a service", s)
}

func parsePort(s string) (uint16, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil
}
