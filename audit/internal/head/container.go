package head

import "strings"

// A Container is the container that wrote a line. It has what the printing tool tells of it.
type Container struct {
	// Name is the name of the container, after its pod and a slash if the tool prints the pod; "" if the tool
	// prints no name.
	Name string
	// Source names the format of the line: compose, docker, podman, cri, kubectl, stern; prompt if the prompt of a
	// shell in the container, or the command of an engine, is before the line.
	Source string
	// Engine is the program that started a command in the container, if a line before names it: docker, podman,
	// kubectl. Storage is the directory of its images and containers, if a line names one.
	Engine, Storage string
}

// container reads the name that a tool prints in front of each line, and returns what follows.
//
//	web-1  | MESSAGE                          docker compose, podman-compose; web.1.x7f8@node1 | of a service
//	[pod/web-7d9c5b5f64-x2x7z/nginx] MESSAGE  kubectl logs --prefix
//	[web-7d9c5b5f64-x2x7z nginx] MESSAGE      kubetail; [web-7d9c5b5f64-x2x7z] of a pod with one
//	web-7d9c5b5f64-x2x7z nginx MESSAGE        stern
//	3f1d2a4b5c6d MESSAGE                      podman pod logs
//	web 2026/01/15 09:13:22 MESSAGE           podman logs --names
//
// With host, a single word before a message is the name of the host, which follows the time in a line of syslog.
// podman writes the name of a container before the time.
func (h *Head) container(s string, host bool) string {
	if h.Container != nil {
		return s
	}
	if inside, rest, ok := cutBrackets(s); ok {
		if name, ok := strings.CutPrefix(inside, "pod/"); ok && !strings.Contains(name, " ") {
			h.Container = &Container{Name: name, Source: "kubectl"}
			return rest
		}
		if pod, name, ok := strings.Cut(inside, " "); ok && isPod(pod) && isContainerName(name) {
			h.Container = &Container{Name: pod + "/" + name, Source: "kubectl"}
			return rest
		}
		if isPod(inside) {
			h.Container = &Container{Name: inside, Source: "kubectl"}
			return rest
		}
		if isContainerName(inside) && strings.HasPrefix(rest, "| ") {
			h.Container = &Container{Name: inside, Source: "podman"}
			return strings.TrimLeft(rest[1:], " ")
		}
		return s
	}
	word, rest, ok := strings.Cut(s, " ")
	if !ok || !isContainerName(word) {
		return s
	}
	blanks := len(rest) - len(strings.TrimLeft(rest, " "))
	after := rest[blanks:]
	switch {
	case hasInstance(word) && len(after) > 1 && after[0] == '|' && after[1] != '|' && after[1] != ' ': // nerdctl
		h.Container = &Container{Name: word, Source: "compose"}
		return after[1:]
	case strings.HasPrefix(after, "| ") && (blanks > 0 || hasInstance(word)):
		h.Container = &Container{Name: word, Source: "compose"}
		return strings.TrimLeft(after[1:], " ")
	case isPod(word) && blanks == 0:
		name, message, ok := strings.Cut(strings.TrimPrefix(after, "\u203a "), " ")
		if ok && isContainerName(name) {
			h.Container = &Container{Name: word + "/" + name, Source: "stern"}
			return strings.TrimLeft(message, " ")
		}
	case isID(word):
		h.Container = &Container{Name: word, Source: "podman"}
		return after
	case blanks == 0 && !host && startsMessage(after):
		h.Container = &Container{Name: word, Source: "podman"}
		return after
	}
	return s
}

// engine reads a message that a container engine, or the journal for it, passed on. The program is then the engine,
// or the container's id or name.
func (h *Head) engine(rest string) string {
	if h.Container != nil {
		return rest
	}
	switch name := strings.TrimPrefix(h.Prog, "docker/"); {
	case name != h.Prog && isContainerName(name), isID(h.Prog):
		h.Container = &Container{Name: name, Source: "docker"}
	case isEngine(h.Prog):
		inner := Head{}
		after := inner.container(rest, false)
		switch {
		case inner.Container != nil:
			h.Container, rest = inner.Container, after
		case startsMessage(rest) || inner.program(rest, true) != rest && inner.Prog != h.Prog:
			h.Container = &Container{Source: strings.TrimSuffix(h.Prog, "-compose")}
		default:
			return rest // the engine's own message
		}
	default:
		return rest
	}
	h.Prog, h.PID = "", 0
	return rest
}

// isEngine reports whether a program passes on the output of containers.
func isEngine(name string) bool {
	switch name {
	case "docker", "docker-compose", "dockerd", "podman", "podman-compose", "conmon", "nerdctl", "containerd",
		"crio", "kubelet",
		"systemd-nspawn", "lxc-start":
		return true
	}
	return false
}

// cutBrackets removes [inside] from the front.
func cutBrackets(s string) (inside, rest string, ok bool) {
	if s == "" || s[0] != '[' {
		return "", s, false
	}
	inside, rest, ok = strings.Cut(s[1:min(len(s), 256)], "]")
	if !ok || !strings.HasPrefix(rest, " ") {
		return "", s, false
	}
	return inside, strings.TrimLeft(s[1+len(inside)+1:], " "), true
}

// isContainerName reports whether a word has only the characters of container names. These begin with a letter or
// digit.
func isContainerName(s string) bool {
	if s == "" || len(s) > 200 || !alphanumeric(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !alphanumeric(c) && c != '-' && c != '_' && c != '.' && c != '@' {
			return false
		}
	}
	return true
}

// hasInstance reports whether a name ends in the number that compose and Swarm append: web-1, web_1,
// web.1.x7f8@node1.
func hasInstance(s string) bool {
	if strings.Contains(s, "@") {
		return true
	}
	i := strings.LastIndexAny(s, "-_")
	if i < 0 || i == len(s)-1 {
		return false
	}
	_, ok := number(s[i+1:])
	return ok
}

// isPod reports whether a word can be the name of a pod that a controller made: name-hash-suffix.
func isPod(s string) bool {
	i := strings.LastIndexByte(s, '-')
	if i <= 0 || len(s)-i-1 != 5 || !isContainerName(s) {
		return false
	}
	j := strings.LastIndexByte(s[:i], '-')
	if j <= 0 {
		return false
	}
	// The alphabets of Kubernetes leave out vowels and characters that look alike.
	const safe = "bcdfghjklmnpqrstvwxz2456789"
	for _, part := range []string{s[j+1 : i], s[i+1:]} {
		if part == "" || strings.Trim(part, safe) != "" && strings.Trim(part, "0123456789abcdef") != "" {
			return false
		}
	}
	return len(s[j+1:i]) >= 5
}

// isID reports whether a word is the short or the whole id of a container.
func isID(s string) bool {
	return (len(s) == 12 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == "" &&
		strings.Trim(s, "0123456789") != ""
}

// startsMessage reports whether a text begins like the messages of servers that write no syslog header.
func startsMessage(s string) bool {
	for _, start := range [...]string{"nginx: [", "[ALERT]", "[WARNING]", "[NOTICE]", "(13)Permission denied", "AH00"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	// 2026/01/15 09:13:22 of nginx, [Fri Nov 11 17:38:48.627827 2016] of Apache
	if len(s) > 19 && s[4] == '/' && s[7] == '/' && s[10] == ' ' && s[13] == ':' {
		return true
	}
	inside, _, ok := cutBrackets(s)
	return ok && len(inside) >= 24 && strings.Count(inside, ":") >= 2 && strings.Count(inside, " ") == 4
}
