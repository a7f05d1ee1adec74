package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// thereFix adds to a first step what the text has of the policy of its host: that policy answers what this one cannot.
func thereFix(it *incident.Finding, text string) string {
	v, d := it.There, it.Denial
	if v == nil || text == "" {
		return text
	}
	switch v.Kind {
	case audit.AnswerAllowed:
		text = strings.TrimPrefix(text, "if it is still refused there: ")
		update := "update the policy there; else "
		if d.Instead == diagnose.InsteadOne {
			update = "update container-selinux there; else "
		}
		if strings.Contains(text, "update ") {
			update = ""
		}
		return words.Sprintf("see whether it comes again: the policy that is loaded there allows it, by the text; if "+
			"it does, %s%s", update, text)
	case audit.AnswerDontAudit:
		return "none, unless something fails by it: the policy there has a dontaudit rule for it, by the text"
	case audit.AnswerConstraint:
		if d.Step == diagnose.StepLevel || d.Step == diagnose.StepCategories ||
			d.Instead == diagnose.InsteadConstraint {
			return text
		}
		return "no allow rule helps: by the text a constraint refuses it there; compare users, roles and levels of " +
			"both ends (ps -Z, ls -Z), or give the domain the attribute that the constraint names"
	case audit.AnswerRole:
		return "a role allow rule there, by the text; no rule between types helps"
	case audit.AnswerBoolean:
		return thereBoolean(it, text)
	}
	return text
}

// thereBoolean adds the booleans that the text names. They come after a label to put right, and are no answer where
// even a rule is none.
func thereBoolean(it *incident.Finding, text string) string {
	v, d := it.There, it.Denial
	if len(v.Booleans) == 0 || strings.HasPrefix(text, "none") && d.Instead != "" {
		return text
	}
	var list []string
	for _, name := range v.Booleans {
		list = append(list, shell.New("setsebool", "-P", name, "on").String())
	}
	names := strings.Join(list, " or ")
	switch d.Step {
	case diagnose.StepAsk, diagnose.StepPort, diagnose.StepCode, diagnose.StepOwn, diagnose.StepBus,
		diagnose.StepSocket, diagnose.StepMount, diagnose.StepOthers:
		if d.Instead != "" {
			break
		}
		if len(v.Booleans) == 1 {
			return words.Sprintf("%s there, which the text names, if the access is intended: it is for all that the "+
				"boolean is for; else %s", names, text)
		}
		return words.Sprintf("one of the booleans that the text names, if the access is intended (%s), the one that "+
			"is for the least; else %s", names, text)
	}
	return words.Sprintf("%s; the text names %s there, which would be for all that the boolean is for", text, names)
}

// thereNote says where the text has another answer of the policy of its host than this policy gives, "" where it has
// none.
func (l *Log) thereNote(it *incident.Finding) string {
	v, d := it.There, it.Denial
	if v == nil || d.Verdict == diagnose.UnknownHere {
		return ""
	}
	refused := d.Refused()
	denied := d.Verdict == diagnose.StillDenied || d.Verdict == diagnose.OnlyLogged
	switch v.Kind {
	case audit.AnswerAllowed:
		if denied {
			return "by the text the policy that was loaded there allows it: it is another than this one, and what " +
				"comes again there decides"
		}
	case audit.AnswerNoRule:
		if d.Verdict == diagnose.NowAllowed {
			return "by the text an allow rule was missing in the policy there: it is another than this one, or older"
		}
	case audit.AnswerConstraint:
		if denied && refused != nil && refused.Reason.Code != access.Constrained {
			return "by the text a constraint refuses it in the policy there, where no allow rule helps; in this one " +
				"it is no constraint"
		}
	case audit.AnswerBoolean:
		names := strings.Join(v.Booleans, " or ")
		switch {
		case names == "" || v.Suggested && d.Instead != "":
		case d.Verdict == diagnose.NowAllowed && !v.Suggested:
			return words.Sprintf("by the text the boolean %s refused it there; this policy allows it", names)
		case denied && !l.switched(it, v.Booleans):
			return words.Sprintf("the text names the boolean %s of the policy there; in this one it does not allow "+
				"this", names)
		}
	}
	return ""
}

// switched reports whether one of the booleans is among those that would allow a finding.
func (l *Log) switched(it *incident.Finding, names []string) bool {
	for _, settings := range it.Switches {
		for _, s := range settings {
			if slices.Contains(names, l.policy().BoolName(s.Bool)) {
				return true
			}
		}
	}
	return false
}
