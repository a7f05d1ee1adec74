package sepolgencli

import (
	"fmt"
	"slices"
	"strings"
)

// options are what the command line says.
type options struct {
	boot, all, dmesg, lastReload   bool
	requires, dontaudit            bool
	reference, verbose, explain    bool
	xperms, debug, why, cil        bool
	policy, input, module, pack    *string
	output, typ, permMap, infoFile *string
	help, version                  bool
}

// An option is one of the command line. Exactly one of flag, off and value is set.
type option struct {
	short byte
	long  string
	flag  *bool
	off   *bool // the option clears it
	value **string
	meta  string // the name of the value
	help  string
}

func (o *options) table() []option {
	return []option{
		{long: "version", flag: &o.version, help: "show program's version number and exit"},
		{short: 'h', long: "help", flag: &o.help, help: "show this help message and exit"},
		{short: 'b', long: "boot", flag: &o.boot, help: "read the audit log from the last boot on; not with -i"},
		{short: 'a', long: "all", flag: &o.all, help: "read the audit log; not with -i"},
		{short: 'C', long: "cil", flag: &o.cil, help: "write CIL; not with -M"},
		{short: 'p', long: "policy", value: &o.policy, meta: "POLICY", help: "the policy to ask"},
		{short: 'd', long: "dmesg", flag: &o.dmesg, help: "read the output of dmesg; not with -a or -i"},
		{short: 'i', long: "input", value: &o.input, meta: "INPUT", help: "read INPUT; not with -a"},
		{short: 'l', long: "lastreload", flag: &o.lastReload, help: "only what is after the last load of a policy"},
		{short: 'r', long: "requires", flag: &o.requires, help: "write the require block of a module"},
		{short: 'm', long: "module", value: &o.module, meta: "MODULE", help: "name the module; implies --requires"},
		{short: 'M', long: "module-package", value: &o.pack, meta: "MODULE_PACKAGE",
			help: "write a module and its package; not with -o or -m"},
		{short: 'o', long: "output", value: &o.output, meta: "OUTPUT", help: "append to OUTPUT; not with -M"},
		{short: 'D', long: "dontaudit", flag: &o.dontaudit, help: "write dontaudit rules"},
		{short: 'R', long: "reference", flag: &o.reference, help: "call interfaces of refpolicy"},
		{short: 'N', long: "noreference", off: &o.reference, help: "do not call interfaces"},
		{short: 'v', long: "verbose", flag: &o.verbose, help: "explain each rule"},
		{short: 'e', long: "explain", flag: &o.explain, help: "explain each rule with all records"},
		{short: 't', long: "type", value: &o.typ, meta: "TYPE", help: "only records with a type that matches"},
		{long: "perm-map", value: &o.permMap, meta: "PERM_MAP", help: "the file with the weights of permissions"},
		{long: "interface-info", value: &o.infoFile, meta: "INTERFACE_INFO", help: "the file about interfaces"},
		{short: 'x', long: "xperms", flag: &o.xperms, help: "write rules for ioctl commands"},
		{long: "debug", flag: &o.debug, help: "leave generated modules for -M"},
		{short: 'w', long: "why", flag: &o.why, help: "say why each access was denied"},
	}
}

// parse reads a command line as Python's optparse does: options anywhere, long ones cut short, other arguments ignored.
func (o *options) parse(args []string) error {
	table := o.table()
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			return nil
		case strings.HasPrefix(arg, "--"):
			name, value, joined := strings.Cut(arg, "=")
			opt, err := find(table, name)
			if err != nil {
				return err
			}
			switch {
			case opt.value == nil && joined:
				return fmt.Errorf("--%s option does not take a value", opt.long)
			case opt.value == nil:
				opt.set("")
			case joined:
				opt.set(value)
			case len(args) == 0:
				return fmt.Errorf("--%s option requires 1 argument", opt.long)
			default:
				opt.set(args[0])
				args = args[1:]
			}
			if o.help || o.version {
				return nil
			}
		case len(arg) > 1 && arg[0] == '-':
			for i := 1; i < len(arg); i++ {
				at := slices.IndexFunc(table, func(p option) bool { return p.short != 0 && p.short == arg[i] })
				if at < 0 {
					return fmt.Errorf("no such option: -%c", arg[i])
				}
				opt := &table[at]
				if opt.value == nil {
					opt.set("")
					if o.help {
						return nil
					}
					continue
				}
				switch {
				case i+1 < len(arg):
					opt.set(arg[i+1:])
				case len(args) == 0:
					return fmt.Errorf("-%c option requires 1 argument", arg[i])
				default:
					opt.set(args[0])
					args = args[1:]
				}
				break
			}
		}
	}
	return nil
}

func (p *option) set(value string) {
	switch {
	case p.flag != nil:
		*p.flag = true
	case p.off != nil:
		*p.off = false
	default:
		*p.value = &value
	}
}

// find returns the long option that a name is, or the only one that it begins.
func find(table []option, name string) (*option, error) {
	var found []string
	at := -1
	for i := range table {
		long := "--" + table[i].long
		if long == name {
			return &table[i], nil
		}
		if strings.HasPrefix(long, name) {
			found = append(found, long)
			at = i
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("no such option: %s", name)
	case 1:
		return &table[at], nil
	}
	slices.Sort(found)
	return nil, fmt.Errorf("ambiguous option: %s (%s?)", name, strings.Join(found, ", "))
}

// help returns the text of --help.
func help(program string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: %s [options]\n\nOptions:\n", program)
	for _, p := range new(options).table() {
		var names []string
		if p.short != 0 {
			names = append(names, "-"+string(rune(p.short)))
			if p.value != nil {
				names[0] += " " + p.meta
			}
		}
		long := "--" + p.long
		if p.value != nil {
			long += "=" + p.meta
		}
		line := "  " + strings.Join(append(names, long), ", ")
		if len(line) > 22 {
			fmt.Fprintf(&b, "%s\n%24s%s\n", line, "", p.help)
		} else {
			fmt.Fprintf(&b, "%-24s%s\n", line, p.help)
		}
	}
	fmt.Fprintf(&b, "\nExamples:\n  %s -i audit.log -m local\n  %s -b -w\n", program, program)
	return b.String()
}
