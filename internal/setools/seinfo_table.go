package setools

import "github.com/senet-selinux/senet/internal/argparse"

// componentOption is the spelling of seinfo's option for a component.
type componentOption struct {
	component Component
	names     []string
	metavar   string
	help      string
}

func (o *componentOption) dest() string { return o.names[len(o.names)-1] }

// componentOptions are seinfo 4.4.1's in its order.
func componentOptions() []componentOption {
	return []componentOption{
		{ComponentAttributes, []string{"-a", "--attribute"}, "ATTRIBUTE", "type attributes"},
		{ComponentBools, []string{"-b", "--bool"}, "BOOLEAN", "booleans"},
		{ComponentClasses, []string{"-c", "--class"}, "CLASS", "object classes"},
		{ComponentRoles, []string{"-r", "--role"}, "ROLE", "roles"},
		{ComponentTypes, []string{"-t", "--type"}, "TYPE", "types"},
		{ComponentUsers, []string{"-u", "--user"}, "USER", "users"},
		{ComponentCategories, []string{"--category"}, "CATEGORY", "categories"},
		{ComponentCommons, []string{"--common"}, "COMMON", "permission sets that classes share"},
		{ComponentConstraints, []string{"--constrain"}, "CLASS", "constraints, MLS ones too"},
		{ComponentDefaults, []string{"--default"}, "CLASS", "default_user, _role, _type and _range rules"},
		{ComponentFSUses, []string{"--fs_use"}, "FILESYSTEM", "labelling of file systems"},
		{ComponentGenfscons, []string{"--genfscon"}, "FILESYSTEM", "labels of paths in file systems without labels"},
		{ComponentIBPkeycons, []string{"--ibpkeycon"}, "PKEY[-PKEY]", "labels of Infiniband partition keys"},
		{ComponentIBEndportcons, []string{"--ibendportcon"}, "DEVICE", "labels of Infiniband end ports"},
		{ComponentInitialSIDs, []string{"--initialsid"}, "NAME", "initial contexts"},
		{ComponentNetifcons, []string{"--netifcon"}, "DEVICE", "labels of network interfaces"},
		{ComponentNodecons, []string{"--nodecon"}, "NETWORK", "labels of addresses; exactly this network"},
		{ComponentPermissives, []string{"--permissive"}, "TYPE", "permissive types"},
		{ComponentPolcaps, []string{"--polcap"}, "NAME", "policy capabilities"},
		{ComponentPortcons, []string{"--portcon"}, "PORT[-PORT]",
			"labels of ports; those that contain the port or range"},
		{ComponentSensitivities, []string{"--sensitivity"}, "SENSITIVITY", "sensitivities"},
		{ComponentTypebounds, []string{"--typebounds"}, "TYPE", "bounds of types; those of this child"},
		{ComponentValidatetrans, []string{"--validatetrans"}, "CLASS", "validatetrans rules"},
	}
}

// xenOptions take no value in 4.4.1 and an optional value in newer releases. senet accepts the optional value. A
// word after such an option is therefore its value, unless rescuePolicy makes it the policy.
func xenOptions() []componentOption {
	return []componentOption{
		{ComponentIoportcons, []string{"--ioportcon"}, "PORT[-PORT]", "labels of I/O ports"},
		{ComponentIomemcons, []string{"--iomemcon"}, "ADDRESS[-ADDRESS]", "labels of I/O memory"},
		{ComponentPcidevicecons, []string{"--pcidevicecon"}, "DEVICE", "labels of PCI devices"},
		{ComponentPirqcons, []string{"--pirqcon"}, "IRQ", "labels of interrupts"},
		{ComponentDevicetreecons, []string{"--devicetreecon"}, "PATH", "labels of device tree nodes"},
	}
}

// seinfoParser is the table of seinfo 4.4.1 in its order. The options of newer releases and of senet are late
// names, see sesearchParser.
func seinfoParser() *argparse.Parser {
	const (
		components = "Components (without a value: all of the kind)"
		xen        = "Components of a policy for Xen"
		other      = "Other options"
	)
	options := []argparse.Option{
		{Names: []string{"-h", "--help"}, Dest: "help", Effect: argparse.ShowHelp, Group: other,
			Help: "print this text"},
		{Names: []string{"--version"}, Dest: "version", Effect: argparse.ShowVersion, Group: other,
			Help: "print the release of SETools whose output this is"},
		{Names: []string{"-x", "--expand"}, Dest: "expand", Group: other, Help: "print whole statements"},
		{Names: []string{"--flat"}, Dest: "flat", Group: other,
			Help: "print without headings, indentation and summary"},
		{Names: []string{"-v", "--verbose"}, Dest: "verbose", Group: other, Help: "print each step on standard error"},
		{Names: []string{"--debug"}, Dest: "debug", Group: other, Help: "print more detail"},
	}
	add := func(group string, rows []componentOption) {
		for _, o := range rows {
			options = append(options, argparse.Option{Names: o.names, Dest: o.dest(), Arity: argparse.Optional,
				Metavar: o.metavar, Group: group, Help: o.help})
		}
	}
	add(components, componentOptions())
	options = append(options,
		argparse.Option{LateNames: []string{"--role_types"}, Dest: "--role_types", Arity: argparse.ListOne,
			Metavar: "TYPE", Group: components, Help: "roles that may be associated with the type"},
		argparse.Option{Names: []string{"--all"}, Dest: "all", Group: components,
			Help: "all of them, after the summary"})
	add(xen, xenOptions())
	options = append(options, argparse.Option{LateNames: []string{"--json"}, Dest: "json", Group: other,
		Help: "answer in JSON"})
	return &argparse.Parser{
		Prog:        "seinfo",
		Usage:       "[OPTION...] [--] [policy]",
		Description: "Print the components of a binary SELinux policy, or a summary of them.",
		Epilog: "A component option takes the next word as its value. Where that word is an existing file and no " +
			"policy is named, " +
			"it is taken for the policy; `--` before the policy leaves no doubt.",
		Positionals: []argparse.Positional{{Dest: "policy",
			Help: "file with a binary policy; this machine's if left out"}},
		Options: options,
	}
}
