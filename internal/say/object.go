package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
)

// AccessFixes are the fixes of an access to anything but a port, to describe them in words.
type AccessFixes struct {
	*senet.AccessFixes
	// Describe is as in [Fixes].
	Describe func(boolean string) string
	// Again are the flags that select the same policy; Elsewhere says that the system is not the
	// running one.
	Again     shell.Command
	Elsewhere bool
	// Image is the directory of another system whose files can be labelled, and Type its
	// policy type; "" for none.
	Image, Type string
}

// object describes the object of the access in a few words.
func (x *AccessFixes) object() string {
	typ := x.target()
	switch {
	case x.Problem.Path != "":
		return words.Sprintf("%s %s (%s)", x.Query.Class, x.Problem.Path, typ)
	case x.Query.Target == "self":
		return words.Sprintf("%s of its own", x.Query.Class)
	}
	return words.Sprintf("%s %s", x.Query.Class, typ)
}

func (x *AccessFixes) subject() string {
	return x.Policy.TypeName(policy.TypeID(x.Problem.Source.Type))
}

// target returns the type of the object.
func (x *AccessFixes) target() string { return x.Policy.TypeName(policy.TypeID(x.Problem.Target.Type)) }

// Question returns the arguments that ask for it again.
func (x *AccessFixes) Question() []string {
	return []string{x.Query.Source, x.Query.Class + ":" + strings.Join(x.Query.Perms, ","), x.Query.Target}
}

// Headline says whether the access is allowed.
func (x *AccessFixes) Headline() words.Lines {
	perms := strings.Join(x.Query.Perms, ", ")
	if x.Allowed {
		return words.Format("YES   %s", words.WrapFormat(6, "%s may %s %s", x.subject(), perms, x.object()))
	}
	return words.Format("NO    %s", words.WrapFormat(6, "%s may not %s %s", x.subject(), perms, x.object()))
}

// Why says why it is refused.
func (x *AccessFixes) Why() string {
	for i := range x.Decision.Perms {
		pc := &x.Decision.Perms[i]
		if pc.Allowed {
			continue
		}
		r, source, target := &pc.Reason, x.Decision.Source, x.Decision.Target
		text := "the policy refuses it"
		switch r.Code {
		case access.NoRule:
			text = words.Sprintf("no rule allows %s %s:%s %s", x.subject(),
				x.Policy.TypeName(policy.TypeID(target.Type)),
				x.Query.Class, pc.Name)
		case access.BoolOff:
			text = "a boolean disables the rule that would allow it"
		case access.Constrained:
			reason := access.NewDecider(x.Policy).ExplainConstraint(r.Constraints[0], source, target)
			text = "a constraint refuses it: " + reason.Sentence(pc.Name)
		case access.RoleRefused:
			text = words.Sprintf("no role allow rule permits the change from %s to %s",
				x.Policy.RoleName(policy.RoleID(source.Role)), x.Policy.RoleName(policy.RoleID(target.Role)))
		case access.Bounded:
			text = words.Sprintf("%s, which bounds %s, may not", x.Policy.TypeName(r.Bound), x.subject())
		}
		return words.Sprintf("%s [%s]", text, r.Code)
	}
	return "the policy allows it"
}

// Title names a fix in a few words.
func (x *AccessFixes) Title(f *object.Fix) string {
	switch f.Kind {
	case object.Restore:
		return strings.TrimSpace("restore label " + f.Type)
	case object.Relabel:
		if len(f.Bools) > 0 {
			return "label " + f.Type + " and " + Settings(x.Policy, f.Bools, ",")
		}
		return "label " + f.Type
	case object.Alike:
		return words.Sprintf("label %s as %s", f.Tree, f.Like)
	case object.Level:
		return "level " + f.Range
	case object.Volume:
		return "volume with :Z"
	case object.Mode:
		return "owner or mode"
	case object.Boolean:
		return Settings(x.Policy, f.Bools, ",")
	case object.Interfaces:
		return "module with interfaces"
	}
	return "rule"
}

// Meaning says why a fix has its rank, a sentence each.
func (x *AccessFixes) Meaning(f *object.Fix) (list []string) {
	subject := x.subject()
	switch f.Kind {
	case object.Restore:
		if f.Type == "" {
			list = append(list, "the file gets the label that the file contexts of the system have for its path")
			break
		}
		if f.If != "" {
			list = append(list, x.assumedFile(f))
			break
		}
		list = append(list, words.Sprintf("file_contexts has this label for the path (%s); a file that was moved (mv) "+
			"or extracted from an archive keeps another one", f.From))
		if !f.Works {
			list = append(list, "but the policy does not allow the access with it: see the others")
		}
	case object.Alike:
		list = append(list, words.Sprintf("file_contexts knows homes in %s only: as equal to it, %s gets their "+
			"labels, here %s (%s)", f.Like, f.Tree, f.Type, f.From))
		if !f.Works {
			list = append(list, "but the policy does not allow the access with it: see the others")
		}
	case object.Relabel:
		switch {
		case x.Query.Class == "file" && slices.Contains(x.Query.Perms, "entrypoint"):
			list = append(list, words.Sprintf("%s starts by programs with this label", subject))
		case f.Type == "bin_t" && !slices.Contains(x.Query.Perms, "execute"):
			list = append(list, "programs and scripts have this label, which all may run: it is better to keep the "+
				"script in /usr/local/bin")
		case f.Type == "lib_t":
			list = append(list, "libraries in /usr/lib and /usr/local/lib have this label: it is better to keep it "+
				"there")
		case f.Type == "bin_t" && !x.homely():
			list = append(list, "programs in /usr/local/bin and /usr/libexec have this label: it is better to keep "+
				"the program there, apart from settings and data")
		case f.Type == "bin_t":
			list = append(list, "programs in /usr/local/bin and /opt/NAME/bin have this label: it is better to move "+
				"the program there; a user can change the files of a home, and so the program that systemd starts")
		case f.Type == "textrel_shlib_t":
			list = append(list, "it is the label of libraries with text relocations, for that file alone")
		case f.Homely:
			list = append(list, words.Sprintf("such a file in a home has the label %s, and file_contexts knows "+
				"homes in /home only", f.Type))
		case f.Type == "cert_t":
			list = append(list, "cert_t is the label of certificates, and the file is called as one")
		case f.Type == "mail_spool_t" || f.Type == "mail_home_rw_t":
			list = append(list, words.Sprintf("%s is the label of mail, and the file is where mail is", f.Type))
		case object.IsSettings(f.Type):
			list = append(list, words.Sprintf("%s is a label of settings, and the file is read as such", f.Type))
		case object.IsRun(f.Type) && x.Query.Class == "file":
			list = append(list, words.Sprintf("%s is a label of files in /run, as those with process ids are", f.Type))
		case object.IsLog(f.Type):
			list = append(list, words.Sprintf("%s is a label of logs, and the file is called or written as "+
				"one", f.Type))
		case f.Own && f.Data:
			list = append(list, words.Sprintf("%s is named like %s, and is for stored data", f.Type, subject))
		case f.Own:
			list = append(list, words.Sprintf("%s is named like %s", f.Type, subject))
		default:
			list = append(list, words.Sprintf("%s may use %s in this way, which is for stored data", subject, f.Type))
		}
	case object.Level:
		list = append(list, "the types allow it; the object has other categories than the process")
		if strings.HasPrefix(subject, "container") || strings.HasPrefix(subject, "svirt") {
			list = append(list, "the runtime sets it for a volume with :Z, or :z for one that containers share")
		}
	case object.Volume:
		list = append(list, words.Sprintf("the runtime labels the files of a volume %s: -v DIR:DIR:Z with the level "+
			"of only this container, :z for all containers", f.Type),
			"the files in DIR keep that label, and services of the host may lose access to them")
	case object.Mode:
		list = append(list, "the owner and mode of a file or directory deny the access to the program's user; "+
			"the capability would bypass those of all files")
	case object.Boolean:
		for _, s := range f.Bools {
			name := x.Policy.BoolName(s.Bool)
			text := ""
			if x.Describe != nil {
				text = x.Describe(name)
			}
			switch {
			case text != "":
				list = append(list, words.Sprintf("%s: %s", name, text))
			case f.Own:
				list = append(list, words.Sprintf("%s is named like %s", name, subject))
			}
		}
		list = append(list, words.Sprintf("it switches %s", Plural(f.Switched, "rule")))
	case object.Rule:
		for _, r := range f.Rules {
			list = append(list, AllowRule(&r))
		}
		switch {
		case x.Problem.Lost:
			list = append(list, words.Sprintf("it opens everything with a label that tells nothing (%s)",
				x.target()))
		case object.IsFile(x.Query.Class):
			list = append(list, words.Sprintf("it opens every %s labelled %s to %s", x.Query.Class,
				x.target(), subject))
		}
		if f.Danger != "" {
			list = append(list, words.Sprintf("danger: %s then %s", subject, Danger(f.Danger)))
		}
		if !f.Works {
			list = append(list, "a constraint still denies it")
		}
	case object.Interfaces:
		list = append(list, f.Calls...)
		list = append(list, "it opens "+permissionsBeyond(f.CallsBeyond)+" beyond")
	}
	return list
}

// ownLabelFirst begins the fix of a file with a label of homes whose path is not known.
const ownLabelFirst = "its own label again (restorecon -v FILE) if it is in no home, as what is moved (mv) from one " +
	"keeps its label; else "

// ownLabelOfTmp is so for a file with a label of files in /tmp.
const ownLabelOfTmp = "its own label again (restorecon -v FILE) if it is not in /tmp, as what is moved (mv) from " +
	"there keeps its label; else "

// dangerous reports whether a fix would give the subject more than the policy is to give.
func (x *AccessFixes) dangerous() bool {
	return slices.ContainsFunc(x.Fixes, func(f object.Fix) bool { return f.Danger != "" })
}

// homely reports whether the object has a label of homes, or no label of its own.
func (x *AccessFixes) homely() bool {
	return x.Problem.Lost || strings.Contains(x.target(), "home")
}

// AllowRule writes a rule in CIL.
func AllowRule(r *object.AllowRule) string {
	return words.Sprintf("%s", r.CIL().String())
}

// costed reports whether the effect of a fix on other domains is known.
func costed(f *object.Fix) bool {
	return f.Kind != object.Mode && f.Kind != object.Rule && (f.Kind != object.Restore || f.Type != "")
}

// offered reports whether a fix is shown without --all.
func offered(f *object.Fix) bool {
	return f.Applicability != remedy.Never && (f.Kind != object.Relabel || f.Plain)
}

// First returns the first fix shown, nil for none.
func (x *AccessFixes) First() *object.Fix {
	for i := range x.Fixes {
		if offered(&x.Fixes[i]) {
			return &x.Fixes[i]
		}
	}
	return nil
}

// Write writes the answer with the fixes: all of them, or the best three. It returns the first one
// shown, nil for none.
func (x *AccessFixes) Write(b *words.Page, all bool) *object.Fix {
	b.Printf("%s\n", x.Headline())
	if x.Allowed {
		b.Line("why", "the policy allows it: nothing to fix in it")
		Assumptions(b, x.Assumptions)
		return nil
	}
	b.Line("why", "%s", x.Why())
	Assumptions(b, x.Assumptions)
	for _, n := range x.Notes {
		b.Line("note", "%s", n.Text)
	}
	if text := x.portless(); text != "" {
		b.Line("note", "%s", text)
	}
	if more := x.Missing[min(len(x.Missing), x.askedMissing()):]; len(more) > 0 {
		b.Line("then", "%s would be refused next; the fixes include it", strings.Join(more, ", "))
	}
	var first *object.Fix
	shown := 0
	for i := range x.Fixes {
		f := &x.Fixes[i]
		if !all && (shown == maxShown || !offered(f)) {
			continue
		}
		if first == nil {
			first = f
		}
		head := "      "
		if shown == 0 {
			head = "fix   "
		}
		shown++
		b.Printf("%s%-2d %s  %s\n", head, i+1, x.Title(f), x.degree(f))
		for _, text := range x.Meaning(f) {
			b.Printf("         %s\n", words.Wrap(text, 9))
		}
		if costed(f) {
			b.Printf("         %s\n", words.Wrap(x.effect(f), 9))
			if text := presentOf(x.Presence, f.Gain); text != "" {
				b.Printf("         %s\n", words.Wrap(text, 9))
			}
		}
		commands := x.Commands(f)
		for _, c := range commands {
			b.Printf("         do: %s\n", c)
		}
		if len(commands) > 0 && f.Kind != object.Boolean && x.Problem.Path == "" && f.If == "" {
			if x.logUnplaced(f) && !x.Elsewhere {
				b.Printf("         DIR stands for the directory of the logs\n")
			} else {
				b.Printf("         FILE stands for the path of the file\n")
			}
		}
	}
	if shown == 0 {
		b.Line("fix", "%s", x.Unfit())
	}
	if hidden := len(x.Fixes) - shown; hidden > 0 {
		b.Printf("      %s more with --all\n", Number(hidden))
	}
	return first
}

// askedMissing counts the refused permissions that were asked for.
func (x *AccessFixes) askedMissing() (n int) {
	for i := range x.Decision.Perms {
		if !x.Decision.Perms[i].Allowed {
			n++
		}
	}
	return n
}

func (x *AccessFixes) degree(f *object.Fix) string {
	switch {
	case f.Kind == object.Mode:
		return "first"
	case f.Kind == object.Restore && f.Type == "":
		return "first"
	case !f.Works && (f.Kind == object.Restore || f.Kind == object.Alike):
		return "first; not enough"
	case !f.Works:
		return "does not work"
	}
	return string(f.Applicability)
}

// effect says how many other domains gain and lose, with the first few names.
func (x *AccessFixes) effect(f *object.Fix) string {
	text := others(len(f.Gain), "gain")
	if n := len(f.Gain); n > 0 {
		text += " (" + few(f.Gain) + ")"
	}
	text += ", " + others(len(f.Lose), "lose")
	if n := len(f.Lose); n > 0 {
		text += " (" + few(f.Lose) + ")"
	}
	return text
}

// few names the first few of a list.
func few(names []string) string {
	const most = 3
	text := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		text += ", ..."
	}
	return text
}
