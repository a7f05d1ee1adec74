package packetfilter

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/host"
)

// A truth is no, maybe or yes.
type truth int8

const (
	no truth = iota
	maybe
	yes
)

func is(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth { return yes - t }

// either says whether one of the two holds.
func either(a, b truth) truth { return max(a, b) }

// A match is a compiled step that compares.
type match struct {
	field   string
	not     bool
	names   []string
	numbers [][2]uint64
	addrs   [][2]netip.Addr
	bad     bool // a value that is not understood: the match may hold or not
}

func compileMatch(s *host.Step) match {
	m := match{field: s.Field, not: s.Not}
	for _, v := range s.Values {
		ok := true
		switch s.Field {
		case host.FieldSPort, host.FieldDPort, host.FieldPort, host.FieldProtocol, host.FieldInIndex,
			host.FieldOutIndex:
			var r [2]uint64
			r, ok = numbers(v)
			m.numbers = append(m.numbers, r)
		case host.FieldTCPFlags:
			mask, value, cut := strings.Cut(v, "/")
			a, err1 := strconv.ParseUint(mask, 0, 8)
			b, err2 := strconv.ParseUint(value, 0, 8)
			ok = cut && err1 == nil && err2 == nil
			m.numbers = append(m.numbers, [2]uint64{a, b})
		case host.FieldSource, host.FieldDest:
			var r [2]netip.Addr
			r, ok = addresses(v)
			m.addrs = append(m.addrs, r)
		default:
			m.names = append(m.names, v)
		}
		m.bad = m.bad || !ok
	}
	return m
}

// numbers reads a number or a range of numbers.
func numbers(s string) (r [2]uint64, ok bool) {
	low, high, isRange := strings.Cut(s, "-")
	if !isRange {
		high = low
	}
	a, err1 := strconv.ParseUint(low, 10, 32)
	b, err2 := strconv.ParseUint(high, 10, 32)
	return [2]uint64{a, b}, err1 == nil && err2 == nil && a <= b
}

// addresses reads an address, a prefix, an address with a mask, or a range.
func addresses(s string) (r [2]netip.Addr, ok bool) {
	if low, high, isRange := strings.Cut(s, "-"); isRange {
		a, err1 := netip.ParseAddr(low)
		b, err2 := netip.ParseAddr(high)
		return [2]netip.Addr{a, b}, err1 == nil && err2 == nil && a.Compare(b) <= 0
	}
	addr, mask, hasMask := strings.Cut(s, "/")
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return r, false
	}
	if !hasMask {
		return [2]netip.Addr{a, a}, true
	}
	bits, err := strconv.Atoi(mask)
	if err != nil {
		if bits, ok = maskBits(mask); !ok {
			return r, false
		}
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return r, false
	}
	return [2]netip.Addr{p.Addr(), lastOf(p)}, true
}

// maskBits returns the length of a mask that is written as an address.
func maskBits(s string) (int, bool) {
	m, err := netip.ParseAddr(s)
	if err != nil {
		return 0, false
	}
	ones, ended := 0, false
	for _, x := range m.AsSlice() {
		for bit := 7; bit >= 0; bit-- {
			switch one := x>>bit&1 == 1; {
			case one && ended:
				return 0, false
			case one:
				ones++
			default:
				ended = true
			}
		}
	}
	return ones, true
}

// lastOf returns the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := range b {
		for bit := range 8 {
			if i*8+bit >= p.Bits() {
				b[i] |= 0x80 >> bit
			}
		}
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// holds reports whether a packet matches at a hook.
func (m *match) holds(p *Packet, at *hook, s *State) truth {
	if m.field == host.FieldState || m.field == host.FieldDirection {
		if m.field == host.FieldDirection && (at.untracked || s.Untracked) {
			return no // without a connection the rule ends, inverted or not
		}
	}
	if m.bad {
		return maybe
	}
	t := m.compare(p, at, s)
	if m.not {
		t = t.not()
	}
	return t
}

func (m *match) compare(p *Packet, at *hook, s *State) truth {
	changed := func(t truth) truth {
		if s.Rewritten {
			return maybe
		}
		return t
	}
	switch m.field {
	case host.FieldNever:
		return no
	case host.FieldFamily:
		family := "ip"
		if p.IPv6 {
			family = "ip6"
		}
		return is(slices.Contains(m.names, family))
	case host.FieldProtocol:
		return m.number(Ports{uint16(p.Protocol), uint16(p.Protocol)})
	case host.FieldSource:
		return changed(m.address(p.Source))
	case host.FieldDest:
		return changed(m.address(p.Dest))
	case host.FieldSPort:
		return changed(m.port(p, p.SPort))
	case host.FieldDPort:
		return changed(m.port(p, p.DPort))
	case host.FieldPort:
		return changed(either(m.port(p, p.SPort), m.port(p, p.DPort)))
	case host.FieldIn:
		return m.iface(p, at.in)
	case host.FieldOut:
		return m.iface(p, at.out)
	case host.FieldInIndex:
		return m.index(p, at.in)
	case host.FieldOutIndex:
		return m.index(p, at.out)
	case host.FieldState:
		return is(slices.Contains(m.names, stateOf(p, at, s)))
	case host.FieldDirection:
		dir := "original"
		if p.Reply {
			dir = "reply"
		}
		return is(slices.Contains(m.names, dir))
	case host.FieldSecmark:
		switch s.Packet {
		case NoLabel:
			return is(slices.Contains(m.names, "none"))
		case AnyLabel:
			return maybe
		}
		return no
	case host.FieldTCPFlags:
		return m.flags(p)
	}
	return maybe
}

func stateOf(p *Packet, at *hook, s *State) string {
	switch {
	case s.Untracked:
		return "untracked"
	case at.untracked:
		return "invalid"
	case p.Established:
		return "established"
	}
	return "new"
}

// number reports whether numbers of a range are in the match: all, some, none.
func (m *match) number(r Ports) truth {
	overlap := no
	for _, n := range m.numbers {
		if n[0] <= uint64(r.Low) && uint64(r.High) <= n[1] {
			return yes
		}
		if n[0] <= uint64(r.High) && uint64(r.Low) <= n[1] {
			overlap = maybe
		}
	}
	return overlap
}

// port is number for protocols that have ports; others have bytes of another
// meaning there.
func (m *match) port(p *Packet, r Ports) truth {
	switch p.Protocol {
	case 6, 17, 33, 132, 136:
		return m.number(r)
	}
	return maybe
}

func (m *match) address(a netip.Addr) truth {
	if !a.IsValid() {
		return maybe
	}
	for _, r := range m.addrs {
		if r[0].Is4() == a.Is4() && r[0].Compare(a) <= 0 && a.Compare(r[1]) <= 0 {
			return yes
		}
	}
	return no
}

// iface compares the name of an interface; present says that the hook has one.
func (m *match) iface(p *Packet, present bool) truth {
	name := p.Interface
	if !present {
		name = ""
	} else if name == "" {
		return maybe
	}
	for _, n := range m.names {
		if begin, ok := strings.CutSuffix(n, "*"); n == name || ok && (present || begin == "") &&
			strings.HasPrefix(name, begin) {
			return yes
		}
	}
	return no
}

func (m *match) index(p *Packet, present bool) truth {
	switch {
	case !present:
		return m.number(Ports{})
	case p.Index == 0:
		return maybe
	}
	return m.number(Ports{uint16(p.Index), uint16(p.Index)})
}

func (m *match) flags(p *Packet) truth {
	best := no
	for _, n := range m.numbers {
		mask, value := uint8(n[0]), uint8(n[1])
		known := mask & p.Known
		switch {
		case p.Flags&known != value&known || value&^mask != 0:
		case known == mask:
			return yes
		default:
			best = maybe
		}
	}
	return best
}
