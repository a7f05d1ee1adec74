package say

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/object"
)

// nextText says what the kernel asks after a refused access, which a rule needs as well; "" for nothing more.
func (l *Log) nextText(d *diagnose.Diagnosis) string {
	if l.Decider == nil || d.Source.Type == 0 || d.Target.Type == 0 {
		return ""
	}
	if d.Class == "fifo_file" && d.Noted(diagnose.NoteInherited) { // it is open already
		return ""
	}
	same, files := object.Next(l.Decider, d.Source, d.Target, d.Class, d.Permissions)
	text := strings.Join(same, ", ")
	if len(files) > 0 {
		if text != "" {
			text += ", and "
		}
		text += strings.Join(files, ", ") + " on the files there"
	}
	if text == "" {
		return ""
	}
	return words.Sprintf("what it asks next is refused as well (%s); ", text)
}

// logUnplaced reports whether a fix labels a log of which only the name is known: the label is to be that of its
// directory, which new and rotated files get.
func (x *AccessFixes) logUnplaced(f *object.Fix) bool {
	return f.Kind == object.Relabel && object.IsLog(f.Type) && x.Query.Class == "file" && x.Problem.Path == "" &&
		f.If == ""
}

// logDirectory says what the directory of a log has to do with its label, "" where the fix labels the whole directory.
func (x *AccessFixes) logDirectory(f *object.Fix) string {
	switch {
	case f.Kind != object.Relabel || !object.IsLog(f.Type) || x.Query.Class != "file":
		return ""
	case x.logUnplaced(f):
		return "; it is for the directory of the logs, if that is for them alone: new and rotated files get its " +
			"label, and who rotates them writes there; else have the log written to a directory below /var/log"
	case f.Place(x.Problem.Path, x.Query.Class, nil).Files == "--":
		return "; new files get the label of the directory, where who rotates logs is to write as well: a directory " +
			"of its own for them is better, below /var/log as a rule"
	}
	return ""
}

// ownLogText says what to do where a service is to remove or rename its own logs, or to write over them; "" for others,
// and where this policy lets it. Many policies let services append alone, so that none can take back what it logged.
func (l *Log) ownLogText(d *diagnose.Diagnosis) string {
	if d.Source.Type == 0 || d.Target.Type == 0 || l.Decider == nil {
		return ""
	}
	label := object.Rotates(l.Decider, d.Source, d.Target, d.Class, d.Permissions)
	if _, files := object.Next(l.Decider, d.Source, d.Target, d.Class, d.Permissions); label == "" ||
		d.Verdict == diagnose.NowAllowed && len(files) == 0 {
		return ""
	}
	then := ""
	if w, _, _ := l.writtenAs(d, d.Source); w != nil { // below a web root: that for what is written there
		label, then = w.Type, switchThen(l.policy(), w)
	}
	source := l.policy().TypeName(policy.TypeID(d.Source.Type))
	target := l.policy().TypeName(policy.TypeID(d.Target.Type))
	dir := "DIR"
	if d.File != nil && path.IsAbs(d.File.Path) && strings.Count(d.File.Path, "/") > 3 {
		dir = path.Dir(d.File.Path)
		if d.Class == "dir" {
			dir = d.File.Path
		}
	}
	first := ""
	if d.Class == "file" && slices.Contains(d.Permissions, "write") {
		if check := l.Decider.Check(d.Source, d.Target, "file", "append", "open"); check.Allowed() {
			first = words.Sprintf("have the program open its log to append, which the policy allows %s, not to write "+
				"over it; else ", source)
		}
	}
	return first + words.Sprintf("give the directory of the logs that the program rotates itself, and no other, the "+
		"label of its data: %s; %s%s; or have logrotate rotate them: %s may only append to its own logs, so that what "+
		"it logged stays, and a rule would be for all labelled %s",
		labelEntry(l.Report, label, dir+"(/.*)?", ""),
		shell.New("restorecon", "-R", "-v").Arg(dir), then, source, target)
}
