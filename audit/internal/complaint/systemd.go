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
		} else if unit := unitOf(m); unit != "" {
			s.Unit = unit + ".service"
		}
		return true
	}
	if _, what, ok := strings.Cut(m, ".service: Failed to set up "); ok && !strings.HasPrefix(what, "network") {
		s.Program, s.Operation, s.Protocol = "systemd", "", "file"
		s.Step = stepOf(what)
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
		if isStep(step) {
			s.Step = step
		}
		return true
	}
	return false
}

// isStep reports whether a word has the form of systemd's names of steps.
func isStep(s string) bool {
	return s != "" && len(s) < 32 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// stepOf returns the step of what systemd failed to set up.
func stepOf(what string) string {
	for _, k := range [...][2]string{
		{"special execution directory in /var/lib", "STATE_DIRECTORY"},
		{"special execution directory in /var/cache", "CACHE_DIRECTORY"},
		{"special execution directory in /var/log", "LOGS_DIRECTORY"},
		{"special execution directory in /run", "RUNTIME_DIRECTORY"},
		{"special execution directory in /etc", "CONFIGURATION_DIRECTORY"},
		{"mount namespacing", "NAMESPACE"}, {"credentials", "CREDENTIALS"}, {"kernel keyring", "KEYRING"},
		{"standard output", "STDOUT"}, {"standard error output", "STDERR"}, {"standard input", "STDIN"},
	} {
		if strings.HasPrefix(what, k[0]) {
			return k[1]
		}
	}
	return ""
}

// busRefusal reports whether a message is what systemctl and its like write where the service refused what they asked:
// Failed to restart x.service: Access denied.
func busRefusal(m string) bool {
	before, rest, ok := strings.Cut(m, ": Access denied")
	at := strings.LastIndex(before, "Failed to ")
	if !ok || at < 0 || strings.Trim(rest, " .`'\"\r") != "" {
		return false
	}
	what := before[at+len("Failed to "):]
	for _, w := range [...]string{"execute operation", "list ", "start ", "stop ", "restart ", "reload ", "reload-or-",
		"try-restart ", "enable ", "disable ", "mask ", "unmask ", "kill ", "reset ", "set ", "get ", "dump ",
		"isolate ", "issue ", "activate ", "power ", "reboot", "hibernate", "suspend"} {
		if strings.HasPrefix(what, w) {
			return true
		}
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
	case s.androidInit(m):
	case strings.Contains(m, "annot open HTTP Port"), strings.Contains(m, "nable to open HTTP Socket"):
		s.Operation, s.Protocol = "bind", "tcp"
	case strings.Contains(m, "OOPS: cannot change directory:"):
		_, dir, _ := strings.Cut(m, "OOPS: cannot change directory:")
		s.Program, s.Operation, s.Protocol = "vsftpd", "chdir", "file"
		if dir = strings.TrimSpace(dir); strings.HasPrefix(dir, "/") && len(dir) <= maxPath {
			s.Path = dir
		}
	case strings.Contains(m, testFile):
		_, name, _ := strings.Cut(m, testFile)
		if s.Program == "" {
			s.Program = "mysqld"
		}
		s.Operation, s.Protocol, s.Class = "write", "file", "dir" // it makes the file there
		if name = strings.Trim(word(strings.TrimSpace(name), " "), "'\""); strings.HasPrefix(name, "/") &&
			len(name) <= maxPath && strings.LastIndexByte(name, '/') > 0 {
			s.Path = name[:strings.LastIndexByte(name, '/')]
		}
	case strings.Contains(m, "A security policy denied "), strings.Contains(m, "SELinux policy prevents this sender"):
		s.Protocol = "dbus"
	case busRefusal(m): // systemctl and its like, of what systemd told them
		s.Protocol = "dbus"
		if s.Program == "" || s.Program == "systemctl" {
			s.Program = "systemd"
		}
		s.busCall(m)
	case strings.Contains(m, "SELinux policy denies access"): // systemd, to who asked it by D-Bus
		s.Program, s.Protocol = "systemd", "dbus"
		s.busCall(m)
	default:
		return false
	}
	return true
}

// Started returns the service that a message of systemd is about, without its ending; "" where it names none.
func (s *Symptom) Started() string { return unitOf(s.Text) }

func unitOf(text string) string {
	before, _, ok := strings.Cut(text, ".service: ")
	if !ok {
		return ""
	}
	return before[strings.LastIndexAny(before, " \t:]")+1:]
}
