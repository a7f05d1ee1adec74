package network

import (
	"net/netip"
	"slices"

	"github.com/senet-selinux/senet/host"
)

// loopbackName is the name of the loopback interface in every network namespace.
const loopbackName = "lo"

// routed is the route of packets to an address.
type routed struct {
	local bool
	// interfaces are the possible interfaces: one, or several if senet cannot tell. The
	// list is empty if none is known.
	interfaces []string
	source     netip.Addr // their source address if the program does not choose one
}

// isLocal reports whether an address belongs to the host, so that packets to it pass the
// loopback interface.
func isLocal(f *host.Facts, a netip.Addr) bool {
	if a.IsLoopback() {
		return true
	}
	for _, i := range f.Interfaces {
		for _, text := range i.Addresses {
			if p, err := netip.ParsePrefix(text); err == nil && p.Addr() == a {
				return true
			}
		}
	}
	for _, r := range f.Routes {
		if r.Type != "local" {
			continue
		}
		if p, err := netip.ParsePrefix(r.To); err == nil && p.Contains(a) {
			return true
		}
	}
	return false
}

// route returns the route of packets to an address; the zero Addr means any.
func route(f *host.Facts, a netip.Addr) routed {
	switch {
	case !a.IsValid():
		return routed{interfaces: upInterfaces(f)}
	case isLocal(f, a):
		return routed{local: true, interfaces: []string{loopbackName}, source: localSource(f, a)}
	}
	best, found := host.Route{}, netip.Prefix{}
	rank := func(table uint32) int { return slices.Index([]uint32{253, 254, 255}, table) } // default, main, local
	for _, r := range f.Routes {
		p, err := netip.ParsePrefix(r.To)
		if err != nil || p.Addr().Is4() != a.Is4() || !p.Contains(a) || rank(r.Table) < 0 {
			continue
		}
		switch {
		case !found.IsValid(), rank(r.Table) > rank(best.Table):
		case rank(r.Table) < rank(best.Table), p.Bits() < found.Bits(), p.Bits() == found.Bits() &&
			r.Metric >= best.Metric:
			continue
		}
		best, found = r, p
	}
	if !found.IsValid() || best.Interface == "" {
		return routed{interfaces: upInterfaces(f)}
	}
	source, _ := netip.ParseAddr(best.Source)
	return routed{interfaces: []string{best.Interface}, source: source}
}

// localSource returns the source address of packets to one of the host's own addresses, if the program does not
// choose one (fib_info's preferred source).
func localSource(f *host.Facts, a netip.Addr) netip.Addr {
	for _, r := range f.Routes {
		p, err := netip.ParsePrefix(r.To)
		if err != nil || r.Type != "local" || p.Bits() != p.Addr().BitLen() || p.Addr() != a {
			continue
		}
		if source, err := netip.ParseAddr(r.Source); err == nil {
			return source
		}
	}
	if a.Is4() && a.IsLoopback() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return a
}

// upInterfaces returns the names of the interfaces that are up.
func upInterfaces(f *host.Facts) []string {
	var names []string
	for _, i := range f.Interfaces {
		if i.Up {
			names = append(names, i.Name)
		}
	}
	return names
}

// indexOf returns the number of an interface, 0 if it is not known.
func indexOf(f *host.Facts, name string) int {
	for _, i := range f.Interfaces {
		if i.Name == name {
			return i.Index
		}
	}
	if name == loopbackName {
		return 1
	}
	return 0
}

// localAddr reports whether an address belongs to the host, so that packets to it pass
// the loopback interface.
func localAddr(f *host.Facts, a netip.Addr) bool {
	return a.IsValid() && (a.IsUnspecified() || isLocal(f, a.Unmap()))
}

// sourceOf returns the source address of packets to one of the host's own addresses, if
// the program does not choose one; the zero Addr for other addresses.
func sourceOf(f *host.Facts, a netip.Addr) netip.Addr {
	switch {
	case !localAddr(f, a):
		return netip.Addr{}
	case a.IsUnspecified() && a.Is4():
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case a.IsUnspecified():
		return netip.IPv6Loopback()
	}
	return localSource(f, a.Unmap())
}
