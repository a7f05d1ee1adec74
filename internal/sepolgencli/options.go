package sepolgencli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/getopt"
)

// options is a parsed command line.
type options struct {
	boot, all, dmesg, lastReload   bool
	requires, dontaudit            bool
	reference, verbose, explain    bool
	xperms, debug, why, cil        bool
	policy, input, module, pack    *string
	output, typ, permMap, infoFile *string
	help, version                  bool
}

// An option is one command-line option. Exactly one of flag, off and value is set.
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

// parse reads a command line as Python's optparse does. It ignores other arguments.
func (o *options) parse(args []string) error {
	table := o.table()
	var list []getopt.Option
	for i := range table {
		list = append(list, getopt.Option{Letter: table[i].short, Long: table[i].long, Value: table[i].value != nil})
	}
	words, _ := getopt.Optparse(args, list)
	for _, w := range words {
		if w.Bad != "" {
			return errors.New(w.Bad)
		}
		at := slices.IndexFunc(table, func(p option) bool { return p.long == w.Long })
		if table[at].set(w.Given); o.help || o.version {
			return nil // optparse stops here
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
