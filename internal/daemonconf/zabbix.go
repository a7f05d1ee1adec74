package daemonconf

import (
	"path"
	"strings"
)

// zabbix are the server, the proxy and the two agents of Zabbix.
func zabbix() []*Program {
	one := func(name, file string, labels []string, read func(*zabbixReader), binaries ...string) *Program {
		unit := strings.ReplaceAll(name, "_", "-")
		p := &Program{
			Name: name, Binaries: append(binaries, name), Path: "/usr/sbin/" + name, Labels: labels,
			Units: []string{unit, strings.TrimSuffix(unit, "d")},
			Files: []string{path.Base(file)},
			Main:  func(file string) []string { return []string{"--config", file} },
		}
		p.read = func(j *job) {
			r := &zabbixReader{job: j, last: settings{}}
			r.include(abs(j.start.Dir, lastOption(j.start.Argv, file, "--config", "-c")), j.start.Pos)
			read(r)
			r.files()
		}
		return p
	}
	server := []string{"zabbix_exec_t"}
	agent := []string{"zabbix_agent_exec_t"}
	return []*Program{
		one("zabbix_server", "/etc/zabbix/zabbix_server.conf", server, (*zabbixReader).server,
			"zabbix_server_mysql", "zabbix_server_pgsql"),
		one("zabbix_proxy", "/etc/zabbix/zabbix_proxy.conf", server, (*zabbixReader).proxy,
			"zabbix_proxy_mysql", "zabbix_proxy_pgsql", "zabbix_proxy_sqlite3"),
		one("zabbix_agentd", "/etc/zabbix/zabbix_agentd.conf", agent, (*zabbixReader).agent),
		one("zabbix_agent2", "/etc/zabbix/zabbix_agent2.conf", agent, (*zabbixReader).agent),
	}
}

// A zabbixReader reads the files of one daemon of Zabbix 5 to 7: NAME=VALUE. The last value counts.
type zabbixReader struct {
	*job
	last settings
}

func (r *zabbixReader) include(name string, at Pos) {
	text, ok := r.read(name, at, false)
	if !ok {
		return
	}
	defer r.done()
	for line := range ini(text, name, "#") {
		if line.key != "Include" {
			r.last[line.key] = setting{[]string{line.value}, line.at}
			continue
		}
		pattern := abs(path.Dir(name), line.value)
		if r.isDir(pattern) {
			pattern += "/*"
		}
		for _, file := range r.glob(pattern) {
			r.include(file, line.at)
		}
	}
}

func (r *zabbixReader) listen(otherwise string) {
	s, note := r.last.get(r.job, "ListenPort", otherwise)
	if s.word(0) == "" {
		s, note = settings(nil).get(r.job, "ListenPort", otherwise)
	}
	e := Endpoint{Op: Listen, Protocol: "tcp", Directive: "ListenPort", Note: note, Pos: s.at}
	if !e.at(r.job, s.word(0)) {
		r.problem(s.at, "ListenPort: %q is not a port", s.word(0))
		return
	}
	hosts := []string{"", "::"}
	if ip := r.last["ListenIP"].word(0); ip != "" {
		hosts = hosts[:0]
		for host := range strings.SplitSeq(ip, ",") {
			hosts = append(hosts, strings.TrimSpace(host))
		}
	}
	r.addresses(hosts, e)
}

// connect adds the connections to the hosts of a setting.
func (r *zabbixReader) connect(name string, otherwise uint16) {
	s := r.last[name]
	for host := range strings.FieldsFuncSeq(s.word(0), func(c rune) bool { return strings.ContainsRune(", ;", c) }) {
		r.connectHost(host, name, "tcp", otherwise, s.at)
	}
}

func (r *zabbixReader) server() {
	if s := r.last["StartTrappers"]; s.word(0) != "0" {
		r.listen("10051")
	}
	r.database()
	r.gateway()
}

func (r *zabbixReader) proxy() {
	r.listen("10051")
	if r.last["ProxyMode"].word(0) != "1" {
		r.connect("Server", 10051)
	}
	r.database()
	r.gateway()
}

func (r *zabbixReader) agent() {
	if s := r.last["StartAgents"]; s.word(0) != "0" {
		r.listen("10050")
	}
	r.connect("ServerActive", 10051)
}

// database adds the connection to the database; the kind of it is in the name of the program.
func (r *zabbixReader) database() {
	otherwise := ""
	switch name := path.Base(r.start.Argv[0]); {
	case strings.HasSuffix(name, "_mysql"):
		otherwise = "3306"
	case strings.HasSuffix(name, "_pgsql"):
		otherwise = "5432"
	case strings.HasSuffix(name, "_sqlite3"):
		return
	}
	host, note := r.last.get(r.job, "DBHost", "localhost")
	if socket, ok := r.last["DBSocket"]; ok && socket.word(0) != "" {
		r.socket(Connect, socket.word(0), "DBSocket", socket.at)
		return
	}
	e := Endpoint{Op: Connect, Protocol: "tcp", Host: host.word(0), Directive: "DBHost", Note: note, Pos: host.at}
	port, ok := r.last["DBPort"]
	switch {
	case host.word(0) == "", host.word(0) == "localhost" && otherwise == "3306":
		return // by the database's own socket
	case ok && port.word(0) != "" && port.word(0) != "0":
		e.Directive, e.Note, e.Pos = "DBPort", "", port.at
		if !e.at(r.job, port.word(0)) {
			r.problem(port.at, "DBPort: %q is not a port", port.word(0))
			return
		}
	case otherwise == "":
		e.Open = "the kind of the database"
	default:
		e.at(r.job, otherwise)
	}
	r.endpoint(e)
}

func (r *zabbixReader) gateway() {
	host, ok := r.last["JavaGateway"]
	if !ok || host.word(0) == "" {
		return
	}
	port, _ := r.last.get(r.job, "JavaGatewayPort", "10052")
	e := Endpoint{Op: Connect, Protocol: "tcp", Host: host.word(0), Directive: "JavaGateway", Pos: host.at}
	if e.at(r.job, port.word(0)) {
		r.endpoint(e)
	}
}

func (r *zabbixReader) files() {
	for _, f := range []struct {
		name string
		use  Use
	}{{"LogFile", Log}, {"PidFile", PID}, {"TLSCAFile", Certificate}, {"TLSCertFile", Certificate},
		{"TLSKeyFile", Certificate}, {"TLSPSKFile", Certificate}} {
		if s, ok := r.last[f.name]; ok && path.IsAbs(s.word(0)) {
			r.file(f.use, s.word(0), f.name, s.at)
		}
	}
}
