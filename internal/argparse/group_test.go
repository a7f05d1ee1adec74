package argparse

import (
	"slices"
	"testing"
)

// TestGroups: what Python says of exclusive options, of required groups and of
// words that a subcommand does not know. The personality of semanage holds the
// same to Python on random lines.
func TestGroups(t *testing.T) {
	p := Parser{
		Options: []Option{
			{Names: []string{"-a", "--add"}, Dest: "action", Const: "add"},
			{Names: []string{"-d", "--delete"}, Dest: "action", Const: "delete"},
			{Names: []string{"-m"}, Dest: "action", Const: "modify"},
			{Names: []string{"-1", "--on"}, Dest: "state", Const: "on"},
			{Names: []string{"-0", "--off"}, Dest: "state", Const: "off"},
			{Names: []string{"-t", "--type"}, Dest: "type", Arity: One},
		},
		Positionals: []Positional{{Dest: "object"}},
		Groups:      []Group{{Dest: "action", Required: true}, {Dest: "state"}},
	}
	for _, c := range []struct {
		args   []string
		want   string // the error
		extras []string
	}{
		{args: []string{"-a", "x"}},
		{args: []string{"-a", "--add", "x"}}, // one and the same twice
		{args: []string{"-a", "-1"}},
		{args: []string{"-m", "-d"}, want: "argument -d/--delete: not allowed with argument -m"},
		{args: []string{"-d", "-a"}, want: "argument -a/--add: not allowed with argument -d/--delete"},
		{args: []string{"-dam"}, want: "argument -a/--add: not allowed with argument -d/--delete"},
		{args: []string{"-a", "-10"}, want: "argument -0/--off: not allowed with argument -1/--on"},
		{args: []string{"-t", "x"}, want: "one of the arguments -a/--add -d/--delete -m is required"},
		// before what is not known
		{args: []string{"-x", "y"}, want: "one of the arguments -a/--add -d/--delete -m is required"},
		{args: []string{"-a", "-t"}, want: "argument -t/--type: expected one argument"},
		// in the order of the words
		{args: []string{"-a", "-d", "-t"}, want: "argument -d/--delete: not allowed with argument -a/--add"},
		{args: []string{"-a", "-x", "y", "z"}, extras: []string{"-x", "z"}},
	} {
		_, extras, err := p.ParseKnown(c.args)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want || !slices.Equal(extras, c.extras) {
			t.Errorf("%q: %q %q, want %q %q", c.args, got, extras, c.want, c.extras)
		}
	}
}
