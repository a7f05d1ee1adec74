package daemonconf

import (
	"path"
	"strings"
)

func unbound() *Program {
	return &Program{
		Name: "unbound", Binaries: []string{"unbound"}, Path: "/usr/sbin/unbound",
		Labels: []string{"named_exec_t", "unbound_exec_t"},
		Units:  []string{"unbound"}, Usual: []string{"-d"},
		Files: []string{"unbound.conf", "unbound.conf.d/*.conf", "unbound/*.conf"},
		Main:  func(file string) []string { return []string{"-c", file} },
		read:  func(j *job) { (&unboundReader{job: j, last: settings{}}).run() },
	}
}

// An unboundReader reads the files of one unbound. It mirrors unbound 1.13 to 1.20:
// configlexer.lex, config_file.c, listen_dnsport.c, remote.c.
type unboundReader struct {
	*job
	clause     string
	last       settings // by clause/name
	interfaces []setting
	controls   []setting
	forwards   []setting
	tls        []bool // for each of forwards, whether its zone uses TLS
	zoneTLS    bool
}

func (r *unboundReader) run() {
	r.include(abs(r.start.Dir, lastOption(r.start.Argv, "/etc/unbound/unbound.conf", "-c")), r.start.Pos)
	r.endZone()
	port := r.get("server/port", "53")
	interfaces := r.interfaces
	if len(interfaces) == 0 {
		interfaces = []setting{{[]string{"127.0.0.1"}, port.at}, {[]string{"::1"}, port.at}}
		if r.get("server/interface-automatic", "no").word(0) == "yes" {
			interfaces = []setting{{[]string{"0.0.0.0"}, port.at}, {[]string{"::"}, port.at}}
		}
	}
	for _, s := range interfaces {
		r.open(s, port)
	}
	r.control()
	for i, s := range r.forwards {
		r.forward(s, r.tls[i])
	}
}

func (r *unboundReader) get(name, otherwise string) setting {
	s, _ := r.last.get(r.job, name, otherwise)
	return s
}

func (r *unboundReader) no(name string) bool { return r.get("server/"+name, "yes").word(0) == "no" }

func (r *unboundReader) include(name string, at Pos) {
	text, ok := r.read(name, at, false)
	if !ok {
		return
	}
	defer r.done()
	for n, line := range numbered(text) {
		if i := strings.IndexByte(line, '#'); i >= 0 && strings.Count(line[:i], `"`)%2 == 0 {
			line = line[:i]
		}
		for line = strings.TrimSpace(line); line != ""; {
			key, rest, ok := strings.Cut(line, ":")
			if !ok {
				break
			}
			key, rest = strings.TrimSpace(key), strings.TrimLeft(rest, " \t")
			w := fields(rest)
			switch {
			case key == "include" || key == "include-toplevel":
				if len(w) > 0 {
					for _, file := range r.glob(abs("/etc/unbound", w[0])) {
						r.include(file, Pos{name, n})
					}
				}
				rest = ""
			case rest == "" || isClause(key): // another clause may follow on the line
				r.endZone()
				r.clause = key
			default:
				r.set(key, w, Pos{name, n})
				rest = ""
			}
			line = rest
		}
	}
}

func isClause(key string) bool {
	switch key {
	case "server", "remote-control", "forward-zone", "stub-zone", "auth-zone", "view", "python", "dynlib",
		"dnstap", "rpz",
		"cachedb", "redis", "dnscrypt", "ipset":
		return true
	}
	return false
}

// endZone is called at the end of a zone, and notes whether its forwarders are asked by TLS.
func (r *unboundReader) endZone() {
	for len(r.tls) < len(r.forwards) {
		r.tls = append(r.tls, r.zoneTLS)
	}
	r.zoneTLS = false
}

func (r *unboundReader) set(key string, w []string, at Pos) {
	s := setting{w, at}
	switch r.clause + "/" + key {
	case "server/interface", "server/ip-address":
		r.interfaces = append(r.interfaces, s)
	case "remote-control/control-interface":
		r.controls = append(r.controls, s)
	case "forward-zone/forward-addr", "forward-zone/forward-host", "stub-zone/stub-addr", "stub-zone/stub-host",
		"auth-zone/primary", "auth-zone/master":
		r.forwards = append(r.forwards, s)
	case "forward-zone/forward-tls-upstream", "forward-zone/forward-ssl-upstream", "stub-zone/stub-tls-upstream":
		r.zoneTLS = s.word(0) == "yes"
	case "server/tls-service-key", "server/tls-service-pem", "server/tls-cert-bundle":
		r.file(Certificate, abs("/etc/unbound", s.word(0)), key, at)
	case "server/pidfile":
		r.file(PID, s.word(0), key, at)
	case "server/logfile":
		r.file(Log, s.word(0), key, at)
	}
	r.last[r.clause+"/"+key] = s
}

// open adds the sockets of one interface, UDP and TCP.
func (r *unboundReader) open(s, port setting) {
	host, number, own := strings.Cut(s.word(0), "@")
	e := Endpoint{Host: anyHost(host), Directive: "interface", Pos: s.at}
	if !own {
		number = port.word(0)
	}
	e.Protocol = "udp"
	if !e.at(r.job, number) {
		r.problem(s.at, "interface %s: %q is not a port", s.word(0), number)
		return
	}
	v6 := strings.Contains(host, ":")
	if v6 && r.no("do-ip6") || !v6 && r.no("do-ip4") {
		return
	}
	tls := number == r.get("server/tls-port", "853").word(0) || number == r.get("server/https-port", "443").word(0)
	if !r.no("do-udp") && !tls {
		e.Op, e.Protocol = Bind, "udp"
		r.endpoint(e)
	}
	if !r.no("do-tcp") {
		e.Op, e.Protocol = Listen, "tcp"
		r.endpoint(e)
	}
}

// control adds the port of unbound-control.
func (r *unboundReader) control() {
	if r.get("remote-control/control-enable", "no").word(0) != "yes" {
		return
	}
	port := r.get("remote-control/control-port", "8953")
	list := r.controls
	if len(list) == 0 {
		at := r.get("remote-control/control-enable", "").at
		if !r.no("do-ip4") {
			list = append(list, setting{[]string{"127.0.0.1"}, at})
		}
		if !r.no("do-ip6") {
			list = append(list, setting{[]string{"::1"}, at})
		}
	}
	for _, s := range list {
		if path.IsAbs(s.word(0)) {
			r.socket(Listen, s.word(0), "control-interface", s.at)
			continue
		}
		host, number, own := strings.Cut(s.word(0), "@")
		if !own {
			number = port.word(0)
		}
		e := Endpoint{Op: Listen, Protocol: "tcp", Host: anyHost(host), Directive: "control-interface", Pos: s.at}
		if !e.at(r.job, number) {
			r.problem(s.at, "control-interface: %q is not a port", number)
			continue
		}
		r.endpoint(e)
	}
}

// forward adds a server that unbound asks: by UDP, and by TCP if an answer is truncated; only by
// TLS if tls is set.
func (r *unboundReader) forward(s setting, tls bool) {
	text, _, _ := strings.Cut(s.word(0), "#")
	host, number, own := strings.Cut(text, "@")
	tls = tls || r.get("server/tls-upstream", "no").word(0) == "yes"
	if !own {
		number = "53"
		if tls {
			number = "853"
		}
	}
	e := Endpoint{Op: Connect, Protocol: "tcp", Host: host, Directive: "forward-addr", Pos: s.at}
	if !e.at(r.job, number) {
		r.problem(s.at, "%q is not a port", number)
		return
	}
	r.endpoint(e)
	if !tls {
		e.Op, e.Protocol = Send, "udp"
		r.endpoint(e)
	}
}
