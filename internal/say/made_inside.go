package say

import (
	"cmp"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// madeInside is the fix of what a process makes in a directory that gets its own label again by the fix of another
// finding: what is new has its label from there. It is "" for others.
func (l *Log) madeInside(it *incident.Finding) string {
	a := it.AVC
	if a == nil || !a.Has("create") || a.Path != "" || a.TClass == "dir" || l.Access == nil {
		return ""
	}
	for i := range l.Report.Findings {
		other := &l.Report.Findings[i]
		b := other.AVC
		if b == nil || other == it || b.TClass != "dir" || b.PID != a.PID || !b.Has("write") && !b.Has("add_name") ||
			audit.ContextType(b.SContext) != audit.ContextType(a.SContext) ||
			audit.ContextType(b.TContext) != audit.ContextType(a.TContext) {
			continue
		}
		x := l.Access(other)
		if x == nil || x.First() == nil || x.First().Kind != object.Restore {
			continue
		}
		return words.Sprintf("none of its own: it is made in %s, whose fix is for it as well, as what is new gets its "+
			"label by that of its directory", cmp.Or(x.Problem.Path, x.First().If, b.Name))
	}
	return ""
}
