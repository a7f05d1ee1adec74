package complaint

import "strings"

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
		{"dial tcp4 ", "connect", "tcp"}, {"dial tcp6 ", "connect", "tcp"}, {"dial tcp ", "connect", "tcp"},
		{"dial tcp: ", "connect", "tcp"},
		{"dial udp4 ", "connect", "udp"}, {"dial udp6 ", "connect", "udp"}, {"dial udp ", "connect", "udp"},
		{"dial unix ", "connect", "unix"},
		{"listen tcp4 ", "bind", "tcp"}, {"listen tcp6 ", "bind", "tcp"}, {"listen tcp ", "bind", "tcp"},
		{"listen udp4 ", "bind", "udp"}, {"listen udp6 ", "bind", "udp"}, {"listen udp ", "bind", "udp"},
		{"listen unix ", "bind", "unix"},
		{"listen EACCES: permission denied ", "bind", "tcp"}, {"listen EACCES ", "bind", "tcp"},
		{"connect EACCES ", "connect", "tcp"}, {"bind EACCES ", "bind", "udp"}, {"send EACCES ", "send", "udp"},
		{"AnnotatedConnectException: Permission denied: ", "connect", "tcp"},
		{"AnnotatedSocketException: Permission denied: ", "connect", "tcp"},
		{"attempting to bind on address ", "bind", "tcp"},
		{"HTTPConnectionPool(host=", "connect", "tcp"}, {"HTTPSConnectionPool(host=", "connect", "tcp"},
		{"onnect to address ", "connect", "tcp"},
		{"ailed to connect to ", "connect", "tcp"}, {"annot connect to ", "connect", "tcp"},
		{"nable to connect to ", "connect", "tcp"},
		{"could not connect to ", "connect", "tcp"}, {"connect to host ", "connect", "tcp"},
		{"connect fail for ", "connect", "tcp"},
		{"onnecting to ", "connect", "tcp"}, {"onnect to ", "connect", "tcp"},
		{"onnection to server at ", "connect", "tcp"},
		{"/dev/tcp/", "connect", "tcp"}, {"/dev/udp/", "connect", "udp"},
		{"could not bind IPv4 address ", "bind", "tcp"}, {"could not bind IPv6 address ", "bind", "tcp"},
		{"TCP listening socket ", "bind", "tcp"}, {"create listening socket (", "bind", "tcp"},
		{"listening socket for ", "bind", ""},
		{"annot bind socket FD ", "bind", ""}, {"annot bind to ", "bind", ""}, {"ailed to bind to ", "bind", ""},
		{"an't bind to ", "bind", ""},
		{"could not listen on UDP socket", "bind", "udp"}, {"listen on TCP port ", "bind", "tcp"},
		{"listen on UDP port ", "bind", "udp"},
		{"can't bind socket: Permission denied for ", "bind", ""},
		{"fatal: bind ", "bind", "tcp"}, {"opening specified endpoint ", "bind", ""},
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
		if e.zero() {
			at := len(m) - len(rest)
			unix := mentionsUnix(m)
			if *e = nearest(rest, 0, unix); e.zero() && !strings.HasPrefix(a.phrase, "annot ") {
				*e = nearest(m[:at], at, unix)
			}
		}
		if e.zero() && !strings.Contains(strings.ToLower(a.phrase), "tcp") &&
			!strings.Contains(strings.ToLower(a.phrase), "udp") {
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

// refine corrects an operation that the phrase alone does not tell.
func (s *Symptom) refine(m string) {
	switch {
	case strings.Contains(m, "udp client:") || strings.Contains(m, "/udp") || strings.Contains(m, "imudp") ||
		strings.Contains(m, "(udp)") || strings.Contains(m, " UDP "):
		s.Protocol = "udp"
	case s.Protocol == "" && (strings.Contains(m, " tcp ") || strings.Contains(m, "(tcp)") ||
		strings.Contains(m, " TCP ")):
		s.Protocol = "tcp"
	case s.Protocol == "" && strings.Contains(m, " udp "):
		s.Protocol = "udp"
	}
	// nginx to UDP servers: send() failed (13: Permission denied) while ...
	if strings.Contains(m, "send() failed (13") {
		s.Operation = "send"
	}
}
