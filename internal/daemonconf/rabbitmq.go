package daemonconf

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/systemd"
)

func rabbitMQ() *Program {
	beam := []string{"/usr/lib/erlang/erts-*/bin/beam.smp", "/usr/lib64/erlang/erts-*/bin/beam.smp"}
	return &Program{
		Name: "rabbitmq", Binaries: []string{"rabbitmq-server"}, Path: "/usr/sbin/rabbitmq-server",
		Labels: []string{"rabbitmq_beam_exec_t", "rabbitmq_exec_t"}, Units: []string{"rabbitmq-server"},
		Starts: map[string][]string{"rabbitmq-server": beam},
		Files:  []string{"rabbitmq.conf", "rabbitmq/conf.d/*.conf"},
		Main:   func(file string) []string { return []string{file} },
		read:   func(j *job) { (&rabbitReader{job: j, last: settings{}}).run() },
	}
}

// A rabbitReader reads the files of one RabbitMQ: rabbitmq.conf of 3.7 and later, the environment file and the list
// of plugins. It mirrors rabbit.schema, rabbit_env.erl and the schemas of the plugins.
type rabbitReader struct {
	*job
	last  settings
	names []string // of the settings, in order
}

func (r *rabbitReader) run() {
	env := map[string]string{}
	for name, value := range r.start.Env {
		env[strings.TrimPrefix(name, "RABBITMQ_")] = value
	}
	if text, ok := r.read("/etc/rabbitmq/rabbitmq-env.conf", r.start.Pos, true); ok {
		for _, v := range systemd.ParseEnvFile(text) {
			env[strings.TrimPrefix(v.Name, "RABBITMQ_")] = v.Value
		}
		r.done()
	}
	main := "/etc/rabbitmq/rabbitmq.conf"
	switch {
	case len(r.start.Argv) > 1 && strings.HasSuffix(r.start.Argv[1], ".conf"):
		main = abs(r.start.Dir, r.start.Argv[1])
	case env["CONFIG_FILE"] != "":
		main = strings.TrimSuffix(env["CONFIG_FILE"], ".conf") + ".conf"
	}
	r.include(main, true)
	for _, file := range r.glob(path.Dir(main) + "/conf.d/*.conf") {
		r.include(file, false)
	}
	node := env["NODE_PORT"]
	if node == "" {
		node = "5672"
	}
	r.listeners("listeners", "tcp", node)
	r.listeners("listeners", "ssl", "")
	r.plugins()
	r.distribution(node, env["DIST_PORT"])
	for _, name := range []string{"ssl_options.cacertfile", "ssl_options.certfile", "ssl_options.keyfile"} {
		if s, ok := r.last[name]; ok && path.IsAbs(s.word(0)) {
			r.file(Certificate, s.word(0), name, s.at)
		}
	}
}

func (r *rabbitReader) include(name string, optional bool) {
	text, ok := r.read(name, r.start.Pos, optional)
	if !ok {
		return
	}
	defer r.done()
	for line := range ini(text, name, "#") {
		value, _, _ := strings.Cut(line.value, " #")
		if _, known := r.last[line.key]; !known && len(r.names) < maxEndpoints {
			r.names = append(r.names, line.key)
		}
		r.last[line.key] = setting{[]string{unquote(strings.TrimSpace(value))}, line.at}
	}
}

// listeners adds the listeners PREFIX.KIND.NAME = PORT or ADDRESS:PORT; PREFIX.KIND = none switches them off.
// otherwise is the port without such a setting, "" for none.
func (r *rabbitReader) listeners(prefix, kind, otherwise string) {
	base := prefix + "." + kind
	if r.last[base].word(0) == "none" {
		return
	}
	found := false
	for _, name := range r.names {
		if strings.HasPrefix(name, base+".") && !strings.Contains(name[len(base)+1:], ".") {
			found = true
			r.listen(name, r.last[name], "")
		}
	}
	if !found && otherwise != "" {
		s, note := r.last.get(r.job, base+".default", otherwise)
		r.listen(base+".default", s, note)
	}
}

func (r *rabbitReader) listen(directive string, s setting, note string) {
	host, port := splitHost(s.word(0))
	if port == "" {
		host, port = "::", host // one socket for both families
	}
	e := Endpoint{Op: Listen, Protocol: "tcp", Host: anyHost(host), Directive: directive, Note: note, Pos: s.at}
	if !e.at(r.job, port) {
		r.problem(s.at, "%s: %q is not a port", directive, s.word(0))
		return
	}
	r.endpoint(e)
}

// rabbitPorts are the listeners of plugins: PREFIX.KIND.NAME, or PREFIX.KIND.port where only one can be.
var rabbitPorts = []struct {
	plugin, prefix, otherwise string
	one                       bool
}{
	{"rabbitmq_management", "management", "15672", true},
	{"rabbitmq_prometheus", "prometheus", "15692", true},
	{"rabbitmq_web_stomp", "web_stomp", "15674", true},
	{"rabbitmq_web_mqtt", "web_mqtt", "15675", true},
	{"rabbitmq_mqtt", "mqtt.listeners", "1883", false},
	{"rabbitmq_stomp", "stomp.listeners", "61613", false},
	{"rabbitmq_stream", "stream.listeners", "5552", false},
}

// plugins adds the listeners of the enabled plugins.
func (r *rabbitReader) plugins() {
	text, ok := r.read("/etc/rabbitmq/enabled_plugins", r.start.Pos, true)
	if !ok {
		return
	}
	r.done()
	enabled := strings.FieldsFunc(text, func(c rune) bool { // [rabbitmq_management,rabbitmq_mqtt].
		return c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
	for _, p := range rabbitPorts {
		if !slices.Contains(enabled, p.plugin) {
			continue
		}
		if !p.one {
			r.listeners(p.prefix, "tcp", p.otherwise)
			r.listeners(p.prefix, "ssl", "")
			continue
		}
		tls, has := r.last[p.prefix+".ssl.port"]
		if has {
			r.listen(p.prefix+".ssl.port", tls, "")
		}
		if _, plain := r.last[p.prefix+".tcp.port"]; plain || !has {
			s, note := r.last.get(r.job, p.prefix+".tcp.port", p.otherwise)
			if ip := r.last[p.prefix+".tcp.ip"].word(0); ip != "" {
				s.words = []string{"[" + ip + "]:" + s.word(0)}
			}
			r.listen(p.prefix+".tcp.port", s, note)
		}
	}
}

// distribution adds the port for other nodes, that of clients plus 20000, and the connections to epmd, which tells the
// ports of nodes.
func (r *rabbitReader) distribution(node, own string) {
	e := Endpoint{Op: Listen, Protocol: "tcp", Host: "::", Directive: "RABBITMQ_DIST_PORT", Pos: r.start.Pos}
	switch n, ok := number(node); {
	case own != "":
		if !e.at(r.job, own) {
			r.problem(r.start.Pos, "RABBITMQ_DIST_PORT: %q is not a port", own)
			return
		}
	case !ok || n > 45535:
		r.problem(r.start.Pos, "there is no port %q plus 20000, which other nodes connect to", node)
		return
	default:
		e.Low, e.High, e.Note = n+20000, n+20000, "the port of clients plus 20000"
	}
	r.endpoint(e)
	epmd := Endpoint{Op: Connect, Protocol: "tcp", Host: "localhost", Low: 4369, High: 4369, Directive: "epmd",
		Note: "the default", Pos: r.start.Pos}
	r.endpoint(epmd)
	for _, name := range r.names {
		if strings.HasPrefix(name, "cluster_formation.classic_config.nodes.") {
			s := r.last[name]
			if _, host, ok := strings.Cut(s.word(0), "@"); ok {
				for _, p := range []Endpoint{{Low: 4369, High: 4369}, {Low: e.Low, High: e.High, Open: e.Open}} {
					p.Op, p.Protocol, p.Host, p.Directive, p.Pos = Connect, "tcp", host, name, s.at
					r.endpoint(p)
				}
			}
		}
	}
}
