package daemonconf

import (
	"strings"

	"github.com/senet-selinux/senet/internal/yaml"
)

// elastic are kibana and elasticsearch.
func elastic() []*Program {
	one := func(name, program string, read func(*elasticReader)) *Program {
		return &Program{
			Name: name, Binaries: []string{name}, Path: program, Labels: []string{name + "_exec_t"},
			Units: []string{name},
			Files: []string{name + ".yml"},
			Main:  func(file string) []string { return []string{"--config=" + file} },
			read: func(j *job) {
				r := &elasticReader{job: j, last: settings{}}
				file := lastOption(j.start.Argv, "/etc/"+name+"/"+name+".yml", "--config", "-c")
				j.document(abs(j.start.Dir, file), j.start.Pos, func(doc *yaml.Node) error {
					return r.flat("", doc, file)
				})
				read(r)
			},
		}
	}
	return []*Program{
		one("kibana", "/usr/share/kibana/bin/kibana", (*elasticReader).kibana),
		one("elasticsearch", "/usr/share/elasticsearch/bin/elasticsearch", (*elasticReader).elasticsearch),
	}
}

// An elasticReader reads a settings file, in which names are written with dots or as nested
// mappings.
type elasticReader struct {
	*job
	last settings
}

func (r *elasticReader) flat(prefix string, n *yaml.Node, file string) error {
	return n.Each(func(key string, v *yaml.Node) error {
		key = prefix + key
		if words, err := v.Words(); err == nil {
			r.last[key] = setting{words, Pos{file, v.Line()}}
			return nil
		}
		return r.flat(key+".", v, file)
	})
}

func (r *elasticReader) get(name string, otherwise ...string) (setting, string) {
	return r.last.get(r.job, name, otherwise...)
}

// listen adds the port of a setting, or the first free one of a range.
func (r *elasticReader) listen(name, otherwise string, hosts []string) {
	s, note := r.get(name, otherwise)
	e := Endpoint{Op: Listen, Protocol: "tcp", Directive: name, Note: note, Pos: s.at}
	low, _, isRange := strings.Cut(s.word(0), "-")
	if variable(s.word(0)) != "" {
		low = s.word(0)
	} else if isRange {
		e.Note = "the first free port of " + s.word(0)
	}
	if !e.at(r.job, low) {
		r.problem(s.at, "%s: %q is not a port", name, s.word(0))
		return
	}
	r.addresses(hosts, e)
}

func (r *elasticReader) kibana() {
	host, _ := r.get("server.host", "localhost")
	r.listen("server.port", "5601", host.words)
	hosts, note := r.get("elasticsearch.hosts", "http://localhost:9200")
	for _, url := range hosts.words {
		n := len(r.r.Endpoints)
		r.connectURL(url, "elasticsearch.hosts", 9200, hosts.at)
		for i := n; i < len(r.r.Endpoints); i++ {
			r.r.Endpoints[i].Note = note
		}
	}
}

func (r *elasticReader) elasticsearch() {
	host, _ := r.get("network.host", "localhost")
	var hosts []string
	for _, h := range host.words {
		switch h {
		case "_local_":
			h = "localhost"
		case "_site_", "_global_":
			h = ""
		}
		hosts = append(hosts, h)
	}
	r.listen("http.port", "9200-9300", hosts)
	r.listen("transport.port", "9300-9400", hosts)
	seeds, _ := r.get("discovery.seed_hosts")
	for _, h := range seeds.words {
		r.connectHost(h, "discovery.seed_hosts", "tcp", 9300, seeds.at)
	}
}
