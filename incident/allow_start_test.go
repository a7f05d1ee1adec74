package incident_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/incident"
)

// TestAllowOfStart: the rule for a program that may not be started has what was refused, and not what the kernel asks
// for next.
func TestAllowOfStart(t *testing.T) {
	for perm, want := range map[string][]string{
		"execute": {"execute"},
		"write":   {"write"},
	} {
		r := caseReport(t, denied(perm, `comm="a" path="/srv/a/tool"`, "httpd_t", "usr_t", "file"), incident.Options{})
		rules, _ := r.AllowRules(casePolicy(t))
		if len(rules) != 1 || !slices.Equal(rules[0].Permissions, want) || len(rules[0].Refused) != len(want) {
			t.Errorf("%s: %+v", perm, rules)
		}
	}
}
