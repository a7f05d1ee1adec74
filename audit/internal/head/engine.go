package head

import "strings"

// maxCommand bounds the words of a command that are looked at.
const maxCommand = 64

// EngineOf returns the container engine, or the tool of one, that a command starts a program in a container with, or
// prints the output of one with: docker run, podman exec, kubectl logs. "" if it does neither.
func EngineOf(command string) string {
	engine, n, flag := "", 0, false
	for word := range strings.FieldsSeq(command) {
		if n++; n > maxCommand {
			break
		}
		switch {
		case engine == "" && (word == "sudo" || strings.Contains(word, "=") || strings.HasPrefix(word, "-")):
		case engine == "":
			if engine = word[strings.LastIndexByte(word, '/')+1:]; !isContainerTool(engine) {
				return ""
			}
		case strings.HasPrefix(word, "-"):
			flag = !strings.Contains(word, "=")
		case word == "compose", word == "container":
		default:
			switch word {
			case "run", "exec", "logs", "attach", "rsh", "build", "debug":
				return engine
			}
			if !flag {
				return ""
			}
			flag = false // the value of the flag before it
		}
	}
	return ""
}

// isContainerTool reports whether a command is that of a container engine or of its manager.
func isContainerTool(name string) bool {
	switch name {
	case "docker", "podman", "nerdctl", "crictl", "kubectl", "oc", "docker-compose", "podman-compose":
		return true
	}
	return false
}

// StorageOf returns the directory that a line sets for the images and the containers of an engine, docker or podman;
// "" if it sets none.
//
//	dockerd -g /data/docker
//	dockerd --data-root=/data/docker
//	"data-root": "/data/docker"
//	graphroot = "/data/containers"
func StorageOf(line string) (dir, engine string) {
	for _, k := range [...]struct{ key, engine string }{{"data-root", "docker"}, {"graphroot", "podman"},
		{"--graph", "docker"}, {"graphRoot", "podman"}, {" -g ", "docker"}} {
		at, rest, ok := strings.Cut(line, k.key)
		if !ok || k.key == " -g " && !strings.Contains(at, "docker") {
			continue
		}
		rest = strings.TrimLeft(rest, " \t=:\"'")
		dir := strings.TrimRight(firstOf(rest, " \t\"',;`"), "/")
		if strings.HasPrefix(dir, "/") && len(dir) > 1 && len(dir) <= maxStorage && plainPath(dir) {
			return dir, k.engine
		}
	}
	return "", ""
}

// maxStorage bounds the directory of StorageOf, in bytes.
const maxStorage = 200

// plainPath reports whether a path has only the characters that names of directories have as a rule.
func plainPath(s string) bool {
	for i := range len(s) {
		if c := s[i]; !alphanumeric(c) && strings.IndexByte("/-_.+@", c) < 0 {
			return false
		}
	}
	return true
}
