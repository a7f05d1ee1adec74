package complaint

import "strings"

// Unclear reads a line that tells of a refusal in no form that [Read] knows: the words of EACCES, or where selinux says
// that SELinux is near, those of EPERM. nil for none, and for a login.
func Unclear(m, program string, pid int, selinux bool) *Symptom {
	m = m[:min(len(m), longest)]
	s := &Symptom{Program: program, PID: pid, Text: m[:min(len(m), maxText)]}
	m = inEnglish(m)
	switch {
	case strings.HasPrefix(m, "type="), loginRefusal(m), strings.Contains(m, "su: Permission denied"):
		return nil
	case strings.Contains(m, "ermission denied"), strings.Contains(m, "EACCES"):
		s.Errno = "EACCES"
	case permission(m) && (selinux || strings.Contains(m, "SELinux")):
		s.Errno = "EPERM"
	default:
		return nil
	}
	if s.Program == "" {
		s.Program = programOf(m)
	}
	return s
}

// permission reports whether a message has EPERM.
func permission(m string) bool {
	return strings.Contains(m, NotPermitted) || strings.Contains(m, "EPERM")
}

// NotPermitted are the words of EPERM.
const NotPermitted = "Operation not permitted"
