package incident_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/incident"
)

// CostsOfFew looks for the fixes of findings about no port where they are few: each takes
// milliseconds, and a log may have thousands of them.
func TestCostAccesses(t *testing.T) {
	lines := func(n int) string {
		var list []string
		for _, class := range []string{"file", "dir", "lnk_file"} {
			for _, perm := range []string{"write", "append", "unlink", "create", "setattr", "rename", "link"} {
				name := fmt.Sprintf(`pid=1 comm="a" name=%q`, perm)
				list = append(list, denied(perm, name, "httpd_t", "etc_t", class))
			}
		}
		return strings.Join(list[:n], "\n")
	}
	for _, tt := range []struct {
		costs incident.Costs
		n     int
		want  bool
	}{
		{incident.NoCosts, 1, false}, {incident.CostsOfFew, 16, true}, {incident.CostsOfFew, 17, false},
		{incident.AllCosts, 17, true},
	} {
		r := caseReport(t, lines(tt.n), incident.Options{Costs: tt.costs})
		if len(r.Findings) != tt.n || r.CostAccesses != tt.want {
			t.Errorf("costs %d, %d of %d findings: %v", tt.costs, len(r.Findings), tt.n, r.CostAccesses)
		}
	}
}
