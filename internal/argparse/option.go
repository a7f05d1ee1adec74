// Package argparse parses a command line as Python's argparse does, as far as the tools of SETools
// and semanage use it. It
// mirrors argparse.py of Python 3.11 (ArgumentParser._parse_known_args and what it calls), quirks
// included: abbreviated long options,
// clusters of short ones, single-dash options of several letters, optional values that take the
// next word, and the same error
// messages. Help and usage texts are the caller's own.
//
// Options are data (Parser.Options); nothing here knows a tool. The order of the table matters only
// for the order of names in
// the message about an ambiguous option.
package argparse

import "slices"

// An Arity is the number of words that an option takes as its value (nargs in Python).
type Arity uint8

// The arities.
const (
	Flag     Arity = iota // none
	One                   // exactly one (nargs=None)
	Optional              // one or none (nargs='?'); takes the following word if that is not an option
	ListOne               // exactly one, kept as a list (nargs=1); differs from One in its error message only
	ListMore              // one or more (nargs='+'): all words up to the next option, each noted
)

// An Effect is an action of an option besides being noted in the Result.
type Effect uint8

// The effects.
const (
	Note        Effect = iota
	ShowHelp           // parsing ends at once with ErrHelp
	ShowVersion        // parsing ends at once with ErrVersion
)

// Option is one row of the table of options.
type Option struct {
	// Names are the spellings, with their dashes, as in `-s`, `--source`, `-ds`. Prefixes of a long name and of a
	// single-dash name of several letters are accepted where they are unambiguous.
	Names []string
	// LateNames are spellings consulted only for a word that fits no name or prefix of any option's
	// Names, so that adding
	// them changes the meaning of no line that was valid without them and no message about ambiguity. They are long
	// (`--name`) and may be abbreviated among themselves.
	LateNames []string
	// Dest is the destination in the Result. Several options may share one.
	Dest   string
	Arity  Arity
	Effect Effect
	// Choices are the texts that a value may be, nil for any; Number says that it is one for Python's int.
	Choices []string
	Number  bool
	// Const is the text noted for a Flag; an option with an optional value and no word has no text.
	Const string

	// Metavar names the value and Help describes the option in the help text; Group is the heading it stands under
	// (headings appear in the order of their first option). An option without Help is not listed.
	Metavar string
	Help    string
	Group   string
}

// Positional is an argument that is not an option. It is optional (nargs='?') unless it is Required (nargs=None).
type Positional struct {
	Dest     string
	Help     string
	Required bool
	Choices  []string // the texts that it may be, nil for any
}

// Parser is a whole command line. Its fields are not changed by parsing.
type Parser struct {
	Prog        string
	Usage       string // what follows "usage: PROG "
	Description string
	Epilog      string
	Options     []Option
	Positionals []Positional
	Groups      []Group
}

// Group is a mutually exclusive group: of the options with that destination, no
// two different ones may be given, and one must be if it is required. Every
// option of the destination belongs to the group, and of those in More.
type Group struct {
	Dest     string
	More     []string
	Required bool
}

func (g Group) has(o *Option) bool { return g.Dest == o.Dest || slices.Contains(g.More, o.Dest) }

// name returns what error messages call the option.
func (o *Option) name() string {
	names := o.Names
	if len(names) == 0 {
		names = o.LateNames
	}
	text := names[0]
	for _, n := range names[1:] {
		text += "/" + n
	}
	return text
}
