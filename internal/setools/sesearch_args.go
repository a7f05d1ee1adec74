package setools

import (
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
)

// SesearchArgs is everything a sesearch command line asks, in either of its two forms.
//
// A criterion that is the empty string was not given: SETools treats an empty -s and no -s alike.
type SesearchArgs struct {
	// Policy is the path of the policy, "" for the policy of this machine.
	Policy string
	// Kinds is never empty. In the classic form -A is Allow alone (the form knows no extended permissions), -T is
	// TypeTransition, TypeChange and TypeMember, --all is everything the form knows.
	Kinds RuleKinds

	Source string // -s, --source: type, attribute or alias; a role for RBAC rules; a pattern with SourceRegex
	Target string // -t, --target
	// Class is -c, --class as given. Classes is Class split at commas; it is nil without -c, and with ClassRegex,
	// where Class is one pattern. A blank after a comma is dropped, in Perms and Bools too. Elements may be empty
	// strings (`-c a,`), which name no class.
	Class   string
	Classes []string
	Perms   []string // -p, --perms (classic: --perm); never with a pattern
	// Xperms is -x, --xperms as given, see ParseXperms. The classic form does not have it.
	Xperms  string
	Default string // -D, --default
	// Bool and Bools are -b, --bool, whole and split, like Class and Classes. In the classic form Bool is one name
	// (or pattern), and Bools has only that element.
	Bool  string
	Bools []string

	SourceDirect bool // -ds; both in the classic form by -d
	TargetDirect bool // -dt
	SourceRegex  bool // -rs; all five in the classic form by -R
	TargetRegex  bool // -rt
	ClassRegex   bool // -rc
	DefaultRegex bool // -rd
	BoolRegex    bool // -rb
	PermsEqual   bool // -ep
	PermsSubset  bool // -Sp; wins over PermsEqual
	XpermsEqual  bool // -ex
	BoolEqual    bool // -eb

	// Classic says that the line is in the form of SETools 3, and that the answer has its layout. The fields below
	// have a meaning only then.
	Classic bool
	// All is --all. It sets every kind. SETools 3 then also lists neverallow rules and the section of named
	// transitions.
	All         bool
	ShowCond    bool   // -C, --show_cond: state letters and the conditional expression
	LineNumbers bool   // -n, --linenum: accepted; a binary policy has none
	Semantic    bool   // -S, --semantic: accepted; a binary policy is always searched semantically
	RoleSource  string // --role_source: source of role rules, in place of Source
	RoleTarget  string // --role_target

	Verbose bool // -v, --verbose
	Debug   bool // --debug
	JSON    bool // --json: ours
	// Modules is --modules, ModulesFrom --modules-from: ours.
	Modules     bool
	ModulesFrom string
}

// ParseSesearch parses the words after the program's name. The error is always an *Exit: help, version or a usage
// error.
//
// A line that SETools 4 accepts has the meaning that it has there. A line that SETools 4 refuses is tried as the
// form of SETools 3 (parseClassic). If it is not in that form either, the error is SETools 4's.
func ParseSesearch(args []string) (SesearchArgs, error) {
	parser := sesearchParser()
	result, err := parser.Parse(args)
	if err != nil {
		exit := parseExit(parser, err)
		if exit.Code == 2 {
			if classic, classicExit, ok := parseClassic(parser, args); ok {
				if classicExit != nil {
					return SesearchArgs{}, classicExit
				}
				return classic, nil
			}
		}
		return SesearchArgs{}, exit
	}
	a := sesearchArgs(result)
	if a.Kinds == 0 {
		return SesearchArgs{}, usageError(parser, "At least one rule type must be specified.")
	}
	return a, nil
}

func sesearchArgs(r *argparse.Result) SesearchArgs {
	a := SesearchArgs{
		Policy:       r.Text("policy"),
		Source:       r.Text("source"),
		Target:       r.Text("target"),
		Class:        r.Text("class"),
		Perms:        splitList(r.Text("perms")),
		Xperms:       r.Text("xperms"),
		Default:      r.Text("default"),
		Bool:         r.Text("bool"),
		SourceDirect: r.Has("source_direct"),
		TargetDirect: r.Has("target_direct"),
		SourceRegex:  r.Has("source_regex"),
		TargetRegex:  r.Has("target_regex"),
		ClassRegex:   r.Has("class_regex"),
		DefaultRegex: r.Has("default_regex"),
		BoolRegex:    r.Has("bool_regex"),
		PermsEqual:   r.Has("perms_equal"),
		PermsSubset:  r.Has("perms_subset"),
		XpermsEqual:  r.Has("xperms_equal"),
		BoolEqual:    r.Has("bool_equal"),
		Verbose:      r.Has("verbose"),
		Debug:        r.Has("debug"),
		JSON:         r.Has("json"),
		Modules:      r.Has("modules"),
		ModulesFrom:  r.Text("modules_from"),
	}
	for _, v := range r.Values {
		if v.Dest == "kinds" {
			a.Kinds |= kindOf(v.Text)
		}
	}
	if !a.ClassRegex {
		a.Classes = splitList(a.Class)
	}
	if !a.BoolRegex {
		a.Bools = splitList(a.Bool)
	}
	return a
}

// splitList splits a list at its commas as SETools does. It also drops the blanks that follow a comma: SETools 4
// takes them for a part of the name, but tutorials for SETools 3 print them. An empty text gives nil.
func splitList(text string) []string {
	if text == "" {
		return nil
	}
	items := strings.Split(text, ",")
	for i := 1; i < len(items); i++ {
		items[i] = strings.TrimLeft(items[i], " \t")
	}
	return items
}
