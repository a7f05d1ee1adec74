package setools

import (
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
)

// classicShort and classicLong are the options of sesearch 3.3.8; --json is ours.
const classicShort = "ATs:t:c:p:b:dD:RnSChV"

func classicLong() []longOption {
	return []longOption{
		{name: "allow", short: 'A'}, {name: "neverallow"}, {name: "audit"}, {name: "auditallow"}, {name: "dontaudit"},
		{name: "type", short: 'T'}, {name: "role_allow"}, {name: "role_trans"}, {name: "range_trans"}, {name: "all"},
		{name: "source", hasValue: true, short: 's'}, {name: "target", hasValue: true, short: 't'},
		{name: "default", hasValue: true, short: 'D'},
		{name: "role_source", hasValue: true}, {name: "role_target", hasValue: true},
		{name: "class", hasValue: true, short: 'c'}, {name: "perm", hasValue: true, short: 'p'},
		{name: "bool", hasValue: true, short: 'b'},
		{name: "direct", short: 'd'}, {name: "regex", short: 'R'}, {name: "linenum", short: 'n'},
		{name: "semantic", short: 'S'}, {name: "show_cond", short: 'C'},
		{name: "help", short: 'h'}, {name: "version", short: 'V'},
		{name: "json"},
	}
}

// classicAll lists the components of --all: everything that SETools 3 knows.
const classicAll = Allow | NeverAllow | AuditAllow | DontAudit | TypeTransition | TypeChange | TypeMember |
	RoleAllow | RoleTransition | RangeTransition

// parseClassic reads a line as sesearch of SETools 3 did. ok is true only if the line is valid in that form and has
// an option that only that form has: -d, -C, -n, -R or --all. All but --all also need a rule type. -S does not
// count, because SETools 4 takes it for -Sp. exit is set for help and version.
//
// A value that begins with a dash is refused, although getopt accepts it: no name in a policy begins with one. `-ds
// -s x` next to a -C is a line of SETools 4 with one option too many, not a search for the source type `-s`.
func parseClassic(parser *argparse.Parser, args []string) (a SesearchArgs, exit *Exit, ok bool) {
	options, operands, ok := getoptLong(args, classicShort, classicLong())
	if !ok || len(operands) > 1 {
		return SesearchArgs{}, nil, false
	}
	a.Classic = true
	if len(operands) == 1 {
		a.Policy = operands[0]
	}
	marked := false
	for _, o := range options {
		if strings.HasPrefix(o.value, "-") {
			return SesearchArgs{}, nil, false
		}
		switch o.name {
		case "direct", "regex", "linenum", "show_cond", "all":
			marked = true
		case "help":
			exit = parseExit(parser, argparse.ErrHelp)
		case "version":
			exit = parseExit(parser, argparse.ErrVersion)
		}
		a.applyClassic(o)
	}
	if !marked || exit == nil && a.Kinds == 0 {
		return SesearchArgs{}, nil, false
	}
	if !a.ClassRegex {
		a.Classes = splitList(a.Class)
	}
	if !a.BoolRegex && a.Bool != "" {
		a.Bools = []string{a.Bool}
	}
	return a, exit, true
}

func (a *SesearchArgs) applyClassic(o optionWord) {
	switch o.name {
	case "allow":
		a.Kinds |= Allow
	case "neverallow":
		a.Kinds |= NeverAllow
	case "audit": // already deprecated in SETools 3
		a.Kinds |= AuditAllow | DontAudit
	case "auditallow":
		a.Kinds |= AuditAllow
	case "dontaudit":
		a.Kinds |= DontAudit
	case "type":
		a.Kinds |= TypeTransition | TypeChange | TypeMember
	case "role_allow":
		a.Kinds |= RoleAllow
	case "role_trans":
		a.Kinds |= RoleTransition
	case "range_trans":
		a.Kinds |= RangeTransition
	case "all":
		a.All = true
		a.Kinds |= classicAll
	case "source":
		a.Source = o.value
	case "target":
		a.Target = o.value
	case "default":
		a.Default = o.value
	case "role_source":
		a.RoleSource = o.value
	case "role_target":
		a.RoleTarget = o.value
	case "class":
		a.Class = o.value
	case "perm":
		a.Perms = splitList(o.value)
	case "bool":
		a.Bool = o.value
	case "direct":
		a.SourceDirect, a.TargetDirect = true, true
	case "regex":
		a.SourceRegex, a.TargetRegex, a.ClassRegex, a.DefaultRegex, a.BoolRegex = true, true, true, true, true
	case "linenum":
		a.LineNumbers = true
	case "semantic":
		a.Semantic = true
	case "show_cond":
		a.ShowCond = true
	case "json":
		a.JSON = true
	}
}
