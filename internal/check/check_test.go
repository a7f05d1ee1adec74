package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
)

// system makes a directory with the files of a system.
func system(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func checker(t testing.TB, dir string, o Options) *Checker {
	t.Helper()
	return checkerOf(t, dir, senet.Example, o)
}

// checkerOf is checker with another policy.
func checkerOf(t testing.TB, dir, file string, o Options) *Checker {
	t.Helper()
	ctx := context.Background()
	s, err := senet.Open(ctx, senet.Options{Policy: file, Root: dir})
	if err != nil {
		t.Fatal(err)
	}
	o.Root = dir
	c, err := New(ctx, s, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const contexts = `/usr/sbin/haproxy	--	system_u:object_r:haproxy_exec_t:s0
/usr/sbin/nginx	--	system_u:object_r:httpd_exec_t:s0
/usr/sbin/sshd	--	system_u:object_r:sshd_exec_t:s0
/usr/bin/sh	--	system_u:object_r:shell_exec_t:s0
/usr/bin/.*	system_u:object_r:bin_t:s0
`

func image(more map[string]string) map[string]string {
	files := map[string]string{
		"etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
		"etc/selinux/targeted/contexts/files/file_contexts": contexts,
		"usr/sbin/haproxy": "", "usr/sbin/nginx": "", "usr/sbin/sshd": "", "usr/bin/sh": "", "usr/bin/env": "",
	}
	for name, text := range more {
		files[name] = text
	}
	return files
}

// TestSameAsCan: every verdict is the one that senet can gives for the same question.
func TestSameAsCan(t *testing.T) {
	r := rand.New(rand.NewPCG(testenv.Seed(t), 1))
	var b strings.Builder
	b.WriteString("frontend f\n")
	for range testenv.Rounds(200, 5000) {
		low := 1 + r.IntN(65000)
		switch r.IntN(4) {
		case 0:
			fmt.Fprintf(&b, " bind :%d-%d\n", low, low+r.IntN(300))
		case 1:
			fmt.Fprintf(&b, " bind 127.0.0.1:%d\n", low)
		default:
			fmt.Fprintf(&b, " server x 10.0.0.%d:%d\n", r.IntN(200), low)
		}
	}
	dir := system(t, map[string]string{"h.cfg": b.String()})
	for _, domain := range []string{"haproxy_t", "httpd_t", "zabbix_agent_t", "unconfined_t", "init_t"} {
		c := checker(t, dir, Options{Domain: domain})
		s, err := c.File("/h.cfg", "haproxy")
		if err != nil {
			t.Fatal(err)
		}
		verdicts := map[network.Verdict]int{}
		for i := range s.Items {
			item := &s.Items[i]
			target := senet.Target{Protocol: network.Protocol(item.Protocol), Addr: item.Question.Addr,
				Ports: portset.Range{Low: item.Low, High: item.High}}
			a, err := c.session.Can(context.Background(), senet.Query{
				Subject: domain, Operation: network.Operation(item.Op), Target: target})
			if err != nil {
				t.Fatal(err)
			}
			verdicts[a.Verdict]++
			if a.Verdict != item.Verdict || a.Port != item.Question.Port {
				t.Errorf("%s %s %s: %s at %d, can says %s at %d", domain, item.Op, target, item.Verdict,
					item.Question.Port, a.Verdict, a.Port)
			}
		}
		t.Log(domain, verdicts)
	}
}

// Who does it: the unit's program, what a wrapper executes, process 1 for a socket unit.
func TestWho(t *testing.T) {
	dir := system(t, image(map[string]string{
		"etc/haproxy/haproxy.cfg":            "backend b\n server x h:5601\n",
		"etc/nginx/nginx.conf":               "http { server { listen 5601; } }",
		"etc/systemd/system/haproxy.service": "[Service]\nExecStart=/usr/sbin/haproxy -f /etc/haproxy/haproxy.cfg\n",
		"etc/systemd/system/wrap.service": "[Service]\nEnvironment=C=/etc/haproxy/haproxy.cfg\n" +
			"ExecStart=/usr/bin/env A=b /usr/sbin/haproxy -f ${C}\n",
		"etc/systemd/system/set.service": "[Service]\nSELinuxContext=system_u:system_r:squid_t:s0\n" +
			"ExecStart=/usr/sbin/haproxy -f /etc/haproxy/haproxy.cfg\n",
		"etc/systemd/system/web.service":     "[Service]\nExecStart=/usr/sbin/nginx\n",
		"etc/systemd/system/web.socket":      "[Socket]\nListenStream=5601\nListenStream=/run/x\n",
		"etc/systemd/system/unknown.service": "[Service]\nExecStart=/usr/bin/other\n",
	}))
	c := checker(t, dir, Options{})
	for _, tt := range []struct{ unit, domain, verdict string }{
		{"haproxy.service", "haproxy_t", "denied"},
		// env is started in a domain that no transition leaves for haproxy_t.
		{"wrap.service", "unconfined_service_t", "allowed"},
		{"set.service", "squid_t", "allowed"},
		{"web.service", "httpd_t", "denied"},
		{"web.socket", "httpd_t", "denied"},
	} {
		s, ok, err := c.Unit(tt.unit)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", tt.unit, ok, err)
			continue
		}
		domain := "unknown"
		if s.Unknown == nil {
			domain = c.Policy().TypeName(policy.TypeID(s.Subject.Context.Type))
		}
		if domain != tt.domain || len(s.Items) != 1 || string(s.Verdict()) != tt.verdict {
			t.Errorf("%s: %s %v %+v, want %+v", tt.unit, domain, s.Verdict(), s.Subject.Steps, tt)
		}
		if maker := s.Items[0].Question.Maker != nil; maker != (tt.unit == "web.socket") {
			t.Errorf("%s: opened by process 1: %v", tt.unit, maker)
		}
	}
	if _, ok, err := c.Unit("unknown.service"); ok || err != nil {
		t.Errorf("a program that is not known: %v, %v", ok, err)
	}
}

// BenchmarkAll checks a system of 100 enabled services.
func BenchmarkAll(b *testing.B) {
	files := image(nil)
	for i := range 100 {
		name := fmt.Sprintf("s%d", i)
		program, conf := "haproxy -f", "frontend a\n bind :80\nbackend b\n"+strings.Repeat(" server x h:5601\n", 20)
		if i%2 == 0 {
			program, conf = "nginx -c", "http { server { listen 80; } "+
				strings.Repeat("server { location / { proxy_pass http://h:5601; } }\n", 20)+"}"
		}
		files["etc/conf/"+name] = conf
		files["etc/systemd/system/"+name+".service"] = "[Service]\n" +
			"ExecStart=/usr/sbin/" + program + " /etc/conf/" + name
		files["etc/systemd/system/multi-user.target.wants/"+name+".service"] = "x"
	}
	dir := system(b, files)
	b.ReportAllocs()
	for b.Loop() {
		c := checker(b, dir, Options{})
		list, _, err := c.All()
		if err == nil {
			err = c.Fix(list)
		}
		if err != nil || len(list) != 100 || Worst(list) != network.Denied {
			b.Fatal(len(list), err)
		}
	}
}

// TestWorkers: the master of Postfix binds, and the daemons that it starts connect in their own domains.
func TestWorkers(t *testing.T) {
	dir := system(t, image(map[string]string{
		"etc/postfix/master.cf": "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\n",
		"etc/postfix/main.cf": "relayhost = [mail]:2525\nsmtpd_milters = inet:localhost:8891, unix:m.sock\n" +
			"smtpd_tls_cert_file = /etc/ssl/a.pem\nsmtp_tls_CAfile = /etc/ssl/ca.pem\n",
	}))
	c := checkerOf(t, dir, testenv.Policy(t, "default"), Options{})
	service, err := c.Program("postfix")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, item := range service.Items {
		domain := c.Policy().TypeName(policy.TypeID(item.Who.Context.Type))
		got = append(got, fmt.Sprintf("%s %s %d", domain, item.Op, item.Low))
	}
	want := "postfix_master_t listen 25, postfix_master_t listen 25, postfix_smtpd_t connect 8891, " +
		"postfix_smtp_t connect 2525"
	if strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	got = nil
	for _, o := range service.Objects {
		got = append(got, c.Policy().TypeName(policy.TypeID(o.Who.Context.Type))+" "+o.Path)
	}
	want = "postfix_smtpd_t /etc/ssl/a.pem, postfix_smtp_t /etc/ssl/ca.pem, postfix_smtpd_t /var/spool/postfix/m.sock"
	if strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}
