package daemonconf

import (
	"path"
	"slices"
	"strings"
)

func mariadb() *Program {
	return &Program{
		Name: "mariadb", Binaries: []string{"mariadbd", "mysqld", "mysqld_safe", "mariadbd-safe"},
		Path:   "/usr/sbin/mariadbd",
		Labels: []string{"mysqld_exec_t"}, Units: []string{"mariadb", "mysql", "mysqld"},
		Starts: map[string][]string{
			"mysqld_safe":   {"/usr/sbin/mariadbd", "/usr/libexec/mariadbd", "/usr/sbin/mysqld", "/usr/libexec/mysqld"},
			"mariadbd-safe": {"/usr/sbin/mariadbd", "/usr/libexec/mariadbd"},
		},
		Files: []string{"my.cnf", "mariadb.cnf", "mysqld.cnf", "mysql/*.cnf", "my.cnf.d/*.cnf", "mariadb.conf.d/*.cnf",
			"mysql.conf.d/*.cnf"},
		Main: func(file string) []string { return []string{"--defaults-file=" + file} },
		read: func(j *job) { (&mariadbReader{job: j, last: settings{}}).run() },
	}
}

// A mariadbReader reads the files of one server. It mirrors MariaDB 10.5 to 11.4 and MySQL 8:
// my_default.c, mysqld.cc, wsrep. The last value of an option counts; the command line comes after
// all files.
type mariadbReader struct {
	*job
	last settings
}

func (r *mariadbReader) run() {
	argv := r.start.Argv
	if file := lastOption(argv, "", "--defaults-file"); file != "" {
		r.include(abs(r.start.Dir, file), r.start.Pos, false)
	} else if !slices.Contains(argv, "--no-defaults") {
		for _, file := range []string{"/etc/my.cnf", "/etc/mysql/my.cnf"} {
			r.include(file, r.start.Pos, true)
		}
		if extra := lastOption(argv, "", "--defaults-extra-file"); extra != "" {
			r.include(abs(r.start.Dir, extra), r.start.Pos, false)
		}
	}
	for i := 1; i < len(argv); i++ {
		switch {
		case argv[i] == "-P" && i+1 < len(argv):
			i++
			r.set("port", argv[i], r.start.Pos)
		case strings.HasPrefix(argv[i], "--"):
			name, value, _ := strings.Cut(argv[i][2:], "=")
			r.set(name, value, r.start.Pos)
		}
	}
	r.listen()
	r.galera()
	for _, f := range []struct {
		name string
		use  Use
	}{{"ssl_cert", Certificate}, {"ssl_key", Certificate}, {"ssl_ca", Certificate}, {"log_error", Log},
		{"pid_file", PID}, {"datadir", Data}} {
		if s, ok := r.last[f.name]; ok && path.IsAbs(s.word(0)) {
			r.file(f.use, s.word(0), f.name, s.at)
		}
	}
}

// ofServer reports whether the server reads a group.
func ofServer(group string) bool {
	for _, name := range []string{"mysqld", "mariadb", "mariadbd", "server", "galera", "client-server"} {
		version, ok := strings.CutPrefix(group, name+"-")
		if group == name || ok && version != "" && version[0] >= '0' && version[0] <= '9' {
			return true
		}
	}
	return false
}

func (r *mariadbReader) include(name string, at Pos, optional bool) {
	text, ok := r.read(name, at, optional)
	if !ok {
		return
	}
	defer r.done()
	group := ""
	for n, line := range numbered(text) {
		line = strings.TrimSpace(line)
		at := Pos{name, n}
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case strings.HasPrefix(line, "!includedir"):
			for _, file := range r.glob(strings.TrimSpace(line[len("!includedir"):]) + "/*.cnf") {
				r.include(file, at, false)
			}
		case strings.HasPrefix(line, "!include"):
			r.include(abs(path.Dir(name), strings.TrimSpace(line[len("!include"):])), at, false)
		case line[0] == '[':
			group, _, _ = strings.Cut(line[1:], "]")
		case ofServer(group):
			key, value, _ := strings.Cut(line, "=")
			value = strings.TrimSpace(value)
			if i := strings.Index(value, " #"); i >= 0 && !strings.ContainsAny(value[:1], `"'`) {
				value = strings.TrimSpace(value[:i])
			}
			r.set(strings.TrimSpace(key), strings.Trim(value, `"'`), at)
		}
	}
}

func (r *mariadbReader) set(name, value string, at Pos) {
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	name = strings.TrimPrefix(name, "loose_")
	r.last[name] = setting{[]string{value}, at}
}

// on reports whether an option is on; the option may have a value.
func (r *mariadbReader) on(name string) bool {
	s, ok := r.last[name]
	switch strings.ToLower(s.word(0)) {
	case "0", "off", "false", "no":
		return false
	}
	return ok
}

func (r *mariadbReader) listen() {
	if s, ok := r.last["socket"]; ok && s.word(0) != "" {
		r.socket(Listen, s.word(0), "socket", s.at)
	}
	if r.on("skip_networking") {
		return
	}
	hosts := []string{"*"}
	if s, ok := r.last["bind_address"]; ok {
		hosts = strings.Split(s.word(0), ",")
	}
	if hosts[0] == "*" || hosts[0] == "" {
		hosts = []string{"", "::"} // a socket for each family
	}
	for _, p := range []struct{ name, otherwise string }{{"port", "3306"}, {"extra_port", "0"}} {
		s, note := r.last.get(r.job, p.name, p.otherwise)
		if s.word(0) == "0" && p.name == "port" { // 0 means the default too
			s, note = settings(nil).get(r.job, p.name, p.otherwise)
		}
		if s.word(0) == "0" {
			continue
		}
		for _, host := range hosts {
			e := Endpoint{Op: Listen, Protocol: "tcp", Host: anyHost(strings.TrimSpace(host)), Directive: p.name,
				Note: note, Pos: s.at}
			if !e.at(r.job, s.word(0)) {
				r.problem(s.at, "%s: %q is not a port", p.name, s.word(0))
				break
			}
			r.endpoint(e)
		}
	}
}

// galera adds the ports of replication: 4567, 4568 for incremental state transfer, 4444 for full
// copies.
func (r *mariadbReader) galera() {
	if !r.on("wsrep_on") {
		return
	}
	at := r.last["wsrep_on"].at
	provider := r.last["wsrep_provider_options"].word(0)
	option := func(name, otherwise string) string {
		for o := range strings.SplitSeq(provider, ";") {
			if key, value, ok := strings.Cut(o, "="); ok && strings.TrimSpace(key) == name {
				if i := strings.LastIndexByte(value, ':'); i >= 0 {
					return strings.TrimSpace(value[i+1:])
				}
			}
		}
		return otherwise
	}
	base := option("gmcast.listen_addr", "4567")
	for _, p := range []struct{ port, what, cond string }{
		{base, "wsrep", ""}, {option("ist.recv_addr", "4568"), "wsrep", "another node sends missed changes"},
		{"4444", "wsrep_sst_method", "another node sends a full copy"},
	} {
		e := Endpoint{Op: Listen, Protocol: "tcp", Directive: p.what, If: p.cond, Note: "the port of galera", Pos: at}
		if e.at(r.job, p.port) {
			r.endpoint(e)
		}
	}
	cluster := strings.TrimPrefix(r.last["wsrep_cluster_address"].word(0), "gcomm://")
	cluster, _, _ = strings.Cut(cluster, "?")
	for host := range strings.SplitSeq(cluster, ",") {
		if host != "" {
			r.connectHost(host, "wsrep_cluster_address", "tcp", 4567, r.last["wsrep_cluster_address"].at)
		}
	}
}
