package semanage

import (
	"errors"
	"testing"
)

// TestParsePorts: what an administrator may write for ports.
func TestParsePorts(t *testing.T) {
	for _, c := range []struct {
		text      string
		low, high uint16
		want      error
	}{
		{"80", 80, 80, nil}, {"0", 0, 0, nil}, {"80-90", 80, 90, nil}, {" 80 - 90 ", 80, 90, nil},
		{"65535", 65535, 65535, nil},
		{"70000", 0, 0, ErrRange}, {"99999999999999999999", 0, 0, ErrRange}, {"1-65536", 0, 0, ErrRange},
		{"90-80", 0, 0, ErrRange},
		{"", 0, 0, ErrSyntax}, {"-5", 0, 0, ErrSyntax}, {"5-", 0, 0, ErrSyntax}, {"http", 0, 0, ErrSyntax},
		{"0x50", 0, 0, ErrSyntax}, {"1-2-3", 0, 0, ErrSyntax},
	} {
		low, high, err := ParsePorts(c.text)
		if !errors.Is(err, c.want) || c.want == nil && (err != nil || low != c.low || high != c.high) {
			t.Errorf("%q: %d %d %v", c.text, low, high, err)
		}
	}
	// Partition keys may be hexadecimal; Python has no octal numbers with a zero.
	if low, high, err := parsePKeys("0x10-0x1f"); low != 16 || high != 31 || err != nil {
		t.Error(low, high, err)
	}
	if _, _, err := parsePKeys("010"); !errors.Is(err, ErrSyntax) {
		t.Error(err)
	}
}

// TestParseNode: addresses with a mask, and networks; how they are printed.
func TestParseNode(t *testing.T) {
	for _, c := range []struct{ addr, mask, proto, want string }{
		{"10.0.0.0", "255.0.0.0", "ipv4", "ipv4 10.0.0.0/255.0.0.0"},
		{"10.0.0.0", "/8", "", "ipv4 10.0.0.0/255.0.0.0"},
		{"10.0.0.0", "/255.0.0.0", "", "ipv4 10.0.0.0/255.0.0.0"},
		{"10.0.0.0", "/0.255.255.255", "", "ipv4 10.0.0.0/255.0.0.0"}, // a hostmask, which Python takes too
		{"10.1.2.3", "", "ipv6", "ipv4 10.1.2.3/255.255.255.255"},
		{"2001:db8::", "/32", "", "ipv6 2001:db8::/ffff:ffff::"},
		{"::102:304", "ffff::", "ipv6", "ipv6 ::1.2.3.4/ffff::"}, // as inet_ntop prints it
		{"::ffff:1.2.3.4", "::1", "ipv6", "ipv6 ::ffff:1.2.3.4/::1"},
		{"10.1.0.0", "/8", "", ""},             // host bits
		{"10.0.0.0", "/255.0.255.0", "", ""},   // holes
		{"10.0.0.0", "/33", "", ""},            // too long
		{"10.0.0.0", "255.0.0.0", "", ""},      // no protocol
		{"10.0.0.0", "ffff::", "ipv4", ""},     // two families
		{"fe80::1%eth0", "ffff::", "ipv6", ""}, // a zone
		{"", "", "ipv4", ""}, {"x", "/8", "", ""},
	} {
		k, err := ParseNode(c.addr, c.mask, c.proto)
		if (err == nil) != (c.want != "") || err == nil && k.String() != c.want {
			t.Errorf("%s %s %s: %v %v", c.addr, c.mask, c.proto, k, err)
		}
	}
}
