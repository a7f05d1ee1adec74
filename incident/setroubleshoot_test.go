package incident_test

import (
	"testing"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
)

// TestFileReport: a report of setroubleshoot without contexts is a complaint about a file, asked with its permissions.
func TestFileReport(t *testing.T) {
	for _, c := range []struct {
		rule, text       string
		subject, op, cls string
		given            diagnose.Verdict // with the label of file_contexts
		itself           bool
	}{
		{"refused with that label", "SELinux is preventing rsyslogd from write access on the file /usr/sbin/other.",
			"syslogd_t", "write", "file", diagnose.StillDenied, false},
		{"allowed with that label", "SELinux is preventing nginx from read access on the file /var/www/x.",
			"httpd_t", "read", "file", diagnose.NowAllowed, false},
		{"its own file", "SELinux is preventing rsyslogd from write access on the file /usr/sbin/rsyslogd.",
			"syslogd_t", "write", "file", diagnose.StillDenied, true},
		{"to read it is nothing strange",
			"SELinux is preventing rsyslogd from read access on the file /usr/sbin/rsyslogd.",
			"syslogd_t", "read", "file", diagnose.NowAllowed, false},
		{"a directory", "SELinux is preventing nginx from 'add_name' accesses on the directory /tmp.",
			"httpd_t", "", "dir", diagnose.NowAllowed, false},
		{"the domain in brackets", "SELinux is preventing foo (named_t) from read access on the file /var/www/x.",
			"named_t", "read", "file", diagnose.StillDenied, false},
		{"a program by its path", "SELinux is preventing /usr/sbin/nginx from getattr access on the file /var/www/x.",
			"httpd_t", "stat", "file", diagnose.NowAllowed, false},
		{"a name without a directory", "SELinux is preventing nginx from read access on the file x.",
			"httpd_t", "read", "file", "", false},
		{"a word that is no permission", "SELinux is preventing nginx from full access on the file /var/www/x.",
			"httpd_t", "", "file", "", false},
		{"a program without a domain", "SELinux is preventing nosuch from read access on the file /var/www/x.",
			"", "read", "file", "", false},
	} {
		r := caseReport(t, c.text+"\n", incident.Options{})
		if len(r.Findings) != 1 || r.Findings[0].Symptom == nil || r.Findings[0].Symptom.File == nil {
			t.Fatalf("%s: %+v", c.rule, r.Findings)
		}
		d := r.Findings[0].Symptom
		f := d.File
		if d.Subject.Name != c.subject || f.Operation != c.op || f.Class != c.cls || f.If != c.given ||
			f.Itself != c.itself || !f.Report || d.Verdict != diagnose.UnknownHere {
			t.Errorf("%s: %q %s %+v", c.rule, d.Subject.Name, d.Verdict, f)
		}
		if r.Log.Vague != 0 {
			t.Errorf("%s: not understood", c.rule)
		}
	}
}
