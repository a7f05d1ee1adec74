package daemonconf

import (
	"strings"
	"testing"
)

// One rule of haproxy's configuration in each case (configuration.txt 2.6, and what
// haproxy binds and connects to in oracle_test.go).
func TestHAProxy(t *testing.T) {
	files := tree{"/etc/hostname": "me\n"}
	cases(t, "haproxy", "/etc/haproxy/haproxy.cfg", files, Start{
		Argv: []string{"haproxy", "-Ws", "-f", "/etc/haproxy/haproxy.cfg"}, Env: map[string]string{"KNOWN": "8080"},
	})
}

// The command line: several files, directories, options with values.
func TestHAProxyArguments(t *testing.T) {
	files := tree{
		"/a.cfg": "frontend a\n bind :1\n", "/d/2.cfg": "frontend c\n bind :3\n", "/d/1.cfg": "frontend b\n bind :2\n",
		"/d/no": "frontend c\n bind :9\n", "/z.cfg": "frontend z\n bind :4\n",
	}
	argv := "haproxy -D -C / -f a.cfg -n 9 -f /d -S 127.0.0.1:5,level,x -p /run/p -- z.cfg /gone.cfg"
	got := read(t, files, "haproxy", Start{Argv: strings.Fields(argv)})
	want := "0 listen tcp/5 127.0.0.1|2 listen tcp/1|2 listen tcp/2|2 listen tcp/3|2 listen tcp/4|pid /run/p|" +
		"0: /gone.cfg cannot be read: file does not exist"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// The system's name servers: haproxy asks them for names of its own unless there is a
// section for that, and others where a section says so.
func TestHAProxyResolvers(t *testing.T) {
	for text, want := range map[string]string{
		"frontend a\n": "1 connect udp/53 9.9.9.9",
		"resolvers default\n nameserver n h:54\nresolvers r\n parse-resolv-conf\n": "2 connect udp/54 h|" +
			"1 connect udp/53 9.9.9.9",
	} {
		files := tree{"/h.cfg": text, "/etc/resolv.conf": "nameserver 9.9.9.9\n"}
		if got := read(t, files, "haproxy", Start{Argv: []string{"haproxy", "-f", "/h.cfg"}}); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestHAProxyChroot: what haproxy connects to is in its chroot, what it listens on is not: it is opened before. An
// abstract name has no path.
func TestHAProxyChroot(t *testing.T) {
	const text = "global\n log /dev/log local0\n stats socket /run/admin.sock\n chroot /var/lib/haproxy/\n" +
		"listen a\n bind unix@/run/a.sock\n chroot /not/here\n server s unix@/run/../app.sock\n server t abns@app\n"
	got := read(t, tree{"/h.cfg": text}, "haproxy", Start{Argv: []string{"haproxy", "-f", "/h.cfg"}})
	want := "unix send /var/lib/haproxy/dev/log|unix listen /run/admin.sock|unix listen /run/a.sock|" +
		"unix connect /var/lib/haproxy/app.sock|unix connect @app"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
