package setools

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
)

// parseNetwork reads the value of --nodecon as ipaddress.ip_network of Python does. It is an address alone, or an
// address, a slash and the number of bits; for IPv4 also a netmask or hostmask. scoped is true if an IPv6 address
// has a scope id. The error is an *Exit with Python's text.
func parseNetwork(text string) (network netip.Prefix, scoped bool, err error) {
	address, mask, hasMask := strings.Cut(text, "/")
	addr, parseErr := netip.ParseAddr(address)
	bits, ok := addr.BitLen(), parseErr == nil
	if ok && hasMask {
		bits, ok = parsePrefix(mask, addr)
	}
	if !ok {
		return netip.Prefix{}, false, failure(argparse.Repr(text) + " does not appear to be an IPv4 or IPv6 network")
	}
	scope := addr.Zone()
	network = netip.PrefixFrom(addr.WithZone(""), bits)
	if network.Masked().Addr() != network.Addr() {
		if scope != "" {
			scope = "%" + scope
		}
		return netip.Prefix{}, false, failure(pythonAddr(network.Addr()) + scope + "/" + strconv.Itoa(bits) +
			" has host bits set")
	}
	return network, scope != "", nil
}

// parsePrefix reads what stands after the slash.
func parsePrefix(text string, addr netip.Addr) (bits int, ok bool) {
	if isDigits(text) {
		n, err := strconv.Atoi(text)
		return n, err == nil && n <= addr.BitLen()
	}
	mask, err := netip.ParseAddr(text)
	if err != nil || !addr.Is4() || !mask.Is4() {
		return 0, false
	}
	// The ones of a netmask come first. A mask of another form may be a hostmask.
	for _, flip := range [...]uint32{0, ^uint32(0)} {
		b := mask.As4()
		word := (uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])) ^ flip
		for bits := 0; bits <= 32; bits++ {
			if word == ^uint32(0)<<(32-bits) {
				return bits, true
			}
		}
	}
	return 0, false
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// netmask returns the mask of a network.
func netmask(network netip.Prefix) netip.Addr {
	b := make([]byte, network.Addr().BitLen()/8)
	for i := range network.Bits() {
		b[i/8] |= 0x80 >> (i % 8)
	}
	mask, _ := netip.AddrFromSlice(b)
	return mask
}

// pythonAddr writes an address as Python's ipaddress does. It never uses the dotted form for an IPv4 address in
// IPv6.
func pythonAddr(addr netip.Addr) string {
	if !addr.Is4In6() {
		return addr.String()
	}
	b := addr.As16()
	return "::ffff:" + strconv.FormatUint(uint64(b[12])<<8|uint64(b[13]), 16) + ":" +
		strconv.FormatUint(uint64(b[14])<<8|uint64(b[15]), 16)
}
