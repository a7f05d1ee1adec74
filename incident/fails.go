package incident

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/senet-selinux/senet/audit"
)

// failsFor reports whether one of the lines which say that something fails names the file of a denial by its path, or
// the script that the process runs, or says that the service of the domain does not start. Of the only denial it is
// enough that such a line gives it as the reason.
func failsFor(f *Finding, lines []string, only bool) bool {
	if f.AVC != nil {
		service := strings.TrimSuffix(audit.ContextType(f.AVC.SContext), "_t")
		f.notStarted = slices.ContainsFunc(lines, func(line string) bool { return notStarted(line, service) })
	}
	if f.notStarted || only && slices.ContainsFunc(lines, givesReason) {
		return true
	}
	var names []string
	if f.AVC != nil && isFile(f.AVC.TClass) && path.IsAbs(f.AVC.Path) && len(f.AVC.Path) > 1 {
		names = append(names, f.AVC.Path)
	}
	for i, arg := range strings.Fields(f.Event.Proctitle) {
		if i > 0 && path.IsAbs(arg) && path.Ext(arg) != "" {
			names = append(names, path.Base(arg))
		}
	}
	for _, line := range lines {
		for _, name := range names {
			if ends(line, name) {
				return true
			}
		}
	}
	return false
}

// NotStarted reports whether the text says that the service of a denial does not start.
func (f *Finding) NotStarted() bool { return f.notStarted }

// notStarted reports whether a line says of a service that it does not start.
func notStarted(line, service string) bool {
	const shortest = 4 // of a name that is no usual word
	line = strings.ToLower(line)
	names := strings.FieldsFunc(line, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
	})
	return len(service) >= shortest && service != "init" && service != "kernel" && slices.Contains(names, service) &&
		slices.ContainsFunc([]string{"fails to start", "failed to start", "fails to be started", "failing to start",
			"cannot start", "can't start", "does not start", "doesn't start", "won't start", "unable to start",
			"refuses to start"}, func(words string) bool { return strings.Contains(line, words) })
}

// givesReason reports whether a line which says that something fails gives what stands beside it as the reason.
func givesReason(line string) bool {
	line = strings.ToLower(line)
	return slices.ContainsFunc([]string{"the reason why", "the reason that", "the reason for", "because of this",
		"because of the following", "caused by this", "caused by the following", "due to this", "due to the following",
		"with the following", "as a result of this"},
		func(words string) bool { return strings.Contains(line, words) })
}

// ends reports whether a line has a name that ends there: no part of a longer path.
func ends(line, name string) bool {
	_, after, ok := strings.Cut(line, name)
	return ok && (after == "" || !strings.ContainsAny(after[:1], "/-_abcdefghijklmnopqrstuvwxyz0123456789"))
}
