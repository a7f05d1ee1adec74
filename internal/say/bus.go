package say

import (
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// busThere says what to do about a message on D-Bus on the host of a log: who calls wants an answer, so that one
// direction alone is no use.
func busThere(a *audit.AVC, source, target string) string {
	also := "else, if something fails by it, a rule"
	if diagnose.IsReply(a) { // somebody waits for it
		also = "until then a module"
	}
	return words.Sprintf("an update of the policy there; %s for both directions, %s to %s and %s to %s (senet why "+
		"--allow there)", also, source, target, target, source)
}

// bothDirections adds the other direction to a fix that is a rule for a message on D-Bus.
func (l *Log) bothDirections(it *incident.Finding, text string) string {
	if l.Report.Log.Says(audit.RemarkWorksOff) == 0 {
		text = wayOfSearch(it, text)
	}
	d := it.Denial
	if d == nil || it.AVC == nil || d.Class != "dbus" || !it.AVC.Has("send_msg") || d.Source.Type == 0 ||
		!strings.Contains(text, "allow rule") || strings.Contains(text, "no allow rule") ||
		strings.Contains(text, "direction") {
		return text
	}
	source := l.policy().TypeName(policy.TypeID(d.Source.Type))
	target := l.policy().TypeName(policy.TypeID(d.Target.Type))
	if source == target {
		return text
	}
	if diagnose.IsReply(it.AVC) && strings.HasPrefix(text, "an allow rule, if the access is intended") {
		text = "an update of the policy, which may have the rule; until then an allow rule (--allow writes it and " +
			"says what it opens)"
	}
	back := access.NewDecider(l.policy()).Check(d.Target, d.Source, "dbus", "send_msg")
	if back.Allowed() {
		return text + words.Sprintf("; both directions are needed, and the policy allows the other one, %s to %s",
			target, source)
	}
	return text + words.Sprintf("; both directions are needed: allow %s %s:dbus send_msg as well", target, source)
}
