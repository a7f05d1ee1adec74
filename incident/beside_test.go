package incident

import (
	"fmt"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/policy"
)

// TestBeside: a file without a path gets the paths of the others with the same domain, label, device and host, each
// once and not more than the bound.
func TestBeside(t *testing.T) {
	finding := func(path, dev, node string, target uint32) Finding {
		return Finding{
			Event: &audit.Event{Node: node},
			AVC:   &audit.AVC{TClass: "file", Dev: dev, SContext: "u:r:mail_t:s0"},
			Denial: &diagnose.Diagnosis{
				Source: policy.Context{Type: 1}, Target: policy.Context{Type: target}, File: &diagnose.File{Path: path},
			},
		}
	}
	findings := []Finding{
		finding("", "sda1", "", 2), finding("/srv/a", "sda1", "", 2), finding("/srv/a", "sda1", "", 2),
		finding("/srv/b", "sda1", "", 2), finding("/srv/c", "sdb1", "", 2), finding("/srv/d", "sda1", "other", 2),
		finding("/srv/e", "sda1", "", 3), finding("", "", "", 2), {Event: &audit.Event{}},
	}
	beside(findings)
	if want := []string{"/srv/a", "/srv/b"}; !slices.Equal(findings[0].Beside, want) {
		t.Errorf("got %q, want %q", findings[0].Beside, want)
	}
	for i := range findings[1:] {
		if got := findings[1+i].Beside; got != nil {
			t.Errorf("finding %d: got %q", 1+i, got)
		}
	}
	many := []Finding{finding("", "sda1", "", 2)}
	for n := range 2 * maxBeside {
		many = append(many, finding(fmt.Sprintf("/srv/%d", n), "sda1", "", 2))
	}
	if beside(many); len(many[0].Beside) != maxBeside {
		t.Errorf("%d paths, want %d", len(many[0].Beside), maxBeside)
	}
}
