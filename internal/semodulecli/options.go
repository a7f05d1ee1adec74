package semodulecli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/modstore"
)

// A mode is an action of semodule. The actions run in the order of the command line.
type mode byte

const (
	modePriority mode = 'X'
	modeInstall  mode = 'i'
	modeRemove   mode = 'r'
	modeEnable   mode = 'e'
	modeDisable  mode = 'd'
	modeExtract  mode = 'E'
	modeList     mode = 'l'
	modeCIL      mode = 'c'
	modeHLL      mode = 'H'
)

// A command is a mode with its argument.
type command struct {
	mode mode
	arg  string
}

// changes reports whether the command needs a transaction.
func (c *command) changes() bool { return strings.ContainsRune("ired", rune(c.mode)) }

// options is a parsed command line.
type options struct {
	store, root, storeRoot string
	config                 string // the path of another semanage.conf
	commands               []command
	reload, build, refresh bool
	noReload, verbose      bool
	noDontAudit, tunables  bool
	ignoreCache, checksums bool
}

// A flag is one option of semodule. value says that it takes an argument: "" for none,
// "required", or "optional".
type flag struct {
	letter byte
	long   string
	value  string
}

const (
	required = "required"
	optional = "optional"
	refresh  = 'F' // has no letter
)

var flags = []flag{
	{'s', "store", required}, {'b', "base", required}, {'h', "help", ""}, {'i', "install", required},
	{'E', "extract", required}, {'l', "list-modules", optional}, {'v', "verbose", ""}, {'r', "remove", required},
	{'u', "upgrade", required}, {'R', "reload", ""}, {'n', "noreload", ""}, {'N', "", ""}, {'B', "build", ""},
	{'D', "disable_dontaudit", ""}, {'P', "preserve_tunables", ""}, {'C', "ignore-module-cache", ""},
	{'p', "path", required}, {'S', "store-path", required}, {'X', "priority", required}, {'e', "enable", required},
	{'d', "disable", required}, {'c', "cil", ""}, {'H', "hll", ""}, {'m', "checksum", ""},
	{'g', "config", required},
	{refresh, "rebuild-if-modules-changed", ""}, {refresh, "refresh", ""},
}

var errHelp = errors.New("help is asked for")

// parse reads a command line as getopt_long does: options and other arguments in any order, and abbreviated long
// names. It reports deprecated options on stderr.
func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	var rest []string
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			rest, args = append(rest, args...), nil
		case strings.HasPrefix(arg, "--"):
			name, value, has := strings.Cut(arg[2:], "=")
			f, err := longFlag(name)
			switch {
			case err != nil:
				return nil, err
			case has && f.value == "":
				return nil, fmt.Errorf("semodule: option '--%s' doesn't allow an argument", f.long)
			case !has && f.value == required:
				if len(args) == 0 {
					return nil, fmt.Errorf("semodule: option '--%s' requires an argument", f.long)
				}
				value, args = args[0], args[1:]
			}
			if err := o.set(f, value, stderr); err != nil {
				return nil, err
			}
		case len(arg) > 1 && arg[0] == '-':
			var err error
			if args, err = o.letters(arg[1:], args, stderr); err != nil {
				return nil, err
			}
		default:
			rest = append(rest, arg)
		}
	}
	return o, o.finish(rest)
}

// letters reads one-letter options, and returns the arguments after them.
func (o *options) letters(letters string, args []string, stderr io.Writer) ([]string, error) {
	for letters != "" {
		letter := letters[0]
		letters = letters[1:]
		var f *flag
		for i := range flags {
			if flags[i].letter == letter && letter != refresh {
				f = &flags[i]
			}
		}
		if f == nil {
			return nil, fmt.Errorf("semodule: invalid option -- '%c'", letter)
		}
		value := ""
		if f.value != "" {
			value, letters = letters, ""
		}
		if f.value == required && value == "" {
			if len(args) == 0 {
				return nil, fmt.Errorf("semodule: option requires an argument -- '%c'", letter)
			}
			value, args = args[0], args[1:]
		}
		if err := o.set(f, value, stderr); err != nil {
			return nil, err
		}
	}
	return args, nil
}

// longFlag finds an option by its long name or an unambiguous abbreviation.
func longFlag(name string) (*flag, error) {
	var found *flag
	for i := range flags {
		f := &flags[i]
		switch {
		case f.long == "" || !strings.HasPrefix(f.long, name):
		case f.long == name:
			return f, nil
		case found != nil && found.letter != f.letter:
			return nil, fmt.Errorf("semodule: option '--%s' is ambiguous", name)
		default:
			found = f
		}
	}
	if found == nil {
		return nil, fmt.Errorf("semodule: unrecognized option '--%s'", name)
	}
	return found, nil
}

func (o *options) set(f *flag, value string, stderr io.Writer) error {
	switch f.letter {
	case 'h':
		return errHelp
	case 'b', 'u':
		fmt.Fprintf(stderr, "The --%s option is deprecated. Use --install instead.\n", f.long)
		o.commands = append(o.commands, command{modeInstall, value})
	case 'i', 'r', 'e', 'd', 'E', 'l', 'c', 'H', 'X':
		o.commands = append(o.commands, command{mode(f.letter), value})
	case 's':
		o.store = value
	case 'p':
		o.root = value
	case 'S':
		o.storeRoot = value
	case 'g':
		var err error
		if o.config, err = filepath.Abs(value); err != nil {
			return fmt.Errorf("semodule: %w", err)
		}
	case 'v':
		o.verbose = true
	case 'R':
		o.reload = true
	case 'n', 'N':
		o.noReload = true
	case 'B':
		o.build = true
	case 'D':
		o.noDontAudit = true
	case 'P':
		o.tunables = true
	case 'C':
		o.ignoreCache = true
	case 'm':
		o.checksums = true
	case refresh:
		o.refresh = true
	}
	return nil
}

// finish gives the remaining words to the last command, and refuses combinations that make no
// sense.
func (o *options) finish(rest []string) error {
	modes := map[mode]bool{}
	for i := range o.commands {
		modes[o.commands[i].mode] = true
	}
	switch {
	case (o.build || o.reload || o.refresh) && len(o.commands) > 0:
		return errors.New("build or reload should not be used with other commands")
	case len(o.commands) == 0 && !o.build && !o.reload && !o.refresh:
		return errors.New("At least one mode must be specified.") //nolint:staticcheck,revive // semodule's words
	case (modes[modeCIL] || modes[modeHLL]) && !modes[modeExtract]:
		return errors.New("--cil and --hll require a module to export with the --extract option")
	}
	if len(rest) > 0 {
		last := command{}
		if n := len(o.commands); n > 0 {
			last = o.commands[n-1]
		}
		if !last.changes() && last.mode != modeExtract {
			return fmt.Errorf("unknown additional arguments:\n %s", strings.Join(rest, " "))
		}
		for _, arg := range rest {
			o.commands = append(o.commands, command{last.mode, arg})
		}
	}
	return nil
}

// changes reports whether there is something to commit.
func (o *options) changes() bool {
	for i := range o.commands {
		if o.commands[i].changes() {
			return true
		}
	}
	return o.build || o.refresh
}

// priority reads the argument of -X.
func priority(arg string) (int, error) {
	n, err := strconv.Atoi(arg)
	if err != nil {
		n = 0
	}
	if n < modstore.MinPriority || n > modstore.MaxPriority {
		return 0, fmt.Errorf("invalid priority %d (needs to be between %d and %d)", n, modstore.MinPriority,
			modstore.MaxPriority)
	}
	return n, nil
}

// usage is semodule's text about itself.
const usage = `usage:  semodule [option]... MODE...
Manage SELinux policy modules.
MODES:
  -R, --reload              load the policy again
  -B, --build               build the policy, and load it
  -i, --install=FILE        install a module
  -r, --remove=NAME         remove a module at the priority
  -l[KIND], --list-modules[=KIND]
                            list modules: standard, those that count, or full
  -X, --priority=N          the priority of what follows (1-999)
  -e, --enable=NAME         enable a module
  -d, --disable=NAME        disable a module
  -E, --extract=NAME        write a module to a file here
Options:
  -s, --store               the name of the store
  -N, -n, --noreload        do not load the policy
  -h, --help                this
  -v, --verbose             say what is done; labels given twice are errors
  -P, --preserve_tunables   keep tunables, as booleans
  -D, --disable_dontaudit   leave dontaudit rules out
  -C, --ignore-module-cache convert modules that are no CIL again
  -p, --path                the root of the system that has the store
  -S, --store-path          the directory of stores
  -g, --config=FILE         another semanage.conf
  -c, --cil                 extract a module's CIL
  -H, --hll                 extract a module as it was installed
  -m, --checksum            list the SHA-256 of modules too
      --rebuild-if-modules-changed, --refresh
                            build if modules are others than at the last build
`
