package semanage

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Command is one line of the text that semanage import reads, for a kind of
// local records.
type Command struct {
	Kind   Kind
	Action Action
	Key    Key    // of Delete and Modify; nil for DeleteAllRecords
	Record Record // of Add
	Change Change // of Modify
}

// An Action is the effect of a command.
type Action int

// The actions.
const (
	AddRecord Action = iota // for booleans: set
	ModifyRecord
	DeleteRecord
	DeleteAllRecords
)

// A SkippedLine is a line for something that is not among the kinds of this
// package: modules, permissive domains, dontaudit.
type SkippedLine struct {
	Line int // 1-based
	Text string
}

// maxImportLine bounds the length of a line.
const maxImportLine = 1 << 16

// Import applies commands in the text of semanage export. Where the
// transaction is not Strict, adding a record that exists modifies it, as
// semanage does since 3.5, and so an export can be imported over the records it
// was made of. Lines for what this package does not change are returned. An
// error, which is a *[ParseError], leaves the transaction half done: close it.
func (tx *Tx) Import(r io.Reader) ([]SkippedLine, error) {
	var skipped []SkippedLine
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxImportLine)
	n := 0
	for lines.Scan() {
		n++
		text := lines.Text()
		args := splitArgs(text)
		if len(args) == 0 {
			continue
		}
		if otherCommand(args[0]) {
			skipped = append(skipped, SkippedLine{n, text})
			continue
		}
		c, err := parseCommand(args)
		if err == nil {
			err = tx.Apply(c)
		}
		if err != nil {
			return skipped, &ParseError{Line: n, Text: text, Err: err}
		}
	}
	if err := lines.Err(); err != nil {
		return skipped, fmt.Errorf("line %d: %w", n+1, err)
	}
	return skipped, nil
}

// otherCommand reports whether semanage has that subcommand and this package
// does not.
func otherCommand(name string) bool {
	switch name {
	case "module", "permissive", "dontaudit":
		return true
	}
	return false
}

// Apply carries a command out.
func (tx *Tx) Apply(c Command) error {
	switch c.Action {
	case AddRecord:
		err := tx.Add(c.Record)
		if errors.Is(err, ErrExists) && !tx.Strict {
			err = tx.Set(c.Record)
		}
		return err
	case ModifyRecord:
		return tx.Modify(c.Key, c.Change)
	case DeleteRecord:
		if k, ok := c.Key.(FileContextKey); ok && tx.local[Equivalences].find(EquivalenceKey(k.Path)) >= 0 {
			return tx.Delete(EquivalenceKey(k.Path))
		}
		return tx.Delete(c.Key)
	}
	if c.Kind == FileContexts { // semanage deletes both
		if err := tx.DeleteAll(Equivalences); err != nil {
			return err
		}
	}
	return tx.DeleteAll(c.Kind)
}

// ParseCommand reads one command in the text of semanage export:
//
//	port -a -t http_port_t -r 's0' -p tcp 8080-8089
func ParseCommand(line string) (Command, error) { return parseCommand(splitArgs(line)) }

// options are the arguments of a command.
type options struct {
	action                                byte // a, m, d, D, or 0
	typ, rng, proto, mask, subnet, device string
	user, level, prefix, files, like      string
	roles                                 []string
	on, off                               bool
	object                                string
}

func parseCommand(args []string) (Command, error) {
	if len(args) == 0 {
		return Command{}, fmt.Errorf("%w: an empty command", ErrSyntax)
	}
	kind, ok := kindByName(args[0])
	if !ok || kind == Equivalences {
		return Command{}, fmt.Errorf("%w: unknown command %q", ErrSyntax, args[0])
	}
	o, err := parseOptions(args[1:])
	if err != nil {
		return Command{}, err
	}
	if kind == FileContexts && o.like != "" {
		kind = Equivalences
	}
	c := Command{Kind: kind}
	if o.action == 'D' {
		c.Action = DeleteAllRecords
		return c, nil
	}
	if o.object == "" {
		return c, fmt.Errorf("%w: %s: nothing named", ErrSyntax, kind)
	}
	r, err := o.record(kind)
	if err != nil {
		return c, err
	}
	switch {
	case kind == Booleans && o.action == 'm' && o.on != o.off:
		c.Action, c.Record = AddRecord, r
	case kind == Booleans && o.action != 'd':
		return c, fmt.Errorf("%w: boolean: -m and one of --on, --off is required", ErrSyntax)
	case o.action == 'a' && o.typ == "" && kind.labelled():
		return c, fmt.Errorf("%w: a type is required", ErrType)
	case o.action == 'm' && !kind.labelled():
		return c, fmt.Errorf("%w: %s: -m changes a label; add it anew", ErrSyntax, kind)
	case o.action == 'a':
		c.Action, c.Record = AddRecord, r
	case o.action == 'm':
		c.Action, c.Key, c.Change = ModifyRecord, r.Key(), Change{Type: o.typ, Range: o.rng}
	case o.action == 'd':
		c.Action, c.Key = DeleteRecord, r.Key()
	default:
		return c, fmt.Errorf("%w: %s: no action", ErrSyntax, kind)
	}
	return c, nil
}

// optionName returns the short form of an option, and whether it has a value.
func optionName(arg string) (short byte, value bool) {
	switch arg {
	case "-a", "--add":
		return 'a', false
	case "-m", "--modify":
		return 'm', false
	case "-d", "--delete":
		return 'd', false
	case "-D", "--deleteall":
		return 'D', false
	case "-1", "--on":
		return '1', false
	case "-0", "--off":
		return '0', false
	case "-N", "--noreload", "-n", "--noheading":
		return 'N', false
	case "-t", "--type":
		return 't', true
	case "-r", "--range":
		return 'r', true
	case "-p", "--proto":
		return 'p', true
	case "-M", "--netmask":
		return 'M', true
	case "-x", "--subnet_prefix":
		return 'x', true
	case "-z", "--ibdev_name":
		return 'z', true
	case "-s", "--seuser":
		return 's', true
	case "-L", "--level":
		return 'L', true
	case "-R", "--roles":
		return 'R', true
	case "-P", "--prefix":
		return 'P', true
	case "-f", "--ftype":
		return 'f', true
	case "-e", "--equal":
		return 'e', true
	}
	return 0, false
}

func parseOptions(args []string) (options, error) {
	var o options
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "" || arg[0] != '-' {
			if o.object != "" {
				return o, fmt.Errorf("%w: unexpected argument %q", ErrSyntax, arg)
			}
			o.object = arg
			continue
		}
		name, inline, hasInline := strings.Cut(arg, "=")
		if !strings.HasPrefix(arg, "--") {
			name, hasInline = arg, false
		}
		short, wants := optionName(name)
		if short == 0 && len(arg) > 2 && arg[1] != '-' { // -tTYPE
			if short, wants = optionName(arg[:2]); wants {
				inline, hasInline = arg[2:], true
			} else {
				short = 0
			}
		}
		var value string
		switch {
		case short == 0 || hasInline && !wants:
			return o, fmt.Errorf("%w: unknown option %q", ErrSyntax, arg)
		case hasInline:
			value = inline
		case wants && len(args) == 0:
			return o, fmt.Errorf("%w: option %s needs a value", ErrSyntax, arg)
		case wants:
			value, args = args[0], args[1:]
		}
		if err := o.set(short, value); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (o *options) set(short byte, value string) error {
	switch short {
	case 'a', 'm', 'd', 'D':
		if o.action != 0 && o.action != short {
			return fmt.Errorf("%w: -%c and -%c exclude each other", ErrSyntax, o.action, short)
		}
		o.action = short
	case '1':
		o.on = true
	case '0':
		o.off = true
	case 't':
		o.typ = value
	case 'r':
		o.rng = value
	case 'p':
		o.proto = value
	case 'M':
		o.mask = value
	case 'x':
		o.subnet = value
	case 'z':
		o.device = value
	case 's':
		o.user = value
	case 'L':
		o.level = value
	case 'R':
		o.roles = append(o.roles, value)
	case 'P':
		o.prefix = value
	case 'f':
		o.files = value
	case 'e':
		o.like = value
	}
	return nil
}

// record makes the record that the arguments describe; its context may be
// incomplete.
func (o *options) record(kind Kind) (Record, error) {
	context := Context{Type: o.typ, Range: o.rng}
	switch kind {
	case Booleans:
		return Boolean{Name: o.object, On: o.on}, nil
	case Logins:
		return Login{Name: o.object, User: o.user, Range: o.rng}, nil
	case Users:
		return User{Name: o.object, Roles: strings.Join(o.roles, " "), Level: o.level, Range: o.rng,
			Prefix: o.prefix}, nil
	case FileContexts:
		files, ok := FileKind(o.files)
		if !ok {
			return nil, fmt.Errorf("%w: kind of files %q", ErrSyntax, o.files)
		}
		context.User = o.user
		if o.typ == "<<none>>" {
			context = Context{}
		}
		return FileContext{Path: o.object, Files: files, Context: context}, nil
	case Equivalences:
		return Equivalence{Path: o.object, Like: o.like}, nil
	case Interfaces:
		return Interface{Name: o.object, Context: context}, nil
	case Ports:
		protocol, err := ParseProtocol(o.proto)
		if err != nil {
			return nil, err
		}
		low, high, err := ParsePorts(o.object)
		return Port{protocol, low, high, context}, err
	case Nodes:
		k, err := ParseNode(o.object, o.mask, o.proto)
		return Node{k.Addr, k.Mask, context}, err
	case IBPKeys:
		subnet, err := ParseSubnet(o.subnet)
		if err != nil {
			return nil, err
		}
		low, high, err := parsePKeys(o.object)
		return IBPKey{subnet, low, high, context}, err
	}
	port, err := parseNumber(o.object, 10)
	if err == nil && (port < 1 || port > 255) {
		err = fmt.Errorf("%w: port %d of an InfiniBand device", ErrRange, port)
	}
	return IBEndPort{o.device, uint8(port), context}, err
}

// splitArgs splits a line into arguments as semanage import does (mkargv): at
// white space, except within quotes, which are taken off.
func splitArgs(line string) []string {
	var args []string
	words := strings.Fields(line)
	for i := 0; i < len(words); i++ {
		quote := ""
		for _, q := range []string{`"`, `'`} {
			if strings.Contains(words[i], q) {
				quote = q
				break
			}
		}
		if quote == "" || strings.Count(words[i], quote) > 1 {
			args = append(args, strings.Trim(words[i], quote))
			continue
		}
		joined := strings.Trim(words[i], quote)
		for i++; i < len(words); i++ {
			joined += " " + strings.Trim(words[i], quote)
			if strings.Contains(words[i], quote) {
				break
			}
		}
		args = append(args, joined)
	}
	return args
}
