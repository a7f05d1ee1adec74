package audit

import (
	"net/netip"
	"strings"

	"github.com/senet-selinux/senet/audit/internal/head"
)

// A Symptom is a refusal that a program, or strace, has logged itself: EACCES
// from a network operation. It may have another cause than SELinux (file
// modes of a unix socket, a privileged port, seccomp, a packet filter that
// rejects). What the line does not say is empty.
type Symptom struct {
	// Program is haproxy, nginx, httpd, sshd ..., from the line or its header.
	Program string `json:"program,omitempty"`
	PID     int    `json:"pid,omitempty"`
	// Operation is connect, bind, listen, accept, send, recv, create, another
	// system call on sockets that strace shows, or "".
	Operation string `json:"operation,omitempty"`
	// Protocol is tcp, udp, sctp, unix, netlink or "".
	Protocol string     `json:"protocol,omitempty"`
	Addr     netip.Addr `json:"addr,omitzero"`
	// Host is the name, where the line has no address.
	Host string `json:"host,omitempty"`
	Port uint16 `json:"port,omitempty"`
	Path string `json:"path,omitempty"` // of a unix socket
	// Backend and Server are haproxy's names for what it connected to, Frontend
	// that for what it bound.
	Backend  string `json:"backend,omitempty"`
	Server   string `json:"server,omitempty"`
	Frontend string `json:"frontend,omitempty"`
	// Errno is EACCES.
	Errno string `json:"errno,omitempty"`
	Text  string `json:"text"`

	strace bool
}

// maxSymptomText bounds Symptom.Text, in bytes.
const maxSymptomText = 1024

// symptom recognises the refusal in a message of a program; nil if there is
// none.
func symptom(m string, h head.Head) *Symptom {
	if s := straceLine(m); s != nil {
		return s
	}
	if !refused(m) || otherRefusal(m) {
		return nil
	}
	s := &Symptom{Program: h.Prog, PID: h.PID, Errno: "EACCES", Text: m[:min(len(m), maxSymptomText)]}
	if s.Program == "" {
		s.Program = programOf(m)
	}
	var e endpoint
	if s.haproxy(m, &e) || s.anchored(m, &e) || s.worded(m, &e) {
		s.Addr, s.Port, s.Path = e.addr, e.port, e.path
		if !e.addr.IsValid() {
			s.Host = e.host
		}
		if e.path != "" {
			s.Protocol = "unix"
		}
		return s
	}
	return nil
}

// refused reports whether a message has EACCES in one of its spellings.
func refused(m string) bool {
	return strings.Contains(m, "ermission denied") || strings.Contains(m, "EACCES")
}

// otherRefusal reports whether a refusal is none of the network's: of a login,
// or of a file.
func otherRefusal(m string) bool {
	for _, s := range [...]string{
		"Permission denied (publickey", "Permission denied (password", "Permission denied (keyboard", "Permission denied (gssapi",
		"Permission denied, please try again", "open() \"", "openat(", "mkdir(", "stat() ", "access(", "execve(", "fopen(", "unlink(",
		"cannot open directory", "cannot access", "Permission denied: '", "Permission denied: \"", "PAM", "exec format",
	} {
		if strings.Contains(m, s) {
			return true
		}
	}
	return false
}

// programOf guesses the program from what only it writes.
func programOf(m string) string {
	for _, k := range [...][2]string{
		{"Layer4 connection problem", "haproxy"}, {": cannot bind socket (", "haproxy"}, {"while connecting to upstream", "nginx"}, {"connect() to ", "nginx"},
		{"failed (13: Permission denied)", "nginx"}, {"AH00", "httpd"}, {"make_sock: could not bind", "httpd"}, {"attempt to connect to ", "httpd"},
		{"error: Bind to port ", "sshd"}, {"Bind to port ", "sshd"}, {"curl: (", "curl"},
	} {
		if strings.Contains(m, k[0]) {
			return k[1]
		}
	}
	// nc: connect to ..., but not error: ..., java.net.BindException: ...
	name, _, ok := strings.Cut(m, ": ")
	name = strings.TrimPrefix(name, "-")
	if !ok || len(name) > 32 || !isName(name) || strings.ToLower(name) != name || indexOfWord("error fatal panic warning bind listen connect socket sendto dial", name) >= 0 {
		return ""
	}
	return name
}

// haproxy reads
//
//	Server kibana/app1 is DOWN, reason: Layer4 connection problem, info: "General socket error (Permission denied)", ...
//	Binding [/etc/haproxy/haproxy.cfg:29] for frontend www: protocol tcpv4: cannot bind socket (Permission denied) for [0.0.0.0:81].
func (s *Symptom) haproxy(m string, e *endpoint) bool {
	if strings.Contains(m, "Layer4 connection problem") || strings.Contains(m, "General socket error") {
		// The server may be a unix socket: the line does not say.
		s.Operation = "connect"
		for _, lead := range [...]string{"ealth check for backup server ", "ealth check for server ", "Backup Server ", "Server ", "server "} {
			if _, rest, ok := strings.Cut(m, lead); ok {
				name := word(rest, " ,")
				if backend, server, ok := strings.Cut(name, "/"); ok {
					s.Backend, s.Server = backend, server
					break
				}
			}
		}
		return true
	}
	if _, rest, ok := strings.Cut(m, "cannot bind socket"); ok {
		s.Operation, s.Protocol = "bind", "tcp"
		if strings.Contains(m, "protocol udp") || strings.Contains(m, "protocol quic") {
			s.Protocol = "udp"
		}
		for _, lead := range [...]string{" for frontend ", " for proxy ", "Starting frontend ", "Starting proxy "} {
			if _, name, ok := strings.Cut(m, lead); ok {
				s.Frontend = word(name, ": ")
				break
			}
		}
		if _, at, ok := strings.Cut(rest, "["); ok {
			*e = endpointAt(at)
		}
		return true
	}
	return false
}

// An anchor is a phrase behind which a program names the endpoint.
type anchor struct {
	phrase, operation, protocol string
}

// anchored looks for the phrases of known programs and libraries.
func (s *Symptom) anchored(m string, e *endpoint) bool {
	// The more telling first: nginx has the upstream behind the client.
	for _, a := range [...]anchor{
		{`upstream: "`, "connect", "tcp"},
		{"connect() to ", "connect", "tcp"},
		{"bind() to ", "bind", "tcp"},
		{"listen() to ", "listen", "tcp"},
		{"could not bind to address ", "bind", "tcp"},
		{"attempt to connect to Unix domain socket ", "connect", "unix"},
		{"attempt to connect to ", "connect", "tcp"},
		{"->", "connect", ""}, // Go, of an established socket: read tcp A->B
		{"dial tcp4 ", "connect", "tcp"}, {"dial tcp6 ", "connect", "tcp"}, {"dial tcp ", "connect", "tcp"}, {"dial tcp: ", "connect", "tcp"},
		{"dial udp4 ", "connect", "udp"}, {"dial udp6 ", "connect", "udp"}, {"dial udp ", "connect", "udp"}, {"dial unix ", "connect", "unix"},
		{"listen tcp4 ", "bind", "tcp"}, {"listen tcp6 ", "bind", "tcp"}, {"listen tcp ", "bind", "tcp"},
		{"listen udp4 ", "bind", "udp"}, {"listen udp6 ", "bind", "udp"}, {"listen udp ", "bind", "udp"}, {"listen unix ", "bind", "unix"},
		{"listen EACCES: permission denied ", "bind", "tcp"}, {"listen EACCES ", "bind", "tcp"},
		{"connect EACCES ", "connect", "tcp"}, {"bind EACCES ", "bind", "udp"}, {"send EACCES ", "send", "udp"},
		{"AnnotatedConnectException: Permission denied: ", "connect", "tcp"},
		{"attempting to bind on address ", "bind", "tcp"},
		{"HTTPConnectionPool(host=", "connect", "tcp"}, {"HTTPSConnectionPool(host=", "connect", "tcp"},
		{"onnect to address ", "connect", "tcp"},
		{"ailed to connect to ", "connect", "tcp"}, {"annot connect to ", "connect", "tcp"}, {"nable to connect to ", "connect", "tcp"},
		{"could not connect to ", "connect", "tcp"}, {"connect to host ", "connect", "tcp"}, {"connect fail for ", "connect", "tcp"},
		{"onnecting to ", "connect", "tcp"}, {"onnect to ", "connect", "tcp"}, {"onnection to server at ", "connect", "tcp"},
		{"/dev/tcp/", "connect", "tcp"}, {"/dev/udp/", "connect", "udp"},
		{"could not bind IPv4 address ", "bind", "tcp"}, {"could not bind IPv6 address ", "bind", "tcp"},
		{"TCP listening socket ", "bind", "tcp"}, {"create listening socket (", "bind", "tcp"}, {"listening socket for ", "bind", ""},
		{"annot bind socket FD ", "bind", ""}, {"annot bind to ", "bind", ""}, {"ailed to bind to ", "bind", ""}, {"an't bind to ", "bind", ""},
		{"could not listen on UDP socket", "bind", "udp"}, {"listen on TCP port ", "bind", "tcp"}, {"listen on UDP port ", "bind", "udp"},
		{"can't bind socket: Permission denied for ", "bind", ""},
		{"fatal: bind ", "bind", "tcp"},
	} {
		_, rest, ok := strings.Cut(m, a.phrase)
		if !ok {
			continue
		}
		if a.phrase == "->" && !strings.Contains(m, " tcp ") && !strings.Contains(m, " udp ") {
			continue
		}
		s.Operation, s.Protocol = a.operation, a.protocol
		*e = s.behind(a.phrase, rest, m)
		if e.zero() && !strings.Contains(strings.ToLower(a.phrase), "tcp") && !strings.Contains(strings.ToLower(a.phrase), "udp") {
			s.Protocol = ""
		}
		s.refine(m)
		return true
	}
	return false
}

// behind reads the endpoint behind an anchor.
func (s *Symptom) behind(phrase, rest, m string) endpoint {
	switch phrase {
	case "/dev/tcp/", "/dev/udp/":
		host, port, _ := strings.Cut(rest, "/")
		return hostPort(host + ":" + port)
	case "annot bind socket FD ":
		_, rest, _ = strings.Cut(rest, " to ") // squid
	case "onnection to server at ":
		_, after, found := strings.Cut(rest, "(") // psql: at "db", port 5432; at "db" (10.0.0.7), port 5432
		e := endpointAt(rest)
		if found && !e.addr.IsValid() {
			e = endpointAt(after)
		}
		if e.port == 0 {
			e.port = portWord(m)
		}
		return e
	case "listening socket for ":
		return endpoint{port: portWord(rest)}
	case "listen on TCP port ", "listen on UDP port ":
		return endpoint{port: portAfter(" " + rest)}
	case "attempt to connect to Unix domain socket ", "dial unix ", "listen unix ":
		return endpoint{path: word(rest, " ,)\";:'")}
	}
	e := endpointAt(rest)
	if e.port == 0 && e.path == "" {
		e.port = portWord(m)
	}
	return e
}

// refine corrects what the phrase alone does not tell.
func (s *Symptom) refine(m string) {
	switch {
	case strings.Contains(m, "udp client:") || strings.Contains(m, "(udp)") || strings.Contains(m, " UDP "):
		s.Protocol = "udp"
	case s.Protocol == "" && (strings.Contains(m, " tcp ") || strings.Contains(m, "(tcp)") || strings.Contains(m, " TCP ")):
		s.Protocol = "tcp"
	case s.Protocol == "" && strings.Contains(m, " udp "):
		s.Protocol = "udp"
	}
	// nginx to UDP servers: send() failed (13: Permission denied) while ...
	if strings.Contains(m, "send() failed (13") {
		s.Operation = "send"
	}
}

// worded looks for the words of an operation, where the line has a port or no
// file.
func (s *Symptom) worded(m string, e *endpoint) bool {
	if _, rest, ok := strings.Cut(m, "Bind to port "); ok {
		s.Operation, s.Protocol = "bind", "tcp"
		*e = endpoint{port: portAfter(" " + rest)}
		if _, at, ok := strings.Cut(rest, " on "); ok {
			text := word(at, " ")
			e.addr, _ = address(strings.TrimSuffix(text, "."))
		}
		return true
	}
	for _, k := range [...][2]string{
		{"java.net.BindException", "bind"}, {"(Bind failed)", "bind"}, {"(connect failed)", "connect"}, {"java.net.ConnectException", "connect"},
		{"java.net.NoRouteToHostException", "connect"}, {"bind: ", "bind"}, {"bind(): ", "bind"}, {"bind() failed", "bind"}, {"Bind on TCP/IP port", "bind"},
		{"connect: ", "connect"}, {"connect(): ", "connect"}, {"connect() failed", "connect"}, {"listen: ", "listen"}, {"sendto: ", "send"}, {"sendmsg: ", "send"},
		{"send() failed", "send"}, {"socket: ", "create"}, {"stablish a new connection", "connect"}, {"Failed to listen on sockets", "bind"},
		{"while connecting to upstream", "connect"}, {"unable to connect", "connect"}, {"could not bind", "bind"}, {"annot bind", "bind"}, {"ailed to bind", "bind"},
		{"failed to connect", "connect"}, {"Failed to connect", "connect"}, {"could not connect", "connect"},
	} {
		if strings.Contains(m, k[0]) {
			s.Operation = k[1]
			e.port = portWord(m)
			s.refine(m)
			return true
		}
	}
	if i := strings.Index(m, "[Errno 13] "); i >= 0 && strings.HasPrefix(m[i:], "[Errno 13] Permission denied") {
		// Python, which names the file if there is one.
		e.port = portWord(m)
		return true
	}
	if strings.Contains(m, "SocketException") && strings.Contains(m, "Permission denied") {
		return true
	}
	return false
}
