package compile

import (
	"net/netip"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// parseUint reads a number as C's strtoul does: blanks and a sign may lead, base
// 0 takes the base from the prefix, and the whole text must be the number. A
// negative number wraps around in 64 bits.
func parseUint(text string, base int) (uint64, bool) {
	s := strings.TrimLeft(text, " \t\n\v\f\r")
	negative := false
	if s != "" && (s[0] == '+' || s[0] == '-') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if base == 0 {
		base = 10
		switch {
		case len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' && hexDigit(s[2]):
			base, s = 16, s[2:]
		case s != "" && s[0] == '0':
			base = 8
		}
	}
	if s == "" || strings.ContainsAny(s, "_+-") {
		return 0, false
	}
	v, err := strconv.ParseUint(s, base, 64)
	if err != nil {
		return 0, false
	}
	if negative {
		v = -v
	}
	return v, true
}

func hexDigit(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f'
}

// bareAddress reports whether a word is an address and not the name of one, as
// libsepol tells them apart since 3.6.
func (c *compiler) bareAddress(text string) bool {
	if !c.opts.since(6) || text == "" {
		return false
	}
	return strings.Contains(text, ":") || text[0] >= '0' && text[0] <= '9' && strings.Contains(text, ".")
}

// parseAddr mirrors cil_fill_ipaddr.
func parseAddr(text string) (netip.Addr, bool) {
	if strings.ContainsAny(text, "%") {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Is4() == strings.Contains(text, ":") {
		return netip.Addr{}, false
	}
	return a, true
}

// parseXPerm reads a number of an extended permission: 0 to 0xffff, as C's
// strtol with base 0 reads it. The empty string is 0.
func parseXPerm(text string) (uint32, bool) {
	if text == "" {
		return 0, true
	}
	v, ok := parseUint(text, 0)
	return uint32(v), ok && v <= 0xffff
}
