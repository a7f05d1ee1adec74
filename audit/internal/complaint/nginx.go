package complaint

import "strings"

// nginx reads the calls that nginx names:
//
//	socket() 0.0.0.0:80 failed (13: Permission denied)
//	connect() to unix:/run/app.sock failed (13: Permission denied) while connecting to upstream, ... upstream:
//
// "http://unix:/run/app.sock:/"
//
//	send() failed (13: Permission denied) while resolving, resolver: 10.0.0.2:53
//	connect() failed (13: Permission denied) while logging to syslog, server: unix:/dev/log
func (s *Symptom) nginx(m string, e *endpoint) bool {
	head, rest, ok := strings.Cut(m, " failed (13")
	if !ok {
		return false
	}
	open := strings.LastIndex(head, "()")
	if open < 0 {
		return false
	}
	name := head[:open]
	name = name[strings.LastIndexAny(name, " \t:")+1:]
	if name == "setsockopt" {
		s.Operation = name
	} else if s.Operation = operationOf(name); s.Operation == "" {
		return false
	}
	if strings.HasPrefix(strings.TrimLeft(head[open+2:], " "), "to ") || strings.TrimSpace(head[open+2:]) != "" {
		*e = nearest(head[open+2:], 0, true)
	}
	s.Protocol = "tcp"
	udp := strings.Contains(m, "udp client:")
	for _, k := range [...]struct {
		key string
		udp bool
	}{{"upstream: ", udp}, {"resolver: ", true}, {"syslog, server: ", true}, {"peer: ", udp}} {
		if _, at, ok := strings.Cut(rest, k.key); ok && e.zero() {
			*e = nearest(at, 0, true)
			udp = k.udp
			break
		}
	}
	if udp {
		s.Protocol = "udp"
	}
	return true
}
