package secilccli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/getopt"
	"github.com/senet-selinux/senet/policydb"
)

type options struct {
	compile          compile.Options
	output, contexts string
	files            []string
	verbose          bool
}

var flags = []getopt.Option{
	{Letter: 'h', Long: "help"}, {Letter: 'v', Long: "verbose"}, {Letter: 't', Long: "target", Value: true},
	{Letter: 'M', Long: "mls", Value: true}, {Letter: 'c', Long: "policyversion", Value: true},
	{Letter: 'U', Long: "handle-unknown", Value: true}, {Letter: 'D', Long: "disable-dontaudit"},
	{Letter: 'm', Long: "multiple-decls"}, {Letter: 'N', Long: "disable-neverallow"},
	{Letter: 'P', Long: "preserve-tunables"}, {Letter: 'Q', Long: "qualified-names"},
	{Letter: 'o', Long: "output", Value: true}, {Letter: 'f', Long: "filecontexts", Value: true},
	{Letter: 'G', Long: "expand-generated"}, {Letter: 'X', Long: "expand-size", Value: true},
	{Letter: 'O', Long: "optimize"}, {Letter: 'n'},
}

// parse reads a command line in the way in which secilc does: an option that does not
// exist is reported and passed over.
func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	words, operands := getopt.Parse(args, flags)
	for _, w := range words {
		if w.Bad != "" {
			fmt.Fprintf(stderr, "secilc: %s\n", w.Bad)
			continue
		}
		if err := o.set(w.Letter, w.Given); err != nil {
			return nil, err
		}
	}
	if o.files = operands; len(o.files) == 0 {
		return nil, fmt.Errorf("no CIL files are given")
	}
	o.compile.Libsepol = compile.OldestRelease
	o.compile.FatalConflicts = o.verbose
	return o, nil
}

// set takes one option.
func (o *options) set(letter byte, value string) error {
	c := &o.compile
	switch letter {
	case 'h':
		return errHelp
	case 'n':
		return fmt.Errorf("option -n has no meaning")
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
		var ok bool
		if c.Target, ok = policydb.ParseTarget(value); !ok {
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
		unknown, ok := policydb.ParseHandleUnknown(strings.ToLower(value))
		if !ok {
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
