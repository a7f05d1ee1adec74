package semanagecli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/test/stores"
)

// splitWords splits a line at blanks, but within quotes.
func splitWords(line string) []string {
	var words []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			if n := len(words); strings.HasSuffix(line[:strings.Index(line, `"`+part+`"`)], " ") || n == 0 {
				words = append(words, part)
			} else {
				words[n-1] += part
			}
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}

// tableLines returns the command lines of a table with their standard input.
func tableLines(table, store string) (lines []string) {
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" && line[0] != '#' {
			lines = append(lines, strings.ReplaceAll(line, "STORE", store))
		}
	}
	return lines
}

func cutInput(line string) (args []string, stdin string) {
	line, stdin, given := strings.Cut(line, " <<< ")
	if given {
		stdin = strings.ReplaceAll(stdin, `\n`, "\n") + "\n"
	}
	return splitWords(line), stdin
}

// difference describes how an answer differs from semanage's, "" if it does not.
func difference(got, want answer) string {
	var b strings.Builder
	if got.code != want.code {
		fmt.Fprintf(&b, "exit %d, semanage %d\n", got.code, want.code)
	}
	for _, s := range []struct{ name, got, want string }{{"standard output", got.out, want.out},
		{"standard error", got.err, want.err}} {
		if s.got == s.want {
			continue
		}
		g, w := strings.Split(s.got, "\n"), strings.Split(s.want, "\n")
		i := 0
		for i < min(len(g), len(w)) && g[i] == w[i] {
			i++
		}
		fmt.Fprintf(&b, "%s from line %d:\n%s\nsemanage:\n%s\n", s.name, i+1,
			strings.Join(g[i:min(i+5, len(g))], "\n"), strings.Join(w[i:min(i+5, len(w))], "\n"))
	}
	return b.String()
}

// TestAgainstSemanage: the same command lines, one after the other, lead to the
// same output, messages, exit codes and stores.
func TestAgainstSemanage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ store, table string }{{"default", sameLines}, {"mls", mlsLines}} {
		t.Run(c.store, func(t *testing.T) {
			theirs := stores.Usual(t, c.store)
			p := startPeer(t, theirs, c.store)
			own := stores.Usual(t, c.store)
			lines := tableLines(c.table, c.store)
			for _, line := range lines {
				args, stdin := cutInput(line)
				want, got := p.run(stdin, args...), ours(own, stdin, args...)
				if d := difference(got, want); d != "" {
					t.Errorf("semanage %s\n%s", line, d)
				}
			}
			sameLocals(t, theirs, own, c.store)
			t.Logf("%d command lines", len(lines))
		})
	}
}
