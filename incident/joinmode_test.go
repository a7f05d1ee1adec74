package incident_test

import (
	"testing"

	"github.com/senet-selinux/senet/incident"
)

// TestJoinedMode: a capability for modes belongs to what the same program says of a file, unless SELinux itself
// refuses that file, or another program says it.
func TestJoinedMode(t *testing.T) {
	for _, c := range []struct {
		what, message string
		joined        bool
	}{
		{"the same program", "dhcpd: can't open /var/lib/app/x: Permission denied\n", true},
		{"another program", "named: can't open /var/lib/app/x: Permission denied\n", false},
		{"no file", "dhcpd: bind: Permission denied\n", false},
	} {
		r := caseReport(t, c.message+denied("dac_override", `comm="dhcpd" capability=1`, "dhcpd_t", "dhcpd_t",
			"capability"), incident.Options{})
		got := false
		for i := range r.Findings {
			got = got || r.Findings[i].AVC != nil && len(r.Findings[i].Complaints) > 0
		}
		if got != c.joined {
			t.Errorf("%s: joined %v", c.what, got)
		}
	}
}
