package incident_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/incident"
)

// TestThere: what a text has of the policy of its host about a denial, a case for each rule.
func TestThere(t *testing.T) {
	const (
		record = `avc:  denied  { read } for  pid=7 comm="x" name="y" scontext=u:r:x_t:s0 tcontext=u:object_r:y_t:s0 ` +
			"tclass=file\n"
		other = `avc:  denied  { read } for  pid=7 comm="x" name="y" scontext=u:r:x_t:s0 tcontext=u:object_r:z_t:s0 ` +
			"tclass=file\n"
		report = "SELinux is preventing x from read access on the file y.\nsetsebool -P one 1\n"
		info   = "Source Context                u:r:x_t:s0\nTarget Context                u:object_r:y_t:s0\n"
		why    = "\tWas caused by:\n\tThe boolean two was set incorrectly.\n"
	)
	for _, c := range []struct {
		rule, log string
		want      []string
	}{
		{"audit2why below the record", record + why, []string{"two"}},
		{"a suggestion and the record", report + record, []string{"one"}},
		{"a report with its contexts", report + info, []string{"one"}},
		{"audit2why before a suggestion", report + record + why, []string{"two"}},
		{"of another record", record + other + why, nil},
		{"nothing", record, nil},
	} {
		r := caseReport(t, c.log, incident.Options{})
		var got []string
		for _, f := range r.Findings {
			if f.AVC != nil && f.AVC.TContext == "u:object_r:y_t:s0" && f.There != nil {
				got = f.There.Booleans
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.rule, got, c.want)
		}
	}
}
