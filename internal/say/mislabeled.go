package say

import (
	"path"

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
