package daemonconf

import (
	"strconv"
	"strings"
)

// A haproxyAddr holds the parts of an address of haproxy's configuration (str2sa_range).
type haproxyAddr struct {
	protocol string // tcp, udp, mptcp, unix; fd for a socket that is passed to haproxy
	host     string
	port     string // "" for none
	path     string // the path of a UNIX socket, "@..." for an abstract one
	open     string // the variable that replaces the whole address
}

// parseAddr splits an address. otherwise is the protocol of an address without a prefix.
func (r *haproxyReader) parseAddr(text, otherwise string) haproxyAddr {
	a := haproxyAddr{protocol: otherwise}
	for again := true; again; {
		again = false
		for _, p := range [...]struct{ prefix, protocol string }{
			{"stream+", ""}, {"dgram+", ""}, {"ipv4@", ""}, {"ipv6@", ""}, {"tcp@", "tcp"},
			{"tcp4@", "tcp"}, {"tcp6@", "tcp"},
			{"udp@", "udp"}, {"udp4@", "udp"}, {"udp6@", "udp"}, {"quic4@", "udp"}, {"quic6@", "udp"},
			{"mptcp@", "mptcp"},
			{"mptcp4@", "mptcp"}, {"mptcp6@", "mptcp"}, {"unix@", "unix"}, {"uxst@", "unix"}, {"uxdg@", "unix"},
			{"abns@", "abns"}, {"abnsz@", "abns"}, {"fd@", "fd"}, {"sockpair@", "fd"}, {"rhttp@", "fd"},
		} {
			if rest, ok := strings.CutPrefix(text, p.prefix); ok {
				text, again = rest, true
				if p.protocol != "" {
					a.protocol = p.protocol
				}
				break
			}
		}
	}
	switch {
	case a.protocol == "fd":
	case a.protocol == "abns":
		a.protocol, a.path = "unix", "@"+text
	case a.protocol == "unix" || strings.HasPrefix(text, "/"):
		a.protocol, a.path = "unix", text
	default:
		// The last colon separates the port, also in [::1] and :::80.
		i := strings.LastIndexByte(text, ':')
		if end := strings.LastIndexByte(text, ']'); i >= 0 && i > end {
			a.host, a.port = text[:i], text[i+1:]
		} else {
			a.host = text
			if v := variable(text); v != "" {
				a.open = v
			}
		}
		a.host = strings.Trim(a.host, "[]")
	}
	return a
}

// bind adds what a bind line opens.
func (r *haproxyReader) bind(text, directive string, op Operation) {
	protocol := "tcp"
	if op == Bind {
		protocol = "udp"
	}
	a := r.parseAddr(text, protocol)
	switch a.protocol {
	case "fd":
		return
	case "unix":
		r.socket(op, a.path, directive, r.at)
		return
	case "udp": // quic
		op = Bind
	}
	e := Endpoint{Op: op, Protocol: a.protocol, Host: anyHost(a.host), Directive: directive, Open: a.open, Pos: r.at}
	if directive == "bind" {
		e.Name = r.proxy
	}
	if e.Open == "" && !r.portRange(&e, a.port) {
		r.problem(r.at, "%s %s: no port", directive, text)
		return
	}
	if directive == "bind" && e.Open == "" && len(r.binds) < maxEndpoints {
		for p := int(e.Low); p <= int(e.High) && len(r.binds) < 64; p++ {
			r.binds = append(r.binds, uint16(p))
		}
	}
	r.endpoint(e)
}

// portRange sets the ports of an endpoint: PORT, LOW-HIGH or the name of a service.
func (r *haproxyReader) portRange(e *Endpoint, text string) bool {
	if !strings.Contains(text, "-") || variable(text) != "" {
		return e.at(r.job, text)
	}
	var ok bool
	e.Low, e.High, ok = portRange(text)
	return ok
}

// connect adds the connection to an address with a port.
func (r *haproxyReader) connect(text, directive string) { r.connectAs(text, directive, "tcp") }

func (r *haproxyReader) connectAs(text, directive, protocol string) {
	a := r.parseAddr(text, protocol)
	switch a.protocol {
	case "fd":
		return
	case "unix":
		r.socket(Connect, a.path, directive, r.at)
		return
	}
	e := Endpoint{Op: Connect, Protocol: a.protocol, Host: a.host, Directive: directive, Open: a.open, Pos: r.at}
	if e.Open == "" && !e.at(r.job, a.port) {
		r.problem(r.at, "%s %s: no port", directive, text)
		return
	}
	r.endpoint(e)
}

// source adds the source port of connections, if there is one.
func (r *haproxyReader) source(text string) {
	a := r.parseAddr(text, "tcp")
	if a.protocol != "tcp" || a.port == "" || a.port == "0" {
		return
	}
	e := Endpoint{Op: Bind, Protocol: "tcp", Host: anyHost(a.host), Directive: "source", Pos: r.at}
	if r.portRange(&e, a.port) {
		r.endpoint(e)
	}
}

// log adds the destination of a log line: UDP, a socket, or a ring, which has its own servers.
func (r *haproxyReader) log(w []string) {
	if len(w) < 2 || w[1] == "global" || w[1] == "stdout" || w[1] == "stderr" ||
		strings.HasPrefix(w[1], "ring@") || strings.HasPrefix(w[1], "backend@") {
		return
	}
	a := r.parseAddr(w[1], "udp")
	switch a.protocol {
	case "fd":
		return
	case "unix":
		r.socket(Send, a.path, "log", r.at)
		return
	}
	e := Endpoint{Op: Send, Protocol: a.protocol, Host: a.host, Directive: "log", Open: a.open, Pos: r.at}
	if a.protocol == "tcp" {
		e.Op = Connect
	}
	if a.port == "" {
		a.port = "514"
	}
	if e.Open == "" && !e.at(r.job, a.port) {
		r.problem(r.at, "log %s: no port", w[1])
		return
	}
	r.endpoint(e)
}

// A haproxyServer holds the options of a server that name addresses or ports.
type haproxyServer struct {
	check, agent                    bool
	port, addr, agentPort, agentAdr string
	socks4                          string
	disabled                        bool
	source                          string
}

func (s *haproxyServer) options(w []string) {
	for i := 0; i < len(w); i++ {
		var to *string
		switch w[i] {
		case "check":
			s.check = true
		case "no-check":
			s.check = false
		case "agent-check":
			s.agent = true
		case "no-agent-check":
			s.agent = false
		case "disabled":
			s.disabled = true
		case "enabled":
			s.disabled = false
		case "port":
			to = &s.port
		case "addr":
			to = &s.addr
		case "agent-port":
			to = &s.agentPort
		case "agent-addr":
			to = &s.agentAdr
		case "socks4":
			to = &s.socks4
		case "source":
			to = &s.source
		}
		if to != nil && i+1 < len(w) {
			i++
			*to = w[i]
		}
	}
}

// serverLine adds the connections of a server line. Word n is the address.
func (r *haproxyReader) serverLine(w []string, n int) {
	if n >= len(w) {
		r.problem(r.at, "%s has no address", w[0])
		return
	}
	before := len(r.r.Endpoints)
	defer func() {
		for i := before; i < len(r.r.Endpoints); i++ {
			r.r.Endpoints[i].Name = r.proxy + "/" + w[1]
		}
	}()
	s := r.defaultServer
	s.options(w[n+1:])
	if s.source != "" {
		r.source(s.source)
	}
	a := r.parseAddr(w[n], "tcp")
	if s.socks4 != "" {
		r.connect(s.socks4, "socks4")
	} else if a.protocol == "unix" {
		r.socket(Connect, a.path, w[0], r.at)
	} else if a.protocol != "fd" {
		r.serverPort(a, w)
	}
	if s.check && s.port != "" && s.port != a.port {
		r.checked(s.port, s.addr, a.host, "check port")
	}
	if s.agent && s.agentPort != "" {
		r.checked(s.agentPort, s.agentAdr, a.host, "agent-port")
	}
}

func (r *haproxyReader) checked(port, addr, host, directive string) {
	if addr != "" {
		host = addr
	}
	e := Endpoint{Op: Connect, Protocol: "tcp", Host: host, Directive: directive, Pos: r.at}
	if e.at(r.job, port) {
		r.endpoint(e)
	}
}

// serverPort adds the connection itself. Without a port, the connection goes to the port that the
// client used; +N and -N are relative to that port.
func (r *haproxyReader) serverPort(a haproxyAddr, w []string) {
	e := Endpoint{Op: Connect, Protocol: a.protocol, Host: a.host, Directive: w[0], Open: a.open, Pos: r.at}
	relative := a.port == "" || a.port == "0" || strings.HasPrefix(a.port, "+") || strings.HasPrefix(a.port, "-")
	switch {
	case e.Open != "":
	case strings.HasPrefix(a.host, "_"):
		e.Open = "the SRV record of " + a.host
	case a.host == "0.0.0.0" || a.host == "*":
		e.Open = "the address that the client requested"
	case !relative:
		if !e.at(r.job, a.port) {
			r.problem(r.at, "%s: %q is not a port", w[0], a.port)
			return
		}
	case len(r.binds) == 0:
		e.Open = "the port that the client connected to"
	default:
		offset, _ := strconv.Atoi(a.port)
		for _, port := range r.binds {
			if n := int(port) + offset; n > 0 && n < 65536 {
				e.Low, e.High, e.Note = uint16(n), uint16(n), "the port that the client connected to"
				if offset != 0 {
					e.Note += ", " + a.port
				}
				r.endpoint(e)
			}
		}
		return
	}
	r.endpoint(e)
}

// peersLine reads a line of a section peers.
func (r *haproxyReader) peersLine(w []string) {
	switch w[0] {
	case "disabled":
		r.disabled = true
	case "enabled":
		r.disabled = false
	case "bind":
		if len(w) > 1 {
			r.bind(w[1], "bind", Listen)
		}
	case "peer", "server":
		p := haproxyPeer{name: "", directive: w[0], at: r.at, bindOnly: len(r.binds) > 0}
		if len(w) > 1 {
			p.name = w[1]
		}
		if len(w) > 2 {
			p.addr = w[2]
		}
		r.peers = append(r.peers, p)
	}
}

// joinPeers adds the sockets of the lines of peers: haproxy listens at the local peer's address and
// connects to the others.
func (r *haproxyReader) joinPeers() {
	for _, p := range r.peers {
		r.at = p.at
		switch {
		case p.addr == "" || p.name == r.localPeer && p.bindOnly:
		case p.name == r.localPeer:
			r.bind(p.addr, p.directive, Listen)
		case r.localPeer == "":
			r.cond = "the local peer has another name"
			r.connect(p.addr, p.directive)
			r.cond = ""
		default:
			r.connect(p.addr, p.directive)
		}
	}
}
