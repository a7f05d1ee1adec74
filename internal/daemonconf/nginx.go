package daemonconf

import (
	"path"
	"slices"
	"strings"
)

func nginx() *Program {
	return &Program{
		Name: "nginx", Binaries: []string{"nginx", "nginx-debug", "openresty", "angie"}, Path: "/usr/sbin/nginx",
		Labels: []string{"httpd_exec_t", "nginx_exec_t"}, Units: []string{"nginx"},
		Files: []string{"nginx.conf", "nginx*.conf"},
		Main:  func(file string) []string { return []string{"-c", file} },
		read:  func(j *job) { (&nginxReader{job: j}).run() },
	}
}

// An nginxReader reads the files of one nginx. It mirrors nginx 1.22 to 1.27:
// ngx_conf_file.c, ngx_inet.c, ngx_http_core_module.c and the modules that connect.
type nginxReader struct {
	*job
	dir       string // the directory of the main file; includes are relative to it
	file      string
	upstreams map[string]bool // by context/name
	passes    []nginxPass
	listens   map[string]bool
}

// An nginxPass is a directive that may name an upstream. The upstream may follow later in the file.
type nginxPass struct {
	context, directive, to string
	at                     Pos
}

func (r *nginxReader) run() {
	r.upstreams, r.listens = map[string]bool{}, map[string]bool{}
	main, prefix, global := "/etc/nginx/nginx.conf", "/usr/share/nginx", ""
	for i := 1; i+1 < len(r.start.Argv); i++ {
		switch value := r.start.Argv[i+1]; r.start.Argv[i] {
		case "-c":
			main = value
		case "-p":
			prefix = value
		case "-g":
			global = value
		default:
			continue
		}
		i++
	}
	main = abs(prefix, main)
	r.dir = path.Dir(main)
	if list, _, err := readBlocks(global, false); err == nil {
		for i := range list {
			list[i].line = r.start.Pos.Line
		}
		r.file = r.start.Pos.File
		r.statements(list, "main", "main")
	}
	r.include(main, r.start.Pos, "main", "main")
	for _, p := range r.passes {
		r.pass(p)
	}
}

func (r *nginxReader) include(name string, at Pos, context, block string) {
	text, ok := r.read(name, at, false)
	if !ok {
		return
	}
	defer r.done()
	list, line, err := readBlocks(text, false)
	if err != nil {
		r.problem(Pos{name, line}, "%s", err)
	}
	outer := r.file
	r.file = name
	r.statements(list, context, block)
	r.file = outer
}

// statements reads the statements of a block. context is http, stream, mail or main.
func (r *nginxReader) statements(list []statement, context, block string) {
	for i := range list {
		s := &list[i]
		at := Pos{r.file, s.line}
		switch name := s.word(0); {
		case name == "include":
			files := []string{abs(r.dir, s.word(1))}
			if strings.ContainsAny(s.word(1), "*?[") {
				files = r.glob(files[0])
			}
			for _, file := range files {
				r.include(file, at, context, block)
			}
		case s.block != nil && (name == "http" || name == "stream" || name == "mail"):
			r.statements(s.block, name, name)
		case s.block != nil && name == "upstream":
			r.upstreams[context+"/"+s.word(1)] = true
			r.statements(s.block, context, name)
		case s.block != nil && name == "server":
			r.statements(s.block, context, name)
			if context == "http" && !hasListen(s.block) {
				r.listen([]string{"*:80"}, context, Pos{r.file, s.line}, "the default of a server without listen")
			}
		case s.block != nil:
			r.statements(s.block, context, name)
		default:
			r.directive(s, context, block, at)
		}
	}
}

// hasListen reports whether a server names an address, or includes a file, which may name one.
func hasListen(list []statement) bool {
	return slices.ContainsFunc(list, func(s statement) bool { return s.word(0) == "listen" || s.word(0) == "include" })
}

func (r *nginxReader) directive(s *statement, context, block string, at Pos) {
	arg := s.word(1)
	switch name := s.word(0); name {
	case "listen":
		r.listen(s.words[1:], context, at, "")
	case "server":
		if block == "upstream" {
			r.upstreamServer(s.words[1:], at)
		}
	case "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass":
		r.passes = append(r.passes, nginxPass{context, name, arg, at})
	case "resolver":
		for _, w := range s.words[1:] {
			if !strings.Contains(w, "=") {
				r.connectHost(w, name, "udp", 53, at)
			}
		}
	case "auth_http":
		r.connectURL("http://"+strings.TrimPrefix(arg, "http://"), name, 80, at)
		r.endpoint(Endpoint{Op: Connect, Protocol: "tcp", Open: "the answer of auth_http", Directive: name, Pos: at})
	case "ssl_stapling_responder":
		r.connectURL(arg, name, 80, at)
	case "ssl_stapling":
		if arg == "on" {
			r.endpoint(Endpoint{Op: Connect, Protocol: "tcp", Open: "the responder that the certificate names",
				Directive: name, Pos: at})
		}
	case "access_log", "error_log":
		r.log(arg, name, at)
	case "ssl_certificate", "ssl_certificate_key", "ssl_client_certificate", "ssl_trusted_certificate", "ssl_dhparam":
		if variable(arg) == "" && !strings.HasPrefix(arg, "data:") && !strings.HasPrefix(arg, "engine:") {
			r.job.file(Certificate, abs(r.dir, arg), name, at)
		}
	case "pid":
		r.job.file(PID, abs("/usr/share/nginx", arg), name, at)
	}
}

// log adds the server of syslog:server=..., or the log file.
func (r *nginxReader) log(to, directive string, at Pos) {
	rest, isSyslog := strings.CutPrefix(to, "syslog:")
	if !isSyslog {
		if strings.HasPrefix(to, "/") && variable(to) == "" {
			r.job.file(Log, to, directive, at)
		}
		return
	}
	for option := range strings.SplitSeq(rest, ",") {
		if server, ok := strings.CutPrefix(option, "server="); ok {
			if name, unix := strings.CutPrefix(server, "unix:"); unix {
				r.socket(Connect, name, directive, at)
			} else {
				r.connectHost(server, directive, "udp", 514, at)
			}
		}
	}
}

// upstreamServer adds a server of an upstream.
func (r *nginxReader) upstreamServer(w []string, at Pos) {
	if len(w) == 0 || slices.Contains(w, "down") {
		return
	}
	if name, ok := strings.CutPrefix(w[0], "unix:"); ok {
		r.socket(Connect, name, "server", at)
		return
	}
	otherwise := uint16(80)
	if slices.ContainsFunc(w, func(s string) bool { return strings.HasPrefix(s, "service=") }) {
		r.endpoint(Endpoint{Op: Connect, Protocol: "tcp", Host: w[0], Open: "the SRV record of " + w[0],
			Directive: "server", Pos: at})
		return
	}
	r.connectHost(w[0], "server", "tcp", otherwise, at)
}

// pass adds the target of a pass directive, unless it is an upstream.
func (r *nginxReader) pass(p nginxPass) {
	to := p.to
	scheme, rest, hasScheme := strings.Cut(to, "://")
	if !hasScheme {
		scheme, rest = "", to
	}
	host, _, _ := strings.Cut(rest, "/")
	if r.upstreams[p.context+"/"+host] {
		return
	}
	if name, ok := strings.CutPrefix(rest, "unix:"); ok {
		name, _, _ = strings.Cut(name, ":")
		r.socket(Connect, name, p.directive, p.at)
		return
	}
	otherwise := uint16(0)
	switch {
	case p.context == "stream":
	case scheme == "https" || scheme == "grpcs":
		otherwise = 443
	case p.directive == "memcached_pass":
		otherwise = 11211
	default:
		otherwise = 80
	}
	if v := variable(host); v != "" && (strings.HasPrefix(host, v) || otherwise == 0) {
		r.endpoint(Endpoint{Op: Connect, Protocol: "tcp", Open: v, Directive: p.directive, Pos: p.at})
		return
	}
	r.connectHost(host, p.directive, "tcp", otherwise, p.at)
}
