package complaint

import "testing"

func TestBusCall(t *testing.T) {
	for _, c := range []struct{ command, verb, unit string }{
		{"systemctl restart chronyd", "restart", "chronyd.service"},
		{"sudo systemctl --no-block stop a@b.socket", "stop", "a@b.socket"},
		{"LANG=C /usr/bin/systemctl daemon-reload", "daemon-reload", ""},
		{"systemctl --user restart x", "", ""},
		{"systemctl start a b", "", ""},
		{"echo systemctl start a", "", ""},
		{"systemctl", "", ""},
		{"", "", ""},
		{"systemctl start ../x", "", ""},
	} {
		if verb, unit := BusCall(c.command); verb != c.verb || unit != c.unit {
			t.Errorf("%q: %q %q, want %q %q", c.command, verb, unit, c.verb, c.unit)
		}
	}
	for _, c := range []struct{ line, verb, unit string }{
		{"Failed to start a.service: SELinux policy denies access.", "start", "a.service"},
		{"Failed to reload daemon: Access denied", "daemon-reload", ""},
		{"Failed to enable unit: SELinux policy denies access.", "", ""},
		{"SELinux policy denies access.", "", ""},
	} {
		var s Symptom
		if s.busCall(c.line); s.Verb != c.verb || s.Unit != c.unit {
			t.Errorf("%q: %q %q, want %q %q", c.line, s.Verb, s.Unit, c.verb, c.unit)
		}
	}
}
