package daemonconf

import (
	"maps"
	"path"
	"slices"
	"strings"
)

func haproxy() *Program {
	return &Program{
		Name: "haproxy", Binaries: []string{"haproxy", "haproxy-systemd-wrapper"}, Path: "/usr/sbin/haproxy",
		Labels: []string{"haproxy_exec_t"}, Units: []string{"haproxy"},
		Usual: []string{"-f", "/etc/haproxy/haproxy.cfg"},
		Files: []string{"haproxy.cfg", "haproxy*.cfg", "haproxy/*.cfg", "haproxy/conf.d/*.cfg"},
		Main:  func(file string) []string { return []string{"-f", file} },
		read:  func(j *job) { (&haproxyReader{job: j}).run() },
	}
}

// A haproxyReader reads the files of one haproxy. It mirrors haproxy 2.6 to 3.0:
// cfgparse.c, tools.c (parse_line, str2sa_range), cfgparse-listen.c, server.c.
type haproxyReader struct {
	*job
	at      Pos
	section string
	proxy   string // the name of the section
	// from and sockets are where the section's endpoints and sockets begin, to remove them if it is disabled.
	from, sockets int
	disabled      bool
	// the default options of servers: from the sections "defaults", and from this section
	defaultServer haproxyServer
	inherited     haproxyServer
	localPeer     string
	peers         []haproxyPeer
	// binds are the ports of this proxy. A connection to a server without a port goes to the same port.
	binds []uint16
	conds []condition
	// ownResolvers says that a section "resolvers default" replaces haproxy's own.
	ownResolvers bool
	// chroot is the directory in which haproxy opens what it connects to; what it listens on is opened before.
	chroot string
}

type haproxyPeer struct {
	name, addr, directive string
	bindOnly              bool // a separate bind line says where the local peer listens
	at                    Pos
}

// run reads the command line, then the files that it names.
func (r *haproxyReader) run() {
	argv, files := r.start.Argv, []string(nil)
	if r.start.Env = maps.Clone(r.start.Env); r.start.Env == nil {
		r.start.Env = map[string]string{}
	}
	r.localPeer = r.hostname()
	dir := r.start.Dir
	for i := 1; i < len(argv); i++ {
		arg := argv[i]
		next := func() string {
			if i+1 < len(argv) {
				i++
				return argv[i]
			}
			return ""
		}
		switch {
		case arg == "--":
			files = append(files, argv[i+1:]...)
			i = len(argv)
		case arg == "-f":
			files = append(files, next())
		case arg == "-C":
			dir = abs(dir, next())
		case arg == "-L":
			r.localPeer = next()
		case arg == "-p":
			r.file(PID, abs(dir, next()), "-p", r.start.Pos)
		case arg == "-S":
			r.at = r.start.Pos
			addr, _, _ := strings.Cut(next(), ",")
			r.bind(addr, "-S", Listen)
		case arg == "-sf" || arg == "-st":
			i = len(argv)
		case slices.Contains([]string{"-n", "-N", "-m", "-x"}, arg):
			next()
		}
	}
	if len(files) == 0 {
		r.problem(r.start.Pos, "haproxy starts without -f: it has no configuration")
	}
	for _, name := range files {
		name = abs(dir, name)
		if r.isDir(name) {
			for _, file := range r.glob(name + "/*.cfg") {
				r.readFile(file)
			}
			continue
		}
		r.readFile(name)
	}
	r.end()
	r.inChroot()
	r.joinPeers()
	if len(r.r.Read) > 0 && !r.ownResolvers {
		r.at = Pos{File: "/etc/resolv.conf"}
		r.resolvConf("haproxy 2.6 and later ask them by default")
	}
}

// inChroot gives the sockets that haproxy connects to the paths that they have outside of its chroot.
func (r *haproxyReader) inChroot() {
	if r.chroot == "" {
		return
	}
	for i := range r.r.Sockets {
		s := &r.r.Sockets[i]
		if (s.Op == Connect || s.Op == Send) && path.IsAbs(s.Path) { // an abstract name has no path
			s.Path = path.Join(r.chroot, s.Path)
		}
	}
}

// setEnv sets a variable for the lines that follow.
func (r *haproxyReader) setEnv(name, value string) {
	if len(r.start.Env) < 10_000 {
		r.start.Env[name] = value
	}
}

func (r *haproxyReader) hostname() string {
	if name := r.start.Env["HOSTNAME"]; name != "" {
		return name
	}
	b, _ := r.tree.ReadFile("/etc/hostname", maxFile)
	return strings.TrimSpace(string(b))
}

func (r *haproxyReader) readFile(name string) {
	text, ok := r.read(name, r.start.Pos, false)
	if !ok {
		return
	}
	defer r.done()
	r.conds = nil
	n := 0
	for line := range strings.Lines(text) {
		n++
		r.at = Pos{name, n}
		words, err := r.words(strings.TrimRight(line, "\r\n"))
		if err != nil {
			r.problem(r.at, "%s", err)
			continue
		}
		if len(words) > 0 {
			r.line(words)
		}
	}
	if len(r.conds) > 0 {
		r.problem(r.at, ".if without .endif")
	}
}

// line reads one line.
func (r *haproxyReader) line(w []string) {
	if strings.HasPrefix(w[0], ".") && r.directive(w) {
		return
	}
	active, open := r.active()
	if !active {
		return
	}
	r.cond = open
	switch w[0] {
	case "global", "defaults", "frontend", "backend", "listen", "peers", "mailers", "resolvers", "ring", "log-forward",
		"userlist", "cache", "program", "http-errors", "fcgi-app", "crt-store", "traces", "log-profile", "acme":
		r.begin(w[0])
		if len(w) > 1 {
			r.proxy = w[1]
		}
		r.ownResolvers = r.ownResolvers || w[0] == "resolvers" && len(w) > 1 && w[1] == "default"
		return
	}
	if w[0] == "no" || w[0] == "default" {
		return
	}
	switch r.section {
	case "peers":
		r.peersLine(w)
	case "mailers":
		if w[0] == "mailer" && len(w) > 2 {
			r.connect(w[2], "mailer")
		}
	case "resolvers":
		r.resolversLine(w)
	case "ring":
		if w[0] == "server" {
			r.serverLine(w, 2)
		}
	case "program", "userlist", "cache", "http-errors", "crt-store", "traces", "acme":
	default:
		r.proxyLine(w)
	}
}

// begin starts a section.
func (r *haproxyReader) begin(section string) {
	r.end()
	r.proxy = ""
	r.section, r.disabled, r.from, r.sockets = section, false, len(r.r.Endpoints), len(r.r.Sockets)
	r.binds = nil
	if section == "defaults" {
		r.inherited = haproxyServer{}
	}
	r.defaultServer = r.inherited
}

// end ends a section. A disabled section opens nothing.
func (r *haproxyReader) end() {
	switch r.section {
	case "defaults":
		r.inherited = r.defaultServer
	case "frontend", "backend", "listen", "peers":
		if r.disabled {
			r.r.Endpoints, r.r.Sockets = r.r.Endpoints[:r.from], r.r.Sockets[:r.sockets]
		}
	}
}

func (r *haproxyReader) proxyLine(w []string) {
	arg := func(i int) string {
		if i < len(w) {
			return w[i]
		}
		return ""
	}
	switch w[0] {
	case "disabled":
		r.disabled = true
	case "enabled":
		r.disabled = false
	case "bind":
		for addr := range strings.SplitSeq(arg(1), ",") {
			r.bind(addr, "bind", Listen)
		}
	case "dgram-bind":
		for addr := range strings.SplitSeq(arg(1), ",") {
			r.bind(addr, "dgram-bind", Bind)
		}
	case "server":
		r.serverLine(w, 2)
	case "server-template":
		r.serverLine(w, 3)
	case "default-server":
		r.defaultServer.options(w[1:])
	case "source":
		r.source(arg(1))
	case "log":
		r.log(w)
	case "stats":
		if arg(1) == "socket" {
			r.bind(arg(2), "stats socket", Listen)
		}
	case "chroot":
		if r.section == "global" && r.chroot == "" { // haproxy refuses a second one
			r.chroot = path.Join("/", arg(1))
		}
	case "localpeer":
		r.localPeer = arg(1)
	case "setenv", "presetenv":
		if _, set := r.start.Env[arg(1)]; len(w) > 2 && (!set || w[0] == "setenv") {
			r.setEnv(arg(1), arg(2))
		}
	case "pidfile":
		r.file(PID, arg(1), w[0], r.at)
	case "errorfile":
		r.file(Config, arg(2), w[0], r.at)
	case "lua-load", "lua-load-per-thread":
		r.file(Config, arg(1), w[0], r.at)
		r.problem(r.at, "%s may connect to any address", path.Base(arg(1)))
	case "ca-base", "crt-base", "maxconn":
	case "http-request", "tcp-request":
		if i := slices.Index(w, "set-dst-port"); i > 0 {
			r.endpoint(Endpoint{Op: Connect, Protocol: "tcp", Open: "set-dst-port", Directive: w[0], Pos: r.at})
		}
	}
}

// resolversLine reads a line of a section resolvers.
func (r *haproxyReader) resolversLine(w []string) {
	switch {
	case w[0] == "nameserver" && len(w) > 2:
		r.connectAs(w[2], "nameserver", "udp")
	case w[0] == "parse-resolv-conf":
		r.resolvConf("")
	}
}

// resolvConf adds the name servers of the system.
func (r *haproxyReader) resolvConf(note string) {
	text, ok := r.read("/etc/resolv.conf", r.at, true)
	if !ok {
		return
	}
	defer r.done()
	for n, line := range numbered(text) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "nameserver" {
			r.endpoint(Endpoint{Op: Connect, Protocol: "udp", Host: f[1], Low: 53, High: 53,
				Directive: "nameserver", Note: note, Pos: Pos{"/etc/resolv.conf", n}})
		}
	}
}
