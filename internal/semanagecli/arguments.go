package semanagecli

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
)

// arguments are the parsed arguments of one subcommand.
type arguments struct {
	command *command
	result  *argparse.Result
}

// text returns a value, "" where it was not given.
func (a *arguments) text(dest string) string { return a.result.Text(dest) }

// given reports whether a value was given, even an empty one.
func (a *arguments) given(dest string) bool { return a.result.Has(dest) }

// all returns every value of an option that may have several.
func (a *arguments) all(dest string) []string {
	var list []string
	for _, v := range a.result.Values {
		if v.Dest == dest && v.Given {
			list = append(list, v.Text)
		}
	}
	return list
}

func (a *arguments) action() string { return a.text("action") }

// split finds the subcommand among the words, as the parser of the whole command line does. Options before it
// belong to that parser; everything after it belongs to the subcommand.
func split(words []string) (name string, rest, extras []string, err error) {
	main := mainParser()
	fail := func(err error) (string, []string, []string, error) {
		return "", nil, nil, &usageError{main, err}
	}
	var before []string
	for i, w := range words {
		if w == "--" {
			// Everything from here on is an argument.
			if i+1 == len(words) {
				break
			}
			return fail(invalidChoice(w))
		}
		if _, _, err := main.ParseKnown([]string{w}); err != nil {
			return fail(err)
		}
		if strings.HasPrefix(w, "-") && w != "-" && !strings.Contains(w, " ") && !argparse.Negative(w) {
			before = append(before, w)
			continue
		}
		if !slices.Contains(subcommands(), w) {
			return fail(invalidChoice(w))
		}
		return w, words[i+1:], before, nil
	}
	return fail(&argparse.Error{Message: "the following arguments are required: subcommand"})
}

func invalidChoice(w string) error {
	quoted := make([]string, 0, 16)
	for _, name := range subcommands() {
		quoted = append(quoted, "'"+name+"'")
	}
	return &argparse.Error{Message: "argument subcommand: invalid choice: " + argparse.Repr(w) + " (choose from " +
		strings.Join(quoted, ", ") + ")"}
}

// parse parses the words of one command. It does not apply the rules for its options.
func parse(words []string) (*arguments, error) {
	name, rest, extras, err := split(words)
	if err != nil {
		return nil, err
	}
	c := findCommand(name)
	result, unknown, err := c.parser.ParseKnown(rest)
	if err != nil {
		return nil, &usageError{c.parser, err}
	}
	if err := argparse.Unrecognized(append(extras, unknown...)); err != nil {
		return nil, &usageError{mainParser(), err}
	}
	return &arguments{c, result}, nil
}

// check applies the rules of the action (handle_opts): first the options that it must not have, then those that it
// needs.
func (a *arguments) check() error {
	action := a.action()
	if a.command.name == "fcontext" && action != "" && a.text("equal") != "" {
		action = "equal"
	}
	r := a.command.rules[action]
	for _, d := range a.command.dests {
		if slices.Contains(r.not, d) && a.text(d) != "" {
			return &optionError{action + " option can not be used with --" + d}
		}
	}
	for _, d := range a.command.dests {
		if slices.Contains(r.needs, d) && a.text(d) == "" {
			return &optionError{d + " option is needed for " + action}
		}
	}
	return nil
}

// legacyArgs translates the old spellings -o FILE and -i FILE (make_io_args). If one of them stands anywhere in the
// line, every other word but a few is the file, and the last such word counts.
func legacyArgs(args []string) []string {
	if !slices.Contains(args, "-o") && !slices.Contains(args, "-i") {
		return args
	}
	var sub, kept, file []string
	for _, a := range args {
		switch a {
		case "-o":
			sub = []string{"export"}
		case "-i":
			sub = []string{"import"}
		case "-S", "targeted", "minimum", "mls":
			kept = append(kept, a)
		default:
			file = []string{"-f", a}
		}
	}
	return slices.Concat(sub, kept, file)
}
