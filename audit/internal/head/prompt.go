package head

import (
	"bytes"
	"strings"
)

// A Prompt is what the prompt of a shell at the start of a line tells.
type Prompt struct {
	// Command is the command line after the prompt.
	Command string
	// Container is the container whose default name of a host the prompt has; nil if it has another, or none.
	Container *Container
	// Bare says that the prompt has no name of a host, as the shells of small images write it: "/ # ", "bash-5.1$ ".
	Bare bool
}

// longestPrompt is the number of bytes in which the sign at the end of a prompt is searched.
const longestPrompt = 100

// MayPrompt reports whether a line may begin with a prompt. It is asked of every line, and does not allocate.
func MayPrompt(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	switch c := line[0]; c {
	case '$', '#', '%', '/', '~', '[':
		return true
	case 'b':
		return hasAt(line) || bytes.HasPrefix(line, []byte("bash-"))
	case 's':
		return hasAt(line) || bytes.HasPrefix(line, []byte("sh-")) || bytes.HasPrefix(line, []byte("sudo "))
	case 'd':
		return hasAt(line) || bytes.HasPrefix(line, []byte("docker "))
	case 'p':
		return hasAt(line) || bytes.HasPrefix(line, []byte("podman "))
	case 'k':
		return hasAt(line) || bytes.HasPrefix(line, []byte("kubectl "))
	default:
		return isUser(c) && hasAt(line)
	}
}

// isUser reports whether the name of a user may begin with a byte.
func isUser(c byte) bool { return c >= 'a' && c <= 'z' || c == '_' }

// hasAt reports whether the first word of a line has an @.
func hasAt(line []byte) bool {
	for i := range min(len(line), longestPrompt) {
		switch line[i] {
		case '@':
			return i > 0
		case ' ', ':', '=', '"':
			return false
		}
	}
	return false
}

// ReadPrompt reads the prompt of a shell at the start of a line.
//
//	[root@web1 ~]# ls          Red Hat's
//	root@web1:/etc# ls         Debian's
//	root@7ac120b4c5d2:/# ls    in a container: its id is the name of the host
//	/ # ls                     busybox
//	bash-5.1$ ls               a shell without settings
//	$ ls                       as people write it
func ReadPrompt(s string) (p Prompt, ok bool) {
	for _, sign := range [...]string{"$ ", "# ", "% "} {
		if rest, found := strings.CutPrefix(s, sign); found {
			return Prompt{Command: strings.TrimSpace(rest)}, true
		}
	}
	switch firstOf(s, " ") {
	case "sudo", "docker", "podman", "kubectl":
		if EngineOf(s) != "" {
			return Prompt{Command: s}, true // without a prompt
		}
	}
	place, rest, ok := cutSign(s)
	if !ok {
		return p, false
	}
	p.Command = strings.TrimSpace(rest)
	if inside, found := strings.CutPrefix(place, "["); found {
		if place, found = strings.CutSuffix(inside, "]"); !found {
			return Prompt{}, false
		}
	}
	user, host, named := strings.Cut(place, "@")
	if !named {
		p.Bare = true
		return p, bare(place)
	}
	host = firstOf(host, ": ")
	if !isContainerName(user) || !isUser(user[0]) || !isContainerName(host) {
		return Prompt{}, false
	}
	if len(host) == 12 && isID(host) || isPod(host) {
		p.Container = &Container{Name: host, Source: "prompt"}
	}
	return p, true
}

// cutSign cuts a line at the sign that ends a prompt.
func cutSign(s string) (place, rest string, ok bool) {
	i := strings.IndexAny(s[:min(len(s), longestPrompt)], "$#%")
	if i <= 0 || i+1 < len(s) && s[i+1] != ' ' {
		return "", "", false
	}
	return strings.TrimRight(s[:i], " "), s[i+1:], true
}

// bare reports whether what stands before the sign of a prompt is a directory alone, or the name and the version of a
// shell.
func bare(place string) bool {
	if name, version, ok := strings.Cut(place, "-"); ok && (name == "bash" || name == "sh") {
		return version != "" && strings.Trim(version, "0123456789.") == ""
	}
	inHome := strings.HasPrefix(place, "~/")
	return place == "~" || (inHome || strings.HasPrefix(place, "/")) && !strings.ContainsAny(place, " :=\"'()")
}

// firstOf returns the part of a text before the first of some characters.
func firstOf(s, stop string) string {
	if i := strings.IndexAny(s, stop); i >= 0 {
		return s[:i]
	}
	return s
}
