package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/policy"
)

func TestNearest(t *testing.T) {
	names := []string{"httpd_t", "httpd_sys_content_t", "http_port_t", "haproxy_t", "init_t", "ntpd_t", "httpd_t"}
	tests := []struct {
		name string
		n    int
		want []string
	}{
		{"htpd_t", 3, []string{"httpd_t", "ntpd_t"}},    // one letter missing, the same distance by name
		{"httpd_t", 1, []string{"httpd_t"}},             // itself, once
		{"hhtpd_t", 1, []string{"httpd_t"}},             // neighbours swapped or a letter replaced
		{"http_ports_t", 1, []string{"http_port_t"}},    // one letter more
		{"completely_different_name_of_a_type", 3, nil}, // nothing to do with any
		{"x", 3, nil}, // short, and nothing near
		{"", 3, nil},
		{"httpd_t", 0, nil},
	}
	for _, tt := range tests {
		got := policy.Nearest(tt.name, slices.Values(names), tt.n)
		if len(got) > tt.n {
			t.Errorf("%q: %d names", tt.name, len(got))
		}
		if len(tt.want) > 0 && (len(got) == 0 || got[0] != tt.want[0]) || len(tt.want) == 0 && len(got) != 0 {
			t.Errorf("%q: %v, want %v", tt.name, got, tt.want)
		}
		if len(got) != len(slices.Compact(slices.Clone(got))) {
			t.Errorf("%q: %v", tt.name, got)
		}
	}
	if got := policy.Nearest("ab", slices.Values([]string{"ba", "abc"}), 3); !slices.Equal(got, []string{"abc", "ba"}) {
		t.Errorf("ab: %v", got)
	}
	policy.Nearest(strings.Repeat("a", 5000), slices.Values([]string{strings.Repeat("b", 5000)}), 3)
}
