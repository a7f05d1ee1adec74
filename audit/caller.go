package audit

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit/internal/complaint"
)

// A Caller is what calls a client, a program that runs in the domain of its caller as a rule.
type Caller = complaint.Caller

// The callers that texts name. Package complaint says what they are.
const (
	CallerWeb       = complaint.CallerWeb
	CallerCGI       = complaint.CallerCGI
	CallerCron      = complaint.CallerCron
	CallerSystem    = complaint.CallerSystem
	CallerNRPE      = complaint.CallerNRPE
	CallerNagios    = complaint.CallerNagios
	CallerAgent     = complaint.CallerAgent
	CallerZabbix    = complaint.CallerZabbix
	CallerUnit      = complaint.CallerUnit
	CallerPerson    = complaint.CallerPerson
	CallerMonitored = complaint.CallerMonitored
)

// callers notes what a line in small letters names as what starts programs. The name of a web server alone may be that
// of what a client wants to reach: then another word of the line has to say that it calls.
func (p *Prose) callers(text string) {
	add := func(c Caller, named bool) {
		if named && !slices.Contains(p.Callers, c) {
			p.Callers = append(p.Callers, c)
		}
	}
	calls := hasWord(text, "from", "by", "via", "through", "calls", "call", "called", "calling", "runs", "run",
		"executes", "executed", "invokes", "invoked", "script", "scripts", "under")
	add(CallerCGI, hasWord(text, "cgi-bin", "cgi script", "cgi scripts", "cgi program"))
	add(CallerWeb, hasWord(text, "php", "php-fpm", "mod_php", "shell_exec", "proc_open", "phpmailer", "www-data",
		"wordpress", "drupal", "joomla", "nextcloud", "web page", "webpage", "contact form", "web form",
		"web application", "web app", "webapp", "mod_wsgi") || calls && hasWord(text, "apache", "apache2", "httpd",
		"nginx", "lighttpd", "web server", "webserver", "website", "web site"))
	add(CallerSystem, hasWord(text, "/etc/cron", "/etc/crontab", "cron.daily", "cron.d", "cron.hourly", "cron.weekly",
		"cron.monthly", "anacron"))
	add(CallerCron, hasWord(text, "cron", "crond", "crontab", "cronjob", "cronjobs"))
	add(CallerNRPE, hasWord(text, "nrpe", "check_nrpe"))
	add(CallerNagios, hasWord(text, "nagios", "icinga", "icinga2", "naemon"))
	add(CallerAgent, hasWord(text, "zabbix agent", "zabbix_agentd", "zabbix-agent", "zabbix_agent2", "userparameter"))
	add(CallerZabbix, hasWord(text, "zabbix server", "zabbix_server", "zabbix-server", "external check",
		"external checks", "externalscripts", "alertscript", "alertscripts", "alertscriptspath"))
	add(CallerMonitored, hasWord(text, "zabbix"))
	add(CallerUnit, hasWord(text, "systemd unit", "systemd service", "systemd timer", "execstart", "service unit"))
}

// caller notes who called the program of a complaint. A line of a text may also say it itself.
func (r *Reader) caller(s *Symptom, line string, logged bool) {
	if s.Caller == "" {
		s.Caller = complaint.CallerOf(line, s.Program)
	}
	if !logged && pasted(r.stats.Lines) && len(line) <= longestProse {
		r.prose.callers(strings.ToLower(line))
	}
}
