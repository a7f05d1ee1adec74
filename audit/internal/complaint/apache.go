package complaint

import "strings"

// apache reads the messages of httpd and of its modules that name the call:
//
//	(13)Permission denied: AH00072: make_sock: could not bind to address [::]:5000
//	(13)Permission denied: AH00073: make_sock: unable to listen for connections on address [::]:5000
//	(13)Permission denied: AH00952: FCGI: error creating fam 2 socket for target 127.0.0.1
//	(13)Permission denied: [client ::1] mod_wsgi (pid=7): Unable to connect to WSGI daemon process 'x' on
//
// '/run/wsgi.sock'
func (s *Symptom) apache(m string, e *endpoint) bool {
	for _, k := range [...]struct {
		phrase, operation, protocol string
	}{
		{"make_sock: unable to listen for connections on address ", "listen", "tcp"},
		{"make_sock: could not bind to address ", "bind", "tcp"},
		{"make_sock: for address ", "create", "tcp"},
		{" socket for target ", "create", "tcp"},
		{"couldn't bind unix domain socket ", "bind", "unix"},
		{"unable to connect to cgi daemon", "connect", "unix"},
		{"Unable to connect to WSGI daemon process ", "connect", "unix"},
		{"attempt to connect to Unix domain socket ", "connect", "unix"},
		{"attempt to connect to ", "connect", "tcp"},
		{"failed to make connection to backend: ", "connect", "tcp"},
		{"connect to listener on ", "connect", "tcp"},
	} {
		_, rest, ok := strings.Cut(m, k.phrase)
		if !ok {
			continue
		}
		s.Operation, s.Protocol = k.operation, k.protocol
		*e = nearest(rest, 0, k.protocol == "unix")
		if strings.Contains(m, "error creating fam 10 ") && !e.addr.IsValid() {
			e.port = 0
		}
		if i := strings.Index(m, "[pid "); i >= 0 && s.PID == 0 {
			inside := word(m[i+len("[pid "):], ":]")
			s.PID, _ = pid(inside)
		}
		return true
	}
	return false
}
