package host

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
)

// A Route is an entry of a routing table.
type Route struct {
	To        string `json:"to"`                  // a prefix: 0.0.0.0/0 is the default route
	Interface string `json:"interface,omitempty"` // "" for a route that leads nowhere, or to several
	Table     uint32 `json:"table"`               // 254 is main, 255 local
	Metric    uint32 `json:"metric,omitempty"`    // of two routes with the same prefix the lower metric is used
	Type      string `json:"type"`                // unicast, local, blackhole, ...
	Source    string `json:"source,omitempty"`    // the source address of packets without one
}

// The numbers of NETLINK_ROUTE (include/uapi/linux/rtnetlink.h, fib_rules.h).
const (
	protoRoute  = 0
	rtmGetRoute = 26
	rtmGetRule  = 34
	rtmHeader   = 12 // struct rtmsg, struct fib_rule_hdr
	rtaDst      = 1
	rtaOIF      = 4
	rtaPriority = 6
	rtaPrefSrc  = 7
	rtaTable    = 15
	fraPriority = 6
	familyINET  = 2
	familyINET6 = 10
	maxRoutes   = 10000
)

func routeType(n byte) string {
	names := [...]string{"unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole",
		"unreachable", "prohibit", "throw", "nat", "xresolve"}
	if int(n) < len(names) {
		return names[n]
	}
	return "other"
}

// parseRoutes returns the routes in an answer to RTM_GETROUTE. It skips broadcast and
// multicast routes.
func parseRoutes(messages []netlinkMessage, order byteOrder, interfaces []Interface) []Route {
	var list []Route
	for _, m := range messages {
		if len(m.Payload) < rtmHeader {
			continue
		}
		family, bits, table, kind := m.Payload[0], int(m.Payload[1]), uint32(m.Payload[4]), m.Payload[7]
		b := m.Payload[rtmHeader:]
		var addr netip.Addr
		switch family {
		case familyINET:
			addr = netip.IPv4Unspecified()
		case familyINET6:
			addr = netip.IPv6Unspecified()
		default:
			continue
		}
		if raw, ok := attribute(b, order, rtaDst); ok {
			a, ok := netip.AddrFromSlice(raw)
			if !ok || a.Is4() != addr.Is4() {
				continue
			}
			addr = a
		}
		prefix := netip.PrefixFrom(addr, bits)
		name := routeType(kind)
		if !prefix.IsValid() || name == "broadcast" || name == "multicast" || name == "anycast" {
			continue
		}
		r := Route{To: prefix.String(), Table: table, Type: name}
		if n, ok := attributeU32(b, order, rtaTable); ok {
			r.Table = n
		}
		if raw, ok := attribute(b, order, rtaPrefSrc); ok {
			if a, ok := netip.AddrFromSlice(raw); ok {
				r.Source = a.String()
			}
		}
		r.Metric, _ = attributeU32(b, order, rtaPriority)
		if n, ok := attributeU32(b, order, rtaOIF); ok {
			if i := slices.IndexFunc(interfaces, func(i Interface) bool { return i.Index == int(n) }); i >= 0 {
				r.Interface = interfaces[i].Name
			}
		}
		list = append(list, r)
	}
	return list
}

// onlyDefaultRules reports whether the rules in an answer to RTM_GETRULE are only the
// default ones of every namespace: local, main and default.
func onlyDefaultRules(messages []netlinkMessage, order byteOrder) bool {
	for _, m := range messages {
		if len(m.Payload) < rtmHeader {
			return false
		}
		switch p, _ := attributeU32(m.Payload[rtmHeader:], order, fraPriority); p {
		case 0, 32766, 32767:
		default:
			return false
		}
	}
	return true
}

// readRoutes reads the routing tables of the thread's network namespace. A route determines the interface of
// packets, and that interface's netifcon applies.
func (r *reader) readRoutes(f *facts) {
	const from = "netlink ROUTE"
	order := binary.NativeEndian
	rules, err := r.netlink(netlinkRequest{protocol: protoRoute, typ: rtmGetRule, dump: true,
		payload: make([]byte, rtmHeader)})
	if err == nil && !onlyDefaultRules(rules, order) {
		err = errors.New("rules of policy routing decide between tables")
	}
	if err != nil {
		f.missing(FactRoutes, from, err)
		return
	}
	messages, err := r.netlink(netlinkRequest{protocol: protoRoute, typ: rtmGetRoute, dump: true,
		payload: make([]byte, rtmHeader)})
	if err == nil && len(messages) > maxRoutes {
		err = errors.New("more routes than senet keeps")
	}
	if err != nil {
		f.missing(FactRoutes, from, err)
		return
	}
	f.Routes = parseRoutes(messages, order, f.Interfaces)
	f.from(FactRoutes, HowRead, from, "")
}
