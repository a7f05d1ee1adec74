package say

import (
	"cmp"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// askThere ends a sentence about what only the policy of the host of the log decides.
const askThere = "senet fix on that host, or with --policy and its policy file"

// firstStep says what to do first about a denial with a name that the policy lacks, "" where it lacks none.
func (l *Log) firstStep(it *incident.Finding) string {
	d := it.Denial
	if d.Verdict != diagnose.UnknownHere || ofError(it) {
		return ""
	}
	var source, target string
	if it.AVC != nil {
		source, target = audit.ContextType(it.AVC.SContext), audit.ContextType(it.AVC.TContext)
	}
	if d.Harmless {
		return harmless
	}
	if d.Instead == diagnose.InsteadModule && it.AVC != nil {
		return moduleText(it.AVC.KMod)
	}
	if d.Script != nil {
		return l.scriptText(d.Script)
	}
	if text := sudoText(d, source); text != "" {
		return text
	}
	switch {
	case (d.Instead == diagnose.InsteadPolicy || d.Instead == diagnose.InsteadSocket) && it.AVC != nil:
		return ownPolicyOf(it)
	case d.Instead == diagnose.InsteadRuntime:
		return runtimeText(source, target, d.Permissions)
	case d.Instead == diagnose.InsteadStack && it.AVC != nil && !strings.Contains(it.AVC.SContext, ":system_r:"):
		return stackText("at last the boolean selinuxuser_execstack (allow_execstack in other policies), by which " +
			"all programs of users may do so")
	}
	if d.Instead != "" {
		return insteadOfRule(d.Instead, source, target)
	}
	if text := l.programText(d); text != "" {
		return text
	}
	if text := l.execmodText(it, d, ""); text != "" {
		return text
	}
	if it.AVC != nil {
		if text := cmp.Or(unitsOfPerson(it.AVC, source, target), l.firstStepOfFile(it, source, target)); text != "" {
			return text
		}
	}
	switch d.Step {
	case diagnose.StepImage, diagnose.StepImageLabel, diagnose.StepImageDomain:
		return l.imageFix(it)
	case diagnose.StepHostSocket:
		return hostSocket
	case diagnose.StepLeave:
		switch {
		case d.Needless:
			return needless
		case d.Harmless:
			return harmless
		}
		return optional + "; else " + askThere
	case diagnose.StepCapability:
		return words.Sprintf("none, unless something fails by it; then a setting of the unit that does without, or an "+
			"update of the policy there, or a rule for %s (%s)", source, askThere)
	case diagnose.StepCode:
		return withoutCode + words.Sprintf("; else an update of the policy there, or a rule for %s (senet why --allow "+
			"there)", source)
	case diagnose.StepDaemon:
		if d.Leftover == target && source != target && toOtherEnd(d.Class, d.Permissions) {
			return otherEnd(source, target, d.Class, d.Permissions)
		}
		return daemonText(d.Leftover)
	case diagnose.StepEngine:
		return "give the engine its domain: install container-selinux, restorecon -v on its programs, and restart " +
			"it; a rule would be for all services without a domain"
	case diagnose.StepBus:
		return busThere(it.AVC, source, target)
	case diagnose.StepSocket:
		return words.Sprintf("if %s is to use this socket, both halves are needed, the sock_file and connectto or "+
			"sendto on the domain that listens: a boolean or rule of the policy there (%s)", source, askThere)
	case diagnose.StepPort:
		return portThere(d, source, target)
	case diagnose.StepSetup:
		return "update the policy there, and report it if the newest lacks the rule; until then the unit without the " +
			"setting that asks for it (systemctl edit), or a module there (senet why --allow)"
	case diagnose.StepUnit:
		return words.Sprintf("a rule for this alone in the policy there (senet why --allow there), or %s",
			withoutOption(d.Starter))
	case diagnose.StepLevelName:
		return readLevels()
	case diagnose.StepLevel:
		return words.Sprintf("a level: run %s at a range that has the level of the other end, or give that another "+
			"level; a rule for types does not help against levels (%s)", source, askThere)
	case diagnose.StepRule:
		return ruleThere(it.AVC, source, target)
	case diagnose.StepAsk:
		return l.askText(it, source, target)
	}
	return ""
}

// updateThere is for an access that no label and no boolean can be about.
const updateThere = "update the policy there, and report it if the newest lacks the rule; until then a module there, " +
	"if the access is intended (senet why --allow)"

// ruleThere is updateThere with the rule itself, of a socket or fifo that a program looks at.
func ruleThere(a *audit.AVC, source, target string) string {
	if a == nil || a.TClass != "sock_file" && a.TClass != "fifo_file" || !a.Has("getattr") {
		return updateThere
	}
	return words.Sprintf("update the policy there, and report it if the newest lacks the rule; until then, if it "+
		"fails by it, a module there: allow %s %s:%s %s", source, target, a.TClass, Perms(a.Permissions))
}

// unitsOfPerson says what to do where a person's domain, which this policy lacks, is to start or stop units; "" for
// others.
func unitsOfPerson(a *audit.AVC, source, target string) string {
	if a == nil || a.TClass != "service" || strings.Contains(a.SContext, ":system_r:") {
		return ""
	}
	return words.Sprintf("a role that may do so, for one command (sudo -r sysadm_r); or, where %s is made for it, a "+
		"rule in its module: allow %s %s:%s %s, which is for all units with this label", source, source, target,
		a.TClass, Perms(a.Permissions))
}

// readLevels says where the levels are that a record has only names for.
func readLevels() string {
	return words.Sprintf("read the levels first: the record in audit.log has them (%s), and setrans.conf there their "+
		"names (%s)", shell.New("ausearch", "-m", "avc", "--raw"), shell.New("chcat", "-L"))
}

// ofDaemon begins what to do about a daemon whose program has no label that gives it a domain.
const ofDaemon = "label the program of the daemon"

// daemonText says what to do about a daemon that runs as what started it, or without a domain.
func daemonText(typ string) string {
	if typ == "unconfined_service_t" {
		return giveDomain(typ)
	}
	restore := shell.New("restorecon", "-v", "FILE")
	text := ofDaemon + words.Sprintf(" that runs as %s, the file of ExecStart= in its unit (ls -Z): %s", typ, restore)
	if typ == "init_t" { // other labels than that of programs make no transition
		return text + words.Sprintf("; if it then has the label of a place or a library (usr_t, var_t, lib_t), %s "+
			"and %s; restart it: programs labelled bin_t do not run in the domain of systemd",
			shell.New("semanage", "fcontext", "-a", "-t", "bin_t", "FILE"), restore)
	}
	return text + "; restart it; where the policy has no domain for it, SELinuxContext= of its unit or a module " +
		"gives it one"
}

// portThere says what to do about a port on the host of a log, whose policy decides.
func portThere(d *diagnose.Diagnosis, source, target string) string {
	text := words.Sprintf("one of the port types or booleans that the policy there has for %s: %s", source, askThere)
	switch target {
	case "port_t", "unreserved_port_t", "reserved_port_t", "hi_reserved_port_t", "ephemeral_port_t":
		return text
	}
	if d.Port == 0 || d.Protocol == "" {
		return text
	}
	return words.Sprintf("%s; %s/%d is labelled %s there (%s lists the labels that were set by hand)", text, d.Protocol,
		d.Port, target, shell.New("semanage", "port", "-l", "-C"))
}
