package daemonconf

import (
	"os"
	"strings"
	"testing"
)

// cases reads the cases of testdata/PROGRAM.txt: a name behind "==", the main file of the
// configuration, and behind "--" what it says, in the form of inLine.
func cases(t *testing.T, program, file string, files tree, start Start) {
	t.Helper()
	casesOf(t, program, program, file, files, start)
}

// casesOf reads the cases of testdata/NAME.txt.
func casesOf(t *testing.T, program, name, file string, files tree, start Start) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	for one := range strings.SplitSeq("\n"+string(b), "\n== ") {
		name, rest, _ := strings.Cut(one, "\n")
		text, want, ok := strings.Cut(rest, "--\n")
		if !ok {
			continue // what stands in front of the first
		}
		tree := tree{file: text}
		for name, text := range files {
			tree[name] = text
		}
		got := strings.ReplaceAll(read(t, tree, program, start), "|", "\n")
		if got != strings.TrimSpace(want) {
			t.Errorf("%s: %s\n%s\nwant\n%s", program, name, got, strings.TrimSpace(want))
		}
	}
}
