package near

import "testing"

// TestDistance: each kind of edit counts one, and what is beyond the limit is cut off.
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		limit, want int
	}{
		{"", "", 2, 0}, {"", "ab", 2, 2}, {"ab", "", 2, 2}, {"port_t", "port_t", 2, 0},
		{"port_t", "prt_t", 2, 1}, {"port_t", "pport_t", 2, 1}, {"port_t", "pork_t", 2, 1},
		{"port_t", "prot_t", 2, 1}, // neighbours swapped
		{"http_port_t", "ssh_port_t", 4, 4}, {"ssh_port_t", "sh_prt_t", 2, 2},
		{"http_port_t", "ssh_port_t", 1, 2}, {"a", "abcdef", 3, 4},
	} {
		if got := Distance(c.a, c.b, c.limit); got != c.want {
			t.Errorf("%q, %q, %d: %d, want %d", c.a, c.b, c.limit, got, c.want)
		}
		if got := Distance(c.b, c.a, c.limit); got != c.want {
			t.Errorf("%q, %q, %d: %d, want %d", c.b, c.a, c.limit, got, c.want)
		}
	}
}
