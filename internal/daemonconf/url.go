package daemonconf

import "strings"

// A target is the server that a URL names.
type target struct{ scheme, host, port string }

// schemePort returns the default port of a URL scheme, 0 if it has none.
func schemePort(scheme string) uint16 {
	switch scheme {
	case "http", "ws", "h2c", "grpc":
		return 80
	case "https", "wss", "h2", "grpcs":
		return 443
	case "ajp":
		return 8009
	case "fcgi":
		return 8000 // mod_proxy_fcgi's
	case "scgi":
		return 4000
	case "ftp":
		return 21
	case "ldap":
		return 389
	case "ldaps":
		return 636
	}
	return 0
}

// parseURL reads the scheme, the host and the port of a URL.
func parseURL(text string) target {
	var t target
	rest := text
	if scheme, after, ok := strings.Cut(text, "://"); ok {
		t.scheme, rest = strings.ToLower(scheme), after
	}
	if i := strings.IndexAny(rest, "/?# "); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	t.host, t.port = splitHost(rest)
	return t
}

// connectURL adds the connection to a URL. otherwise is the port of a URL without a port whose
// scheme has no default; 0 makes such a URL a problem.
func (j *job) connectURL(text, directive string, otherwise uint16, at Pos) {
	t := parseURL(text)
	e := Endpoint{Op: Connect, Protocol: "tcp", Host: t.host, Directive: directive, Pos: at}
	v := variable(text)
	n := schemePort(t.scheme)
	if n == 0 {
		n = otherwise
	}
	switch {
	case t.port != "":
		if !e.at(j, t.port) {
			j.problem(at, "%s: %q is not a port", directive, t.port)
			return
		}
	case v != "" && strings.Contains(t.host+t.scheme, v):
		e.Open = v // the variable may also contain the port
	case n == 0:
		j.problem(at, "%s: %q has no known port", directive, text)
		return
	default:
		e.Low, e.High = n, n
	}
	j.endpoint(e)
}

// connectHost adds the connection to HOST or HOST:PORT.
func (j *job) connectHost(text, directive, protocol string, otherwise uint16, at Pos) {
	host, port := splitHost(text)
	e := Endpoint{Op: Connect, Protocol: protocol, Host: host, Low: otherwise, High: otherwise, Directive: directive,
		Pos: at}
	switch v := variable(text); {
	case port == "" && v != "":
		e.Low, e.High, e.Open = 0, 0, v
	case port != "":
		if e.Low, e.High = 0, 0; !e.at(j, port) {
			j.problem(at, "%s: %q is not a port", directive, port)
			return
		}
	}
	j.endpoint(e)
}
