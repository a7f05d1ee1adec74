package daemonconf

import (
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/yaml"
)

// kube is "podman kube play", which publishes the host ports of the pods in a file of Kubernetes.
func kube() *Program {
	return &Program{
		Name: "kube", Path: "/usr/bin/podman", Labels: []string{"container_runtime_exec_t", "docker_exec_t"},
		Files: []string{"*.kube.yaml", "*.kube.yml", "kube.yaml", "pod.yaml", "*-pod.yaml", "pod.yml", "*-pod.yml"},
		Main:  func(file string) []string { return []string{file} },
		read:  kubeFile,
	}
}

// kubeFile reads the documents of a file.
func kubeFile(j *job) {
	file := abs(j.start.Dir, j.start.Argv[len(j.start.Argv)-1])
	text, ok := j.read(file, j.start.Pos, false)
	if !ok {
		return
	}
	defer j.done()
	var one strings.Builder
	flush := func(next int) {
		j.yaml(file, one.String(), func(doc *yaml.Node) error { return j.kubeObject(doc, file) })
		one.Reset()
		one.WriteString(strings.Repeat("\n", next)) // so that lines keep their numbers
	}
	for n, line := range numbered(text) {
		if line == "---" || strings.HasPrefix(line, "--- ") {
			flush(n)
			continue
		}
		one.WriteString(line)
		one.WriteByte('\n')
	}
	flush(0)
}

// kubeObject finds the pod in an object: a Pod's own, or the template of a Deployment and the like.
func (j *job) kubeObject(n *yaml.Node, file string) error {
	return n.Each(func(key string, v *yaml.Node) error {
		if key != "spec" {
			return nil
		}
		return j.kubeSpec(v, file, 0)
	})
}

// maxKube bounds the templates in one another: a CronJob has three specs.
const maxKube = 4

func (j *job) kubeSpec(spec *yaml.Node, file string, depth int) error {
	network := false
	return spec.Each(func(key string, v *yaml.Node) error {
		switch key {
		case "hostNetwork":
			var err error
			if network, err = v.OnOff(); network {
				j.problem(Pos{file, v.Line()}, "the pod uses the host's network: its programs bind ports themselves")
			}
			return err
		case "containers", "initContainers":
			return v.Elements("container", func(c *yaml.Node) error { return j.kubeContainer(c, file) })
		case "template", "jobTemplate":
			if depth == maxKube {
				return nil
			}
			return v.Each(func(key string, inner *yaml.Node) error {
				if key != "spec" {
					return nil
				}
				return j.kubeSpec(inner, file, depth+1)
			})
		}
		return nil
	})
}

func (j *job) kubeContainer(c *yaml.Node, file string) error {
	return c.Each(func(key string, v *yaml.Node) error {
		if key != "ports" {
			return nil
		}
		return v.Elements("port", func(p *yaml.Node) error {
			e := Endpoint{Op: Listen, Protocol: "tcp", Directive: "hostPort", By: Runtime, Pos: Pos{file, p.Line()}}
			port := 0
			err := p.Each(func(key string, v *yaml.Node) error {
				word := ""
				switch key {
				case "hostPort":
					e.Line = v.Line()
					return v.Number(&port)
				case "hostIP":
					err := v.Word(&word)
					e.Host = anyHost(word)
					return err
				case "protocol":
					err := v.Word(&word)
					e.Protocol = strings.ToLower(word)
					return err
				}
				return nil
			})
			if err != nil || port == 0 {
				return err
			}
			if n, ok := number(strconv.Itoa(port)); ok {
				e.Low, e.High = n, n
			} else {
				return p.Fail("hostPort: %d is not a port", port)
			}
			switch e.Protocol {
			case "tcp", "sctp":
			case "udp":
				e.Op = Bind
			default:
				return p.Fail("%q is not a protocol", e.Protocol)
			}
			j.endpoint(e)
			return nil
		})
	})
}
