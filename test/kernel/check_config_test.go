package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A checked is a daemon that senet check is asked about, and that is then started.
type checked struct {
	name     string // of its package
	unit     string
	packages []string
	program  string
	// config is the file that the unit has it read; args start it so that it does not go into the
	// background.
	config string
	args   []string
	// own are ports that the policy has for it.
	own []int
	// refusals is how many of a hundred ports are such as may be refused.
	refusals int
	// stops says that it binds no more after a refusal.
	stops bool
	make  func(*configuration)
}

func checkedDaemons() []checked {
	return []checked{
		{name: "haproxy", unit: "haproxy.service", packages: []string{"haproxy"}, program: haproxyProgram,
			config: "/etc/haproxy/haproxy.cfg", args: []string{"-db", "-f", "/etc/haproxy/haproxy.cfg"},
			own: []int{80, 81, 443, 488, 8008, 8009, 8080, 8443, 3128, 10001}, refusals: 30, make: haproxyConfig},
		{name: "nginx", unit: "nginx.service", packages: []string{"nginx", "nginx-common"}, program: "/usr/sbin/nginx",
			config: "/etc/nginx/nginx.conf", args: []string{"-g", "daemon off; master_process off;"},
			own: []int{80, 81, 443, 488, 8008, 8009, 8443}, refusals: 20, stops: true, make: nginxConfig},
		{name: "openssh-server", unit: "ssh.service", packages: []string{"openssh-server"}, program: "/usr/sbin/sshd",
			config: "/etc/ssh/sshd_config", args: []string{"-D", "-e"}, own: []int{22}, refusals: 40, make: sshdConfig},
		{name: "redis-server", unit: "redis-server.service", packages: []string{"redis-server", "redis-tools"},
			program: "/usr/bin/redis-server", config: "/etc/redis/redis.conf",
			args: []string{"/etc/redis/redis.conf", "--supervised", "no", "--daemonize", "no"},
			own:  []int{6379, 16379, 26379}, refusals: 25, stops: true, make: redisConfig},
	}
}

// A configuration is being made at random.
type configuration struct {
	*rand.Rand
	d    *checked
	used map[int]bool
	text strings.Builder
}

func (g *configuration) line(format string, args ...any) { fmt.Fprintf(&g.text, format+"\n", args...) }

func (g *configuration) pick(list ...string) string { return list[g.IntN(len(list))] }

// port returns a port that the configuration does not have yet: one of the policy's for the daemon,
// one that the kernel may choose, or else one that has the label of others, is reserved, or has no
// label of its own.
func (g *configuration) port() int {
	other := []int{21, 23, 25, 53, 111, 389, 3306, 5432, 5672, 8081, 9200, 11211}
	for {
		p := 32768 + g.IntN(60999-32768)
		switch {
		case g.IntN(100) < g.d.refusals:
			switch g.IntN(4) {
			case 0:
				p = other[g.IntN(len(other))]
			case 1:
				p = 1 + g.IntN(1023)
			case 2:
				p = 61000 + g.IntN(4000)
			default:
				p = 1024 + g.IntN(32768-1024)
			}
		case g.IntN(3) > 0:
			p = g.d.own[g.IntN(len(g.d.own))]
		}
		// Redis takes another port, 10000 above.
		if !slices.ContainsFunc([]int{p, p - 10000, p + 10000}, func(q int) bool { return g.used[q] }) {
			g.used[p] = true
			return p
		}
	}
}

// free returns the first of n ports that the kernel may choose.
func (g *configuration) free(n int) int {
	for {
		p := 33000 + g.IntN(20000)
		ok := true
		for q := p; q < p+n; q++ {
			ok = ok && !g.used[q]
		}
		if ok {
			for q := p; q < p+n; q++ {
				g.used[q] = true
			}
			return p
		}
	}
}

func haproxyConfig(g *configuration) {
	g.line("global\n  maxconn 16\n  nbthread 1\ndefaults\n  mode tcp\n  timeout connect 1s\n  timeout client 1s")
	g.line("  timeout server 1s\nresolvers default")
	for i := range 1 + g.IntN(2) {
		g.line("frontend f%d", i)
		for range 1 + g.IntN(3) {
			switch g.IntN(7) {
			case 0:
				g.line("  bind :::%d v6only", g.port())
			case 1:
				g.line("  bind \"[::1]:%d\"", g.port())
			case 2:
				g.line("  bind 127.0.0.1:%d,*:%d", g.port(), g.port())
			case 3:
				n := g.free(2)
				g.line("  bind 127.0.0.1:%d-%d", n, n+1)
			case 4:
				// The two beside it have other labels, and the range is refused for one port.
				if n := 8008; !g.used[n] && !g.used[n+1] && !g.used[n+2] {
					g.used[n], g.used[n+1], g.used[n+2] = true, true, true
					g.line("  bind 127.0.0.1:%d-%d", n, n+2)
				}
			default:
				g.line("  bind %s:%d", g.pick("", "*", "0.0.0.0", "127.0.0.1", "ipv4@"), g.port())
			}
		}
	}
	g.line("backend b\n  default-server inter 100ms")
	for i := range g.IntN(4) {
		g.line("  server s%d %s:%d check", i, g.pick("127.0.0.1", "127.0.0.2", "[::1]"), g.port())
	}
	if g.IntN(8) == 0 {
		g.line("frontend local\n  bind %s/s%d.sock", g.pick("/run/haproxy", "/root"), g.IntN(1000000))
	}
}

func nginxConfig(g *configuration) {
	g.line("user root; pid /run/nginx.pid; error_log stderr; events { worker_connections 16; }")
	g.line("http { access_log off;")
	for range 1 + g.IntN(3) {
		g.line("  server {")
		switch g.IntN(6) {
		case 0:
			g.line("    listen [::]:%d;", g.port())
		case 1:
			n := g.port()
			g.line("    listen 127.0.0.1:%d; listen [::1]:%d;", n, n)
		case 2:
			n := g.free(3)
			g.line("    listen 127.0.0.1:%d-%d;", n, n+2)
		case 3:
			g.line("    listen 127.0.0.2:%d; listen %d;", g.port(), g.port())
		default:
			g.line("    listen %s%d;", g.pick("", "*:", "0.0.0.0:", "127.0.0.1:"), g.port())
		}
		g.line("  }")
	}
	if g.IntN(3) == 0 {
		dir := g.pick("/run", "/root", "/var/lib/nginx", "/var/log/nginx")
		g.line("  server { listen unix:%s/nginx-%d.sock; }", dir, g.IntN(1000000))
	}
	g.line("}")
}

func sshdConfig(g *configuration) {
	g.line("HostKey /etc/ssh/ssh_host_ecdsa_key\nUsePAM no\nPidFile none")
	n := g.IntN(4)
	for range n {
		g.line("%s %d", g.pick("Port", "port"), g.port())
	}
	if n == 0 {
		g.used[22] = true
	}
	for range g.IntN(3) {
		g.line("ListenAddress %s", g.pick(fmt.Sprintf("127.0.0.1:%d", g.port()), fmt.Sprintf("0.0.0.0:%d", g.port()),
			fmt.Sprintf("[::1]:%d", g.port()), fmt.Sprintf("[::]:%d", g.port())))
	}
}

func redisConfig(g *configuration) {
	g.line("dir /var/lib/redis\nsave \"\"\nprotected-mode no\nport %d", g.port())
	switch g.IntN(5) {
	case 0:
		g.line("bind 127.0.0.1")
	case 1:
		g.line("bind 127.0.0.1 -::1")
	case 2:
		g.line("bind * -::*")
	case 3:
		g.line("bind 0.0.0.0 ::1")
	}
	switch g.IntN(3) {
	case 0:
		g.line("cluster-enabled yes\ncluster-config-file nodes-%d.conf", g.IntN(1000000))
		if g.IntN(2) == 0 {
			g.line("cluster-port %d", g.port())
		}
	case 1:
		g.line("replicaof 127.0.0.1 %d", g.port())
	}
	if g.IntN(3) == 0 {
		g.line("unixsocket %s/redis-%d.sock", g.pick("/run/redis", "/root", "/var/log/redis", "/run"), g.IntN(1000000))
	}
}
