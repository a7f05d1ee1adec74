package host

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
)

// xtMatch decodes an xtables match that iptables-nft puts into a rule if nftables has no expression
// for it: the structures of include/uapi/linux/netfilter.
func (r *nftRule) xtMatch(b []byte) {
	const name, rev, info = 1, 2, 3
	what := attributeString(b, r.order, name)
	revision, _ := bigU32(b, r.order, rev)
	data, _ := attribute(b, r.order, info)
	steps, ok := []Step(nil), false
	switch what {
	case "comment":
		return
	case "conntrack", "state":
		steps, ok = xtConntrack(data, revision, r.order)
	case "multiport":
		steps, ok = xtMultiport(data, revision, r.order)
	case "tcp":
		steps, ok = xtTCP(data, r.order)
	case "udp":
		steps, ok = xtUDP(data, r.order)
	case "sctp":
		steps, ok = xtSCTP(data, r.order)
	case "iprange":
		steps, ok = xtRange(data, r.family)
	}
	if !ok {
		r.unknown("match " + what)
		return
	}
	for _, s := range steps {
		r.add(s)
	}
}

// xtConntrack reads struct xt_conntrack_mtinfo1 to 3 if they compare only the state or the
// direction.
func xtConntrack(b []byte, revision uint32, order byteOrder) ([]Step, bool) {
	const flagsAt, state, direction, alias = 146, 1, 1 << 12, 1 << 13
	if len(b) < flagsAt+6 || revision < 1 || revision > 3 {
		return nil, false
	}
	flags, inverted := order.Uint16(b[flagsAt:]), order.Uint16(b[flagsAt+2:])
	mask := order.Uint16(b[flagsAt+4:])
	if revision == 1 {
		mask = uint16(b[flagsAt+4])
	}
	var steps []Step
	if flags&state != 0 {
		s, ok := xtStates(mask)
		if !ok {
			return nil, false
		}
		s.Not = inverted&state != 0
		steps = append(steps, s)
	}
	if flags&direction != 0 {
		steps = append(steps, Step{Field: FieldDirection, Values: []string{"original"}, Not: inverted&direction != 0})
	}
	return steps, flags&^(state|direction|alias) == 0
}

// xtStates returns the step for a state_mask. Its bits are those of nftables, except the one for
// untracked connections. SNAT and DNAT are not states.
func xtStates(mask uint16) (Step, bool) {
	const untracked = 1 << 8
	names := stateNames(uint64(mask & 0xf))
	if mask&untracked != 0 {
		names = append(names, "untracked")
	}
	return Step{Field: FieldState, Values: names}, mask&^(0xf|untracked) == 0 && len(names) > 0
}

// xtMultiport reads struct xt_multiport and xt_multiport_v1.
func xtMultiport(b []byte, revision uint32, order byteOrder) ([]Step, bool) {
	const portsAt, rangesAt, invertAt, most = 2, 32, 47, 15
	if len(b) < portsAt+2*most || revision == 1 && len(b) <= invertAt || revision > 1 || b[0] > 2 || b[1] > most {
		return nil, false
	}
	s := Step{Field: [...]string{FieldSPort, FieldDPort, FieldPort}[b[0]]}
	for i := 0; i < int(b[1]); i++ {
		low := order.Uint16(b[portsAt+2*i:])
		high := low
		if revision == 1 && b[rangesAt+i] != 0 && i+1 < int(b[1]) {
			i++
			high = order.Uint16(b[portsAt+2*i:])
		}
		s.Values = append(s.Values, rangeText(uint64(low), uint64(high)))
	}
	s.Not = revision == 1 && b[invertAt] != 0
	return []Step{s}, true
}

// xtPorts returns the step for a range of ports; none for all ports.
func xtPorts(field string, b []byte, not bool, order byteOrder) []Step {
	low, high := order.Uint16(b), order.Uint16(b[2:])
	if low == 0 && high == 0xffff && !not {
		return nil
	}
	return []Step{{Field: field, Values: []string{rangeText(uint64(low), uint64(high))}, Not: not}}
}

// xtTCP reads struct xt_tcp.
func xtTCP(b []byte, order byteOrder) ([]Step, bool) {
	if len(b) < 12 || b[8] != 0 {
		return nil, false
	}
	inverted := b[11]
	steps := append(xtPorts(FieldSPort, b, inverted&1 != 0, order),
		xtPorts(FieldDPort, b[4:], inverted&2 != 0, order)...)
	if b[9] != 0 {
		steps = append(steps, Step{Field: FieldTCPFlags, Values: []string{fmt.Sprintf("%#x/%#x", b[9], b[10])},
			Not: inverted&4 != 0})
	}
	return steps, true
}

// xtUDP reads struct xt_udp.
func xtUDP(b []byte, order byteOrder) ([]Step, bool) {
	if len(b) < 9 {
		return nil, false
	}
	return append(xtPorts(FieldSPort, b, b[8]&1 != 0, order), xtPorts(FieldDPort, b[4:], b[8]&2 != 0, order)...), true
}

// xtSCTP reads struct xt_sctp_info if it does not compare chunk types.
func xtSCTP(b []byte, order byteOrder) ([]Step, bool) {
	const flagsAt, dest, source, chunks = 532, 1, 2, 4
	if len(b) < flagsAt+8 {
		return nil, false
	}
	flags, inverted := order.Uint32(b[flagsAt:]), order.Uint32(b[flagsAt+4:])
	var steps []Step
	if flags&dest != 0 {
		steps = append(steps, xtPorts(FieldDPort, b, inverted&dest != 0, order)...)
	}
	if flags&source != 0 {
		steps = append(steps, xtPorts(FieldSPort, b[4:], inverted&source != 0, order)...)
	}
	return steps, flags&chunks == 0
}

// xtRange reads struct xt_iprange_mtinfo, whose addresses are of the table's family.
func xtRange(b []byte, family string) ([]Step, bool) {
	const flagsAt, source, dest, notSource, notDest = 64, 1, 2, 16, 32
	if len(b) <= flagsAt || family != "ip" && family != "ip6" {
		return nil, false
	}
	size := map[string]int{"ip": 4, "ip6": 16}[family]
	between := func(at int) []string {
		low, _ := netip.AddrFromSlice(b[at : at+size])
		high, _ := netip.AddrFromSlice(b[at+16 : at+16+size])
		return []string{low.String() + "-" + high.String()}
	}
	var steps []Step
	flags := b[flagsAt]
	if flags&source != 0 {
		steps = append(steps, Step{Field: FieldSource, Values: between(0), Not: flags&notSource != 0})
	}
	if flags&dest != 0 {
		steps = append(steps, Step{Field: FieldDest, Values: between(32), Not: flags&notDest != 0})
	}
	return steps, true
}

// xtTarget decodes a target of xtables.
func (r *nftRule) xtTarget(b []byte) {
	data, _ := attribute(b, r.order, nftATargetInfo)
	name := attributeString(b, r.order, nftATargetName)
	switch name {
	case "CT":
		const notrack = 1
		if len(data) >= 2 && r.order.Uint16(data)&notrack != 0 {
			r.add(Step{Do: DoUntrack})
			return
		}
	case "SECMARK":
		r.add(Step{Do: DoLabel, Arg: secmarkTarget(b, r.order)})
		return
	case "CONNSECMARK":
		const save, restore = 1, 2
		switch {
		case len(data) > 0 && data[0] == save:
			r.add(Step{Do: DoSave})
			return
		case len(data) > 0 && data[0] == restore:
			r.add(Step{Do: DoRestore})
			return
		}
	}
	for _, s := range targetSteps(name) {
		r.add(s)
	}
}

// targetSteps returns the steps of a target without a label.
func targetSteps(name string) []Step {
	passing := []string{"LOG", "NFLOG", "MARK", "CONNMARK", "CLASSIFY", "TRACE", "AUDIT", "TCPMSS", "DSCP", "TOS",
		"TTL", "HL", "CHECKSUM",
		"IDLETIMER", "LED", "RATEEST", "SET", "TEE", "ULOG", "ECN", "TCPOPTSTRIP", "CT", "HMARK"}
	switch name {
	case "ACCEPT":
		return []Step{{Do: DoAccept}}
	case "DROP", "REJECT", "TARPIT":
		return []Step{{Do: DoDrop}}
	case "RETURN":
		return []Step{{Do: DoReturn}}
	case "NOTRACK":
		return []Step{{Do: DoUntrack}}
	case "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP":
		return []Step{{Do: DoRewrite}, {Do: DoAccept}}
	case "TPROXY":
		return []Step{{Do: DoRewrite}}
	}
	if slices.Contains(passing, name) {
		return nil
	}
	return []Step{{Do: DoElsewhere, Arg: name}}
}

// protocolNumber reads a protocol of IP as iptables-save writes it.
func protocolNumber(s string) (string, bool) {
	switch s {
	case "tcp":
		return "6", true
	case "udp":
		return "17", true
	case "udplite":
		return "136", true
	case "sctp":
		return "132", true
	case "dccp":
		return "33", true
	case "icmp":
		return "1", true
	case "icmpv6", "ipv6-icmp":
		return "58", true
	case "esp":
		return "50", true
	case "ah":
		return "51", true
	}
	n, err := strconv.ParseUint(s, 10, 8)
	return strconv.FormatUint(n, 10), err == nil
}
