package say

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/object"
)

// Fix returns the first fix in a line, with how to find the file that it labels; "" if nothing is refused, or if too
// little is known.
func (l *Log) Fix(it *incident.Finding) string {
	text := l.fixOf(it)
	if find := findText(it, text); find != "" {
		text += "; its path: " + find
	}
	return text
}

// fixOf is Fix without the path of the file.
func (l *Log) fixOf(it *incident.Finding) string {
	text := commentFirst(it, l.doneFix(it, l.bothDirections(it, l.mountedFix(it, l.firstFix(it)))))
	if len(l.Report.Findings) == 1 && l.Report.Log.Says(audit.RemarkWorksOff) > 0 && !l.otherErrors() {
		text = strings.Replace(text, optional+"; else ",
			"the text says that it works without SELinux, and only this is denied: ", 1)
	}
	return text
}

// otherErrors reports whether the text has errors beside its findings, so that what is denied need not be the cause.
func (l *Log) otherErrors() bool {
	for i := range l.Report.Remarks {
		switch l.Report.Remarks[i].Code {
		case audit.RemarkWorksOff, audit.RemarkFailsOff, audit.RemarkSaidOff, audit.RemarkOtherSystem:
		default:
			return true
		}
	}
	return slices.ContainsFunc(l.Report.Log.Prose.Failures, func(line string) bool {
		small := strings.ToLower(line)
		return strings.Contains(line, "]: ") || strings.Contains(small, "error: ") ||
			strings.Contains(small, "failed: ")
	})
}

func (l *Log) firstFix(it *incident.Finding) string {
	if it.Fix.Costed {
		return l.costed(it.Fix.Best)
	}
	if it.Behind != "" {
		return words.Sprintf("none yet: it comes from what %s was refused, whose fix ends it as a rule; a rule only "+
			"if it is refused after that", it.Behind)
	}
	if it.Symptom != nil && l.Report.Log.Stats.Disabled {
		return "nothing of SELinux, which sestatus has as disabled there: it refuses nothing, so look at owner and " +
			"mode, at the port and at packet filters"
	}
	if it.Symptom != nil && it.Symptom.Caller != nil && it.Symptom.Caller.Would != "" && it.Symptom.File != nil {
		return callerFix(l, it.Symptom)
	}
	if it.Symptom != nil && it.Symptom.File != nil {
		if text := l.pluginFix(it); text != "" {
			return text
		}
		return l.fileFix(it)
	}
	if l.floods(it) {
		return l.hideText(it)
	}
	if text := l.pluginFix(it); text != "" {
		return text
	}
	if it.Denial != nil {
		if it.Denial.Image && it.AVC != nil && it.Fix.Way != "" {
			return l.imageFix(it)
		}
		if text := cmp.Or(l.ownEntryText(it), toolText(it), l.firstStep(it), l.errorFix(it),
			l.programText(it.Denial)); text != "" {
			return thereFix(it, text)
		}
		if text := pidInTmp(it); text != "" && it.Denial.Verdict != diagnose.NowAllowed {
			return thereFix(it, text)
		}
		if text := l.elsewhere(it); text != "" {
			return thereFix(it, text)
		}
		if it.Fix.Way == incident.AllowRule || it.Fix.Way == incident.Boolean || it.Fix.Way == incident.InsteadOfRule {
			if text := sudoText(it.Denial, l.policy().TypeName(policy.TypeID(it.Denial.Source.Type))); text != "" {
				return text
			}
			if text := l.execmodText(it, it.Denial, ""); text != "" {
				return text
			}
		}
	}
	text := l.imageText(it)
	if text == "" && it.Denial != nil && it.Denial.Verdict == diagnose.StillDenied {
		text = l.ownLogText(it.Denial)
	}
	if text == "" && it.Denial != nil && it.Denial.ByHand != nil {
		text = l.byHandText(it.Denial.ByHand)
	}
	if text == "" {
		text = cmp.Or(l.newInRun(it), l.madeInside(it), l.accessText(it))
	}
	if text == "" {
		text = transitionText(it, l.wayText(it))
	}
	return l.permissiveFix(it, text)
}

// permissiveFix puts before a fix that nothing is stopped while a domain is permissive, and after it how the domain
// need no longer be.
func (l *Log) permissiveFix(it *incident.Finding, text string) string {
	if text == "" || !it.Fix.Permissive {
		return text
	}
	domain := l.policy().TypeName(policy.TypeID(it.Denial.Source.Type))
	after := words.Sprintf("; then the domain need not be permissive: %s", shell.New("semanage",
		"permissive").Option("-d", domain))
	if it.Whole != nil {
		return text + after
	}
	what := words.Sprintf("nothing is stopped while %s is permissive, as distributions have it for new domains, whose "+
		"rules come with updates", domain)
	if strings.HasPrefix(text, "none") {
		return what + "; " + text
	}
	return what + "; to be ready for enforcing mode: " + text + after +
		", if it was made so here (semanage permissive -l)"
}

// accessText returns the first fix of an access that is not about a port, in the words of senet
// fix; "" if another sentence says more.
func (l *Log) accessText(it *incident.Finding) string {
	if l.Access == nil || it.Fix.Way != incident.Boolean && it.Fix.Way != incident.AllowRule {
		return ""
	}
	x := l.Access(it)
	if x == nil || x.Allowed {
		return ""
	}
	f := x.First()
	switch {
	case f == nil && it.Denial.Harmless && it.Denial.Leftover == "" && x.Leftover != "":
		return harmless // not even a domain for the service changes it
	case f == nil && hidden(it) && !object.LoginFiles(x.target()) &&
		(it.Denial.Class != "file" || x.dangerous()): // the label of a file may be wrong
		return hiddenRefusal + x.Unfit()
	case f == nil && it.Denial.Optional && it.Denial.Noted(diagnose.NoteInherited): // what started it left it open
		return optional + "; else " + x.Unfit()
	case f == nil:
		return x.Unfit()
	case f.Kind == object.Rule || f.Kind == object.Interfaces || f.Kind == object.Mode:
		return ""
	}
	if it.Denial.Optional && f.Kind == object.Restore && !f.Works {
		return words.Sprintf("%s; with the label of file_contexts (%s) it is refused as well", optional, f.Type)
	}
	if f.If != "" {
		return x.assumedText(f)
	}
	if f.Kind == object.Restore && !f.Works && f.Type != "" {
		if text := l.writtenText(it); text != "" {
			return text
		}
		return x.restoredText(f)
	}
	if f.Kind == object.Volume {
		return volumeText(x.target(), f)
	}
	if text := x.placeListed(f); text != "" {
		return text
	}
	effect := x.effect(f)
	switch {
	case f.Type == "bin_t" || f.Type == "lib_t": // it is for all to run
		effect = strings.Join(x.Meaning(f), "; ")
	case f.Kind == object.Relabel:
		effect = strings.Join(x.Meaning(f), "; ") + "; " + others(len(f.Gain), "gain") + ", " +
			others(len(f.Lose), "lose")
	}
	if f.Kind == object.Boolean {
		effect = x.switchedEffect(f, effect)
	}
	text := words.Sprintf("%s: %s (%s)", x.Title(f), effect, x.degree(f))
	if f.Kind == object.Boolean {
		text = x.carriedFirst(it) + text
	}
	switch {
	case f.Kind != object.Boolean:
	case it.Denial.Optional:
		text = optional + "; else " + text
	case x.Query.Class == "process" && slices.Contains(x.Query.Perms, "execmem"):
		text = withoutCode + "; else " + text
	}
	for _, c := range x.Commands(f) {
		text += words.Sprintf("; %s", c)
	}
	if f.Wide() && object.IsFile(x.Query.Class) && !x.homely() {
		text += words.Sprintf("; it opens most files of the system to %s: a rule for %s alone opens less (senet why "+
			"--allow writes it)", x.subject(), x.target())
	}
	text += x.logDirectory(f) + l.portlessMore(it.Denial)
	if f.Kind == object.Boolean && x.OthersData {
		text = othersLabelFirst + text
	}
	if f.Kind == object.Relabel && it.Denial.File != nil && it.Denial.File.Path == "" && !x.Problem.Lost {
		switch target := x.target(); {
		case x.homely():
			text = ownLabelFirst + text
		case (target == "tmp_t" || target == "user_tmp_t") && it.Denial.Class == "file" && it.AVC != nil &&
			it.AVC.Dev != "tmpfs":
			text = ownLabelOfTmp + text
		}
	}
	return text
}

// restoredText is the fix of a file whose label is to be put right, which then lacks something else.
func (x *AccessFixes) restoredText(f *object.Fix) string {
	text := words.Sprintf("%s first", x.Title(f))
	for _, c := range x.Commands(f) {
		text += words.Sprintf(": %s", c)
	}
	target := x.Problem.Target
	typ, ok := x.Policy.Type(f.Type)
	if !ok {
		return text
	}
	target.Type = uint32(typ)
	var more *access.Reason
	check := access.NewDecider(x.Policy).Check(x.Problem.Source, target, x.Problem.Class, x.Problem.Perms...)
	for i := range check.Perms {
		if pc := &check.Perms[i]; !pc.Allowed && (more == nil || pc.Reason.Code == access.NoRule) {
			more = &pc.Reason
		}
	}
	switch {
	case object.IsPlace(f.Type):
		if object.IsVisitor(x.subject()) {
			return text + words.Sprintf("; it is the label of a place, with which the policy refuses it as well: then "+
				"the label that its own service has for such files (%s)", labelEntry(x.Problem.Files, "TYPE",
				path.Dir(x.Problem.Path)+"(/.*)?", ""))
		}
		return text + words.Sprintf("; it is the label of a place, with which the policy refuses it as well: then "+
			"another one for its directory (%s), or move it %s", labelEntry(x.Problem.Files, "TYPE",
			path.Dir(x.Problem.Path)+"(/.*)?", ""), x.whereOwn())
	case more != nil && more.Code == access.BoolOff && len(more.Switches) > 0:
		on := more.Switches[0]
		for _, s := range more.Switches {
			if name := x.Policy.BoolName(s[0].Bool); strings.HasSuffix(f.Type, "_script_exec_t") &&
				strings.Contains(name, "_cgi") {
				on = s
			}
		}
		return text + words.Sprintf("; then %s, without which it is refused as well: %s",
			Settings(x.Policy, on, " and "), shell.New("setsebool", "-P").With(SettingArgs(x.Policy, on)))
	}
	return text + words.Sprintf("; this policy refuses %s that label as well: that of its host may have another one "+
		"for the path; if not, a rule for %s and %s (senet why --allow of the next record)", x.subject(), x.subject(),
		f.Type)
}
