package audit

import (
	"strings"
	"testing"
)

// TestUnclear has one case for each rule about a refusal in no form that is known.
func TestUnclear(t *testing.T) {
	logins := strings.Repeat("Oct  9 09:13:22 web1 sshd[7]: u@10.0.0.7: Permission denied (publickey).\n", 3000)
	for _, c := range []struct{ rule, text, want string }{
		{"the words of EACCES alone", "Permission denied at x.pl line 3.\n", "EACCES"},
		{"in a sentence", "The page says that permission denied is the reason.\n", "EACCES"},
		{"with the name of the program", "runcon: invalid context: x: Permission denied\n", "runcon EACCES"},
		{"its name only", "npm ERR! code EACCES\n", "EACCES"},
		{"the first of several", "a1: Permission denied\nb2: Permission denied\n", "a1 EACCES"},
		{"EPERM with SELinux in the line", "SELinux: x: Operation not permitted\n", "EPERM"},
		{"or just before it", "With SELinux enforcing we see:\n\nx: Operation not permitted\n", "x EPERM"},
		{"but not far before it", "With SELinux enforcing we see:\n\n\n\n\nx: Operation not permitted\n", ""},
		{"EPERM of a line of syslog is of another", "SELinux:  Initializing.\n" +
			"Oct  9 09:13:22 web1 x[7]: setuid: Operation not permitted\n", ""},
		{"EPERM has many causes", "chown: changing owner: Operation not permitted\n", ""},
		{"logins are none", logins, ""},
		{"nor a wrong password", "su: Permission denied\nPermission denied, please try again.\n", ""},
		{"nor rights in a database", "ERROR:  permission denied for table accounts\n", ""},
		{"nothing where another complaint is understood",
			"Permission denied\ncat: /srv/x: Permission denied\n", "cat EACCES"},
		{"nor where there is a denial", "Permission denied\n" + avcLine(1760000000, 1), ""},
		{"nor where a listing has labels", "Permission denied\nls -Z /srv\nsystem_u:object_r:a_t:s0 /srv/x\n", ""},
		{"nor where a record is broken", "Permission denied\ntype=AVC msg=audit(1760000000.000:1): avc:  denied  { \n",
			""},
	} {
		events, stats := Parse(c.text, goldenOptions)
		got, n := "", 0
		for _, e := range events {
			if s := e.Symptom; s != nil {
				got, n = strings.TrimSpace(s.Program+" "+s.Errno), n+1
			}
		}
		if got != c.want || n > 1 {
			t.Errorf("%s: %d complaints, %q, want %q", c.rule, n, got, c.want)
		}
		if stats.Symptoms != int64(n) || stats.Unrecognised < 0 {
			t.Errorf("%s: %+v", c.rule, stats)
		}
	}
	for name, o := range map[string]Options{"none are wanted": {NoSymptoms: true},
		"it is too early": {Since: goldenOptions.Now}} {
		text := "2025-10-09T09:13:22Z web1 x[7]: it was Permission denied\n"
		if events, _ := Parse(text, o); len(events) > 0 {
			t.Errorf("a complaint, though %s", name)
		}
	}
}
