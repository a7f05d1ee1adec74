package complaint

import "strings"

// systemd reads the messages of systemd about a unit that it could not start:
//
//	httpd.service: Failed at step EXEC spawning /usr/sbin/httpd: Permission denied
//	httpd.service: Failed to execute /usr/sbin/httpd: Permission denied
//	httpd.service: Failed to locate executable /usr/sbin/httpd: Permission denied
//	httpd.service: Failed to set up special execution directory in /var/lib: Permission denied
//	httpd.service: Failed at step STATE_DIRECTORY spawning /usr/sbin/httpd: Permission denied
//	httpd.service: Failed to set up mount namespacing: /run/x: Permission denied
func (s *Symptom) systemd(m string) bool {
	for _, lead := range [...]string{"Failed at step EXEC spawning ", "Failed to execute command: ",
		"Failed to execute ", "Unable to locate executable '", "Failed to locate executable "} {
		_, rest, ok := strings.Cut(m, lead)
		if !ok || strings.HasPrefix(rest, "child process ") { // which GLib writes in any program
			continue
		}
		s.Program = "systemd" // its child has the name of the unit's program already
		s.Operation, s.Protocol = "execute", "file"
		if rest = strings.TrimLeft(rest, "'\""); strings.HasPrefix(rest, "/") {
			s.Path = word(rest, ": '\"")
		}
		return true
	}
	if _, what, ok := strings.Cut(m, ".service: Failed to set up "); ok && !strings.HasPrefix(what, "network") {
		s.Program, s.Operation, s.Protocol = "systemd", "", "file"
		return true
	}
	if _, step, ok := strings.Cut(m, "Failed at step "); ok {
		s.Program = "systemd"
		s.Operation, s.Protocol = "", "file"
		if step = word(step, " "); step == "NETWORK" || step == "ADDRESS_FAMILIES" {
			s.Protocol = ""
		}
		if step == "CHDIR" {
			s.Operation = "chdir" // the path behind it is the program's
		}
		return true
	}
	return false
}

// withoutErrno reads messages that tell of a refusal and do not give its reason.
//
//	FATAL: Cannot open HTTP Port
//	A security policy denied :1.5 to send method call /org/x:org.x.Do to org.x.
//	500 OOPS: cannot change directory:/home/bob
func (s *Symptom) withoutErrno(m string) bool {
	switch {
	case strings.Contains(m, "annot open HTTP Port"), strings.Contains(m, "nable to open HTTP Socket"):
		s.Operation, s.Protocol = "bind", "tcp"
	case strings.Contains(m, "OOPS: cannot change directory:"):
		_, dir, _ := strings.Cut(m, "OOPS: cannot change directory:")
		s.Program, s.Operation, s.Protocol = "vsftpd", "chdir", "file"
		if dir = strings.TrimSpace(dir); strings.HasPrefix(dir, "/") && len(dir) <= maxPath {
			s.Path = dir
		}
	case strings.Contains(m, "A security policy denied "), strings.Contains(m, "SELinux policy prevents this sender"):
		s.Protocol = "dbus"
	case strings.Contains(m, "SELinux policy denies access"): // systemd, to who asked it by D-Bus
		s.Program, s.Protocol = "systemd", "dbus"
	default:
		return false
	}
	return true
}
