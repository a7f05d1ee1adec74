package daemonconf

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/services"
)

// service returns the port of a service by its name in the system's table.
func (j *job) service(name, protocol string) (uint16, bool) {
	if j.ports == nil {
		j.ports = map[services.Service]uint16{}
		text, _ := j.tree.ReadFile(services.File, maxFile)
		for s := range services.Each(string(text)) {
			key := services.Service{Name: s.Name, Protocol: s.Protocol}
			if _, taken := j.ports[key]; !taken {
				j.ports[key] = s.Port
			}
		}
	}
	n, ok := j.ports[services.Service{Name: name, Protocol: protocol}]
	return n, ok
}

// number reads a port number; 0 is valid.
func number(text string) (uint16, bool) {
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err == nil
}

// portRange reads PORT or LOW-HIGH.
func portRange(text string) (low, high uint16, ok bool) {
	first, last, isRange := strings.Cut(text, "-")
	if low, ok = number(first); !ok || !isRange {
		return low, low, ok
	}
	high, ok = number(last)
	return low, high, ok && low <= high
}

// portOrService reads a port or the name of a service.
func (j *job) portOrService(text, protocol string) (uint16, bool) {
	if n, ok := number(text); ok {
		return n, true
	}
	return j.service(text, protocol)
}

// at sets the port of an endpoint, or the variable that decides it. ok is false if the text is
// neither a port, a service nor a variable.
func (e *Endpoint) at(j *job, text string) (ok bool) {
	if v := variable(text); v != "" {
		e.Open = v
		return true
	}
	n, ok := j.portOrService(text, e.Protocol)
	e.Low, e.High = n, n
	return ok
}

// variable returns the first variable of a text as it is written, $NAME or ${NAME}, or "" if there
// is none.
func variable(text string) string {
	i := strings.IndexByte(text, '$')
	if i < 0 || i+1 == len(text) {
		return ""
	}
	if text[i+1] == '{' {
		if end := strings.IndexByte(text[i:], '}'); end > 0 {
			return text[i : i+end+1]
		}
	}
	end := i + 1
	for end < len(text) && (isWord(text[end])) {
		end++
	}
	if end == i+1 {
		return ""
	}
	return text[i:end]
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// splitHost splits the port from an address in the usual syntax: 10.0.0.1:80, name:80, [::1]:80. An
// IPv6 address without brackets has no port.
func splitHost(text string) (host, port string) {
	if rest, ok := strings.CutPrefix(text, "["); ok {
		host, port, _ = strings.Cut(rest, "]")
		return host, strings.TrimPrefix(port, ":")
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return text, ""
	}
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i+1:]
}

// anyHost returns "" for every notation that means any address.
func anyHost(host string) string {
	switch host {
	case "*", "0.0.0.0", "any":
		return ""
	}
	return host
}
