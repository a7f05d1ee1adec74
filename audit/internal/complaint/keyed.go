package complaint

import (
	"iter"
	"strings"
)

// hostKeys and portKeys are the words that a host and a port stand behind in connection strings and in the pairs that
// libraries log: mysql:host=10.0.0.7;port=3307, (Host: 10.0.0.7, Port: 3307), "hostname":"db1".
var (
	hostKeys = [...]string{"host", "hostname", "hostaddr", "server", "remote_host", "remotehost"}
	portKeys = [...]string{"port", "remote_port", "remoteport"}
)

// keyed reads the host and the port that stand behind such words.
func keyed(m string) endpoint {
	var e endpoint
	small := asciiLower(m)
	for _, key := range hostKeys {
		value := pairValue(m, small, key)
		if value == "" {
			continue
		}
		if a, ok := address(strings.Trim(value, "[]")); ok {
			e.addr = a
		} else if with := hostPort(value); with.port != 0 {
			e = with
		} else if isName(value) && !isWord(value) || value == "localhost" {
			e.host = value
		}
		if !e.zero() {
			break
		}
	}
	for _, key := range portKeys {
		if p, ok := port(pairValue(m, small, key)); ok && e.port == 0 {
			e.port = p
		}
	}
	if path := pairValue(m, small, "unix_socket"); strings.HasPrefix(path, "/") {
		return endpoint{path: path, protocol: "unix"}
	}
	return e
}

// pairValue returns the value behind a key, in whatever letters, and = or a colon: in quotes or up to a blank or what
// ends a pair; "" if there is none, or it was cut with dots. small is m in small letters.
func pairValue(m, small, key string) string {
	for rest := range behind(m, small, key, "_-") {
		rest = strings.TrimLeft(rest, "\"'\\")
		if rest == "" || rest[0] != '=' && rest[0] != ':' {
			continue
		}
		rest = strings.TrimLeft(rest[1:], " \"'\\")
		value := rest
		if end := strings.IndexAny(rest, " \t,;)(}\"'\\>"); end >= 0 {
			value = rest[:end]
		}
		if strings.HasSuffix(value, "..") {
			return ""
		}
		return strings.TrimRight(value, ".")
	}
	return ""
}

// behind yields what is in m behind each place where lookIn, which is m or m in small letters, has the key. A letter
// or a byte of joins before the key makes it the end of another word, which does not count.
func behind(m, lookIn, key, joins string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for from := 0; ; {
			i := strings.Index(lookIn[from:], key)
			if i < 0 {
				return
			}
			at := from + i
			from = at + len(key)
			if at > 0 && (isLetter(m[at-1]) || strings.IndexByte(joins, m[at-1]) >= 0) {
				continue
			}
			if !yield(m[from:]) {
				return
			}
		}
	}
}
