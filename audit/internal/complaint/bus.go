package complaint

import "strings"

// maxVerb bounds the words of a command of systemctl that are kept, in bytes.
const maxVerb = 64

// busCall sets what somebody asked systemd for, from a message of systemctl and its like:
//
//	Failed to restart chronyd.service: Access denied
func (s *Symptom) busCall(m string) {
	at := strings.LastIndex(m, "Failed to ")
	if at < 0 {
		return
	}
	what, _, ok := strings.Cut(m[at+len("Failed to "):], ":")
	list := strings.Fields(what)
	if !ok || len(list) == 0 || len(list) > 3 {
		return
	}
	if len(list) == 2 && isUnit(list[1]) {
		s.Verb, s.Unit = list[0], list[1]
	}
	if what == "reload daemon" {
		s.Verb = "daemon-reload"
	}
}

// toBus reports whether a message says that a program did not reach the bus, or systemd, which is over a UNIX socket:
// Failed to connect to bus, Failed to get D-Bus connection.
func toBus(m string) bool {
	return strings.Contains(m, "D-Bus connection") || strings.Contains(m, " to D-Bus") ||
		strings.Contains(m, "connect to bus") || strings.Contains(m, "system bus") || strings.Contains(m, "session bus")
}

// BusCall returns what a command of systemctl asks systemd for, and the unit; "" for another command.
func BusCall(command string) (verb, unit string) {
	list := strings.Fields(command)
	for len(list) > 0 && list[0] != "systemctl" {
		if list[0] != "sudo" && !strings.Contains(list[0], "=") && !strings.HasSuffix(list[0], "/systemctl") {
			return "", ""
		}
		if list[0] != "sudo" && !strings.Contains(list[0], "=") {
			break
		}
		list = list[1:]
	}
	var words []string
	for i := 1; i < len(list); i++ {
		if list[i] == "--user" {
			return "", "" // which asks another systemd
		}
		if !strings.HasPrefix(list[i], "-") {
			words = append(words, list[i])
		}
	}
	if len(words) == 0 || len(words) > 2 || len(words[0]) > maxVerb ||
		strings.Trim(words[0], "abcdefghijklmnopqrstuvwxyz-") != "" {
		return "", ""
	}
	verb = words[0]
	if len(words) == 2 {
		unit = words[1]
		if !strings.Contains(unit, ".") {
			unit += ".service" // as systemctl does
		}
		if !isUnit(unit) {
			return "", ""
		}
	}
	return verb, unit
}

// isUnit reports whether a word is the name of a unit of systemd with its ending.
func isUnit(w string) bool {
	dot := strings.LastIndexByte(w, '.')
	if dot <= 0 || len(w) > 255 || strings.ContainsAny(w, "/'\"`<>") {
		return false
	}
	switch w[dot+1:] {
	case "service", "socket", "timer", "mount", "automount", "target", "path", "swap", "slice", "scope", "device":
		return true
	}
	return false
}
