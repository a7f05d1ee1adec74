package complaint

import (
	"strings"
)

// nearest finds the endpoint in a message that stands first behind from, or else last before it. A path counts as one
// only where unix says that the message is about UNIX sockets.
func nearest(m string, from int, unix bool) endpoint {
	var before endpoint
	colons := strings.Contains(m, " :: caused by :: ") // MongoDB, between errors
	for at := 0; at < len(m); {
		if !startsToken(m, at) || colons && strings.HasPrefix(m[at:], ":: ") {
			at++
			continue
		}
		e, n := strictEndpoint(m[at:], unix)
		if n == 0 {
			at++
			continue
		}
		if at >= from {
			return e
		}
		before = e
		at += n
	}
	return before
}

// startsToken reports whether something may begin at a place: behind a blank, a quote or a bracket.
func startsToken(m string, at int) bool {
	if at > 1 && m[at-1] == '"' && m[at] == ':' && (isName(m[at-2:at-1]) || m[at-2] == ']') {
		return false // the quote ends a key of JSON
	}
	return at == 0 || strings.IndexByte(" \t\"'`([{<=,@;|", m[at-1]) >= 0
}

// prefixes are the words that some programs write directly before an address.
var prefixes = [...]struct{ text, protocol string }{
	{"AF_INET6(", ""}, {"AF_INET(", ""}, {"[AF_INET6]", ""}, {"[AF_INET]", ""}, {"AF_INET6 ", ""}, {"AF_INET ", ""},
	{"inet6:", ""}, {"inet:", ""},
	{"tcp4:", "tcp"}, {"tcp6:", "tcp"}, {"tcp:", "tcp"}, {"udp4:", "udp"}, {"udp6:", "udp"}, {"udp:", "udp"},
	{"AF_UNIX(", "unix"}, {"local:", "unix"}, {"unix:", "unix"},
}

// strictEndpoint reads an endpoint at the start of s in a form that nothing else has, and returns how long it is; 0 if
// there is none.
func strictEndpoint(s string, unix bool) (e endpoint, n int) {
	if i := strings.Index(s[:min(len(s), 16)], "://"); i > 0 && isName(s[:i]) {
		return urlEndpoint(s, i)
	}
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p.text); ok {
			e, n := strictEndpoint(rest, p.protocol == "unix")
			if d := digits(rest); n == 0 && d == len(word(rest, "\"' )")) &&
				(p.protocol == "tcp" || p.protocol == "udp") {
				if e.port, _ = port(rest[:d]); e.port != 0 {
					n = d // udp:161
				}
			}
			if n > 0 {
				e.protocol = p.protocol
				return e, n + len(p.text)
			}
		}
	}
	switch {
	case s == "":
		return e, 0
	case s[0] == '/':
		if e, n := numericEndpoint(s[1:]); n > 0 {
			return e, n + 1 // Java: /10.0.0.7:5601
		}
		return pathEndpoint(s, unix)
	case s[0] == '@' && unix:
		path := word(s, " ,)\";:'")
		return endpoint{path: path}, len(path)
	case strings.HasPrefix(s, "[-]:"): // Zabbix: any address
		p, n := strictPort(s[len("[-]"):])
		return endpoint{port: p}, n + len("[-]")
	case s[0] == '*', s[0] == ':' && !strings.HasPrefix(s, "::"):
		p, n := strictPort(strings.TrimPrefix(s, "*"))
		if p == 0 {
			return e, 0
		}
		return endpoint{port: p}, n + len(s) - len(strings.TrimPrefix(s, "*"))
	}
	if e, n := numericEndpoint(s); n > 0 {
		return e, n
	}
	return namedEndpoint(s)
}

// numericEndpoint reads an address and its port, if there is one behind it.
func numericEndpoint(s string) (endpoint, int) {
	open := strings.HasPrefix(s, "[")
	text := s
	if open {
		text = s[1:]
	}
	end := 0
	for end < len(text) && (isHexDigit(text[end]) || text[end] == '.' || text[end] == ':') {
		end++
	}
	if end < len(text) && text[end] == '%' { // a zone
		for end < len(text) && strings.IndexByte(" ])#,\"'", text[end]) < 0 {
			end++
		}
	}
	literal := strings.TrimRight(text[:end], ".")
	for strings.HasSuffix(literal, ":") && !strings.HasSuffix(literal, "::") {
		literal = literal[:len(literal)-1]
	}
	a, ok := address(literal)
	if !ok && !open {
		// 10.0.0.7:5601 and, without brackets, :::80
		if i := strings.LastIndexByte(literal, ':'); i > 0 {
			if a, ok = address(literal[:i]); ok {
				literal = literal[:i]
			}
		}
	}
	if !ok {
		return endpoint{}, 0
	}
	n := len(literal)
	if open {
		if n >= len(text) || text[n] != ']' {
			return endpoint{}, 0
		}
		n += 2
	}
	p, more := strictPort(s[n:])
	return endpoint{addr: a, port: p}, n + more
}

func isHexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// namedEndpoint reads the name of a host and its port.
func namedEndpoint(s string) (endpoint, int) {
	n := 0
	for n < len(s) && n <= maxHost && (isHexDigit(s[n]) || s[n] >= 'g' && s[n] <= 'z' || s[n] >= 'G' && s[n] <= 'Z' ||
		strings.IndexByte("-._", s[n]) >= 0) {
		n++
	}
	name := s[:n]
	if !isName(name) || isWord(name) || isSource(name) || strings.HasSuffix(name, ".") {
		return endpoint{}, 0
	}
	rest := s[n:]
	if after, ok := strings.CutPrefix(rest, "/"); ok {
		if e, more := numericEndpoint(after); more > 0 {
			return e, n + 1 + more // Java: localhost/127.0.0.1:81
		}
		return endpoint{}, 0
	}
	if inside, ok := strings.CutPrefix(rest, "["); ok {
		if e, more := numericEndpoint(inside); more > 0 && strings.HasPrefix(inside[more:], "]") {
			p, last := strictPort(inside[more+1:])
			e.port = p
			return e, n + 1 + more + 1 + last // postfix: mx.example[10.0.0.7]:25
		}
		return endpoint{}, 0
	}
	if strings.HasPrefix(rest, `":`) {
		return endpoint{}, 0 // JSON: "id":23024
	}
	p, more := strictPort(rest)
	if p == 0 {
		return endpoint{}, 0
	}
	return endpoint{host: name, port: p}, n + more
}

// isWord reports whether a name before a number is known to be none of a host.
func isWord(s string) bool {
	switch strings.ToLower(s) {
	case "error", "errno", "err", "code", "line", "pid", "tid", "uid", "gid", "fd", "port", "status", "exit", "signal",
		"family", "fam", "level", "on", "at", "to", "for", "in",
		"socket", "server", "host", "connection", "address", "tcp", "udp", "http", "https",
		"listen", "bind", "connect", "rc", "ret", "result", "and", "failed", "using", "from", "local", "the", "of":
		return true
	}
	return false
}

// isSource reports whether a name is that of a source or configuration file, behind which a number is a line.
func isSource(s string) bool {
	switch i := strings.LastIndexByte(s, '.'); s[i+1:] {
	case "c", "h", "cc", "cpp", "go", "py", "js", "ts", "rs", "rb", "php", "java", "lua", "ex", "erl", "pl", "pm",
		"cfg", "conf", "ini", "yaml", "yml", "sh", "vala", "cs", "kt", "scala":
		return i > 0
	}
	return false
}

// strictPort reads the port behind a host and returns how long it is: :81, #81, " port 81", ", port=81", ", 81)".
func strictPort(s string) (uint16, int) {
	rest := strings.TrimLeft(s, "\"']")
	quotes := len(s) - len(rest)
	if after, ok := strings.CutPrefix(rest, " ("); ok && len(after) < 300 {
		// psql: at "db" (10.0.0.7), port 5432
		if inside, behind, ok := strings.Cut(after, ")"); ok && !strings.ContainsAny(inside, "(;") &&
			strings.HasPrefix(behind, ", port ") {
			p, n := strictPort(behind)
			return p, len(s) - len(behind) + n
		}
	}
	if after, ok := strings.CutPrefix(rest, ":["); ok { // Elasticsearch: 10.0.0.7:[9301]
		if n := digits(after); n > 0 && strings.HasPrefix(after[n:], "]") {
			if p, ok := port(after[:n]); ok {
				return p, quotes + len(":[]") + n
			}
		}
	}
	for _, lead := range [...]string{":", "#", ", port=", ", port: ", ", port ", ",port=", ", ", " port: ", " port ",
		" port=", " and port ", ":port "} {
		after, ok := strings.CutPrefix(rest, lead)
		if !ok {
			continue
		}
		n := digits(after)
		if n == 0 || n > 5 || n < len(after) && strings.IndexByte(".:-_", after[n]) >= 0 && n+1 < len(after) &&
			digits(after[n+1:]) > 0 {
			continue
		}
		if n < len(after) && (after[n] >= 'a' && after[n] <= 'z' || after[n] >= 'A' && after[n] <= 'Z') {
			continue
		}
		if lead == ", " && !strings.HasPrefix(after[n:], ")") && !strings.HasPrefix(after[n:], "]") &&
			!strings.HasPrefix(after[n:], "}") {
			continue // a list of other things
		}
		if p, ok := port(after[:n]); ok {
			return p, quotes + len(lead) + n
		}
	}
	return 0, 0
}

// pathEndpoint reads the path of a UNIX socket.
func pathEndpoint(s string, unix bool) (endpoint, int) {
	path := word(s, " \t,)]>\"';`")
	path = strings.TrimRight(path, ":")
	if len(path) < 2 || strings.HasPrefix(path, "//") || strings.HasPrefix(path, "/dev/tcp/") ||
		strings.HasPrefix(path, "/dev/udp/") {
		return endpoint{}, 0
	}
	if !unix && !strings.Contains(path, "sock") && !strings.Contains(path, "/.s.PGSQL.") && path != "/dev/log" {
		return endpoint{}, 0
	}
	return endpoint{path: path}, len(path)
}

// urlEndpoint reads the host and the port of a URL whose scheme ends at i.
func urlEndpoint(s string, i int) (endpoint, int) {
	scheme, rest := strings.ToLower(s[:i]), s[i+3:]
	authority := word(rest, "/ \t\"'`)>,;?")
	n := i + 3 + len(authority)
	if scheme == "unix" || strings.HasSuffix(scheme, "+unix") || strings.HasPrefix(rest, "unix:") {
		path := strings.TrimPrefix(strings.TrimPrefix(rest, "unix:"), "//")
		path = word(path, " \t,)>\"';:")
		return endpoint{path: path, protocol: "unix"}, n
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		authority = authority[at+1:]
	}
	e, used := numericEndpoint(authority)
	if used == 0 {
		host, p, _ := strings.Cut(authority, ":")
		if !isName(host) {
			return endpoint{}, 0
		}
		e.host = host
		e.port, _ = port(p)
	}
	if e.port == 0 {
		e.port = schemePort(scheme)
	}
	switch scheme {
	case "udp", "syslog", "statsd":
		e.protocol = "udp"
	}
	return e, n
}
