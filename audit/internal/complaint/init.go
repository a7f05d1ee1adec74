package complaint

import "strings"

// androidInit reads the message of Android's init about a service for which it found no domain by the label of the
// program:
//
//	File /vendor/bin/x(labeled "u:object_r:vendor_file:s0") has incorrect label or no domain transition from
//	u:r:init:s0 to another SELinux domain defined.
func (s *Symptom) androidInit(m string) bool {
	before, after, ok := strings.Cut(m, "has incorrect label or no domain transition from ")
	if !ok {
		return false
	}
	at := strings.LastIndex(before, "File /")
	if at < 0 {
		return false
	}
	name, label, ok := strings.Cut(before[at+len("File "):], "(labeled \"")
	label, _, closed := strings.Cut(label, "\"")
	name = strings.TrimSpace(name)
	source := word(after, " ")
	if !ok || !closed || len(name) > maxPath || strings.Count(label, ":") < 2 || strings.Count(source, ":") < 2 {
		return false
	}
	s.Program, s.Operation, s.Protocol, s.Path = "init", "execute", "file", name
	s.Label, s.Source = label, source
	return true
}
