package setools

import (
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// A section is one part of sediff's output.
type section struct {
	option   string // its name in differ.asked: the long option
	short    string
	title    string
	each     string // the title after "Added", where it is another
	misspelt string // the title after "Added" alone
	counts   sectionCounts
	diff     func(*differ) delta
}

// sectionCounts lists the counts in the title of a section.
type sectionCounts uint8

const (
	allCounts sectionCounts = iota
	noModified
	onlyModified
)

func none(*differ) delta { return delta{} }

// sediffSections are the sections in the order in which 4.4.1 prints them; newer releases print capabilities,
// defaults and bounds of types earlier.
func sediffSections() []section {
	rules := func(option, title string, kind policy.RuleKind) section {
		return section{option: option, title: title + " Rules",
			diff: func(d *differ) delta { return d.ruleDelta(kind) }}
	}
	constraints := func(option string, part policydiff.Part) section {
		return section{option: option, title: part.String(), counts: noModified,
			diff: func(d *differ) delta { return d.part(part, nil) }}
	}
	labels := func(option string, part policydiff.Part, end string) section {
		return section{option: option, title: part.String(), diff: func(d *differ) delta { return d.labels(part, end) }}
	}
	typeRule := rules("--type_trans", "Type_transition", policy.TypeTransition)
	typeRule.short = "-T"
	return []section{
		{option: "--property", title: "Policy Properties", counts: onlyModified, diff: (*differ).properties},
		{option: "--common", title: "Commons", diff: (*differ).commons},
		{option: "--class", short: "-c", title: "Classes", diff: (*differ).classes},
		{option: "--bool", short: "-b", title: "Booleans", diff: (*differ).booleans},
		{option: "--role", short: "-r", title: "Roles", diff: (*differ).roles},
		{option: "--type", short: "-t", title: "Types", diff: (*differ).types},
		{option: "--attribute", short: "-a", title: "Type Attributes", diff: (*differ).attributes},
		{option: "--user", short: "-u", title: "Users", diff: (*differ).users},
		{option: "--category", title: "Categories", diff: (*differ).categories},
		{option: "--sensitivity", title: "Sensitivities", misspelt: "Sensitivites", diff: (*differ).sensitivities},
		{option: "--level", title: "Levels", diff: (*differ).levels},
		rules("--allow", "Allow", policy.Allow),
		rules("--allowxperm", "Allowxperm", policy.AllowXPerm),
		{option: "--neverallow", title: "Neverallow Rules", diff: none},
		{option: "--neverallowxperm", title: "Neverallowxperm Rules", diff: none},
		rules("--auditallow", "Auditallow", policy.AuditAllow),
		rules("--auditallowxperm", "Auditallowxperm", policy.AuditAllowXPerm),
		rules("--dontaudit", "Dontaudit", policy.DontAudit),
		rules("--dontauditxperm", "Dontauditxperm", policy.DontAuditXPerm),
		typeRule,
		rules("--type_change", "Type_change", policy.TypeChange),
		rules("--type_member", "Type_member", policy.TypeMember),
		{option: "--role_allow", title: "Role allow Rules", each: "Role Allow Rules", counts: noModified,
			diff: (*differ).roleAllows},
		{option: "--role_trans", title: "Role_transition Rules", diff: (*differ).roleTransitions},
		{option: "--range_trans", title: "Range_transition Rules", diff: (*differ).rangeTransitions},
		constraints("--constrain", policydiff.Constraints),
		constraints("--mlsconstrain", policydiff.MLSConstraints),
		constraints("--validatetrans", policydiff.Validatetrans),
		constraints("--mlsvalidatetrans", policydiff.MLSValidatetrans),
		labels("--initialsid", policydiff.InitialSIDs, ";"),
		labels("--ibendportcon", policydiff.IBEndports, ""),
		labels("--ibpkeycon", policydiff.IBPKeys, ""),
		labels("--fs_use", policydiff.FSUses, ";"),
		labels("--genfscon", policydiff.Genfscons, ";"),
		{option: "--netifcon", title: "Netifcons", diff: (*differ).netifcons},
		labels("--nodecon", policydiff.Nodes, ";"),
		labels("--portcon", policydiff.Portcons, ";"),
		{option: "--polcap", title: "Policy Capabilities", counts: noModified,
			diff: (*differ).polcaps},
		{option: "--default", title: "Defaults", diff: (*differ).defaults},
		{option: "--typebounds", title: "Typebounds", diff: (*differ).typebounds},
	}
}

// sediffOrder are the options of the sections in the order of the peer's table. A message about an ambiguous
// abbreviation lists options in that order.
func sediffOrder() []string {
	return strings.Fields(`--common --class --type --attribute --role --user --bool --sensitivity --category --level
		--allow --neverallow --auditallow --dontaudit --allowxperm --neverallowxperm --auditallowxperm --dontauditxperm
		--type_trans --type_change --type_member --role_allow --role_trans --range_trans
		--constrain --mlsconstrain --validatetrans --mlsvalidatetrans
		--ibendportcon --ibpkeycon --initialsid --fs_use --genfscon --netifcon --nodecon --portcon
		--default --property --polcap --typebounds`)
}

// sediffParser is the table of sediff 4.4.1.
func sediffParser() *argparse.Parser {
	const (
		components = "Differences to print (all if none is chosen)"
		other      = "Other options"
	)
	options := []argparse.Option{
		{Names: []string{"-h", "--help"}, Dest: "help", Effect: argparse.ShowHelp, Group: other,
			Help: "print this text"},
		{Names: []string{"--version"}, Dest: "version", Effect: argparse.ShowVersion, Group: other,
			Help: "print the release of SETools whose output this is"},
		{Names: []string{"--stats"}, Dest: "stats", Group: other, Help: "print the counts alone"},
		{Names: []string{"-v", "--verbose"}, Dest: "verbose", Group: other, Help: "print each step on standard error"},
		{Names: []string{"--debug"}, Dest: "debug", Group: other, Help: "print more detail"},
		{Names: []string{"-A"}, Dest: "-A", Group: components, Help: "allow and allowxperm rules"},
	}
	sections := make(map[string]section)
	for _, s := range sediffSections() {
		sections[s.option] = s
	}
	for _, option := range sediffOrder() {
		s := sections[option]
		names := []string{s.option}
		if s.short != "" {
			names = []string{s.short, s.option}
		}
		options = append(options, argparse.Option{Names: names, Dest: s.option, Group: components, Help: s.title})
	}
	return &argparse.Parser{
		Prog:        "sediff",
		Usage:       "[OPTION...] POLICY1 POLICY2",
		Description: "Print in what two binary SELinux policies differ, with all rules expanded to types.",
		Positionals: []argparse.Positional{
			{Dest: "POLICY1", Required: true, Help: "file with the first policy"},
			{Dest: "POLICY2", Required: true, Help: "file with the second policy"},
		},
		Options: options,
	}
}

// parseSediff parses the words after the program's name. The error is an *Exit.
func parseSediff(args []string) (*differ, error) {
	parser := sediffParser()
	r, err := parser.Parse(args)
	if err != nil {
		return nil, parseExit(parser, err)
	}
	d := &differ{
		files: [2]string{r.Text("POLICY1"), r.Text("POLICY2")}, asked: make(map[string]bool),
		stats: r.Has("stats"), loud: r.Has("verbose") || r.Has("debug"), debug: r.Has("debug"),
	}
	for _, s := range sediffSections() {
		if r.Has(s.option) || r.Has("-A") && (s.option == "--allow" || s.option == "--allowxperm") {
			d.asked[s.option] = true
		}
	}
	return d, nil
}
