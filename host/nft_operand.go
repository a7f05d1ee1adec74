package host

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"strconv"
)

// The comparisons of NFTA_CMP_OP.
const (
	cmpEqual = iota
	cmpNotEqual
	cmpLess
	cmpLessOrEqual
	cmpGreater
	cmpGreaterOrEqual
)

// compare returns the step that compares an operand with a value; ok is false if senet does not
// know its meaning.
func (o *operand) compare(op uint32, value []byte, order byteOrder) (s Step, ok bool) {
	if o.field == "" || len(value) == 0 {
		return s, false
	}
	s = Step{Field: o.field, Not: op == cmpNotEqual}
	if op > cmpNotEqual {
		return s, o.ordered(&s, op, value)
	}
	switch o.field {
	case FieldIn, FieldOut:
		if o.mask != nil {
			return s, false
		}
		s.Values = []string{interfaceName(value)}
		return s, true
	case FieldSource, FieldDest:
		if len(value) != o.size {
			return s, false
		}
		text, ok := o.prefix(value)
		s.Values = []string{text}
		return s, ok
	case FieldState:
		n, ok := o.number(value, order)
		if !ok {
			return s, false
		}
		if o.mask != nil {
			// (state & mask) is one bit of the mask or zero, so "neq 0" means any state of the mask.
			mask, ok := o.number(o.mask, order)
			if n != 0 || !ok {
				return s, false
			}
			s.Values, s.Not = stateNames(mask), !s.Not
			return s, true
		}
		s.Values = stateNames(n)
		return s, bits.OnesCount64(n) == 1
	case FieldTCPFlags:
		n, ok := o.number(value, order)
		mask := uint64(0xff)
		if o.mask != nil {
			mask, _ = o.number(o.mask, order)
		}
		if n == 0 && s.Not { // any flag of the mask
			for bit := uint64(1); bit < 256; bit <<= 1 {
				if mask&bit != 0 {
					s.Values = append(s.Values, fmt.Sprintf("%#x/%#x", bit, bit))
				}
			}
			s.Not = false
			return s, ok
		}
		s.Values = []string{fmt.Sprintf("%#x/%#x", mask, n)}
		return s, ok
	}
	if o.mask != nil {
		return s, false
	}
	n, ok := o.number(value, order)
	if !ok {
		return s, false
	}
	text, ok := o.named(n)
	s.Values = []string{text}
	return s, ok
}

// ordered handles comparisons of numbers and addresses by order.
func (o *operand) ordered(s *Step, op uint32, value []byte) bool {
	switch o.field {
	case FieldSource, FieldDest:
		return o.orderedAddress(s, op, value)
	case FieldSPort, FieldDPort, FieldProtocol:
	default:
		return false
	}
	n, ok := o.number(value, binary.BigEndian)
	high := uint64(1)<<(8*o.size) - 1
	if !ok || o.mask != nil {
		return false
	}
	low := uint64(0)
	switch op {
	case cmpLess:
		if n == 0 {
			*s = Step{Field: FieldNever}
			return true
		}
		high = n - 1
	case cmpLessOrEqual:
		high = n
	case cmpGreater:
		if n == high {
			*s = Step{Field: FieldNever}
			return true
		}
		low = n + 1
	case cmpGreaterOrEqual:
		low = n
	default:
		return false
	}
	s.Values = []string{rangeText(low, high)}
	return true
}

// orderedAddress handles comparisons of whole addresses by order.
func (o *operand) orderedAddress(s *Step, op uint32, value []byte) bool {
	a, ok := netip.AddrFromSlice(value)
	if !ok || o.mask != nil || o.from != 0 || o.size != o.whole || len(value) != o.whole {
		return false
	}
	low, _ := netip.AddrFromSlice(make([]byte, o.whole))
	high, _ := netip.AddrFromSlice(bytes.Repeat([]byte{0xff}, o.whole))
	switch op {
	case cmpLess:
		high = a.Prev()
	case cmpLessOrEqual:
		high = a
	case cmpGreater:
		low = a.Next()
	case cmpGreaterOrEqual:
		low = a
	}
	if !low.IsValid() || !high.IsValid() { // a value below the first or above the last address
		*s = Step{Field: FieldNever}
		return true
	}
	s.Values = []string{low.String() + "-" + high.String()}
	return true
}

// between writes the values of an operand from low to high; ok is false if they are not known.
func (o *operand) between(low, high []byte, order byteOrder) ([]string, bool) {
	if len(low) != o.size || len(high) != o.size || o.field == "" || o.mask != nil {
		return nil, false
	}
	switch o.field {
	case FieldIn, FieldOut:
		if string(low) != string(high) {
			return nil, false
		}
		return []string{interfaceName(low)}, true
	case FieldSource, FieldDest:
		a, ok1 := o.addr(low, 0)
		b, ok2 := o.addr(high, 0xff)
		if a == b {
			return []string{a.String()}, ok1
		}
		return []string{a.String() + "-" + b.String()}, ok1 && ok2
	case FieldSPort, FieldDPort, FieldProtocol:
		a, _ := o.number(low, order)
		b, _ := o.number(high, order)
		return []string{rangeText(a, b)}, a <= b
	}
	a, ok1 := o.number(low, order)
	b, ok2 := o.number(high, order)
	if !ok1 || !ok2 || a != b {
		return nil, false
	}
	if o.field == FieldState {
		return stateNames(a), bits.OnesCount64(a) == 1
	}
	text, ok := o.named(a)
	return []string{text}, ok
}

// number reads a value as one number.
func (o *operand) number(b []byte, order byteOrder) (uint64, bool) {
	if len(b) != o.size || o.size > 8 {
		return 0, false
	}
	if o.host && o.size == 4 {
		return uint64(order.Uint32(b)), true
	}
	n := uint64(0)
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n, true
}

// named writes a number in the form of its field's values.
func (o *operand) named(n uint64) (string, bool) {
	switch o.field {
	case FieldFamily:
		switch n {
		case 2:
			return "ip", true
		case 10:
			return "ip6", true
		}
		return strconv.FormatUint(n, 10), true
	case FieldDirection:
		if n > 1 {
			return "", false
		}
		return [...]string{"original", "reply"}[n], true
	case FieldSecmark:
		return "none", n == 0
	case FieldProtocol, FieldSPort, FieldDPort, FieldInIndex, FieldOutIndex:
		return strconv.FormatUint(n, 10), true
	}
	return "", false
}

// prefix writes an address with the operand's mask, or an operand that is the first bytes of an
// address, as a prefix.
func (o *operand) prefix(value []byte) (string, bool) {
	addr, ok := o.addr(value, 0)
	if !ok {
		return "", false
	}
	ones := 8 * o.size
	if o.mask != nil {
		n, contiguous := prefixLength(o.mask)
		if !contiguous {
			return "", false
		}
		ones = n
	}
	p := netip.PrefixFrom(addr, ones)
	if p.Masked() != p {
		return "", false // no address has this value under the mask
	}
	return p.String(), true
}

// prefixLength counts the leading ones of a mask; ok is false if there are ones after a zero.
func prefixLength(mask []byte) (ones int, ok bool) {
	ended := false
	for _, x := range mask {
		lead := bits.LeadingZeros8(^x)
		if x<<lead != 0 || ended && x != 0 {
			return 0, false
		}
		ended = ended || lead < 8
		ones += lead
	}
	return ones, true
}

// interfaceName writes a name of 16 bytes. A shorter one without a terminator matches all names
// with this prefix.
func interfaceName(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	if len(b) >= 16 {
		return string(b)
	}
	return string(b) + "*"
}

// stateNames names the bits of NF_CT_STATE_BIT.
func stateNames(n uint64) []string {
	names := []string{}
	for i, name := range [...]string{"invalid", "established", "related", "new", "", "", "untracked"} {
		if n&(1<<i) != 0 && name != "" {
			names = append(names, name)
		}
	}
	return names
}

func rangeText(low, high uint64) string {
	if low == high {
		return strconv.FormatUint(low, 10)
	}
	return strconv.FormatUint(low, 10) + "-" + strconv.FormatUint(high, 10)
}
