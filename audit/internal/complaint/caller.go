package complaint

import "strings"

// A Caller is what calls a client, a program that runs in the domain of its caller as a rule.
type Caller string

// The callers that texts name.
const (
	CallerWeb       Caller = "web"       // a web server, or PHP in it
	CallerCGI       Caller = "cgi"       // a script of CGI
	CallerCron      Caller = "cron"      // a job of cron, of which the crontab is not known
	CallerSystem    Caller = "crontab"   // a job of the crontabs of the system: /etc/crontab, /etc/cron.daily
	CallerNRPE      Caller = "nrpe"      // a check that NRPE runs
	CallerNagios    Caller = "nagios"    // a check that Nagios, Icinga or Naemon runs itself
	CallerAgent     Caller = "agent"     // the agent of Zabbix
	CallerZabbix    Caller = "zabbix"    // the server of Zabbix
	CallerUnit      Caller = "unit"      // a unit of systemd
	CallerPerson    Caller = "person"    // a person, in a shell
	CallerMonitored Caller = "monitored" // a part of Zabbix, not known which
)

// CallerOf returns what called the program that wrote a message, where its line tells: the log of a web server has what
// the programs write that it starts, cron's CMDOUT the output of its jobs, and sendmail names the user who started it.
func CallerOf(line, program string) Caller {
	switch {
	case strings.Contains(line, "AH01215"), strings.Contains(line, "[cgi:error]"),
		strings.Contains(line, "[cgid:error]"):
		return CallerCGI
	case strings.Contains(line, "[error] [client "):
		return CallerWeb
	case strings.Contains(line, " CMDOUT ("):
		return CallerCron
	}
	if _, rest, ok := strings.Cut(line, "SYSERR("); ok && program == "sendmail" {
		switch user, _, _ := strings.Cut(rest, ")"); user {
		case "apache", "www-data", "nginx", "httpd", "lighttpd", "wwwrun":
			return CallerWeb
		case "nrpe":
			return CallerNRPE
		}
	}
	return ""
}

// started sets the operation of a message of a shell that could not start a program, by the directory of the program:
// sh: 1: /usr/sbin/x: Permission denied. A shell that could not write to a file says the same of it.
func (s *Symptom) started(m string) *Symptom {
	dir := s.Path[:max(0, strings.LastIndexByte(s.Path, '/'))]
	before, _, ok := strings.Cut(m, s.Path)
	if !ok || s.Operation != "" || !strings.HasSuffix(dir, "/bin") && !strings.HasSuffix(dir, "/sbin") {
		return s
	}
	before = strings.TrimRight(before, "'\"` ")
	before = strings.TrimRight(strings.TrimSuffix(before, ":"), "0123456789")
	before = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(before, " "), "line"), ": ")
	for _, shell := range [...]string{"bash", "dash", "ksh", "zsh", "ash", "sh"} {
		if rest, ok := strings.CutSuffix(before, shell); ok &&
			(rest == "" || !isLetter(rest[len(rest)-1]) && rest[len(rest)-1] != '.') {
			s.Program, s.Operation = shell, "execute"
			break
		}
	}
	return s
}
