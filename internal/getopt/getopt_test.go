package getopt_test

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/getopt"
	"github.com/senet-selinux/senet/internal/testenv"
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
		got := texts(words)
		if strings.Join(got, " ") != c.words || !slices.Equal(operands, strings.Fields(c.operands)) {
			t.Errorf("%q: %q and %q, want %q and %q", c.line, got, operands, c.words, c.operands)
		}
	}
}

// texts writes each word: NAME, NAME=VALUE, or !MISTAKE.
func texts(words []getopt.Word) (list []string) {
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
		list = append(list, name)
	}
	return list
}

// optparse has the options of TestOptparse. It writes, for each line, the words up to the first mistake, each followed
// by a "|".
const optparse = `
import optparse, sys
class Parser(optparse.OptionParser):
    def error(self, msg): raise Exception(msg)
for line in sys.stdin:
    words = []
    p = Parser(add_help_option=False)
    def note(option, opt, value, parser):
        name = option._short_opts[0][1:] if option._short_opts else option._long_opts[0][2:]
        words.append(name if value is None else name + "=" + value)
    for names, typ in ((("-o", "--output"), "string"), (("-v", "--verbose"), None), (("-V", "--version"), None),
                       (("-m",), None), (("--long",), "string")):
        p.add_option(*names, action="callback", callback=note, type=typ)
    try:
        p.parse_args(line.split())
    except Exception as e:
        words.append("!" + str(e))
    print("".join(w + "|" for w in words))
`

// TestOptparse: random lines are read as Python reads them, up to the first mistake.
func TestOptparse(t *testing.T) {
	testenv.Need(t, "python3")
	options := []getopt.Option{
		{'o', "output", true}, {'v', "verbose", false}, {'V', "version", false}, {'m', "", false}, {0, "long", true},
	}
	parts := []string{"-", "-", "--", "o", "v", "V", "m", "z", "x", "long", "lo", "ver", "verb", "version", "verbose",
		"output", "=", "=1", " ", " ", " "}
	r := rand.New(rand.NewPCG(8, 8))
	var lines, own []string
	for range testenv.Rounds(2000, 50_000) {
		line := ""
		for range 1 + r.IntN(12) {
			line += parts[r.IntN(len(parts))]
		}
		words, _ := getopt.Optparse(strings.Fields(line), options)
		if at := slices.IndexFunc(words, func(w getopt.Word) bool { return w.Bad != "" }); at >= 0 {
			words = words[:at+1]
		}
		lines = append(lines, line)
		own = append(own, strings.Join(append(texts(words), ""), "|"))
	}
	cmd := exec.Command("python3", "-c", optparse)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(answers) != len(lines) {
		t.Fatalf("%d answers for %d lines", len(answers), len(lines))
	}
	for i := range lines {
		if answers[i] != own[i] {
			t.Errorf("%q: %q, Python reads %q", lines[i], own[i], answers[i])
		}
	}
}
