package daemonconf

import (
	"path"
	"strings"
)

func postgresql() *Program {
	return &Program{
		Name: "postgresql", Binaries: []string{"postgres", "postmaster", "pg_ctlcluster", "pg_ctl"},
		Path:   "/usr/bin/postgres",
		Labels: []string{"postgresql_exec_t"}, Units: []string{"postgresql", "postgresql@"},
		Files: []string{"postgresql.conf", "postgresql*.conf"},
		Main:  func(file string) []string { return []string{"-c", "config_file=" + file} },
		read:  func(j *job) { (&postgresReader{job: j, last: settings{}}).run() },
	}
}

// A postgresReader reads the files of one server. It mirrors PostgreSQL 12 to 17: guc-file.l,
// guc.c, postmaster.c, and Debian's pg_ctlcluster. The last value of a setting counts; the command
// line comes after all files.
type postgresReader struct {
	*job
	last settings
}

func (r *postgresReader) run() {
	argv := r.start.Argv
	data := lastOption(argv, r.start.Env["PGDATA"], "-D")
	file := ""
	if path.Base(argv[0]) == "pg_ctlcluster" {
		file = r.debian(argv)
	}
	line := r.commandLine(argv)
	if f, ok := line["config_file"]; ok {
		file = f.word(0)
	}
	if file == "" {
		file = path.Join("/", data, "postgresql.conf")
	}
	r.include(abs(data, file), r.start.Pos, false)
	if d, ok := r.last["data_directory"]; ok {
		data = d.word(0)
	}
	if data != "" {
		r.include(path.Join(data, "postgresql.auto.conf"), r.start.Pos, true)
	}
	for name, s := range line {
		r.last[name] = s
	}
	r.listen()
	r.replication()
	for _, f := range []struct {
		name string
		use  Use
	}{{"ssl_cert_file", Certificate}, {"ssl_key_file", Certificate}, {"external_pid_file", PID}} {
		if s, ok := r.last[f.name]; ok && s.word(0) != "" {
			r.file(f.use, abs(data, s.word(0)), f.name, s.at)
		}
	}
}

// debian returns the configuration file of pg_ctlcluster VERSION CLUSTER, or VERSION-CLUSTER.
func (r *postgresReader) debian(argv []string) string {
	var words []string
	for _, w := range argv[1:] {
		if !strings.HasPrefix(w, "-") {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return ""
	}
	version, cluster, ok := strings.Cut(words[0], "-")
	if !ok && len(words) > 1 {
		cluster = words[1]
	}
	return "/etc/postgresql/" + version + "/" + cluster + "/postgresql.conf"
}

// commandLine reads -p PORT, -h HOST, -k DIRECTORY, -c NAME=VALUE, --NAME=VALUE.
func (r *postgresReader) commandLine(argv []string) map[string]setting {
	line := map[string]setting{}
	set := func(name, value string) {
		line[strings.ReplaceAll(strings.ToLower(name), "-", "_")] = setting{[]string{value}, r.start.Pos}
	}
	for short, name := range map[string]string{
		"-p": "port", "-h": "listen_addresses", "-k": "unix_socket_directories",
	} {
		if v := lastOption(argv, "", short); v != "" {
			set(name, v)
		}
	}
	for _, text := range options(argv, "-c") {
		if name, value, ok := strings.Cut(text, "="); ok {
			set(name, value)
		}
	}
	for _, arg := range argv[1:] {
		if name, value, ok := strings.Cut(strings.TrimPrefix(arg, "--"), "="); ok && strings.HasPrefix(arg, "--") {
			set(name, value)
		}
	}
	return line
}

func (r *postgresReader) include(name string, at Pos, optional bool) {
	text, ok := r.read(name, at, optional)
	if !ok {
		return
	}
	defer r.done()
	for n, line := range numbered(text) {
		key, value, ok := postgresSetting(line)
		if !ok {
			continue
		}
		at := Pos{name, n}
		switch key {
		case "include", "include_if_exists":
			r.include(abs(path.Dir(name), value), at, key != "include")
		case "include_dir":
			for _, file := range r.glob(abs(path.Dir(name), value) + "/*.conf") {
				r.include(file, at, false)
			}
		default:
			r.last[key] = setting{[]string{value}, at}
		}
	}
}

// postgresSetting reads NAME = VALUE. The equals sign is optional. A value may be in single quotes;
// inside, two of them mean one.
func postgresSetting(line string) (key, value string, ok bool) {
	line = strings.TrimLeft(line, " \t")
	n := 0
	for n < len(line) && (isWord(line[n]) || line[n] == '.') {
		n++
	}
	key, rest := strings.ToLower(line[:n]), strings.TrimLeft(line[n:], " \t")
	rest = strings.TrimLeft(strings.TrimPrefix(rest, "="), " \t")
	if key == "" || rest == "" || rest[0] == '#' {
		return "", "", false
	}
	if rest[0] != '\'' {
		value, _, _ = strings.Cut(rest, "#")
		value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
		return key, value, true
	}
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\'' && i+1 < len(rest) && rest[i+1] == '\'':
			i++
			b.WriteByte('\'')
		case rest[i] == '\'':
			return key, b.String(), true
		case rest[i] == '\\' && i+1 < len(rest):
			i++
			b.WriteByte(rest[i])
		default:
			b.WriteByte(rest[i])
		}
	}
	return "", "", false // a quote that is not closed
}

func (r *postgresReader) get(name, otherwise string) (setting, string) {
	return r.last.get(r.job, name, otherwise)
}

// listen adds the addresses and the sockets.
func (r *postgresReader) listen() {
	port, note := r.get("port", "5432")
	hosts, _ := r.get("listen_addresses", "localhost")
	e := Endpoint{Op: Listen, Protocol: "tcp", Directive: "port", Note: note, Pos: port.at}
	if !e.at(r.job, port.word(0)) {
		r.problem(port.at, "port: %q is not a port", port.word(0))
		return
	}
	for host := range strings.SplitSeq(hosts.word(0), ",") {
		switch host = strings.Trim(strings.TrimSpace(host), `"`); host {
		case "":
		case "*":
			r.addresses([]string{"", "::"}, e)
		default:
			r.addresses([]string{host}, e)
		}
	}
	dirs, _ := r.get("unix_socket_directories", "")
	for dir := range strings.SplitSeq(dirs.word(0), ",") {
		if dir = strings.TrimSpace(dir); dir != "" {
			r.socket(Listen, dir+"/.s.PGSQL."+port.word(0), "unix_socket_directories", dirs.at)
		}
	}
}

// replication adds the server that a standby replicates from.
func (r *postgresReader) replication() {
	s, ok := r.last["primary_conninfo"]
	if !ok || s.word(0) == "" {
		return
	}
	values := map[string]string{"port": "5432"}
	for _, w := range fields(s.word(0)) {
		if name, value, ok := strings.Cut(w, "="); ok {
			values[name] = value
		}
	}
	if host := values["host"] + values["hostaddr"]; host != "" && !strings.HasPrefix(host, "/") {
		e := Endpoint{Op: Connect, Protocol: "tcp", Host: host, Directive: "primary_conninfo", Pos: s.at}
		if e.at(r.job, values["port"]) {
			r.endpoint(e)
		}
	}
}
