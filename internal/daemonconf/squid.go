package daemonconf

import "strings"

func squid() *Program {
	return &Program{
		Name: "squid", Binaries: []string{"squid"}, Path: "/usr/sbin/squid", Labels: []string{"squid_exec_t"},
		Units: []string{"squid"}, Usual: []string{"--foreground", "-sYC"},
		Files: []string{"squid.conf", "squid/conf.d/*.conf"},
		Main:  func(file string) []string { return []string{"-f", file} },
		read:  func(j *job) { (&squidReader{job: j}).run() },
	}
}

// A squidReader reads the files of one squid. It mirrors squid 4 to 6: cache_cf.cc,
// parser of http_port, cache_peer, icp_port and their like.
type squidReader struct {
	*job
	skip []bool // for each open condition: whether lines are skipped
}

func (r *squidReader) run() {
	r.include(abs(r.start.Dir, lastOption(r.start.Argv, "/etc/squid/squid.conf", "-f")), r.start.Pos)
	r.endpoint(Endpoint{Op: Connect, Protocol: "tcp", Open: "the address that a client requests",
		Pos: Pos{File: r.start.Pos.File}})
}

func (r *squidReader) include(name string, at Pos) {
	text, ok := r.read(name, at, false)
	if !ok {
		return
	}
	defer r.done()
	for n, line := range joined(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		line = strings.ReplaceAll(strings.ReplaceAll(line, "${service_name}", "squid"), "${process_number}", "0")
		w := strings.Fields(line)
		if !r.condition(w) {
			r.line(w, Pos{name, n})
		}
	}
}

// condition reads if, else and endif, and reports whether to skip the line. It knows comparisons of
// numbers, true and false.
func (r *squidReader) condition(w []string) bool {
	top := len(r.skip) - 1
	switch w[0] {
	case "if":
		text := strings.Join(w[1:], " ")
		a, b, isEqual := strings.Cut(text, "=")
		holds := text == "true" || isEqual && strings.TrimSpace(a) == strings.TrimSpace(b)
		if len(r.skip) < 1000 {
			r.skip = append(r.skip, !holds)
		}
		return true
	case "else":
		if top >= 0 {
			r.skip[top] = !r.skip[top]
		}
		return true
	case "endif":
		if top >= 0 {
			r.skip = r.skip[:top]
		}
		return true
	}
	for _, s := range r.skip {
		if s {
			return true
		}
	}
	return false
}

func (r *squidReader) line(w []string, at Pos) {
	arg := ""
	if len(w) > 1 {
		arg = w[1]
	}
	switch w[0] {
	case "include":
		for _, pattern := range w[1:] {
			for _, file := range r.glob(abs("/etc/squid", strings.Trim(pattern, `"`))) {
				r.include(file, at)
			}
		}
	case "http_port", "https_port", "ftp_port":
		r.listen(arg, w[0], Listen, "tcp", at)
	case "icp_port", "udp_port", "htcp_port", "snmp_port":
		if arg != "0" {
			r.listen(arg, w[0], Bind, "udp", at)
		}
	case "cache_peer":
		r.peer(w, at)
	case "dns_nameservers":
		for _, host := range w[1:] {
			r.endpoint(Endpoint{Op: Connect, Protocol: "udp", Host: host, Low: 53, High: 53, Directive: w[0], Pos: at})
		}
	case "icap_service", "ecap_service":
		for _, x := range w[1:] {
			if strings.HasPrefix(x, "icap://") || strings.HasPrefix(x, "icaps://") {
				r.connectURL(x, w[0], 1344, at)
			}
		}
	case "pid_filename":
		r.file(PID, arg, w[0], at)
	case "cache_log", "access_log":
		for _, prefix := range []string{"", "stdio:", "daemon:"} {
			if name, ok := strings.CutPrefix(arg, prefix); ok && strings.HasPrefix(name, "/") {
				r.file(Log, name, w[0], at)
				break
			}
		}
		if to, ok := strings.CutPrefix(arg, "tcp:"); ok {
			r.connectHost(strings.TrimPrefix(to, "//"), w[0], "tcp", 0, at)
		}
	}
}

func (r *squidReader) listen(text, directive string, op Operation, protocol string, at Pos) {
	host, port := splitHost(text)
	if port == "" {
		host, port = "", host
	}
	e := Endpoint{Op: op, Protocol: protocol, Host: anyHost(host), Directive: directive, Pos: at}
	if !e.at(r.job, port) {
		r.problem(at, "%s: %q is not a port", directive, port)
		return
	}
	if host == "" {
		e.Host = "::" // one socket for both families
	}
	r.endpoint(e)
}

// peer reads cache_peer HOST TYPE HTTP-PORT ICP-PORT.
func (r *squidReader) peer(w []string, at Pos) {
	if len(w) < 5 {
		r.problem(at, "cache_peer without its ports")
		return
	}
	e := Endpoint{Op: Connect, Protocol: "tcp", Host: w[1], Directive: w[0], Pos: at}
	if !e.at(r.job, w[3]) {
		r.problem(at, "cache_peer: %q is not a port", w[3])
		return
	}
	if e.Low != 0 {
		r.endpoint(e)
	}
}
