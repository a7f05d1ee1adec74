package setools

import "github.com/senet-selinux/senet/internal/argparse"

// sesearchParser is the table of sesearch 4.4.1 in its order. A message about an ambiguous option lists names in
// the same order. The spellings of newer releases, and senet's own --json and --modules, are late names: a line
// that 4.4.1 accepts keeps its meaning.
func sesearchParser() *argparse.Parser {
	const (
		te    = "TE rule types"
		rbac  = "RBAC rule types"
		mls   = "MLS rule types"
		crit  = "Criteria (a rule must meet all of them)"
		match = "How criteria match"
		other = "Other options"
	)
	flag := func(group, dest, help string, names ...string) argparse.Option {
		return argparse.Option{Names: names, Dest: dest, Group: group, Help: help}
	}
	kind := func(group, help string, names ...string) argparse.Option {
		return argparse.Option{Names: names, Dest: "kinds", Const: names[len(names)-1], Group: group, Help: help}
	}
	value := func(dest, metavar, help string, names ...string) argparse.Option {
		return argparse.Option{Names: names, Dest: dest, Arity: argparse.One, Metavar: metavar, Group: crit, Help: help}
	}
	late := func(o argparse.Option, names ...string) argparse.Option {
		o.LateNames = names
		return o
	}
	return &argparse.Parser{
		Prog:        "sesearch",
		Usage:       "RULE-TYPE... [CRITERION...] [OPTION...] [policy]",
		Description: "Print the rules of a binary SELinux policy that meet all criteria.",
		Epilog: "The form of SETools 3 is accepted as well and answered in its layout, if the line has -d, -C, -n, " +
			"-R or --all: " +
			"sesearch -d -A -C -s httpd_t -p \"name_bind, name_connect\"",
		Positionals: []argparse.Positional{{Dest: "policy",
			Help: "file with a binary policy; this machine's if left out"}},
		Options: []argparse.Option{
			{Names: []string{"-h", "--help"}, Dest: "help", Effect: argparse.ShowHelp, Group: other,
				Help: "print this text"},
			{Names: []string{"--version"}, Dest: "version", Effect: argparse.ShowVersion, Group: other,
				Help: "print the release of SETools whose output this is"},
			flag(other, "verbose", "print each step on standard error", "-v", "--verbose"),
			flag(other, "debug", "print more detail", "--debug"),

			kind(te, "allow and allowxperm", "-A"),
			kind(te, "allow", "--allow"),
			kind(te, "allowxperm", "--allowxperm"),
			kind(te, "auditallow", "--auditallow"),
			kind(te, "auditallowxperm", "--auditallowxperm"),
			kind(te, "dontaudit", "--dontaudit"),
			kind(te, "dontauditxperm", "--dontauditxperm"),
			kind(te, "accepted; a binary policy holds none", "--neverallow"),
			kind(te, "accepted; a binary policy holds none", "--neverallowxperm"),
			late(kind(te, "type_transition, with and without a file name", "-T", "--type_trans"), "--type_transition"),
			kind(te, "type_change", "--type_change"),
			kind(te, "type_member", "--type_member"),
			kind(rbac, "allow between roles", "--role_allow"),
			late(kind(rbac, "role_transition", "--role_trans"), "--role_transition"),
			late(kind(mls, "range_transition", "--range_trans"), "--range_transition"),

			value("source", "NAME", "type, attribute or alias of the subject; a role for RBAC rules", "-s", "--source"),
			value("target", "NAME", "type, attribute or alias of the object; a role for role allow", "-t", "--target"),
			value("class", "CLASS,...", "any of these object classes", "-c", "--class"),
			value("perms", "PERM,...", "any of these permissions", "-p", "--perms"),
			value("xperms", "N[-N],...", "any of these extended permissions, in hexadecimal", "-x", "--xperms"),
			value("default", "NAME", "the new type, role or range of a transition", "-D", "--default"),
			value("bool", "BOOL,...", "in a conditional block with any of these booleans", "-b", "--bool"),

			flag(match, "bool_equal", "the condition has exactly the booleans of -b", "-eb"),
			flag(match, "perms_equal", "the rule has exactly the permissions of -p", "-ep"),
			flag(match, "xperms_equal", "the rule has exactly the extended permissions of -x", "-ex"),
			flag(match, "perms_subset", "the rule has all permissions of -p", "-Sp"),
			flag(match, "source_direct", "-s is the very name in the rule, attributes are not expanded", "-ds"),
			flag(match, "target_direct", "the same for -t", "-dt"),
			flag(match, "source_regex", "-s is a regular expression", "-rs"),
			flag(match, "target_regex", "-t is a regular expression", "-rt"),
			flag(match, "class_regex", "-c is a regular expression", "-rc"),
			flag(match, "default_regex", "-D is a regular expression", "-rd"),
			flag(match, "bool_regex", "-b is a regular expression", "-rb"),

			late(argparse.Option{Dest: "json", Group: other, Help: "answer in JSON"}, "--json"),
			late(argparse.Option{Dest: "modules", Group: other,
				Help: "name the modules and lines that TE rules come from"}, "--modules"),
			late(argparse.Option{Dest: "modules_from", Arity: argparse.One, Metavar: "DIR", Group: other,
				Help: "--modules, for the files NAME.cil in DIR"}, "--modules-from"),
		},
	}
}

// kindOf is the rule type that a name in the table of sesearch stands for.
func kindOf(name string) RuleKinds {
	switch name {
	case "-A":
		return Allow | AllowXperm
	case "--allow":
		return Allow
	case "--allowxperm":
		return AllowXperm
	case "--auditallow":
		return AuditAllow
	case "--auditallowxperm":
		return AuditAllowXperm
	case "--dontaudit":
		return DontAudit
	case "--dontauditxperm":
		return DontAuditXperm
	case "--neverallow":
		return NeverAllow
	case "--neverallowxperm":
		return NeverAllowXperm
	case "--type_trans":
		return TypeTransition
	case "--type_change":
		return TypeChange
	case "--type_member":
		return TypeMember
	case "--role_allow":
		return RoleAllow
	case "--role_trans":
		return RoleTransition
	case "--range_trans":
		return RangeTransition
	}
	return 0
}
