package say

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// callerName says what calls a client.
func callerName(c audit.Caller) string {
	switch c {
	case audit.CallerWeb:
		return "a web server or PHP"
	case audit.CallerCGI:
		return "a CGI script"
	case audit.CallerCron:
		return "cron"
	case audit.CallerSystem:
		return "cron, by a crontab of the system"
	case audit.CallerNRPE:
		return "NRPE"
	case audit.CallerNagios:
		return "Nagios or Icinga"
	case audit.CallerAgent:
		return "the agent of Zabbix"
	case audit.CallerZabbix:
		return "the server of Zabbix"
	case audit.CallerMonitored:
		return "Zabbix"
	case audit.CallerUnit:
		return "a unit of systemd"
	}
	return "a person in a shell"
}

// callerSource says why a client is taken to run in its domain.
func callerSource(c *diagnose.CallerOfClient) string {
	text := words.Sprintf("its caller, as the text has it %s", callerName(c.Kind))
	if c.Own != "" {
		return words.Sprintf("%s, and the transition from %s for %s,", text, c.Domain, c.Label)
	}
	return words.Sprintf("%s (%s),", text, c.Domain)
}

// callerNotes writes what is to be known of a client: its domain is not decided by the label of its file alone.
func callerNotes(b *words.Page, d *diagnose.SymptomDiagnosis) {
	c := d.Caller
	switch {
	case c == nil:
	case c.Domain != "":
		b.Line("note", "if something else calls %s, another domain is asked: ps -eZ shows it while it runs, and the "+
			"record in the audit log has it", d.Program)
	case c.Kind == audit.CallerPerson:
		b.Line("note", "%s runs in the domain of the shell that it is typed in, as a rule unconfined_t, which SELinux "+
			"refuses nothing of this: then look at the other side, and at packet filters (one that rejects with "+
			"admin-prohibited gives \"Permission denied\"); booleans of services change nothing for it", d.Program)
	default:
		b.Line("note", "%s is a client, and runs in the domain of what calls it, unless that has a transition for "+
			"it: %s", d.Program, callerPlaces(c))
		b.Line("note", "the record names the domain (next); so does ps -eZ while it runs; without a record look at "+
			"packet filters (one that rejects with admin-prohibited gives \"Permission denied\")")
	}
}

// callerPlaces says in which domains a client of a caller may run.
func callerPlaces(c *diagnose.CallerOfClient) string {
	switch c.Kind {
	case audit.CallerCron:
		return "for a crontab of the system (/etc/crontab, /etc/cron.d) system_cronjob_t; for that of a user the " +
			"domain of the user's jobs, often unconfined_t"
	case audit.CallerNagios:
		return "a check runs in the domain of its label, nagios_*_plugin_t, else in nagios_t"
	case audit.CallerMonitored:
		return "the agent is zabbix_agent_t, the server zabbix_t, its scripts zabbix_script_t where the policy has it"
	case audit.CallerUnit:
		return "what a unit starts has the domain of that program's label; a script or a program labelled bin_t " +
			"runs in unconfined_service_t or initrc_t, as the policy has it"
	}
	if len(c.Several) > 1 {
		names := make([]string, len(c.Several))
		for i, k := range c.Several {
			names[i] = callerName(k)
		}
		return "the text has " + strings.Join(names, ", and ")
	}
	return "a shell's own, httpd_t for PHP and web servers, that of the job for cron, nrpe_t for NRPE"
}

// callerFix says what lets a caller start a client, or the client run in a domain of its own, where a file is refused:
// never another label for a program.
func callerFix(l *Log, d *diagnose.SymptomDiagnosis) string {
	c := d.Caller
	if c == nil || d.Refused() == nil {
		return ""
	}
	if c.Would != "" {
		return words.Sprintf("%s: %s then starts %s as %s", Settings(l.policy(), c.Switch, " and "), c.Domain,
			d.Program, c.Would)
	}
	for _, s := range d.Refused().Check.Reason.Switches {
		return words.Sprintf("%s, if %s is to start it", Settings(l.policy(), s, " and "), d.Subject.Name)
	}
	return ""
}

// clientRecord is the command that finds the records of a client.
func clientRecord(program string) shell.Command {
	c := Recent()
	if program != "" && len(program) <= longestComm {
		c = c.Option("-c", program)
	}
	return c
}
