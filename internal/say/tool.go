package say

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// toolText says what to do about a tool of the system that ran in the domain of its caller, "" for others and where a
// label, a boolean or another step comes first.
func toolText(it *incident.Finding) string {
	d := it.Denial
	if d.Tool == nil || it.AVC == nil || d.Harmless || d.Needless || hidden(it) {
		return ""
	}
	switch d.Verdict {
	case diagnose.UnknownHere:
		switch d.Step {
		case diagnose.StepLeave, diagnose.StepAsk, diagnose.StepRule, diagnose.StepOwn, diagnose.StepOthers,
			diagnose.StepCapability, diagnose.StepPlace, diagnose.StepDirectory, diagnose.StepMode:
		default:
			return ""
		}
	case diagnose.StillDenied:
		if it.Fix.Way != incident.AllowRule && it.Fix.Way != incident.FileMode && it.Fix.Way != incident.Boolean {
			return ""
		}
	default:
		return ""
	}
	t, source := d.Tool, audit.ContextType(it.AVC.SContext)
	if t.Moves {
		return words.Sprintf("let it enter its domain: %s for %s (%s), and no no_new_privs and no nosuid for what "+
			"starts it; rules for %s are not needed then", shell.New("restorecon", "-v", "FILE"), t.Name, t.Label,
			source)
	}
	text := words.Sprintf("let systemd run %s in a unit, or update the policy, or report it: where %s is to run it "+
		"itself, a transition is missing, in a module domtrans_pattern(%s, %s, %s)", t.Name, source, source, t.Label,
		t.Domain)
	const parts = 4 // user, role, type, range
	if c := strings.SplitN(it.AVC.SContext, ":", parts); len(c) > 2 && c[1] != "system_r" {
		role := c[1]
		text += words.Sprintf(" and role %s types %s", role, t.Domain)
	}
	text += words.Sprintf("; rules for %s instead are for all that the tool does", source)
	if it.AVC.Has("relabelfrom") && !it.AVC.Has("relabelto") {
		text += words.Sprintf(" (allow %s %s:%s { relabelfrom relabelto })", source, audit.ContextType(it.AVC.TContext),
			d.Class)
	}
	return text
}
