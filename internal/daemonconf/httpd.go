package daemonconf

import (
	"path"
	"slices"
	"strings"
)

func httpd() *Program {
	return &Program{
		Name: "httpd", Binaries: []string{"httpd", "apache2", "apachectl", "apache2ctl"}, Path: "/usr/sbin/httpd",
		Labels: []string{"httpd_exec_t"}, Units: []string{"httpd", "apache2"},
		Starts: map[string][]string{
			"apachectl": {"/usr/sbin/apache2", "/usr/sbin/httpd"}, "apache2ctl": {"/usr/sbin/apache2"},
		},
		Files: []string{"httpd.conf", "apache2.conf", "apache2/ports.conf", "httpd/conf.d/*.conf",
			"sites-enabled/*.conf"},
		Main: func(file string) []string { return []string{"-f", file} },
		read: func(j *job) { (&httpdReader{job: j}).run() },
	}
}

// An httpdReader reads the files of one httpd. It mirrors Apache httpd 2.4: config.c,
// core.c (sections, Define, Include), listen.c, mod_proxy.c.
type httpdReader struct {
	*job
	root    string
	defines map[string]string
	modules map[string]bool // the loaded ones, by both of their names
	listens map[string]bool
	depth   int
}

func (r *httpdReader) run() {
	r.defines, r.modules, r.listens = map[string]string{}, map[string]bool{}, map[string]bool{}
	for _, m := range []string{"so", "log_config", "logio", "version", "unixd", "watchdog"} {
		r.modules["mod_"+m+".c"], r.modules[m+"_module"] = true, true // built in, as in distributions
	}
	for _, m := range []string{"core.c", "core_module", "http_core.c", "http_module"} {
		r.modules[m] = true
	}
	argv := r.start.Argv
	main, root := "/etc/httpd/conf/httpd.conf", "/etc/httpd"
	if base := path.Base(argv[0]); strings.HasPrefix(base, "apache2") || base == "apachectl" {
		if _, err := r.tree.Resolve("/etc/apache2/apache2.conf"); err == nil || base != "apachectl" {
			main, root = "/etc/apache2/apache2.conf", "/etc/apache2"
			r.envvars("/etc/apache2/envvars")
		}
	}
	r.root = lastOption(argv, root, "-d")
	for _, d := range options(argv, "-D") {
		r.defines[d] = ""
	}
	if file := lastOption(argv, "", "-f"); file != "" {
		main = abs(r.root, file)
	}
	for _, line := range options(argv, "-C") {
		r.line(fields(line), r.start.Pos)
	}
	r.include(main, r.start.Pos, false)
	for _, line := range options(argv, "-c") {
		r.line(fields(line), r.start.Pos)
	}
}

// envvars reads the assignments of the shell file that Debian's apachectl sources. It is
// not run: a value that is not plain stays unknown.
func (r *httpdReader) envvars(file string) {
	b, err := r.tree.ReadFile(file, maxFile)
	if err != nil {
		return
	}
	for _, line := range numbered(string(b)) {
		line, ok := strings.CutPrefix(strings.TrimSpace(line), "export ")
		name, value, isSet := strings.Cut(line, "=")
		if !ok || !isSet {
			continue
		}
		value = strings.Trim(strings.TrimSuffix(value, "$SUFFIX"), `"'`)
		if variable(value) == "" && !strings.ContainsAny(value, "`$") {
			r.defines[name] = value
		}
	}
}

func (r *httpdReader) include(name string, at Pos, optional bool) {
	text, ok := r.read(name, at, optional)
	if !ok {
		return
	}
	defer r.done()
	var skip []string // the sections that are skipped, the outermost first
	outer := r.cond
	var conds []string // the conditions of the open sections, "" for those without a condition
	for n, line := range joined(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		at := Pos{name, n}
		if strings.HasPrefix(line, "</") {
			section := strings.ToLower(strings.Trim(line, "</> \t"))
			switch {
			case len(skip) > 0 && skip[len(skip)-1] == section:
				skip = skip[:len(skip)-1]
			case len(skip) == 0 && len(conds) > 0:
				conds = conds[:len(conds)-1]
				r.cond = lastCondition(conds, outer)
			}
			continue
		}
		if line[0] == '<' {
			w := fields(strings.TrimSuffix(line[1:], ">"))
			if len(w) == 0 || len(conds)+len(skip) > 1000 {
				continue
			}
			section := strings.ToLower(w[0])
			holds, text := r.section(section, w[1:])
			switch {
			case len(skip) > 0 || holds == no:
				skip = append(skip, section)
			case holds == open:
				conds = append(conds, text)
			default:
				conds = append(conds, "")
			}
			r.cond = lastCondition(conds, outer)
			continue
		}
		if len(skip) == 0 {
			r.line(fields(line), at)
		}
	}
	r.cond = outer
}

func lastCondition(conds []string, outer string) string {
	for _, c := range slices.Backward(conds) {
		if c != "" {
			return c
		}
	}
	return outer
}

// section returns whether the lines of a section are read, and its condition.
func (r *httpdReader) section(name string, w []string) (truth, string) {
	arg := strings.Join(w, " ")
	inverse := strings.HasPrefix(arg, "!")
	arg = strings.TrimPrefix(arg, "!")
	var holds truth
	switch name {
	case "ifmodule":
		holds = truthOf(r.modules[arg])
	case "ifdefine":
		_, set := r.defines[arg]
		holds = truthOf(set)
	case "iffile":
		_, err := r.tree.Resolve(abs(r.root, r.expand(arg)))
		holds = truthOf(err == nil)
	case "ifversion", "ifdirective", "ifsection":
		holds = open
	default:
		return yes, ""
	}
	if inverse {
		holds = not(holds)
	}
	return holds, name + " " + strings.Join(w, " ")
}

// httpdSource returns the name of the source of a module's file, by which IfModule knows it too: that of a
// multi-processing module is without mod_mpm_.
func httpdSource(file string) string {
	name := strings.TrimSuffix(path.Base(file), ".so")
	if mpm, ok := strings.CutPrefix(name, "mod_mpm_"); ok {
		name = mpm
	} else if name == "mod_ldap" {
		name = "util_ldap"
	}
	return name + ".c"
}

// expand replaces variables by the values of Define and of the environment; unknown ones stay.
func (r *httpdReader) expand(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		end := strings.IndexByte(s[max(i, 0):], '}')
		if i < 0 || end < 0 {
			return b.String() + s
		}
		b.WriteString(s[:i])
		name := s[i+2 : i+end]
		if value, ok := r.defines[name]; ok {
			b.WriteString(value)
		} else if value, ok := r.start.Env[name]; ok {
			b.WriteString(value)
		} else {
			b.WriteString(s[i : i+end+1])
		}
		s = s[i+end+1:]
	}
}

func (r *httpdReader) line(w []string, at Pos) {
	if len(w) == 0 {
		return
	}
	name := strings.ToLower(w[0])
	arg := func(i int) string {
		if i < len(w) {
			return r.expand(w[i])
		}
		return ""
	}
	switch name {
	case "serverroot":
		r.root = arg(1)
	case "define":
		if len(r.defines) < 10_000 && len(arg(2)) < 4096 {
			r.defines[arg(1)] = arg(2)
		}
	case "undefine":
		delete(r.defines, arg(1))
	case "loadmodule":
		r.modules[arg(1)] = true
		r.modules[httpdSource(arg(2))] = true
	case "include", "includeoptional":
		r.includes(arg(1), at, name == "includeoptional")
	case "listen":
		r.listen(arg(1), at)
	case "pidfile":
		r.file(PID, abs(r.root, arg(1)), w[0], at)
	case "errorlog":
		if strings.HasPrefix(arg(1), "/") {
			r.file(Log, arg(1), w[0], at)
		}
	case "sslcertificatefile", "sslcertificatekeyfile", "sslcertificatechainfile", "sslcacertificatefile":
		r.file(Certificate, abs(r.root, arg(1)), w[0], at)
	default:
		r.proxy(name, w, arg, at)
	}
}

// includes reads the files that match a pattern; a directory stands for all files in it.
func (r *httpdReader) includes(pattern string, at Pos, optional bool) {
	if r.depth++; r.depth > maxDepth {
		r.depth--
		return
	}
	defer func() { r.depth-- }()
	files := r.glob(abs(r.root, pattern))
	if len(files) == 0 && !optional {
		r.problem(at, "no file matches %s", pattern)
	}
	for _, file := range files {
		if r.isDir(file) {
			r.includes(file+"/*", at, true)
		} else {
			r.include(file, at, optional)
		}
	}
}

// listen reads [ADDRESS:]PORT.
func (r *httpdReader) listen(text string, at Pos) {
	host, port := splitHost(text)
	if port == "" {
		host, port = "", host
	}
	e := Endpoint{Op: Listen, Protocol: "tcp", Host: anyHost(host), Directive: "Listen", Pos: at}
	if !e.at(r.job, port) {
		r.problem(at, "Listen %s: %q is not a port", text, port)
		return
	}
	if host == "" {
		e.Host = "::" // APR opens one socket for both families
	}
	r.endpoint(e)
}

// proxy reads the directives that open connections.
func (r *httpdReader) proxy(name string, w []string, arg func(int) string, at Pos) {
	switch name {
	case "proxypass", "proxypassmatch":
		for i := 1; i < min(len(w), 3); i++ {
			if strings.Contains(arg(i), "://") || strings.HasPrefix(arg(i), "unix:") {
				r.backend(arg(i), w[0], at)
				return
			}
		}
	case "balancermember":
		for i := 1; i < min(len(w), 3); i++ {
			if strings.Contains(arg(i), "://") {
				r.backend(arg(i), w[0], at)
				return
			}
		}
	case "proxyremote", "proxyremotematch":
		r.backend(arg(2), w[0], at)
	case "rewriterule":
		if flags := strings.Split(strings.Trim(arg(3), "[]"), ","); slices.Contains(flags, "P") ||
			slices.Contains(flags, "proxy") {
			r.backend(strings.ReplaceAll(arg(2), "%{", "${"), w[0], at)
		}
	case "sethandler":
		if to, ok := strings.CutPrefix(arg(1), "proxy:"); ok {
			r.backend(to, w[0], at)
		}
	case "authldapurl", "sslstaplingforceurl":
		r.connectURL(arg(1), w[0], 0, at)
	}
}

// backend adds the connection to a worker of mod_proxy.
func (r *httpdReader) backend(to, directive string, at Pos) {
	if rest, ok := strings.CutPrefix(to, "unix:"); ok {
		name, _, _ := strings.Cut(rest, "|")
		r.socket(Connect, name, directive, at)
		return
	}
	if strings.HasPrefix(to, "balancer:") || to == "!" {
		return
	}
	to = strings.Replace(to, "$1", "", 1)
	r.connectURL(to, directive, 80, at)
}
