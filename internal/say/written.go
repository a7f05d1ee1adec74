package say

import (
	"path"
	"regexp"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/object"
)

// writtenAs returns the label for a file that a service is to write, where it may only read with that which
// file_contexts has for the path; label is that one, and from its line.
func (l *Log) writtenAs(d *diagnose.Diagnosis, source policy.Context) (w *object.Written, label, from string) {
	if d.File == nil || d.File.Path == "" || source.Type == 0 || l.Decider == nil {
		return nil, "", ""
	}
	text, from := l.Report.LabelAt(d.File.Path, d.Class)
	c, err := l.policy().ParseContext(text)
	if err != nil {
		return nil, "", ""
	}
	return object.WrittenAs(l.Decider, source, c, d.Class, d.Permissions), audit.ContextType(text), from
}

// writtenText is the fix of a file that a service is to write, below a directory of what it only reads: restorecon
// alone would give it a label with which it is refused as well; "" for others.
func (l *Log) writtenText(it *incident.Finding) string {
	d := it.Denial
	source := d.Source
	if source.Type == 0 && it.AVC != nil { // the policy lacks the label alone
		source, _ = l.policy().ParseContext(it.AVC.SContext)
	}
	w, label, from := l.writtenAs(d, source)
	if w == nil {
		return ""
	}
	who := l.policy().TypeName(policy.TypeID(source.Type))
	name, spec, restore := d.File.Path, regexp.QuoteMeta(d.File.Path), shell.New("restorecon", "-v")
	if d.Class == "dir" {
		spec, restore = spec+"(/.*)?", shell.New("restorecon", "-R", "-v")
	}
	return words.Sprintf("the label for what is written there: by %s %s is to be %s, with which %s may only read it; "+
		"if %s is to write it: %s; %s%s", from, name, label, who, who, labelEntry(l.Report, w.Type, spec, ""),
		restore.Arg(path.Clean(name)), switchThen(l.policy(), w))
}

// switchThen names the booleans that a label for what is written needs as well, "" for none.
func switchThen(p *policy.Policy, w *object.Written) string {
	if len(w.Switches) == 0 {
		return ""
	}
	return words.Sprintf("; %s, without which this policy refuses that label too",
		shell.New("setsebool", "-P").With(SettingArgs(p, w.Switches)))
}
