package incident

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// unrelated reports whether one of the lines that call something unrelated names the domain of a finding, or one of its
// programs. The lines are in lower case.
func unrelated(f *Finding, lines []string) bool {
	if len(lines) == 0 || f.Symptom != nil {
		return false
	}
	names := f.Commands
	switch {
	case f.AVC != nil:
		names = append(names[:len(names):len(names)], audit.ContextType(f.AVC.SContext))
	case f.Error != nil:
		names = append(names[:len(names):len(names)], audit.ContextType(f.Error.SContext),
			audit.ContextType(f.Error.OldContext))
	}
	for _, line := range lines {
		for word := range strings.FieldsFuncSeq(line, func(c rune) bool {
			return c != '_' && c != '-' && c != '.' && (c < 'a' || c > 'z') && (c < '0' || c > '9')
		}) {
			for _, name := range names {
				if name != "" && word == strings.ToLower(name) {
					return true
				}
			}
		}
	}
	return false
}
