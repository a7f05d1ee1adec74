package stores

import (
	"math/rand/v2"
	"strings"
)

// Words makes the parts of random commands, which often concern the same few keys,
// so that they meet.
type Words struct {
	Rand *rand.Rand
	// Bad is the rarity of refused words from Mostly: once in so many times.
	Bad int
}

// Pick gives one of a list.
func (w Words) Pick(list ...string) string { return list[w.Rand.IntN(len(list))] }

// Mostly gives a word of the first string, now and then one of the others, which
// semanage refuses.
func (w Words) Mostly(good string, bad ...string) string {
	if w.Rand.IntN(w.Bad) == 0 {
		return w.Pick(bad...)
	}
	return w.Pick(strings.Fields(good)...)
}

// Level gives an MLS range, mostly none.
func (w Words) Level() string {
	switch w.Rand.IntN(12) {
	case 0, 1:
		return "s0:c1,c5.c7"
	case 2, 3:
		return "s0-s0:c0.c1023"
	case 4: // refused without MLS, where s0 is the only sensitivity
		return "s3:c1-s5:c0.c3,c9"
	case 5:
		return "s0:c5-s0" // always refused
	}
	return ""
}

// Port gives ports, a protocol and a type for them.
func (w Words) Port() (port, proto, typ string) {
	port = w.Mostly("5601 5602-5609 8081 444 447 9000-9010 9011 1000-1010 65535 6100-6120 11", "80", "5605", "1-511",
		"5604-5600", "70000", "x", "80-70000")
	proto = w.Mostly("tcp tcp tcp udp sctp dccp", "ip")
	typ = w.Mostly("http_port_t http_cache_port_t ssh_port_t ntp_port_t unreserved_port_t", "httpd_t", "nosuch_t")
	return port, proto, typ
}

// Node gives an address, a mask and a family of addresses.
func (w Words) Node() (addr, mask, proto string) {
	addr, mask, proto = "10.0.0.0", "255.0.0.0", "ipv4"
	switch w.Rand.IntN(14) {
	case 0, 8:
		mask = "255.255.255.255"
	case 1, 9:
		addr, mask = "192.168.7.0", "255.255.255.0"
	case 2, 10:
		addr, mask, proto = "2001:db8::", "ffff:ffff::", "ipv6"
	case 3:
		addr, mask, proto = "::ffff:1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ipv6"
	case 4:
		addr, mask, proto = "::1.2.3.4", "::", "ipv6"
	case 5:
		mask = "/8"
	case 6:
		addr, mask = "10.1.0.0", "/8" // host bits: refused
	case 7:
		addr, proto = "2001:db8::1", "ipv4" // refused
	}
	return addr, mask, proto
}
