package complaint

import "strings"

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
	// Java names the operation in an exception, and no place.
	for _, k := range [...][2]string{
		{"java.net.BindException", "bind"}, {"(Bind failed)", "bind"}, {"(connect failed)", "connect"},
		{"java.net.ConnectException", "connect"}, {"java.net.NoRouteToHostException", "connect"},
		{"Bind on TCP/IP port", "bind"}, {"stablish a new connection", "connect"},
		{"Failed to listen on sockets", "bind"}, {"tcp connect error", "connect"},
	} {
		if strings.Contains(m, k[0]) {
			s.Operation = k[1]
			*e = nearest(m, 0, false)
			if e.port == 0 {
				e.port = portWord(m)
			}
			if _, after, ok := strings.Cut(m, "null>:"); ok && e.zero() { // Tomcat: <null>:81
				e.port, _ = port(after[:digits(after)])
			}
			if k[0] == "tcp connect error" || k[0] == "Bind on TCP/IP port" {
				s.Protocol = "tcp"
			}
			s.refine(m)
			return true
		}
	}
	if strings.Contains(m, "kind: PermissionDenied") ||
		strings.Contains(m, "Permission denied (os error 13)") && !strings.ContainsAny(m, "/'`") {
		// Rust, which names neither the call nor its object.
		operation, _ := operationIn(m)
		return operation == "" && !networkLike(m)
	}
	if before, _, ok := strings.Cut(m, ",eacces}"); ok && strings.Contains(m, "listen_error") {
		// Erlang: {listen_error,{0,0,0,0},5672,eacces}
		s.Operation, s.Protocol = "bind", "tcp"
		e.port, _ = port(before[strings.LastIndexByte(before, ',')+1:])
		return true
	}
	if strings.Contains(m, "java.io.IOException: Permission denied") || strings.Contains(m, "PermissionError(13") {
		operation, _ := operationIn(m) // what was refused is told by the lines behind it, if at all
		return operation == "" && !networkLike(m)
	}
	if i := strings.Index(m, "[Errno 13] "); i >= 0 && strings.HasPrefix(m[i:], "[Errno 13] Permission denied") {
		// Python, which names the file if there is one.
		if operation, _ := operationIn(m); operation != "" || networkLike(m) {
			return false
		}
		return true
	}
	if strings.Contains(m, "SocketException") && strings.Contains(m, "Permission denied") {
		if operation, _ := operationIn(m); operation != "" {
			return false // it is said in words
		}
		// .NET names the other end if there is one.
		if *e = nearest(m, strings.Index(m, "Permission denied"), false); e.port != 0 {
			s.Operation, s.Protocol = "connect", "tcp"
		}
		return true
	}
	if strings.Contains(m, "HttpRequestException: Permission denied (") {
		s.Operation, s.Protocol = "connect", "tcp"
		*e = nearest(m, strings.Index(m, "Permission denied ("), false)
		return true
	}
	return false
}
