package complaint

import "strings"

// node reads what Node.js puts into its errors, on one line: syscall: 'listen', address: '0.0.0.0',
// port: 81; and as JSON.
func (s *Symptom) node(m string, e *endpoint) bool {
	call := valueOf(m, "syscall")
	if s.Operation = operationOf(call); s.Operation == "" {
		return false
	}
	s.nodeFields(m, e)
	return true
}

// nodeFields reads the address and the port.
func (s *Symptom) nodeFields(m string, e *endpoint) {
	if at := valueOf(m, "address"); at != "" {
		if a, ok := address(at); ok {
			e.addr = a
		} else if strings.HasPrefix(at, "/") {
			e.path = at
		}
	}
	if p, ok := port(valueOf(m, "port")); ok {
		e.port = p
	}
}

// valueOf returns the value behind a key: 'x', "x" or a number.
func valueOf(m, key string) string {
	for rest := range behind(m, m, key, "") {
		rest, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimLeft(rest, "\"'"), " "), ":")
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			return ""
		}
		if q := rest[0]; q == '\'' || q == '"' {
			value, _, _ := strings.Cut(rest[1:], string(q))
			return value
		}
		return strings.TrimRight(word(rest, ", }\t"), "\"'")
	}
	return ""
}
