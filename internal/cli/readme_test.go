package cli

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the sessions into the documents")

// TestREADME runs the commands of README.md's console blocks and compares their output with the
// text below them.
func TestREADME(t *testing.T) {
	t.Chdir("../..")
	doc, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	got, sessions := runSessions(t, string(doc))
	if sessions == 0 {
		t.Fatal("README.md has no session")
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(doc), got); diff != "" {
		t.Errorf("README.md is not what senet prints (run with -update):\n%s", diff)
	}
}

// runSessions returns the document with the output of each command in place of the text below it.
func runSessions(t *testing.T, doc string) (string, int) {
	var out strings.Builder
	sessions, inside := 0, false
	for line := range strings.Lines(doc) {
		switch {
		case strings.HasPrefix(line, "```console"):
			inside = true
		case strings.HasPrefix(line, "```"):
			inside = false
		case inside && strings.HasPrefix(line, "$ senet "):
			sessions++
			out.WriteString(line)
			var stdout, stderr bytes.Buffer
			Main(append([]string{"senet"}, commandWords(strings.TrimPrefix(strings.TrimSpace(line), "$ senet "))...),
				strings.NewReader(""), &stdout, &stderr)
			if stderr.Len() > 0 {
				t.Errorf("%s: %s", line, stderr.String())
			}
			for text := range strings.Lines(stdout.String()) {
				out.WriteString(strings.TrimRight(text, " \n") + "\n")
			}
			continue
		case inside:
			continue
		}
		out.WriteString(line)
	}
	return out.String(), sessions
}

// commandWords splits a command line at blanks outside of double quotes.
func commandWords(s string) []string {
	var list []string
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}
