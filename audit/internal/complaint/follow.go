package complaint

import "strings"

// Incomplete reports whether the lines behind a message may say more of it.
func (s *Symptom) Incomplete() bool {
	if s.Strace || s.Protocol == "file" || s.Protocol == "dbus" {
		return false
	}
	return s.Operation == "" || s.Path == "" && (s.Port == 0 || s.PortDefault)
}

// Follow reads a line behind a message, without what stands in front of it. It is false for a line that does not
// belong to it, at which the message ends.
//
//	Is the server running on host "192.0.2.191" and accepting      (libpq)
//	TCP/IP connections on port 10091?
//	connections on Unix domain socket "/run/postgresql/.s.PGSQL.5432"?
//	HINT:  Is another postmaster already running on port 5433?     (PostgreSQL)
//	[ERROR] Do you already have another mysqld server running on port: 3307 ?
//	code: 'EACCES',                                                (Node.js)
//	syscall: 'listen',
//	address: '0.0.0.0',
//	port: 81
//	at java.base/sun.nio.ch.Net.bind0(Native Method)               (Java)
//	Caused by: java.net.BindException: Permission denied
func (s *Symptom) Follow(line string) bool {
	text := strings.Trim(line, " \t")
	if s.followPostgres(text) || s.followJava(text) || s.followNode(text) {
		return true
	}
	if strings.Contains(text, "another mysqld server running on port") {
		s.Port, s.PortDefault = portWord(text), false
		return true
	}
	return false
}

func (s *Symptom) followPostgres(text string) bool {
	found := false
	if _, rest, ok := strings.Cut(text, "Is the server running on host "); ok {
		found = true
		if e := quotedHost(rest); e.addr.IsValid() {
			s.Addr = e.addr
		} else {
			s.Host = e.host
		}
		// "db1" (192.0.2.191)
		if _, inside, ok := strings.Cut(rest, "("); ok && !s.Addr.IsValid() {
			if a, ok := address(word(inside, ")")); ok {
				s.Addr, s.Host = a, ""
			}
		}
	}
	if _, rest, ok := strings.Cut(text, "TCP/IP connections on port "); ok {
		found = true
		s.Protocol, s.PortDefault = "tcp", false
		s.Port, _ = port(rest[:digits(rest)])
	}
	if _, rest, ok := strings.Cut(text, "onnections on Unix domain socket \""); ok {
		found = true
		s.Protocol, s.Port, s.PortDefault = "unix", 0, false
		s.Path, _, _ = strings.Cut(rest, `"`)
	}
	if _, rest, ok := strings.Cut(text, "Is another postmaster already running on port "); ok {
		found = true
		s.Port, _ = port(rest[:digits(rest)])
	}
	return found || strings.Contains(text, "Is the server running locally and accepting") ||
		strings.Contains(text, "Is the server running on that host")
}

// followJava reads the lines of a stack trace, as Java and .NET write it.
func (s *Symptom) followJava(text string) bool {
	switch {
	case strings.HasPrefix(text, "at ") && strings.Contains(text, "("):
	case strings.HasPrefix(text, "Caused by: "), strings.HasPrefix(text, "... ") &&
		strings.HasSuffix(text, " more"), strings.HasPrefix(text, "Suppressed: "):
	default:
		return false
	}
	if s.Operation == "" && s.Protocol == "" {
		for _, k := range [...][2]string{
			{"createFileExclusively", "create"}, {"UnixFileSystem.createDirectory", "mkdir"},
			{"FileOutputStream.open", "write"}, {"FileInputStream.open", "read"}, {"RandomAccessFile.open", "open"},
			{"ProcessImpl.forkAndExec", "execute"}, {"UNIXProcess.forkAndExec", "execute"},
		} {
			if strings.Contains(text, k[0]) {
				s.Operation, s.Protocol = k[1], "file"
				return true
			}
		}
	}
	if s.Operation == "" {
		for _, k := range [...][2]string{
			{"Net.bind", "bind"}, {"socketBind", "bind"}, {"BindException", "bind"}, {"ServerSocket.bind", "bind"},
			{"Net.listen", "listen"}, {"socketListen", "listen"},
			{"Net.connect", "connect"}, {"socketConnect", "connect"}, {"ConnectException", "connect"},
			{"Socket.connect", "connect"}, {"Net.socket", "create"}, {"socketCreate", "create"},
			{"Socket.Bind(", "bind"}, {"Socket.DoBind(", "bind"}, {"Socket.Listen(", "listen"},
			{"at listen (ext:deno_net", "bind"}, {"at connect (ext:deno_net", "connect"},
			{"Socket.Connect(", "connect"}, {"Socket.DoConnect(", "connect"}, {"Sockets.Socket..ctor", "create"},
		} {
			if strings.Contains(text, k[0]) {
				s.Operation = k[1]
				break
			}
		}
	}
	return true
}

// followNode reads a line of an error as Node.js prints it.
func (s *Symptom) followNode(text string) bool {
	key, _, ok := strings.Cut(text, ":")
	if !ok || !hasWord("errno code syscall address port", strings.Trim(key, "'\"")) {
		return text == "{" || text == "}"
	}
	if s.Operation == "" {
		s.Operation = operationOf(valueOf(text, "syscall"))
	}
	var e endpoint
	s.nodeFields(text, &e)
	if e.addr.IsValid() {
		s.Addr = e.addr
	}
	if e.path != "" {
		s.Path, s.Protocol = e.path, "unix"
	}
	if e.port != 0 {
		s.Port, s.PortDefault = e.port, false
	}
	return true
}
