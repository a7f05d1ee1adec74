package daemonconf

import (
	"slices"
	"strings"
)

func redis() *Program {
	return &Program{
		Name: "redis", Binaries: []string{"redis-server", "valkey-server", "redis-sentinel", "valkey-sentinel",
			"keydb-server"},
		Path: "/usr/bin/redis-server", Labels: []string{"redis_exec_t"},
		Units: []string{"redis", "redis-server", "valkey"},
		Usual: []string{"/etc/redis/redis.conf"},
		Files: []string{"redis*.conf", "valkey*.conf", "sentinel*.conf", "redis/*.conf", "valkey/*.conf"},
		Main: func(file string) []string {
			if strings.Contains(file, "sentinel") {
				return []string{file, "--sentinel"}
			}
			return []string{file}
		},
		read: func(j *job) { (&redisReader{job: j}).run() },
	}
}

// A redisReader reads the files of one redis or valkey. It mirrors redis 6 to 7.2 and valkey 8:
// server.c (main), config.c, cluster_legacy.c, sentinel.c. The last value of a setting counts.
type redisReader struct {
	*job
	last     settings
	sentinel []setting // monitor
}

func (r *redisReader) run() {
	r.last = settings{}
	argv := r.start.Argv
	sentinel := slices.Contains(argv, "--sentinel") || strings.Contains(argv[0], "sentinel")
	i := 1
	if i < len(argv) && !strings.HasPrefix(argv[i], "-") {
		r.include(abs(r.start.Dir, argv[i]), r.start.Pos)
		i++
	}
	// Further arguments are lines: --name, and the words up to the next one.
	for i < len(argv) {
		words := strings.Fields(strings.TrimPrefix(argv[i], "--"))
		isName := strings.HasPrefix(argv[i], "--")
		for i++; i < len(argv) && !strings.HasPrefix(argv[i], "--"); i++ {
			words = append(words, argv[i])
		}
		if isName && len(words) > 0 && words[0] != "sentinel" {
			r.set(words, r.start.Pos)
		}
	}
	port := "6379"
	if sentinel {
		port = "26379"
	}
	plain := r.listen("port", port)
	tls := r.listen("tls-port", "0")
	if r.yes("cluster-enabled") {
		r.bus(plain, tls)
	}
	if s, ok := r.last["unixsocket"]; ok && s.word(0) != "" {
		r.socket(Listen, abs(r.start.Dir, s.word(0)), "unixsocket", s.at)
	}
	for _, name := range []string{"replicaof", "slaveof"} {
		if s, ok := r.last[name]; ok && len(s.words) == 2 && !strings.EqualFold(s.word(0), "no") {
			e := Endpoint{Op: Connect, Protocol: "tcp", Host: s.word(0), Directive: name, Pos: s.at}
			if e.at(r.job, s.word(1)) {
				r.endpoint(e)
			}
		}
	}
	for _, s := range r.sentinel {
		e := Endpoint{Op: Connect, Protocol: "tcp", Host: s.word(1), Directive: "sentinel monitor", Pos: s.at}
		if e.at(r.job, s.word(2)) {
			r.endpoint(e)
		}
	}
	for name, use := range map[string]Use{"logfile": Log, "pidfile": PID, "dir": Data, "tls-cert-file": Certificate,
		"tls-key-file": Certificate, "tls-ca-cert-file": Certificate, "aclfile": Config} {
		if s, ok := r.last[name]; ok && s.word(0) != "" {
			r.file(use, abs(r.start.Dir, s.word(0)), name, s.at)
		}
	}
	slices.SortFunc(r.r.Files, func(a, b File) int { return strings.Compare(a.Directive, b.Directive) })
}

func (r *redisReader) yes(name string) bool { return strings.EqualFold(r.last[name].word(0), "yes") }

func (r *redisReader) include(name string, at Pos) {
	text, ok := r.read(name, at, false)
	if !ok {
		return
	}
	defer r.done()
	for n, line := range numbered(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if w := fields(line); len(w) > 0 {
			r.set(w, Pos{name, n})
		}
	}
}

func (r *redisReader) set(w []string, at Pos) {
	name := strings.ToLower(w[0])
	switch {
	case name == "include":
		for _, pattern := range w[1:] {
			for _, file := range r.glob(abs(r.start.Dir, pattern)) {
				r.include(file, at)
			}
		}
	case name == "sentinel" && len(w) > 4 && strings.EqualFold(w[1], "monitor"):
		r.sentinel = append(r.sentinel, setting{w[2:], at})
	default:
		r.last[name] = setting{w[1:], at}
	}
}

// listen adds the addresses of a port, and returns the setting; the port 0 opens none.
func (r *redisReader) listen(name, otherwise string) setting {
	s, note := r.last.get(r.job, name, otherwise)
	e := Endpoint{Op: Listen, Protocol: "tcp", Directive: name, Note: note, Pos: s.at}
	if !e.at(r.job, s.word(0)) {
		r.problem(s.at, "%s: %q is not a port", name, s.word(0))
		return setting{}
	}
	if e.Low != 0 || e.Open != "" {
		r.addresses(r.hosts(), e)
	}
	return s
}

// hosts returns the addresses that the server binds.
func (r *redisReader) hosts() []string {
	s, ok := r.last["bind"]
	if !ok {
		return []string{"", "::"}
	}
	var hosts []string
	for _, h := range s.words {
		switch h = strings.TrimPrefix(h, "-"); h {
		case "":
		case "::*":
			hosts = append(hosts, "::")
		default:
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// bus adds the port of the cluster bus: cluster-port, or the client port plus 10000.
func (r *redisReader) bus(plain, tls setting) {
	base := plain
	if r.yes("tls-cluster") {
		base = tls
	}
	e := Endpoint{Op: Listen, Protocol: "tcp", Directive: "cluster-enabled", Pos: base.at,
		Note: "the cluster bus uses the client port plus 10000"}
	if s, ok := r.last["cluster-port"]; ok && s.word(0) != "0" {
		e.Directive, e.Note, e.Pos = "cluster-port", "", s.at
		if !e.at(r.job, s.word(0)) {
			r.problem(s.at, "cluster-port: %q is not a port", s.word(0))
			return
		}
	} else if n, ok := number(base.word(0)); !ok || n == 0 || n > 55535 {
		r.problem(base.at, "there is no port %q plus 10000, which the cluster bus needs", base.word(0))
		return
	} else {
		e.Low, e.High = n+10000, n+10000
	}
	r.addresses(r.hosts(), e)
}
