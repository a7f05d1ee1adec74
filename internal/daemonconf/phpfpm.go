package daemonconf

import (
	"fmt"
	"path"
	"strings"
)

func phpFPM() *Program {
	p := &Program{
		Name: "php-fpm", Binaries: []string{"php-fpm"}, Path: "/usr/sbin/php-fpm",
		Labels: []string{"phpfpm_exec_t", "httpd_exec_t"}, Units: []string{"php-fpm"},
		Usual: []string{"--nodaemonize"},
		Files: []string{"php-fpm.conf", "fpm/pool.d/*.conf", "php-fpm.d/*.conf"},
		Main:  func(file string) []string { return []string{"--fpm-config", file} },
		read:  func(j *job) { (&fpmReader{job: j}).run() },
	}
	for version := range strings.FieldsSeq("5.6 7.0 7.1 7.2 7.3 7.4 8.0 8.1 8.2 8.3 8.4 8.5") {
		name := "php" + version + "-fpm"
		p.Binaries, p.Units = append(p.Binaries, "php-fpm"+version), append(p.Units, name)
	}
	return p
}

// An fpmReader reads the files of one PHP FastCGI process manager. It mirrors PHP 7 and 8: fpm_conf.c,
// fpm_sockets.c.
type fpmReader struct {
	*job
	pools  []fpmPool
	global settings
}

// An fpmPool is a pool with its last settings.
type fpmPool struct {
	name string
	last settings
}

func (r *fpmReader) run() {
	r.global = settings{}
	file := lastOption(r.start.Argv, r.usual(), "--fpm-config", "-y")
	r.include(abs(r.start.Dir, file), r.start.Pos, "global")
	for _, p := range r.pools {
		r.listen(p)
		for _, log := range []string{"access.log", "slowlog"} {
			if s, ok := p.last[log]; ok {
				r.file(Log, abs("/", s.word(0)), log, s.at)
			}
		}
	}
	if s, ok := r.global["error_log"]; ok && path.IsAbs(s.word(0)) {
		r.file(Log, s.word(0), "error_log", s.at)
	}
	if s, ok := r.global["pid"]; ok && path.IsAbs(s.word(0)) {
		r.file(PID, s.word(0), "pid", s.at)
	}
}

// usual returns the file that the distribution's build reads: its name has the version of the program.
func (r *fpmReader) usual() string {
	name := path.Base(r.start.Argv[0])
	if version := strings.TrimPrefix(name, "php-fpm"); version != "" && version != name {
		return fmt.Sprintf("/etc/php/%s/fpm/php-fpm.conf", version)
	}
	return "/etc/php-fpm.conf"
}

func (r *fpmReader) include(name string, at Pos, section string) {
	text, ok := r.read(name, at, false)
	if !ok {
		return
	}
	defer r.done()
	for line := range ini(text, name, ";#") {
		if line.section == "" {
			line.section = section // an included file goes on with the section
		}
		value, _, _ := strings.Cut(line.value, ";")
		value = unquote(strings.TrimSpace(value))
		switch {
		case line.key == "include":
			for _, file := range r.glob(abs(path.Dir(name), value)) {
				r.include(file, line.at, line.section)
			}
		case line.section == "global":
			r.global[line.key] = setting{[]string{value}, line.at}
		default:
			value = strings.ReplaceAll(value, "$pool", line.section)
			r.pool(line.section).last[line.key] = setting{[]string{value}, line.at}
		}
	}
}

func (r *fpmReader) pool(name string) *fpmPool {
	for i := range r.pools {
		if r.pools[i].name == name {
			return &r.pools[i]
		}
	}
	r.pools = append(r.pools, fpmPool{name, settings{}})
	return &r.pools[len(r.pools)-1]
}

// listen reads ADDRESS:PORT, PORT, or the path of a socket.
func (r *fpmReader) listen(p fpmPool) {
	s, ok := p.last["listen"]
	if !ok {
		return
	}
	text := s.word(0)
	if strings.HasPrefix(text, "/") {
		r.socket(Listen, path.Clean(text), "listen", s.at)
		return
	}
	host, port := splitHost(text)
	if port == "" {
		host, port = "::", host // one socket for both families
	}
	e := Endpoint{Op: Listen, Protocol: "tcp", Host: anyHost(host), Directive: "listen", Pos: s.at}
	if !e.at(r.job, port) {
		r.problem(s.at, "listen: %q is not a port", text)
		return
	}
	r.endpoint(e)
}
