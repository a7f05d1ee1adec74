package say

import (
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/subject"
)

// contextRemark returns what it means that a program found no context, or could not set one; false for other remarks.
func (l *Log) contextRemark(m *audit.Remark, name func(int) string) (text RemarkText, ok bool) {
	switch m.Code {
	case audit.RemarkNoUserContext:
		return l.noUserContext(name(0), name(1)), true
	case audit.RemarkUnfitCrontab:
		return l.unfitCrontab(name(0), name(1), name(2), name(3)), true
	case audit.RemarkContextNotSet:
		return l.contextNotSet(name(0), name(1), name(2), name(3)), true
	case audit.RemarkDomainNotEntered:
		return l.domainNotEntered(name(0), name(1), name(2)), true
	case audit.RemarkNoMapping:
		return noMapping(name(0), name(1)), true
	}
	return text, false
}

// userManager is noUserContext for the systemd of a user, which is user@UID.service: systemd-user is the name of its
// service for PAM, and no program.
func userManager(whose string) RemarkText {
	return RemarkText{
		Head: words.Sprintf("systemd found no SELinux context for the session manager %s (user@UID.service): no "+
			"rule is missing", whose),
		Why: "pam_selinux looks in default_contexts, and in users/ beside it, for the line of systemd itself " +
			"(system_r:init_t), and takes a context there that is valid for the SELinux user of the login: none fits",
		Fix: words.Sprintf("see which SELinux user the login has and its roles (%s and %s); then the line that begins "+
			"with system_r:init_t in /etc/selinux/SELINUXTYPE/contexts/users/SEUSER, or in contexts/default_contexts, "+
			"is to name a context of one of those roles; a newer policy package may have it",
			shell.New("semanage", "login", "-l"), shell.New("semanage", "user", "-l")),
		Next: shell.New("semanage", "login", "-l"),
	}
}

// noUserContext describes that a program which starts sessions or jobs found no context for a user (libselinux,
// get_ordered_context_list): default_contexts has lines by the context of the program itself.
func (l *Log) noUserContext(program, user string) RemarkText {
	who, whose, comm := program, "of "+user, program
	if program == "" {
		who, comm = "the program that starts the session", "sshd"
	}
	if user == "" {
		whose = "of a user"
	}
	deed := "a session"
	if program == "cron" || program == "crond" {
		comm, deed = "crond,cron", "the jobs"
	}
	domain := map[string]string{"sshd": "sshd_t", "sshd-session": "sshd_t", "cron": "crond_t", "crond": "crond_t",
		"login": "local_login_t", "remote": "remote_login_t", "gdm-password": "xdm_t", "lightdm": "xdm_t",
		"sddm": "xdm_t", "atd": "crond_t"}[program]
	if _, has := l.policy().Type(domain); !has {
		domain = ""
	}
	if program == "systemd-user" {
		return userManager(whose)
	}
	right := "its own domain (sshd_t, crond_t, local_login_t and the like)"
	if domain != "" {
		right = domain
	}
	return RemarkText{
		Head: words.Sprintf("%s found no SELinux context for %s %s: no rule is missing", who, deed, whose),
		Why: "it looks in default_contexts for the line of its own role and type, and takes a context there that is " +
			"valid for the SELinux user of the login. None fits: as a rule the program runs in a wrong domain " +
			"(initrc_t, init_t, unconfined_t, kernel_t: started by hand, or by a wrong label of its file), or the " +
			"login belongs to a SELinux user whose roles that line does not have",
		Fix: words.Sprintf("see in which domain it runs (next): it is to be %s; if it is not, give its file its label "+
			"(restorecon -v) and restart it with systemctl; else %s and %s tell the SELinux user and its roles, and "+
			"/etc/selinux/SELINUXTYPE/contexts/default_contexts (and users/ beside it) what they may get", right,
			shell.New("semanage", "login", "-l"), shell.New("semanage", "user", "-l")),
		Next: shell.New("ps", "-Z", "-C").Arg(comm),
	}
}

// unfitCrontab describes that cron does not take a crontab: the context of the jobs needs entrypoint on its file, which
// cron asks itself, and which is not logged by the kernel.
func (l *Log) unfitCrontab(user, job, file, name string) RemarkText {
	switch {
	case strings.HasPrefix(name, "crontabs/"), strings.HasPrefix(name, "tabs/"):
		name = "/var/spool/cron/" + name
	case name == "":
		name = path.Join("/var/spool/cron", path.Base("/"+user))
	}
	whose, anew := "of "+user, "; else write it anew with crontab -u"
	if user == "" || !strings.HasPrefix(name, "/var/spool/") {
		whose, anew = name, ""
	}
	text := RemarkText{
		Head: words.Sprintf("cron does not take the crontab %s, by SELinux: no AVC is written for that", whose),
		Why: "cron asks whether the context of the jobs may have the label of the crontab file as its entry " +
			"(file entrypoint); the label is wrong, or the file was made by another SELinux user, or cron runs in a " +
			"wrong domain, and so gets a wrong context for the jobs",
		Fix: words.Sprintf("%s%s; then restart cron, and see that it runs as crond_t (ps -eZ)",
			shell.New("restorecon", "-v").Arg(name), anew),
		Next: shell.New("ls", "-Z").Arg(name),
	}
	subject, err := l.policy().ParseContext(job)
	if job == "" || err != nil {
		if v := l.invalidContext(job); v != nil {
			text.Why = words.Sprintf("the context of the jobs, %s, is not valid by this policy: %s", job, faultText(v))
		}
		return text
	}
	object, err := l.policy().ParseContext(file)
	if err != nil {
		return text
	}
	switch check := l.Decider.Check(subject, object, "file", "entrypoint"); {
	case check.Allowed():
		text.Why = words.Sprintf("cron asks whether jobs that run as %s may have a file labelled %s as their entry "+
			"(file entrypoint): by this policy they may, so that the policy there is another", job, file)
	default:
		text.Why = words.Sprintf("cron asks whether jobs that run as %s may have a file labelled %s as their entry: "+
			"they may not (file entrypoint)", job, file)
		if strings.HasPrefix(job, "system_u:") && anew != "" && user != "root" {
			text.Why += "; for the jobs of a user a context with system_u is not the usual one: see the SELinux " +
				"user of the login (semanage login -l), and the domain of cron"
		}
	}
	return text
}

// contextNotSet describes that a program could not set a context.
func (l *Log) contextNotSet(program, context, reason, what string) RemarkText {
	if program == "" {
		program = "a program"
	}
	thing := map[string]string{"exec": "the program that it starts", "keys": "new keys", "file": "a file"}[what]
	text := RemarkText{
		Head: words.Sprintf("%s could not set the SELinux context for %s", program, thing),
		Next: shell.New("sestatus"),
	}
	if context != "" {
		text.Head = words.Sprintf("%s could not set the context %s for %s", program, context, thing)
	}
	engine := strings.Contains(program, "crun") || strings.Contains(program, "runc") || program == "a program" &&
		what == "keys"
	v := l.invalidContext(context)
	switch {
	case v != nil:
		text.Why = words.Sprintf("by this policy it is not valid: %s", faultText(v))
		text.Fix = l.contextText(v, "")
	case reason == "denied":
		text.Why = "the process may not do so (process setexec, setkeycreate), or not change to that domain " +
			"(transition, entrypoint): the record names which, and in which domain the process runs"
		text.Fix = "read the record (next); a daemon that was started by hand, or whose file has a wrong label, runs " +
			"in a wrong domain: ps -eZ, restorecon on its file, systemctl restart"
		text.Next = Recent()
	case engine:
		text.Why = "the kernel takes no context that the loaded policy does not have: as a rule the module of " +
			"container-selinux is missing there, or the engine runs in another container or chroot, or an option " +
			"of the container (label=type:TYPE, seLinuxOptions of a pod) names what the policy lacks"
		text.Fix = "look whether the policy has the types of containers (next: container is to be in the list); " +
			"install container-selinux again, or semodule -B; where SELinux is not in use, label=disable for the " +
			"engine (security_opt, or label = false in containers.conf)"
		text.Next = shell.New("semodule", "-l")
	case reason == "invalid" && context != "":
		text.Why = "by this policy it is valid; the kernel there says that it is not: the policy there is another, " +
			"or a module of it is not loaded"
		text.Fix = "look there which part the policy does not have: seinfo -t TYPE, seinfo -r ROLE -x, semanage user -l"
	case reason == "invalid":
		text.Why = "the kernel takes no context that the loaded policy does not have, or whose user may not have the " +
			"role, or whose role may not have the type; the line does not name the context"
		text.Fix = "find the context (SELinuxContext= of the unit, semanage login -l for a login, default_contexts), " +
			"and which part the policy lacks: seinfo -t TYPE, seinfo -r ROLE -x, semanage user -l"
	default:
		text.Why = "the line does not say why: either the policy does not have the context, or the process may not " +
			"set it (process setexec, setkeycreate), as one that runs in a wrong domain"
		text.Fix = "see in which domain the program runs (ps -eZ) and read the records (next)"
		text.Next = Recent()
	}
	return text
}

// domainNotEntered describes that a program was refused to change its own domain (setcon, process dyntransition): as a
// rule it runs in one that it should have left when it was started.
func (l *Log) domainNotEntered(program, to, from string) RemarkText {
	domain, has := audit.ContextType(to), audit.ContextType(from)
	if program == "" {
		program = "a program"
	}
	text := RemarkText{
		Head: words.Sprintf("%s, which runs as %s, was refused to change its domain to %s", program, has, domain),
		Why: words.Sprintf("no rule is missing as a rule: policies let a service do so from its own domain, and %s is "+
			"not one", has),
		Next: shell.New("ps", "-Z", "-C").Arg(program),
	}
	switch {
	case has == "kernel_t":
		text.Why += "; it is that of the kernel itself, which init did not leave when the system was started: the " +
			"files have no labels, or init has a wrong one, and so nothing has a domain"
		text.Fix = insteadOfRule(diagnose.InsteadBoot, has, domain)
	case subject.IsLeftover(has) || strings.HasPrefix(has, "unconfined"):
		text.Why += "; it was started by hand, or its file has a wrong label"
		text.Fix = "give its file its label (restorecon -v on what ExecStart= of its unit names), and start it with " +
			"systemctl"
	default:
		text.Why = words.Sprintf("%s may not change its domain so (process dyntransition), or not at all (process "+
			"setcurrent)", has)
		text.Fix = words.Sprintf("see whether %s is the domain that it should have (next), and whether its file has "+
			"the label of file_contexts; if both are so, update the policy there", has)
	}
	return text
}

// noMapping describes that useradd could not map a login to a SELinux user.
func noMapping(user, seuser string) RemarkText {
	return RemarkText{
		Head: words.Sprintf("the login %s was not mapped to the SELinux user %s", user, seuser),
		Why: "without a mapping of its own a login has the SELinux user of __default__; the mapping is a record of " +
			"the policy store, for which the store must be writable and the SELinux user be known",
		Fix: words.Sprintf("map it as root: %s; %s lists the SELinux users",
			shell.New("semanage", "login", "-a").Option("-s", seuser).Arg(user), shell.New("semanage", "user", "-l")),
		Next: shell.New("semanage", "login", "-l"),
	}
}

// invalidContext tells what is not valid in a context by the policy; nil for one that is valid, and for no context.
func (l *Log) invalidContext(context string) *diagnose.Invalid {
	const parts = 3 // without a range
	if context == "" {
		return nil
	}
	if l.policy().MLS() && len(strings.SplitN(context, ":", parts+1)) == parts {
		context += ":s0"
	}
	return diagnose.InvalidContext(l.policy(), context)
}

// faultText says which part of a context the policy does not allow.
func faultText(v *diagnose.Invalid) string {
	switch v.Fault {
	case diagnose.FaultRole:
		return words.Sprintf("the role %s may not have the type %s", v.Role, v.Type)
	case diagnose.FaultUser:
		return words.Sprintf("the SELinux user %s may not have the role %s, or there is no such user", v.User, v.Role)
	case diagnose.FaultRange:
		return "its range is not within that of the user, or the policy lacks a level"
	}
	return words.Sprintf("the policy does not have the type %s", v.Type)
}
