package daemonconf

import (
	"slices"
	"strings"
)

func named() *Program {
	return &Program{
		Name: "named", Binaries: []string{"named"}, Path: "/usr/sbin/named", Labels: []string{"named_exec_t"},
		Units: []string{"named", "bind9"}, Usual: []string{"-u", "bind"},
		Files: []string{"named.conf", "named.conf.*"},
		Main:  func(file string) []string { return []string{"-c", file} },
		read:  func(j *job) { (&namedReader{job: j}).run() },
	}
}

// A namedReader reads the files of one named. It mirrors BIND 9.16 to 9.20: namedconf.c,
// server.c, interfacemgr.c, controlconf.c, statschannel.c.
type namedReader struct {
	*job
	file     string
	port     string
	listens  []namedListen
	no6      bool // -4
	no4      bool // -6
	controls bool // there is a statement controls
	listen6  bool // there is a statement listen-on-v6
	listen4  bool
}

type namedListen struct {
	directive, port string
	tls, http       bool
	hosts           []string
	at              Pos
}

func (r *namedReader) run() {
	argv := r.start.Argv
	main := lastOption(argv, "", "-c")
	if main == "" {
		main = "/etc/named.conf"
		if _, err := r.tree.Resolve("/etc/bind/named.conf"); err == nil {
			main = "/etc/bind/named.conf" // the default of Debian's build
		}
	}
	r.no6, r.no4 = slices.Contains(argv, "-4"), slices.Contains(argv, "-6")
	r.include(main, r.start.Pos)
	port := lastOption(argv, "", "-p")
	if port == "" {
		port = r.port
	}
	if port == "" {
		port = "53"
	}
	if !r.listen4 && !r.no4 {
		r.listens = append(r.listens, namedListen{directive: "listen-on", hosts: []string{"any"},
			at: Pos{File: main}})
	}
	if !r.listen6 && !r.no6 {
		r.listens = append(r.listens, namedListen{directive: "listen-on-v6", hosts: []string{"any"},
			at: Pos{File: main}})
	}
	for _, l := range r.listens {
		r.open(l, port)
	}
	if !r.controls {
		for _, host := range []string{"127.0.0.1", "::1"} {
			if host == "127.0.0.1" && r.no4 || host == "::1" && r.no6 {
				continue
			}
			r.endpoint(Endpoint{Op: Listen, Protocol: "tcp", Host: host, Low: 953, High: 953, Directive: "controls",
				Note: "the default without a statement controls", Pos: Pos{File: main}})
		}
	}
}

func (r *namedReader) include(name string, at Pos) {
	text, ok := r.read(name, at, false)
	if !ok {
		return
	}
	defer r.done()
	list, line, err := readBlocks(text, true)
	if err != nil {
		r.problem(Pos{name, line}, "%s", err)
	}
	outer := r.file
	r.file = name
	r.statements(list)
	r.file = outer
}

func (r *namedReader) statements(list []statement) {
	for i := range list {
		s := &list[i]
		at := Pos{r.file, s.line}
		switch s.word(0) {
		case "include":
			for _, file := range r.glob(abs("/var/cache/bind", s.word(1))) {
				r.include(file, at)
			}
		case "options":
			r.options(s.block)
		case "view":
			r.options(s.block)
			r.statements(s.block)
		case "zone":
			r.zone(s.block)
		case "controls":
			r.controls = true
			r.channels(s.block, "controls", "953")
		case "statistics-channels":
			r.channels(s.block, "statistics-channels", "80")
		}
	}
}

// option returns the word after a given word, "" if it is not there.
func (s *statement) option(name string) string {
	if i := slices.Index(s.words, name); i >= 0 {
		return s.word(i + 1)
	}
	return ""
}

func (r *namedReader) options(list []statement) {
	for i := range list {
		s := &list[i]
		at := Pos{r.file, s.line}
		switch name := s.word(0); name {
		case "port":
			r.port = s.word(1)
		case "listen-on", "listen-on-v6":
			l := namedListen{directive: name, port: s.option("port"), at: at}
			l.tls, l.http = s.option("tls") != "" && s.option("tls") != "none", s.option("http") != ""
			if name == "listen-on" {
				r.listen4 = true
			} else {
				r.listen6 = true
			}
			for _, b := range s.block {
				l.hosts = append(l.hosts, b.word(0))
			}
			r.listens = append(r.listens, l)
		case "forwarders":
			port := s.option("port")
			for j := range s.block {
				r.server(&s.block[j], port, name)
			}
		case "pid-file":
			r.job.file(PID, s.word(1), name, at)
		case "directory":
			r.job.file(Data, s.word(1), name, at)
		}
	}
}

// zone adds the servers that a zone is transferred from.
func (r *namedReader) zone(list []statement) {
	for i := range list {
		switch s := &list[i]; s.word(0) {
		case "masters", "primaries":
			for j := range s.block {
				r.server(&s.block[j], s.option("port"), s.word(0))
			}
		case "forwarders":
			for j := range s.block {
				r.server(&s.block[j], s.option("port"), s.word(0))
			}
		}
	}
}

// server adds a server that named asks by UDP and, for long answers, by TCP.
func (r *namedReader) server(s *statement, port, directive string) {
	if own := s.option("port"); own != "" {
		port = own
	}
	if port == "" {
		port = "53"
		if s.option("tls") != "" {
			port = "853"
		}
	}
	e := Endpoint{Op: Connect, Protocol: "tcp", Host: s.word(0), Directive: directive, Pos: Pos{r.file, s.line}}
	if !e.at(r.job, port) {
		r.problem(e.Pos, "%s: %q is not a port", directive, port)
		return
	}
	r.endpoint(e)
	if s.option("tls") == "" {
		e.Protocol = "udp"
		r.endpoint(e)
	}
}

// channels adds the addresses of the control and statistics channels.
func (r *namedReader) channels(list []statement, directive, otherwise string) {
	for i := range list {
		s := &list[i]
		at := Pos{r.file, s.line}
		switch s.word(0) {
		case "inet":
			port := s.option("port")
			if port == "" || port == "*" {
				port = otherwise
			}
			e := Endpoint{Op: Listen, Protocol: "tcp", Host: anyHost(s.word(1)), Directive: directive, Pos: at}
			if !e.at(r.job, port) {
				r.problem(at, "%s: %q is not a port", directive, port)
				continue
			}
			r.endpoint(e)
		case "unix":
			r.socket(Listen, s.word(1), directive, at)
		}
	}
}

// open adds the sockets of a listen-on statement: UDP and TCP, for TLS and HTTP only TCP. The list
// matches addresses of the machine's interfaces.
func (r *namedReader) open(l namedListen, port string) {
	if slices.Equal(l.hosts, []string{"none"}) || l.directive == "listen-on" && r.no4 ||
		l.directive == "listen-on-v6" && r.no6 {
		return
	}
	only := l.tls || l.http
	switch {
	case l.port != "":
		port = l.port
	case l.http && l.tls:
		port = "443"
	case l.http:
		port = "80"
	case l.tls:
		port = "853"
	}
	for _, host := range l.hosts {
		if strings.HasPrefix(host, "!") {
			continue
		}
		e := Endpoint{Op: Listen, Protocol: "tcp", Host: anyHost(host), Directive: l.directive, Pos: l.at}
		if l.directive == "listen-on-v6" && e.Host == "" {
			e.Host = "::"
		}
		if !e.at(r.job, port) {
			r.problem(l.at, "%s: %q is not a port", l.directive, port)
			return
		}
		if only {
			r.endpoint(e)
		} else {
			r.both(e)
		}
	}
}
