package say

import (
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// today describes today's verdict; more is what follows where it was not said of a finding before.
func (l *Log) today(it *incident.Finding) (text, more string) {
	d := it.Denial
	switch d.Verdict {
	case diagnose.StillDenied:
		return "still denied", ""
	case diagnose.NowAllowed:
		if d.Blocked() {
			return "this check is granted now, but other checks of the operation are not", ""
		}
		if l.changedSince(it) {
			return "allowed: the policy or a boolean was changed at " + stamp(l.Report.Log.Changed) +
				", after the last of these", ""
		}
		return "allowed: since then the policy, a boolean or a label has changed, or the log is from a host with " +
			"another policy", ""
	case diagnose.OnlyLogged:
		return "refused by the policy, and only logged: " + l.policy().TypeName(policy.TypeID(d.Source.Type)) +
			" is permissive", ""
	case diagnose.NotAsked:
		return "not asked on this host", ""
	}
	if len(d.Missing) == 0 {
		return "not known", ""
	}
	for _, gap := range d.Missing {
		if gap.Kind == diagnose.Garbled {
			return "not known: " + Gap(gap), ""
		}
	}
	switch d.Missing[0].Kind {
	case diagnose.Cut, diagnose.IsAttribute:
		return "not known: " + Gap(d.Missing[0]), ""
	}
	text = "not known: the policy does not have " + strings.Join(Gaps(d.Missing), ", nor ")
	switch {
	case d.Image && d.Android:
		return text, "; this is the policy of another system (adb pull /sys/fs/selinux/policy, as a rule as root, " +
			"gets that of the device, and --policy asks it)"
	case d.Image:
		return text, "; this is the policy of another system (--policy FILE asks another)"
	}
	if name, typ := packageOf(d.Missing); name != "" {
		return text, words.Sprintf("; %s comes with the package %s as a rule, which an update of it there may put "+
			"right (--policy FILE asks the policy of a host that has it)", typ, name)
	}
	return text + "; the log is from a host with another policy, or a module was removed (--policy FILE asks " +
		"another)", ""
}

// thenGroups groups checks that differ only in the permission.
func thenGroups(also []network.LayerAnswer) [][]network.LayerAnswer {
	var groups [][]network.LayerAnswer
	for i, l := range also {
		if i > 0 && alike(&also[i-1], &l) {
			groups[len(groups)-1] = append(groups[len(groups)-1], l)
			continue
		}
		groups = append(groups, []network.LayerAnswer{l})
	}
	return groups
}

func alike(x, y *network.LayerAnswer) bool {
	return x.Layer == y.Layer && x.Class == y.Class && x.SourceContext.Type == y.SourceContext.Type &&
		x.TargetContext.Type == y.TargetContext.Type &&
		x.Check.Reason.Code == y.Check.Reason.Code &&
		(len(x.Check.Reason.DontAudit) > 0) == (len(y.Check.Reason.DontAudit) > 0)
}

// then lists the other refused checks of the operation.
func (l *Log) then(d *diagnose.Diagnosis, group []network.LayerAnswer) string {
	x := &group[0]
	source, object := l.policy().TypeName(policy.TypeID(x.SourceContext.Type)),
		l.policy().TypeName(policy.TypeID(x.TargetContext.Type))
	if source == object && l.policy().FormatContext(x.SourceContext) == l.policy().FormatContext(x.TargetContext) {
		object = "self"
	}
	perms := make([]string, len(group))
	for i := range group {
		perms[i] = group[i].Perm
	}
	text := words.Sprintf("%s is refused too: %s %s:%s %s [%s]", x.Layer, source, object, x.Class, Perms(perms),
		x.Check.Reason.Code)
	switch {
	case x.Permissive:
		text += ", only logged (permissive)"
	case len(x.Check.Reason.DontAudit) > 0:
		text += ", and not logged: a dontaudit rule hides it"
	}
	if x.Layer == network.LayerNode && !d.Addr.IsValid() {
		text += " (for 0.0.0.0: the record does not say the address)"
	}
	return text
}
