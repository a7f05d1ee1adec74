package audit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
)

// TestChcon: which labels a text sets with chcon, by the options of its manual page.
func TestChcon(t *testing.T) {
	for line, want := range map[string]string{
		"run chcon -t httpd_log_t /opt/a/log":                    "httpd_log_t /opt/a/log false",
		"$ sudo chcon -Rv -t bin_t /opt/a /opt/b":                "bin_t /opt/a true, bin_t /opt/b true",
		"# chcon -Rt bin_t /opt/a && systemctl restart b":        "bin_t /opt/a true",
		"chcon --type=bin_t --recursive '/opt/a'; ls /opt/b":     "bin_t /opt/a true",
		"`chcon system_u:object_r:bin_t:s0 /opt/*.sh` did it /x": "bin_t /opt/*.sh false",
		"chcon -t bin_t bin/a":                                   "", // of which directory is not known
		"chcon --reference=/bin/ls /opt/a":                       "",
		"chcon is lost when /opt/a is relabelled":                "",
		"chcon -t": "",
		"chcon -t " + strings.Repeat("a_t ", 9) + "/x # see /var/log": "a_t /x false",
	} {
		r := audit.NewReader(strings.NewReader(line+"\n"), audit.Options{})
		for range r.Events() {
		}
		var got []string
		for _, c := range r.Prose().Chcon {
			got = append(got, fmt.Sprintf("%s %s %v", c.Type, c.Path, c.Tree))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: got %q, want %q", line, text, want)
		}
	}
	r := audit.NewReader(strings.NewReader(strings.Repeat("chcon -t a_t /b\n", 20)), audit.Options{})
	for range r.Events() {
	}
	if n := len(r.Prose().Chcon); n != 8 {
		t.Errorf("%d commands are kept", n)
	}
}

// TestChconCovers: a name alone is compared with the last part, a path with the whole.
func TestChconCovers(t *testing.T) {
	for _, c := range []struct {
		path, name string
		tree, want bool
	}{
		{"/opt/a/*.pl", "x.pl", false, true},
		{"/opt/a/*.pl", "x.py", false, false},
		{"/opt/a", "/opt/a", false, true},
		{"/opt/a", "/opt/a/b", false, false},
		{"/opt/a", "/opt/a/b/c", true, true},
		{"/opt/a", "/opt/ab", true, false},
		{"/opt/[", "[", false, false},
	} {
		x := audit.Chcon{Type: "bin_t", Path: c.path, Tree: c.tree}
		if got := x.Covers(c.name); got != c.want {
			t.Errorf("%+v covers %s: %v", x, c.name, got)
		}
	}
}
