package check

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// running makes a system on which haproxy (812) listens at 127.0.0.1:80, 0.0.0.0:9000 and [::]:443, has a
// connection to 10.0.0.7:5432 and a socket for datagrams at a port of the kernel's choice, and another
// program (813) listens at 0.0.0.0:8008. The addresses are as a little-endian machine shows them.
func running(t *testing.T, config string) string {
	t.Helper()
	files := map[string]string{
		"etc/haproxy/haproxy.cfg": config,
		"etc/systemd/system/haproxy.service": "[Service]\nExecStart=/usr/sbin/haproxy -f " +
			"/etc/haproxy/haproxy.cfg\n",
	}
	line := func(n int, local, remote, state string, inode int) string {
		return fmt.Sprintf("%d: %s %s %s 00000000:00000000 00:00000000 00000000 0 0 %d 1\n", n, local, remote, state,
			inode)
	}
	nobody, nobody6 := "00000000:0000", strings.Repeat("0", 32)+":0000"
	for pid, p := range map[string]struct{ unit, domain, exe string }{
		"812": {"haproxy.service", "haproxy_t", "/usr/sbin/haproxy"},
		"813": {"other.service", "httpd_t", "/usr/sbin/other"},
	} {
		dir := "proc/" + pid
		name := p.exe[len("/usr/sbin/"):]
		files[dir+"/stat"] = pid + " (" + name + ") S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 1 1\n"
		files[dir+"/attr/current"] = "system_u:system_r:" + p.domain + ":s0\x00"
		files[dir+"/cgroup"] = "0::/system.slice/" + p.unit + "\n"
		files[dir+"/exe"] = "-> " + p.exe
		files[dir+"/ns/net"] = "-> net:[4026531840]"
		files[dir+"/net/tcp"] = line(0, "0100007F:0050", nobody, "0A", 1) + line(1, "00000000:2328", nobody, "0A", 2) +
			line(2, "0200000A:C000", "0700000A:1538", "01", 3) + line(3, "00000000:1F48", nobody, "0A", 4)
		files[dir+"/net/tcp6"] = line(0, strings.Repeat("0", 32)+":01BB", nobody6, "0A", 5)
		files[dir+"/net/udp"] = line(0, "00000000:C001", nobody, "07", 6)
	}
	for fd, inode := range []int{1, 2, 3, 5, 6} {
		files[fmt.Sprintf("proc/812/fd/%d", fd)] = fmt.Sprintf("-> socket:[%d]", inode)
	}
	files["proc/net/none"] = ""
	files["proc/813/fd/3"] = "-> socket:[4]"
	return testenv.Tree(t, image(files))
}

// TestChanged: an endpoint is nothing new if there is a socket with its protocol, address and port in a
// process of its domain; a socket of the service that no endpoint names is gone.
func TestChanged(t *testing.T) {
	for _, tt := range []struct{ name, config, changed, gone string }{
		{"as it runs", "frontend f\n bind 127.0.0.1:80\n bind *:9000\n bind :::443\nbackend b\n" +
			" server a 10.0.0.7:5432\n", "", ""},
		{"another port", "frontend f\n bind 127.0.0.1:81\n bind *:9000\n bind :::443\nbackend b\n" +
			" server a 10.0.0.7:5433\n", "listen 81, connect 5433", "tcp 127.0.0.1:80"},
		{"another address", "frontend f\n bind 127.0.0.2:80\n bind *:9000\n bind :::443\n", "listen 80",
			"tcp 127.0.0.1:80"},
		{"another domain has it", "frontend f\n bind 127.0.0.1:80\n bind *:9000\n bind :::443\n bind *:8008\n",
			"listen 8008", ""},
		{"a range that is partly open", "frontend f\n bind 127.0.0.1:80-81\n bind *:9000\n bind :::443\n", "listen 80",
			""},
		{"a variable may be the one", "frontend f\n bind 127.0.0.1:80\n bind \"*:$P\"\n bind :::443\n", "listen 0", ""},
		{"nothing is configured", "frontend f\n", "", "tcp 127.0.0.1:80, tcp [::]:443, tcp 0.0.0.0:9000"},
	} {
		c := checker(t, running(t, tt.config), Options{})
		s, _, err := c.Unit("haproxy.service")
		if err != nil {
			t.Fatal(err)
		}
		all := len(s.Items)
		r, err := c.Running()
		if err != nil {
			t.Fatal(err)
		}
		c.Changed([]*Service{s}, r)
		var changed, gone []string
		for _, item := range s.Items {
			changed = append(changed, fmt.Sprintf("%s %d", item.Op, item.Low))
		}
		for _, g := range s.Gone {
			gone = append(gone, g.Protocol+" "+g.Local.String())
			if g.Process.PID != 812 {
				t.Errorf("%s: %+v", tt.name, g)
			}
		}
		if got := strings.Join(changed, ", "); got != tt.changed || s.Same != all-len(s.Items) {
			t.Errorf("%s: changed %q, want %q; %d same", tt.name, got, tt.changed, s.Same)
		}
		if got := strings.Join(gone, ", "); got != tt.gone {
			t.Errorf("%s: gone %q, want %q", tt.name, got, tt.gone)
		}
	}
}

// A file is compared with the processes of its program.
func TestChangedFile(t *testing.T) {
	c := checker(t, running(t, "frontend f\n bind 127.0.0.1:80\n"), Options{Domain: "haproxy_t"})
	s, err := c.File("/etc/haproxy/haproxy.cfg", "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Running()
	if err != nil {
		t.Fatal(err)
	}
	c.Changed([]*Service{s}, r)
	if len(s.Items) != 0 || len(s.Gone) != 2 {
		t.Errorf("%+v %+v", s.Items, s.Gone)
	}
}

// TestChangedUnix: a UNIX socket that waits is nothing new.
func TestChangedUnix(t *testing.T) {
	dir := running(t, "frontend f\n bind /run/a.sock\n bind /run/b.sock\n")
	unix := "Num RefCount Protocol Flags Type St Inode Path\n0: 00000002 00000000 00010000 0001 01 7 /run/a.sock\n"
	if err := os.WriteFile(dir+"/proc/net/unix", []byte(unix), 0o600); err != nil {
		t.Fatal(err)
	}
	c := checker(t, dir, Options{})
	s, _, err := c.Unit("haproxy.service")
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Running()
	if err != nil {
		t.Fatal(err)
	}
	c.Changed([]*Service{s}, r)
	if len(s.Objects) != 1 || s.Objects[0].Path != "/run/b.sock" {
		t.Errorf("%+v", s.Objects)
	}
}

// The sockets of this machine, whose processes need have no label: the address decides then.
func TestChangedHere(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		testenv.Missing(t, err.Error())
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	config := t.TempDir() + "/haproxy.cfg"
	text := fmt.Sprintf("frontend f\n bind 127.0.0.1:%d\n bind 127.0.0.77:%d\nresolvers default\n", port, port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := checker(t, "", Options{Domain: "haproxy_t"})
	r, err := c.Running()
	if err != nil {
		testenv.Missing(t, err.Error())
	}
	for _, p := range r.Processes {
		if p.Context != "" {
			testenv.Missing(t, "SELinux labels the processes of this machine")
		}
	}
	s, err := c.File(config, "haproxy")
	if err != nil {
		t.Fatal(err)
	}
	c.Changed([]*Service{s}, r)
	if len(s.Items) != 1 || s.Items[0].Host != "127.0.0.77" || s.Same != 1 {
		t.Errorf("%+v, %d same", s.Items, s.Same)
	}
}
