package check

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
)

const fileContexts = `/	-d	system_u:object_r:root_t:s0
/etc(/.*)?	system_u:object_r:etc_t:s0
/etc/shadow	--	system_u:object_r:shadow_t:s0
/etc/private(/.*)?	system_u:object_r:shadow_t:s0
/etc/nginx(/.*)?	system_u:object_r:httpd_config_t:s0
/etc/ssl(/.*)?	system_u:object_r:cert_t:s0
/run(/.*)?	system_u:object_r:var_run_t:s0
/root(/.*)?	system_u:object_r:user_home_dir_t:s0
/var(/.*)?	system_u:object_r:var_t:s0
/var/log(/.*)?	system_u:object_r:var_log_t:s0
/var/log/nginx(/.*)?	system_u:object_r:httpd_log_t:s0
/var/spool/none	<<none>>
/usr/sbin/nginx	--	system_u:object_r:httpd_exec_t:s0
`

// objects checks nginx under Debian's policy on a system with some files.
func objects(t *testing.T, config string, more map[string]string) (dir string, check func() *Service) {
	t.Helper()
	files := map[string]string{
		"etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=default\n",
		"etc/selinux/default/contexts/files/file_contexts": fileContexts, "usr/sbin/nginx": "",
		"etc/nginx/nginx.conf": config,
	}
	maps.Copy(files, more)
	dir = system(t, files)
	return dir, func() *Service {
		c := checkerOf(t, dir, testenv.Policy(t, "default"), Options{})
		service, err := c.Program("nginx")
		if err != nil {
			t.Fatal(err)
		}
		return service
	}
}

func objectText(o *Object) string {
	text := fmt.Sprintf("%s %s", o.Path, o.Verdict)
	if d := o.Denied; d != nil {
		text += fmt.Sprintf(": %s %s %s", d.Name, d.Class, d.Path)
	}
	return text
}

// TestObjects: what a configuration names is asked about with the label of the file, else that of
// file_contexts, or the label that a new file gets; directories above it have to be searched. That the
// kernel answers so for UNIX sockets is TestKernelsCheck of test/kernel.
func TestObjects(t *testing.T) {
	for _, tt := range []struct{ config, want string }{
		// A file that is read: open and read.
		{"http { server { listen 80; ssl_certificate /etc/ssl/a.pem; } }", "/etc/ssl/a.pem allowed"},
		{"http { server { listen 80; ssl_certificate /etc/shadow; } }", "/etc/shadow denied: open file /etc/shadow"},
		// One that does not exist: nobody can say.
		{"http { server { listen 80; ssl_certificate /etc/ssl/gone.pem; } }", "/etc/ssl/gone.pem depends"},
		// But it is found in no directory that may not be searched. Dots are no part of the path that has a label.
		{"http { server { listen 80; ssl_certificate /etc/private/gone.pem; } }",
			"/etc/private/gone.pem denied: search dir /etc/private"},
		{"http { server { listen unix:/root/../run/nginx.sock; } }", "/root/../run/nginx.sock allowed"},
		// A log that exists is appended to, a new one is created with the label that follows from the directory.
		{"error_log /var/log/nginx/old.log;", "/var/log/nginx/old.log allowed"},
		{"error_log /var/log/nginx/new.log;", "/var/log/nginx/new.log allowed"},
		{"error_log /root/new.log;", "/root/new.log denied: write dir /root"},
		// A pid file: /run gives it the domain's own label.
		{"pid /run/nginx.pid;", "/run/nginx.pid allowed"},
		{"pid /root/nginx.pid;", "/root/nginx.pid denied: write dir /root"},
		// A UNIX socket is a new file in a directory.
		{"http { server { listen unix:/run/nginx.sock; } }", "/run/nginx.sock allowed"},
		{"http { server { listen unix:/root/nginx.sock; } }", "/root/nginx.sock denied: write dir /root"},
		// A device; a new file in a directory that the domain may not write to.
		{"error_log /dev/null;", "/dev/null depends"},
		{"error_log /var/spool/none;", "/var/spool/none denied: create file /var/spool/none"},
	} {
		_, check := objects(t, tt.config, map[string]string{"etc/ssl/a.pem": "", "etc/shadow": "",
			"var/log/nginx/old.log": "", "root/.x": "", "run/.x": "", "var/spool/.x": ""})
		s := check()
		var got []string
		for i := range s.Objects {
			got = append(got, objectText(&s.Objects[i]))
		}
		if !strings.Contains(strings.Join(got, ", "), tt.want) {
			t.Errorf("%s: %q, want %q", tt.config, got, tt.want)
		}
		if denied := strings.Contains(tt.want, "denied"); denied != (s.Verdict() == network.Denied) {
			t.Errorf("%s: %s", tt.config, s.Verdict())
		}
	}
}

// TestObjectLabel: the label on the system decides, and differs from that of file_contexts.
func TestObjectLabel(t *testing.T) {
	dir, check := objects(t, "http { server { listen 80; ssl_certificate /etc/ssl/a.pem; } }",
		map[string]string{"etc/ssl/a.pem": ""})
	label := []byte("system_u:object_r:shadow_t:s0\x00")
	if err := syscall.Setxattr(filepath.Join(dir, "etc/ssl/a.pem"), "security.selinux", label, 0); err != nil {
		testenv.Missing(t, "labels cannot be written: "+err.Error())
	}
	s := check()
	o := s.Objects[len(s.Objects)-1]
	if got := objectText(&o); got != "/etc/ssl/a.pem denied: open file /etc/ssl/a.pem" || !o.Wrong() ||
		o.Want != "system_u:object_r:cert_t:s0" || o.Have != "system_u:object_r:shadow_t:s0" {
		t.Errorf("%s: %+v", got, o)
	}
}

// TestObjectVariable: of a name with a variable nothing is known.
func TestObjectVariable(t *testing.T) {
	c := checker(t, system(t, image(nil)), Options{Domain: "httpd_t"})
	for _, name := range []string{"/root/$x", "/root/%i", "relative", "@abstract"} {
		o := c.object(Object{Path: name, Use: daemonconf.PID, Who: *c.domain}, true)
		if o.Verdict != network.Depends || o.Denied != nil {
			t.Errorf("%+v", o)
		}
	}
}

// TestObjectUnknown: without file_contexts nothing is said about files.
func TestObjectUnknown(t *testing.T) {
	dir, check := objects(t, "pid /root/nginx.pid;", nil)
	if err := os.Remove(filepath.Join(dir, "etc/selinux/default/contexts/files/file_contexts")); err != nil {
		t.Fatal(err)
	}
	s := check()
	if len(s.Objects) == 0 || s.Verdict() != network.Allowed {
		t.Errorf("%+v %s", s.Objects, s.Verdict())
	}
	for i := range s.Objects {
		if s.Objects[i].Verdict != network.Depends {
			t.Errorf("%+v", s.Objects[i])
		}
	}
}
