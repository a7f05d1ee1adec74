// Package mount reads from a text which directories of a host its containers get: from command lines of podman and
// docker, compose files, quadlets and pods.
package mount

import (
	"path"
	"slices"
	"strings"
)

// A Mount is a directory or file of the host that a container gets.
type Mount struct {
	// Host is the path on the host as the text has it: absolute, or with ., ~ or a variable at its beginning. Container
	// is the path in the container, absolute and clean.
	Host, Container string
	// Options are those behind the two, as in ro,z; "" for none.
	Options string
	// Form is where the mount was read.
	Form Form
	// Owner is the number of the command, the block or the file that has the mount: mounts of one container have
	// the same as a rule.
	Owner int
}

// A Form is where a mount is written.
type Form string

// The forms.
const (
	Run     Form = "run"     // -v HOST:CONTAINER
	Option  Form = "option"  // --mount type=bind,source=HOST,target=CONTAINER
	Compose Form = "compose" // - HOST:CONTAINER below volumes:
	Long    Form = "long"    // source: HOST and target: CONTAINER below volumes:
	Quadlet Form = "quadlet" // Volume=HOST:CONTAINER
	Pod     Form = "pod"     // hostPath: and mountPath:
)

// ReadOnly reports whether the container may only read.
func (m *Mount) ReadOnly() bool { return m.has("ro") || m.has("readonly") }

// Label is z or Z if the engine labels the mount, for all containers or for one; else 0.
func (m *Mount) Label() byte {
	switch {
	case m.has("Z"):
		return 'Z'
	case m.has("z"):
		return 'z'
	}
	return 0
}

func (m *Mount) has(option string) bool {
	return slices.Contains(strings.Split(m.Options, ","), option)
}

// Within returns the path on the host of a path in the container; false if the path is not in the mount.
func (m *Mount) Within(name string) (string, bool) {
	if name == m.Container {
		return m.Host, true
	}
	rest, ok := strings.CutPrefix(name, strings.TrimSuffix(m.Container, "/")+"/")
	return strings.TrimSuffix(m.Host, "/") + "/" + rest, ok
}

// maxMounts and longest bound the mounts that are kept and the bytes of a line.
const (
	maxMounts = 32
	longest   = 2048
)

// A Scanner collects the mounts of a text. The zero Scanner is ready.
type Scanner struct {
	list  []Mount
	owner int
	open  bool // a command goes on in the next line
	block block
	pod   pod
	hosts []string
}

// Mounts returns the mounts up to now, in the order of the text, at most 32.
func (s *Scanner) Mounts() []Mount { return slices.Clone(s.list) }

// Line reads a line.
func (s *Scanner) Line(line string) {
	if len(line) > longest || len(s.list) == maxMounts {
		s.open = false
		return
	}
	text := strings.TrimSpace(line)
	if key, value, ok := strings.Cut(text, "Volume="); ok && key == "" {
		s.owner = max(s.owner, 1)
		s.short(value, Quadlet)
		return
	}
	s.command(text)
	s.item(line)
	s.podLine(text)
	s.words(text)
}

// command reads a command line of an engine, or one that goes on.
func (s *Scanner) command(text string) {
	if !s.open && !startsContainer(text) {
		return
	}
	if !s.open {
		s.owner++
	}
	s.open = strings.HasSuffix(text, "\\")
	list := strings.Fields(text)
	for i, word := range list {
		word = strings.Trim(word, "\"'`")
		name, value, joined := strings.Cut(word, "=")
		switch name {
		case "-v", "--volume", "--mount":
		default:
			continue
		}
		if !joined {
			if i+1 == len(list) {
				return
			}
			value = list[i+1]
		}
		value = strings.Trim(value, "\"'`")
		if name == "--mount" {
			s.option(value)
		} else {
			s.short(value, Run)
		}
	}
}

// startsContainer reports whether a line has a command that starts a container.
func startsContainer(text string) bool {
	for _, engine := range [...]string{"podman", "docker", "nerdctl"} {
		rest := text
		for {
			_, after, ok := strings.Cut(rest, engine+" ")
			if !ok {
				break
			}
			rest = after
			for _, word := range strings.Fields(after[:min(len(after), 80)]) {
				if word == "run" || word == "create" {
					return true
				}
			}
		}
	}
	return false
}

// short reads HOST:CONTAINER:OPTIONS.
func (s *Scanner) short(value string, form Form) {
	parts := strings.Split(strings.Trim(strings.TrimSpace(value), "\"'"), ":")
	if len(parts) < 2 || len(parts) > 3 {
		return
	}
	m := Mount{Host: parts[0], Container: parts[1], Form: form, Owner: s.owner}
	if len(parts) == 3 {
		m.Options = parts[2]
	}
	s.add(m)
}

// option reads type=bind,source=HOST,target=CONTAINER,ro,relabel=shared.
func (s *Scanner) option(value string) {
	m := Mount{Form: Option, Owner: s.owner}
	var options []string
	bind := false
	for _, part := range strings.Split(value, ",") {
		key, val, _ := strings.Cut(part, "=")
		switch key {
		case "type":
			bind = val == "bind"
		case "source", "src":
			m.Host = val
		case "target", "dst", "destination":
			m.Container = val
		case "relabel":
			options = append(options, map[string]string{"shared": "z", "private": "Z"}[val])
		case "ro", "readonly", "z", "Z":
			options = append(options, key)
		}
	}
	if m.Options = strings.Join(options, ","); bind {
		s.add(m)
	}
}

// add keeps a mount of a path of the host: a volume with a name is the engine's, which labels it.
func (s *Scanner) add(m Mount) {
	if !isHostPath(m.Host) || !strings.HasPrefix(m.Container, "/") ||
		strings.ContainsAny(m.Host+m.Container, " \t<>*") || strings.Contains(m.Container, "$") ||
		len(s.list) == maxMounts {
		return
	}
	m.Container = path.Clean(m.Container)
	if len(m.Host) > 1 {
		m.Host = strings.TrimSuffix(m.Host, "/")
	}
	m.Host, m.Container, m.Options = strings.Clone(m.Host), strings.Clone(m.Container), strings.Clone(m.Options)
	if !slices.Contains(s.list, m) {
		s.list = append(s.list, m)
	}
}

// isHostPath reports whether the first part of a mount is a path, and not the name of a volume.
func isHostPath(name string) bool {
	return name != "" && (name == "." || strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") ||
		strings.IndexByte("/~$%", name[0]) >= 0)
}
