package senet

import (
	"testing"

	"github.com/senet-selinux/senet/network"
)

// TestParseTarget: a target as people write it, and as senet writes it.
func TestParseTarget(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"tcp/22", "tcp/22"},
		{"TCP/22", "tcp/22"},
		{"tcp:22", "tcp/22"},
		{"22/tcp", "tcp/22"},
		{"53/udp", "udp/53"},
		{"22", "tcp/22"},
		{"8000-8100", "tcp/8000-8100"},
		{"sctp:8000-8100", "sctp/8000-8100"},
		{"tcp/10.0.0.7:5601", "tcp/10.0.0.7:5601"},
		{"10.0.0.7:5601", "tcp/10.0.0.7:5601"},
		{"tcp:10.0.0.7:5601", "tcp/10.0.0.7:5601"},
		{"udp/[::1]:53", "udp/[::1]:53"},
		{"[::1]:80", "tcp/[::1]:80"},
		{"", ""},
		{"tcp", ""},
		{"tcp/", ""},
		{"/22", ""},
		{"22/nosuch", ""},
		{"22/22", ""},
		{"10.0.0.0/8", ""},
		{"::1:80", ""},
		{"65536", ""},
		{"9-8", ""},
		{"tcp/tcp/22", ""},
	} {
		got, err := ParseTarget(c.text, network.TCP)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%q: %s, want an error", c.text, got)
		case c.want != "" && (err != nil || got.String() != c.want):
			t.Errorf("%q: %s, %v, want %s", c.text, got, err, c.want)
		}
	}
}
