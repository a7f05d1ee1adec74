package daemonconf

import (
	"net/netip"
	"slices"
	"strings"
)

// listen adds the sockets of a listen directive, once for all servers that share it.
func (r *nginxReader) listen(w []string, context string, at Pos, note string) {
	if len(w) == 0 {
		return
	}
	text := w[0]
	e := Endpoint{Op: Listen, Protocol: "tcp", Directive: "listen", Note: note, Pos: at}
	if slices.Contains(w, "udp") || slices.Contains(w, "quic") {
		e.Op, e.Protocol = Bind, "udp"
	}
	if name, ok := strings.CutPrefix(text, "unix:"); ok {
		if key := context + name; !r.listens[key] {
			r.listens[key] = true
			r.socket(Listen, name, "listen", at)
		}
		return
	}
	host, port := splitHost(text)
	if port == "" {
		_, isAddr := netip.ParseAddr(host)
		switch {
		case strings.HasPrefix(text, "[") || isAddr == nil || !isPorts(host):
			port = "80"
		default:
			host, port = "", host
		}
	}
	e.Host = anyHost(host)
	var ok bool
	if e.Low, e.High, ok = portRange(port); !ok || e.Low == 0 {
		r.problem(at, "listen %s: %q is not a port", text, port)
		return
	}
	key := e.Protocol + "/" + port + " " + e.Host + " " + context
	if r.listens[key] {
		return
	}
	r.listens[key] = true
	r.endpoint(e)
}

// isPorts reports whether a text is a port or a range of ports.
func isPorts(s string) bool { return s != "" && strings.Trim(s, "0123456789-") == "" && s[0] != '-' }
