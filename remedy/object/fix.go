package object

import (
	"iter"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// A Kind is the kind of change that a fix makes.
type Kind string

// The kinds of fixes.
const (
	Restore Kind = "restore" // the file gets the label that file_contexts gives its path
	Relabel Kind = "relabel" // file_contexts gets another label for the path, and the file gets it too
	Alike   Kind = "alike"   // the files of a directory are labelled as those of another one
	Level   Kind = "level"   // the object gets the level of the process
	Volume  Kind = "volume"  // the runtime labels what it mounts into a container
	Mode    Kind = "mode"    // the owner or mode of a file changes, so that no capability is needed
	Boolean Kind = "boolean" // booleans are set
	Rule    Kind = "rule"    // allow rules
	// a module that calls refpolicy's interfaces
	Interfaces Kind = "interfaces"
)

// A Fix is one change with its cost.
type Fix struct {
	Kind Kind
	// Type is the new type of the label, for Restore, Relabel, Alike and Volume; Range is the new level, for
	// Level.
	Type, Range string
	// Tree is the directory whose files get the labels of those in the directory Like, for Alike: an
	// equivalence of file_contexts.
	Tree, Like string
	// From is the line of file_contexts with the label, FILE:LINE, for Restore and Alike.
	From string
	// If is the path that the file is assumed to have, for Restore where the path is not known; else "".
	If string
	// Alone says, for Restore with If, that file_contexts has no other path of that name where files have the present
	// label.
	Alone bool
	// Homes says, for Restore with If, that it is a file in a home, and that the homes seem to be in another directory
	// than /home.
	Homes bool
	// Force says, for Restore, that restorecon leaves the file alone without -F.
	Force bool
	// Bools are the settings, for Boolean; for Relabel those without which the label is not enough.
	Bools []policy.BoolSetting
	// Rules are all missing rules, for Rule.
	Rules []AllowRule
	// Calls are the calls of refpolicy's interfaces, for Interfaces; Source is a module with them in refpolicy's style,
	// ModuleName its name, and Statements what it becomes. CallsBeyond counts the permissions on types that they give
	// beyond the missing ones.
	Calls       []string
	Source      string
	ModuleName  string
	Statements  []cil.Node
	CallsBeyond int
	// Works says that the policy then allows the whole access. It is not known for Mode, since a
	// policy does not know the owner and mode of a file.
	Works bool
	// Own says that the type or the boolean is named after the subject, Data that the type is named
	// after stored data.
	Own, Data bool
	// Plain says that the name of the type has nothing more: it is not for the data of one
	// application.
	Plain bool
	// Homely says, for Relabel, that the file has this label in homes.
	Homely        bool
	Applicability remedy.Applicability
	// Danger is why a rule lets the subject bypass the policy, a code of
	// [github.com/senet-selinux/senet/remedy/allow.Danger]; or "secrets" if the object is named
	// after keys or passwords, or "programs" if it is an entry point of domains.
	Danger string
	// Gain and Lose are the other domains that get the same access to the object, and those that
	// lose it, sorted.
	Gain, Lose []string
	// Switched is the number of rules that a Boolean enables or disables; their other effects are
	// not listed.
	Switched int

	tree          string // for Relabel: the directory that it is for, "" for that of the file
	files         string // for Relabel: the pattern of the files in the directory that it is for, "" for all
	alone         bool   // for Relabel: of the directory only the file has this use
	insteadOfRule bool   // if this fix is offered, no rule is

	served   bool       // the type is the subject's by the rules: see finder.served
	overmuch bool       // the subject only reads, and may change what has Type
	state    stateLabel // of Type

	few  bool // for Boolean: it is for the subject and few other domains
	wide bool // for Boolean: it is for most of the files of the system, and the object could get another label
	// for Boolean: the number of types of objects that the subject may use so only with it, and where it only reads,
	// also of those that it may change only with it
	opens int
	fits  int  // how well the name fits the object, the lower the better; 0 if nothing is known of that
	made  bool // programs create objects with Type, or it is for programs
	spare int  // the number of the subject's permissions on Type beyond the wanted ones
	uses  int  // the number of entries of file_contexts with Type; without file_contexts, of rules that name it
}

// An AllowRule is an allow rule between two types; Target is "self" if they are the same.
type AllowRule struct {
	Source, Target, Class string
	Perms                 []string // sorted
}

// CIL returns the rule as a statement.
func (r *AllowRule) CIL() cil.Node {
	return cil.Call("allow", cil.Sym(r.Source), cil.Sym(r.Target),
		cil.List(cil.Sym(r.Class), cil.Syms(r.Perms...)))
}

// Module returns the statements of a module that makes the fix, for Rule and Interfaces.
func (f *Fix) Module() []cil.Node {
	if f.Kind == Interfaces {
		return f.Statements
	}
	list := make([]cil.Node, len(f.Rules))
	for i := range f.Rules {
		list[i] = f.Rules[i].CIL()
	}
	return list
}

// Name returns the name of the fix, which does not depend on the other fixes: restore, label:TYPE,
// level, volume, mode, bool:NAME, rule, interfaces.
func (f *Fix) Name(p *policy.Policy) string {
	switch f.Kind {
	case Relabel:
		return "label:" + f.Type
	case Boolean:
		return remedy.BoolName(p, f.Bools)
	}
	return string(f.Kind)
}

// A Problem is a refused access.
type Problem struct {
	Source, Target policy.Context
	Class          string
	Perms          []string // at least one
	// Path is the file's path, "" if it is not known or the object is not a file.
	Path string
	// Name is the last part of the path, where only that is known.
	Name string
	// Beside are paths of other files with the same label that the subject uses, where Path is not known: they tell
	// what the file is for.
	Beside []string
	// Files has the labels for files; nil if no system is known.
	Files Files
	// Lost says that the label does not tell the purpose of the object: see diagnose.File.
	Lost bool
	// Leftover is the type of a daemon that stayed in the domain of its starter, if a record of the
	// log shows it; else "". Starting says that systemd was about to start a program.
	Leftover string
	Starting bool
	// Sealed says that the rules for the subject are the same on all systems, as for Android's apps,
	// so that none may be added.
	Sealed bool
	// Needless says that the system call succeeded although this access was denied.
	Needless bool
	// HostSocket says that the subject is a container, and the object a socket whose owner may do all on
	// the host.
	HostSocket bool
	// Harmless says that programs ask so in passing and do without it.
	Harmless bool
	// Settled says that something else is to be done than to allow it: the cause is known, and no rule and no
	// boolean is for that.
	Settled bool
	// Interfaces, if not nil, returns calls of refpolicy's interfaces that grant access, as a module with a name; nil
	// if there are none.
	Interfaces func(name string, needs []remedy.Need) *remedy.Calls
}

// A Files is file_contexts as [github.com/senet-selinux/senet/fcontext.Table] has them.
type Files interface {
	// Wanted returns the context for the path, "" if there is none, and the line that defines it.
	Wanted(path, class string) (context, from string)
	// Customizable reports whether the type is one that administrators set by hand.
	Customizable(typ string) bool
	// FileSpec returns a pattern as an entry for it must be, after the equivalences of paths.
	FileSpec(pattern string) string
	// Uses counts the entries with a type.
	Uses(typ string) int
	// Named returns the paths below a directory that have an entry of their own and end in a name.
	Named(dir, name, class string) []string
	// Trees yields the directories that have one label with all below them, with their types, in the order of the
	// entries.
	Trees() iter.Seq2[string, string]
}

// A Result holds the fixes of one problem.
type Result struct {
	// Allowed says that the policy allows the access today: there is nothing to fix.
	Allowed bool
	// Missing are the refused permissions: first those of the problem, then those that usually
	// follow: after read of a file, open and getattr.
	Missing []string
	// Leftover is the type of a daemon that stayed in the domain of its starter because its program
	// has no own label; "" for none. The fix is to label the program: a rule would apply to all
	// such daemons.
	Leftover string
	// Become is the domain that the program should run in, if the subject was denied to run it in
	// its own domain: the change of the domain failed, and should be fixed instead. 0 for none.
	Become policy.TypeID
	// Foreign says that the subject is a container, and that the object belongs to the host and must
	// not become a volume.
	Foreign bool
	// OtherDomains says that a domain was to be started by the program of another one, whose label is right: the
	// process that starts it has the wrong domain.
	OtherDomains bool
	// OthersData says that the object has the label of another service's data, and that no path tells whether it is one
	// of its files: what is moved keeps its label.
	OthersData bool
	// Fixes are the candidates, the best first.
	Fixes []Fix
}
