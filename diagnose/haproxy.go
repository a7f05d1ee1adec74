package diagnose

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/host"
)

// haproxyConfig is the path of haproxy's configuration in distributions; maxConfig bounds its size
// in bytes.
const (
	haproxyConfig = "/etc/haproxy/haproxy.cfg"
	maxConfig     = 4 << 20
)

// haproxyServer looks up the address of a backend's server in haproxy's configuration, since
// haproxy's log does not have it.
func haproxyServer(root host.Root, backend, server string) (addr netip.Addr, port uint16, ok bool) {
	config, err := root.ReadFile(haproxyConfig, maxConfig)
	if err != nil || backend == "" || server == "" {
		return netip.Addr{}, 0, false
	}
	inside := false
	for text := range bytes.Lines(config) {
		words := strings.Fields(string(text))
		switch {
		case len(words) == 0:
		case sectionKeyword(words[0]):
			inside = len(words) > 1 && (words[0] == "backend" || words[0] == "listen") && words[1] == backend
		case inside && words[0] == "server" && len(words) > 2 && words[1] == server:
			return haproxyAddress(words[2])
		}
	}
	return netip.Addr{}, 0, false
}

func sectionKeyword(word string) bool {
	switch word {
	case "global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "mailers", "userlist", "cache",
		"program", "ring", "http-errors", "fcgi-app", "crt-store":
		return true
	}
	return false
}

// haproxyAddress reads 127.0.0.1:5601, ipv4@127.0.0.1:5601, [::1]:5601, ::1:5601 or
// app1.example.org:5601, which gives only the port. A port relative to the client's (:+100) and a
// variable give none.
func haproxyAddress(text string) (addr netip.Addr, port uint16, ok bool) {
	if family, rest, found := strings.Cut(text, "@"); found {
		if family != "ipv4" && family != "ipv6" {
			return netip.Addr{}, 0, false
		}
		text = rest
	}
	at := strings.LastIndexByte(text, ':')
	if at < 0 {
		return netip.Addr{}, 0, false
	}
	n, err := strconv.ParseUint(text[at+1:], 10, 16)
	if err != nil || n == 0 {
		return netip.Addr{}, 0, false
	}
	addr, _ = netip.ParseAddr(strings.Trim(text[:at], "[]"))
	return addr.WithZone(""), uint16(n), true
}
