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
		if n := len(ofKind(list, kind.id)); n > 0 {
			counts = append(counts, fmt.Sprintf("%s: %d", kind.title, n))
		}
	}
	b.WriteString(strings.Join(counts, " · ") + "\n")
	for _, kind := range rules() {
		all := ofKind(list, kind.id)
		if len(all) == 0 {
			continue
		}
		lines := grouped(all)
		folded := kind.level == "note" || len(lines) > 10
		if folded {
			fmt.Fprintf(&b, "\n<details><summary>%s (%d)</summary>\n\n", kind.title, len(all))
		} else {
			fmt.Fprintf(&b, "\n#### %s\n\n", kind.title)
		}
		for _, line := range lines[:min(most, len(lines))] {
			b.WriteString("- " + code(line) + "\n")
		}
		if len(lines) > most {
			fmt.Fprintf(&b, "- and %d more\n", len(lines)-most)
		}
		if folded {
			b.WriteString("\n</details>\n")
		}
	}
	return b.String()
}

// most bounds how many lines of a kind are listed, and mostNames the domains of one line.
const (
	most      = 200
	mostNames = 50
)

// grouped writes the findings of one kind, domains that gain or lose the same ports on one line.
func grouped(list []finding) (lines []string) {
	who := make(map[string][]string)
	for _, f := range list {
		who[f.ports] = append(who[f.ports], f.who)
	}
	for _, f := range list {
		names := who[f.ports]
		switch {
		case f.ports == "" || len(names) == 1:
			lines = append(lines, f.text)
		case names[0] == f.who: // the first one of its group
			verb := "gain"
			if f.rule == "ports-lost" {
				verb = "lose"
			}
			line := fmt.Sprintf("%d domains %s %s: %s", len(names), verb, f.what,
				strings.Join(names[:min(mostNames, len(names))], ", "))
			if rest := len(names) - mostNames; rest > 0 {
				line += fmt.Sprintf(" and %d more", rest)
			}
			lines = append(lines, line)
		}
	}
	return lines
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
