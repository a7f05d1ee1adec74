package diagnose

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A CallerOfClient is what called a client, a program that runs in the domain of its caller unless a transition is
// allowed from there.
type CallerOfClient struct {
	// Kind is the caller as the text has it, "" where the text names none, or several. Several are all that it names.
	Kind    audit.Caller
	Several []audit.Caller
	// Domain is the domain of the caller, "" where the text does not decide it. Label is the type of the client's file,
	// and Own the domain that it gets by that label; "" where it stays in that of its caller.
	Domain, Label, Own string
	// Would is the domain that the client would change to with the booleans of Switch, where it does not change to one
	// now; "" for none.
	Would  string
	Switch []policy.BoolSetting
}

// isClient reports whether a program is a client that others start, and no service: it has the domain of who calls it.
// A daemon of the same name writes to a log.
func isClient(s *audit.Symptom, logged bool) bool {
	switch s.Program {
	case "msmtp", "ssmtp", "mail", "mailx", "mutt", "curl", "wget", "ping", "ping4", "ping6", "fping", "traceroute",
		"ssh", "scp", "sftp", "git", "mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-dump", "psql", "pg_dump",
		"pg_dumpall", "nc", "ncat", "netcat", "telnet", "ftp", "lftp", "redis-cli", "mongo", "mongosh", "sqlcmd",
		"runcon", "snmpget", "snmpwalk", "smbclient", "ldapsearch", "swaks", "sshpass", "nmap", "sqlplus", "isql",
		"tsql":
		return true
	case "sendmail", "rsync": // daemons as well
		return !logged || s.Caller != ""
	}
	return false
}

// callerOf finds the domain of a client: that of its caller, where the text tells it, or the one that it changes to
// from there. It returns false for other programs.
func (g *Diagnoser) callerOf(d *SymptomDiagnosis, e *audit.Event) bool {
	s, logged := e.Symptom, !e.Time.IsZero()
	tool := (s.Protocol == "file" || s.Protocol == "process") && ofPeople(s.Program)
	if s.Domain != "" || s.Strace || !isClient(s, logged) && !tool {
		return false
	}
	c := &CallerOfClient{Kind: s.Caller}
	if c.Kind == "" && !logged {
		c.Kind, c.Several = oneCaller(g.prose.Callers)
	}
	if c.Kind == "" && !isClient(s, logged) {
		return false
	}
	d.Caller = c
	domain, ok := g.callerDomain(c.Kind)
	if !ok {
		d.gap(NoCaller, s.Program)
		return true
	}
	c.Domain = g.typeName(domain)
	d.Subject = subject.Subject{Name: c.Domain, Context: domain, Assumed: true}
	label, ok := g.clientLabel(s.Program)
	if !ok {
		return true
	}
	c.Label = g.typeName(label)
	own, err := g.d.NewObject(domain, label, "process", "")
	if err == nil && own.Type != domain.Type && g.granted(domain, own, "process", "transition") &&
		g.granted(own, label, "file", "entrypoint") {
		c.Own = g.typeName(own)
		d.Subject = subject.Subject{Name: c.Own, Context: own, Assumed: true}
		return true
	}
	if isClient(s, logged) {
		g.wouldChange(c, domain, label)
	}
	return true
}

// wouldChange finds the domain that a client would change to with a boolean: the transition is in the policy, and not
// in use.
func (g *Diagnoser) wouldChange(c *CallerOfClient, domain, label policy.Context) {
	class, ok := g.p.Class("process")
	perm, known := g.p.Perm(class, "transition")
	if !ok || !known {
		return
	}
	sources, classes := policy.NewSet(g.p.MaxType()), policy.NewSet(g.p.MaxClass())
	sources.Add(policy.TypeID(domain.Type))
	classes.Add(class)
	for r := range g.p.Rules(policy.RuleFilter{Kinds: policy.TypeTransition, Sources: &sources, Classes: &classes}) {
		if targets := g.p.Members(r.Target); r.Cond == 0 || !targets.Has(policy.TypeID(label.Type)) {
			continue
		}
		own := domain
		own.Type = uint32(r.Default)
		bools := g.p.CondBools(r.Cond)
		for _, settings := range g.d.Explain(domain, own, class, perm).Switches {
			if !slices.ContainsFunc(settings, func(s policy.BoolSetting) bool { return !bools.Has(s.Bool) }) {
				c.Would, c.Switch = g.typeName(own), settings
				return
			}
		}
	}
}

// oneCaller returns the caller that a text names, and all if they are several: a name that another makes clearer does
// not count.
func oneCaller(callers []audit.Caller) (one audit.Caller, several []audit.Caller) {
	clearer := map[audit.Caller][]audit.Caller{
		audit.CallerWeb:       {audit.CallerCGI},
		audit.CallerCron:      {audit.CallerSystem},
		audit.CallerNagios:    {audit.CallerNRPE},
		audit.CallerMonitored: {audit.CallerAgent, audit.CallerZabbix},
	}
	for _, c := range callers {
		if !slices.ContainsFunc(clearer[c], func(o audit.Caller) bool { return slices.Contains(callers, o) }) {
			several = append(several, c)
		}
	}
	if len(several) == 1 {
		return several[0], nil
	}
	return "", several
}

// callerDomain returns the domain of a caller, where there is one and the policy has it.
func (g *Diagnoser) callerDomain(c audit.Caller) (policy.Context, bool) {
	names := map[audit.Caller]string{
		audit.CallerWeb: "httpd_t", audit.CallerCGI: "httpd_sys_script_t", audit.CallerSystem: "system_cronjob_t",
		audit.CallerNRPE: "nrpe_t", audit.CallerAgent: "zabbix_agent_t", audit.CallerZabbix: "zabbix_script_t zabbix_t",
	}[c]
	for name := range strings.FieldsSeq(names) {
		if id, ok := g.p.Type(name); ok {
			return subject.FromType(g.p, id)
		}
	}
	return policy.Context{}, false
}

// clientLabel returns the label of a client's file in one of the usual directories: that of file_contexts, else the one
// with its name, else that of all programs.
func (g *Diagnoser) clientLabel(program string) (policy.Context, bool) {
	if program == "" || len(program) > 64 || strings.ContainsAny(program, "/ :\x00") {
		return policy.Context{}, false
	}
	table, other := g.files(), policy.Context{}
	for _, dir := range programDirs {
		l, ok := g.labelAt(table, dir+program, '-', false)
		switch {
		case !ok:
		case g.typeName(l.context) != "bin_t":
			return l.context, true
		default:
			other = l.context
		}
	}
	if other.Type != 0 {
		return other, true
	}
	for _, name := range [...]string{strings.ReplaceAll(program, "-", "_") + "_exec_t", "bin_t"} {
		if id, ok := g.p.Type(name); ok {
			return g.object(id)
		}
	}
	return policy.Context{}, false
}
