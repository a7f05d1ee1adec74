package complaint

import "strings"

// programOf guesses the program from what only it writes.
func programOf(m string) string {
	if inside, rest, ok := strings.Cut(m, "] "); ok && len(inside) > 8 && inside[0] == '[' &&
		digits(inside[1:]) == len(inside)-1 {
		m = rest // seconds since 1970
	}
	for _, k := range [...][2]string{
		{"Layer4 connection problem", "haproxy"}, {": cannot bind socket (", "haproxy"},
		{"while connecting to upstream", "nginx"}, {"connect() to ", "nginx"},
		{"failed (13: Permission denied)", "nginx"}, {"AH00", "httpd"}, {"make_sock: could not bind", "httpd"},
		{"attempt to connect to ", "httpd"},
		{"error: Bind to port ", "sshd"}, {"Bind to port ", "sshd"}, {"curl: (", "curl"},
		{"[ALERT]", "haproxy"}, {"couldn't bind unix domain socket", "httpd"}, {"mod_wsgi", "httpd"},
		{"mod_fcgid", "httpd"}, {"jk_open_socket", "httpd"},
		{"commBind", "squid"}, {"comm_open", "squid"}, {"comm_udp_sendto", "squid"}, {"idnsSendQuery", "squid"},
		{"Cannot open HTTP Port", "squid"}, {"open HTTP Socket", "squid"},
		{"Can't start server", "mysqld"}, {"[Server] Can't start", "mysqld"}, {"rsyslog.com/e/", "rsyslogd"},
		{"omfwd", "rsyslogd"}, {"imtcp", "rsyslogd"}, {"imudp", "rsyslogd"}, {"omrelp", "rsyslogd"},
		{"could not bind IPv", "postgres"}, {"could not bind Unix", "postgres"},
		{"could not create listen socket", "postgres"},
		{"unable to bind listening socket for address", "php-fpm"}, {"(network.c", "lighttpd"},
		{"[core/socket.c", "uwsgi"}, {"server TCP listening socket", "redis-server"},
		{"Server TCP listening socket", "redis-server"},
		{"Could not connect to Redis", "redis-cli"}, {"TCP/UDP: Socket bind failed", "openvpn"},
		{"write UDPv4", "openvpn"}, {"Failed at step", "systemd"},
		{"A security policy denied", "dbus-broker"}, {"telnet: ", "telnet"}, {"Ncat: ", "ncat"}, {"wget: ", "wget"},
	} {
		if strings.Contains(m, k[0]) {
			return k[1]
		}
	}
	if strings.Contains(m, "(13)Permission denied: ") {
		return "httpd"
	}
	// Its manager processes are services, and listen on UNIX sockets.
	if _, rest, ok := zabbixHead(m); strings.HasPrefix(rest, "cannot start ") && strings.Contains(rest, " service: ") ||
		ok && (strings.Contains(rest, "listener failed") || strings.Contains(rest, "cannot connect to [[")) {
		return "zabbix_server"
	}
	// unbound[812:0] error: ...
	if name, rest, ok := strings.Cut(m, "["); ok && isName(name) && strings.ToLower(name) == name {
		if n := digits(rest); n > 0 && n < len(rest) && rest[n] == ':' && digits(rest[n+1:]) > 0 &&
			strings.HasPrefix(rest[n+1+digits(rest[n+1:]):], "] ") {
			return name
		}
	}
	// nc: connect to ..., but not error: ..., java.net.BindException: ...
	name, _, ok := strings.Cut(m, ": ")
	name = strings.TrimPrefix(name, "-")
	if strings.HasSuffix(name, ".service") || strings.HasSuffix(name, ".socket") {
		return "systemd"
	}
	if !ok || len(name) > 32 || !isName(name) || strings.ToLower(name) != name ||
		hasWord("daemon error fatal panic warning bind listen connect socket sendto dial send recv accept err "+
			"caused psycopg2 read write exception traceback open create fopen opendir execve file eacces spawn chdir "+
			"nested exec info notice alert crit emerg debug", name) {
		return ""
	}
	return name
}

// fileProgramOf guesses the program from what it alone writes of files.
func fileProgramOf(m string) string {
	for _, k := range [...][2]string{
		{"authorized keys '", "sshd"}, {"authorized keys /", "sshd"}, {"load host key", "sshd"},
		{"PHP Warning:", "php"},
		{"PHP Fatal error:", "php"}, {"ailed to open stream:", "php"}, {"InnoDB", "mysqld"},
		{"create/write to file", "mysqld"}, {"mysqld: ", "mysqld"}, {"(Errcode: 13", "mysqld"},
		{"(OS errno 13", "mysqld"}, {"FATAL:  could not ", "postgres"}, {"ERROR:  could not ", "postgres"},
		{"PANIC:  could not ", "postgres"}, {"LOG:  could not ", "postgres"}, {"vfs_ChDir", "smbd"},
		{"RDB file ", "redis-server"}, {" does not exist or permission denied when connecting to [", "smbd"},
		{"append-only ", "redis-server"},
		{"Can't open the log file", "redis-server"}, {" pcfg_openfile: ", "httpd"}, {"(filesystem path '", "httpd"},
		{"open primary script", "php-fpm"}, {"WiredTiger", "mongod"},
		{"is forbidden (13", "nginx"}, {"BIO_new_file() failed", "nginx"}, {"by the web server", "httpd"},
		{"by the webserver", "httpd"},
	} {
		if strings.Contains(m, k[0]) {
			return k[1]
		}
	}
	return machineOf(m)
}

// machineOf returns the program of a virtual machine whose message libvirt quotes, "" for none:
//
//	internal error: process exited while connecting to monitor: qemu-system-x86_64: -drive file=/srv/x: ...
func machineOf(m string) string {
	i := strings.Index(m, "qemu-")
	if i < 0 {
		return ""
	}
	name, _, ok := strings.Cut(m[i:], ": ")
	if !ok || name != "qemu-kvm" && !strings.HasPrefix(name, "qemu-system-") || !isName(name) {
		return ""
	}
	return name
}

// hasWord reports whether a word is in a list with blanks between.
func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

// zabbixHead takes off what Zabbix writes before a message: 803:20171219:025858.999.
func zabbixHead(m string) (process int, rest string, ok bool) {
	text := strings.TrimLeft(m, " ")
	n := digits(text)
	if n == 0 || n > 9 || len(text) < n+20 || text[n] != ':' || digits(text[n+1:]) != 8 || text[n+9] != ':' ||
		digits(text[n+10:]) != 6 || text[n+16] != '.' {
		return 0, m, false
	}
	process, _ = pid(text[:n])
	_, rest, ok = strings.Cut(text[n+17:], " ")
	return process, rest, ok
}
