package modulecli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/getopt"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/te"
)

// The exit codes of all three programs.
const (
	exitDone   = 0
	exitFailed = 1
)

const checkmoduleUsage = `usage: checkmodule -m [-M] [-C] [-E] [-c VERSION] [-o FILE] [SOURCE]

  SOURCE       the source of the module (policy.conf without it)
  -m           make a policy module: base modules are not made
  -M, --mls    the module is for a policy with levels
  -o, --output FILE
               the module policy; without it the source is only checked
  -C, --cil    write CIL
  -c VERSION   the version of the module policy, 4 to 21 (21)
  -E, --werror warnings are errors
  -U, --handle-unknown deny|reject|allow
               for base modules only
  -b, --binary for base modules only
  -V, --version
               the versions that there are
  -h, --help   this
`

var checkmoduleOptions = []getopt.Option{
	{Letter: 'h', Long: "help"}, {Letter: 'o', Long: "output", Value: true}, {Letter: 'b', Long: "binary"},
	{Letter: 'V', Long: "version"}, {Letter: 'U', Long: "handle-unknown", Value: true}, {Letter: 'M', Long: "mls"},
	{Letter: 'C', Long: "cil"}, {Letter: 'E', Long: "werror"}, {Letter: 'm'}, {Letter: 'c', Value: true},
}

type checkmodule struct {
	te.Options
	output                             string
	module, cil, binary, show, unknown bool
}

var errUsage = errors.New("usage")

// Checkmodule compiles the source of a module; args are the arguments without the
// program's name. The result is the exit code.
func Checkmodule(args []string, stdout, stderr io.Writer) int {
	c := &checkmodule{}
	err := c.parse(args, stderr)
	switch {
	case errors.Is(err, errUsage):
		io.WriteString(stdout, checkmoduleUsage)
		return exitFailed
	case err == nil && c.show:
		fmt.Fprintf(stdout, "Module versions %d-%d\n", pp.MinVersion, pp.SourceVersion)
		return exitDone
	case err == nil:
		err = c.run(stderr)
	}
	if err != nil {
		fmt.Fprintf(stderr, "checkmodule:  %s\n", err)
		return exitFailed
	}
	return exitDone
}

func (c *checkmodule) parse(args []string, stderr io.Writer) error {
	words, operands := getopt.Parse(args, checkmoduleOptions)
	for _, w := range words {
		if w.Bad != "" {
			fmt.Fprintf(stderr, "checkmodule: %s\n", w.Bad)
			return errUsage
		}
		if err := c.set(w.Letter, w.Given, stderr); err != nil {
			return err
		}
	}
	switch {
	case c.show:
		return nil
	case c.unknown && c.module:
		return errors.New("the treatment of unknown classes is for base modules only")
	case c.binary && c.module:
		return errors.New("-b and -m do not go together")
	case len(operands) > 1:
		return errUsage
	}
	c.File = "policy.conf"
	if len(operands) == 1 {
		c.File = operands[0]
	}
	if !c.module {
		return errors.New("senet makes no base modules: -m makes a policy module")
	}
	return nil
}

func (c *checkmodule) set(letter byte, value string, stderr io.Writer) error {
	switch letter {
	case 'h':
		return errUsage
	case 'o':
		c.output = value
	case 'b':
		c.binary = true
	case 'V':
		c.show = true
	case 'M':
		c.MLS = true
	case 'C':
		c.cil = true
	case 'E':
		c.Strict = true
	case 'm':
		c.module = true
	case 'U':
		switch strings.ToLower(value) {
		case "deny":
			c.unknown = false
		case "reject", "allow":
			c.unknown = true
		default:
			return errUsage
		}
	case 'c':
		v, err := strconv.ParseUint(value, 10, 8)
		if err != nil || v < pp.MinVersion || v > pp.SourceVersion {
			fmt.Fprintf(stderr, "the version of a module policy is %d to %d, not %s\n", pp.MinVersion,
				pp.SourceVersion, value)
			return errUsage
		}
		c.Version = uint32(v)
	}
	return nil
}

// run compiles the source and writes the result.
func (c *checkmodule) run(stderr io.Writer) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	r, err := te.Compile(string(text), c.Options)
	var found *compile.Errors
	if errors.As(err, &found) {
		for _, d := range found.List {
			io.WriteString(stderr, d.Text())
		}
		return errors.New("the source has errors")
	}
	if err != nil {
		return err
	}
	for _, d := range r.Warnings {
		fmt.Fprintf(stderr, "warning: %s", d.Text())
	}
	switch {
	case c.output == "" && c.cil:
		return errors.New("no file is given for the CIL")
	case c.output == "":
		return nil
	case r.Module.Name != stem(c.output):
		return fmt.Errorf("the module is called %s, and not as the file, %s", r.Module.Name, stem(c.output))
	}
	data, err := r.Module.Encode()
	if c.cil {
		var text *pp.CIL
		if text, err = r.Module.CIL(); err == nil {
			data = text.Text
		}
	}
	if err != nil {
		return err
	}
	return os.WriteFile(c.output, data, 0o666)
}

// stem is the name of a file without its directory and what is behind the last dot.
func stem(file string) string {
	base := filepath.Base(file)
	if i := strings.LastIndexByte(base, '.'); i >= 0 {
		return base[:i]
	}
	return base
}
