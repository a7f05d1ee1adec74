package object

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// A Kind is the kind of change that a fix makes.
type Kind string

// The kinds of fixes.
const (
	Restore Kind = "restore" // the file gets the label that file_contexts gives its path
	Relabel Kind = "relabel" // file_contexts gets another label for the path, and the file has it
	Level   Kind = "level"   // the object gets the level of the process
	Mode    Kind = "mode"    // owner or mode of a file change, so that no capability is needed
	Boolean Kind = "boolean" // booleans are set
	Rule    Kind = "rule"    // allow rules
)

// A Fix is one change with its cost.
type Fix struct {
	Kind Kind
	// Type is the label's type afterwards, for Restore and Relabel; Range its level, for
	// Level.
	Type, Range string
	// From is the line of file_contexts that says so, FILE:LINE, for Restore.
	From string
	// Force says, for Restore, that restorecon leaves the file alone without -F.
	Force bool
	// Bools are the settings, for Boolean.
	Bools []policy.BoolSetting
	// Rules are all that is missing, for Rule.
	Rules []AllowRule
	// Works says that the policy allows all of the access afterwards. Of a Mode it is
	// not known: the file's owner and mode are not the policy's.
	Works bool
	// Own says that the type or the boolean is named like the subject, Data that the type
	// is named for what is kept.
	Own, Data bool
	// Plain says that the type is named for no more: it is not for one application's data.
	Plain         bool
	Applicability remedy.Applicability
	// Danger is why a rule gets the subject beyond the policy, a code of
	// [github.com/senet-selinux/senet/remedy/allow.Danger]; or secrets, where the object is
	// named for keys or passwords, or programs, where domains are entered by it.
	Danger string
	// Gain and Lose are the other domains that may do the same to the object afterwards
	// and may not today, and the other way round, in order.
	Gain, Lose []string
	// Switched is the number of rules that a Boolean puts in force or out of it; what else they
	// give is not listed.
	Switched int

	made  bool // Type is one that programs give to what they make, or to programs
	spare int  // permissions on Type that the subject has beyond those asked for
	uses  int  // entries of file_contexts that give Type; without them rules that name it
}

// An AllowRule is an allow rule between two types; Target is "self" where they are the
// same.
type AllowRule struct {
	Source, Target, Class string
	Perms                 []string // in order
}

// Name returns the name of the fix, which stays when others come or go: restore,
// label:TYPE, level, mode, bool:NAME, rule.
func (f *Fix) Name(p *policy.Policy) string {
	switch f.Kind {
	case Relabel:
		return "label:" + f.Type
	case Boolean:
		return remedy.BoolName(p, f.Bools)
	}
	return string(f.Kind)
}

// A Problem is an access that is refused.
type Problem struct {
	Source, Target policy.Context
	Class          string
	Perms          []string // at least one
	// Path is the file's path, "" if it is not known or the object is no file.
	Path string
	// Files has the labels for files; nil where no system is known.
	Files Files
	// Lost says that the label does not tell the purpose of the object: see diagnose.File.
	Lost bool
}

// A Files is file_contexts as [github.com/senet-selinux/senet/fcontext.Table] has them.
type Files interface {
	// Wanted returns the context that the path is to have, "" where nothing is said of it,
	// and the line that says so.
	Wanted(path, class string) (context, from string)
	// Customizable reports whether people give the type by hand.
	Customizable(typ string) bool
	// Uses counts the entries that give a type.
	Uses(typ string) int
}

// A Result is the fixes of one problem.
type Result struct {
	// Allowed says that the policy allows the access today: there is nothing to fix.
	Allowed bool
	// Missing are the permissions that are refused, those first that were asked for, then
	// those that follow them: after read of a file, open and getattr.
	Missing []string
	// Leftover is the type of a daemon at one of the ends that was left in the domain of
	// what started it, since its program has no label of its own: that is to be put right,
	// and a rule would be for all such daemons. "" for none.
	Leftover string
	// Fixes are the candidates, the best first.
	Fixes []Fix
}
