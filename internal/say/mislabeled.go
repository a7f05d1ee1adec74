package say

import (
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// pluginFix is the first fix of a file whose right label setroubleshoot names, by the file_contexts of its host; "" for
// other files, and where file_contexts here says the same.
func (l *Log) pluginFix(it *incident.Finding) string {
	m, d := &l.Report.Log.Stats.Mislabeled, it.Denial
	if it.Symptom != nil {
		return l.pluginFixOfReport(it)
	}
	if m.Type == "" || d == nil || it.AVC == nil || d.File == nil || d.Needless ||
		audit.ContextType(it.AVC.TContext) == m.Type || audit.ContextType(d.File.Wanted) == m.Type {
		return ""
	}
	file := it.AVC.Path
	if file == "" && it.AVC.Name == path.Base(m.Path) {
		file = m.Path
	}
	if file != m.Path {
		return ""
	}
	text := words.Sprintf("the label is wrong: by setroubleshoot file_contexts there has %s for %s: %s", m.Type, m.Path,
		shell.New("restorecon", "-v").Arg(m.Path))
	switch allowed, known := l.allowsWith(d, m.Type); {
	case d.Verdict == diagnose.UnknownHere || allowed:
	case known:
		text += words.Sprintf("; this policy refuses %s that label as well: if it is so there, give the next "+
			"record to senet why", sourceOf(it))
	default:
		text += words.Sprintf("; this policy does not have %s", m.Type)
	}
	return text
}

// pluginFixOfReport is the first fix of a report without labels: what setroubleshoot found by the file_contexts of its
// host is a fact about that host, which this policy's file_contexts does not change. It is "" for other files.
func (l *Log) pluginFixOfReport(it *incident.Finding) string {
	m, s := &l.Report.Log.Stats.Mislabeled, it.Event.Symptom
	if m.Type == "" || s.Asked == "" || path.Clean(s.Path) != m.Path {
		return ""
	}
	text := words.Sprintf("the file has lost its label: by setroubleshoot file_contexts there has %s for %s: %s; if "+
		"it loses it again, what makes the file there is the cause", m.Type, m.Path,
		shell.New("restorecon", "-v").Arg(m.Path))
	if _, known := l.policy().Type(m.Type); !known {
		text += words.Sprintf("; the type is of a module there that this policy does not have, and so its own label " +
			"for the path does not count")
	}
	return text
}

// commentFirst puts first what a comment of audit2allow says of the file of its rule: that its label on that host is
// not the one that file_contexts has there. Who listens at a socket is not asked by its file.
func commentFirst(it *incident.Finding, text string) string {
	r := it.Event.Rule
	if r == nil || r.Path == "" || text == "" || strings.Contains(text, "restorecon") ||
		strings.HasPrefix(r.Class, "unix_") {
		return text
	}
	return words.Sprintf("the label first, as audit2allow says that it is wrong there: %s; if it is refused after "+
		"that: %s", shell.New("restorecon", "-R", "-v").Arg(r.Path), text)
}
