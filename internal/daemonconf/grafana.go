package daemonconf

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/yaml"
)

func grafana() *Program {
	return &Program{
		Name: "grafana", Binaries: []string{"grafana", "grafana-server"}, Path: "/usr/share/grafana/bin/grafana",
		Labels: []string{"grafana_exec_t"}, Units: []string{"grafana", "grafana-server"},
		Files: []string{"grafana.ini", "grafana/custom.ini"},
		Main:  func(file string) []string { return []string{"server", "--config=" + file} },
		read:  func(j *job) { (&grafanaReader{job: j, last: settings{}}).run() },
	}
}

// A grafanaReader reads the settings of one Grafana, and its provisioned data sources. It mirrors Grafana 8 to
// 11: pkg/setting, pkg/services/provisioning. A variable GF_SECTION_KEY comes after the file.
type grafanaReader struct {
	*job
	last settings // by section.key
}

func (r *grafanaReader) run() {
	file := abs(r.start.Dir, lastOption(r.start.Argv, "/etc/grafana/grafana.ini", "--config", "-config"))
	if text, ok := r.read(file, r.start.Pos, false); ok {
		for line := range ini(text, file, ";#") {
			r.last[line.section+"."+line.key] = setting{[]string{unquote(line.value)}, line.at}
		}
		r.done()
	}
	r.environment()
	r.listen()
	r.database()
	if on := r.last["smtp.enabled"]; on.word(0) == "true" {
		host, _ := r.last.get(r.job, "smtp.host", "localhost:25")
		r.connectHost(host.word(0), "smtp host", "tcp", 25, host.at)
	}
	if kind := r.last["remote_cache.type"].word(0); kind == "memcached" || kind == "redis" {
		r.cache(kind)
	}
	r.sources()
	for name, use := range map[string]Use{"server.cert_file": Certificate, "server.cert_key": Certificate} {
		if s, ok := r.last[name]; ok && path.IsAbs(s.word(0)) {
			r.file(use, s.word(0), strings.TrimPrefix(name, "server."), s.at)
		}
	}
	slices.SortFunc(r.r.Files, func(a, b File) int { return strings.Compare(a.Directive, b.Directive) })
}

// environment takes the variables that stand for settings of the sections that are read here.
func (r *grafanaReader) environment() {
	for _, name := range []string{"server.protocol", "server.http_addr", "server.http_port", "server.socket",
		"database.type", "database.host", "database.url", "smtp.enabled", "smtp.host", "remote_cache.type",
		"remote_cache.connstr", "paths.provisioning"} {
		variable := "GF_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(name))
		if value, ok := r.start.Env[variable]; ok && value != "" {
			r.last[name] = setting{[]string{value}, r.start.Pos}
		}
		if slices.Contains(r.start.Passed, variable) {
			r.last[name] = setting{[]string{"${" + variable + "}"}, r.start.Pos}
		}
	}
}

func (r *grafanaReader) listen() {
	if r.last["server.protocol"].word(0) == "socket" {
		s, _ := r.last.get(r.job, "server.socket", "/tmp/grafana.sock")
		r.socket(Listen, s.word(0), "socket", s.at)
		return
	}
	s, note := r.last.get(r.job, "server.http_port", "3000")
	host := r.last["server.http_addr"].word(0)
	if host == "" {
		host = "::" // one socket for both families
	}
	e := Endpoint{Op: Listen, Protocol: "tcp", Host: anyHost(host), Directive: "http_port", Note: note, Pos: s.at}
	if !e.at(r.job, s.word(0)) {
		r.problem(s.at, "http_port: %q is not a port", s.word(0))
		return
	}
	r.endpoint(e)
}

func (r *grafanaReader) database() {
	if url, ok := r.last["database.url"]; ok && url.word(0) != "" {
		kind := parseURL(url.word(0)).scheme
		r.connectURL(url.word(0), "database url", databasePort(kind), url.at)
		return
	}
	otherwise := databasePort(r.last["database.type"].word(0))
	host, ok := r.last["database.host"]
	switch {
	case otherwise == 0: // sqlite3
	case !ok:
		host, note := r.last.get(r.job, "database.host", "127.0.0.1")
		r.endpoint(Endpoint{Op: Connect, Protocol: "tcp", Host: host.word(0), Low: otherwise, High: otherwise,
			Directive: "database host", Note: note, Pos: host.at})
	case strings.HasPrefix(host.word(0), "/"):
		r.socket(Connect, host.word(0), "database host", host.at)
	default:
		r.connectHost(host.word(0), "database host", "tcp", otherwise, host.at)
	}
}

// databasePort returns the usual port of a kind of database, 0 for one without.
func databasePort(kind string) uint16 {
	switch kind {
	case "mysql":
		return 3306
	case "postgres", "postgresql":
		return 5432
	}
	return 0
}

func (r *grafanaReader) cache(kind string) {
	text, otherwise := r.last["remote_cache.connstr"], uint16(11211)
	address := text.word(0)
	if kind == "redis" {
		otherwise = 6379
		for part := range strings.SplitSeq(address, ",") {
			if a, ok := strings.CutPrefix(part, "addr="); ok {
				address = a
			}
		}
	}
	r.connectHost(address, "remote_cache connstr", "tcp", otherwise, text.at)
}

// sources reads the data sources that are provisioned by files.
func (r *grafanaReader) sources() {
	dir, _ := r.last.get(r.job, "paths.provisioning", "/etc/grafana/provisioning")
	for _, pattern := range []string{"/datasources/*.yaml", "/datasources/*.yml"} {
		for _, file := range r.glob(abs("/usr/share/grafana", dir.word(0)) + pattern) {
			r.document(file, dir.at, func(doc *yaml.Node) error {
				return doc.Each(func(key string, list *yaml.Node) error {
					if key != "datasources" {
						return nil
					}
					return list.Elements("data source", func(n *yaml.Node) error { return r.source(n, file) })
				})
			})
		}
	}
}

func (r *grafanaReader) source(n *yaml.Node, file string) error {
	kind, url, at := "", "", Pos{file, n.Line()}
	browser := false
	err := n.Each(func(key string, v *yaml.Node) error {
		switch key {
		case "type":
			return v.Word(&kind)
		case "url":
			at.Line = v.Line()
			return v.Word(&url)
		case "access":
			word := ""
			err := v.Word(&word)
			browser = word == "direct"
			return err
		}
		return nil
	})
	if err == nil && url != "" && !browser {
		r.connectURL(url, "datasources url", databasePort(kind), at)
	}
	return err
}
