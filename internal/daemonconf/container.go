package daemonconf

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/systemd"
	"github.com/senet-selinux/senet/internal/yaml"
)

// containers are the container runtimes, which bind the published ports.
func containers() []*Program {
	runtime := func(name string, binaries []string, read func(*job)) *Program {
		return &Program{
			Name: name, Binaries: binaries, Path: "/usr/bin/podman",
			Labels: []string{"container_runtime_exec_t", "docker_exec_t"},
			Main:   func(file string) []string { return []string{file} }, read: read,
		}
	}
	run := runtime("podman", []string{"podman", "docker"}, publishOptions)
	compose := runtime("compose", []string{"docker-compose", "podman-compose"},
		func(j *job) { (&composeReader{job: j}).run() })
	compose.Files = []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml",
		"docker-compose.*.yml", "compose.*.yaml"}
	quadlet := runtime("quadlet", nil, quadletFile)
	quadlet.Files = []string{"*.container", "*.pod"}
	return []*Program{run, compose, quadlet}
}

// publish adds a published port: [ADDRESS:][HOST:]CONTAINER[/PROTOCOL], where HOST may be a range.
// Without HOST, the kernel chooses the port, and no policy labels it.
func (j *job) publish(text, directive string, at Pos) {
	rest, protocol, ok := strings.Cut(text, "/")
	if !ok {
		protocol = "tcp"
	}
	host := ""
	if strings.HasPrefix(rest, "[") {
		if address, after, ok := strings.Cut(rest[1:], "]:"); ok {
			host, rest = address, after
		}
	} else if strings.Count(rest, ":") > 1 {
		host, rest, _ = strings.Cut(rest, ":")
	}
	port, _, ok := strings.Cut(rest, ":")
	e := Endpoint{Op: Listen, Protocol: protocol, Host: anyHost(host), Directive: directive, By: Runtime, Pos: at}
	if protocol == "udp" {
		e.Op = Bind
	}
	switch v := variable(text); {
	case protocol != "tcp" && protocol != "udp" && protocol != "sctp":
		j.problem(at, "%s: %q is not a protocol", directive, protocol)
		return
	case v != "":
		e.Open = v
	case !ok || port == "":
		return
	default:
		var ok bool
		if e.Low, e.High, ok = portRange(port); !ok {
			j.problem(at, "%s: %q is not a port", directive, port)
			return
		}
		if e.Low == 0 {
			return
		}
	}
	j.endpoint(e)
}

// publishOptions reads podman run -p and docker run -p.
func publishOptions(j *job) {
	argv := j.start.Argv
	verb := slices.IndexFunc(argv, func(s string) bool { return s == "run" || s == "create" })
	if verb < 0 {
		return
	}
	for _, text := range options(argv[verb:], "-p", "--publish") {
		j.publish(text, "--publish", j.start.Pos)
	}
	for _, network := range options(argv[verb:], "--network", "--net") {
		if network == "host" {
			j.problem(j.start.Pos, "the container uses the host's network: its own files tell which ports it binds")
		}
	}
}

// quadletFile reads a .container or .pod file.
func quadletFile(j *job) {
	file := j.start.Argv[len(j.start.Argv)-1]
	text, ok := j.read(file, j.start.Pos, false)
	if !ok {
		return
	}
	defer j.done()
	u, err := systemd.Parse(j.tree, file, []byte(text))
	if err != nil {
		j.problem(Pos{File: file}, "%s", err)
		return
	}
	for _, section := range []string{"Container", "Pod"} {
		for _, s := range u.All(section, "PublishPort") {
			value, err := u.Expand(s.Value)
			if err != nil {
				j.problem(Pos{s.File, s.Line}, "PublishPort=%s: %s", s.Value, err)
				continue
			}
			j.publish(value, "PublishPort", Pos{s.File, s.Line})
		}
	}
}

// A composeReader reads the files of one project (compose-spec).
type composeReader struct {
	*job
	file string
	env  map[string]string
}

func (r *composeReader) run() {
	files := options(r.start.Argv, "-f", "--file")
	if len(files) == 0 && len(r.start.Argv) > 1 {
		if last := r.start.Argv[len(r.start.Argv)-1]; strings.HasSuffix(last, "ml") {
			files = []string{last}
		}
	}
	r.env = map[string]string{}
	dir := r.start.Dir // the directory of the project's first file
	if len(files) > 0 {
		dir = path.Dir(abs(dir, files[0]))
	}
	if text, ok := r.read(abs(dir, ".env"), r.start.Pos, true); ok {
		for _, v := range systemd.ParseEnvFile(text) {
			r.env[v.Name] = v.Value
		}
		r.done()
	}
	for _, name := range files {
		r.one(abs(r.start.Dir, name))
	}
}

func (r *composeReader) one(name string) {
	r.file = name
	r.document(name, r.start.Pos, func(doc *yaml.Node) error {
		return doc.Each(func(key string, services *yaml.Node) error {
			if key != "services" {
				return nil
			}
			return services.Each(func(_ string, service *yaml.Node) error { return r.service(service) })
		})
	})
}

func (r *composeReader) service(service *yaml.Node) error {
	return service.Each(func(key string, value *yaml.Node) error {
		if key != "ports" {
			return nil
		}
		return value.Elements("port", func(n *yaml.Node) error {
			text := ""
			if n.Word(&text) == nil {
				r.publish(r.expand(text), "ports", Pos{r.file, n.Line()})
				return nil
			}
			long := map[string]string{}
			err := n.Each(func(key string, v *yaml.Node) error {
				word := ""
				err := v.Word(&word)
				long[key] = r.expand(word)
				return err
			})
			text = long["published"] + ":" + long["target"]
			if long["host_ip"] != "" {
				text = "[" + long["host_ip"] + "]:" + text
			}
			if long["protocol"] != "" {
				text += "/" + long["protocol"]
			}
			r.publish(text, "ports", Pos{r.file, n.Line()})
			return err
		})
	})
}

// expand replaces variables: ${NAME}, ${NAME:-OTHERWISE}, ${NAME-OTHERWISE}, $$. A variable that no
// file sets stays.
func (r *composeReader) expand(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '$')
		if i < 0 || i+1 == len(s) {
			return b.String() + s
		}
		b.WriteString(s[:i])
		s = s[i:]
		v := variable(s)
		if v == "" {
			b.WriteByte('$')
			s = strings.TrimPrefix(s[1:], "$")
			continue
		}
		s = s[len(v):]
		name, otherwise, has := strings.Cut(strings.Trim(v, "${}"), "-")
		name = strings.TrimSuffix(name, ":")
		switch value, ok := r.env[name]; {
		case ok:
			b.WriteString(value)
		case has:
			b.WriteString(otherwise)
		default:
			b.WriteString(v)
		}
	}
}
