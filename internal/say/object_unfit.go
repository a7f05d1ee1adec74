package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
	"github.com/senet-selinux/senet/subject"
)

// Unfit says why nothing is offered.
func (x *AccessFixes) Unfit() string {
	if x.Leftover == x.target() && toOtherEnd(x.Query.Class, x.Query.Perms) && x.subject() != x.target() {
		return otherEnd(x.subject(), x.target(), x.Query.Class, x.Query.Perms)
	}
	if x.Leftover == "unconfined_service_t" {
		return giveDomain(x.Leftover)
	}
	if x.Leftover != "" {
		return daemonText(x.Leftover) + words.Sprintf("; a rule for %s would be for all such daemons", x.Leftover)
	}
	switch {
	case x.Problem.Harmless:
		return harmless
	case x.InsteadOfRule != "":
		return x.InsteadText()
	case x.Become != 0:
		return words.Sprintf("the program should run in the domain %s, but %s was denied to start it "+
			"(transition, entrypoint or nnp_transition): if that is fixed, this denial does not occur",
			x.Policy.TypeName(x.Become), x.subject())
	case x.OtherDomains:
		name := x.target()
		if x.subject() == "unconfined_t" {
			return words.Sprintf("none is offered: %s is the label of a program with a domain of its own, and it is "+
				"right; unconfined_t is entered by a shell, which starts the program in its domain: run0 sh -c "+
				"'COMMAND', or sudo COMMAND; with a rule the program would run in unconfined_t", name)
		}
		return words.Sprintf("none is offered: %s is the label of the program of another domain, and it is right; "+
			"what starts that program should not run as %s: look at the label of the script or program that does "+
			"(ls -Z, as a rule bin_t)", name, x.subject())
	case x.Problem.Needless:
		return needless
	case x.Problem.HostSocket:
		return hostSocket
	case x.Problem.Sealed:
		return words.Sprintf("none is offered: the rules for %s are the same on all systems of its kind", x.subject())
	case x.Foreign:
		return ofHost(x.target())
	}
	for i := range x.Fixes {
		if f := &x.Fixes[i]; f.Danger != "" {
			text := words.Sprintf("none is offered: %s then %s", x.subject(), Danger(f.Danger))
			if strings.HasPrefix(x.Query.Class, "cap") {
				text += "; a newer policy may have the rule, where the service needs it"
			}
			return text
		}
	}
	if name := x.target(); object.IsFile(x.Query.Class) && object.LoginFiles(name) &&
		(changes(x.Query.Perms) || name == "ssh_home_t" && x.Query.Class == "file") {
		return x.loginFiles()
	}
	if name := x.target(); object.IsFile(x.Query.Class) &&
		(name == "user_home_t" || name == "user_home_dir_t" || name == "admin_home_t") {
		text := ""
		if x.Problem.Path == "" && x.Query.Class != "dir" {
			text = ownLabelFirst
		}
		programs := ""
		if subject.IsLeftover(x.subject()) || slices.Contains(x.Query.Perms, "execute") {
			programs = ", programs to /usr/local/bin"
		}
		if object.IsVisitor(x.subject()) {
			return text + words.Sprintf("none is offered: %s is the label of homes, and a rule would open all of them "+
				"to %s; move the files out of the home (mv -Z)%s%s", name, x.subject(), programs, x.orLabel())
		}
		return text + words.Sprintf("none is offered: %s is the label of homes, and a rule would open all of them to "+
			"%s; move what it needs out of the home (mv -Z), to %s%s%s", name, x.subject(), x.whereOwn(), programs,
			x.orLabel())
	}
	if name := x.target(); object.IsSettings(name) && object.IsFile(x.Query.Class) {
		whose := "its own settings"
		if name == "etc_t" {
			whose = "settings in /etc"
		}
		return words.Sprintf("none is offered: %s is the label of %s, and a rule would let %s change all of them; "+
			"have the program write where its data are, or give what it writes there%s", name, whose, x.subject(),
			x.writtenSettings())
	}
	if name := x.target(); name == "tmp_t" || name == "user_tmp_t" {
		return ofTmp(name, x.Problem.Path, x.Query.Class, x.Query.Perms)
	}
	if object.IsFile(x.Query.Class) && slices.ContainsFunc(x.Fixes, func(f object.Fix) bool {
		return f.Kind == object.Rule && f.Works
	}) && !slices.ContainsFunc(x.Fixes, func(f object.Fix) bool {
		return f.Kind == object.Boolean && f.Applicability != remedy.Never
	}) {
		if object.IsVisitor(x.subject()) {
			return words.Sprintf("none is offered: %s is the label of a place, and a rule would open the files of all "+
				"services there; %s works on the files of others: give the file the label that its own service has "+
				"for such files, if %s may use that (semanage fcontext, restorecon)", x.target(), x.subject(),
				x.subject())
		}
		if tree, typ := object.Subdirectory(access.NewDecider(x.Policy), x.Problem); tree != "" {
			return words.Sprintf("give %s the label that %s has for its own files there: %s; %s; other services "+
				"that use it then need that label, and no rule is for %s, which is the label of the place", tree,
				x.subject(),
				labelEntry(x.Problem.Files, typ, tree+"(/.*)?", ""), shell.New("restorecon", "-R", "-v").Arg(tree),
				x.target())
		}
		return words.Sprintf("none is offered: %s is the label of a place, and a rule would open the files of all "+
			"services there; give the file a label that %s may use (semanage fcontext, restorecon), or keep it %s%s",
			x.target(), x.subject(), x.whereOwn(), x.ownLabels())
	}
	if len(x.Fixes) > 0 {
		return "no fix opens only this access"
	}
	return "no change of a label, boolean or rule makes it succeed"
}

// InsteadText says what is to be done instead of a rule, "" where nothing is known against one.
func (x *AccessFixes) InsteadText() string {
	if text := x.insteadSwitch(); text != "" {
		return text
	}
	if x.InsteadOfRule == diagnose.InsteadUsed {
		return usedVolume(x.subject(), x.target(), x.Query.Perms)
	}
	if x.InsteadOfRule == diagnose.InsteadRuntime {
		return runtimeText(x.subject(), x.target(), x.Query.Perms)
	}
	return insteadOfRule(x.InsteadOfRule, x.subject(), x.target())
}
