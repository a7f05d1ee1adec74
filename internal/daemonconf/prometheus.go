package daemonconf

import (
	"path"
	"strings"

	"github.com/senet-selinux/senet/internal/yaml"
)

func prometheus() *Program {
	return &Program{
		Name: "prometheus", Binaries: []string{"prometheus"}, Path: "/usr/bin/prometheus",
		Labels: []string{"prometheus_exec_t"}, Units: []string{"prometheus"},
		Usual: []string{"--config.file=/etc/prometheus/prometheus.yml"},
		Files: []string{"prometheus.yml", "prometheus.yaml"},
		Main:  func(file string) []string { return []string{"--config.file=" + file} },
		read:  func(j *job) { (&prometheusReader{job: j}).run() },
	}
}

// exporters are Prometheus exporters and similar programs whose addresses come from flags only,
// with the default port of each.
func exporters() []*Program {
	var list []*Program
	for _, e := range []struct {
		name string
		port uint16
	}{
		{"node_exporter", 9100}, {"mysqld_exporter", 9104}, {"postgres_exporter", 9187}, {"blackbox_exporter", 9115},
		{"snmp_exporter", 9116}, {"redis_exporter", 9121}, {"haproxy_exporter", 9101}, {"apache_exporter", 9117},
		{"bind_exporter", 9119}, {"memcached_exporter", 9150}, {"pushgateway", 9091},
		{"nginx-prometheus-exporter", 9113},
		{"alertmanager", 9093},
	} {
		base := strings.TrimPrefix(strings.ReplaceAll(e.name, "_", "-"), "prometheus-")
		list = append(list, &Program{
			Name: e.name, Binaries: []string{e.name, "prometheus-" + base}, Path: "/usr/bin/" + e.name,
			Units: []string{e.name, "prometheus-" + base},
			Main:  func(string) []string { return nil },
			read: func(j *job) {
				webListen(j, e.port)
				if e.name == "alertmanager" {
					cluster(j)
				}
			},
		})
	}
	return list
}

// webListen adds the addresses of --web.listen-address, which may be repeated.
func webListen(j *job, port uint16) {
	addresses := options(j.start.Argv, "--web.listen-address", "-web.listen-address")
	if len(addresses) == 0 {
		j.endpoint(Endpoint{Op: Listen, Protocol: "tcp", Host: "::", Low: port, High: port, Note: "the default",
			Directive: "--web.listen-address", Pos: j.start.Pos})
	}
	for _, text := range addresses {
		listenGo(j, text, "--web.listen-address", Listen, "tcp")
	}
}

// listenGo adds an address in the syntax of Go's net.Listen: without a host it means both families.
func listenGo(j *job, text, directive string, op Operation, protocol string) {
	host, port := splitHost(text)
	e := Endpoint{Op: op, Protocol: protocol, Host: host, Directive: directive, Pos: j.start.Pos}
	if v := variable(text); v != "" {
		e.Open = v
	} else if !e.at(j, port) {
		j.problem(j.start.Pos, "%s: %q is not a port", directive, port)
		return
	}
	if host == "" || host == "0.0.0.0" { // for Go both families
		e.Host = "::"
	}
	j.endpoint(e)
}

// cluster adds the ports of the protocol between members of alertmanager.
func cluster(j *job) {
	text := lastOption(j.start.Argv, "0.0.0.0:9094", "--cluster.listen-address")
	if text == "" {
		return
	}
	listenGo(j, text, "--cluster.listen-address", Listen, "tcp")
	listenGo(j, text, "--cluster.listen-address", Bind, "udp")
	for _, peer := range options(j.start.Argv, "--cluster.peer") {
		j.connectHost(peer, "--cluster.peer", "tcp", 9094, j.start.Pos)
	}
}

// A prometheusReader reads the file of one Prometheus. It mirrors Prometheus 2.30 to 3.0:
// config.go, discovery.
type prometheusReader struct {
	*job
	file string
}

func (r *prometheusReader) run() {
	webListen(r.job, 9090)
	main := lastOption(r.start.Argv, "prometheus.yml", "--config.file", "-config.file")
	r.document(abs(r.start.Dir, main), r.start.Pos, r.config)
}

// document reads a YAML file. While its nodes are read, r.file is that file.
func (r *prometheusReader) document(name string, at Pos, do func(*yaml.Node) error) {
	outer := r.file
	r.file = name
	r.job.document(name, at, do)
	r.file = outer
}

func (r *prometheusReader) config(doc *yaml.Node) error {
	return doc.Each(func(key string, value *yaml.Node) error {
		switch key {
		case "scrape_configs":
			return value.Elements("scrape configuration", r.scrape)
		case "remote_write", "remote_read":
			return value.Elements(key, func(n *yaml.Node) error {
				return n.Each(func(name string, v *yaml.Node) error {
					if name != "url" {
						return nil
					}
					url := ""
					err := v.Word(&url)
					r.connectURL(url, key, 80, Pos{r.file, v.Line()})
					return err
				})
			})
		case "alerting":
			return value.Each(func(name string, v *yaml.Node) error {
				if name != "alertmanagers" {
					return nil
				}
				return v.Elements(name, r.scrape)
			})
		}
		return nil
	})
}

// scrape reads one scrape configuration.
func (r *prometheusReader) scrape(n *yaml.Node) error {
	otherwise := uint16(80)
	if err := n.Each(func(key string, v *yaml.Node) error {
		scheme := ""
		if key == "scheme" {
			if err := v.Word(&scheme); err != nil {
				return err
			}
			if scheme == "https" {
				otherwise = 443
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return n.Each(func(key string, v *yaml.Node) error {
		switch {
		case key == "static_configs":
			return v.Elements(key, func(n *yaml.Node) error { return r.targets(n, otherwise) })
		case key == "file_sd_configs":
			return v.Elements(key, func(n *yaml.Node) error { return r.files(n, otherwise) })
		case strings.HasSuffix(key, "_sd_configs"):
			r.endpoint(Endpoint{Op: Connect, Protocol: "tcp", Open: "what " + key + " finds", Directive: key,
				Pos: Pos{r.file, v.Line()}})
		}
		return nil
	})
}

// targets reads a list of HOST:PORT.
func (r *prometheusReader) targets(n *yaml.Node, otherwise uint16) error {
	return n.Each(func(key string, v *yaml.Node) error {
		if key != "targets" {
			return nil
		}
		return v.Elements(key, func(n *yaml.Node) error {
			text := ""
			if err := n.Word(&text); err != nil {
				return err
			}
			r.connectHost(text, key, "tcp", otherwise, Pos{r.file, n.Line()})
			return nil
		})
	})
}

// files reads the files that list targets.
func (r *prometheusReader) files(n *yaml.Node, otherwise uint16) error {
	return n.Each(func(key string, v *yaml.Node) error {
		if key != "files" {
			return nil
		}
		patterns, err := v.Words()
		for _, p := range patterns {
			for _, file := range r.glob(abs(path.Dir(r.file), p)) {
				r.document(file, Pos{r.file, v.Line()}, func(doc *yaml.Node) error {
					return doc.Elements("group", func(n *yaml.Node) error { return r.targets(n, otherwise) })
				})
			}
		}
		return err
	})
}
