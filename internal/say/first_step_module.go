package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// askText says what to do first where no name tells more: what is no file has no label to put right, and where the
// label of a file is right it is the policy of that host that lacks a rule. Where this policy lacks a type, the rule is
// one of the module that has it.
func (l *Log) askText(it *incident.Finding, source, target string) string {
	d := it.Denial
	text := ""
	switch {
	case d.File != nil && d.File.Right != "":
		return words.Sprintf("the label is right by the file_contexts of this policy (%s): %s", d.File.Right,
			updateThere)
	case d.File == nil && !object.IsFile(d.Class), d.Class == "dir" && slices.Contains(d.Permissions, "mounton"):
		return updateThere // the label of a mount point is right as a rule
	case lacks(d, target):
		text = l.typeOfModule(d, source, target)
		if d.File != nil && d.File.Here != "" {
			text = words.Sprintf("the label first: by %s %s is to be %s, which %s may use so; if %s (with -n it only "+
				"tells) changes nothing there, %s", d.File.From, d.File.Path, d.File.Here, source,
				shell.New("restorecon", "-v").Arg(d.File.Path), text)
		}
	case lacks(d, source):
		right := ""
		if d.File != nil {
			right = words.Sprintf(" if %s is the right label (%s there tells)", target,
				shell.New("restorecon", "-n", "-v", "FILE"))
		}
		text = words.Sprintf("%s, which is to have the rule%s: update it, %s", l.ofModule(source), right, reportIt)
	default:
		return updateThere
	}
	if it.OnlyLogged == it.Count {
		return "nothing was stopped there (permissive); for enforcing mode: " + text
	}
	return text
}

// reportIt ends what is to be done where a module lacks a rule.
const reportIt = "and report it if the newest lacks the rule; until then a module there, if the access is intended " +
	"(senet why --allow there)"

// typeOfModule says what to do where this policy lacks the type of a file, and perhaps the domain as well.
func (l *Log) typeOfModule(d *diagnose.Diagnosis, source, target string) string {
	if lacks(d, source) {
		return words.Sprintf("%s, and so is %s; one of the two is to have the rule: update them, %s",
			l.ofModule(target), source, reportIt)
	}
	return words.Sprintf("%s, which is to have the rule for %s: update it, %s", l.ofModule(target), source, reportIt)
}

// ofModule says of a type that the policy lacks where it comes from.
func (l *Log) ofModule(typ string) string {
	if name, _ := packageOf([]diagnose.Gap{{Kind: diagnose.NoType, Name: typ}}); name != "" {
		return words.Sprintf("the type %s is as a rule of the package %s", typ, name)
	}
	if l.hasRelated(typ) {
		return words.Sprintf("the type %s is of another version of this policy, or of a module that it lacks", typ)
	}
	return words.Sprintf("the type %s is of a module that this policy lacks (%s lists those there), as a rule that of "+
		"the program's package for SELinux or of its vendor", typ, shell.New("semodule", "-lfull"))
}

// hasRelated reports whether the policy has types whose names begin with the same word.
func (l *Log) hasRelated(typ string) bool {
	word, _, _ := strings.Cut(typ, "_")
	p := l.policy()
	for id := range p.Types() {
		if strings.HasPrefix(p.TypeName(id), word+"_") {
			return true
		}
	}
	return false
}

// lacks reports whether the policy lacks a type.
func lacks(d *diagnose.Diagnosis, typ string) bool {
	return slices.ContainsFunc(d.Missing, func(g diagnose.Gap) bool {
		return g.Kind == diagnose.NoType && g.Name == typ
	})
}
