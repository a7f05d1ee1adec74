package complaint

import (
	"net/netip"
	"strconv"
)

// digits counts the digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// port parses a port from 1 to 65535.
func port(s string) (uint16, bool) {
	if n := digits(s); n != len(s) || n == 0 || n > 5 {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil && n > 0
}

// pid parses a process id.
func pid(s string) (int, bool) {
	if n := digits(s); n != len(s) || n == 0 || n > 10 {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return int(n), err == nil
}

func address(s string) (netip.Addr, bool) {
	if s == "" || len(s) > 64 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(s)
	return a, err == nil
}
