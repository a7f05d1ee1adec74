package daemonconf

import (
	"strings"
	"testing"
)

// Command lines that start another program.
func TestUnwrap(t *testing.T) {
	for line, want := range map[string]string{
		"/usr/sbin/haproxy -f x":              "/usr/sbin/haproxy -f x",
		"/usr/bin/env A=b -i /usr/sbin/nginx": "/usr/sbin/nginx",
		"/bin/nice -n 5 /usr/sbin/nginx -c x": "/usr/sbin/nginx -c x",
		"/usr/bin/runuser -u x -- /usr/bin/y": "/usr/bin/runuser -u x -- /usr/bin/y",
	} {
		argv := strings.Fields(line)
		if got, _ := unwrap(argv, argv[0]); strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	got, chain := unwrap([]string{"/bin/sh", "-c", "exec /usr/sbin/nginx -c x"}, "/bin/sh")
	if strings.Join(got, " ") != "/usr/sbin/nginx -c x" || len(chain) != 1 {
		t.Errorf("%q %q", got, chain)
	}
	if got, _ := unwrap([]string{"/bin/sh", "-c", "nginx -c $(x)"}, "/bin/sh"); len(got) != 3 {
		t.Errorf("a script was looked into: %q", got)
	}
}
