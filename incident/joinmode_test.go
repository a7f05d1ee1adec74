package incident_test

import (
	"testing"

	"github.com/senet-selinux/senet/incident"
)

// TestJoinedModes: the kernel asks for both capabilities of one file.
func TestJoinedModes(t *testing.T) {
	log := "dhcpd: can't open /var/lib/app/x: Permission denied\n"
	for _, name := range []string{"dac_read_search", "dac_override"} {
		log += denied(name, `comm="dhcpd"`, "dhcpd_t", "dhcpd_t", "capability")
	}
	log += denied("dac_override", `comm="named"`, "named_t", "named_t", "capability")
	r := caseReport(t, log, incident.Options{})
	joined := 0
	for i := range r.Findings {
		if f := &r.Findings[i]; len(f.Complaints) > 0 {
			joined++
			if f.AVC == nil || f.AVC.Comm != "dhcpd" {
				t.Errorf("joined to %+v", f.AVC)
			}
		}
	}
	if joined != 2 {
		t.Errorf("%d are joined", joined)
	}
}

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
