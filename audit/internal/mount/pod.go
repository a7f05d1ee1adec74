package mount

import "strings"

// maxNamed bounds the volumes of pods by their names.
const maxNamed = 32

// A pod is what the volumes of pods and the mounts of their containers have in common: a name.
type pod struct {
	name, inside string // of the item that is being read
	host         bool   // hostPath: was the last key
	hosts, dirs  map[string]string
}

// podLine reads a line of a pod.
func (s *Scanner) podLine(text string) {
	p := &s.pod
	text, item := strings.CutPrefix(text, "- ")
	if item {
		p.name, p.inside, p.host = "", "", false
	}
	key, val, ok := strings.Cut(strings.TrimSpace(text), ":")
	if !ok || strings.ContainsAny(key, " \t") {
		return
	}
	val = strings.Trim(strings.TrimSpace(val), "\"'")
	switch key {
	case "name":
		p.name = val
	case "mountPath":
		p.inside = val
	case "hostPath":
		p.host = true
		return
	case "path":
		if p.host && val != "" && p.name != "" && len(p.hosts) < maxNamed {
			p.hosts = set(p.hosts, p.name, val)
			s.joinPod(p.name)
		}
	default:
		return
	}
	if p.name != "" && p.inside != "" && len(p.dirs) < maxNamed {
		p.dirs = set(p.dirs, p.name, p.inside)
		s.joinPod(p.name)
	}
}

// joinPod keeps the mount of a volume whose two halves are known.
func (s *Scanner) joinPod(name string) {
	host, dir := s.pod.hosts[name], s.pod.dirs[name]
	if host != "" && dir != "" {
		s.add(Mount{Host: host, Container: dir, Form: Pod})
	}
}

func set(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = make(map[string]string)
	}
	m[strings.Clone(key)] = strings.Clone(value)
	return m
}
