// Package testreport writes what tests of a policy came to in the forms that programs
// for continuous integration read: TAP (version 13) and the XML of JUnit.
package testreport

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
)

// A Case is one test.
type Case struct {
	Name, File string
	Line       int
	// Failures list the differences from the expectation; a case without any passed.
	Failures []string
	// Broken says that the test could not be made.
	Broken bool
}

// TAP is the report in the Test Anything Protocol.
func TAP(cases []Case) string {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 13\n1..%d\n", len(cases))
	for i := range cases {
		c := &cases[i]
		verdict := "ok"
		if len(c.Failures) > 0 {
			verdict = "not ok"
		}
		fmt.Fprintf(&b, "%s %d - %s\n", verdict, i+1, hashes(oneLine(c.Name)))
		for _, f := range c.Failures {
			fmt.Fprintf(&b, "# %s:%d: %s\n", oneLine(c.File), c.Line, oneLine(f))
		}
	}
	return b.String()
}

// hashes keeps a name from being read as a directive, such as # SKIP.
func hashes(name string) string { return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(name) }

func oneLine(s string) string { return words.Safe(strings.Join(strings.Fields(s), " ")) }

// JUnit is the report as the XML that Jenkins, GitLab and others read.
func JUnit(suite string, cases []Case) string {
	failed, broken := 0, 0
	for i := range cases {
		switch c := &cases[i]; {
		case c.Broken:
			broken++
		case len(c.Failures) > 0:
			failed++
		}
	}
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	fmt.Fprintf(&b, "<testsuites>\n<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"%d\">\n",
		text(suite), len(cases), failed, broken)
	for i := range cases {
		c := &cases[i]
		fmt.Fprintf(&b, "<testcase name=\"%s\" classname=\"%s\" file=\"%s\" line=\"%d\"",
			text(c.Name), text(suite), text(c.File), c.Line)
		if len(c.Failures) == 0 {
			b.WriteString("/>\n")
			continue
		}
		element := "failure"
		if c.Broken {
			element = "error"
		}
		fmt.Fprintf(&b, ">\n<%s message=\"%s\">%s</%s>\n</testcase>\n",
			element, text(c.Failures[0]), text(strings.Join(c.Failures, "\n")), element)
	}
	b.WriteString("</testsuite>\n</testsuites>\n")
	return b.String()
}

// text escapes characters that XML does not allow. What no XML can say becomes a question mark.
func text(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\n':
			b.WriteString("&#10;")
		case r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff:
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
