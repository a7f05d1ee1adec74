package secilccli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policydb"
)

type options struct {
	compile          compile.Options
	output, contexts string
	files            []string
	verbose          bool
}

// A flag is one option of secilc.
type flag struct {
	letter byte
	long   string
	value  bool
}

var flags = []flag{
	{'h', "help", false}, {'v', "verbose", false}, {'t', "target", true}, {'M', "mls", true},
	{'c', "policyversion", true},
	{'U', "handle-unknown", true}, {'D', "disable-dontaudit", false}, {'m', "multiple-decls", false},
	{'N', "disable-neverallow", false}, {'P', "preserve-tunables", false}, {'Q', "qualified-names", false},
	{'o', "output", true}, {'f', "filecontexts", true}, {'G', "expand-generated", false}, {'X', "expand-size", true},
	{'O', "optimize", false},
}

// parse reads a command line as getopt_long does, in the way in which secilc
// uses it: an option that does not exist is reported and passed over.
func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		next := func() (string, bool) {
			i++
			if i < len(args) {
				return args[i], true
			}
			return "", false
		}
		switch {
		case arg == "--":
			o.files = append(o.files, args[i+1:]...)
			i = len(args)
		case strings.HasPrefix(arg, "--"):
			if err := o.longFlag(arg[2:], next, stderr); err != nil {
				return nil, err
			}
		case len(arg) > 1 && arg[0] == '-':
			if err := o.letters(arg[1:], next, stderr); err != nil {
				return nil, err
			}
		default:
			o.files = append(o.files, arg)
		}
	}
	if len(o.files) == 0 {
		return nil, fmt.Errorf("no CIL files are given")
	}
	o.compile.Libsepol = compile.OldestRelease
	o.compile.FatalConflicts = o.verbose
	return o, nil
}

func (o *options) longFlag(text string, next func() (string, bool), stderr io.Writer) error {
	name, value, attached := strings.Cut(text, "=")
	var found []flag
	for _, f := range flags {
		if f.long == name {
			found = []flag{f}
			break
		}
		if strings.HasPrefix(f.long, name) {
			found = append(found, f)
		}
	}
	switch {
	case len(found) != 1:
		fmt.Fprintf(stderr, "secilc: no option --%s\n", name)
		return nil
	case attached && !found[0].value:
		fmt.Fprintf(stderr, "secilc: option --%s takes no value\n", found[0].long)
		return nil
	case found[0].value && !attached:
		var ok bool
		if value, ok = next(); !ok {
			fmt.Fprintf(stderr, "secilc: option --%s wants a value\n", found[0].long)
			return nil
		}
	}
	return o.set(found[0].letter, value)
}

func (o *options) letters(text string, next func() (string, bool), stderr io.Writer) error {
	for text != "" {
		letter := text[0]
		text = text[1:]
		at := -1
		for n, f := range flags {
			if f.letter == letter {
				at = n
			}
		}
		switch {
		case at < 0 && letter == 'n':
			return fmt.Errorf("option -n has no meaning")
		case at < 0:
			fmt.Fprintf(stderr, "secilc: no option -%c\n", letter)
			continue
		case !flags[at].value:
			if err := o.set(letter, ""); err != nil {
				return err
			}
			continue
		}
		value := text
		if text = ""; value == "" {
			var ok bool
			if value, ok = next(); !ok {
				fmt.Fprintf(stderr, "secilc: option -%c wants a value\n", letter)
				return nil
			}
		}
		if err := o.set(letter, value); err != nil {
			return err
		}
	}
	return nil
}

// set takes one option.
func (o *options) set(letter byte, value string) error {
	c := &o.compile
	switch letter {
	case 'h':
		return errHelp
	case 'v':
		o.verbose = true
	case 'o':
		o.output = value
	case 'f':
		o.contexts = value
	case 'D':
		c.DisableDontAudit = true
	case 'm':
		c.MultipleDecls = true
	case 'N':
		c.DisableNeverallow = true
	case 'P':
		c.PreserveTunables = true
	case 'Q':
		c.QualifiedNames = true
	case 'G':
		c.ExpandGenerated = true
	case 'O':
		c.Optimize = true
	case 't':
		switch value {
		case "selinux":
			c.Target = policydb.TargetSELinux
		case "xen":
			c.Target = policydb.TargetXen
		default:
			return fmt.Errorf("no target is called %s", value)
		}
	case 'M':
		on := strings.EqualFold(value, "true") || value == "1"
		if !on && !strings.EqualFold(value, "false") && value != "0" {
			return fmt.Errorf("--mls is true or false, not %s", value)
		}
		c.MLS = &on
	case 'c':
		v, err := strconv.Atoi(strings.TrimLeft(value, " \t\n\v\f\r"))
		if err != nil || v < policydb.MinVersion || v > compile.DefaultVersion {
			return fmt.Errorf("the version of a policy is from %d to %d, not %s", policydb.MinVersion,
				compile.DefaultVersion, value)
		}
		c.Version = uint32(v)
	case 'U':
		unknown := policydb.UnknownDeny
		switch strings.ToLower(value) {
		case "deny":
		case "allow":
			unknown = policydb.UnknownAllow
		case "reject":
			unknown = policydb.UnknownReject
		default:
			return fmt.Errorf("--handle-unknown is deny, allow or reject, not %s", value)
		}
		c.HandleUnknown = &unknown
	case 'X':
		v, err := strconv.ParseInt(strings.TrimLeft(value, " \t\n\v\f\r"), 10, 32)
		if err != nil || v < 0 {
			return fmt.Errorf("the size of an attribute is a number, not %s", value)
		}
		size := uint32(v)
		c.ExpandSize = &size
	}
	return nil
}
