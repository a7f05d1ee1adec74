package sepolgencli

import (
	"fmt"
	"io"
	"strings"

	"github.com/senet-selinux/senet/internal/policydoc"
)

// why prints for each record why it was denied.
func (t *run) why(l *log) error {
	describe := policydoc.Describer("")
	var b strings.Builder
	for _, a := range l.avcs {
		v := &a.verdict
		if v.cause == noClass {
			continue
		}
		fmt.Fprintf(&b, "%s\n\tWas caused by:\n", a.line)
		switch v.cause {
		case allowedNow, silenced:
			text := "would be allowed by active policy"
			if v.cause == silenced {
				text = "should be dontaudit'd by active policy"
			}
			fmt.Fprintf(&b, "\t\tUnknown - %s\n\t\tPossible mismatch between this policy and the one under which the "+
				"audit message was generated.\n\n\t\tPossible mismatch between current in-memory boolean settings "+
				"vs. permanent ones.\n\n", text)
		case booleans:
			if len(v.settings) > 1 {
				b.WriteString("\tOne of the following booleans was set incorrectly.\n")
			} else {
				fmt.Fprintf(&b, "\tThe boolean %s was set incorrectly. \n", v.settings[0].name)
			}
			for _, s := range v.settings {
				value := 0
				if s.on {
					value = 1
				}
				fmt.Fprintf(&b, "\tDescription:\n\t%s\n\n\tAllow access by executing:\n\t# setsebool -P %s %d\n",
					description(describe, s.name), s.name, value)
			}
		case missingRule:
			b.WriteString("\t\tMissing type enforcement (TE) allow rule.\n\n" +
				"\t\tYou can use audit2allow to generate a loadable module to allow this access.\n\n")
		case constrained:
			fmt.Fprintf(&b, "\n#Constraint rule:\n\n#\t%s\n", v.constraint)
			for _, d := range v.differ {
				fmt.Fprintf(&b, "#\tPossible cause is the source %s and target %s are different.\n\n", d[0], d[1])
			}
		case roleRefused:
			b.WriteString("\t\tMissing role allow rule.\n\n\t\tAdd an allow rule for the role pair.\n\n")
		case boundsExceeded:
			b.WriteString("\t\tTypebounds violation.\n\n\t\tAdd an allow rule for the parent type.\n\n")
		}
	}
	_, err := io.WriteString(t.stdout, b.String())
	return err
}

// description returns the purpose of a boolean: the text of the policy's documentation, or a text made from the
// boolean's name.
func description(describe func(string) string, name string) string {
	if text := describe(name); text != "" {
		return text
	}
	first, rest, _ := strings.Cut(name, "_")
	return "Allow " + first + " to " + strings.ReplaceAll(rest, "_", " ")
}
