package say

import (
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
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// tryAgain ends a sentence about a remedy that the text has as done.
const tryAgain = "try again, as the record may be older"

// doneFix says of a first fix that the text has it as done already, how to check that, and what comes next.
func (l *Log) doneFix(it *incident.Finding, text string) string {
	if len(l.Report.Log.Done) == 0 || text == "" || strings.HasPrefix(text, "none") {
		return text
	}
	if it.Denial == nil {
		return l.doneComplaint(it, text)
	}
	for _, done := range [...]func(*incident.Finding, string) string{l.doneRule, l.doneBoolean, l.doneRestore,
		l.doneEntry,
		l.donePort, l.doneModule} {
		if with := done(it, text); with != "" {
			return with
		}
	}
	return text
}

// doneComplaint is doneFix for what a program complains of, which SELinux need not be the cause of.
func (l *Log) doneComplaint(it *incident.Finding, text string) string {
	for _, list := range it.Switches {
		if done := l.settingsDone(list); done != nil {
			return words.Sprintf("%s is done by the text (line %d), with which this policy allows it: %s; else %s",
				Settings(l.policy(), list, " and "), done.Line, tryAgain, text)
		}
	}
	if it.Symptom == nil || it.Symptom.File == nil {
		return text
	}
	s := it.Event.Symptom
	if s == nil || s.Path == "" || l.Report.Log.RestoreDone(s.Path) == nil {
		return text
	}
	return words.Sprintf("by the text restorecon is done (line %d): %s shows the label now; %s",
		l.Report.Log.RestoreDone(s.Path).Line, shell.New("ls", "-Zd").Arg(s.Path), text)
}

// doneRule is doneFix for a rule of an Android module.
func (l *Log) doneRule(it *incident.Finding, text string) string {
	if !it.Denial.Android || it.AVC == nil {
		return ""
	}
	done := l.Report.Log.RuleDone(it.AVC)
	if done == nil {
		return ""
	}
	return words.Sprintf("the text has a rule for this (line %d); the rules in sepolicy.rule are loaded at the start "+
		"of the device, from the top directory of a module: restart it and %s; else %s", done.Line, tryAgain, text)
}

// doneBoolean is doneFix for booleans.
func (l *Log) doneBoolean(it *incident.Finding, text string) string {
	settings := it.Switches
	if there := l.settingsThere(it.Denial); there != nil {
		settings = append(slices.Clone(settings), there)
	}
	for _, list := range settings {
		done := l.settingsDone(list)
		if done == nil || it.Fix.Way == incident.Relabel {
			continue
		}
		check := shell.New("getsebool")
		for _, s := range list {
			check = check.Arg(l.policy().BoolName(s.Bool))
		}
		head := words.Sprintf("%s is done by the text (line %d): if %s shows it so, this policy allows it: %s",
			Settings(l.policy(), list, " and "), done.Line, check, tryAgain)
		if done.Shown {
			head = words.Sprintf("by the text %s holds there (line %d), and this policy then allows it: %s",
				Settings(l.policy(), list, " and "), done.Line, tryAgain)
		}
		if l.setsLabel(it) || it.Denial.Verdict == diagnose.NowAllowed {
			return head + "; " + strings.Replace("if it is still refused there: "+
				strings.TrimPrefix(text, "if it is still refused there: "), "there: ", "then: ", 1)
		}
		return head + "; if it is refused again, the policy there is another one: " + askThere
	}
	return ""
}

// settingsDone returns where the text has the last of some settings, nil if it lacks one.
func (l *Log) settingsDone(list []policy.BoolSetting) (done *audit.Done) {
	for _, s := range list {
		if done = l.Report.Log.BooleanDone(l.policy().BoolName(s.Bool), s.On); done == nil {
			return nil
		}
	}
	return done
}

// setsLabel reports whether the first fix is a label for a file or a port.
func (l *Log) setsLabel(it *incident.Finding) bool {
	if b := it.Fix.Best; b != nil {
		return b.Kind == remedy.Label || b.Kind == remedy.OwnType
	}
	x := l.access(it)
	if x == nil || x.First() == nil {
		return false
	}
	k := x.First().Kind
	return k == object.Restore || k == object.Relabel || k == object.Alike
}

// doneRestore is doneFix for restorecon.
func (l *Log) doneRestore(it *incident.Finding, text string) string {
	if !strings.Contains(text, "restorecon") && !strings.Contains(text, "setfiles") || it.Denial.File == nil {
		return ""
	}
	f := it.Denial.File
	done := l.Report.Log.RestoreDone(f.Path)
	if done == nil {
		return ""
	}
	if f.Path == "" {
		return words.Sprintf("by the text restorecon is done (line %d): if the file was below its path, ls -Z shows "+
			"its label now, and another one than before means: %s; else %s", done.Line, tryAgain, text)
	}
	list := shell.New("ls", "-Zd").Arg(f.Path)
	restore := shell.New("restorecon", "-v")
	if f.Customizable {
		restore = restore.Flag("-F")
	}
	restore = restore.Arg(f.Path)
	switch step := it.Denial.Step; {
	case f.Wanted != "":
		typ := audit.ContextType(f.Wanted)
		return words.Sprintf("the label is wrong, and by the text restorecon is done (line %d): if %s shows %s, %s; "+
			"if not, and %s changes nothing, file_contexts there has another label for the path than %s: %s, then "+
			"restorecon again", done.Line, list, typ, tryAgain, restore, f.From,
			shell.New("semanage", "fcontext", "-a").Option("-t", typ).Arg(f.Path))
	case step == diagnose.StepLabel, step == diagnose.StepHome, step == diagnose.StepPlace:
		return words.Sprintf("by the text restorecon is done (line %d): if %s shows another label than the record, "+
			"%s; if not, file_contexts there has this label for the path: %s with a type that %s may use, then %s",
			done.Line,
			list, tryAgain, shell.New("semanage", "fcontext", "-a", "-t", "TYPE").Arg(f.Path), sourceOf(it), restore)
	}
	return ""
}

// doneEntry is doneFix for an entry of file_contexts.
func (l *Log) doneEntry(it *incident.Finding, text string) string {
	f := it.Denial.File
	if f == nil || f.Path == "" {
		return ""
	}
	done := l.Report.Log.EntryDone(f.Path)
	if done == nil || done.Type == "" {
		return ""
	}
	allowed, known := l.allowsWith(it.Denial, done.Type)
	if !known || done.Type == l.policy().TypeName(policy.TypeID(it.Denial.Target.Type)) {
		return ""
	}
	with, set := "it", ""
	if x := l.access(it); !allowed && x != nil && x.First() != nil && x.First().Type == done.Type && x.First().Works {
		allowed = true
		with = "it and " + Settings(l.policy(), x.First().Bools, " and ")
		set = words.Sprintf("%s; ", shell.New("setsebool", "-P").With(SettingArgs(l.policy(), x.First().Bools)))
	}
	if !allowed {
		return text + words.Sprintf("; with %s of the text (line %d) the policy refuses it as well", done.Type,
			done.Line)
	}
	return words.Sprintf("the text has semanage fcontext with %s as done (line %d), which changes no file by itself: "+
		"if %s does not show it, %s; %swith %s this policy allows it: %s", done.Type, done.Line,
		shell.New("ls", "-Zd").Arg(f.Path), shell.New("restorecon", "-R", "-v").Arg(path.Dir(f.Path)), set, with,
		tryAgain)
}

// donePort is doneFix for a label of a port.
func (l *Log) donePort(it *incident.Finding, text string) string {
	d := it.Denial
	done := l.Report.Log.PortDone(string(d.Protocol), d.Port)
	if done == nil {
		return ""
	}
	if allowed, known := l.allowsWith(d, done.Type); !known || !allowed {
		return ""
	}
	return words.Sprintf("%s for %s/%d is done by the text (line %d), and with it this policy allows it: if %s lists "+
		"it, %s; else %s", done.Type, d.Protocol, d.Port, done.Line, shell.New("semanage", "port", "-l", "-C"),
		tryAgain,
		text)
}

// allowsWith reports whether the policy has a type, and whether it allows an access to an object of that type.
func (l *Log) allowsWith(d *diagnose.Diagnosis, name string) (allowed, known bool) {
	typ, known := l.policy().Type(name)
	if !known || d.Source.Type == 0 {
		return false, false
	}
	target := d.Target
	target.Type = uint32(typ)
	check := access.NewDecider(l.policy()).Check(d.Source, target, d.Class, d.Permissions...)
	return check.Allowed(), true
}

// doneModule is doneFix for a module where a rule is offered.
func (l *Log) doneModule(it *incident.Finding, text string) string {
	done := l.Report.Log.ModuleDone()
	if done == nil || it.AVC == nil || !strings.Contains(text, "--allow") {
		return ""
	}
	search := shell.New("sesearch", "-A").Option("-s", audit.ContextType(it.AVC.SContext)).
		Option("-t", audit.ContextType(it.AVC.TContext)).Option("-c", it.AVC.TClass).
		Option("-p", strings.Join(it.AVC.Permissions, ","))
	return words.Sprintf("a module is loaded by the text (%s, line %d): if %s finds a rule there, %s; else %s",
		done.Name,
		done.Line, search, tryAgain, text)
}

// doneNote says that a domain which the text made permissive is to be enforced again.
func (l *Log) doneNote(it *incident.Finding) string {
	if it.AVC == nil {
		return ""
	}
	domain := audit.ContextType(it.AVC.SContext)
	done := l.Report.Log.PermissiveDone(domain)
	if done == nil {
		return ""
	}
	return words.Sprintf("%s is permissive by the text (line %d): undo that when this is fixed: %s", domain, done.Line,
		shell.New("semanage", "permissive").Option("-d", domain))
}
