package daemonconf

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

func daemons() []daemon {
	return []daemon{
		{program: "haproxy", binary: "/usr/sbin/haproxy", make: makeHAProxy, usual: true, connects: true},
		{program: "nginx", binary: "/usr/sbin/nginx", make: makeNginx, usual: true},
		{program: "sshd", binary: "/usr/sbin/sshd", make: makeSSHD},
		{program: "redis", binary: "/usr/bin/redis-server", make: makeRedis},
		{program: "unbound", binary: "/usr/sbin/unbound", make: makeUnbound},
		{program: "named", binary: "/usr/sbin/named", make: makeNamed, interfaces: true},
		{program: "httpd", binary: "/usr/sbin/apache2", make: makeHTTPD},
		{program: "squid", binary: "/usr/sbin/squid", make: makeSquid},
		{program: "prometheus", binary: "/usr/bin/prometheus", make: makePrometheus},
		{program: "node_exporter", binary: "/usr/bin/prometheus-node-exporter", make: makeExporter},
		{program: "mariadb", binary: "/usr/sbin/mariadbd", make: makeMariaDB},
		{program: "postgresql", binary: "/usr/lib/postgresql/15/bin/postgres", make: makePostgreSQL, user: "postgres"},
	}
}

func makeHAProxy(g *generator) []string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("global\n  setenv PORT %d\n  stats socket %s", g.port(), g.pick("ipv4@127.0.0.1:", ":")+fmt.Sprint(g.port()))
	p("defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s")
	for i := range 1 + g.IntN(3) {
		p("%s f%d # comment", g.pick("frontend", "listen"), i)
		for range 1 + g.IntN(3) {
			switch g.IntN(6) {
			case 0:
				n := g.port()
				p("  bind 127.0.0.1:%d-%d", n, n+2)
			case 1:
				p("  bind :::%d v6only", g.port())
			case 2:
				p("  bind *:%d,127.0.0.1:%d", g.port(), g.port())
			case 3:
				p("  bind \"[::1]:%d\"", g.port())
			default:
				p("  bind %s:%d", g.pick("", "*", "0.0.0.0", "127.0.0.1", "ipv4@", "localhost"), g.port())
			}
		}
		if g.IntN(6) == 0 {
			p("  disabled")
		}
	}
	p(".if defined(SENET_NO_SUCH)\nfrontend never\n  bind :%d\n.elif streq(a,a)\nfrontend env\n"+
		"  bind \":$PORT\"\n.endif", g.port())
	p("backend b")
	if g.IntN(2) == 0 {
		p("  default-server inter 100ms port %d", g.port())
	} else {
		p("  default-server inter 100ms")
	}
	for i := range 1 + g.IntN(3) {
		// A check goes to the check's port alone, for no client comes.
		p("  server s%d 127.0.0.1:%d check", i, g.port())
	}
	if g.IntN(2) == 0 {
		p("peers p\n  peer me 127.0.0.1:%d\n  peer you 127.0.0.1:%d", g.port(), g.port())
	}
	return []string{"-db", "-L", "me", "-f", g.write("haproxy.cfg", b.String())}
}

func makeNginx(g *generator) []string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("pid %s/pid; error_log %s/error.log; daemon off; master_process off; events { } # comment {", g.dir, g.dir)
	p("http { access_log off; include conf.d/*.conf; upstream u { server 127.0.0.1:1; }")
	for range 1 + g.IntN(4) {
		n := g.port()
		p("  server { location / { proxy_pass http://u; }")
		switch g.IntN(7) {
		case 0:
			p("listen [::]:%d;", n)
		case 1:
			p("listen 127.0.0.1:%d;\nlisten [::1]:%d;", n, n)
		case 2:
			p("listen %d; } server { listen 127.0.0.1:%d; listen '%d';", n, g.port(), n)
		case 3:
			p("listen 127.0.0.1:%d-%d;", n, n+2)
		case 4:
			p("listen \"localhost:%d\";", n)
		case 5:
			p("listen unix:%s/s%d;", g.dir, n)
		default:
			p("listen %s%d default_server;", g.pick("", "*:", "0.0.0.0:"), n)
		}
		p("  }")
	}
	p("}")
	if g.IntN(4) == 0 {
		g.write("conf.d/a.conf", "server { server_name a; }\n") // port 80
	}
	g.write("conf.d/b.conf", fmt.Sprintf("server { listen %d; }\n", g.port()))
	g.write("conf.d/c.off", "server { listen 1; }\n")
	return []string{"-c", g.write("nginx.conf", b.String()), "-p", g.dir}
}

func makeSSHD(g *generator) []string {
	key := filepath.Join(g.dir, "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		g.t.Fatalf("%v: %s", err, out)
	}
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("HostKey %s\nPidFile none\nX11Forwarding yes", key)
	for range g.IntN(3) {
		p("%s%s%d%s", g.pick("Port", "port", "PORT"), g.pick(" ", "=", " = "), g.port(), g.pick("", " # x"))
	}
	for range g.IntN(3) {
		p("ListenAddress %s", g.pick("127.0.0.1", "0.0.0.0", fmt.Sprintf("127.0.0.1:%d", g.port()), "::1",
			fmt.Sprintf("[::1]:%d", g.port()), fmt.Sprintf("\"0.0.0.0:%d\"", g.port())))
	}
	if g.IntN(3) == 0 && !strings.Contains(b.String(), "::1") {
		p("AddressFamily %s", g.pick("inet", "any"))
	}
	g.write("inc/a.conf", fmt.Sprintf("Port %d\n", g.port()))
	p("Include %s/inc/*.conf\nMatch User x\n  X11Forwarding no", g.dir)
	argv := []string{"-D", "-e", "-f", g.write("sshd_config", b.String())}
	if g.IntN(3) == 0 {
		argv = append(argv, g.pick("-p", "-oPort="))
		if last := &argv[len(argv)-1]; *last == "-p" {
			argv = append(argv, fmt.Sprint(g.port()))
		} else {
			*last += fmt.Sprint(g.port())
		}
	}
	return argv
}

func makeRedis(g *generator) []string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("dir %s\nport %d\nprotected-mode no", g.dir, g.port())
	if g.IntN(3) == 0 {
		p("PORT %d # no comment in redis, so no", 0)
		b.Reset()
		p("dir %s\nport %d\nport %d", g.dir, g.port(), g.port())
	}
	if g.IntN(2) == 0 {
		p("bind %s", g.pick("127.0.0.1", "127.0.0.1 -::1", "* -::*", "\"127.0.0.1\" ::1", "0.0.0.0"))
	}
	if g.IntN(2) == 0 {
		p("cluster-enabled yes\ncluster-config-file nodes.conf")
		if g.IntN(2) == 0 {
			p("cluster-port %d", g.port())
		}
	}
	if g.IntN(3) == 0 {
		p("include %s", g.write("more.conf", fmt.Sprintf("port %d\n", g.port())))
	}
	argv := []string{g.write("redis.conf", b.String())}
	if g.IntN(3) == 0 {
		argv = append(argv, "--port", fmt.Sprint(g.port()))
	}
	return argv
}

func makeUnbound(g *generator) []string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("server:\n  username: \"\"\n  chroot: \"\"\n  directory: \"%s\"\n"+
		"  pidfile: \"%s/pid\"\n  use-syslog: no", g.dir, g.dir)
	if g.IntN(2) == 0 {
		p("  port: %d # comment", g.port())
	}
	for range g.IntN(3) {
		p("  interface: %s", g.pick("127.0.0.1", "0.0.0.0", fmt.Sprintf("127.0.0.1@%d", g.port()), "::1", "::0"))
	}
	p("  %s", g.pick("do-ip6: no", "do-tcp: no", "do-udp: yes", "do-ip6: yes"))
	if g.IntN(2) == 0 {
		p("remote-control:\n  control-enable: yes\n  control-use-cert: no")
		if g.IntN(2) == 0 {
			p("  control-port: %d", g.port())
		}
	}
	g.write("conf/a.conf", fmt.Sprintf("server: interface: 127.0.0.1@%d\n", g.port()))
	p("include: \"%s/conf/*.conf\"", g.dir)
	return []string{"-d", "-c", g.write("unbound.conf", b.String())}
}

func makeNamed(g *generator) []string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("/* a comment */ options { directory \"%s\"; pid-file none; session-keyfile none;\n"+
		"managed-keys-directory \"%s\";", g.dir, g.dir)
	p("dnssec-validation no; recursion no; // comment")
	if g.IntN(2) == 0 {
		p("port %d;", g.port())
	}
	switch g.IntN(4) {
	case 0:
		p("listen-on port %d { 127.0.0.1; }; listen-on { any; };", g.port())
	case 1:
		p("listen-on { none; };")
	case 2:
		p("listen-on port %d { any; };", g.port())
	}
	p("%s", g.pick("listen-on-v6 { none; };", "listen-on-v6 { ::1; };", ""))
	p("};")
	switch g.IntN(3) {
	case 0:
		p("controls { };")
	case 1:
		p("controls { inet 127.0.0.1 port %d allow { localhost; }; };", g.port())
	default:
		p("controls { inet * port %d allow { any; } keys { \"k\"; }; };", g.port())
	}
	p("key \"k\" { algorithm hmac-sha256; secret \"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"; };")
	if g.IntN(2) == 0 {
		p("statistics-channels { inet 127.0.0.1 port %d allow { any; }; };", g.port())
	}
	return []string{"-g", "-c", g.write("named.conf", b.String())}
}

func makeHTTPD(g *generator) []string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("ServerRoot \"%s\"\nServerName x\nPidFile %s/pid\nErrorLog %s/error.log", g.dir, g.dir, g.dir)
	p("DefaultRuntimeDir %s", g.dir)
	p("LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so")
	p("LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so")
	p("Define PORT %d\n# Listen 1", g.port())
	for range 1 + g.IntN(3) {
		p("%s %s%d%s", g.pick("Listen", "LISTEN"), g.pick("", "127.0.0.1:", "[::1]:", "0.0.0.0:"), g.port(),
			g.pick("", " https"))
	}
	p("<IfModule %s>\n  Listen %d\n</IfModule>", g.pick("mod_ssl.c", "mpm_event_module", "!mod_ssl.c",
		"mod_mpm_event.c", "event.c", "core.c"), g.port())
	p("<IfDefine %s>\n  <IfModule nothing>\n Listen 1\n</IfModule>\n Listen %d\n</IfDefine>", g.pick("PORT",
		"!PORT", "NO"), g.port())
	p("Listen \\\n  ${PORT}")
	g.write("inc/a.conf", fmt.Sprintf("Listen %d\n<VirtualHost *:1>\nServerName y\n</VirtualHost>\n", g.port()))
	p("Include%s inc/*.conf\nIncludeOptional gone/*.conf", g.pick("", "Optional"))
	return []string{"-X", "-f", g.write("httpd.conf", b.String())}
}

func makeSquid(g *generator) []string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("pid_filename none\ncache_log /dev/null\naccess_log none\ncoredump_dir none\nshutdown_lifetime 0")
	for range 1 + g.IntN(3) {
		p("http_port %s%d%s", g.pick("", "127.0.0.1:", "[::1]:", "0.0.0.0:"), g.port(),
			g.pick("", " connection-auth=off"))
	}
	if g.IntN(2) == 0 {
		p("icp_port %d", g.port())
	}
	if g.IntN(3) == 0 {
		p("if ${process_number} = %d\nhttp_port %d\nelse\nhttp_port %d\nendif", g.IntN(2), g.port(), g.port())
	}
	g.write("inc/a.conf", fmt.Sprintf("http_port %d\n", g.port()))
	p("include %s/inc/*.conf", g.dir)
	return []string{"-N", "-f", g.write("squid.conf", b.String())}
}

func makePrometheus(g *generator) []string {
	argv := makeExporter(g)[:1]
	return append(argv, "--storage.tsdb.path="+g.dir+"/data", "--config.file="+g.write("p.yml", "global: {}\n"))
}

func makeExporter(g *generator) []string {
	return []string{g.pick("--web.listen-address=", "--web.listen-address=127.0.0.1", "--web.listen-address=[::1]",
		"--web.listen-address=0.0.0.0") + fmt.Sprintf(":%d", g.port())}
}

func makeMariaDB(g *generator) []string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("[client]\nport=1\n[%s]", g.pick("mysqld", "server", "mariadb", "mariadbd", "mariadb-10.11"))
	p("datadir=%s/data\nsocket=%s/s\npid-file=%s/pid\nuser=root\nlog-error=/dev/null", g.dir, g.dir, g.dir)
	p("%s = %d # comment", g.pick("port", "PORT", "loose-port"), g.port())
	if g.IntN(2) == 0 {
		p("%s=%s", g.pick("bind-address", "bind_address"), g.pick("127.0.0.1", "0.0.0.0", "::1", "127.0.0.1,::1", "*"))
	}
	if g.IntN(3) == 0 {
		p("extra_port=%d", g.port())
	}
	if g.IntN(6) == 0 {
		p("skip-networking")
	}
	g.write("inc/a.cnf", fmt.Sprintf("[mysqld]\nport=%d\n", g.port()))
	if g.IntN(3) == 0 {
		p("!includedir %s/inc", g.dir)
	}
	file := g.write("my.cnf", strings.ReplaceAll(b.String(), "PORT", "port"))
	g.run("mariadb-install-db", "--no-defaults", "--datadir="+g.dir+"/data", "--user=root",
		"--auth-root-authentication-method=normal", "--skip-test-db")
	return []string{"--defaults-file=" + file}
}

func makePostgreSQL(g *generator) []string {
	g.run("chown", "postgres", g.dir)
	g.run("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "/usr/lib/postgresql/15/bin/initdb",
		"-N", "-D", g.dir+"/data")
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("unix_socket_directories = '%s'", g.dir)
	if g.IntN(2) == 0 {
		p("%s %d # comment", g.pick("port =", "Port", "port="), g.port())
	}
	if g.IntN(2) == 0 {
		p("listen_addresses = '%s'", g.pick("*", "127.0.0.1", "0.0.0.0", "::1", "127.0.0.1, ::1", "127.0.0.1"))
	} else {
		p("listen_addresses '127.0.0.1'")
	}
	g.write("data/conf.d/a.conf", fmt.Sprintf("port = %d\n", g.port()))
	if g.IntN(3) == 0 {
		p("include_dir 'conf.d'")
	}
	g.write("data/postgresql.conf", b.String())
	if g.IntN(4) == 0 {
		g.write("data/postgresql.auto.conf", fmt.Sprintf("port = '%d'\n", g.port()))
	}
	argv := []string{"-D", g.dir + "/data"}
	if g.IntN(4) == 0 {
		argv = append(argv, g.pick("-p", "-cport=", "--port=")+fmt.Sprint(g.port()))
	}
	return argv
}
