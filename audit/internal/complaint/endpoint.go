package complaint

import (
	"net/netip"
	"strings"
)

// An endpoint is the other end that a program wanted to reach, as far as its log tells.
type endpoint struct {
	addr netip.Addr
	host string // a name, where the log has no address
	port uint16
	path string // of a unix socket
	// protocol is known from the form of some endpoints; "" for the others.
	protocol string
}

func (e endpoint) zero() bool { return e == endpoint{} }

// maxHost bounds a host name.
const maxHost = 253

// endpointAt reads the endpoint at the start of s, in one of the ways that
// programs write it: 10.0.0.7:5601, [::1]:80, *:80, :80, host:80,
// host/10.0.0.7:80 (Java), 10.0.0.7 port 80, 10.0.0.7[10.0.0.7]:25 (postfix),
// http://host:80/, unix:/run/x.sock, /run/x.sock, "10.0.0.7", port 80.
func endpointAt(s string) endpoint {
	s = strings.TrimLeft(s, " ([\"'<")
	if i := strings.Index(s[:min(len(s), 40)], "://"); i > 0 && !strings.ContainsAny(s[:i], " ,") {
		scheme := s[:i]
		s = s[i+3:]
		if strings.HasPrefix(s, "unix:") || strings.HasSuffix(scheme, "unix") {
			s = "unix:" + strings.TrimPrefix(s, "unix:")
		} else if e := hostPort(s); e.port == 0 && !e.zero() {
			e.port = schemePort(scheme)
			return e
		}
	}
	if after, ok := strings.CutPrefix(s, "unix:"); ok {
		return endpoint{path: word(after, " ,)\";:'")}
	}
	if strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") {
		if e := hostPort(s[1:]); e.addr.IsValid() {
			return e // Java: /10.0.0.7:5601
		}
		return endpoint{path: word(s, " ,)\";:'")}
	}
	return hostPort(s)
}

func schemePort(scheme string) uint16 {
	switch scheme {
	case "http", "ws", "uwsgi":
		return 80
	case "https", "wss", "grpcs":
		return 443
	case "postgres", "postgresql":
		return 5432
	case "mysql", "mariadb":
		return 3306
	case "mongodb":
		return 27017
	case "redis", "rediss", "valkey":
		return 6379
	case "amqp":
		return 5672
	case "amqps":
		return 5671
	case "ldap":
		return 389
	case "ldaps":
		return 636
	case "ftp":
		return 21
	case "smtp":
		return 25
	case "memcached", "memcache":
		return 11211
	case "mqtt":
		return 1883
	case "nats":
		return 4222
	}
	return 0
}

// word cuts s before the first of the characters in stop.
func word(s, stop string) string {
	if i := strings.IndexAny(s, stop); i >= 0 {
		s = s[:i]
	}
	return strings.TrimRight(s, ".")
}

// hostPort reads HOST:PORT, HOST port PORT, HOST PORT and their like.
func hostPort(s string) endpoint {
	var e endpoint
	var rest string
	switch {
	case strings.HasPrefix(s, "["):
		s = s[1:]
		fallthrough
	case strings.Contains(word(s, " ]"), "::"):
		text := word(s, "] ,;)\"'")
		a, ok := address(text)
		if !ok {
			// Without brackets the last part may be the port: :::80.
			if i := strings.LastIndexByte(text, ':'); i > 0 {
				if a, ok = address(text[:i]); ok {
					text = text[:i]
				}
			}
		}
		if !ok {
			return e
		}
		e.addr, rest = a, s[len(text):]
	case strings.HasPrefix(s, "*"):
		rest = s[1:]
	default:
		host := word(s, " :,;)\"'[]=")
		if i := strings.LastIndexByte(host, '/'); i > 0 {
			// Java: localhost/127.0.0.1; else the rest of a URL.
			if a, ok := address(host[i+1:]); ok {
				e.addr = a
			} else {
				return endpoint{}
			}
		} else if a, ok := address(host); ok {
			e.addr = a
		} else if isName(host) && !isWord(host) {
			e.host = host
		} else if host != "" {
			return e
		}
		rest = s[len(host):]
		// postfix: name[10.0.0.7]:25
		if inside, after, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]"); ok && strings.HasPrefix(rest, "[") {
			if a, ok := address(inside); ok {
				e.addr, e.host, rest = a, "", after
			}
		}
	}
	e.port = portAfter(rest)
	if e.port == 0 && e.host != "" {
		return endpoint{} // any word
	}
	return e
}

// isName reports whether a word can be the name of a host.
func isName(s string) bool {
	if s == "" || len(s) > maxHost || s[0] == '-' || s[0] == '.' {
		return false
	}
	letter := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		alpha := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		letter = letter || alpha
		if !alpha && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return letter
}

// portAfter reads the port behind a host.
func portAfter(s string) uint16 {
	s = strings.TrimLeft(s, "]\"'")
	for _, lead := range [...]string{":", ":[", ", port=", ", port ", ",port=", ",", " port: ", " port ", " port=",
		":port ", " "} {
		rest, ok := strings.CutPrefix(s, lead)
		if !ok {
			continue
		}
		digits := 0
		rest = strings.TrimLeft(rest, " ")
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if digits == 0 || digits+1 < len(rest) && rest[digits] == '.' && rest[digits+1] >= '0' &&
			rest[digits+1] <= '9' {
			continue // an address
		}
		if n, ok := port(rest[:digits]); ok {
			return n
		}
	}
	return 0
}

// portWord finds "port 5601" anywhere in s.
func portWord(s string) uint16 {
	for rest := s; ; {
		i := strings.Index(rest, "port")
		if i < 0 {
			return 0
		}
		rest = rest[i+len("port"):]
		if p := portAfter(" port" + rest); p != 0 && (strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "=") ||
			strings.HasPrefix(rest, ":")) {
			return p
		}
		// Erlang: [{port,5601}]
		if after, ok := strings.CutPrefix(rest, ","); ok {
			if n := digits(after); n > 0 && n < len(after) && (after[n] == '}' || after[n] == ')') {
				if p, ok := port(after[:n]); ok {
					return p
				}
			}
		}
	}
}
