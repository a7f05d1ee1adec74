package host

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// nftProtocol returns the number of a protocol that files name, 0 for another name.
func nftProtocol(name string) int {
	switch name {
	case "icmp":
		return 1
	case "igmp":
		return 2
	case "tcp":
		return 6
	case "udp":
		return 17
	case "dccp":
		return 33
	case "gre":
		return 47
	case "esp":
		return 50
	case "ah":
		return 51
	case "icmpv6", "ipv6-icmp":
		return 58
	case "comp":
		return 108
	case "sctp":
		return 132
	case "udplite":
		return 136
	}
	return 0
}

// value writes a value in the form that steps have.
func (r *nftTextRule) value(field string, w nftToken) (string, bool) {
	if w.text == "" {
		return "", false
	}
	switch field {
	case FieldIn, FieldOut:
		return w.text, !strings.Contains(strings.TrimSuffix(w.text, "*"), "*") && !strings.Contains(w.text, `\`)
	case FieldSource, FieldDest:
		return nftAddress(w.text)
	case FieldState:
		return w.text, slices.Contains(stateOrder, w.text)
	case FieldDirection:
		return w.text, w.is("original") || w.is("reply")
	case FieldFamily:
		switch w.text {
		case "ipv4", "2":
			return "ip", true
		case "ipv6", "10":
			return "ip6", true
		}
		return "", false
	case FieldSecmark:
		return "none", w.is("0") || w.is("0x0") || w.is("0x00000000")
	case FieldTCPFlags:
		n, ok := flagBits(w.text)
		return fmt.Sprintf("0xff/%#x", n), ok
	}
	low, high, isRange := strings.Cut(w.text, "-")
	if nftProtocol(w.text) != 0 || r.config.ports[w.text] != 0 {
		low, high, isRange = w.text, "", false // ipv6-icmp
	}
	a, ok1 := r.number(field, low)
	b, ok2 := a, ok1
	if isRange {
		b, ok2 = r.number(field, high)
	}
	return rangeText(a, b), ok1 && ok2 && a <= b
}

// number reads a number or the name of a port or protocol.
func (r *nftTextRule) number(field, s string) (uint64, bool) {
	if n, err := strconv.ParseUint(s, 0, 16); err == nil {
		return n, field != FieldProtocol || n < 256
	}
	if field == FieldProtocol {
		n := nftProtocol(s)
		return uint64(n), n != 0
	}
	p, ok := r.config.ports[s]
	return uint64(p), ok
}

// nftAddress writes an address, a prefix or a range.
func nftAddress(s string) (string, bool) {
	if low, high, isRange := strings.Cut(s, "-"); isRange {
		a, err1 := netip.ParseAddr(low)
		b, err2 := netip.ParseAddr(high)
		return a.String() + "-" + b.String(), err1 == nil && err2 == nil && a.Compare(b) <= 0
	}
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return "", false
		}
		return p.Masked().String(), true
	}
	a, err := netip.ParseAddr(s)
	return a.String(), err == nil && a.Zone() == ""
}

// nftTCPFlags are the flags of TCP, the lowest bit first.
var nftTCPFlags = []string{"fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"}

func flagBits(s string) (uint64, bool) {
	if i := slices.Index(nftTCPFlags, s); i >= 0 {
		return 1 << i, true
	}
	n, err := strconv.ParseUint(s, 0, 8)
	return n, err == nil
}

// flags reads what follows tcp flags: syn; ! syn; == syn; syn / syn,ack; & (syn|ack) == syn; { syn, ack }.
func (r *nftTextRule) flags() (Step, bool) {
	s := Step{Field: FieldTCPFlags}
	list := func(separators ...string) (bits uint64, ok bool) {
		for {
			b, known := flagBits(r.peek(0).text)
			if !known {
				return 0, false
			}
			r.at++
			bits |= b
			if !slices.ContainsFunc(separators, func(sep string) bool { return r.take(sep) }) {
				return bits, true
			}
		}
	}
	exact := func(mask, value uint64) { s.Values = []string{fmt.Sprintf("%#x/%#x", mask, value)} }
	anyOf := func(bits uint64) {
		for bit := uint64(1); bit < 256; bit <<= 1 {
			if bits&bit != 0 {
				s.Values = append(s.Values, fmt.Sprintf("%#x/%#x", bit, bit))
			}
		}
	}
	if r.take("&") {
		open := r.take("(")
		mask, ok := list("|", ",")
		if !ok || open && !r.take(")") {
			return s, false
		}
		s.Not = r.take("!=")
		if !s.Not && !r.take("==") {
			return s, false
		}
		value, ok := list("|", ",")
		if s.Not && value == 0 { // any of them
			s.Not = false
			anyOf(mask)
		} else {
			exact(mask, value)
		}
		return s, ok
	}
	if r.peek(0).is("{") || r.peek(0).is("!=") && r.peek(1).is("{") {
		s.Not = r.take("!=")
		set, ok := r.mapping()
		for i := range set.elements {
			v := uint64(0)
			for _, w := range set.elements[i].key {
				if w.is("|") {
					continue
				}
				n, known := flagBits(w.text)
				v, ok = v|n, ok && known
			}
			s.Values = append(s.Values, fmt.Sprintf("0xff/%#x", v))
		}
		return s, ok
	}
	switch {
	case r.take("!="):
		s.Not = true
		fallthrough
	case r.take("=="):
		value, ok := list("|")
		exact(0xff, value)
		if r.take("/") {
			mask, known := list(",")
			exact(mask, value)
			ok = ok && known
		}
		return s, ok
	}
	none := r.take("!")
	value, ok := list(",")
	switch {
	case !ok:
		return s, false
	case r.take("/"):
		mask, ok := list(",")
		exact(mask, value)
		return s, ok && !none
	case none:
		exact(value, 0)
		return s, true
	}
	anyOf(value)
	return s, true
}
