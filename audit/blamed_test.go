package audit_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
)

// TestBlamed: a line in which SELinux keeps something from being done, in any words; the plugin restorecon of
// setroubleshoot in any language has the file and its right type by the form of its lines.
func TestBlamed(t *testing.T) {
	for _, c := range []struct {
		text       string
		blamed     bool
		path, kind string
	}{
		{"I think SELinux is blocking our pump.", true, "", ""},
		{"selinux silently prevents it", true, "", ""},
		{"SELinux is enforcing here", false, "", ""},
		{"it was denied before SELinux came", false, "", ""},
		{"Si quiere arreglar la etiqueta./srv/pump/x.db es pump_db_t.\n# /sbin/restorecon -v /srv/pump/x.db",
			false, "/srv/pump/x.db", "pump_db_t"},
		{"/srv/other default label should be a_t.\n# /sbin/restorecon -v '/srv/pump/y'", false, "/srv/pump/y", ""},
		{"# /sbin/restorecon -v $FILE", false, "", ""},
		{"/srv/pump/x default label should be pump_db_t.", false, "/srv/pump/x", "pump_db_t"},
		{"/srv/pump/x should be pump_db_t.", false, "", ""},
	} {
		r := audit.NewReader(strings.NewReader(c.text+"\n"), audit.Options{})
		for _, err := range r.Events() {
			if err != nil {
				t.Fatal(err)
			}
		}
		st := r.Stats()
		if st.Blamed != c.blamed || st.Mislabeled.Path != c.path || st.Mislabeled.Type != c.kind {
			t.Errorf("%q: %t %q %q", c.text, st.Blamed, st.Mislabeled.Path, st.Mislabeled.Type)
		}
	}
}
