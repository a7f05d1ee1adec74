package complaint

import "strings"

// haproxy reads
//
//	Server kibana/app1 is DOWN, reason: Layer4 connection problem, info: "General socket error ...
//	Binding [/etc/haproxy/haproxy.cfg:29] for frontend www: protocol tcpv4: cannot bind socket (Permission denied) for
//
// [0.0.0.0:81].
func (s *Symptom) haproxy(m string, e *endpoint) bool {
	if strings.Contains(m, "Layer4 connection problem") || strings.Contains(m, "General socket error") {
		// The server may be a unix socket: the line does not say.
		s.Operation = "connect"
		for _, lead := range [...]string{"ealth check for backup server ", "ealth check for server ",
			"Backup Server ", "Server ", "server "} {
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
	if strings.Contains(m, "UNIX socket") && (strings.Contains(m, "Starting ") || strings.Contains(m, "Binding ") ||
		strings.Contains(m, "[ALERT]")) {
		s.Operation, s.Protocol = "bind", "unix"
		s.frontend(m)
		if i := strings.LastIndex(m, "[/"); i >= 0 {
			e.path = word(m[i+1:], "]")
		}
		for _, k := range [...][2]string{{"trying to preserve previous", "link"},
			{"trying to unlink previous", "unlink"}, {"switch final and temporary", "rename"},
			{"cannot change", "chown"}} {
			if strings.Contains(m, k[0]) && e.path != "" { // what it does with the file of a socket
				s.Operation, s.Protocol, s.Class, s.Path = k[1], "file", "sock_file", e.path
			}
		}
		return true
	}
	for _, k := range [...][2]string{{"cannot create listening socket", "create"},
		{"cannot create receiving socket", "create"}, {"cannot listen to socket", "listen"}} {
		if _, rest, ok := strings.Cut(m, k[0]); ok {
			s.Operation, s.Protocol = k[1], "tcp"
			s.frontend(m)
			*e = nearest(rest, 0, false)
			return true
		}
	}
	if _, rest, ok := strings.Cut(m, "cannot bind socket"); ok {
		s.Operation, s.Protocol = "bind", "tcp"
		if strings.Contains(m, "protocol udp") || strings.Contains(m, "protocol quic") {
			s.Protocol = "udp"
		}
		s.frontend(m)
		if _, at, ok := strings.Cut(rest, "["); ok {
			*e = endpointAt(at)
		}
		return true
	}
	return false
}

// frontend finds haproxy's name for the socket that it bound.
func (s *Symptom) frontend(m string) {
	for _, lead := range [...]string{" for frontend ", " for proxy ", "Starting frontend ", "Starting proxy "} {
		if _, name, ok := strings.Cut(m, lead); ok {
			s.Frontend = word(name, ": ")
			return
		}
	}
}
