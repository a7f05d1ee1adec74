package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/host"
)

// An Option is a socket option. Setting it takes the permission setopt, and for some options a capability. The
// table means SO_PRIORITY with a priority above 6, and switching the other options on.
type Option struct {
	Name string // as in setsockopt(2): SO_MARK
	// NetRaw and NetAdmin say which capability the option takes. If both are set, one of them is enough, and the
	// kernel asks for net_raw first.
	NetRaw, NetAdmin bool
	// RawSince is the first kernel version in which net_raw is enough; the zero Version means all versions.
	RawSince host.Version
	// First says that the capability is checked in the first user namespace.
	First bool
}

// options are those of sk_setsockopt (net/core/sock.c), do_ip_setsockopt (net/ipv4/ip_sockglue.c),
// do_ipv6_setsockopt (net/ipv6/ipv6_sockglue.c) and do_tcp_setsockopt (net/ipv4/tcp.c).
var options = [...]Option{
	{Name: "SO_MARK", NetRaw: true, NetAdmin: true, RawSince: host.Version{Major: 5, Minor: 17}},
	{Name: "SO_PRIORITY", NetRaw: true, NetAdmin: true, RawSince: host.Version{Major: 5, Minor: 17}},
	{Name: "SO_RCVBUFFORCE", NetAdmin: true, First: true},
	{Name: "SO_SNDBUFFORCE", NetAdmin: true, First: true},
	{Name: "IP_TRANSPARENT", NetRaw: true, NetAdmin: true},
	{Name: "IPV6_TRANSPARENT", NetRaw: true, NetAdmin: true},
	{Name: "IPV6_HOPOPTS", NetRaw: true},
	{Name: "IPV6_DSTOPTS", NetRaw: true},
	{Name: "TCP_REPAIR", NetAdmin: true},
	{Name: "SO_BINDTODEVICE"}, // takes net_raw if the socket already has a device
	{Name: "SO_BROADCAST"}, {Name: "SO_KEEPALIVE"}, {Name: "SO_RCVBUF"}, {Name: "SO_SNDBUF"}, {Name: "SO_REUSEADDR"},
	{Name: "SO_REUSEPORT"}, {Name: "IP_FREEBIND"}, {Name: "IP_TOS"}, {Name: "IPV6_V6ONLY"}, {Name: "TCP_NODELAY"},
}

// Options returns the names of the socket options whose checks are known. Options that take a capability come
// first.
func Options() []string {
	names := make([]string, len(options))
	for i := range options {
		names[i] = options[i].Name
	}
	return names
}

// optionOf returns the option of a name, nil for "".
func optionOf(name string) (*Option, error) {
	if name == "" {
		return nil, nil
	}
	i := slices.IndexFunc(options[:], func(o Option) bool { return o.Name == strings.ToUpper(name) })
	if i < 0 {
		return nil, fmt.Errorf("unknown socket option %q", name)
	}
	return &options[i], nil
}

// optionTakes reports whether setting the option asks for a capability, on the kernel of the host.
func (a *asking) optionTakes(capability string) bool {
	o := a.option
	switch {
	case o == nil:
		return false
	case capability == "net_admin":
		return o.NetAdmin
	case !o.NetRaw || o.RawSince.Major == 0:
		return o.NetRaw
	}
	k := a.q.Host.Kernel
	return k == nil || k.Version.Major == 0 || k.Version.AtLeast(o.RawSince.Major, o.RawSince.Minor)
}

// enough reports whether a row's check is not made because a previous layer granted the other of two capabilities.
func (a *asking) enough(row *Row, before []LayerAnswer) bool {
	if row.When != OptionNetAdmin || len(before) == 0 {
		return false
	}
	last := &before[len(before)-1]
	return last.When == OptionNetRaw && last.Consulted && !last.Excused
}
