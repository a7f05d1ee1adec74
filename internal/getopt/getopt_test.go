package getopt_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/getopt"
)

// TestParse: each form of an option, and each mistake in the words of glibc.
func TestParse(t *testing.T) {
	options := []getopt.Option{
		{'o', "output", true}, {'v', "verbose", false}, {'V', "version", false}, {'m', "", false}, {0, "long", true},
	}
	for _, c := range []struct{ line, words, operands string }{
		{"", "", ""},
		{"a b", "", "a b"},
		{"-o x a", "o=x", "a"},
		{"a -ox -v b", "o=x v", "a b"},
		{"-vmo x", "v m o=x", ""},
		{"-vmox", "v m o=x", ""},
		{"--output x --output=y --long= --long z", "o=x o=y long= long=z", ""},
		{"--out x --verb", "o=x v", ""},
		{"-v -- -v --long", "v", "-v --long"},
		{"- a", "", "- a"},
		{"--nosuch", "!unrecognized option '--nosuch'", ""},
		{"--ver", "!option '--ver' is ambiguous; possibilities: '--verbose' '--version'", ""},
		{"--verbose=x", "!option '--verbose' doesn't allow an argument", ""},
		{"--long", "!option '--long' requires an argument", ""},
		{"-o", "!option requires an argument -- 'o'", ""},
		{"-vzm", "v !invalid option -- 'z' m", ""},
	} {
		words, operands := getopt.Parse(strings.Fields(c.line), options)
		var got []string
		for _, w := range words {
			name := w.Long
			if w.Letter != 0 {
				name = string(w.Letter)
			}
			switch {
			case w.Bad != "":
				name = "!" + w.Bad
			case w.Value:
				name = fmt.Sprintf("%s=%s", name, w.Given)
			}
			got = append(got, name)
		}
		if strings.Join(got, " ") != c.words || !slices.Equal(operands, strings.Fields(c.operands)) {
			t.Errorf("%q: %q and %q, want %q and %q", c.line, got, operands, c.words, c.operands)
		}
	}
}
