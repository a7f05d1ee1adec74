package diagnose

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A Sudo tells of a service that runs sudo, su or runuser.
type Sudo struct {
	// Boolean is the name of the boolean that lets the service do so, and Here says that the policy at hand has it; ""
	// where none is known.
	Boolean string
	Here    bool
	// Drops says that the program is run as root to become another user, as a rule.
	Drops bool
}

// sudo notes that a confined service runs sudo or su: they ask for PAM, the audit log, the passwords and
// capabilities, which the domains of services do not have.
func (g *Diagnoser) sudo(d *Diagnosis, a *audit.AVC) {
	source := audit.ContextType(a.SContext)
	switch {
	case d.Verdict == NowAllowed || isContainer(source) || subject.IsLeftover(source) ||
		role(a.SContext) != "system_r":
	case a.Comm == "sudo" || a.Comm == "su" || a.Comm == "runuser",
		a.Comm == "unix_chkpwd" && !g.checksPasswords(d.Source),
		a.TClass == "file" && runs(a) && ofSudo(audit.ContextType(a.TContext)):
		d.Instead, d.Sudo = InsteadSudo, g.sudoOf(a, source)
		d.note(NoteDaemon, fmt.Sprintf("%s runs sudo or su, which the domains of services are not made for: one "+
			"refusal follows another (PAM, the audit log, passwords, capabilities), and rules for all of them make "+
			"the domain as strong as root", source))
	}
}

// sudoOf tells how a service may do without sudo, and which boolean lets it run it.
func (g *Diagnoser) sudoOf(a *audit.AVC, source string) *Sudo {
	s := &Sudo{}
	jobs := strings.HasPrefix(source, "logrotate") || strings.HasPrefix(source, "cron") ||
		strings.Contains(source, "cronjob")
	s.Drops = a.Comm == "runuser" || jobs && a.Comm == "su"
	for id := range g.p.Bools() {
		if name := g.p.BoolName(id); strings.HasSuffix(name, "_run_sudo") && g.switchesRules(id, source) {
			s.Boolean, s.Here = name, true
			return s
		}
	}
	for _, known := range [][2]string{{"zabbix", "zabbix_run_sudo"}, {"nagios", "nagios_run_sudo"},
		{"nrpe", "nagios_run_sudo"}, {"zoneminder", "zoneminder_run_sudo"}} {
		if strings.HasPrefix(source, known[0]) {
			s.Boolean = known[1]
		}
	}
	return s
}

// switchesRules reports whether a boolean switches rules that are for a domain.
func (g *Diagnoser) switchesRules(boolean policy.BoolID, source string) bool {
	id, ok := g.p.Type(source)
	if !ok {
		return false
	}
	for r := range g.p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if r.Source == id && r.Cond != 0 {
			if set := g.p.CondBools(r.Cond); set.Has(boolean) {
				return true
			}
		}
	}
	return false
}
