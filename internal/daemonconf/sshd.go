package daemonconf

import (
	"slices"
	"strconv"
	"strings"
)

func sshd() *Program {
	return &Program{
		Name: "sshd", Binaries: []string{"sshd"}, Path: "/usr/sbin/sshd", Labels: []string{"sshd_exec_t"},
		Units: []string{"sshd", "ssh"}, Usual: []string{"-D"},
		Files: []string{"sshd_config", "sshd_config.d/*.conf"},
		Main:  func(file string) []string { return []string{"-f", file} },
		read:  func(j *job) { (&sshdReader{job: j, offset: 10}).run() },
	}
}

// An sshdReader reads the files of one sshd. It mirrors OpenSSH 8.7 to 9.9: servconf.c.
type sshdReader struct {
	*job
	ports   []sshdPort
	listens []sshdListen
	family  string
	x11     Pos // the line that enables X11 forwarding
	offset  int
	set     map[string]bool // keywords whose first value counts
}

type sshdPort struct {
	text string
	at   Pos
}

type sshdListen struct {
	host, port string
	at         Pos
}

func (r *sshdReader) run() {
	argv := r.start.Argv
	if slices.Contains(argv, "-i") {
		return // sshd gets an open socket
	}
	r.set = map[string]bool{}
	for _, o := range options(argv, "-o") {
		r.line(strings.Replace(o, "=", " ", 1), r.start.Pos)
	}
	r.include(lastOption(argv, "/etc/ssh/sshd_config", "-f"), r.start.Pos, false)
	if ports := options(argv, "-p"); len(ports) > 0 {
		r.ports = nil
		for _, p := range ports {
			r.ports = append(r.ports, sshdPort{p, r.start.Pos})
		}
	}
	if len(r.ports) == 0 {
		r.ports = []sshdPort{{"22", Pos{File: r.start.Pos.File}}}
	}
	if len(r.listens) == 0 {
		for _, p := range r.ports {
			switch r.family {
			case "inet":
				r.listen("", p.text, "Port", p.at)
			case "inet6":
				r.listen("::", p.text, "Port", p.at)
			default:
				r.listen("", p.text, "Port", p.at)
				r.listen("::", p.text, "Port", p.at)
			}
		}
	}
	for _, l := range r.listens {
		if l.port != "" {
			r.listen(l.host, l.port, "ListenAddress", l.at)
			continue
		}
		for _, p := range r.ports {
			r.listen(l.host, p.text, "ListenAddress", l.at)
		}
	}
	if r.x11.File != "" && r.offset < 59000 {
		n := uint16(6000 + r.offset)
		r.endpoint(Endpoint{Op: Listen, Protocol: "tcp", Host: "localhost", Low: n, High: n, Directive: "X11Forwarding",
			If: "a client forwards X11", Note: "the first free port from this one on", Pos: r.x11})
	}
}

func (r *sshdReader) listen(host, port, directive string, at Pos) {
	if v6 := strings.Contains(host, ":"); v6 && r.family == "inet" {
		r.problem(at, "sshd does not start: %s %s contradicts AddressFamily", directive, host)
		return
	}
	e := Endpoint{Op: Listen, Protocol: "tcp", Host: anyHost(host), Directive: directive, Pos: at}
	if !e.at(r.job, port) {
		r.problem(at, "%s: %q is not a port", directive, port)
		return
	}
	r.endpoint(e)
}

// include reads a file. The lines after Match apply to some connections only and open no socket;
// the Match block ends with the file.
func (r *sshdReader) include(name string, at Pos, matched bool) {
	text, ok := r.read(name, at, false)
	if !ok {
		return
	}
	defer r.done()
	for n, line := range numbered(text) {
		w := sshdWords(line)
		if len(w) == 0 {
			continue
		}
		switch at := (Pos{name, n}); strings.ToLower(w[0]) {
		case "match":
			matched = true
		case "include":
			for _, pattern := range w[1:] {
				for _, file := range r.glob(abs("/etc/ssh", pattern)) {
					r.include(file, at, matched)
				}
			}
		default:
			if !matched {
				r.keyword(w, at)
			}
		}
	}
}

// line reads one line of the command line.
func (r *sshdReader) line(line string, at Pos) {
	if w := sshdWords(line); len(w) > 0 {
		r.keyword(w, at)
	}
}

// sshdWords splits a line: a keyword, then = or blanks, then arguments, then a comment.
func sshdWords(line string) []string {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return nil
	}
	if i := strings.IndexAny(line, " \t="); i > 0 {
		line = line[:i] + " " + strings.TrimPrefix(strings.TrimLeft(line[i:], " \t"), "=")
	}
	w := fields(line)
	if i := slices.IndexFunc(w, func(s string) bool { return strings.HasPrefix(s, "#") }); i > 0 {
		w = w[:i]
	}
	return w
}

func (r *sshdReader) keyword(w []string, at Pos) {
	if len(w) < 2 {
		return
	}
	key := strings.ToLower(w[0])
	switch key {
	case "port":
		r.ports = append(r.ports, sshdPort{w[1], at})
		return
	case "listenaddress":
		host, port := splitHost(w[1])
		r.listens = append(r.listens, sshdListen{host, port, at})
		return
	case "hostkey", "hostcertificate", "trustedusercakeys":
		r.file(Certificate, w[1], w[0], at)
		return
	}
	if r.set[key] { // the first value counts
		return
	}
	r.set[key] = true
	switch key {
	case "addressfamily":
		r.family = strings.ToLower(w[1])
	case "x11forwarding":
		if strings.EqualFold(w[1], "yes") {
			r.x11 = at
		}
	case "x11displayoffset":
		r.offset, _ = strconv.Atoi(w[1])
	case "pidfile":
		r.file(PID, w[1], w[0], at)
	}
}
