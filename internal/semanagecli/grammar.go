package semanagecli

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
)

// subcommands are the subcommands of semanage 3.4, in the order of its messages.
func subcommands() []string {
	return []string{"import", "export", "login", "user", "port", "ibpkey", "ibendport", "interface", "module", "node",
		"fcontext", "boolean", "permissive", "dontaudit"}
}

// mainParser is the parser of the whole command line, whose only option is help.
func mainParser() *argparse.Parser {
	choices := "{" + strings.Join(subcommands(), ",") + "}"
	indent := "\n" + strings.Repeat(" ", len("usage: semanage "))
	return &argparse.Parser{
		Prog:  "semanage",
		Usage: "[-h]" + indent + choices + indent + "...",
		Description: "Changes the local records of a SELinux policy store: labels of ports, nodes, interfaces, files " +
			"and InfiniBand objects, values of booleans, logins and SELinux users; and its modules. " +
			"semanage SUBCOMMAND -h shows more.",
		Options: []argparse.Option{helpOption()},
	}
}

func helpOption() argparse.Option {
	return argparse.Option{Names: []string{"-h", "--help"}, Dest: "help", Effect: argparse.ShowHelp, Group: "Options",
		Help: "show this text"}
}

func switchOption(short, long, dest, value, help string) argparse.Option {
	return argparse.Option{Names: []string{short, long}, Dest: dest, Const: value, Group: "Options", Help: help}
}

func valueOption(short, long, help string) argparse.Option {
	dest := strings.TrimPrefix(long, "--")
	return argparse.Option{Names: []string{short, long}, Dest: dest, Arity: argparse.One,
		Metavar: strings.ToUpper(dest), Group: "Options", Help: help}
}

// A command is the grammar of one subcommand.
type command struct {
	name   string
	parser *argparse.Parser
	// dests are the destinations in the order of their definition. Rules are checked in that order.
	dests []string
	rules map[string]rule // by action
}

// A rule lists the destinations that an action must not have and those that it needs.
type rule struct{ not, needs []string }

func findCommand(name string) *command {
	switch name {
	case "import":
		return transferCommand(name, "[-h] [-N] [-S STORE] [-f INPUT_FILE]",
			[]argparse.Option{noReload(), storeOption(),
				valueOption("-f", "--input_file", "read commands from this file, not from standard input")})
	case "export":
		return transferCommand(name, "[-h] [-S STORE] [-f OUTPUT_FILE]",
			[]argparse.Option{storeOption(), valueOption("-f", "--output_file",
				"write commands to this file, not to standard output")})
	case "port":
		return recordCommand(name, 'S', "-t TYPE -p PROTOCOL -r RANGE ( port_name | port_range )",
			"-p PROTOCOL ( port_name | port_range )",
			"tail", []argparse.Option{typeOption(), rangeOption(), protocolOption()}, "a port or a range of ports")
	case "ibpkey":
		return recordCommand(name, 's', "-t TYPE -x SUBNET_PREFIX -r RANGE ( ibpkey_name | pkey_range )",
			"-x SUBNET_PREFIX ( ibpkey_name | pkey_range )",
			"tail", []argparse.Option{typeOption(), rangeOption(),
				valueOption("-x", "--subnet_prefix",
					"the subnet prefix, as an IPv6 address")}, "a partition key or a range of them")
	case "ibendport":
		return recordCommand(name, 's', "-t TYPE -z IBDEV_NAME -r RANGE ( port )", "-z IBDEV_NAME -r RANGE ( port )",
			"tail", []argparse.Option{typeOption(), rangeOption(),
				valueOption("-z", "--ibdev_name", "the name of the device")}, "the number of a port of the device")
	case "interface":
		return recordCommand(name, 'S', "-t TYPE -r RANGE interface", "interface",
			"head", []argparse.Option{typeOption(), rangeOption()}, "the name of the interface")
	case "node":
		return recordCommand(name, 'S', "-M NETMASK -p PROTOCOL -t TYPE -r RANGE node", "-M NETMASK -p PROTOCOL node",
			"tail", []argparse.Option{valueOption("-M", "--netmask", "the mask, or / and the length of a prefix"),
				typeOption(), rangeOption(), protocolOption()}, "an address")
	case "boolean":
		return booleanCommand()
	case "login":
		return loginCommand()
	case "user":
		return userCommand()
	case "fcontext":
		return fcontextCommand()
	case "module":
		return moduleCommand()
	case "permissive":
		return permissiveCommand()
	case "dontaudit":
		return dontauditCommand()
	}
	return nil
}

func storeOption() argparse.Option {
	return valueOption("-S", "--store", "the policy store to work on")
}
func typeOption() argparse.Option { return valueOption("-t", "--type", "the SELinux type") }
func rangeOption() argparse.Option {
	return valueOption("-r", "--range", "the MLS range; s0 if it is not given")
}
func protocolOption() argparse.Option {
	return valueOption("-p", "--proto", "of a port tcp, udp, dccp or sctp, of a node ipv4 or ipv6")
}
func noReload() argparse.Option {
	return switchOption("-N", "--noreload", "noreload", "yes", "do not load the policy into the kernel")
}

// common are the options at the beginning of every subcommand for records.
func common() []argparse.Option {
	return []argparse.Option{
		helpOption(),
		switchOption("-C", "--locallist", "locallist", "yes", "list local records only"),
		switchOption("-n", "--noheading", "noheading", "yes", "list without a heading"),
		noReload(),
		storeOption(),
	}
}

func action(short, long, help string) argparse.Option {
	return switchOption(short, long, "action", strings.TrimPrefix(long, "--"), help)
}

func actions() []argparse.Option {
	return []argparse.Option{
		action("-a", "--add", "add a record"),
		action("-d", "--delete", "delete a local record"),
		action("-m", "--modify", "change the type or the range of a record"),
		action("-l", "--list", "list the records"),
		action("-E", "--extract", "print the commands that make the local records"),
		action("-D", "--deleteall", "delete all local records"),
	}
}

// recordUsage is the usage of a subcommand for records.
func recordUsage(store byte, add, del string) string {
	return "[-h] [-n] [-N] [-" + string(store) + " STORE] [ --add " + add + " | --delete " + del +
		" | --deleteall  | --extract  | --list -C | --modify " + add + " ]"
}

// recordCommand makes the grammar of a subcommand for records with contexts.
// Its own options stand before the actions ("head") or after them.
func recordCommand(name string, store byte, add, del, place string, own []argparse.Option, object string) *command {
	c := &command{name: name, parser: &argparse.Parser{
		Prog: "semanage " + name, Usage: recordUsage(store, add, del),
		Positionals: []argparse.Positional{{Dest: name, Help: object}},
		Groups:      []argparse.Group{{Dest: "action", Required: true}},
	}}
	if place == "head" {
		c.parser.Options = slices.Concat(common(), own, actions())
	} else {
		c.parser.Options = slices.Concat(common(), actions(), own)
	}
	c.setDests()
	c.rules = recordRules(name)
	return c
}

func (c *command) setDests() {
	for _, o := range c.parser.Options {
		if !slices.Contains(c.dests, o.Dest) {
			c.dests = append(c.dests, o.Dest)
		}
	}
	for _, p := range c.parser.Positionals {
		c.dests = append(c.dests, p.Dest)
	}
}

// recordRules are the rules in the tables of semanage, combined. Some tables have a misspelt name, which has no
// effect.
func recordRules(name string) map[string]rule {
	local := []string{"locallist"}
	key := map[string][]string{
		"port": {"port", "proto"}, "ibpkey": {"ibpkey", "subnet_prefix"}, "ibendport": {"ibendport", "ibdev_name"},
		"interface": {"interface"}, "node": {"node", "netmask", "proto"},
	}[name]
	typed := append([]string{"type"}, key...)
	rules := map[string]rule{
		"list":      {not: typed},
		"add":       {not: local, needs: typed},
		"modify":    {needs: key},
		"delete":    {not: local, needs: key},
		"extract":   {not: append(local, typed...)},
		"deleteall": {not: local},
	}
	switch name {
	case "interface":
		rules["list"] = rule{not: key}
		rules["modify"] = rule{not: local, needs: typed}
	case "node":
		rules["modify"] = rule{not: local, needs: key}
		rules["delete"] = rule{not: local, needs: []string{"node", "netmask"}}
	case "ibpkey":
		rules["extract"] = rule{not: []string{"locallist", "type", "ibpkey"}}
	}
	return rules
}

func booleanCommand() *command {
	all := actions()
	c := &command{name: "boolean", parser: &argparse.Parser{
		Prog: "semanage boolean",
		Usage: "[-h] [-n] [-N] [-S STORE] [  --extract  | --deleteall  | --list -C | --modify ( --on | --off ) " +
			"boolean ]",
		Options: append(append(common(), all[2:]...),
			switchOption("-1", "--on", "state", "on", "switch the boolean on"),
			switchOption("-0", "--off", "state", "off", "switch it off")),
		Positionals: []argparse.Positional{{Dest: "boolean", Help: "the name of the boolean"}},
		Groups:      []argparse.Group{{Dest: "action", Required: true}, {Dest: "state"}},
	}}
	c.dests = []string{"locallist", "noheading", "noreload", "store", "boolean", "action", "state"}
	c.rules = map[string]rule{
		"list":      {not: []string{"state", "boolean"}},
		"modify":    {needs: []string{"boolean", "state"}},
		"extract":   {not: []string{"locallist", "state", "boolean"}},
		"deleteall": {not: []string{"locallist"}},
	}
	return c
}

func transferCommand(name, usage string, options []argparse.Option) *command {
	return &command{name: name, parser: &argparse.Parser{
		Prog: "semanage " + name, Usage: usage,
		Options: append([]argparse.Option{helpOption()}, options...),
	}}
}
