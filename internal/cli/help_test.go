package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHelp: every command explains itself within 80 columns, with its exit
// status and at least two examples.
func TestHelp(t *testing.T) {
	root := newRoot(ioStreams{strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}}, []string{"help"})
	commands := root.Commands()
	for _, cmd := range commands {
		commands = append(commands, cmd.Commands()...)
	}
	for _, cmd := range commands {
		path := strings.Fields(cmd.CommandPath())
		if cmd.DisableFlagParsing || !cmd.IsAvailableCommand() || cmd.Name() == "help" || cmd.Name() == "completion" {
			continue
		}
		var out, errs bytes.Buffer
		if code := Main(append(path, "--help"), strings.NewReader(""), &out, &errs); code != 0 ||
			errs.Len() > 0 {
			t.Errorf("%s --help: exit %d, %s", cmd.CommandPath(), code, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
				t.Errorf("%s --help: %d columns: %s", cmd.CommandPath(), n, line)
			}
		}
		if !strings.Contains(out.String(), "Exit status:") && !strings.Contains(out.String(), "exit status") {
			t.Errorf("%s --help does not say what its exit status means", cmd.CommandPath())
		}
		if n := strings.Count(cmd.Example, cmd.CommandPath()); n < 2 {
			t.Errorf("%s --help has %d examples", cmd.CommandPath(), n)
		}
	}
}

// TestRootHelp: the help that is printed without a command tree is that of the tree.
func TestRootHelp(t *testing.T) {
	var want, got, stderr bytes.Buffer
	root := newRoot(ioStreams{strings.NewReader(""), &want, &stderr}, nil)
	root.SetArgs([]string{"--help"})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"senet"}, {"senet", "-h"}, {"senet", "--help"}} {
		got.Reset()
		if code := Main(args, strings.NewReader(""), &got, &stderr); code != 0 || got.String() != want.String() {
			t.Errorf("%q: exit status %d:\n%s\nthe tree's help:\n%s", args, code, got.String(), want.String())
		}
	}
	if stderr.Len() > 0 {
		t.Error(stderr.String())
	}
}
