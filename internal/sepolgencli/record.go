package sepolgencli

import (
	"strconv"
	"strings"
)

// A labelled is a security context, split into its parts.
type labelled struct{ user, role, typ, level string }

// parseLabel splits a context; ok is false if it has fewer than three parts.
func parseLabel(text string) (l labelled, ok bool) {
	parts := strings.SplitN(text, ":", 4)
	if len(parts) < 3 {
		return l, false
	}
	l = labelled{user: parts[0], role: parts[1], typ: parts[2]}
	if len(parts) == 4 {
		l.level = parts[3]
	}
	return l, true
}

func (l labelled) String() string {
	text := l.user + ":" + l.role + ":" + l.typ
	if l.level != "" {
		text += ":" + l.level
	}
	return text
}

// A record is one AVC record of the log.
type record struct {
	line, header    string
	source, target  labelled
	class           string
	perms           []string
	comm, exe, path string
	granted         bool
	ioctl           uint64 // 0 for none
	verdict         verdict
}

// A roleRecord is a record of a context that is not valid.
type roleRecord struct{ invalid, source, target labelled }

// A log has the relevant records of a log.
type log struct {
	avcs  []*record
	roles []roleRecord
	// paths are the paths of AVC_PATH records, by their headers.
	paths map[string]string
	// any is true if some line was a record of SELinux.
	any bool
}

// reader reads the lines of a log.
type reader struct {
	log
	lastReload bool
	analyze    func(*record) (verdict, bool)
}

// line reads one line, which may end in a newline.
func (r *reader) line(text string) {
	words := strings.Fields(text)
	for _, w := range words {
		switch w {
		case "avc:", "message=avc:", "msg='avc:":
			r.any = true
			if a := parseAVC(text, words); a != nil {
				var valid bool
				if a.verdict, valid = r.analyze(a); valid {
					r.avcs = append(r.avcs, a)
				}
			}
			return
		case "security_compute_sid:":
			r.any = true
			if role, ok := parseRole(words); ok {
				r.roles = append(r.roles, role)
			}
			return
		case "type=MAC_POLICY_LOAD", "type=1403":
			r.restart()
			return
		case "type=AVC_PATH":
			r.any = true
			if path, ok := field(words, "path"); ok {
				if r.paths == nil {
					r.paths = map[string]string{}
				}
				r.paths[header(words)] = inner(path)
			}
			return
		case "type=DAEMON_START":
			r.any = true
			for _, w := range words {
				if w == "auditd" {
					r.restart()
					return
				}
			}
			return
		}
	}
}

// restart drops the records so far if only those after the last load of a policy count.
func (r *reader) restart() {
	if r.lastReload {
		r.log = log{}
	}
	r.any = true
}

// finish gives each record the path of its event.
func (r *reader) finish() {
	for _, a := range r.avcs {
		if path, ok := r.paths[a.header]; ok && a.header != "" {
			a.path = path
		}
	}
}

// header returns the part of a record that identifies its event, "" if there is none.
func header(words []string) string {
	for _, w := range words {
		parts := strings.Split(w, "=")
		if len(parts) != 2 {
			if strings.HasPrefix(w, "audit(") {
				return w
			}
			continue
		}
		if parts[0] == "msg" {
			return parts[1]
		}
	}
	return ""
}

// field returns the value of the first word NAME=VALUE.
func field(words []string, name string) (string, bool) {
	for _, w := range words {
		if parts := strings.Split(w, "="); len(parts) == 2 && parts[0] == name {
			return parts[1], true
		}
	}
	return "", false
}

// inner returns a text without its first and last byte, which are quotes.
func inner(text string) string {
	if len(text) < 2 {
		return ""
	}
	return text[1 : len(text)-1]
}

// parseAVC reads a record; nil if it lacks a part.
func parseAVC(line string, words []string) *record {
	a := &record{line: line, header: header(words)}
	var source, target, class, access bool
	for i, w := range words {
		if w == "{" {
			rest := words[i+1:]
			n := 0
			for n < len(rest) && rest[n] != "}" {
				n++
			}
			if n == len(rest) || len(rest) == 1 {
				return nil
			}
			a.perms = append(a.perms, rest[:n]...)
			access = true
			continue
		}
		if w == "granted" {
			a.granted = true
		}
		parts := strings.Split(w, "=")
		if len(parts) != 2 {
			continue
		}
		value, ok := parts[1], true
		switch parts[0] {
		case "scontext":
			a.source, ok = parseLabel(value)
			source = true
		case "tcontext":
			a.target, ok = parseLabel(value)
			target = true
		case "tclass":
			a.class, class = value, true
		case "comm":
			a.comm = inner(value)
		case "exe":
			a.exe = inner(value)
		case "ioctlcmd":
			digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(value), "0x"), "+")
			if n, err := strconv.ParseUint(digits, 16, 64); err == nil {
				a.ioctl = n
			}
		}
		if !ok {
			return nil
		}
	}
	if !source || !target || !class || !access {
		return nil
	}
	return a
}

// parseRole reads a record of security_compute_sid.
func parseRole(words []string) (r roleRecord, ok bool) {
	if len(words) < 10 {
		return r, false
	}
	value := func(w string) string {
		parts := strings.Split(w, "=")
		if len(parts) < 2 {
			return ""
		}
		return parts[1]
	}
	var valid [3]bool
	r.invalid, valid[0] = parseLabel(words[5])
	r.source, valid[1] = parseLabel(value(words[7]))
	r.target, valid[2] = parseLabel(value(words[8]))
	return r, valid == [3]bool{true, true, true} && strings.Contains(words[9], "=")
}
