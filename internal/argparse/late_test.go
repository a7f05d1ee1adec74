package argparse

import (
	"strings"
	"testing"
)

// late has one option with a name of its own time and a late one, and one with late names only.
var late = Parser{
	Prog: "prog", Usage: "[OPTION...]", Description: "Does nothing.", Epilog: "The end.",
	Options: []Option{
		{Names: []string{"-T", "--type_trans"}, LateNames: []string{"--type_transition"}, Dest: "T", Help: "one",
			Group: "Kinds"},
		{Names: []string{"--type_change"}, Dest: "change", Help: "two", Group: "Kinds"},
		{Names: []string{"--role"}, Dest: "role", Arity: Optional, Metavar: "ROLE", Help: strings.Repeat("word ", 20),
			Group: "Names"},
		{LateNames: []string{"--role_types"}, Dest: "role_types", Arity: ListOne, Metavar: "TYPE", Help: "three",
			Group: "Names"},
		{LateNames: []string{"--json"}, Dest: "json", Help: "four", Group: "Kinds"},
	},
	Positionals: []Positional{{Dest: "policy", Help: "five"}},
}

func TestLateNames(t *testing.T) {
	for _, test := range []struct{ line, dest, message string }{
		{"--type_transition", "T", ""},
		{"--type_trans", "T", ""},
		// An abbreviation of a late name that is none of an early one.
		{"--type_transit", "T", ""},
		// Late names take no part in ambiguity: the message is the one of the table without them.
		{"--type", "", "ambiguous option: --type could match --type_trans, --type_change"},
		// --rol stays --role although --role_types begins with it as well.
		{"--rol", "role", ""},
		{"--role_t=x", "role_types", ""},
		{"--role_types", "", "argument --role_types: expected 1 argument"},
		{"--json", "json", ""},
		{"--json=x", "", "argument --json: ignored explicit argument 'x'"},
		{"--jsonx", "", "unrecognized arguments: --jsonx"},
		{"-json", "", "unrecognized arguments: -json"},
	} {
		r, err := late.Parse(strings.Fields(test.line))
		if test.message != "" {
			if err == nil || err.Error() != test.message {
				t.Errorf("%s: error %v, want %s", test.line, err, test.message)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
			continue
		}
		if len(r.Values) != 1 || !r.Has(test.dest) {
			t.Errorf("%s: %v, want %s alone", test.line, r.Values, test.dest)
		}
	}
}

func TestHelpText(t *testing.T) {
	want := `usage: prog [OPTION...]

Does nothing.

Arguments
  policy                  five

Kinds
  -T, --type_trans        one
  --type_change           two
  --json                  four

Names
  --role [ROLE]           word word word word word word word word word word word
                          word word word word word word word word word
  --role_types TYPE       three

The end.
`
	if got := late.HelpText(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
