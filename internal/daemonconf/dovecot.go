package daemonconf

import (
	"path"
	"slices"
	"strings"
)

func dovecot() *Program {
	return &Program{
		Name: "dovecot", Binaries: []string{"dovecot"}, Path: "/usr/sbin/dovecot", Labels: []string{"dovecot_exec_t"},
		Units: []string{"dovecot"}, Usual: []string{"-F"},
		Files: []string{"dovecot.conf", "dovecot/conf.d/*.conf"},
		Main:  func(file string) []string { return []string{"-c", file} },
		read:  func(j *job) { (&dovecotReader{job: j, last: settings{}}).run() },
	}
}

// A dovecotReader reads the files of one Dovecot. It mirrors 2.3: config-parser.c, master-settings.c and the
// services that each protocol has. The last value of a setting counts.
type dovecotReader struct {
	*job
	last  settings // by the sections and the name: service imap-login/inet_listener imap/port
	names []string // the sections of last that are services or listeners, in order
}

// dovecotListeners are the listeners that a protocol has where no file says otherwise.
var dovecotListeners = []struct {
	protocol, service, name, port string
	tls                           bool
}{
	{"imap", "imap-login", "imap", "143", false},
	{"imap", "imap-login", "imaps", "993", true},
	{"pop3", "pop3-login", "pop3", "110", false},
	{"pop3", "pop3-login", "pop3s", "995", true},
	{"submission", "submission-login", "submission", "587", false},
	{"sieve", "managesieve-login", "sieve", "4190", false},
}

func (r *dovecotReader) run() {
	r.include(abs(r.start.Dir, lastOption(r.start.Argv, "/etc/dovecot/dovecot.conf", "-c")), r.start.Pos, nil, false)
	protocols, note := r.last.get(r.job, "protocols", "imap pop3 lmtp")
	on := strings.Fields(protocols.word(0))
	var known []string
	for _, l := range dovecotListeners {
		section := "service " + l.service + "/inet_listener " + l.name
		known = append(known, section)
		if !slices.Contains(on, l.protocol) {
			continue
		}
		port, has := r.last[section+"/port"]
		if !has {
			port, _ = r.last.get(r.job, "", l.port)
			port.at = protocols.at
		}
		tls := l.tls
		if s, ok := r.last[section+"/ssl"]; ok {
			tls = s.word(0) == "yes"
		}
		r.listen(section, port, tls, map[bool]string{true: "", false: note}[has])
	}
	for _, section := range r.names {
		service, _, ok := strings.Cut(section, "/inet_listener")
		if !ok || slices.Contains(known, section) || !r.runs(service, on) {
			continue
		}
		if port, has := r.last[section+"/port"]; has {
			r.listen(section, port, r.last[section+"/ssl"].word(0) == "yes", "")
		}
	}
	r.sockets(on)
	if host, ok := r.last["submission_relay_host"]; ok && slices.Contains(on, "submission") {
		port, _ := r.last.get(r.job, "submission_relay_port", "25")
		r.connectHost(host.word(0)+":"+port.word(0), "submission_relay_host", "tcp", 25, host.at)
	}
	for _, name := range []string{"ssl_cert", "ssl_key", "ssl_ca"} {
		if s, ok := r.last[name]; ok && strings.HasPrefix(s.word(0), "<") {
			r.file(Certificate, abs(r.start.Dir, strings.TrimSpace(s.word(0)[1:])), name, s.at)
		}
	}
	for _, name := range []string{"log_path", "info_log_path", "debug_log_path"} {
		if s, ok := r.last[name]; ok && path.IsAbs(s.word(0)) {
			r.file(Log, s.word(0), name, s.at)
		}
	}
}

// runs reports whether a service is one of an enabled protocol, or of all.
func (r *dovecotReader) runs(service string, on []string) bool {
	name := strings.TrimPrefix(service, "service ")
	protocol, isLogin := strings.CutSuffix(name, "-login")
	if protocol == "managesieve" {
		protocol = "sieve"
	}
	if isLogin || slices.Contains([]string{"imap", "pop3", "lmtp", "submission", "managesieve"}, name) {
		return slices.Contains(on, protocol)
	}
	return true
}

// listen adds the addresses of a listener: its own, or those of listen.
func (r *dovecotReader) listen(section string, port setting, tls bool, note string) {
	if tls && r.last["ssl"].word(0) == "no" || port.word(0) == "0" {
		return
	}
	_, name, _ := strings.Cut(section, "/")
	e := Endpoint{Op: Listen, Protocol: "tcp", Directive: name, Note: note, Pos: port.at}
	if !e.at(r.job, port.word(0)) {
		r.problem(port.at, "port: %q is not a port", port.word(0))
		return
	}
	hosts, _ := r.last.get(r.job, "listen", "*, ::")
	if own, ok := r.last[section+"/address"]; ok {
		hosts = own
	}
	r.addresses(strings.FieldsFunc(hosts.word(0), func(c rune) bool { return c == ',' || c == ' ' }), e)
}

// sockets adds the sockets of listeners by their absolute paths; the others stand below base_dir.
func (r *dovecotReader) sockets(on []string) {
	for _, section := range r.names {
		service, name, ok := strings.Cut(section, "/unix_listener ")
		if !ok || !r.runs(service, on) {
			continue
		}
		if s := r.last[section+"/mode"]; s.word(0) == "0" {
			continue
		}
		base, _ := r.last.get(r.job, "base_dir", "/run/dovecot")
		r.socket(Listen, abs(base.word(0), name), "unix_listener", r.last[section].at)
	}
}

func (r *dovecotReader) include(name string, at Pos, sections []string, optional bool) {
	text, ok := r.read(name, at, optional)
	if !ok {
		return
	}
	defer r.done()
	depth := len(sections)
	for n, line := range joined(text) {
		if i := strings.Index(line, " #"); i >= 0 && !strings.ContainsAny(line, `"'`) {
			line = line[:i]
		}
		line = strings.TrimSpace(line)
		at := Pos{name, n}
		switch {
		case line == "" || line[0] == '#':
		case strings.HasPrefix(line, "!include"):
			rest, try := strings.CutPrefix(line[len("!include"):], "_try")
			for _, file := range r.glob(abs(path.Dir(name), strings.TrimSpace(rest))) {
				r.include(file, at, sections, try)
			}
		case line == "}":
			if len(sections) == depth {
				r.problem(at, "} without {")
				return
			}
			sections = sections[:len(sections)-1]
		case strings.HasSuffix(line, "{"):
			if len(sections) == maxBlocks {
				r.problem(at, "blocks are more than %d deep", maxBlocks)
				return
			}
			w := strings.Fields(strings.TrimSpace(line[:len(line)-1]))
			sections = append(slices.Clip(sections), strings.Join(w, " "))
			r.section(sections, at)
		default:
			key, value, _ := strings.Cut(line, "=")
			full := strings.Join(append(slices.Clip(sections), strings.TrimSpace(key)), "/")
			r.last[full] = setting{[]string{unquote(strings.TrimSpace(value))}, at}
		}
	}
}

// section notes a listener of a service.
func (r *dovecotReader) section(sections []string, at Pos) {
	if len(sections) == 2 && strings.HasPrefix(sections[0], "service ") {
		full := strings.Join(sections, "/")
		if _, known := r.last[full]; !known && len(r.names) < maxEndpoints {
			r.names = append(r.names, full)
		}
		r.last[full] = setting{at: at}
	}
}
