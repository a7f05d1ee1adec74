package say

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// ruleFirst reports whether a rule opens less than the booleans that would allow an access.
func (l *Log) ruleFirst(it *incident.Finding) bool {
	if l.Access == nil {
		return false
	}
	x := l.Access(it)
	if x == nil || x.First() == nil {
		return false
	}
	return x.First().Kind == object.Rule || x.First().Kind == object.Interfaces
}

// wayText returns the first fix without its cost.
func (l *Log) wayText(it *incident.Finding) string {
	see := "; the others and the cost of each: see next"
	if it.Fix.Permissive {
		see = ""
	}
	switch it.Fix.Way {
	case incident.PortType:
		return words.Sprintf("own port type for %s, which opens that port alone%s", l.operation(it.Whole).Target, see)
	case incident.SeveralRules:
		if see == "" {
			return "more than one rule is missing"
		}
		return "more than one rule is missing: see next"
	case incident.Boolean:
		switch {
		case it.Denial.Harmless:
			return harmless
		case it.Denial.Instead != "":
			return l.insteadText(it)
		}
		if l.ruleFirst(it) {
			if text := l.portlessText(it.Denial); text != "" {
				return text
			}
			text := "an allow rule, if the access is intended: --allow writes it and says what it opens; the boolean " +
				"is for more than this, and for other domains as well"
			if it.Denial.Optional {
				text = optional + "; else " + text
			}
			return text
		}
		return "the boolean; a rule instead: --allow" + l.portlessMore(it.Denial)
	case incident.AllowRule:
		switch d := it.Denial; {
		case d.Needless:
			return needless
		case d.Harmless:
			return harmless
		case d.HostSocket:
			return hostSocket
		case d.Class == "dir" && d.Noted(diagnose.NoteBehind):
			return "none is offered: a rule would open all of /run; the service gets a directory of its own there"
		case d.Image:
			return l.imageFix(it)
		case d.Instead != "":
			return l.insteadText(it)
		case d.Noted(diagnose.NoteNoNewPrivileges):
			return "an allow rule for this alone (--allow writes it), or " + withoutOption(d.Starter)
		}
		if hidden(it) {
			return hiddenRefusal + "an allow rule (--allow)"
		}
		if x := l.access(it); x != nil && x.OthersData {
			return othersLabelFirst + l.ruleText(it.Denial)
		}
		if it.NotStarted() {
			return l.missingInPolicy(it)
		}
		if d := it.Denial; d.Starting != "" && slices.Contains(d.Permissions, "setattr") && object.IsFile(d.Class) {
			return "the owner first, which systemd then need not set: chown -R USER: DIRECTORY, by User= of the unit " +
				"and the directory of StateDirectory= or such; else an update of the policy, and until then a rule " +
				"(--allow)"
		}
		return l.ruleText(it.Denial)
	case incident.InsteadOfRule:
		return l.insteadText(it)
	case incident.PacketRule:
		return l.packetText(it)
	case incident.Relabel:
		if l.Access != nil {
			if x := l.Access(it); x != nil && x.First() != nil && x.First().Kind == object.Alike {
				f := x.First()
				return words.Sprintf("%s is to be labelled as %s: %s, then %s", f.Tree, f.Like,
					shell.New("semanage", "fcontext", "-a").Option("-e", f.Like).Arg(f.Tree),
					shell.New("restorecon", "-R", "-v").Arg(f.Tree))
			}
		}
		return l.lostText(it)
	case incident.LabelProgram:
		return l.leftoverText(it.Denial)
	case incident.FileMode:
		switch {
		case it.Denial.Needless:
			return needless
		case it.Denial.Harmless:
			return harmless
		}
		return modeText(it)
	case incident.LevelOrAttribute:
		switch {
		case it.Denial.Noted(diagnose.NotePod):
			return podCategories(it.AVC)
		case it.Denial.Noted(diagnose.NoteVolume):
			return categories
		}
		return l.constraintText(it)
	case incident.BoundRule:
		return "the bounding type " + l.policy().TypeName(it.Fix.Bound) + " needs the same rule first"
	case incident.RoleAllow:
		return "a role allow rule; no rule between types helps"
	case incident.DefinePermission:
		return "a policy that defines " + it.Denial.Class + " " + it.Fix.Permission +
			": no rule can name it in this one"
	}
	return ""
}

// leftoverText says what to do where one of the two ends runs as what started it.
func (l *Log) leftoverText(d *diagnose.Diagnosis) string {
	source := l.policy().TypeName(policy.TypeID(d.Source.Type))
	target := l.policy().TypeName(policy.TypeID(d.Target.Type))
	if d.Leftover == target && source != target && toOtherEnd(d.Class, d.Permissions) {
		return otherEnd(source, target, d.Class, d.Permissions)
	}
	return daemonText(d.Leftover)
}

// otherEnd says what to do about a socket or a message for a service without a domain, which has the type target: what
// an administrator can do at once comes first.
func otherEnd(source, target, class string, perms []string) string {
	what := "the sockets"
	if class == "dbus" {
		what = "the bus services"
	}
	if target != "unconfined_service_t" {
		return words.Sprintf("%s; until then the rule allow %s %s:%s %s (senet why --allow writes it) opens %s of all "+
			"that run as %s to %s alone", daemonText(target), source, target, class, Perms(perms), what, target, source)
	}
	return words.Sprintf("look at the label of the program of the other end first (ps -eZ names those that run as "+
		"%s): if it is wrong, %s and a restart of the service give it its domain, where the policy has one; else, "+
		"for now, the rule allow %s %s:%s %s (senet why --allow writes it), which opens %s of all services without "+
		"a domain to %s alone; the clean way is a domain of its own: %s, or SELinuxContext= of its unit with one "+
		"that the policy has", target, shell.New("restorecon", "-v", "PROGRAM"), source, target, class, Perms(perms),
		what, source, shell.New("sepolicy", "generate", "--init", "PROGRAM"))
}

// toOtherEnd reports whether permissions are asked to reach another process by its socket or over the bus.
func toOtherEnd(class string, perms []string) bool {
	return strings.HasPrefix(class, "unix_") && (slices.Contains(perms, "connectto") ||
		slices.Contains(perms, "sendto")) || class == "dbus" && slices.Contains(perms, "send_msg")
}

// giveDomain says what to do about a service for which the policy has no domain.
func giveDomain(typ string) string {
	return words.Sprintf("give the service that runs as %s a domain (the right label of its program, "+
		"SELinuxContext= of its unit, or a module): a rule for %s would be for all services without one", typ, typ)
}

// insteadText says what is to be done instead of a rule.
func (l *Log) insteadText(it *incident.Finding) string {
	d := it.Denial
	if d.Instead == diagnose.InsteadModule && it.AVC != nil {
		return moduleText(it.AVC.KMod)
	}
	if d.Script != nil {
		return l.scriptText(d.Script)
	}
	if x := l.access(it); x != nil {
		if text := x.insteadSwitch(); text != "" {
			return text
		}
	}
	if (d.Instead == diagnose.InsteadPolicy || d.Instead == diagnose.InsteadSocket) && it.AVC != nil {
		return ownPolicyOf(it)
	}
	if d.Instead == diagnose.InsteadUsed {
		return usedVolume(l.policy().TypeName(policy.TypeID(d.Source.Type)),
			l.policy().TypeName(policy.TypeID(d.Target.Type)), d.Permissions)
	}
	if d.Instead == diagnose.InsteadStack || d.Instead == diagnose.InsteadFault {
		return l.faultText(it)
	}
	if d.Instead == diagnose.InsteadTransition {
		return insteadOfRule(d.Instead, l.policy().TypeName(policy.TypeID(d.Source.Type)),
			l.policy().TypeName(policy.TypeID(d.Target.Type))) + l.runPlace(it)
	}
	if d.Instead == diagnose.InsteadRuntime {
		return runtimeText(l.policy().TypeName(policy.TypeID(d.Source.Type)),
			l.policy().TypeName(policy.TypeID(d.Target.Type)), d.Permissions)
	}
	return insteadOfRule(d.Instead, l.policy().TypeName(policy.TypeID(d.Source.Type)),
		l.policy().TypeName(policy.TypeID(d.Target.Type)))
}

// optional begins the fix of what programs often ask for and do without.
const optional = "none, unless something fails by it: programs often ask so and do without"

// withoutCode is what comes before a boolean or a rule for memory that is writable and executable at once.
const withoutCode = "a setting of the program without it, if it has one, or leave it refused where it works all the " +
	"same"

// hiddenRefusal comes before another fix for what the policy hides from the log.
const hiddenRefusal = "none, unless something fails by it: the policy has a dontaudit rule for it, as for what " +
	"programs do without; else "

// hidden reports whether a dontaudit rule hides a refusal of which no program complains.
func hidden(it *incident.Finding) bool {
	refused := it.Denial.Refused()
	return refused != nil && len(refused.Reason.DontAudit) > 0 && len(it.Complaints) == 0
}

// othersLabelFirst comes before another fix for a file with the label of another service's data, without a path.
const othersLabelFirst = "its own label again (restorecon -v FILE) if the file is none of the service that the label " +
	"is for, as what is moved (mv) keeps its label; else "

// access returns the fixes of a finding, nil if they are not asked for.
func (l *Log) access(it *incident.Finding) *AccessFixes {
	if l.Access == nil {
		return nil
	}
	return l.Access(it)
}

// ruleText says when an allow rule is right.
func (l *Log) ruleText(d *diagnose.Diagnosis) string {
	const rule = "an allow rule (--allow writes it and says what it opens)"
	if text := l.portlessText(d); text != "" {
		return text
	}
	target := l.policy().TypeName(policy.TypeID(d.Target.Type))
	place := (d.Class == "file" || d.Class == "lnk_file") && object.IsPlace(target)
	switch {
	case d.Optional && place:
		return optional + words.Sprintf("; else another label for the file (semanage fcontext, restorecon): %s is the "+
			"label of a place, and who looks at a file wants to use it next", target)
	case place:
		return words.Sprintf("another label for the file (semanage fcontext, restorecon), or another place for it: %s "+
			"is the label of a place, and a rule would be for the files of all services there", target)
	case d.Optional:
		return optional + "; else " + rule
	case d.Class == "process" && slices.Contains(d.Permissions, "execmem"):
		return withoutCode + "; else " + rule
	}
	text := "an allow rule, if the access is intended: --allow writes it and says what it opens; " + l.nextText(d)
	if d.File != nil && d.File.Right != "" {
		text += words.Sprintf("the label is right (%s), and ", d.File.Right)
	}
	return text + "a newer policy may have the rule"
}

// What is said instead of a fix where nothing fails by a refusal, or where no module is installed.
const (
	sealed     = "none: what apps may do is fixed"
	categories = "no rule: the categories differ; :z for a volume that containers share, :Z for one container " +
		"alone"
	needless = "none seems needed: the system call succeeded; a dontaudit rule hides the record"
	harmless = "none seems needed: leave it refused, or hide it with a dontaudit rule; a rule is for a program that " +
		"fails without"
	hostSocket = "none is offered: a rule would give all containers the host; one container gets it with " +
		"--security-opt label=type:spc_t or label=disable"
)

// packetText describes how to label packets.
func (l *Log) packetText(it *incident.Finding) string {
	var names []string
	for _, id := range it.Fix.Types {
		names = append(names, l.policy().TypeName(id))
	}
	if len(names) == incident.MaxPacketTypes {
		names = append(names, "perhaps others")
	}
	return words.Sprintf("a SECMARK rule that labels such packets: %s may %s %s; a rule for packets without a "+
		"label would open all of them (--allow)",
		l.policy().TypeName(policy.TypeID(it.Denial.Source.Type)), strings.Join(it.Denial.Permissions, ", "),
		strings.Join(names, ", "))
}

// modeText names the file whose mode denies the access.
func modeText(it *incident.Finding) string {
	text := "owner or mode of a file first"
	said := toldFile(it)
	switch f := it.Denial.File; {
	case f.Path == "" && said != "":
		return words.Sprintf("owner or mode first, most likely of %s or of a directory above it: %s shows which of "+
			"them refuses it to the user of the program; let that user or a group of it in (chown, chmod, an ACL); "+
			"a rule would let the domain bypass the modes of all files", said, shell.New("namei", "-l").Arg(said))
	case f.Path == "":
		text += "; a PATH record names the file: auditctl -w /etc/shadow -p w makes the kernel log such records, " +
			"then do it again; " + shell.New("ls", "-ld", "FILE", "DIR").String() + " shows owner and mode"
	case f.Mode != "":
		text += words.Sprintf(": %s has mode %s", f.Path, modeBits(f.Mode))
	default:
		text += words.Sprintf(": %s", f.Path)
	}
	return text + allModes
}

// allModes is why a rule is the wrong answer to a capability for modes.
const allModes = "; a rule would let the domain bypass the modes of all files"

// toldFile returns the file that the complaint of the program about a denial names, "" if it names none, or if there
// are several.
func toldFile(it *incident.Finding) (name string) {
	for i := range it.Complaints {
		e := it.Complaints[i].Example
		if e.Container != nil || e.Symptom == nil || e.Symptom.Protocol != "file" || !path.IsAbs(e.Symptom.Path) {
			continue
		}
		if name != "" && name != e.Symptom.Path {
			return ""
		}
		name = e.Symptom.Path
	}
	return name
}

// modeBits returns the permission bits of the mode of a PATH record, which has the kind of the file as well: 0100600,
// and with ausearch -i file,600.
func modeBits(mode string) string {
	const bits = 4
	digits := mode[strings.LastIndexFunc(mode, func(r rune) bool { return r < '0' || r > '7' })+1:]
	if digits == "" {
		return mode
	}
	return "0" + digits[max(0, len(digits)-bits+1):]
}

// costed describes the best fix with its cost, nil for none.
func (l *Log) costed(best *remedy.Fix) string {
	if best == nil || !best.Works || best.Applicability == remedy.Never {
		return "none works alone without opening far more than this"
	}
	return words.Sprintf("%s: %s (%s)", FixTitle(l.policy(), best), FixCost(best), best.Applicability)
}

// constraintText describes what satisfies a constraint: other levels, or an attribute.
func (l *Log) constraintText(it *incident.Finding) string {
	d, c := it.Denial, it.Fix.Constraint
	if it.AVC != nil && (diagnose.LevelNamed(it.AVC.SContext) || diagnose.LevelNamed(it.AVC.TContext)) {
		return readLevels()
	}
	var ways []string
	if len(c.Levels) > 0 {
		levels := make([]string, len(c.Levels))
		for i, e := range c.Levels {
			levels[i] = e.Text
		}
		ways = append(ways, words.Sprintf("change a level, so that %s (now %s and %s)", strings.Join(levels, " or "),
			l.policy().FormatRange(d.Source.Range), l.policy().FormatRange(d.Target.Range)))
	}
	for _, side := range []struct {
		names []string
		c     policy.Context
	}{{c.Source, d.Source}, {c.Target, d.Target}} {
		if len(side.names) > 0 {
			ways = append(ways, words.Sprintf("give %s the attribute %s",
				l.policy().TypeName(policy.TypeID(side.c.Type)), strings.Join(side.names, " or ")))
		}
	}
	text := "no allow rule and no boolean helps against a constraint"
	if len(ways) > 0 {
		text += ": " + strings.Join(ways, ", or ")
	}
	return text
}
