package diagnose_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/subject"
)

// configured writes the endpoints that a line without a port may be about, then the assumption.
func configured(t *testing.T, files map[string]string, log string) string {
	t.Helper()
	root, err := host.OpenRoot(testenv.Tree(t, files))
	if err != nil {
		t.Fatal(err)
	}
	g := newDiagnoser(t).In(&subject.System{Root: root})
	e := one(t, log)
	var text []string
	say := func(port uint16, candidates []diagnose.Candidate) {
		text = append(text, fmt.Sprint(port))
		for _, c := range candidates {
			text = append(text, fmt.Sprintf("%s %s/%d %s", c.Place(), c.Protocol, c.Port, c.Verdict))
		}
	}
	if e.Symptom != nil {
		d := g.Symptom(e)
		say(d.Port, d.Candidates)
		if (len(d.Assumptions) == 1) != (d.Port != 0 && e.Symptom.Port == 0) {
			t.Errorf("port %d, assumptions %v", d.Port, d.Assumptions)
		}
		return strings.Join(text, ", ")
	}
	d := g.AVC(e, &e.AVCs[0])
	say(d.Port, d.Candidates)
	if (len(d.Assumptions) == 1) != (d.Port != 0 && e.AVCs[0].Src == 0 && e.AVCs[0].Dest == 0) {
		t.Errorf("port %d, assumptions %v", d.Port, d.Assumptions)
	}
	return strings.Join(text, ", ")
}

// TestConfigured: the port of a line that has none is that of the only endpoint that fits, else of the
// only one that the policy refuses; else none is assumed.
func TestConfigured(t *testing.T) {
	const (
		conf   = "etc/nginx/nginx.conf"
		failed = "nginx: [emerg] bind() failed (13: Permission denied)"
		check  = `haproxy[812]: Server %s is DOWN, reason: Layer4 connection problem, info: "General socket error ` +
			`(Permission denied)"`
		proxy = "etc/haproxy/haproxy.cfg"
	)
	listen := func(ports ...int) map[string]string {
		text := "http {\n"
		for _, p := range ports {
			text += fmt.Sprintf("server { listen %d; }\n", p)
		}
		return map[string]string{conf: text + "}\n"}
	}
	on := func(host string) map[string]string {
		return map[string]string{conf: "http { server { listen 5601; } }", "etc/hostname": host}
	}
	haproxy := func(line string) string { return strings.Replace(line, `comm="x"`, `comm="haproxy"`, 1) }
	backend := map[string]string{proxy: "backend a\n server x 10.0.0.1:5601\n server y 10.0.0.2:5602\n" +
		"backend b\n server x 10.0.0.1:80\n server z 10.0.0.3:80 check port 9999\n"}
	for _, tt := range []struct {
		name  string
		files map[string]string
		line  string
		want  string
	}{
		{"the only one, refused", listen(5601), failed, "5601, /etc/nginx/nginx.conf:2 tcp/5601 denied"},
		{"the only one, allowed today", listen(80), failed, "80, /etc/nginx/nginx.conf:2 tcp/80 allowed"},
		{"the only refused one", listen(80, 5601, 443), failed, "5601, /etc/nginx/nginx.conf:2 tcp/80 allowed, " +
			"/etc/nginx/nginx.conf:3 tcp/5601 denied, /etc/nginx/nginx.conf:4 tcp/443 allowed"},
		{"several are refused", listen(5601, 5602), failed, "0, /etc/nginx/nginx.conf:2 tcp/5601 denied, " +
			"/etc/nginx/nginx.conf:3 tcp/5602 denied"},
		{"none is refused", listen(80, 443), failed, "0, /etc/nginx/nginx.conf:2 tcp/80 allowed, " +
			"/etc/nginx/nginx.conf:3 tcp/443 allowed"},
		{"both families are one", map[string]string{conf: "http { server { listen 5601; listen [::]:5601; } }"}, failed,
			"5601, /etc/nginx/nginx.conf:1 tcp/5601 denied"},
		{"no configuration", nil, failed, "0"},
		{"another host's log", on("web2\n"),
			"Nov 20 08:00:00 web1 " + strings.Replace(failed, ":", "[812]:", 1), "0"},
		{"this host's log", on("web1.example\n"),
			"Nov 20 08:00:00 web1 " + strings.Replace(failed, ":", "[812]:", 1),
			"5601, /etc/nginx/nginx.conf:1 tcp/5601 denied"},
		{"a host without a name", on("(none)\n"), "Nov 20 08:00:00 web1 " + strings.Replace(failed, ":", "[812]:", 1),
			"5601, /etc/nginx/nginx.conf:1 tcp/5601 denied"},
		{"the server by its name", backend, fmt.Sprintf(check, "a/y"),
			"5602, /etc/haproxy/haproxy.cfg:3 tcp/5602 denied"},
		{"the same name in another backend", backend, fmt.Sprintf(check, "b/x"),
			"80, /etc/haproxy/haproxy.cfg:5 tcp/80 allowed"},
		{"the port of its check", backend, fmt.Sprintf(check, "b/z"),
			"9999, /etc/haproxy/haproxy.cfg:6 tcp/80 allowed, " +
				"/etc/haproxy/haproxy.cfg:6 tcp/9999 denied"},
		{"no such server", backend, fmt.Sprintf(check, "b/gone"), "0"},
		{"the unit names the file", map[string]string{
			"etc/systemd/system/nginx.service": "[Service]\nExecStart=/usr/sbin/nginx -c /srv/n.conf\n",
			"srv/n.conf":                       "http { server { listen 5601; } }",
			conf:                               "http { server { listen 80; } }",
		}, failed, "5601, /srv/n.conf:1 tcp/5601 denied"},
		// A record of the kernel: only endpoints of its label fit.
		{"a record without dest=", backend, haproxy(line("name_connect", "", "haproxy_t", "http_port_t", "tcp_socket")),
			"80, /etc/haproxy/haproxy.cfg:5 tcp/80 allowed"},
		{"several of the label", backend, haproxy(line("name_connect", "", "haproxy_t", "unreserved_port_t",
			"tcp_socket")),
			"0, /etc/haproxy/haproxy.cfg:2 tcp/5601 denied, /etc/haproxy/haproxy.cfg:3 tcp/5602 denied, " +
				"/etc/haproxy/haproxy.cfg:6 tcp/9999 denied"},
		{"a range has the label in part", map[string]string{conf: "http { server { listen 1022-1026; } }"},
			strings.Replace(line("name_bind", "", "haproxy_t", "unreserved_port_t", "tcp_socket"), `"x"`, `"nginx"`, 1),
			"1024, /etc/nginx/nginx.conf:1 tcp/1024 denied"},
		{"a record with dest=", backend, haproxy(line("name_connect", "dest=5602", "haproxy_t",
			"unreserved_port_t", "tcp_socket")),
			"5602"},
	} {
		if got := configured(t, tt.files, tt.line); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestConfiguredContainer: a program in a container has not read the configuration of the host.
func TestConfiguredContainer(t *testing.T) {
	db, err := policydb.DecodeString(strings.ReplaceAll(examples.Policy(), "etc_t", "spc_t"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := host.OpenRoot(testenv.Tree(t, map[string]string{
		"etc/haproxy/haproxy.cfg": "backend a\n server x 10.0.0.1:80\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	g := diagnose.New(access.NewDecider(policy.New(db)),
		network.Question{Machine: network.Machine{Host: host.Standard()}}).In(&subject.System{Root: root})
	for domain, want := range map[string]uint16{"haproxy_t": 80, "spc_t": 0} {
		denial := line("name_connect", "", domain, "http_port_t", "tcp_socket")
		e := one(t, strings.Replace(denial, `"x"`, `"haproxy"`, 1))
		if d := g.AVC(e, &e.AVCs[0]); d.Port != want || len(d.Candidates) != len(d.Assumptions) {
			t.Errorf("%s: port %d of %v", domain, d.Port, d.Candidates)
		}
	}
}

// TestConfiguredBounds: ranges that are too many are not all asked about, and the assumption says so; as it does
// where a file cannot be read.
func TestConfiguredBounds(t *testing.T) {
	wide := func(n int) string {
		text := "http { server {\n"
		for i := range n {
			text += fmt.Sprintf("listen 10.0.%d.%d:1024-65535;\n", i/256, i%256)
		}
		return text + "} }"
	}
	for _, test := range []struct {
		text  string
		whole bool
	}{
		{"http { server { listen 5601; } }", true},
		{"http { include missing.conf; server { listen 5601; } }", false},
		{wide(10), true},
		{wide(100), false},
	} {
		root, err := host.OpenRoot(testenv.Tree(t, map[string]string{"etc/nginx/nginx.conf": test.text}))
		if err != nil {
			t.Fatal(err)
		}
		denial := line("name_bind", "", "haproxy_t", "unreserved_port_t", "tcp_socket")
		e := one(t, strings.Replace(denial, `"x"`, `"nginx"`, 1))
		d := newDiagnoser(t).In(&subject.System{Root: root}).AVC(e, &e.AVCs[0])
		if len(d.Assumptions) == 1 && strings.Contains(test.text, "1024-65535") !=
			strings.Contains(d.Assumptions[0].Text, "has tcp/1024 among 1024-65535") {
			t.Errorf("%.60s: %v", test.text, d.Assumptions)
		}
		if len(d.Assumptions) != 1 ||
			strings.HasSuffix(d.Assumptions[0].Text, ", as far as the configuration was read") == test.whole {
			t.Errorf("%.60s: %v", test.text, d.Assumptions)
		}
	}
}
