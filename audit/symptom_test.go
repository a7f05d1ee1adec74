package audit

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestSymptoms has one case for each way in which a program reports that an operation was denied. The lines are our
// own, in the form that the program writes.
func TestSymptoms(t *testing.T) {
	ip := netip.MustParseAddr
	for _, c := range []struct {
		line string
		want Symptom
	}{
		// haproxy: the health check names backend and server, not the address.
		{`Oct  9 09:13:22 web1 haproxy[812]: Server kibana/app1 is DOWN, reason: Layer4 connection problem, info: ` +
			`"General socket error (Permission denied)", check duration: 0ms. 0 active and 0 backup servers left.`,
			Symptom{Program: "haproxy", PID: 812, Operation: "connect", Backend: "kibana", Server: "app1"}},
		{`[WARNING]  (189436) : Backup Server be/s2 is DOWN, reason: Layer4 connection problem, info: "General ` +
			`socket error (Permission denied)".`,
			Symptom{Program: "haproxy", Operation: "connect", Backend: "be", Server: "s2"}},
		{`[WARNING] 282/091322 (812) : Health check for server be/s1 failed, reason: Layer4 connection problem, ` +
			`info: "General socket error (Permission denied)", status: 0/2 DOWN.`,
			Symptom{Program: "haproxy", Operation: "connect", Backend: "be", Server: "s1"}},
		// haproxy: a listener that cannot start; newer versions name the protocol.
		{`[ALERT]    (1) : Binding [/etc/haproxy/haproxy.cfg:29] for frontend www: cannot bind socket (Permission ` +
			`denied) for [0.0.0.0:8404]`,
			Symptom{Program: "haproxy", Operation: "bind", Protocol: "tcp", Frontend: "www", Addr: ip("0.0.0.0"),
				Port: 8404}},
		{`[ALERT] : Binding [/etc/haproxy/haproxy.cfg:11] for frontend h3: protocol quic6: cannot bind socket ` +
			`(Permission denied) for [[::]:4433].`,
			Symptom{Program: "haproxy", Operation: "bind", Protocol: "udp", Frontend: "h3", Addr: ip("::"),
				Port: 4433}},
		{`[ALERT] : Starting proxy stats: cannot bind socket (Permission denied) [0.0.0.0:9000]`,
			Symptom{Program: "haproxy", Operation: "bind", Protocol: "tcp", Frontend: "stats", Addr: ip("0.0.0.0"),
				Port: 9000}},
		// nginx: the program connects to the upstream, not to the client.
		{`2025/10/09 09:13:22 [crit] 900#900: *3 connect() to 10.0.0.7:5601 failed (13: Permission denied) while ` +
			`connecting to upstream, client: 10.9.9.9, server: _, request: "GET / HTTP/1.1", upstream: ` +
			`"http://10.0.0.7:5601/", host: "www.example.org"`,
			Symptom{Program: "nginx", Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601}},
		{`2025/10/09 09:13:22 [crit] 900#900: *3 connect() to [2001:db8::7]:5601 failed (13: Permission denied) ` +
			`while connecting to upstream, client: 10.9.9.9, server: _, upstream: "https://[2001:db8::7]:5601/"`,
			Symptom{Program: "nginx", Operation: "connect", Protocol: "tcp", Addr: ip("2001:db8::7"), Port: 5601}},
		{`2025/10/09 09:13:22 [crit] 900#900: *3 connect() to unix:/run/app.sock failed (13: Permission denied) ` +
			`while connecting to upstream, upstream: "http://unix:/run/app.sock:/", host: "x"`,
			Symptom{Program: "nginx", Operation: "connect", Protocol: "unix", Path: "/run/app.sock"}},
		{`nginx: [emerg] bind() to 0.0.0.0:8081 failed (13: Permission denied)`,
			Symptom{Program: "nginx", Operation: "bind", Protocol: "tcp", Addr: ip("0.0.0.0"), Port: 8081}},
		{`nginx: [emerg] bind() to [::]:8081 failed (13: Permission denied)`,
			Symptom{Program: "nginx", Operation: "bind", Protocol: "tcp", Addr: ip("::"), Port: 8081}},
		{`2025/10/09 09:13:22 [crit] 9#9: *1 connect() to 10.0.0.7:5353 failed (13: Permission denied) while ` +
			`connecting to upstream, udp client: 10.9.9.9, server: 0.0.0.0:53, upstream: "10.0.0.7:5353", bytes ` +
			`from/to client:0/0`,
			Symptom{Program: "nginx", Operation: "connect", Protocol: "udp", Addr: ip("10.0.0.7"), Port: 5353}},
		// A line that somebody has shortened.
		{`(13: Permission denied) while connecting to upstream`,
			Symptom{Program: "nginx", Operation: "connect"}},
		// Apache
		{`(13)Permission denied: AH00072: make_sock: could not bind to address [::]:8081`,
			Symptom{Program: "httpd", Operation: "bind", Protocol: "tcp", Addr: ip("::"), Port: 8081}},
		{`Oct 09 09:13:22 web1 httpd[1640]: (13)Permission denied: AH00072: make_sock: could not bind to address ` +
			`0.0.0.0:1001`,
			Symptom{Program: "httpd", PID: 1640, Operation: "bind", Protocol: "tcp", Addr: ip("0.0.0.0"), Port: 1001}},
		{`[Tue Dec 02 19:45:05.837552 2025] [proxy:error] [pid 1038:tid 1111] (13)Permission denied: AH00957: ` +
			`HTTP: attempt to connect to 127.0.0.1:5601 (localhost) failed`,
			Symptom{Program: "httpd", PID: 1038, Operation: "connect", Protocol: "tcp", Addr: ip("127.0.0.1"),
				Port: 5601}},
		{`[Tue Dec 02 19:45:05 2025] [error] (13)Permission denied: AH02454: FCGI: attempt to connect to Unix ` +
			`domain socket /run/php-fpm/www.sock (*) failed`,
			Symptom{Program: "httpd", Operation: "connect", Protocol: "unix", Path: "/run/php-fpm/www.sock"}},
		// OpenSSH
		{`Oct  9 09:13:22 web1 sshd[1412]: error: Bind to port 2222 on 0.0.0.0 failed: Permission denied.`,
			Symptom{Program: "sshd", PID: 1412, Operation: "bind", Protocol: "tcp", Addr: ip("0.0.0.0"), Port: 2222}},
		{`sshd: error: Bind to port 2222 on :: failed: Permission denied.`,
			Symptom{Program: "sshd", Operation: "bind", Protocol: "tcp", Addr: ip("::"), Port: 2222}},
		{`ssh: connect to host db1.example port 2222: Permission denied`,
			Symptom{Program: "ssh", Operation: "connect", Protocol: "tcp", Host: "db1.example", Port: 2222}},
		// Go
		{`Get "http://10.0.0.7:5601/": dial tcp 10.0.0.7:5601: connect: permission denied`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601}},
		{`Oct  9 09:13:22 web1 prometheus[77]: err="listen tcp :9090: bind: permission denied"`,
			Symptom{Program: "prometheus", PID: 77, Operation: "bind", Protocol: "tcp", Port: 9090}},
		{`listen udp 127.0.0.1:53: bind: permission denied`,
			Symptom{Operation: "bind", Protocol: "udp", Addr: ip("127.0.0.1"), Port: 53}},
		{`dial unix /run/docker.sock: connect: permission denied`,
			Symptom{Operation: "connect", Protocol: "unix", Path: "/run/docker.sock"}},
		{`dial tcp 10.0.0.1:40000->10.0.0.7:5601: connect: permission denied`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601}},
		// Java, whose messages name an exception and rarely a place
		{`Caused by: java.net.BindException: Permission denied`,
			Symptom{Operation: "bind"}},
		{`java.net.SocketException: Permission denied (connect failed)`,
			Symptom{Operation: "connect"}},
		{`io.netty.channel.AbstractChannel$AnnotatedConnectException: Permission denied: localhost/127.0.0.1:9300`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("127.0.0.1"), Port: 9300}},
		{`io.netty.channel.AbstractChannel$AnnotatedConnectException: Permission denied: /10.0.0.7:9300`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 9300}},
		// Python
		{`PermissionError: [Errno 13] Permission denied`,
			Symptom{}},
		{`ERROR:    [Errno 13] error while attempting to bind on address ('0.0.0.0', 81): permission denied`,
			Symptom{Operation: "bind", Protocol: "tcp", Addr: ip("0.0.0.0"), Port: 81}},
		{`requests.exceptions.ConnectionError: HTTPConnectionPool(host='10.0.0.7', port=5601): Max retries ` +
			`exceeded with url: / (Caused by NewConnectionError('<x>: Failed to establish a new connection: [Errno ` +
			`13] Permission denied'))`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601}},
		// curl, wget, nc, bash
		{`curl: (7) Failed to connect to 10.0.0.7 port 5601: Permission denied`,
			Symptom{Program: "curl", Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601}},
		{`* connect to 10.0.0.7 port 5601 failed: Permission denied`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601}},
		{`Connecting to 10.0.0.7:5601... failed: Permission denied.`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601}},
		{`nc: connect to 10.0.0.7 port 5601 (tcp) failed: Permission denied`,
			Symptom{Program: "nc", Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601}},
		{`-bash: /dev/tcp/10.0.0.7/5601: Permission denied`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601, Program: "bash"}},
		// Node.js
		{`Error: listen EACCES: permission denied 0.0.0.0:81`,
			Symptom{Operation: "bind", Protocol: "tcp", Addr: ip("0.0.0.0"), Port: 81}},
		{`Error: connect EACCES 10.0.0.7:5601 - Local (0.0.0.0:0)`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5601}},
		// Databases and others
		{`2025-10-09 09:13:22 UTC [33]: LOG:  could not bind IPv4 address "0.0.0.0": Permission denied`,
			Symptom{Program: "postgres", Operation: "bind", Protocol: "tcp", Addr: ip("0.0.0.0")}},
		{`psql: error: connection to server at "10.0.0.7", port 5433 failed: Permission denied`,
			Symptom{Program: "psql", Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 5433}},
		{`Oct  9 09:13:22 web1 redis-server[3]: Could not create server TCP listening socket *:6380: bind: ` +
			`Permission denied`,
			Symptom{Program: "redis-server", PID: 3, Operation: "bind", Protocol: "tcp", Port: 6380}},
		{`Oct  9 09:13:22 web1 systemd[1]: app.socket: Failed to create listening socket ([::]:8080): Permission ` +
			`denied`,
			Symptom{Program: "systemd", PID: 1, Operation: "bind", Protocol: "tcp", Addr: ip("::"), Port: 8080}},
		{`dnsmasq: failed to create listening socket for port 5353: Permission denied`,
			Symptom{Program: "dnsmasq", Operation: "bind", Port: 5353}},
		{`commBind Cannot bind socket FD 12 to 0.0.0.0:3129: (13) Permission denied`,
			Symptom{Program: "squid", Operation: "bind", Addr: ip("0.0.0.0"), Port: 3129}},
		{`Oct  9 09:13:22 mx postfix/smtp[9]: connect to mx.example[10.0.0.7]:10025: Permission denied`,
			Symptom{Program: "postfix/smtp", PID: 9, Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"),
				Port: 10025}},
		{`PHP Warning: stream_socket_client(): Unable to connect to tcp://10.0.0.7:6379 (Permission denied) in ` +
			`/var/www/x.php`,
			Symptom{Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 6379}},
	} {
		events, stats := Parse(c.line, goldenOptions)
		if len(events) != 1 || events[0].Symptom == nil {
			t.Errorf("%s\n\tno symptom; %+v", c.line, stats)
			continue
		}
		got := *events[0].Symptom
		if got.Errno != "EACCES" || got.Text == "" {
			t.Errorf("%s\n\terrno %q, text %q", c.line, got.Errno, got.Text)
		}
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(Symptom{}, "Errno", "Text", "Strace"),
			cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Errorf("%s\n%s", c.line, diff)
		}
	}
}

// TestStrace has the forms in which strace shows a denial.
func TestStrace(t *testing.T) {
	ip := netip.MustParseAddr
	for _, c := range []struct {
		line string
		want Symptom
	}{
		{`connect(3, {sa_family=AF_INET, sin_port=htons(5601), sin_addr=inet_addr("10.0.0.7")}, 16) = -1 EACCES ` +
			`(Permission denied)`,
			Symptom{Operation: "connect", Addr: ip("10.0.0.7"), Port: 5601}},
		{`[pid   812] bind(6, {sa_family=AF_INET6, sin6_port=htons(8081), sin6_flowinfo=htonl(0), ` +
			`inet_pton(AF_INET6, "::", &sin6_addr), sin6_scope_id=0}, 28) = -1 EACCES (Permission denied)`,
			Symptom{PID: 812, Operation: "bind", Addr: ip("::"), Port: 8081}},
		{`812   09:13:22.123456 connect(3<TCP:[30071]>, {sa_family=AF_INET, sin_port=htons(80), ` +
			`sin_addr=inet_addr("10.0.0.7")}, 16) = -1 EACCES (Permission denied) <0.000011>`,
			Symptom{PID: 812, Operation: "connect", Protocol: "tcp", Addr: ip("10.0.0.7"), Port: 80}},
		{`listen(3, 128)                          = -1 EACCES (Permission denied)`,
			Symptom{Operation: "listen"}},
		{`sendto(5, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, 16) = -1 ` +
			`EACCES (Permission denied)`,
			Symptom{Operation: "send", Addr: ip("10.0.0.2"), Port: 53}},
		{`connect(3, {sa_family=AF_UNIX, sun_path="/run/x.sock"}, 110) = -1 EACCES (Permission denied)`,
			Symptom{Operation: "connect", Protocol: "unix", Path: "/run/x.sock"}},
		{`connect(3, {sa_family=AF_UNIX, sun_path=@"bus"}, 6) = -1 EACCES (Permission denied)`,
			Symptom{Operation: "connect", Protocol: "unix", Path: "@bus"}},
		{`socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = -1 EACCES (Permission denied)`,
			Symptom{Operation: "create", Protocol: "udp"}},
		{`[pid 9] <... connect resumed>)          = -1 EACCES (Permission denied)`,
			Symptom{PID: 9, Operation: "connect"}},
		{`bind(3, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = -1 EACCES (Permission denied)`,
			Symptom{Operation: "bind", Protocol: "netlink"}},
	} {
		events, stats := Parse(c.line, Options{})
		if len(events) != 1 || events[0].Symptom == nil || events[0].Format != FormatStrace {
			t.Errorf("%s\n\tno symptom of strace; %+v", c.line, stats)
			continue
		}
		if diff := cmp.Diff(c.want, *events[0].Symptom, cmpopts.IgnoreFields(Symptom{}, "Errno", "Text", "Strace"),
			cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Errorf("%s\n%s", c.line, diff)
		}
	}
}

// TestNoSymptom has refusals of logins, and failures that are no refusals.
func TestNoSymptom(t *testing.T) {
	for _, line := range []string{
		"root@db1: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).",
		"Permission denied, please try again.",
		"connect(3, {sa_family=AF_INET}, 16) = -1 ECONNREFUSED (Connection refused)",
		"2025/10/09 09:13:22 [error] 9#9: *1 connect() to 10.0.0.7:80 failed (111: Connection refused) while " +
			"connecting to upstream",
	} {
		if events, _ := Parse(line, Options{}); len(events) != 0 {
			t.Errorf("%s\n\tis %+v", line, events[0].Symptom)
		}
	}
	if events, _ := Parse("listen tcp :80: bind: permission denied", Options{NoSymptoms: true}); len(events) != 0 {
		t.Error("NoSymptoms does not hold")
	}
}

// TestComplaintsGoOn: a complaint that continues on the next lines, without a header and with headers of syslog,
// and the complaint of a container.
func TestComplaintsGoOn(t *testing.T) {
	for _, c := range []struct {
		log       string
		port      uint16
		path      string
		events    int
		container string
	}{
		{"could not connect to server: Permission denied\n\tIs the server running on host \"192.0.2.191\" and " +
			"accepting\n\tTCP/IP connections on port 10091?\n", 10091, "", 1, ""},
		{"Oct  9 09:13:22 web1 app[7]: could not connect to server: Permission denied\nOct  9 09:13:22 web1 " +
			"app[7]: \tIs the server running on host \"192.0.2.191\" and accepting\n" +
			"Oct  9 09:13:22 web1 app[7]: \tTCP/IP connections on port 10091?\n", 10091, "", 1, ""},
		{"could not connect to server: Permission denied\nx\n\tTCP/IP connections on port 10091?\n", 0, "", 1, ""},
		{"could not connect to server: Permission denied\ncould not connect to server: Permission denied\n\tIs the " +
			"server running on host \"192.0.2.191\" and accepting\n", 0, "", 2, ""},
		{"web-1  | nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission denied)\n", 7443, "", 1, "web-1"},
		{`{"labels":{"container":"web","pod":"web-0"},` +
			`"line":"nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission denied)"}`,
			7443, "", 1, "web-0/web"},
		{`2024-03-01 10:00:00.000000000 +0000 kube.var.log: {"log":"nginx: [emerg] bind() to 0.0.0.0:7443 failed ` +
			`(13: Permission denied)","kubernetes":{"pod_name":"web-0","container_name":"web"}}`, 7443, "", 1,
			"web-0/web"},
		{`{"log":"nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission ` +
			`denied)\n","stream":"stderr","time":"2025-10-09T09:13:22.5Z"}`, 7443, "", 1, "?"},
		{`{"log":"nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission ` +
			`denied)\n","stream":"stderr","kubernetes":{"pod_name":"web-0","container_name":"nginx"}}`, 7443, "", 1,
			"web-0/nginx"},
		{`{"MESSAGE":"nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission ` +
			`denied)","CONTAINER_NAME":"web","_HOSTNAME":"h1","_PID":"7"}`, 7443, "", 1, "web"},
		{`{"message":"nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission ` +
			`denied)","container_name":"/web","source":"stderr"}`, 7443, "", 1, "web"},
		{`{"message":"nginx: [emerg] bind() to 0.0.0.0:7443 failed (13: Permission denied)","hostname":"h1"}`, 7443,
			"", 1, ""},
	} {
		events, stats := Parse(c.log, goldenOptions)
		if len(events) != c.events || events[0].Symptom == nil || stats.Symptoms != int64(c.events) {
			t.Errorf("%s: %s %s", c.log, mustJSON(events), mustJSON(stats))
			continue
		}
		container := ""
		if of := events[0].Container; of != nil {
			container = orelse(of.Name)
		}
		if s := events[0].Symptom; s.Port != c.port || s.Path != c.path || container != c.container {
			t.Errorf("%s: %s", c.log, mustJSON(events))
		}
	}
}

func orelse(name string) string {
	if name == "" {
		return "?"
	}
	return name
}
