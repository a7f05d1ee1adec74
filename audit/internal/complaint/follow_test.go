package complaint

import (
	"strings"
	"testing"
)

// TestFollow has messages that go on in the lines behind them; how many belong to each is told by the number.
func TestFollow(t *testing.T) {
	for _, c := range []struct {
		lines string
		n     int
		want  string
	}{
		{"could not connect to server: Permission denied\n\tIs the server running on host \"192.0.2.191\" and " +
			"accepting\n\tTCP/IP connections on port 10091?\nx", 3, "connect tcp 192.0.2.191 10091"},
		{"psql: could not connect to server: Permission denied\n\tIs the server running on host \"db1\" (10.0.0.7) " +
			"and accepting\n\tTCP/IP connections on port 5433?", 3, "psql connect tcp 10.0.0.7 5433"},
		{"psql: could not connect to server: Permission denied\n\tIs the server running locally and " +
			"accepting\n\tconnections on Unix domain socket \"/run/postgresql/.s.PGSQL.5432\"?", 3,
			"psql connect unix /run/postgresql/.s.PGSQL.5432"},
		{"LOG:  could not bind IPv4 address \"0.0.0.0\": Permission denied\nHINT:  Is another postmaster already " +
			"running on port 5433? If not, wait a few seconds and retry.", 2, "postgres bind tcp 0.0.0.0 5433"},
		{"[ERROR] Can't start server: Bind on TCP/IP port: Permission denied\n[ERROR] Do you already have another " +
			"mysqld server running on port: 3307 ?", 2, "mysqld bind tcp 3307"},
		{"java.net.SocketException: Permission denied\n\tat java.base/sun.nio.ch.Net.bind0(Native Method)\n\tat " +
			"java.base/sun.nio.ch.Net.bind(Net.java:555)\nx", 3, "bind"},
		{"java.net.SocketException: Permission denied\n\tat java.net.PlainSocketImpl.socketConnect(Native " +
			"Method)\n\t... 12 more", 3, "connect"},
		{"java.io.IOException: Permission denied\n\tat " +
			"java.base/java.io.UnixFileSystem.createFileExclusively0(Native " +
			"Method)\n\tat x.y(Z.java:1)\nx", 3, "create file"},
		{"Error: EACCES\n{\n  errno: -13,\n  code: 'EACCES',\n  syscall: 'listen',\n  address: '0.0.0.0',\n  port: " +
			"81\n}", 8, "listen 0.0.0.0 81"},
		{"could not connect to server: Permission denied\nsomething else", 1, "connect"},
	} {
		lines := strings.Split(c.lines, "\n")
		s := Read(lines[0], "", 0)
		if s == nil && strings.HasPrefix(lines[0], "Error: EACCES") {
			s = &Symptom{}
		}
		if s == nil || !s.Incomplete() {
			t.Errorf("%s: %+v", lines[0], s)
			continue
		}
		n := 1
		for n < len(lines) && s.Follow(lines[n]) {
			n++
		}
		if got := text(s); n != c.n || got != c.want {
			t.Errorf("%s\n\t%d lines: %s, want %d: %s", lines[0], n, got, c.n, c.want)
		}
	}
}

// FuzzRead: no panic, and nothing beyond the bounds, whatever a program writes.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"nginx: [emerg] socket() 0.0.0.0:80 failed (13: Permission denied)",
		"dial tcp 10.0.0.7:5601: connect: permission denied", "SQLSTATE[HY000] [2002] Permission denied",
		"Starting frontend GLOBAL: cannot bind UNIX socket (Permission denied) [/run/x]",
		"Can't connect to MySQL server on '192.0.2.54' (13)",
		"(13)Permission denied: [pid 7:tid 8] socket for target x",
		"connect(3, {sa_family=AF_INET, sin_port=htons(5601), sin_addr=inet_addr(\"10.0.0.7\")}, 16) = -1 EACCES " +
			"(Permission denied)", "amqp://u:p@[::1]:5/: connection: Permission denied",
		"syscall: 'listen', port: 81 EACCES",
		" 803:20171219:025858.999 Cannot bind socket to \"/x\": [13] Permission denied.",
		"[AF_INET]AF_INET(inet:unix:/x: connect EACCES",
		"open() \"/srv/x\" failed (13: Permission denied)", "PermissionError: [Errno 13] Permission denied: u'/srv/x'",
		"(13)Permission denied: access to /x denied (filesystem path '/srv/x') because",
		"EACCES: permission denied, open '",
		"Failed opening the RDB file x (in server root dir /srv/) for saving: Permission denied",
		"touch: \u2018/x\u2019 EACCES",
		"openat(3</srv>, \"x\", O_RDWR) = -1 EACCES", "Access to the path '/x' is denied.",
		"/x (Permission denied) in /x.php:3",
		"tar: x: Cannot link: EACCES", "mv: inter-device move failed: '/x' to 'y'; unable to remove target: EACCES",
		"sysctl: setting key \"x.\u0130\": Permission denied", "bash: line 1: x: Permission denied",
		"EACCES: permission denied, symlink '/x' -> '/", "[Errno 13] Permission denied: POSIXPATH('/x')",
		"FileNotFoundException: x (Permission denied)", "symlink /x /y: Permission denied: B'/x'",
		":Permission denied:x:fopen('/x','r+",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, m string) {
		Interesting([]byte(m))
		s := Read(m, "", 0)
		if s == nil {
			return
		}
		if len(s.Text) > maxText || len(s.Host) > maxHost || s.PID < 0 ||
			s.Protocol == "file" && len(s.Path) > maxPath {
			t.Fatalf("%q: %+v", m, s)
		}
		s.Follow(m)
		_ = s.Incomplete()
	})
}
