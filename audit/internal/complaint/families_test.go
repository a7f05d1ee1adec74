package complaint

import (
	"fmt"
	"strings"
	"testing"
)

// text writes a symptom as: program operation protocol place. Unknown parts are left out.
func text(s *Symptom) string {
	if s == nil {
		return "none"
	}
	var words []string
	add := func(w string) {
		if w != "" {
			words = append(words, w)
		}
	}
	add(s.Program)
	if s.Operation == "" {
		add("?")
	}
	add(s.Operation)
	add(s.Protocol)
	if s.Addr.IsValid() {
		add(s.Addr.String())
	}
	add(s.Host)
	if s.Port != 0 {
		add(fmt.Sprint(s.Port))
	}
	if s.PortDefault {
		add("(default)")
	}
	add(s.Path)
	return strings.Join(words, " ")
}

// TestForeignRefusal: a refusal in another language is found, in a search that does not allocate.
func TestForeignRefusal(t *testing.T) {
	for line, want := range map[string]bool{
		"bind: Отказано в доступе, port 81":    true,
		"bind: Keine Berechtigung":             true,
		"é, bind: Permiso denegado, port 7443": true,
		"bind: Отказано в доступа, port 81":    false,
	} {
		b, got := []byte(line), false
		if n := testing.AllocsPerRun(10, func() { got = foreignRefusal(b) }); n != 0 || got != want {
			t.Errorf("%q: %v with %v allocations, want %v", line, got, n, want)
		}
	}
}

// TestFamilies has the messages of many programs, in the form the program writes; the places are our own.
func TestFamilies(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		// The number of a message in JSON is no port.
		{`{"s":"E","c":"NETWORK","id":23024,"msg":"Failed to unlink socket file","attr":{"path":"/tmp/m-27017.sock",` +
			`"error":"Permission denied"}}`, "? unix /tmp/m-27017.sock"},
		// The address beside a number of MySQL's.
		{"[x] production.ERROR: SQLSTATE[HY000] [2002] Permission denied (Connection: mysql, Host: 192.0.2.5, Port: " +
			"3307, Database: app, SQL: select * from `s` where `ip` = 192.0.2.99)", "connect tcp 192.0.2.5 3307"},
		{"SQLSTATE[HY000] [2002] Permission denied (Connection: mysql, SQL: select 1 from `s` where `h` = 192.0.2.9)",
			"connect tcp 3306 (default)"},
		{"connection 'mysql:host=db1.example;port=3307;dbname=x' failed: SQLSTATE[HY000] [2002] Permission denied",
			"connect tcp db1.example 3307"},
		{"Connection to mysql at 192.0.2.54 failed with message: SQLSTATE[HY000] [2002] Permission denied",
			"connect tcp 192.0.2.54 3306 (default)"},
		{"[client 192.0.2.9:4711] AH01071: Got error 'PHP message: PDOException: SQLSTATE[HY000] [2002] Permission " +
			"denied in /srv/db.php:12'", "connect tcp 3306 (default)"},
		{"PDO('mysql:host=localhost;dbname=x'): SQLSTATE[HY000] [2002] Permission denied", "connect unix"},
		{"PDO('mysql:unix_socket=/run/my.sock;dbname=x'): SQLSTATE[HY000] [2002] Permission denied",
			"connect unix /run/my.sock"},
		{"#0 /srv/db.php(12): PDO->__construct('mysql:host=192....', 'u') SQLSTATE[HY000] [2002] Permission denied",
			"connect tcp 3306 (default)"},
		{"Could not connect to address=(host=192.0.2.5)(port=3307)(type=master) : Permission denied (connect failed)",
			"connect tcp 192.0.2.5 3307"},
		// Other languages
		{"connect() to 192.0.2.7:5601 failed (13: Keine Berechtigung) while connecting to upstream",
			"nginx connect tcp 192.0.2.7 5601"},
		{"curl: (7) Failed to connect to 192.0.2.7 port 5601: Permiso denegado", "curl connect tcp 192.0.2.7 5601"},
		{"ssh: connect to host 192.0.2.7 port 2222: Permission non accordée", "ssh connect tcp 192.0.2.7 2222"},
		{"nc: connect to 192.0.2.7 port 81 (tcp) failed: Отказано в доступе",
			"nc connect tcp 192.0.2.7 81"},
		{"bind: 許可がありません", "bind"},
		{"cat: /etc/shadow: Keine Berechtigung", "cat read file /etc/shadow"},
		// Others
		{`snmpd: Error opening specified endpoint "udp:1161" (Permission denied)`, "snmpd bind udp 1161"},
		{"{badmatch,{error,{listen_error,{0,0,0,0},5673,eacces}}}", "bind tcp 5673"},
		{"error: Uncaught (in promise) PermissionDenied: Permission denied (os error 13)", "?"},
		{"rg: /root: Permission denied (os error 13)", "rg ? file /root"},
		{"[1795161600] unbound[9:0] error: bind: address 192.0.2.7 port 5353: Permission denied",
			"unbound bind 192.0.2.7 5353"},
		{`{"id":20568,"msg":"Error setting up listener","attr":{"error":{"codeName":"SocketException","errmsg":` +
			`"0.0.0.0:27018 :: caused by :: setup bind :: caused by :: Permission denied"}}}`, "bind 0.0.0.0 27018"},
		{"BindTransportException[Failed to bind to 192.0.2.7:[9301]]; nested: BindException[Permission denied];",
			"bind 192.0.2.7 9301"},
		{"Unable to open listen socket for address 0.0.0.0:632 - Permission denied.", "bind 0.0.0.0 632"},
		{"ntpd: bind(21) AF_INET 192.0.2.7#1123 flags 0x19 failed: Permission denied", "ntpd bind udp 192.0.2.7 1123"},
		{"System.Net.Sockets.SocketException (13): Permission denied", "?"},
		// nginx names the call.
		{"nginx: [emerg] socket() 0.0.0.0:80 failed (13: Permission denied)", "nginx create tcp 0.0.0.0 80"},
		{"nginx: [emerg] socket() [::]:8081 failed (13: Permission denied)", "nginx create tcp :: 8081"},
		{"[alert] 7#7: *1 socket() failed (13: Permission denied) while connecting to upstream, client: 10.9.9.9, " +
			"server: _, upstream: \"http://10.0.0.7:5601/\"", "nginx create tcp 10.0.0.7 5601"},
		{"nginx: [emerg] bind() to unix:/run/x.sock failed (13: Permission denied)", "nginx bind unix /run/x.sock"},
		{"nginx: [emerg] listen() to 0.0.0.0:81, backlog 511 failed (13: Permission denied)",
			"nginx listen tcp 0.0.0.0 81"},
		{"[error] 7#7: send() failed (13: Permission denied) while resolving, resolver: 10.0.0.2:53",
			"nginx send udp 10.0.0.2 53"},
		{"[alert] 7#7: connect() failed (13: Permission denied) while logging to syslog, server: unix:/dev/log",
			"nginx connect unix /dev/log"},
		{"[error] 7#7: *1 recv() failed (13: Permission denied) while reading response header from upstream, " +
			"upstream: \"http://10.0.0.7:81/x\"", "nginx recv tcp 10.0.0.7 81"},
		{"[alert] 7#7: accept4() failed (13: Permission denied)", "nginx accept tcp"},
		{"named[7]: binding TCP socket: permission denied", "bind tcp"},
		{"Error while binding tcp socket: Permission denied [v8.37.0]", "bind tcp"},
		{"unbound[7:0] error: can't bind socket: Permission denied for 0.0.0.0 port 5335", "unbound bind 0.0.0.0 5335"},
		{"aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host 192.0.2.9:9191 ssl:default " +
			"[Permission denied]", "connect tcp 192.0.2.9 9191"},
		{"PHP Fatal error:  Uncaught RedisException: Permission denied in /srv/a.php:3", "connect tcp 6379 (default)"},
		{"java.net.BindException: Permission denied <null>:9191", "bind 9191"},
		{"System.Net.Sockets.SocketException (13): Permission denied [::ffff:192.0.2.9]:9191",
			"connect tcp ::ffff:192.0.2.9 9191"},
		{"System.Net.Http.HttpRequestException: Permission denied (192.0.2.9:9191)", "connect tcp 192.0.2.9 9191"},
		{"Error: Os { code: 13, kind: PermissionDenied, message: \"Permission denied\" }", "?"},
		{"SELinux policy denies access: Permission denied", "systemd ? dbus"},
		// Apache's codes
		{"[proxy:error] [pid 721:tid 29] (13)Permission denied: AH00952: FCGI: error creating fam 2 socket for " +
			"target 127.0.0.1", "httpd create tcp 127.0.0.1"},
		{"[proxy:error] [pid 721] (13)Permission denied: AH00952: HTTP: error creating fam 10 socket for target " +
			"backend1", "httpd create tcp"},
		{"(13)Permission denied: AH00073: make_sock: unable to listen for connections on address 0.0.0.0:82",
			"httpd listen tcp 0.0.0.0 82"},
		{"(13)Permission denied: AH00072: make_sock: could not bind to address [::]:5000", "httpd bind tcp :: 5000"},
		{"(13)Permission denied: make_sock: could not bind to address 0.0.0.0:84", "httpd bind tcp 0.0.0.0 84"},
		{"[proxy:error] (13)Permission denied: AH00957: AJP: attempt to connect to 127.0.0.1:8109 (localhost) failed",
			"httpd connect tcp 127.0.0.1 8109"},
		{"[proxy:error] (13)Permission denied: AH02454: FCGI: attempt to connect to Unix domain socket " +
			"/run/php-fpm/www.sock (*) failed", "httpd connect unix /run/php-fpm/www.sock"},
		{"(13)Permission denied: mod_fcgid: couldn't bind unix domain socket /var/run/fcgidsock/7.0",
			"httpd bind unix /var/run/fcgidsock/7.0"},
		{"(13)Permission denied: [client ::1:4] mod_wsgi (pid=7, process='x'): Unable to connect to WSGI daemon " +
			"process 'x' on '/var/run/wsgi.7.0.1.sock' after multiple attempts", "httpd connect unix " +
			"/var/run/wsgi.7.0.1.sock"},
		{"[error] jk_open_socket::jk_connect.c (735): connect to 127.0.0.1:8010 failed (errno=13)",
			"httpd connect tcp 127.0.0.1 8010"},
		// haproxy
		{"[ALERT]    (649) : Starting frontend GLOBAL: cannot bind UNIX socket (Permission denied) " +
			"[/var/run/haproxy.stat]", "haproxy bind unix /var/run/haproxy.stat"},
		{"[ALERT]    (649) : Starting frontend GLOBAL: error when trying to preserve previous UNIX socket " +
			"(Permission denied) [/var/lib/haproxy/stats]", "haproxy link file /var/lib/haproxy/stats"},
		{"[ALERT] : Starting frontend GLOBAL: cannot change UNIX socket ownership (Permission denied) [/run/h.sock]",
			"haproxy chown file /run/h.sock"},
		{"[ALERT] : Binding [/etc/haproxy/haproxy.cfg:9] for frontend a: protocol unix_stream: cannot bind UNIX " +
			"socket (Permission denied) for [/run/a.sock]", "haproxy bind unix /run/a.sock"},
		{"[ALERT] : Starting proxy b: cannot create listening socket (Permission denied) [0.0.0.0:81]",
			"haproxy create tcp 0.0.0.0 81"},
		{"[ALERT] : Starting proxy b: cannot listen to socket (Permission denied) [0.0.0.0:81]",
			"haproxy listen tcp 0.0.0.0 81"},
		{"[ALERT] : Starting proxy b: cannot bind socket (Permission denied) [10.0.0.1:6432]",
			"haproxy bind tcp 10.0.0.1 6432"},
		// squid
		{"commBind Cannot bind socket FD 12 to [::]:3129: (13) Permission denied", "squid bind :: 3129"},
		{"comm_openex: socket failure: (13) Permission denied", "squid create"},
		{"idnsSendQuery: FD 8: sendto: (13) Permission denied", "squid send"},
		{"FATAL: Cannot open HTTP Port", "squid bind tcp"},
		{"FATAL: Unable to open HTTP Socket", "squid bind tcp"},
		// MySQL, MariaDB and their clients
		{"2003:Can't connect to MySQL server on '192.0.2.54' (13)", "connect tcp 192.0.2.54 3306 (default)"},
		{"ERROR 2003 (HY000): Can't connect to MySQL server on 'db1.example:3307' (13)",
			"connect tcp db1.example 3307"},
		{"ERROR 2003 (HY000): Can't connect to MySQL server on 'db1.example' (13 \"Permission denied\")",
			"connect tcp db1.example 3306 (default)"},
		{"ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/lib/mysql/mysql.sock' (13)",
			"connect unix /var/lib/mysql/mysql.sock"},
		{"ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (13)",
			"connect unix /run/mysqld/mysqld.sock"},
		{"Connection to mysql failed with message: SQLSTATE[HY000] [2002] Permission denied",
			"connect tcp 3306 (default)"},
		{"SQLSTATE[HY000] [2002] Permission denied (SQL: select * from x)", "connect tcp 3306 (default)"},
		{"mysqli_connect(): (HY000/2002): Permission denied in /var/www/x.php on line 3", "connect tcp 3306 (default)"},
		{"pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on '10.0.0.7' ([Errno 13] " +
			"Permission denied)\")", "connect tcp 10.0.0.7 3306 (default)"},
		{"DBI connect('database=x;host=10.0.0.7','u',...) failed: Can't connect to MySQL server on '10.0.0.7' (13) " +
			"at x.pl line 3.", "connect tcp 10.0.0.7 3306 (default)"},
		{"[ERROR] [MY-010262] [Server] Can't start server: Bind on TCP/IP port: Permission denied", "mysqld bind tcp"},
		{"[ERROR] Can't start server : Bind on unix socket: Permission denied", "mysqld bind unix"},
		// PostgreSQL
		{"connection to server on socket \"/run/postgresql/.s.PGSQL.5432\" failed: Permission denied",
			"connect unix /run/postgresql/.s.PGSQL.5432"},
		{"psycopg2.OperationalError: connection to server at \"db1\" (10.0.0.7), port 5433 failed: Permission denied",
			"connect tcp 10.0.0.7 5433"},
		{"SQLSTATE[08006] [7] could not connect to server: Permission denied Is the server running on host " +
			"\"10.0.0.7\" and accepting TCP/IP connections on port 5434?", "connect tcp 10.0.0.7 5434"},
		{"LOG:  could not bind Unix address \"/run/postgresql/.s.PGSQL.5432\": Permission denied",
			"postgres bind unix /run/postgresql/.s.PGSQL.5432"},
		// Go
		{"dial tcp 10.0.0.7:5601: socket: permission denied", "create tcp 10.0.0.7 5601"},
		{"listen tcp 0.0.0.0:9091: listen: permission denied", "listen tcp 0.0.0.0 9091"},
		{"write udp 10.9.9.9:40000->10.0.0.2:53: write: permission denied", "send udp 10.0.0.2 53"},
		{"read tcp 10.9.9.9:40000->10.0.0.7:81: read: permission denied", "recv tcp 10.0.0.7 81"},
		{"lookup x.example on 10.0.0.2:53: dial udp 10.0.0.2:53: connect: permission denied",
			"connect udp 10.0.0.2 53"},
		{"listen unix /run/x/y.sock: bind: permission denied", "bind unix /run/x/y.sock"},
		{"error: dial unixgram /dev/log: connect: permission denied", "connect unix /dev/log"},
		{"accept tcp [::]:81: accept4: permission denied", "accept tcp :: 81"},
		{`level=error msg="x" err="listen tcp :9100: bind: permission denied"`, "bind tcp 9100"},
		// Java
		{"java.net.SocketException: Permission denied", "?"},
		{"Caused by: java.net.BindException: Permission denied (Bind failed)", "bind"},
		{"java.io.IOException: Failed to bind to /0.0.0.0:83", "none"}, // without its reason
		{"io.netty.channel.unix.Errors$NativeIoException: bind(..) failed: Permission denied", "bind"},
		{"io.netty.channel.AbstractChannel$AnnotatedSocketException: Permission denied: db1/10.0.0.7:9300",
			"connect tcp 10.0.0.7 9300"},
		// Rust
		{"error trying to connect: tcp connect error: Permission denied (os error 13)", "connect tcp"},
		{"error sending request for url (http://10.0.0.7:5601/): error trying to connect: tcp connect error: " +
			"Permission denied (os error 13)", "connect tcp 10.0.0.7 5601"},
		{"Error: failed to bind to 0.0.0.0:81: Permission denied (os error 13)", "bind 0.0.0.0 81"},
		{`called Result::unwrap() on an Err value: hyper::Error(Listen, Os { code: 13, kind: PermissionDenied, ` +
			`message: "Permission denied" })`, "listen"},
		// Node.js
		{"Error: listen EACCES: permission denied /run/app/app.sock", "bind unix /run/app/app.sock"},
		{`{"errno":-13,"code":"EACCES","syscall":"listen","address":"0.0.0.0","port":81}`, "listen 0.0.0.0 81"},
		{"{ Error: connect EACCES 10.0.0.7:5601 errno: 'EACCES', code: 'EACCES', syscall: 'connect', address: " +
			"'10.0.0.7', port: 5601 }", "connect tcp 10.0.0.7 5601"},
		{"Error: bind EACCES 0.0.0.0:53", "bind udp 0.0.0.0 53"},
		// Python
		{"redis.exceptions.ConnectionError: Error 13 connecting to 10.0.0.7:6379. Permission denied.",
			"connect tcp 10.0.0.7 6379"},
		{"pymongo.errors.ServerSelectionTimeoutError: 10.0.0.7:27017: [Errno 13] Permission denied",
			"? 10.0.0.7 27017"},
		{"urllib.error.URLError: <urlopen error [Errno 13] Permission denied>", "?"},
		{"ConnectionError: HTTPSConnectionPool(host='api.example', port=8443): Max retries exceeded (Caused by " +
			"NewConnectionError(': Failed to establish a new connection: [Errno 13] Permission denied'))",
			"connect tcp api.example 8443"},
		{"bind(): Permission denied [core/socket.c line 230]", "uwsgi bind"},
		// Ruby, Perl, PHP
		{"Permission denied - bind(2) for \"0.0.0.0\" port 81 (Errno::EACCES)", "bind 0.0.0.0 81"},
		{"Errno::EACCES: Permission denied - connect(2) for 10.0.0.7:5601", "connect 10.0.0.7 5601"},
		{"Can't connect to 10.0.0.7:81 (Permission denied)", "connect tcp 10.0.0.7 81"},
		{"PHP Warning:  fsockopen(): unable to connect to 10.0.0.7:11211 (Permission denied) in /var/www/x.php on " +
			"line 30", "connect tcp 10.0.0.7 11211"},
		{"SMTP ERROR: Failed to connect to server: Permission denied (13)", "connect"},
		{"Connection could not be established with host mail.example [Permission denied #13]", "connect"},
		{"cURL error 7: Failed to connect to 10.0.0.7 port 82: Permission denied", "connect tcp 10.0.0.7 82"},
		{"Redis::connect(): connect() failed: Permission denied", "connect"},
		// rsyslog, syslog-ng
		{"cannot connect to 192.0.2.1:5514: Permission denied [v8.37.0 try http://www.rsyslog.com/e/2027 ]",
			"rsyslogd connect tcp 192.0.2.1 5514"},
		{"omfwd/udp: socket 7: sendto() error: Permission denied [v8 try http://www.rsyslog.com/e/2354 ]",
			"rsyslogd send udp"},
		{"Connection failed; fd='12', server='AF_INET(10.0.0.1:514)', local='AF_INET(0.0.0.0:0)', " +
			"error='Permission denied (13)'", "connect 10.0.0.1 514"},
		{"Error binding socket; addr='AF_INET(0.0.0.0:6514)', error='Permission denied (13)'", "bind 0.0.0.0 6514"},
		// mail
		{"error: bind(0.0.0.0, 993) failed: Permission denied", "bind 0.0.0.0 993"},
		{"Error: net_connect_unix(/run/dovecot/stats-writer) failed: Permission denied",
			"connect unix /run/dovecot/stats-writer"},
		{"warning: connect to Milter service inet:127.0.0.1:8891: Permission denied", "connect tcp 127.0.0.1 8891"},
		{"warning: connect to Milter service unix:/run/opendkim.sock: Permission denied",
			"connect unix /run/opendkim.sock"},
		{"connect to 127.0.0.1[127.0.0.1]:10024: Permission denied", "connect tcp 127.0.0.1 10024"},
		{"fatal: bind 0.0.0.0 port 2525: Permission denied", "bind tcp 0.0.0.0 2525"},
		{"socket bind() to port 26 for address (any IPv4) failed: Permission denied: daemon abandoned", "bind tcp 26"},
		// names and time
		{"could not listen on UDP socket: permission denied", "bind udp"},
		{"couldn't add command channel 127.0.0.1#954: permission denied", "? 127.0.0.1 954"},
		{"creating TCP socket: permission denied", "create tcp"},
		{"failed to create listening socket for port 54: Permission denied", "bind 54"},
		{"Could not bind Unix domain socket to /run/chrony/chronyd.sock : Permission denied",
			"bind unix /run/chrony/chronyd.sock"},
		{"[1:0] error: can't bind socket: Permission denied for 0.0.0.0 port 5353", "bind 0.0.0.0 5353"},
		// others
		{"TCP/UDP: Socket bind failed on local address [AF_INET]0.0.0.0:1195: Permission denied (errno=13)",
			"openvpn bind 0.0.0.0 1195"},
		{" 803:20171219:025858.999 cannot start alert manager service: Cannot bind socket to " +
			"\"/tmp/alerter.sock\": [13] Permission denied.", "zabbix_server bind unix /tmp/alerter.sock"},
		{"   12:20260115:091322.001 cannot connect to [[10.0.0.7]:10050]: [13] Permission denied",
			"zabbix_server connect tcp 10.0.0.7 10050"},
		{"listener failed: bind() for [[-]:10052] failed: [13] Permission denied", "bind 10052"},
		{"connect to address 10.0.0.7 and port 5666: Permission denied", "connect tcp 10.0.0.7 5666"},
		{"unable to bind listening socket for address '127.0.0.1:9001': Permission denied (13)",
			"php-fpm bind 127.0.0.1 9001"},
		{"unable to bind listening socket for address '/run/php-fpm/www.sock': Permission denied (13)",
			"php-fpm bind unix /run/php-fpm/www.sock"},
		{"(network.c.311) can't bind to socket: 0.0.0.0:81 Permission denied", "lighttpd bind 0.0.0.0 81"},
		{"Could not connect to Redis at 10.0.0.7:6379: Permission denied", "redis-cli connect tcp 10.0.0.7 6379"},
		{"Unable to bind socket for address 0.0.0.0:632 - Permission denied.", "bind 0.0.0.0 632"},
		{"daemon: bind(8) failed errno=13 (Permission denied)", "bind"},
		{"bind failed on port 446 socket_addr = 0.0.0.0. Error = Permission denied", "bind 0.0.0.0 446"},
		{"Failed binding to 0.0.0.0, port 2121: Permission denied", "bind 0.0.0.0 2121"},
		{"listen(): bind() failed Permission denied for socket: 0.0.0.0:27018", "bind 0.0.0.0 27018"},
		{"Could not get socket :81: Permission denied", "bind 81"},
		{"Failed to start Ranch listener x in ranch_tcp:listen([{port,81}]) for reason eacces (permission denied)",
			"bind 81"},
		{"telnet: connect to address 10.0.0.7: Permission denied", "telnet connect tcp 10.0.0.7"},
		{"Ncat: bind to 0.0.0.0:81: Permission denied. QUITTING.", "ncat bind 0.0.0.0 81"},
		{"ping: socket: Permission denied", "ping create"},
		{"bind [127.0.0.1]:8080: Permission denied", "bind 127.0.0.1 8080"},
		{"amqp://u:secret@10.0.0.7:5673/: connection failed: Permission denied", "connect 10.0.0.7 5673"},
		{"cannot reach ldaps://dir1.example: Permission denied", "connect dir1.example 636"},
		// systemd and buses, in words
		{"httpd.service: Failed at step EXEC spawning /usr/sbin/httpd: Permission denied",
			"systemd execute file /usr/sbin/httpd"},
		{"httpd.service: Failed to execute /usr/sbin/httpd: Permission denied", "systemd execute file /usr/sbin/httpd"},
		{"app.socket: Failed to listen on sockets: Permission denied", "systemd bind"},
		{"app.socket: Failed to create listening socket (10.0.0.1:81): Permission denied",
			"systemd bind tcp 10.0.0.1 81"},
		{"A security policy denied :1.5 to send method call /org/x:org.x.Do to org.x.", "dbus-broker ? dbus"},
		// What is of the network and not understood is counted.
		{"worker 7: tcp thing went wrong: Permission denied", "? tcp"},
		{"upstream server said: EACCES", "connect"},
		{"the port 81 cannot be used: Permission denied", "? 81"},
		{"10.0.0.7:81: Permission denied", "? 10.0.0.7 81"},
		// And what is neither of it nor of a file is none.
		{"session 13 opened for user (13)", "none"},
		{"Accepted publickey for deploy from 10.0.0.13 port 1300 ssh2", "none"},
		{"error 13 of 15 done", "none"},
		{"connect() to 10.0.0.7:80 failed (111: Connection refused)", "none"},
		{"Can't connect to MySQL server on '10.0.0.7' (111)", "none"},
		{"audit: 13 records", "none"},
		{"", "none"},
	} {
		got := "none"
		if Interesting([]byte(c.line)) {
			got = text(Read(c.line, "", 0))
		}
		if got != c.want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", c.line, got, c.want)
		}
	}
}
