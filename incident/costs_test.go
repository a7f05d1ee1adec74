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

// TestLeftoverHasNoCosts: a port that is refused to a daemon in the domain of systemd needs no fix of a port: the
// label of its program comes first.
func TestLeftoverHasNoCosts(t *testing.T) {
	r := caseReport(t, denied("name_connect", `comm="app" dest=22`, "init_t", "ssh_port_t", "dccp_socket"),
		incident.Options{Costs: incident.AllCosts})
	if f := r.Findings[0].Fix; f.Way != incident.LabelProgram || f.Costed {
		t.Errorf("%+v", f)
	}
}
