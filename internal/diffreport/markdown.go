package diffreport

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydiff"
)

// Markdown returns a report for a pull request: a summary line, and a list for each kind of
// difference. Less important lists are folded.
func Markdown(before, after string, r *policydiff.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### SELinux policy: %s → %s\n\n", code(before), code(after))
	list := findings(r)
	if r.Empty() || len(list) == 0 {
		b.WriteString("No difference.\n")
		return b.String()
	}
	var counts []string
	for _, kind := range rules() {
		if some, more := cut(list, kind.id); len(some) > 0 {
			counts = append(counts, fmt.Sprintf("%s: %d", kind.title, len(some)+more))
		}
	}
	b.WriteString(strings.Join(counts, " · ") + "\n")
	for _, kind := range rules() {
		some, more := cut(list, kind.id)
		if len(some) == 0 {
			continue
		}
		folded := kind.level == "note" || len(some) > 10
		if folded {
			fmt.Fprintf(&b, "\n<details><summary>%s (%d)</summary>\n\n", kind.title, len(some)+more)
		} else {
			fmt.Fprintf(&b, "\n#### %s\n\n", kind.title)
		}
		for _, f := range some {
			b.WriteString("- " + code(f.text) + "\n")
		}
		if more > 0 {
			fmt.Fprintf(&b, "- and %d more\n", more)
		}
		if folded {
			b.WriteString("\n</details>\n")
		}
	}
	return b.String()
}

// code formats text that Markdown must show unchanged: names of a policy may have any character.
func code(s string) string {
	s = words.Safe(strings.Join(strings.Fields(s), " "))
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}
