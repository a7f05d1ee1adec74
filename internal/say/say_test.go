package say

import (
	"testing"

	"github.com/senet-selinux/senet/portset"
)

// TestNumbers: thousands have commas, and nouns agree with their number.
func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Number(0), "0"}, {Number(999), "999"}, {Number(1000), "1,000"}, {Number(1234567), "1,234,567"},
		{Plural(0, "port"), "0 ports"}, {Plural(1, "port"), "1 port"}, {Plural(65535, "port"), "65,535 ports"},
		{Count(0, "domain gains", "domains gain"), "nobody gains"}, {Count(1, "domain gains", "domains gain"),
			"1 domain gains"},
		{Count(1200, "domain gains", "domains gain"), "1,200 domains gain"},
		{Count(0, "loses", "lose"), "nobody loses"},
		{OnOff(true), "on"}, {OnOff(false), "off"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// TestPorts: sets of ports are written with commas, and cut after twelve ranges.
func TestPorts(t *testing.T) {
	var many portset.Set
	for i := range uint16(14) {
		many = many.Append(portset.Range{Low: 10 * i, High: 10 * i})
	}
	for _, c := range []struct{ got, want string }{
		{Ports(nil), ""}, {Ports(portset.Set{{Low: 80, High: 80}, {Low: 8000, High: 8010}}), "80, 8000-8010"},
		{SomePorts(many[:12]), "0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110"},
		{SomePorts(many[:13]), "0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110 and 1 range more"},
		{SomePorts(many), "0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110 and 2 ranges more"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
