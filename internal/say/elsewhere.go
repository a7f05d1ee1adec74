package say

import (
	"path"
	"regexp"
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

// elsewhere says what to do about an access that the policy grants, on a host that refused it; "" where this policy
// was changed after the last record, and where the question is about other values of booleans.
func (l *Log) elsewhere(it *incident.Finding) string {
	there := it.Denial.Elsewhere
	if there == nil || l.changedSince(it) || slices.Contains(l.PolicyAgain.Words(), "--bool") {
		return ""
	}
	text := l.fixThere(it, there)
	if there.Instead == diagnose.InsteadOne ||
		there.Instead == diagnose.InsteadDevice && l.booleanThere(it.Denial) == "" {
		text = "update container-selinux there, as this policy allows it; else " + text
	}
	if name := l.Report.Log.Prose.Hardened; name != "" && strings.Contains(text, "update the policy there") {
		text = words.Sprintf("the text names %s, and such a distribution may have a module of its own that refuses it "+
			"on purpose: look there first (%s); else %s", name, shell.New("semodule", "-lfull"), text)
	}
	switch {
	case text == "":
		return ""
	case it.OnlyLogged == it.Count:
		return "if enforcing mode refuses it there: " + text
	}
	return "if it is still refused there: " + text
}

// changedSince reports whether the log itself has a change of the policy after the last record of a finding.
func (l *Log) changedSince(it *incident.Finding) bool {
	return !it.Last.IsZero() && l.Report.Log.Changed.After(it.Last)
}

// fixThere is the first fix on the host that refused an access.
func (l *Log) fixThere(it *incident.Finding, there *diagnose.Diagnosis) string {
	finding := *it
	finding.Denial = there
	source, target := "", ""
	if it.AVC != nil {
		source, target = audit.ContextType(it.AVC.SContext), audit.ContextType(it.AVC.TContext)
	}
	if text := pidInTmp(it); text != "" {
		return text
	}
	boolean := l.booleanThere(it.Denial)
	update := words.Sprintf("update the policy there, as this one allows it; until then a module there, if %s is "+
		"to do so (senet why --allow there)", source)
	if text := l.execmodText(it, there, boolean); text != "" {
		return text
	}
	if there.Instead == diagnose.InsteadStack && boolean != "" {
		return stackText("at last " + boolean)
	}
	ownLog := l.ownLogText(it.Denial)
	switch {
	case there.Harmless || there.Needless:
	case boolean != "" && (there.Instead == diagnose.InsteadSudo && !there.Sudo.Drops ||
		there.Instead == diagnose.InsteadMount || there.Instead == diagnose.InsteadDevice):
		return boolean
	case ownLog != "":
		return ownLog
	case there.Instead != "":
	case there.Step == diagnose.StepMode && boolean == "" && !there.Harmless:
		return "update the policy there, as this one allows it; until then " + l.firstStep(&finding)
	case there.Step == diagnose.StepLeave && boolean != "":
		return optional + "; else " + boolean
	case there.Step == diagnose.StepLeave:
		return optional + "; else " + update
	case boolean != "" && there.Step == diagnose.StepHome:
		return l.firstStep(&finding) + "; where it is to stay in a home: " + boolean
	case boolean != "" && slices.Contains([]diagnose.Step{diagnose.StepAsk, diagnose.StepOwn, diagnose.StepOthers,
		diagnose.StepDomain, diagnose.StepRuns, diagnose.StepSocket, diagnose.StepPort, diagnose.StepMount,
		diagnose.StepCode, diagnose.StepBus, diagnose.StepCapability, diagnose.StepHomeDir}, there.Step):
		return boolean
	case there.Step == diagnose.StepPlace && l.namesTarget(it.Denial):
		name := "FILE"
		if f := it.Denial.File; f != nil && path.IsAbs(f.Path) {
			name = f.Path
		}
		text := words.Sprintf("update the policy there, as this one has a rule for %s with that label; else %s tells "+
			"whether the label is another one by the file contexts there", source,
			shell.New("restorecon", "-n", "-v").Arg(name))
		return text + l.dataThere(it.Denial)
	case there.Step == diagnose.StepAsk, there.Step == diagnose.StepRule, there.Step == diagnose.StepOthers,
		there.Step == diagnose.StepDomain, there.Step == diagnose.StepRuns, there.Step == diagnose.StepSocket:
		if f := it.Denial.File; f != nil && f.Right != "" {
			return words.Sprintf("%s is the right label (%s): %s", target, f.Right, update)
		}
		return update
	}
	return l.firstStep(&finding)
}

// dataThere is what comes last for a directory that has the label of its place: that of the service's own data.
func (l *Log) dataThere(d *diagnose.Diagnosis) string {
	typ := object.DataLabel(l.Decider, d.Source, d.Target)
	if d.File == nil || !path.IsAbs(d.File.Path) || d.Class != "dir" || typ == "" {
		return ""
	}
	return words.Sprintf("; if it is not, the label of its data for the directory: %s; %s",
		labelEntry(l.Report, typ, regexp.QuoteMeta(d.File.Path)+"(/.*)?", ""),
		shell.New("restorecon", "-R", "-v").Arg(d.File.Path))
}

// namesTarget reports whether rules without a condition grant all of an access that name the type of the object, and
// not an attribute that it has among many.
func (l *Log) namesTarget(d *diagnose.Diagnosis) bool {
	for i := range d.Checks {
		r := &d.Checks[i].Reason
		if r.Code != access.Granted || !slices.ContainsFunc(r.Rules, func(rule policy.Rule) bool {
			return rule.Cond == 0 && uint32(rule.Target) == d.Target.Type && !l.policy().IsAttribute(rule.Target)
		}) {
			return false
		}
	}
	return len(d.Checks) > 0
}

// booleanThere names the booleans by which alone the policy grants an access: where it is refused they have other
// values. It is "" where a rule without a condition grants it, and where the text has them as set.
func (l *Log) booleanThere(d *diagnose.Diagnosis) string {
	p := l.policy()
	settings := l.settingsThere(d)
	if len(settings) == 0 || l.settingsDone(settings) != nil {
		return ""
	}
	var names []string
	for _, s := range settings {
		names = append(names, words.Sprintf("%s is %s there", p.BoolName(s.Bool), OnOff(!s.On)))
	}
	return words.Sprintf("%s, as it seems: %s", strings.Join(names, " or "),
		shell.New("setsebool", "-P").With(SettingArgs(p, settings)))
}

// settingsThere returns the settings of booleans by which alone the policy grants an access, nil where a rule without a
// condition does.
func (l *Log) settingsThere(d *diagnose.Diagnosis) (settings []policy.BoolSetting) {
	p := l.policy()
	for i := range d.Checks {
		r := &d.Checks[i].Reason
		if r.Code != access.Granted || len(r.Rules) == 0 {
			return nil
		}
		var least []policy.BoolSetting
		for _, rule := range r.Rules {
			if rule.Cond == 0 {
				least = nil
				break
			}
			var these []policy.BoolSetting
			for id := range p.CondBools(rule.Cond).All() {
				these = append(these, policy.BoolSetting{Bool: id, On: p.BoolState(id)})
			}
			if least == nil || len(these) < len(least) {
				least = these
			}
		}
		for _, s := range least {
			if !slices.Contains(settings, s) {
				settings = append(settings, s)
			}
		}
	}
	return settings
}
